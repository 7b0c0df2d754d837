import { ArrowLeftRight, Search } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { useState } from "react";
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  Modal,
  ModalOverlay,
  TextField,
} from "react-aria-components";
import { useNavigate } from "react-router";
import { nameOfRealm } from "../frame/realm-name.ts";
import { useRealm } from "../frame/realm.ts";
import { useSession } from "../frame/use-session.ts";
import type { RealmSwitch } from "../frame/use-switch-realm.tsx";
import { usePaused } from "../lists/use-paused.ts";
import menu from "../ui/menu.module.css";
import { actCommands, isMeant, pageCommands } from "./commands.ts";
import { LEAST_TYPED, useFound } from "./found.ts";
import styles from "./palette.module.css";

/** How many realms are offered at a time; one types to find others. */
const REALMS = 5;

const WHAT_FOR = "Find people, pages and what you can do";

interface Item {
  readonly id: string;
  readonly label: string;
  /** Tells it from others of that name. */
  readonly detail?: string | undefined;
  readonly icon: LucideIcon;
  readonly run: () => void;
}

interface Section {
  readonly title: string;
  readonly items: readonly Item[];
}

interface PaletteProps extends Pick<RealmSwitch, "switchTo"> {
  readonly onClose: () => void;
}

/** Leads to everything from anywhere: pages, people, organizations and teams, other realms, and what one can begin. */
export function Palette({ switchTo, onClose }: PaletteProps) {
  const { id: realmId, realm } = useRealm();
  const { realms } = useSession();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const typed = text.trim();
  const asked = usePaused(typed);
  const { found, isComing, error } = useFound(realmId, realm, asked);
  const isSearching = isComing || asked !== typed;
  // Until the answer has come: the first item is what Enter opens.
  const isLeft = (...texts: (string | undefined)[]) => !isSearching || isMeant(texts.join(" "), typed);

  const to = (path: string) => () => void navigate(`/${realmId}/${path}`);
  const commands = (all: ReturnType<typeof pageCommands>) =>
    all
      .filter(({ label }) => isMeant(label, typed))
      .map(({ path, label, icon }) => ({ id: path, label, icon, run: to(path) }));
  const others = realms
    .filter((each) => each.value !== realmId && isMeant(nameOfRealm(each), typed))
    .slice(0, REALMS)
    .map((each) => ({
      id: `realm ${each.value}`,
      label: nameOfRealm(each),
      icon: ArrowLeftRight,
      run: () => switchTo(each.value),
    }));
  const all: readonly Section[] = [
    { title: "Go to", items: commands(pageCommands(realm)) },
    { title: "Actions", items: commands(actCommands(realm)) },
    ...found.map(({ title, page, icon, items }) => ({
      title,
      items: items
        .filter(({ name, userName }) => isLeft(name, userName))
        .map(({ id, name, userName, organization }) => ({
          ...{ id: `${page}/${id}`, label: name, icon, run: to(`${page}/${id}`) },
          detail: userName === name ? undefined : (userName ?? organization),
        })),
    })),
    { title: "Switch to", items: others },
  ];
  const sections = all.filter(({ items }) => items.length > 0);
  const count = sections.reduce((sum, { items }) => sum + items.length, 0);
  const said = error
    ? `The search did not work: ${error.message}`
    : isSearching
      ? "Searching"
      : typed.length > 0 && count === 0
        ? typed.length < LEAST_TYPED
          ? `Type at least ${LEAST_TYPED} characters to find people.`
          : `Nothing was found for “${typed}”.`
        : "";

  return (
    <ModalOverlay
      className={styles.overlay}
      isOpen
      isDismissable
      onOpenChange={(isOpen) => !isOpen && onClose()}
    >
      <Modal className={styles.modal}>
        <Dialog className={styles.dialog} aria-label="Search and commands">
          <Autocomplete inputValue={text} onInputChange={setText}>
            <TextField className={styles.field} aria-label={WHAT_FOR} autoFocus maxLength={100}>
              <Search size={16} aria-hidden />
              {/* It has the focus while one moves in the list. */}
              <Input className={styles.input} placeholder={WHAT_FOR} role="combobox" aria-expanded />
            </TextField>
            <ListBox
              className={styles.list}
              aria-label="What was found"
              onAction={(key) => {
                onClose();
                sections
                  .flatMap(({ items }) => items)
                  .find(({ id }) => id === key)
                  ?.run();
              }}
            >
              {sections.map(({ title, items }) => (
                <ListBoxSection key={title} className={styles.section}>
                  <Header>{title}</Header>
                  {items.map(({ id, label, detail, icon: Icon }) => (
                    <ListBoxItem key={id} id={id} className={menu.item} textValue={label}>
                      <Icon size={16} aria-hidden />
                      <bdi className={styles.label}>{label}</bdi>
                      {detail !== undefined && <bdi className={menu.detail}>{detail}</bdi>}
                    </ListBoxItem>
                  ))}
                </ListBoxSection>
              ))}
            </ListBox>
          </Autocomplete>
          <p className={styles.said} role="status">
            {said}
          </p>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
