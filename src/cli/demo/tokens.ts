import { PLACES, SCHEMAS } from "./stage.js";
import type { Company, Stage } from "./stage.js";

/** Access tokens as they are after some months: one that expires soon, one expired, one revoked, one orphaned. */
export async function makeTokens(stage: Stage, company: Company, admin: string): Promise<void> {
  const { clock } = stage;
  const session = await stage.signIn(admin, company.id);
  const create = (name: string, attributes: object = {}) =>
    session.scim("POST", "/AccessTokens", { schemas: [SCHEMAS.token], name, ...attributes });
  const auditor = { readOnly: true, expiresAt: clock.dayFromEnd(5) };
  const nightly = stage.machine(PLACES.operator, String((await create("Nightly export", auditor)).token));
  await nightly.scim("GET", "/Users?count=1");
  await create("Audit of the spring", { readOnly: true, expiresAt: clock.dayFromEnd(-20) });
  const old = await create("Old import");
  await session.scim("DELETE", `/AccessTokens/${old.id}`);
  await stage.machine(PLACES.stranger, String(old.token)).refused("GET", "/Users");
}

/** A second administrator makes a token, and loses the role: the token is orphaned. */
export async function orphanToken(
  stage: Stage,
  company: Company,
  admin: string,
  daysAgo: number,
): Promise<void> {
  const { people, clock } = stage;
  const session = await stage.signIn(admin, company.id);
  const second = people.next(company.domain, company.locales);
  await stage.invite(session, {
    ...{ name: "Second administrator", emails: [{ value: second.userName }], ...second.name },
    roles: [{ value: "organization-admin" }],
  });
  await stage.accept(second);
  const theirs = await stage.signIn(second.userName, company.id);
  const body = { schemas: [SCHEMAS.token], name: `Script of ${second.name.givenName}` };
  const made = await theirs.scim("POST", "/AccessTokens", body);
  clock.toDaysAgo(daysAgo);
  const again = await stage.signIn(admin, company.id);
  const { Resources } = await again.scim(
    "GET",
    `/Users?filter=${encodeURIComponent(`userName eq "${second.userName}"`)}`,
  );
  const [person] = Resources as { readonly id: string }[];
  await again.patch(`/Users/${person?.id ?? ""}`, { op: "remove", path: "roles" });
  const script = stage.machine(PLACES.operator, String(made.token));
  await script.scim("GET", "/Users?count=1");
  await script.refused("POST", "/AccessTokens", { schemas: [SCHEMAS.token], name: "Another way back" });
}
