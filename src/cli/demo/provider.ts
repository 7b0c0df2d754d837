import type { DemoClient } from "./client.js";
import { PLACES, SCHEMAS, userOf } from "./stage.js";
import type { Company, Stage } from "./stage.js";

/** The administrators of the provider. */
export const PROVIDER_ADMINS = [
  {
    ...{ userName: "ingrid.solberg@muster.example", displayName: "Ingrid Solberg" },
    name: { givenName: "Ingrid", familyName: "Solberg" },
    ...{ locale: "nb-NO", department: "Operations", title: "Head of Operations" },
  },
  {
    ...{ userName: "tomas.rivera@muster.example", displayName: "Tomás Rivera" },
    name: { givenName: "Tomás", familyName: "Rivera" },
    ...{ locale: "es-ES", department: "Support", title: "Support Engineer" },
  },
] as const;

/** The first day: an operator's token makes the administrators, who choose their passwords. */
export async function openProvider(stage: Stage, token: string): Promise<void> {
  const operator = stage.machine(PLACES.operator, token);
  for (const admin of PROVIDER_ADMINS) {
    const user = userOf(admin);
    await operator.scim("POST", "/Users", {
      ...user,
      schemas: [...user.schemas, SCHEMAS.membership],
      roles: [{ value: "provider-admin" }],
      [SCHEMAS.membership]: { sendSetupEmail: true },
    });
    await stage.setUp(admin.userName);
  }
}

/** An administrator of the provider makes an organization, and invites its first administrator, who accepts. */
export async function openOrganization(
  stage: Stage,
  provider: DemoClient,
  { description, ...company }: Omit<Company, "id"> & { readonly description: string },
): Promise<Company & { readonly admin: string | undefined }> {
  const made = await provider.scim("POST", "/Groups", {
    schemas: [SCHEMAS.group, SCHEMAS.organization],
    displayName: company.name,
    [SCHEMAS.organization]: { description },
  });
  if (company.locales.length === 0) return { ...company, id: made.id, admin: undefined };
  const admin = stage.people.next(company.domain, company.locales);
  await stage.invite(provider, {
    name: `First administrator of ${company.name}`,
    organization: { value: made.id },
    emails: [{ value: admin.userName }],
    ...admin.name,
    roles: [{ value: "organization-admin" }],
  });
  await stage.accept(admin);
  return { ...company, id: made.id, admin: admin.userName };
}

const CONSULTING = "consulting.example";

/** Consultants work for several organizations: the provider creates them, and adds them to each. */
export async function addConsultants(stage: Stage, companies: readonly Company[]): Promise<void> {
  const provider = await stage.signIn(PROVIDER_ADMINS[1].userName, "provider");
  for (let n = 0; n < 6; n += 1) {
    const { id } = await provider.scim("POST", "/Users", userOf(stage.people.next(CONSULTING)));
    for (const company of companies.slice(n % 2, 3)) {
      const members = { op: "add", path: "members", value: [{ value: id }] };
      await provider.patch(`/Groups/${company.id}`, members);
    }
  }
}

/** Two consultants are deactivated, one leaves an organization, and one account is deleted. */
export async function letGo(stage: Stage, companies: readonly Company[]): Promise<void> {
  const provider = await stage.signIn(PROVIDER_ADMINS[0].userName, "provider");
  const filter = encodeURIComponent(
    `userName ew "@${CONSULTING}" and groups.value eq "${companies[1]?.id ?? ""}"`,
  );
  const { Resources } = await provider.scim("GET", `/Users?filter=${filter}&sortBy=userName`);
  const [leaver, gone, ...inactive] = (Resources as { readonly id: string }[]).map(({ id }) => id);
  for (const id of inactive.slice(0, 2)) {
    await provider.patch(`/Users/${id}`, { op: "replace", path: "active", value: false });
  }
  await provider.patch(`/Groups/${companies[1]?.id ?? ""}`, {
    ...{ op: "remove", path: `members[value eq "${leaver ?? ""}"]` },
  });
  await provider.scim("DELETE", `/Users/${gone ?? ""}`);
}

/** People who got the mail to set up their accounts, and have not followed the link yet. */
export async function leaveSetUpOpen(stage: Stage): Promise<void> {
  stage.clock.toDaysAgo(2);
  const provider = await stage.signIn(PROVIDER_ADMINS[1].userName, "provider");
  for (let n = 0; n < 4; n += 1) {
    const { schemas, ...user } = userOf(stage.people.next("partner.example"));
    await provider.scim("POST", "/Users", {
      ...user,
      schemas: [...schemas, SCHEMAS.membership],
      [SCHEMAS.membership]: { sendSetupEmail: true },
    });
  }
}
