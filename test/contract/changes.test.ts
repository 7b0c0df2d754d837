import { expect } from "chai";
import { v7 as uuidv7 } from "uuid";
import { readSettings } from "../../src/config/settings.js";
import type { Database } from "../../src/db/database.js";
import { openDatabase } from "../../src/db/open.js";
import { OPERATOR_PRINCIPAL } from "../../src/domain/access/principal.js";
import type { Change } from "../../src/domain/changes/change.js";
import { JsonDocument } from "../../src/domain/values/json.js";
import { Transactions } from "../../src/repositories/transactions.js";
import { Changes } from "../../src/services/changes/changes.js";
import { OrganizationService } from "../../src/services/organizations/organizations.js";
import { TeamService } from "../../src/services/teams/teams.js";
import { AccountService } from "../../src/services/users/accounts.js";
import { SetupMail } from "../../src/services/users/account-setup.js";
import { OutgoingMail } from "../../src/services/mail/outgoing-mail.js";
import { forEachEngine } from "../support/engines.js";

const operator = OPERATOR_PRINCIPAL;
const nothing = JsonDocument.ofValue({});
const unexpected = () => Promise.reject(new Error("No password is expected"));
const noPasswords = { hash: unexpected, judge: unexpected };

describe("Changes", () => {
  forEachEngine((engine) => {
    let database: Database;
    let organizations: OrganizationService;
    let teams: TeamService;
    let accounts: AccountService;
    let heard: Change[] = [];

    before(async () => {
      const url = await engine.migratedDatabaseUrl();
      database = await openDatabase(readSettings({ DATABASE_URL: url }).database);
      const basics = { now: () => new Date().toISOString(), newId: () => uuidv7() };
      const listener = (_repositories: unknown, _author: unknown, changes: readonly Change[]) => {
        heard.push(...changes);
        return Promise.resolve();
      };
      const changes = new Changes([listener]);
      const deps = {
        ...basics,
        work: new Transactions(database),
        profileMaxBytes: 65_536,
        requiresFactorOfAdministrators: false,
        removalsRetentionDays: 30,
        changes,
      };
      const limits = { perToken: 0, perOrganization: 0, perAddress: 0 };
      organizations = new OrganizationService(deps);
      teams = new TeamService(deps);
      accounts = new AccountService(deps, new SetupMail(deps, new OutgoingMail(basics, limits)), noPasswords);
    });
    after(() => database.close());
    beforeEach(() => {
      heard = [];
    });

    const person = (userName: string, roles: readonly string[] = []) =>
      accounts.create(
        operator,
        {
          ...{ userName, active: true, roles: roles.map((value) => ({ value })) },
          ...{ profile: nothing, search: nothing },
        },
        {},
      );

    it("have the attributes by name, and the roles that a person got and lost", async () => {
      const { id } = await person("ada", ["provider-admin", "odd"]);
      expect(heard).to.deep.equal([
        {
          action: "create",
          target: { type: "User", id, display: "ada" },
          attributes: ["userName", "active", "roles"],
          roles: {
            granted: [
              { accountId: id, role: "provider-admin" },
              { accountId: id, role: "odd" },
            ],
            revoked: [],
          },
        },
      ]);
      heard = [];
      await accounts.change(operator, id, {
        apply: (current) => ({ ...current, roles: [{ value: "odd" }], search: nothing }),
      });
      expect(heard.at(-1)?.roles).to.deep.equal({
        granted: [],
        revoked: [{ accountId: id, role: "provider-admin" }],
      });
    });

    it("have the people who joined and left, and their roles in a team, by id", async () => {
      const [ben, cleo] = [await person("ben"), await person("cleo")];
      const acme = await organizations.create(operator, { displayName: "Acme" }, [ben.id, cleo.id]);
      expect(heard.at(-1)?.members?.added).to.have.members([ben.id, cleo.id]);
      const entries = [{ accountId: ben.id, role: "team-admin" }];
      const team = await teams.create(operator, acme.id, { displayName: "Bakers" }, entries);
      expect(heard.at(-1)).to.deep.include({
        target: { type: "Team", id: team.id, display: "Bakers" },
        organizationId: acme.id,
        members: { added: [ben.id], removed: [] },
        roles: { granted: [{ accountId: ben.id, role: "team-admin", teamId: team.id }], revoked: [] },
      });
      await teams.change(operator, team.id, {
        apply: (current) => current,
        members: [{ type: "setRole", accountId: ben.id, role: "team-manager" }],
      });
      expect(heard.at(-1)?.roles).to.deep.equal({
        granted: [{ accountId: ben.id, role: "team-manager", teamId: team.id }],
        revoked: [{ accountId: ben.id, role: "team-admin", teamId: team.id }],
      });
      heard = [];
      await accounts.delete(operator, cleo.id, undefined);
      expect(heard.map(({ action, target, members }) => [action, target.type, members])).to.deep.equal([
        ["delete", "User", undefined],
        ["change", "Group", { added: [], removed: [cleo.id] }],
      ]);
    });

    it("name the first 1,000 members of an organization that ends, and count the rest", async () => {
      const ids = await database.transaction(async (session) => {
        const made = Array.from({ length: 1002 }, () => uuidv7());
        for (const id of made) {
          await session.rows(
            `insert into muster_accounts (id, user_name, user_name_key, active, profile, search, created_at,
               updated_at, version) values (?, ?, ?, true, '{}', '{}', '', '', 1)`,
            [id, id, id],
          );
        }
        return made;
      });
      const { id } = await organizations.create(operator, { displayName: "Everybody" }, ids);
      await organizations.delete(operator, id, undefined);
      const { members } = heard.at(-1) ?? {};
      expect(members?.removed).to.deep.equal(ids.toSorted().slice(0, 1000));
      expect(members?.moreRemoved).to.equal(2);
    });
  });
});
