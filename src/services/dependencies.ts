import { VersionMismatchError } from "../domain/errors.js";
import type { UnitOfWork } from "../repositories/unit-of-work.js";
import type { Changes } from "./changes/changes.js";

/** What services depend on. Services read the time and create ids only through these. */
export interface Dependencies {
  readonly work: UnitOfWork;
  /** The time now, as ISO 8601 in UTC with milliseconds. */
  readonly now: () => string;
  /** A new UUIDv7. These grow with time, so new rows are neighbours in an index. */
  readonly newId: () => string;
  /** The maximum size of one User's attributes, in bytes of JSON. */
  readonly profileMaxBytes: number;
  /** Whether administrators of the provider have to show a second factor. */
  readonly requiresFactorOfAdministrators: boolean;
  /** For how many days what was taken away is kept, so that it can be undone; 0: not at all. */
  readonly removalsRetentionDays: number;
  /** Where services record what they changed. */
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
