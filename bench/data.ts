import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { readSettings } from "../src/config/settings.js";
import { openDatabase } from "../src/db/open.js";
import { migrate } from "../src/db/migrate.js";
import { PROVIDER_REALM } from "../src/domain/access/principal.js";
import { Transactions } from "../src/repositories/transactions.js";
import { readResource } from "../src/scim/requests/resource.js";
import { toIncomingUser } from "../src/scim/resources/user-mapping.js";
import { SearchIndexing } from "../src/services/users/search-indexing.js";
import type { Store } from "./servers.js";
import { userSchema } from "../src/scim/resources/user-schema.js";

const PER_TRANSACTION = 2000;
const ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** A User as identity providers send it, with what they commonly fill in. */
export function user(number: number | string): Record<string, unknown> {
  const name = `user${number}@example.com`;
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE_USER],
    userName: name,
    externalId: `external-${number}`,
    displayName: `Given${number} Family${number}`,
    name: {
      givenName: `Given${number}`,
      familyName: `Family${number}`,
      formatted: `Given${number} Family${number}`,
    },
    active: true,
    title: "Engineer",
    emails: [{ value: name, type: "work", primary: true }],
    phoneNumbers: [{ value: `+1 555 ${number}`, type: "work" }],
    [ENTERPRISE_USER]: { department: `Department ${String(number).length}`, employeeNumber: String(number) },
  };
}

export interface Dataset {
  readonly accountIds: readonly string[];
  /** The ids of groups that have been asked for, by their number of members. */
  readonly groups: ReadonlyMap<number, string>;
}

/** The file of a data folder's SQLite database. */
export const sqliteFile = (dataDir: string) => join(dataDir, "muster.sqlite");

const listOf = (dataDir: string) => join(dataDir, "dataset.json");

/** Notes what a data folder has, for later runs. */
export function remember(dataDir: string, { accountIds, groups }: Dataset): void {
  writeFileSync(listOf(dataDir), JSON.stringify({ accountIds, groups: [...groups] }));
}

/** What an earlier run has filled a data folder with; undefined when it has other people, or none. */
export function filledBefore(dataDir: string, users: number): Dataset | undefined {
  if (!existsSync(listOf(dataDir))) return undefined;
  const { accountIds, groups } = JSON.parse(readFileSync(listOf(dataDir), "utf8")) as {
    accountIds: string[];
    groups: [number, string][];
  };
  return accountIds.length === users ? { accountIds, groups: new Map(groups) } : undefined;
}

/** Fills a database with users and, of the first of them, groups of the given sizes. */
export async function fill(
  { dataDir, databaseUrl }: Store,
  users: number,
  groupSizes: readonly number[],
): Promise<Dataset> {
  const settings = readSettings({
    MUSTER_DATA_DIR: dataDir,
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
  });
  const database = await openDatabase(settings.database);
  await migrate(database);
  const work = new Transactions(database);
  const now = new Date().toISOString();
  const accountIds: string[] = [];
  for (let first = 0; first < users; first += PER_TRANSACTION) {
    await work.write(PROVIDER_REALM, async ({ accounts }) => {
      for (let number = first; number < Math.min(first + PER_TRANSACTION, users); number += 1) {
        const { input } = toIncomingUser(readResource(userSchema, user(number)));
        const id = uuidv7();
        await accounts.insert({
          ...input,
          active: true,
          id,
          passwordHash: undefined,
          version: 1,
          updatedAt: now,
        });
        accountIds.push(id);
      }
    });
  }
  const groups = new Map<number, string>();
  for (const memberCount of groupSizes) {
    const id = uuidv7();
    await work.write(PROVIDER_REALM, async ({ organizations, memberships }) => {
      const displayName = `Group of ${memberCount}`;
      await organizations.insert({ displayName, id, memberCount, version: 1, updatedAt: now });
      for (let first = 0; first < memberCount; first += PER_TRANSACTION) {
        const portion = accountIds.slice(first, Math.min(first + PER_TRANSACTION, memberCount));
        await memberships.add(id, portion, {
          origin: { source: "scim", isProviders: true },
          showsProfile: true,
          at: now,
        });
      }
    });
    groups.set(memberCount, id);
  }
  // Else the server would index for minutes beside the first rows.
  await new SearchIndexing({ work }).run();
  await database.close();
  return { accountIds, groups };
}
