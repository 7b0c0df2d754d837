import { expect } from "chai";
import { expectError, expectStatus, snapshot } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { CORE_GROUP, CORE_USER, createGroup, createUser } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";
import { UniquenessError } from "../../src/domain/errors.js";
import { Transactions } from "../../src/repositories/transactions.js";

/** Pairs of names that are the same without case, beyond ASCII and whatever the engine thinks. */
const SAME: [name: string, other: string][] = [
  ["dana@example.com", "DANA@Example.COM"],
  ["émile@example.com", "ÉMILE@example.com"],
  ["émile.decomposed@example.com", "e\u0301mile.decomposed@example.com"],
  ["straße@example.com", "STRASSE@example.com"],
  ["οδυσσεύς@example.com", "ΟΔΥΣΣΕΎΣ@example.com"],
  ["юлия@example.com", "ЮЛИЯ@example.com"],
];

describeServer("Names are unique whatever their case", (scim) => {
  const refused = async (send: () => ReturnType<typeof scim.post>, detail: RegExp) => {
    const before = await snapshot(scim);
    expectError(await send(), { status: 409, scimType: "uniqueness", detail });
    expect(await snapshot(scim)).to.equal(before);
  };

  for (const [userName, same] of SAME) {
    describe(`${userName} and ${same}`, () => {
      let other: Body;

      before(async () => {
        await createUser(scim, { userName });
        other = await createUser(scim);
      });

      it("are one userName to POST", () =>
        refused(() => scim.post("/Users", { schemas: [CORE_USER], userName: same }), /userName/));

      it("are one userName to PUT", () =>
        refused(() => scim.put(`/Users/${other.id}`, { schemas: [CORE_USER], userName: same }), /userName/));

      it("are one userName to PATCH", () =>
        refused(
          () => scim.patch(`/Users/${other.id}`, { op: "replace", path: "userName", value: same }),
          /userName/,
        ));

      it("are one name of a group", async () => {
        await createGroup(scim, [], { displayName: userName });
        await refused(
          () => scim.post("/Groups", { schemas: [CORE_GROUP], displayName: same }),
          /displayName/,
        );
      });
    });
  }

  it("but a name may change its own case", async () => {
    const user = await createUser(scim, { userName: "zoë@example.com" });
    const userName = "ZOË@example.com";
    const operation = { op: "replace", path: "userName", value: userName };
    expect(expectStatus(await scim.patch(`/Users/${user.id}`, operation), 200).userName).to.equal(userName);
  });

  it("and a name is free again once its bearer is gone", async () => {
    const user = await createUser(scim);
    expectStatus(await scim.delete(`/Users/${user.id}`), 204);
    const again = await createUser(scim, { userName: user.userName });
    expect(again.id).to.not.equal(user.id);
  });

  it("and different letters make different names", async () => {
    for (const userName of ["resume@example.com", "résumé@example.com", "ı@example.com", "i@example.com"]) {
      await createUser(scim, { userName });
    }
  });
});

describeServer("A request that is refused since a name is taken", (scim, server) => {
  /** Counts the runs of transactions that end so. */
  const refusedRuns = async (part: () => Promise<unknown>): Promise<number> => {
    const write = Reflect.get(Transactions.prototype, "write");
    let runs = 0;
    Transactions.prototype.write = function (realm, work) {
      return write.call(this, realm, async (repositories) => {
        try {
          return await work(repositories);
        } catch (error) {
          if (error instanceof UniquenessError) runs += 1;
          throw error;
        }
      }) as ReturnType<typeof work>;
    };
    try {
      await part();
    } finally {
      Transactions.prototype.write = write;
    }
    return runs;
  };

  it("runs its transaction once, also among others at the same time", async () => {
    const group = await createGroup(scim);
    const other = await createGroup(scim);
    const user = await createUser(scim);
    const own = await clientWith(server(), { organization: group.id });
    const member = expectStatus(await own.post("/Users", { schemas: [CORE_USER], userName: "here" }), 201);
    const team = { schemas: [TEAM], displayName: "A team" };
    const second = expectStatus(await own.post("/Teams", { ...team, displayName: "Another" }), 201);
    expectStatus(await own.post("/Teams", team), 201);
    const rename = (path: string, attribute: string, value: unknown) =>
      scim.patch(path, { op: "replace", path: attribute, value });
    const refused = [
      () => scim.post("/Users", { schemas: [CORE_USER], userName: user.userName }),
      () => own.post("/Users", { schemas: [CORE_USER], userName: member.userName }),
      () => scim.put(`/Users/${member.id}`, { schemas: [CORE_USER], userName: user.userName }),
      () => rename(`/Users/${user.id}`, "userName", member.userName),
      () => scim.post("/Groups", { schemas: [CORE_GROUP], displayName: group.displayName }),
      () => rename(`/Groups/${other.id}`, "displayName", group.displayName),
      () => own.post("/Teams", team),
      () => own.patch(`/Teams/${second.id}`, { op: "replace", path: "displayName", value: "A team" }),
    ];
    for (const send of refused) {
      expect(await refusedRuns(async () => expectError(await send(), TAKEN)), String(send)).to.equal(1);
    }
    const together = async () => {
      const others = refused.map(() => createUser(scim));
      for (const answer of await Promise.all(refused.map((send) => send()))) expectError(answer, TAKEN);
      await Promise.all(others);
    };
    expect(await refusedRuns(together)).to.equal(refused.length);
  });
});

const TAKEN = { status: 409, scimType: "uniqueness" };

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";
