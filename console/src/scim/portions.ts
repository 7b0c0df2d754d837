import type { BulkOperation } from "./client.ts";

/** How large a Bulk can be. */
export interface BulkLimits {
  readonly maxOperations: number;
  /** In bytes. */
  readonly maxPayloadSize: number;
}

/** Operations in one Bulk at most: so few are answered soon, and progress shows. */
const PORTION = 100;

/** What the message around the operations has, in bytes, and more. */
const ENVELOPE = 200;

const encoder = new TextEncoder();

/** Cuts operations into portions that the server takes, in their order. An operation too large for one is one of its own. */
export function portionsOf<T extends { readonly operation: BulkOperation }>(
  items: readonly T[],
  { maxOperations, maxPayloadSize }: BulkLimits,
): readonly (readonly T[])[] {
  const most = Math.max(1, Math.min(PORTION, maxOperations));
  const portions: T[][] = [];
  let room = 0;
  for (const item of items) {
    const bytes = encoder.encode(JSON.stringify(item.operation)).length + 1;
    const current = portions.at(-1);
    if (current && current.length < most && bytes <= room) {
      current.push(item);
      room -= bytes;
    } else {
      portions.push([item]);
      room = maxPayloadSize - ENVELOPE - bytes;
    }
  }
  return portions;
}
