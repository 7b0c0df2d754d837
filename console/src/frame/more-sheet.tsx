import { Ellipsis } from "lucide-react";
import { Button, Dialog, DialogTrigger, Modal, ModalOverlay } from "react-aria-components";
import { NavLink, useParams } from "react-router";
import { Avatar } from "../ui/avatar.tsx";
import { Notice } from "../ui/notice.tsx";
import frame from "./frame.module.css";
import styles from "./more-sheet.module.css";
import type { FramePage } from "./pages.ts";
import { RealmSwitcher } from "./realm-switcher.tsx";
import { useAccountActs } from "./use-account-acts.ts";
import type { RealmSwitch } from "./use-switch-realm.tsx";

interface MoreSheetProps {
  /** Those that have no room in the bar. */
  readonly pages: readonly FramePage[];
  /** Which page is open. */
  readonly current: string | undefined;
  readonly realmSwitch: RealmSwitch;
}

/** On a phone, what has no room in the bar: further pages, the realms, and the own account. */
export function MoreSheet({ pages, current, realmSwitch }: MoreSheetProps) {
  const { realm = "" } = useParams();
  const { name, acts, isFailed } = useAccountActs();
  const isInside = current === "sessions" || pages.some(({ path }) => path === current);
  return (
    <DialogTrigger>
      <Button className={frame.page} data-current={isInside || undefined}>
        <Ellipsis size={16} aria-hidden />
        More
      </Button>
      <ModalOverlay className={styles.overlay} isDismissable>
        <Modal className={styles.sheet}>
          <Dialog className={styles.dialog} aria-label="More">
            {({ close }) => (
              <>
                <RealmSwitcher current={realm} {...realmSwitch} />
                {pages.length > 0 && (
                  <nav aria-label="More pages">
                    {pages.map(({ path, label, icon: Icon }) => (
                      <NavLink key={path} to={`/${realm}/${path}`} className={styles.item} onClick={close}>
                        <Icon size={16} aria-hidden />
                        {label}
                      </NavLink>
                    ))}
                  </nav>
                )}
                <section aria-label="Your account">
                  <p className={styles.person}>
                    <Avatar name={name} />
                    <bdi>{name}</bdi>
                  </p>
                  {isFailed && <Notice kind="problem">You are still signed in. Try again.</Notice>}
                  {acts.map(({ label, icon: Icon, run, mayFail = false }) => (
                    <Button
                      key={label}
                      className={styles.item}
                      onPress={() => {
                        run();
                        if (!mayFail) close();
                      }}
                    >
                      <Icon size={16} aria-hidden />
                      {label}
                    </Button>
                  ))}
                </section>
                <Button className={styles.close} slot="close">
                  Close
                </Button>
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
