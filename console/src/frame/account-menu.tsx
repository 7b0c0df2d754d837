import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { Avatar } from "../ui/avatar.tsx";
import menu from "../ui/menu.module.css";
import { Notice } from "../ui/notice.tsx";
import styles from "./account-menu.module.css";
import { useAccountActs } from "./use-account-acts.ts";

/** Who is signed in: the own session, and the way out. */
export function AccountMenu() {
  const { name, acts, isFailed } = useAccountActs();
  return (
    <div>
      {isFailed && <Notice kind="problem">You are still signed in. Try again.</Notice>}
      <MenuTrigger>
        <Button className={styles.button} aria-label={`${name}, your account`}>
          <Avatar name={name} />
          <bdi className={styles.name}>{name}</bdi>
        </Button>
        <Popover className={menu.popover} placement="top start">
          <Menu className={menu.menu} aria-label="Your account">
            {acts.map(({ label, icon: Icon, run }) => (
              <MenuItem key={label} className={menu.item} onAction={run}>
                <Icon size={16} aria-hidden />
                {label}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
    </div>
  );
}
