import { SCHEMAS } from "./stage.js";
import type { Company, Stage } from "./stage.js";

/** Colleagues whom an organization without an identity provider invites: most accept, some decline or wait. */
export async function inviteColleagues(stage: Stage, company: Company, admin: string): Promise<void> {
  const session = await stage.signIn(admin, company.id);
  const team = await session.scim("POST", "/Teams", {
    schemas: [SCHEMAS.team],
    ...{ displayName: "Studio", description: "Everybody who makes things" },
  });
  const people = Array.from({ length: 12 }, () => stage.people.next(company.domain, company.locales));
  for (const [n, { userName, name, displayName }] of people.entries()) {
    await stage.invite(session, {
      ...{ name: displayName, emails: [{ value: userName }], ...name },
      description: "Welcome! You get an account for our projects.",
      ...(n % 2 === 0 && { teams: [{ value: team.id }] }),
      ...(n === 3 && { roles: [{ value: "organization-billing-manager" }] }),
    });
  }
  for (const person of people.slice(0, 9)) await stage.accept(person);
  for (const { userName } of people.slice(9, 10)) {
    const link = await stage.mailbox.linkTo(userName);
    await stage.visitor(userName).follow(`${link}/decline`);
  }
  const members = await session.scim("GET", "/Users?attributes=id&count=50");
  const [lead] = members.Resources as { readonly id: string }[];
  if (!lead) return;
  const value = [{ value: lead.id, role: "team-admin" }];
  await session.patch(`/Teams/${team.id}`, { op: "add", path: "members", value });
}

/** One more invitation in each state: for a domain, for everybody with the link, expired, disabled, exhausted. */
export async function inviteInEachState(stage: Stage, company: Company, admin: string): Promise<void> {
  const { people, mailbox, clock } = stage;
  const session = await stage.signIn(admin, company.id);
  const emails = [{ value: `*@${company.domain}` }];
  await stage.invite(session, { name: "Everybody in the house", emails });
  await stage.invite(session, { name: "Freelancers of the autumn", quota: 25 });
  await stage.invite(session, {
    name: "Fair in Lyon",
    emails: [{ value: people.next("guests.example").userName }],
    expiresAt: clock.dayFromEnd(-30),
  });
  const stopped = await stage.invite(session, { name: "Old newsletter link" });
  await session.patch(`/Invitations/${stopped.id}`, { op: "replace", path: "enabled", value: false });
  const one = await stage.invite(session, { name: "One intern", emails, quota: 1 });
  const intern = people.next(company.domain, company.locales);
  const link = new URL(String(one.link)).pathname.replace(/^.*(?=\/invitations\/)/, "");
  const visitor = stage.visitor(intern.userName);
  await visitor.follow(`${link}/codes`, { email: intern.userName });
  const code = await mailbox.codeTo(intern.userName);
  const proof = await visitor.follow(`${link}/proof`, { email: intern.userName, code });
  const proved = new URL(String(proof.link)).pathname.replace(/^.*(?=\/invitations\/)/, "");
  await visitor.follow(`${proved}/accept`, { ...intern.name, password: stage.password });
}
