import { expect } from "chai";
import { expectError, expectList, expectStatus } from "../support/assertions.js";
import { patchData, sendBulk, statusesOf } from "../support/bulk.js";
import { whileOthersAreServed } from "../support/bystander.js";
import type { Answer, Body, ScimClient } from "../support/client.js";
import { CORE_USER, createGroup, createUser, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer, describeWithCostlyPasswords } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const STRONG = "correct horse battery staple 9";

/** What no password can be, and what the refusal says. */
const REFUSED: readonly (readonly [what: string, password: string, says: RegExp])[] = [
  ["too short", "x7#qK2!", /too short; use at least 8/],
  ["too long", "x7#qK2! ".repeat(33), /too long; use at most 256/],
  ["of megabytes", "x7#q".repeat(500_000), /too long; use at most 256/],
  ["one that everybody has", "password123", /easy to guess/],
  ["with a line break", "correct horse\nbattery 9", /control characters/],
];

describeWithCostlyPasswords("A password over SCIM", (scim, server) => {
  const person = (attributes: object = {}) => ({
    schemas: [CORE_USER],
    userName: `${unique("p")}@example.com`,
    ...attributes,
  });
  const refuses = (answer: Answer, password: string, says: RegExp) => {
    expectError(answer, { status: 400, scimType: "invalidValue" });
    expect(answer.body.detail).to.match(says);
    expect(answer.text).to.not.include(password.slice(0, 20));
  };

  for (const [what, password, says] of REFUSED) {
    it(`is refused by POST, PUT and PATCH when it is ${what}, and nothing is written`, async () => {
      const body = person({ password });
      refuses(await scim.post("/Users", body), password, says);
      expectList(await scim.find("/Users", `userName eq "${body.userName}"`), 0);
      const { id, userName } = await createUser(scim);
      const path = `/Users/${id}`;
      const before = await scim.get(path);
      refuses(await scim.put(path, { schemas: [CORE_USER], userName, title: "x", password }), password, says);
      const operation = { op: "replace", path: "password", value: password };
      refuses(await scim.patch(path, { op: "add", path: "title", value: "x" }, operation), password, says);
      refuses(await scim.patch(path, { op: "replace", value: { title: "x", password } }), password, says);
      expect((await scim.get(path)).body).to.deep.equal(before.body);
    });
  }

  it("is not judged or hashed when the User exists already", async () => {
    const own = await clientWith(server(), { organization: (await createGroup(scim)).id });
    const weak = "password123";
    for (const client of [scim, own]) {
      const { userName } = await createUser(client);
      const body = person({ userName: userName.toUpperCase(), password: weak });
      expectError(await client.post("/Users", body), { status: 409, scimType: "uniqueness" });
      const again = await sendBulk(client, [{ method: "POST", path: "/Users", bulkId: "a", data: body }]);
      expect(statusesOf(again)).to.deep.equal([409]);
    }
  });

  it("is refused when it is what others know of the person, or no text", async () => {
    const name = { givenName: "Winnifred", familyName: "Pooh" };
    const password = "winnifredpooh";
    refuses(await scim.post("/Users", person({ name, password })), password, /easy to guess/);
    const { id } = await createUser(scim, { name });
    const operation = { op: "replace", path: "password", value: password };
    refuses(await scim.patch(`/Users/${id}`, operation), password, /easy to guess/);
    for (const value of [{ a: 1 }, ["x", "y"], true]) {
      const answer = await scim.patch(`/Users/${id}`, { op: "replace", path: "password", value });
      expect(answer.status, answer.text).to.equal(400);
    }
  });

  it("is refused in Bulk for its operation alone, under a schema and in a circle, too", async () => {
    const post = (bulkId: string, data: object) => ({ method: "POST", path: "/Users", bulkId, data });
    const managed = (by: string, password: string) =>
      person({
        password,
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { manager: { value: `bulkId:${by}` } },
      });
    const { id } = await createUser(scim);
    const outcomes = await sendBulk(scim, [
      post("weak", person({ password: "password123" })),
      post("strong", person({ password: STRONG })),
      post("nested", person({ [CORE_USER]: { password: "password123" } })),
      { method: "PATCH", path: `/Users/${id}`, data: patchData({ op: "add", value: { password: "short" } }) },
      post("a", managed("b", STRONG)),
      post("b", managed("a", STRONG)),
      post("c", managed("d", STRONG)),
      post("d", managed("c", "password123")),
    ]);
    expect(statusesOf(outcomes)).to.deep.equal([400, 201, 400, 400, 201, 201, 409, 400]);
    expect(JSON.stringify(outcomes)).to.not.include("password123");
  });

  it("keeps nobody else waiting while many are judged", async () => {
    const [attacker, bystander] = [await clientWith(server(), {}), await clientWith(server(), {})];
    const send = async () => {
      for (let n = 0; n < 4; n += 1) {
        expectError(await attacker.post("/Users", person({ password: "a4@8".repeat(10) })), {
          status: 400,
          scimType: "invalidValue",
        });
      }
    };
    await whileOthersAreServed(bystander, () => Promise.all(Array.from({ length: 8 }, send)));
  });

  it("waits behind those of its own token, and not behind those of another", async () => {
    const [attacker, other] = [await clientWith(server(), {}), await clientWith(server(), {})];
    const order: string[] = [];
    const create = async (client: ScimClient, name: string, status: number, password: string) => {
      expectStatus(await client.post("/Users", person({ password })), status);
      order.push(name);
    };
    const running = Array.from({ length: 60 }, () => create(attacker, "many", 400, "a4@8".repeat(10)));
    await create(other, "one", 201, STRONG);
    await Promise.all(running);
    expect(order.indexOf("one")).to.be.below(30);
  });

  it("of another token is hashed between those of a Bulk, which goes on", async () => {
    const [bulk, other] = [await clientWith(server(), {}), await clientWith(server(), {})];
    let isOver = false;
    const running = sendBulk(
      bulk,
      Array.from({ length: 12 }, (_, n) => ({
        ...{ method: "POST", path: "/Users", bulkId: String(n) },
        data: person({ password: `${STRONG} ${n}` }),
      })),
    ).finally(() => (isOver = true));
    expectStatus(await other.post("/Users", person({ password: STRONG })), 201);
    expect(isOver, "the Bulk was over before").to.equal(false);
    expect(new Set(statusesOf(await running))).to.deep.equal(new Set([201]));
  });

  it("is kept as a hash with the cost that OWASP gives for scrypt", async () => {
    expect(await hashOf(server(), await createUser(scim, { password: STRONG }))).to.match(
      /^scrypt\$32768\$8\$3\$/,
    );
  });
});

const COST = { N: 32, r: 4, p: 2 };

describeServer(
  "A password in a host that sets its cost",
  (scim, server) => {
    it("is kept as a hash with that cost", async () => {
      const hash = await hashOf(server(), await createUser(scim, { password: STRONG }));
      expect(hash).to.match(/^scrypt\$32\$4\$2\$/);
    });
  },
  {},
  { passwordCost: COST },
);

async function hashOf(server: ServerInProcess, { id }: Body): Promise<string> {
  const row = await server.database((session) =>
    session.first<{ hash: string }>("select password_hash as hash from muster_accounts where id = ?", [id]),
  );
  return row?.hash ?? "";
}
