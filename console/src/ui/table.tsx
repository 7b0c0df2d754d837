import {
  columnVisibilityFeature,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import type { ColumnDef, RowSelectionState } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { useIsNarrow, useIsTight } from "./media.ts";
import styles from "./table.module.css";

/** How a column is laid out. */
interface ColumnMeta {
  /** In pixels; the columns without one share the room that is left. */
  readonly width?: number;
  /** Of the table, such as `26%`; where there is little room, it takes what is left. */
  readonly share?: string;
  /** Whether it is there on a phone, and beside what is open. */
  readonly isEssential?: boolean;
}

// Of which the table takes the type alone.
const columnMeta: ColumnMeta = {};

const features = tableFeatures({
  columnVisibilityFeature,
  rowSelectionFeature,
  rowSortingFeature,
  columnMeta,
});

export type Column<T extends object> = ColumnDef<typeof features, T>;

/** The rows that are ticked, by their ids. */
export type Ticked = RowSelectionState;

/** What a list is sorted by. */
export interface Sorting {
  /** The id of a column, which is the attribute. */
  readonly by: string;
  readonly isDescending: boolean;
}

interface TableProps<T extends { readonly id: string }> {
  /** What is in it. */
  readonly label: string;
  /** Which list it is: another one begins at its first rows. */
  readonly list: string;
  /** Stable, as the rows. */
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  /** How many there are on the server; undefined when they are too many to count. */
  readonly total: number | undefined;
  readonly sorting: Sorting | undefined;
  readonly onSort: (sorting: Sorting) => void;
  /** The row of what is open beside the table. */
  readonly openId?: string;
  /** Called when the last rows come into sight. */
  readonly onEnd?: () => void;
  /** What people call a row, for its box; without it, rows cannot be ticked. */
  readonly nameOf?: (row: T) => string;
  readonly ticked?: Ticked;
  readonly onTick?: (ticked: Ticked) => void;
  /** Below the last row. */
  readonly children?: ReactNode;
}

const ROW = 40;
const ROW_ON_PHONE = 60;

/** What all columns need, in pixels; with less, the essential ones are there. */
const ROOM = 880;

/** A table of which only the rows in sight are in the page, however many there are. */
export function Table<T extends { readonly id: string }>(props: TableProps<T>) {
  const {
    label,
    list,
    columns,
    rows,
    total,
    sorting,
    onSort,
    openId,
    onEnd,
    nameOf,
    ticked = {},
    onTick,
    children,
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const isNarrow = useIsNarrow();
  const isTight = useIsTight(scroller, ROOM);
  const table = useTable({
    features,
    columns,
    data: rows,
    getRowId: ({ id }) => id,
    manualSorting: true,
    state: {
      sorting: sorting ? [{ id: sorting.by, desc: sorting.isDescending }] : [],
      rowSelection: ticked,
      columnVisibility: Object.fromEntries(
        columns.map(({ id = "", meta }) => [id, !isTight || meta?.isEssential === true]),
      ),
    },
    onRowSelectionChange: (next) => onTick?.(typeof next === "function" ? next(ticked) : next),
  });
  const all = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: all.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isNarrow ? ROW_ON_PHONE : ROW),
    getItemKey: (index) => all[index]?.id ?? index,
    overscan: 12,
  });
  useEffect(() => virtual.measure(), [virtual, isNarrow]);
  useEffect(() => {
    scroller.current?.scrollTo(0, 0);
  }, [list]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= all.length - 20) onEnd?.();
  }, [last, all.length, onEnd]);
  const [before, after] = [items[0]?.start ?? 0, virtual.getTotalSize() - (items.at(-1)?.end ?? 0)];
  const visible = table.getVisibleLeafColumns();
  const span = visible.length + (nameOf ? 1 : 0);

  return (
    <div className={styles.scroller} ref={scroller}>
      <table className={styles.table} aria-label={label} aria-rowcount={total === undefined ? -1 : total + 1}>
        <colgroup>
          {nameOf && <col className={styles.boxColumn} />}
          {visible.map(({ id, columnDef }) => (
            <col
              key={id}
              style={{ width: columnDef.meta?.width ?? (isTight ? undefined : columnDef.meta?.share) }}
            />
          ))}
        </colgroup>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} aria-rowindex={1}>
              {nameOf && (
                <th className={styles.box}>
                  <Box
                    label="Select all that are loaded"
                    isTicked={table.getIsAllRowsSelected()}
                    isMixed={table.getIsSomeRowsSelected()}
                    onChange={() => table.toggleAllRowsSelected()}
                  />
                </th>
              )}
              {group.headers.map(({ id, column }) => (
                <th
                  key={id}
                  aria-sort={
                    sorting?.by === id ? (sorting.isDescending ? "descending" : "ascending") : undefined
                  }
                >
                  {column.columnDef.enableSorting ? (
                    <button
                      type="button"
                      className={styles.sort}
                      onClick={() =>
                        onSort({ by: id, isDescending: sorting?.by === id && !sorting.isDescending })
                      }
                    >
                      {column.columnDef.header as string}
                      {sorting?.by === id &&
                        (sorting.isDescending ? (
                          <ArrowDown size={12} aria-hidden />
                        ) : (
                          <ArrowUp size={12} aria-hidden />
                        ))}
                    </button>
                  ) : (
                    (column.columnDef.header as string)
                  )}
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {before > 0 && <Gap height={before} span={span} />}
          {items.map(({ index }) => {
            const row = all[index];
            return (
              row && (
                <tr
                  key={row.id}
                  aria-rowindex={index + 2}
                  data-row={row.id}
                  data-open={row.id === openId || undefined}
                  data-ticked={row.getIsSelected() || undefined}
                >
                  {nameOf && (
                    <td className={styles.box}>
                      <Box
                        label={`Select ${nameOf(row.original)}`}
                        isTicked={row.getIsSelected()}
                        onChange={() => row.toggleSelected()}
                      />
                    </td>
                  )}
                  {row.getVisibleCells().map((cell) => (
                    <td key={cell.id}>
                      <table.FlexRender cell={cell} />
                    </td>
                  ))}
                </tr>
              )
            );
          })}
          {after > 0 && <Gap height={after} span={span} />}
        </tbody>
      </table>
      {children}
    </div>
  );
}

/** Stands for the rows that are not in sight. */
const Gap = ({ height, span }: { readonly height: number; readonly span: number }) => (
  <tr aria-hidden className={styles.gap}>
    <td colSpan={span} style={{ height }} />
  </tr>
);

interface BoxProps {
  readonly label: string;
  readonly isTicked: boolean;
  readonly isMixed?: boolean;
  readonly onChange: () => void;
}

const Box = ({ label, isTicked, isMixed = false, onChange }: BoxProps) => (
  <label className={styles.tick}>
    <input
      type="checkbox"
      aria-label={label}
      checked={isTicked}
      ref={(input) => {
        if (input) input.indeterminate = isMixed;
      }}
      onChange={onChange}
    />
  </label>
);
