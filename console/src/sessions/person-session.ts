import type { Reference, Resource } from "../scim/resources.ts";

/** A person signed in. */
export interface PersonSession extends Resource {
  readonly user: Reference;
  /** Where it acts; undefined: nowhere, until the person chooses a realm. */
  readonly realm?: "provider" | "organization";
  readonly organization?: Reference;
  readonly credential: "person" | "organization";
  readonly address?: string;
  /** What the browser calls itself. */
  readonly client?: string;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
}
