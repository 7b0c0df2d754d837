import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Muster } from "../muster.js";
import { readProcessSettings } from "../config/settings.js";
import { OPERATOR_PRINCIPAL } from "../domain/access/principal.js";
import type { Realm } from "../domain/access/principal.js";
import { SCIM_PATH } from "../http/app.js";
import { readResource } from "../scim/requests/resource.js";
import { toIncomingUser } from "../scim/resources/user-mapping.js";
import { userSchema } from "../scim/resources/user-schema.js";
import { UserError } from "./exit.js";
import { examples } from "./notices.js";
import { serve } from "./serve.js";

/** What `seeds/demo` holds. */
interface Seed {
  readonly people: readonly { readonly userName: string }[];
  readonly organizations: readonly {
    readonly displayName: string;
    readonly description: string;
    readonly members: readonly string[];
  }[];
  readonly tokens: readonly {
    readonly name: string;
    readonly secret: string;
    /** The organization that it acts in; undefined: the whole provider. */
    readonly organization?: string;
  }[];
}

/** `muster demo`: the server with something in it, on a database of its own. */
export async function demo(): Promise<void> {
  const settings = readProcessSettings();
  if (!["127.0.0.1", "::1", "localhost"].includes(settings.host)) {
    throw new UserError("The demo's tokens are public, so it only listens on this machine; unset HOST");
  }
  const seed = await readSeed();
  const database = { engine: "sqlite", filename: join(settings.dataDir, "demo.sqlite") } as const;
  await serve({ ...settings, database, bootstrapToken: undefined }, async (muster) => {
    await plant(muster, seed);
    const [first] = seed.tokens;
    const baseUrl = `${settings.publicUrl}${SCIM_PATH}`;
    const tokens = seed.tokens.map(({ name, secret }) => `    ${secret}  ${name}`).join("\n");
    console.error(
      `\n  Muster's demo. Its tokens:\n\n${tokens}\n\n  Try it:\n\n    export MUSTER_TOKEN=${first?.secret ?? ""}\n`,
    );
    console.error(examples(baseUrl));
  });
}

async function readSeed(): Promise<Seed> {
  const built = new URL("../../seeds/demo.js", import.meta.url);
  const url = existsSync(built) ? built : new URL("../../seeds/demo.ts", import.meta.url);
  return (await import(url.href)) as Seed;
}

/** Does nothing if the demo data exists already. */
async function plant({ services }: Muster, seed: Seed): Promise<void> {
  if ((await services.authentication.all()).length > 0) return;
  const ids = new Map<string, string>();
  const realms = new Map<string, Realm>();
  for (const person of seed.people) {
    const { input, password } = toIncomingUser(
      readResource(userSchema, { schemas: [userSchema.core.id], ...person }),
    );
    const account = await services.users.create(OPERATOR_PRINCIPAL, { ...input, active: true }, { password });
    ids.set(person.userName, account.id);
  }
  for (const { displayName, description, members } of seed.organizations) {
    const entries = members.map((userName) => ({ accountId: ids.get(userName) ?? "" }));
    const made = await services.groups.create(OPERATOR_PRINCIPAL, { displayName, description }, entries);
    realms.set(displayName, { type: "organization", organizationId: made.id });
  }
  for (const { name, secret, organization } of seed.tokens) {
    await services.authentication.adopt(name, secret, realms.get(organization ?? ""));
  }
}
