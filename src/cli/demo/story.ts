import { inviteColleagues, inviteInEachState } from "./invitations.js";
import { DemoClient } from "./client.js";
import {
  addConsultants,
  leaveSetUpOpen,
  letGo,
  openOrganization,
  openProvider,
  PROVIDER_ADMINS,
} from "./provider.js";
import type { Company, Stage } from "./stage.js";
import { CONNECTED_DAYS_AGO, IdentityProvider, syncDays } from "./sync.js";
import { makeTokens, orphanToken } from "./tokens.js";

/** An organization as `seeds/demo` describes it. */
export interface PlannedCompany extends Omit<Company, "id" | "identityProvider"> {
  readonly description: string;
  readonly identityProvider?: Company["identityProvider"];
}

/** Who signs in to the demo, to show what each role sees. */
export interface Cast {
  readonly provider: string;
  readonly organization: string;
}

type Opened = Awaited<ReturnType<typeof openOrganization>>;

/**
 * What happened in the months before the demo begins, in the order of time.
 *
 * @param token of the operator
 */
export async function actOut(stage: Stage, planned: readonly PlannedCompany[], token: string): Promise<Cast> {
  const [{ userName: ingrid }] = PROVIDER_ADMINS;
  stage.clock.toDaysAgo(165);
  await openProvider(stage, token);
  stage.clock.toDaysAgo(160);
  const provider = await stage.signIn(ingrid, "provider");
  const companies: Opened[] = [];
  for (const { identityProvider, ...each } of planned) {
    companies.push(await openOrganization(stage, provider, { identityProvider, ...each }));
  }
  const run = companies.filter((each) => each.admin !== undefined) as (Opened & { admin: string })[];
  const synced = run.filter(({ identityProvider }) => identityProvider !== undefined);
  const invited = run.filter(({ identityProvider }) => identityProvider === undefined);
  const [first, ...others] = synced;
  if (!first) throw new Error("The demo needs an organization with an identity provider");

  stage.clock.toDaysAgo(CONNECTED_DAYS_AGO);
  const sources: IdentityProvider[] = [];
  for (const each of synced) {
    const admin = await stage.signIn(each.admin, each.id);
    sources.push(await IdentityProvider.connect(stage, each, admin));
  }
  for (const source of sources) await source.pushFirst();

  const atDay: Readonly<Record<number, () => Promise<void>>> = {
    120: async () => {
      for (const each of invited) await inviteColleagues(stage, each, each.admin);
    },
    96: () => makeTokens(stage, first, first.admin),
    48: async () => {
      for (const each of invited) await inviteInEachState(stage, each, each.admin);
    },
    72: () => addConsultants(stage, companies),
    42: () => letGo(stage, companies),
    30: () => orphanToken(stage, others[0] ?? first, (others[0] ?? first).admin, 25),
  };
  for (const day of syncDays) {
    stage.clock.toDaysAgo(day);
    for (const source of sources) await source.pushWeek(day);
    await atDay[day]?.();
  }
  for (const source of sources) await source.overreach();
  await leaveSetUpOpen(stage);
  await signInToday(stage, run, ingrid);
  return { provider: ingrid, organization: first.admin };
}

/** The last hours: sessions that are open now, and a stranger who guesses passwords. */
async function signInToday(
  stage: Stage,
  companies: readonly (Opened & { readonly admin: string })[],
  ingrid: string,
): Promise<void> {
  const { clock } = stage;
  clock.toMinutesAgo(90);
  const guess = { userName: ingrid, password: "Summer2026!" };
  for (let n = 0; n < 4; n += 1) {
    await new DemoClient(stage.server, { address: "203.0.113.66", userAgent: "python-requests/2.32" })
      .follow("/console/sign-in", guess)
      .catch(() => undefined);
  }
  let minutes = 80;
  for (const { id, admin } of companies) {
    clock.toMinutesAgo(minutes);
    const session = await stage.signIn(admin, id);
    await session.scim("GET", "/Users?count=1");
    minutes -= 12;
  }
  clock.toMinutesAgo(10);
  const session = await stage.signIn(ingrid, "provider");
  await session.scim("GET", "/Groups?count=1&excludedAttributes=members");
}
