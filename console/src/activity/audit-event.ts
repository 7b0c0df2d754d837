import type { Reference, Resource } from "../scim/resources.ts";

/** What was done, or refused. */
export interface AuditEvent extends Resource {
  readonly timestamp: string;
  /** When it was refused the last time, and how often, where all of that is one event. */
  readonly lastTimestamp?: string;
  readonly count?: number;
  readonly action: string;
  readonly result: "success" | "warning" | "refused";
  readonly status?: number;
  readonly scimType?: string;
  /** In milliseconds. */
  readonly duration?: number;
  /** Where it was done. */
  readonly realm: "provider" | "organization";
  readonly token?: Reference;
  readonly user?: Reference;
  readonly organization?: Reference;
  readonly target: { readonly type: string; readonly value?: string; readonly display?: string };
  readonly requestId?: string;
  readonly request?: { readonly method: string; readonly path: string };
  readonly asked?: readonly string[];
  readonly understood?: readonly string[];
  readonly address?: string;
  readonly changes?: readonly string[];
  readonly ignored?: readonly string[];
  readonly detail?: string;
}
