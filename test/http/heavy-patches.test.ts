import { expect } from "chai";
import { expectError, expectStatus, memberCount, read } from "../support/assertions.js";
import { whileOthersAreServed } from "../support/bystander.js";
import type { Answer, PatchOperation } from "../support/client.js";
import { createGroup, createUser, createUsers, MEMBERSHIP } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

describeServer("A PATCH", (scim, server) => {
  const whileOthersWork = async (attack: () => Promise<Answer>) =>
    whileOthersAreServed(await clientWith(server(), { organization: (await createGroup(scim)).id }), attack);
  const times = (count: number, make: (at: number) => PatchOperation) =>
    Array.from({ length: count }, (_, at) => make(at));
  const withEmails = (count: number) =>
    createUser(scim, {
      emails: Array.from({ length: count }, (_, at) => ({ value: `${at}@example.com`, type: "work" })),
    });

  describe("is refused, changes nothing, and keeps nobody else waiting", () => {
    const terms = Array.from({ length: 400 }, (_, at) => `value co "${at}"`);
    const heavy: Record<string, readonly [operations: () => PatchOperation[], status: number]> = {
      "with 20 operations of 8 KB of terms on 1,000 e-mails": [
        () => times(20, () => ({ op: "replace", path: `emails[${terms.join(" or ")}].type`, value: "home" })),
        413,
      ],
      "with 1,000 additions, one by one": [
        () =>
          times(1000, (at) => ({ op: "add", path: "emails", value: [{ value: `new${at}@example.com` }] })),
        413,
      ],
      "with more than 1,000 operations": [
        () => times(1001, () => ({ op: "replace", path: "title", value: "x" })),
        413,
      ],
      "with half a million characters of paths": [
        () =>
          times(64, (at) => ({
            op: "replace",
            path: `emails[${"type pr or ".repeat(400)}value eq "${at}"]`,
            value: {},
          })),
        413,
      ],
      "with 100,000 attributes in operations without a path": [
        () => times(1000, () => ({ op: "add", value: Object.fromEntries(NAMES.map((name) => [name, "x"])) })),
        413,
      ],
      "with 35,000 roles in organizations": [
        () => [
          {
            op: "add",
            path: `${MEMBERSHIP}:organizationRoles`,
            value: Array.from({ length: 35_000 }, (_, at) => ({ value: `role${at}`, organization: "x" })),
          },
        ],
        400,
      ],
      "with 60,000 telephone numbers": [
        () => [
          {
            op: "add",
            path: "phoneNumbers",
            value: Array.from({ length: 60_000 }, (_, at) => ({ value: `${at}` })),
          },
        ],
        400,
      ],
    };
    for (const [what, [operations, status]] of Object.entries(heavy)) {
      it(what, async () => {
        const { id } = await withEmails(1000);
        const before = (await read(scim, `/Users/${id}`)).meta.version;
        const answer = await whileOthersWork(() => scim.patch(`/Users/${id}`, ...operations()));
        expectError(answer, { status, ...(status === 400 && { scimType: "invalidValue" }) });
        expect((await read(scim, `/Users/${id}`)).meta.version).to.equal(before);
      });
    }
  });

  describe("is done", () => {
    it("with 300 additions, one by one, to a list of 90", async () => {
      const { id } = await withEmails(90);
      const operations = times(300, (at) => ({ op: "add", path: "roles", value: [{ value: `role ${at}` }] }));
      expectStatus(await scim.patch(`/Users/${id}`, ...operations), 200);
      expect((await read(scim, `/Users/${id}`)).roles).to.have.length(300);
    });

    it("with 1,000 operations on the members of a Group, in their order", async () => {
      const users = await createUsers(scim, 40);
      const group = await createGroup(scim, users.slice(0, 20));
      const idAt = (at: number) => users[at % 40]?.id ?? "";
      // All are added, and taken away again but for the last 10.
      const operations = times(1000, (at) =>
        at % 2 === 0 || at >= 990
          ? { op: "add", path: "members", value: [{ value: idAt(at) }] }
          : { op: "remove", path: `members[value eq "${idAt(at - 1)}"]` },
      );
      expectStatus(await whileOthersWork(() => scim.patch(`/Groups/${group.id}`, ...operations)), 204);
      const expected = new Set(users.slice(0, 20).map(({ id }) => id));
      for (const { op, value, path } of operations) {
        if (op === "add") expected.add((value as { value: string }[])[0]?.value ?? "");
        else expected.delete(path?.slice(18, -2) ?? "");
      }
      expect(await memberCount(scim, group.id)).to.equal(expected.size);
      const { members = [] } = await read(scim, `/Groups/${group.id}`);
      expect(new Set(members.map(({ value }) => value))).to.deep.equal(expected);
    });
  });
});

const NAMES = ["title", "nickName", "displayName", "locale", "timezone", "userType", "preferredLanguage"]
  .flatMap((name) => [name, name.toUpperCase(), `urn:ietf:params:scim:schemas:core:2.0:User:${name}`])
  .slice(0, 20);
