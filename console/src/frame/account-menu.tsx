import { KeyRound, LogOut, MonitorSmartphone } from "lucide-react";
import { useState } from "react";
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { useNavigate } from "react-router";
import { page } from "../page.ts";
import { isSignedOut } from "../scim/session.ts";
import { session } from "../server.ts";
import { Avatar } from "../ui/avatar.tsx";
import menu from "../ui/menu.module.css";
import { Notice } from "../ui/notice.tsx";
import styles from "./account-menu.module.css";
import { useSession } from "./use-session.ts";

/** Who is signed in: the own session, and the way out. */
export function AccountMenu() {
  const { user, realm } = useSession();
  const navigate = useNavigate();
  const [isFailed, setIsFailed] = useState(false);
  const name = user.display ?? "You";
  const signOut = async () => {
    try {
      await session.signOut();
    } catch (error) {
      if (!isSignedOut(error)) {
        setIsFailed(true);
        return;
      }
    }
    location.assign(new URL("sign-in", page.base));
  };
  return (
    <div className={styles.account}>
      {isFailed && <Notice kind="problem">You are still signed in. Try again.</Notice>}
      <MenuTrigger>
        <Button className={styles.button} aria-label={`${name}, your account`}>
          <Avatar name={name} />
          <bdi className={styles.name}>{name}</bdi>
        </Button>
        <Popover className={menu.popover} placement="top start">
          <Menu className={menu.menu} aria-label="Your account">
            {realm && (
              <MenuItem className={menu.item} onAction={() => void navigate(`/${realm}/sessions`)}>
                <MonitorSmartphone size={16} aria-hidden />
                Your sessions
              </MenuItem>
            )}
            <MenuItem className={menu.item} href={new URL("session", page.base).href}>
              <KeyRound size={16} aria-hidden />
              Password and second factor
            </MenuItem>
            <MenuItem className={menu.item} onAction={() => void signOut()}>
              <LogOut size={16} aria-hidden />
              Sign out
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
    </div>
  );
}
