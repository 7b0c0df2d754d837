import { expect } from "chai";
import { Session } from "../../src/db/session.js";
import type { Body, PatchOperation, ScimClient } from "../support/client.js";
import { createGroup, createUser, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

/** What a server does by itself, at any time. */
const OWN = /muster_search|muster_outbox|last_used_at = |last_active_at = /;

const USER = {
  externalId: "e-1",
  displayName: "Ada Lovelace",
  name: { givenName: "Ada", familyName: "Lovelace" },
  active: true,
  emails: [{ value: "ada@example.com", type: "work", primary: true }],
};

/**
 * Each statement is a way to the database and back, which costs more than what it does there. So the number of them is
 * what a write costs, and it must not grow unnoticed.
 */
describeServer(
  "The number of statements, with the look-up of the token, begin and commit,",
  (scim, server) => {
    const original = Object.getOwnPropertyDescriptor(Session.prototype, "rows") ?? {};
    let statements: string[] = [];
    let group: Body;
    let own: ScimClient;

    before(async () => {
      group = await createGroup(scim, [await createUser(scim)]);
      own = await clientWith(server(), { organization: group.id });
      // What an actor takes away is kept, from the second time on in the same Removal.
      for (const client of [scim, own]) {
        const { body } = await client.post("/Users", named());
        await client.patch(`/Users/${body.id}`, { op: "replace", path: "active", value: false });
      }
      const rows = original.value as (...parameters: unknown[]) => Promise<never[]>;
      Session.prototype.rows = function (this: Session, text: string, ...others: unknown[]) {
        if (!OWN.test(text)) statements.push(text);
        return rows.call(this, text, ...others);
      };
    });
    after(() => {
      Object.defineProperty(Session.prototype, "rows", original);
    });

    async function countOf(write: () => Promise<unknown>): Promise<number> {
      statements = [];
      await write();
      return statements.length;
    }
    const named = () => ({ ...USER, userName: `${unique("person")}@example.com` });
    const members = (operation: PatchOperation) => scim.patch(`/Groups/${group.id}`, operation);
    const isPostgres = () => statements.some((text) => text === "begin");

    it("of a create is 6", async () => {
      expect(await countOf(() => scim.post("/Users", named()))).to.equal(6);
    });

    it("of a change of a profile is 8, and 15 with other addresses", async () => {
      const { id } = await createUser(scim, named());
      const change = (value: object) => () => scim.patch(`/Users/${id}`, { op: "replace", value });
      expect(await countOf(change({ title: "Countess" }))).to.equal(8);
      expect(await countOf(change({ emails: [{ value: "other@example.com" }] }))).to.equal(15);
    });

    it("of a deactivation is 12", async () => {
      const { id } = await createUser(scim, named());
      const deactivate = () => scim.patch(`/Users/${id}`, { op: "replace", value: { active: false } });
      expect(await countOf(deactivate)).to.equal(12);
    });

    it("of one member more is 9, of a hundred the same, and of one less 13", async () => {
      const people = await Promise.all(Array.from({ length: 101 }, () => createUser(scim, named())));
      const [one, ...others] = people.map(({ id }) => ({ value: id }));
      const add = (value: object) => () => members({ op: "add", path: "members", value });
      // PostgreSQL locks the accounts.
      const more = () => (isPostgres() ? 1 : 0);
      expect((await countOf(add([one]))) - more()).to.equal(9);
      expect((await countOf(add(others))) - more()).to.equal(9);
      const remove = () => members({ op: "remove", path: `members[value eq "${one?.value ?? ""}"]` });
      expect((await countOf(remove)) - 2 * more()).to.equal(13);
    });

    it("in an organization's realm is 15 for a create, 10 for a change, and 13 for a deactivation", async () => {
      const user = named();
      const create = await countOf(() => own.post("/Users", user));
      expect(create - (isPostgres() ? 1 : 0)).to.equal(15);
      const { body } = await own.get(`/Users?filter=${encodeURIComponent(`userName eq "${user.userName}"`)}`);
      const id = body.Resources[0]?.id ?? "";
      const change = (value: object) => () => own.patch(`/Users/${id}`, { op: "replace", value });
      expect(await countOf(change({ title: "Countess" }))).to.equal(10);
      expect(await countOf(change({ active: false }))).to.equal(13);
    });
  },
);
