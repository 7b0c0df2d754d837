import { expect } from "chai";
import { expectStatus } from "./assertions.js";
import { BULK_REQUEST, patchData } from "./bulk.js";
import type { BulkOperation } from "./bulk.js";
import type { Answer, Reference, ScimClient } from "./client.js";

const DRY_RUN = "urn:muster:params:scim:api:messages:2.0:DryRun";
export const AS_IF = { "Muster-Dry-Run": "true" };

/** What a dry run says. */
export interface DryRun {
  readonly schemas: readonly string[];
  readonly operations: readonly {
    readonly method: string;
    readonly path: string;
    readonly bulkId?: string;
    readonly status: string;
    readonly error?: Readonly<Record<string, unknown>>;
  }[];
  readonly effects: DryEffects;
}

export interface DryEffects {
  readonly memberships: number;
  readonly teams: number;
  readonly roles: number;
  readonly accounts: number;
  readonly tokens: number;
  readonly created: number;
  readonly changed: number;
  readonly lastAdministratorOf: readonly Partial<Reference>[];
  readonly emptied: readonly Partial<Reference>[];
}

export const NO_EFFECTS: DryEffects = {
  ...{ memberships: 0, teams: 0, roles: 0, accounts: 0, tokens: 0, created: 0, changed: 0 },
  lastAdministratorOf: [],
  emptied: [],
};

/** Asks what would come of a request. */
export function askDry(scim: ScimClient, method: string, path: string, body?: unknown): Promise<Answer> {
  return scim.request(method, path, { headers: AS_IF, ...(body !== undefined && { body }) });
}

/** How often a dry run is asked for that would hold up other writes, such as those of a job. */
const ATTEMPTS = 10;

/** What a request would do that is not refused. */
export async function dryRun(
  scim: ScimClient,
  method: string,
  path: string,
  body?: unknown,
): Promise<DryRun> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await askDry(scim, method, path, body);
    if (answer.status !== 503 || attempt === ATTEMPTS) return dryRunIn(answer);
  }
}

export function dryRunIn(answer: Answer): DryRun {
  const said = expectStatus(answer, 200) as unknown as DryRun;
  expect(said.schemas, answer.text).to.deep.equal([DRY_RUN]);
  return said;
}

/** What a PATCH would do. */
export const dryPatch = (scim: ScimClient, path: string, ...operations: readonly object[]) =>
  dryRun(scim, "PATCH", path, patchData(...operations));

/** What a Bulk would do. */
export const dryBulk = (scim: ScimClient, operations: readonly BulkOperation[], more: object = {}) =>
  dryRun(scim, "POST", "/Bulk", { schemas: [BULK_REQUEST], ...more, Operations: operations });
