import { Command, InvalidArgumentError } from "commander";
import { describeSettings } from "../config/settings.js";
import { createAdministrator } from "./administrators.js";
import { backUpDatabase } from "./backup.js";
import { checkDatabase } from "./check.js";
import { exitOnError } from "./exit.js";
import { rotateKeys } from "./keys.js";
import { migrateDatabase } from "./migrate.js";
import { DEFAULT_OVERLAP } from "../services/tokens/access-tokens.js";
import { createToken, listTokens, revokeToken, rotateToken } from "./tokens.js";
import type { NewToken } from "./tokens.js";
import { removeSecondFactor } from "./users.js";

const settings = describeSettings()
  .map(({ name, description, default: fallback }) => {
    const shown = fallback === undefined ? "" : ` (default: ${fallback})`;
    return `  ${name.padEnd(24)} ${description}${shown}`;
  })
  .join("\n");

const MAX_WORKERS = 64;

function workerCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_WORKERS) return count;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_WORKERS}.`);
}

const program = new Command("muster")
  .description("Muster, a SCIM 2.0 provisioning server for products whose users belong to organizations.")
  .addHelpText(
    "after",
    `
Settings, from the environment or a file .env in the working directory:
${settings}

Examples:
  $ muster serve                                 start on http://127.0.0.1:3000/scim/v2, with SQLite in ./data
  $ PORT=8080 DATABASE_URL=postgres://muster@localhost/muster muster serve
  $ muster serve --workers 4                     serve with 4 processes; DATABASE_URL must be a PostgreSQL database
  $ muster backup /var/backups/muster            copy the SQLite database into a folder
  $ muster admin create                          print a link to create an administrator's account
  $ muster token create --name "Okta"            create a token for an identity provider; it is shown only once
  $ muster token create --name "Import" --expires 2027-01-31
  $ muster token create --name "Okta of Acme" --organization Acme
  $ muster token create --name "Dana's scripts" --user dana@example.com --organization Acme --read-only
  $ muster token revoke 01890a5d-ac96-774b-bcce-b302099a8057`,
  );

program
  .command("serve")
  .description("start the server; migrates the database first")
  .option(
    "-w, --workers <number>",
    "how many processes serve requests on the same port; more than one needs PostgreSQL",
    workerCount,
    1,
  )
  // Only these two load what serves requests.
  .action(({ workers }: { workers: number }) =>
    exitOnError(async () => (await import("./workers.js")).serveWith(workers)),
  );

program
  .command("demo")
  .description(
    "start the server with a separate database of several organizations, hundreds of people and months of history",
  )
  .action(() => exitOnError(async () => (await import("./demo.js")).demo()));

program
  .command("migrate")
  .description("update the database schema, and do nothing else")
  .action(() => exitOnError(migrateDatabase));

program
  .command("backup")
  .description("copy the SQLite database to a file, while the server runs; for PostgreSQL, use its own tools")
  .argument("<target>", "a file that is not there, or a folder, in which the file is named after the time")
  .action((target: string) => exitOnError(() => backUpDatabase(target)));

program
  .command("check")
  .description(
    "check that the database is consistent, while the server runs, and say what is not and how to mend it",
  )
  .option("-m, --mend", "mend what can be made right without a decision, such as counts")
  .action((options: { mend?: boolean }) => exitOnError(() => checkDatabase(options)));

program
  .command("admin")
  .description("administrators of the provider")
  .command("create")
  .description(
    "print a link with which a person creates an administrator's account; it works once, for a day",
  )
  .action(() => exitOnError(createAdministrator));

program
  .command("user")
  .description("people")
  .command("remove-second-factor")
  .description("remove the second factor of a person who lost it; applies to running servers at once")
  .argument("<userName>", "the account's userName")
  .option(
    "-o, --organization <name>",
    "the organization whose password it guards, by name or id (default: the person's own password)",
  )
  .action((userName: string, options: { organization?: string }) =>
    exitOnError(() => removeSecondFactor(userName, options)),
  );

const token = program
  .command("token")
  .description("create, list, rotate and revoke access tokens; changes apply to running servers at once");

token
  .command("create")
  .description(
    "create a token for the provider or for one organization, and print it; it cannot be shown again",
  )
  .requiredOption("-n, --name <name>", "what the token is for")
  .option(
    "-u, --user <userName>",
    "the person who owns the token; it can do what the person's roles allow, and does not work while the person is inactive",
  )
  .option(
    "-o, --organization <name>",
    "the organization in which the token acts, by name or id (default: the provider)",
  )
  .option("-r, --read-only", "allow the token to read, but not to change anything")
  .option("-c, --checks-passwords", "allow the token to check people's passwords, for your product")
  .option(
    "-e, --expires <date>",
    "when the token expires, such as 2027-01-31 or 2027-01-31T12:00:00Z (default: never)",
  )
  .action((options: NewToken) => exitOnError(() => createToken(options)));

token
  .command("list")
  .description("list all tokens, without their secrets")
  .action(() => exitOnError(listTokens));

token
  .command("rotate")
  .description("give a token a new secret and print it; the old secret stays valid for a while")
  .argument("<id>", "the token's id, as `muster token list` shows it")
  .option("--overlap <seconds>", `how long the old secret stays valid (default: ${DEFAULT_OVERLAP}, a day)`)
  .action((id: string, options: { overlap?: string }) => exitOnError(() => rotateToken(id, options)));

token
  .command("revoke")
  .description("revoke a token; it stops working at once")
  .argument("<id>", "the token's id, as `muster token list` shows it")
  .action((id: string) => exitOnError(() => revokeToken(id)));

program
  .command("key")
  .description("the secret keys that sign links, cursors and forms, and encrypt second factors")
  .command("rotate")
  .description(
    "make new keys; running servers take them up by themselves, and what earlier keys signed stays valid",
  )
  .option("--now", "drop the earlier keys at once, because they leaked: links that were sent stop working")
  .action((options: { now?: true }) => exitOnError(() => rotateKeys(options)));

await program.parseAsync();
