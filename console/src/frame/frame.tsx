import { useEffect, useRef } from "react";
import { NavLink, Outlet, useLoaderData, useLocation, useNavigation, useRevalidator } from "react-router";
import { ActNotice } from "../acts/act-notice.tsx";
import { OpenPalette } from "../commands/open-palette.tsx";
import { page } from "../page.ts";
import { SecretDialog } from "../tokens/secret-dialog.tsx";
import { ConfirmDialogs, dismissConfirm } from "../ui/confirm.tsx";
import { useIsNarrow } from "../ui/media.ts";
import { useTitle } from "../ui/title.ts";
import { AccountMenu } from "./account-menu.tsx";
import { Elsewhere } from "./elsewhere.tsx";
import styles from "./frame.module.css";
import { MoreSheet } from "./more-sheet.tsx";
import { Notices } from "./notices.tsx";
import { pagesOf } from "./pages.ts";
import { nameOfRealm } from "./realm-name.ts";
import type { CurrentRealm } from "./realm.ts";
import { RealmSwitcher } from "./realm-switcher.tsx";
import { SecondFactorNotice } from "./second-factor-notice.tsx";
import { SessionEnd } from "./session-end.tsx";
import { SignInAgain } from "./sign-in-again.tsx";
import { realmOf, useSession, useSessionOnReturn } from "./use-session.ts";
import { useSwitchRealm } from "./use-switch-realm.tsx";

/** How many pages the bar of a phone has room for, beside what leads to the others. */
const IN_BAR = 4;

/** What stands around each page: where one is, where one can go, and who one is. */
export function Frame() {
  const { id, realm } = useLoaderData<CurrentRealm>();
  const isLoading = useNavigation().state === "loading";
  const session = useSession();
  const isElsewhere = session.realm !== id;
  const here = realmOf(session, id);
  useTitle("realm", here && id !== "provider" ? nameOfRealm(here) : undefined);
  useTitle("product", page.productName);
  useSessionOnReturn();
  const current = usePageName();
  const main = useMainFocus(current);
  const realmSwitch = useSwitchRealm();
  const isNarrow = useIsNarrow();
  const pages = pagesOf(realm);
  const inBar = isNarrow ? IN_BAR : pages.length;
  const { revalidate } = useRevalidator();
  useEffect(() => {
    // What was asked was asked in the realm of the page.
    if (isElsewhere) dismissConfirm();
    // The session acts here again: what the person may do here is not known yet.
    else if (!realm) void revalidate();
  }, [isElsewhere, realm, revalidate]);
  return (
    <div className={styles.frame}>
      <button className={styles.skip} type="button" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header className={styles.rail}>
        <div className={styles.product}>
          {page.logoUrl === "" ? (
            <bdi>{page.productName}</bdi>
          ) : (
            <img src={page.logoUrl} alt={page.productName} />
          )}
        </div>
        <div className={styles.top}>
          <RealmSwitcher current={id} {...realmSwitch} />
          {realm && !isElsewhere && <OpenPalette switchTo={realmSwitch.switchTo} />}
        </div>
        <nav aria-label="Pages">
          {pages.slice(0, inBar).map(({ path, label, icon: Icon }) => (
            <NavLink key={path} to={path} className={styles.page}>
              <Icon size={16} aria-hidden />
              {label}
            </NavLink>
          ))}
          {isNarrow && (
            // Closed when another page comes, whatever led there.
            <MoreSheet
              key={`${id} ${current}`}
              pages={pages.slice(inBar)}
              current={current}
              realmSwitch={realmSwitch}
            />
          )}
        </nav>
        {!isNarrow && <AccountMenu />}
      </header>
      <main className={styles.main} ref={main} tabIndex={-1} aria-busy={isLoading}>
        <Notices>
          <SessionEnd />
          <ActNotice />
          {isElsewhere && <Elsewhere realm={id} />}
        </Notices>
        <SecondFactorNotice />
        {realm && (
          <div className={styles.content} inert={isElsewhere}>
            <Outlet />
          </div>
        )}
      </main>
      <ConfirmDialogs />
      <SecretDialog realm={id} />
      <SignInAgain />
    </div>
  );
}

/** The name of the page in the address, after the realm. */
function usePageName(): string | undefined {
  const [, name] = useLocation().pathname.split("/").filter(Boolean);
  return name;
}

/** Brings those who hear or tab through a page to its content when another page comes. */
function useMainFocus(name: string | undefined) {
  const main = useRef<HTMLElement>(null);
  const before = useRef(name);
  useEffect(() => {
    // From the realm's own address, one is led to its first page: what was opened meanwhile stays open.
    if (before.current !== undefined && before.current !== name) main.current?.focus();
    before.current = name;
  }, [name]);
  return main;
}
