import { expect } from "chai";
import { expectError, expectStatus, snapshot } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { CORE_GROUP, CORE_USER, createGroup, createUser } from "../support/factories.js";
import { describeServer } from "../support/server.js";

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
