import { Download } from "lucide-react";
import { useState } from "react";
import { Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { scimIn } from "../server.ts";
import type { Filter } from "../scim/filter.ts";
import { Button } from "../ui/button.tsx";
import menu from "../ui/menu.module.css";
import { Notice } from "../ui/notice.tsx";
import { saveAs } from "../ui/save-as.ts";
import styles from "./list-page.module.css";

const FORMATS = [
  { type: "text/csv", extension: "csv", label: "CSV, for spreadsheets" },
  { type: "application/x-ndjson", extension: "ndjson", label: "NDJSON, for programs" },
] as const;

interface ExportMenuProps {
  readonly realm: string;
  /** The endpoint of the list. */
  readonly path: string;
  readonly filter: Filter;
  /** What the file is called, without its end. */
  readonly name: string;
}

/** Saves everything that matches as a file, which the server streams. */
export function ExportMenu({ realm, path, filter, name }: ExportMenuProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const save = async ({ type, extension }: (typeof FORMATS)[number]) => {
    setIsBusy(true);
    setProblem(undefined);
    try {
      const date = new Date().toISOString().slice(0, 10);
      saveAs(await scimIn(realm).export(path, { filter }, type), `${name}-${date}.${extension}`);
    } catch (error) {
      setProblem((error as Error).message);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <>
      {problem !== undefined && (
        <span className={styles.problem}>
          <Notice kind="problem">Nothing was exported: {problem}</Notice>
        </span>
      )}
      <MenuTrigger>
        <Button isPending={isBusy}>
          <Download size={16} aria-hidden />
          {isBusy ? "Exporting" : "Export"}
        </Button>
        <Popover className={menu.popover} placement="bottom end">
          <Menu className={menu.menu} aria-label="Export">
            {FORMATS.map((format) => (
              <MenuItem key={format.type} className={menu.item} onAction={() => void save(format)}>
                {format.label}
              </MenuItem>
            ))}
          </Menu>
        </Popover>
      </MenuTrigger>
    </>
  );
}
