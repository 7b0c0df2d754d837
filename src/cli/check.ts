import type { Database } from "../db/database.js";
import { missingMigrations } from "../db/migrate.js";
import { checkAll, mendRule, MOST_FOUND } from "../repositories/invariants/check.js";
import type { Checked } from "../repositories/invariants/check.js";
import { UserError } from "./exit.js";
import { withDatabase } from "./with-backend.js";

/** So many of the rows that break a rule are named. */
const SHOWN = 10;

/**
 * `muster check`: checks every rule that the database has to keep, while servers run, and prints what breaks it.
 *
 * @param options whether what can be made right from what is certain is made right
 */
export function checkDatabase({ mend = false }: { readonly mend?: boolean }): Promise<void> {
  return withDatabase(async (database) => {
    const missing = await missingMigrations(database);
    if (missing.length > 0) {
      throw new UserError(
        `The database lacks ${missing.length} migrations, from ${missing[0]} on. Run this first: muster migrate`,
      );
    }
    const broken = await checked(database);
    const mendable = broken.filter(({ remedy }) => remedy === undefined);
    if (broken.length === 0) return;
    if (!mend || mendable.length === 0) throw new UserError(summary(broken, mendable.length));

    for (const { name } of mendable) await database.transaction((session) => mendRule(session, name));
    console.log("\nMended. Checked again:");
    const left = await checked(database);
    if (left.length > 0) throw new UserError(summary(left, 0));
  });
}

/** Checks all and prints it. @returns the rules that are broken */
function checked(database: Database): Promise<Checked[]> {
  return database.snapshot(async (session) => {
    const broken: Checked[] = [];
    for await (const rule of checkAll(session)) {
      console.log(`${rule.broken.length === 0 ? "ok    " : "broken"}  ${rule.name}`);
      if (rule.broken.length === 0) continue;
      broken.push(rule);
      for (const { id, found } of rule.broken.slice(0, SHOWN)) console.log(`        ${id}: ${found}`);
      const more = rule.broken.length - SHOWN;
      if (more > 0) console.log(`        and ${rule.broken.length === MOST_FOUND ? "more" : more}`);
      if (rule.remedy !== undefined) console.log(`        To mend it: ${rule.remedy}`);
    }
    return broken;
  });
}

const summary = ({ length }: readonly Checked[], mendable: number) =>
  `${length === 1 ? "1 rule is" : `${length} rules are`} broken.` +
  (mendable > 0
    ? ` 'muster check --mend' mends ${mendable === length ? "all of it" : `${mendable} of them`}.`
    : "");
