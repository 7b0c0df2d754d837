import { expect } from "chai";
import { readSettings } from "../../src/config/settings.js";
import { foldCase } from "../../src/domain/values/text.js";
import type { Database } from "../../src/db/database.js";
import { openDatabase } from "../../src/db/open.js";
import type { Session } from "../../src/db/session.js";
import { OPERATOR } from "../../src/domain/access/actor.js";
import { PROVIDER_REALM } from "../../src/domain/access/principal.js";
import type { Realm } from "../../src/domain/access/principal.js";
import type { AuditEvent } from "../../src/domain/audit/audit-event.js";
import type { Invitation } from "../../src/domain/invitations/invitation.js";
import type { Organization } from "../../src/domain/organizations/organization.js";
import { takingBy } from "../../src/domain/removals/removal.js";
import type { Team } from "../../src/domain/teams/team.js";
import type { AccessToken } from "../../src/domain/tokens/access-token.js";
import { JsonDocument } from "../../src/domain/values/json.js";
import { Repositories } from "../../src/repositories/repositories.js";
import type { AccountWrite } from "../../src/repositories/users/account-rows.js";
import { forEachEngine } from "../support/engines.js";

const AT = "2026-11-23T12:00:00.000Z";
const LATER = "2026-11-23T13:00:00.000Z";

const TAKING = takingBy(OPERATOR, undefined, { id: "removal", at: AT, days: 30 });

const START = { type: "offset", offset: 0 } as const;
const ALL = { locations: () => "", limit: 10, maxBytes: 1_000_000, start: START };

/** An organization, and one of everything that it has. */
interface World {
  readonly organization: Organization;
  readonly account: AccountWrite;
  /** Another member, who is not in the team. */
  readonly colleague: string;
  readonly team: Team;
  readonly token: AccessToken;
  readonly event: AuditEvent;
  readonly invitation: Invitation;
  /** The id of what was removed in its realm. */
  readonly removal: string;
}

type Call = (repositories: Repositories, world: World) => Promise<unknown>;

/** What finds something of an organization; in another one's realm, nothing. */
const READS: Readonly<Record<string, Call>> = {
  "accounts.find": ({ accounts }, { account }) => accounts.find(account.id),
  "accounts.find to change": ({ accounts }, { account }) => accounts.find(account.id, "forUpdate"),
  "accounts.findAll": ({ accounts }, { account }) => accounts.findAll([account.id]),
  "accounts.findAllByUserName": ({ accounts }, { account }) =>
    accounts.findAllByUserName([foldCase(account.userName)]),
  "accounts.list": ({ accounts }, { account }) => accounts.list({ ...ALL, filter: isId(account.id) }),
  "accounts.listIds": ({ accounts }, { account }) => accounts.listIds({ ...ALL, filter: isId(account.id) }),
  "accounts.passwordHash": ({ accounts }, { account }) => accounts.passwordHash(account.id),
  "directory.list of accounts": ({ directory }, { account }) =>
    directory.list({ ...ALL, accounts: { filter: isId(account.id) } }),
  "directory.list of groups": ({ directory }, { team }) =>
    directory.list({ ...ALL, groups: { filter: isId(team.id) } }),
  "membershipDetails.find": ({ membershipDetails }, { account }) => membershipDetails.find([account.id]),
  "organizations.find": ({ organizations }, { organization }) =>
    organizations.find(organization.id, { lock: false }),
  "organizations.find to change": ({ organizations }, { organization }) =>
    organizations.find(organization.id, { lock: true }),
  "organizations.findAll": ({ organizations }, { organization }) => organizations.findAll([organization.id]),
  "organizations.findIdByName": ({ organizations }, { organization }) =>
    organizations.findIdByName(organization.displayName),
  "organizations.list": ({ organizations }, { organization }) =>
    organizations.list({ ...ALL, filter: isId(organization.id) }),
  "teams.find": ({ teams }, { team }) => teams.find(team.id),
  "teams.list": ({ teams }, { team }) => teams.list({ ...ALL, filter: isId(team.id) }),
  "teams.members": ({ teams }, { team }) => teams.members(team.id, undefined, 10),
  "teams.memberIds": ({ teams }, { team }) => teams.memberIds(team.id, 10),
  "teams.listAsGroups": ({ teams }, { team }) => teams.listAsGroups({ ...ALL, filter: isId(team.id) }),
  "teams.findAll": ({ teams }, { team }) => teams.findAll([team.id]),
  "teams.membersWithRoles": async ({ teams }, { team, account }) => {
    await teams.setRoles(team.id, [{ accountId: account.id, role: "team-admin" }]);
    return teams.membersWithRoles(team.id);
  },
  "teams.isMember": ({ teams }, { team, account }) => teams.isMember(team.id, account.id),
  "accessTokens.find": ({ accessTokens }, { token }) => accessTokens.find(token.id),
  "accessTokens.list": ({ accessTokens }, { token }) => accessTokens.list({ ...ALL, filter: isId(token.id) }),
  "auditEvents.find": ({ auditEvents }, { event }) => auditEvents.find(event.id),
  "auditEvents.list": ({ auditEvents }, { event }) => auditEvents.list({ ...ALL, filter: isId(event.id) }),
  "invitations.find": ({ invitations }, { invitation }) =>
    invitations.find(invitation.id, AT, { lock: false }),
  "invitations.find to change": ({ invitations }, { invitation }) =>
    invitations.find(invitation.id, AT, { lock: true }),
  "invitations.list": ({ invitations }, { invitation }) =>
    invitations.list({ ...ALL, filter: isId(invitation.id) }, AT),
  "removals.find": ({ removals }, { removal }) => removals.find(removal, AT),
  "removals.list": ({ removals }, { removal }) => removals.list({ ...ALL, filter: isId(removal) }, AT),
  "undoing.close": ({ undoing }, { removal }) => undoing.close(removal),
  "undoing.lock": ({ undoing }, { removal }) => undoing.lock(removal),
};

const WHOLE = { isWritten: true, hasNewEmails: true };

/** What changes something of an organization; in another one's realm, nothing. */
const WRITES: Readonly<Record<string, Call>> = {
  "accounts.update": ({ accounts }, { account }) =>
    accounts.update({ ...account, displayName: "Changed", version: 2, updatedAt: LATER }, WHOLE),
  "accounts.followRecord": ({ accounts }, { account }) =>
    accounts.followRecord(
      account.id,
      { ...account, displayName: "Changed" },
      {
        ...{ current: account.userName, renames: true, hasNewEmails: true, at: LATER },
      },
    ),
  "accounts.givePasswordTo": ({ accounts }, { account, organization }) =>
    accounts.givePasswordTo(organization.id, account.id),
  "accounts.rename": ({ accounts }, { account }) => accounts.rename(account.id, "renamed", LATER),
  "accounts.setPassword": ({ accounts }, { account }) => accounts.setPassword(account.id, "changed", LATER),
  "accounts.delete": ({ accounts }, { account }) => accounts.delete(account.id),
  "organizations.update": ({ organizations }, { organization }) =>
    organizations.update({ ...organization, description: "Changed", version: 2, updatedAt: LATER }),
  "organizations.updateMembers": ({ organizations }, { organization }) =>
    organizations.updateMembers({ ...organization, memberCount: 5, version: 2, updatedAt: LATER }),
  "organizations.delete": ({ organizations }, { organization }) => organizations.delete(organization.id),
  "teams.update": ({ teams }, { team }) => teams.update({ ...team, description: "Changed", version: 2 }),
  "teams.add": ({ teams }, { team, colleague }) => teams.add(team, [colleague]),
  "teams.setRoles": ({ teams }, { team, account }) =>
    teams.setRoles(team.id, [{ accountId: account.id, role: "team-admin" }]),
  "teams.remove": ({ teams }, { team, account }) => teams.remove(team.id, [account.id], TAKING),
  "teams.removeOthers": ({ teams }, { team }) => teams.removeOthers(team.id, [], TAKING),
  "teams.removeMatching": ({ teams }, { team, account }) =>
    teams.removeMatching(team.id, isId(account.id, "value"), TAKING),
  "teams.delete": ({ teams }, { team }) => teams.delete(team.id),
  "accessTokens.update": ({ accessTokens }, { token }) =>
    accessTokens.update({ ...token, name: "Changed", version: 2, updatedAt: LATER }),
  "accessTokens.rotate": ({ accessTokens }, { token }) =>
    accessTokens.rotate(token.id, "changed", undefined, LATER, LATER),
  "accessTokens.keep": ({ accessTokens }, { token, account }) =>
    accessTokens.keep(token.id, "changed", account.id, LATER),
  "accessTokens.revoke": ({ accessTokens }, { token }) => accessTokens.revoke(token.id, LATER),
  "accessTokens.touch": ({ accessTokens }, { token }) => accessTokens.touch(token.id, LATER),
  "invitations.update": ({ invitations }, { invitation }) =>
    invitations.update(
      { ...invitation, emails: ["changed@example.com"], roles: [], revision: 2 },
      invitation,
    ),
  "invitations.accept": ({ invitations }, { invitation, account }) =>
    invitations.accept(invitation.id, invitation.emails[0], account.id, LATER),
  "invitations.claim": ({ invitations }, { invitation, account }) =>
    invitations.claim(invitation.id, "guest@claimed.example", account.id),
  "invitations.decline": ({ invitations }, { invitation }) =>
    invitations.decline(invitation.id, invitation.emails[0] ?? "", LATER),
  "invitations.setInviter": ({ invitations }, { invitation, account }) =>
    invitations.setInviter(invitation.id, { ...invitation.inviter, accountId: account.id }),
  "invitations.delete": ({ invitations }, { invitation }) => invitations.delete(invitation.id),
};

describe("Repositories in the realm of an organization", () => {
  forEachEngine((engine) => {
    let database: Database;
    let acme: World;
    let globex: World;
    before(async () => {
      database = await openDatabase(
        readSettings({ DATABASE_URL: await engine.migratedDatabaseUrl() }).database,
      );
      [acme, globex] = await database.transaction(async (session) => {
        const all = new Repositories(session, PROVIDER_REALM);
        return [await createWorld(all, "Acme"), await createWorld(all, "Globex")];
      });
    });
    after(() => database.close());

    /** Calls in Acme's realm, and undoes what was done. @returns whether it changed anything, and what it returned */
    const inAcme = async (call: Call, world: World) => {
      const realm: Realm = { type: "organization", organizationId: acme.organization.id };
      let outcome: { result: unknown; isChanged: boolean } | undefined;
      const undo = new Error("undo");
      await database
        .transaction(async (session) => {
          const before = await everything(session);
          const result = await call(new Repositories(session, realm), world);
          outcome = { result, isChanged: (await everything(session)) !== before };
          throw undo;
        })
        .catch((error: unknown) => {
          if (error !== undo) throw error;
        });
      if (!outcome) throw new Error("The call has no outcome");
      return outcome;
    };

    for (const [name, call] of Object.entries(READS)) {
      it(`find their own by ${name}, and nothing of another organization`, async () => {
        const own = await inAcme(call, acme);
        expect(isNothing(own.result), JSON.stringify(own.result)).to.equal(false);
        const { result } = await inAcme(call, globex);
        expect(isNothing(result), JSON.stringify(result)).to.equal(true);
      });
    }

    for (const [name, call] of Object.entries(WRITES)) {
      it(`change their own by ${name}, and nothing of another organization`, async () => {
        expect((await inAcme(call, acme)).isChanged).to.equal(true);
        const { result, isChanged } = await inAcme(call, globex);
        expect(isChanged).to.equal(false);
        expect(isNothing(result), JSON.stringify(result)).to.equal(true);
      });
    }

    it("count their own, and those of all organizations in the provider's realm", async () => {
      const counted = async (realm: Realm) => {
        const { counts } = new Repositories(database.reader, realm);
        const { totals, organizations, teams } = await counts.all(AT);
        const matching = await counts.matching({ filter: isId(globex.account.id) }, () => "");
        return {
          totals: Object.fromEntries(totals.map(({ value, count }) => [value, count])),
          organizations: organizations.length,
          teams: teams.map(({ value }) => value),
          ofGlobex: matching.totals[0]?.count,
        };
      };
      const own = await counted({ type: "organization", organizationId: acme.organization.id });
      expect(own).to.deep.equal({
        ...{
          totals: { User: 2, Team: 1, Invitation: 1 },
          organizations: 0,
          teams: [acme.team.id],
          ofGlobex: 0,
        },
      });
      const all = await counted(PROVIDER_REALM);
      expect(all.totals).to.deep.equal({ User: 4, Group: 2, Team: 2, Invitation: 2 });
      expect(all).to.deep.include({ organizations: 2, ofGlobex: 1 });
    });

    it("find whom a name signs in by the organization whose name it is", async () => {
      const { credentials } = new Repositories(database.reader, PROVIDER_REALM);
      const findIn = async (world: World) =>
        (await credentials.findIn(acme.organization.id, world.account.userName.toUpperCase()))?.accountId;
      expect([await findIn(acme), await findIn(globex)]).to.deep.equal([acme.account.id, undefined]);
      expect((await credentials.find(globex.account.userName))?.accountId).to.equal(globex.account.id);
    });

    it("end the sessions of a factor of one person, and neither others of the person nor of other people", async () => {
      const call: Call = async ({ sessions }, { account, colleague }) => {
        const insert = (id: string, accountId: string, factor?: string) =>
          sessions.insert(
            {
              ...{ id, accountId, credentialOrganizationId: undefined, realm: PROVIDER_REALM, createdAt: AT },
              ...{ lastUsedAt: AT, expiresAt: LATER, address: undefined, client: undefined },
              ...(factor !== undefined && { factor: { id: factor, at: AT } }),
            },
            { secretHash: `hash of ${id}`, passwordHash: "hash" },
          );
        await insert("with the factor", account.id, "phone");
        await insert("with another", account.id, "old phone");
        await insert("without", account.id);
        await insert("of a colleague", colleague, "phone");
        await sessions.endOfFactor({ id: "phone", accountId: account.id });
        const names = ["with the factor", "with another", "without", "of a colleague"];
        const left = await Promise.all(names.map((id) => sessions.findById(id)));
        return left.map((each) => each !== undefined);
      };
      expect((await inAcme(call, acme)).result).to.deep.equal([false, true, true, true]);
    });

    it("count the mail that was sent to a person of some kinds since a time, of one organization or of none", async () => {
      const call: Call = async ({ outbox }, { account, organization, colleague }) => {
        const kinds = ["second-factor-added"] as const;
        const insert = async (id: string, more: object, at = LATER) => {
          const mail = { id, kind: kinds[0], accountId: account.id, revision: 0, createdAt: AT, ...more };
          await outbox.insert([mail]);
          await outbox.end(id, "sent", at);
        };
        await insert("own", {});
        await insert("of the organization", { organizationId: organization.id });
        await insert("of another kind", { kind: "second-factor-removed" });
        await insert("to a colleague", { accountId: colleague });
        await insert("too long ago", {}, AT);
        const sent = (about?: { organizationId?: string }) => outbox.sentSince(account.id, kinds, AT, about);
        return [await sent(), await sent({}), await sent({ organizationId: organization.id })];
      };
      expect((await inAcme(call, acme)).result).to.deep.equal([2, 1, 1]);
    });

    it("have a case here for each function that is given what it works on", () => {
      const tested = new Set(
        [...Object.keys(READS), ...Object.keys(WRITES)].map((name) => name.split(" ")[0]),
      );
      const { accounts, organizations, teams, accessTokens, invitations, removals, undoing } =
        new Repositories(database.reader, PROVIDER_REALM);
      const all = { accounts, organizations, teams, accessTokens, invitations, removals, undoing };
      const missing = Object.entries(all).flatMap(([name, repository]) =>
        Object.getOwnPropertyNames(Object.getPrototypeOf(repository))
          .map((method) => `${name}.${method}`)
          .filter((each) => !tested.has(each) && !WHATEVER_THE_REALM.has(each)),
      );
      expect(missing).to.deep.equal([]);
    });
  });
});

/** What is asked across realms, or writes what is new, or takes the organization as an argument; and constructors. */
const WHATEVER_THE_REALM = new Set([
  ...["accounts", "organizations", "teams", "accessTokens", "invitations", "removals", "undoing"].map(
    (name) => `${name}.constructor`,
  ),
  // Their realm is in what takes, or in what is gone.
  ...["keepAccount", "keepTeam", "keepOrganization", "keepActivity", "strike", "requireGone"].map(
    (name) => `removals.${name}`,
  ),
  // After the removal was locked, which only its realm can do.
  ...["next", "settle", "finish", "totals", "results"].map((name) => `undoing.${name}`),
  "accounts.findIdByUserName",
  "accounts.insert",
  "accounts.origin",
  "accounts.shared",
  "accounts.searched",
  "accounts.hasAdministrator",
  "accounts.lockAdministrators",
  "organizations.insert",
  "teams.insert",
  "teams.lock",
  "teams.unknownMembers",
  "teams.leaversAndTeams",
  "accessTokens.findByHash",
  "accessTokens.orphaned",
  "accessTokens.all",
  "accessTokens.adopt",
  "accessTokens.insert",
  "invitations.insert",
]);

const isId = (id: string, name = "id") =>
  ({
    type: "compare",
    field: { path: [name], type: "string", caseExact: true },
    operator: "eq",
    value: id,
  }) as const;

function isNothing(result: unknown): boolean {
  if (result === undefined || result === false || result === 0) return true;
  if (Array.isArray(result)) return result.length === 0;
  if (result instanceof Map) return result.size === 0;
  return (result as { total?: number }).total === 0;
}

const TABLES = [
  ...["accounts", "account_emails", "account_setups", "organizations", "memberships", "teams"],
  ...["proved_addresses", "pending_addresses", "member_emails", "kept_records"],
  ...["team_memberships", "access_tokens", "audit_events", "invitations", "invitation_emails"],
  ...["invitation_roles", "invitation_teams", "invitation_acceptances", "invitation_claims"],
  ...["removals", "removal_items"],
];

async function everything(session: Session): Promise<string> {
  const parts: string[] = [];
  for (const table of TABLES) {
    const rows = await session.rows(`select * from muster_${table}`);
    parts.push(...rows.map((row) => `${table} ${JSON.stringify(row)}`));
  }
  return parts.sort().join("\n");
}

async function createWorld(all: Repositories, name: string): Promise<World> {
  const id = (kind: string) => `${kind} of ${name}`;
  const times = { version: 1, createdAt: AT, updatedAt: AT };
  const organization: Organization = {
    ...{ id: id("organization"), displayName: name, externalId: undefined, description: undefined },
    ...{ requiresSecondFactor: false, memberCount: 2, ...times },
  };
  const account = (kind: string): AccountWrite => {
    const emails = [{ value: `${kind}@${name}.example` }];
    return {
      ...{ id: id(kind), userName: `${kind}@${name}.example`, active: true, roles: [], passwordHash: "hash" },
      profile: JsonDocument.ofValue({ emails }),
      search: JsonDocument.ofValue({ emails }),
      ...{ version: 1, updatedAt: AT },
    };
  };
  const [person, colleague] = [account("person"), account("colleague")];
  const team: Team = {
    ...{ id: id("team"), organizationId: organization.id, organizationName: name, displayName: id("team") },
    ...{ externalId: undefined, description: undefined, roles: [], memberCount: 0, ...times },
  };
  const token: AccessToken = {
    ...{
      id: id("token"),
      name: id("token"),
      readOnly: false,
      checksPasswords: false,
      accountId: undefined,
      makerId: undefined,
    },
    realm: { type: "organization", organizationId: organization.id },
    ...{ orphanedAt: undefined, expiresAt: undefined, revokedAt: undefined, lastUsedAt: undefined, ...times },
  };
  const event: AuditEvent = {
    ...{ id: id("event"), createdAt: AT, action: "create", result: "success", realm: "organization" },
    ...{ organizationId: organization.id, target: { type: "Group" }, changes: [], ignored: [] },
  };
  const invitation = {
    ...{ id: id("invitation"), organizationId: organization.id, name: undefined, description: undefined },
    ...{ emails: [`guest@${name}.example`], givenName: undefined, familyName: undefined },
    ...{ roles: ["organization-admin"], teamIds: [team.id], expiresAt: undefined, quota: undefined },
    ...{ enabled: true, revision: 1, ...times },
    inviter: { tokenId: token.id, accountId: undefined, makerId: undefined },
  };
  await all.organizations.insert(organization);
  for (const each of [person, colleague]) await all.accounts.insert(each, organization.id);
  const ids = [person.id, colleague.id];
  await all.memberships.add(organization.id, ids, {
    ...{ origin: { source: "scim", tokenId: token.id, isProviders: false }, showsProfile: false, at: AT },
  });
  await all.teams.insert(team);
  await all.teams.add(team, [person.id]);
  await all.accessTokens.insert(token, id("hash"));
  await all.auditEvents.insert([event]);
  await all.invitations.insert(invitation);
  const taking = takingBy(OPERATOR, organization.id, { id: id("removal"), at: AT, days: 30 });
  await all.removals.keepActivity(taking, colleague.id);
  const written = await all.invitations.find(invitation.id, AT, { lock: false });
  if (!written) throw new Error("There is no invitation");
  return {
    ...{ organization, account: person, colleague: colleague.id },
    ...{ team, token, event, invitation: written, removal: taking.id },
  };
}
