import type { Session } from "../../db/session.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { ListingCompiler } from "./compile.js";

/**
 * Reads one page of a listing and counts what matches in all; it counts only when the page itself does
 * not tell.
 *
 * @param columns what follows `select`
 */
export async function readPage<Row>(
  session: Session,
  compiler: ListingCompiler,
  table: string,
  columns: string,
  listing: Listing,
): Promise<Page<Row>> {
  const { text, bindings } = compiler.condition(listing.filter);
  const items =
    listing.limit === 0
      ? []
      : await session.rows<Row>(
          `select ${columns} from ${table} where ${text} order by ${compiler.order(listing.sort)} limit ? offset ?`,
          [...bindings, listing.limit, listing.offset],
        );
  const isLast = items.length < listing.limit && (items.length > 0 || listing.offset === 0);
  if (isLast) return { items, total: listing.offset + items.length };
  const counted = await session.first<{ total: number | string }>(
    `select count(*) as total from ${table} where ${text}`,
    bindings,
  );
  return { items, total: Number(counted?.total ?? 0) };
}
