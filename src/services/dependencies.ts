import { VersionMismatchError } from "../domain/errors.js";
import type { UnitOfWork } from "../repositories/unit-of-work.js";
import type { Changes } from "./changes/changes.js";

/** What services are given, so that nothing in them reads a clock or makes up an id by itself. */
export interface Dependencies {
  readonly work: UnitOfWork;
  /** The time now, as ISO 8601 in UTC with milliseconds. */
  readonly now: () => string;
  /** A new UUIDv7: ids grow with time, so that new rows stand side by side. */
  readonly newId: () => string;
  /** How many bytes the attributes of one User can have, as JSON. */
  readonly profileMaxBytes: number;
  /** Where services say what they changed. */
  readonly changes: Changes;
}

/** The versions of a resource that a caller is willing to change; undefined: any. */
export type ExpectedVersions = readonly number[] | undefined;

/** @throws VersionMismatchError unless the resource is in one of the versions */
export function requireVersion(
  kind: string,
  current: { readonly id: string; readonly version: number },
  expected: ExpectedVersions,
): void {
  if (expected && !expected.includes(current.version)) throw new VersionMismatchError(kind, current.id);
}
