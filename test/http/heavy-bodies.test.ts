import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { expectError, expectList, expectStatus, memberCount, read } from "../support/assertions.js";
import { BULK_REQUEST, sendBulk, statusesOf } from "../support/bulk.js";
import { whileOthersAreServed } from "../support/bystander.js";
import type { Answer } from "../support/client.js";
import {
  CORE_GROUP,
  CORE_USER,
  ENTERPRISE_USER,
  createGroup,
  createUser,
  unique,
} from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const MIB = 2 ** 20;

const user = (more: object = {}) => ({ schemas: [CORE_USER], userName: unique("heavy"), ...more });
const list = (text: string, count: number) => `[${Array<string>(count).fill(text).join()}]`;
const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, 1]));

/** A User with something that no schema knows. */
const holding = (json: string) => `{"x":${json},${JSON.stringify(user()).slice(1)}`;

describeServer("A body", (scim, server) => {
  const whileOthersWork = async (attack: () => Promise<Answer>) =>
    whileOthersAreServed(await clientWith(server(), { organization: (await createGroup(scim)).id }), attack);
  const postRaw = (raw: string | Buffer, path = "/Users", headers = {}) =>
    scim.request("POST", path, { raw, headers });

  describe("is refused, and keeps nobody else waiting,", () => {
    const refused: Record<string, readonly [raw: () => string, status: number, scimType?: string]> = {
      "when it is nested 41 deep": [() => holding("[".repeat(40) + "]".repeat(40)), 400, "invalidSyntax"],
      "when it is nested a million deep": [() => holding('{"x":'.repeat(800_000)), 400, "invalidSyntax"],
      "with 100,000 names": [() => holding(JSON.stringify(names(100_000))), 413],
      "with 100,000 names in many objects": [
        () =>
          holding(
            JSON.stringify(Array.from({ length: 10_000 }, (_, at) => ({ [`a${at}`]: 1, [`b${at}`]: 1 }))),
          ),
        413,
      ],
      "with more than a million empty objects": [() => holding(list("{}", 1_200_000)), 413],
      "with 50,000 schemas": [
        () => JSON.stringify({ ...user(), schemas: Array<string>(50_000).fill(CORE_USER) }),
        400,
        "invalidSyntax",
      ],
    };
    for (const [what, [raw, status, scimType]] of Object.entries(refused)) {
      it(what, async () => {
        const answer = await whileOthersWork(() => postRaw(raw()));
        expectError(answer, { status, ...(scimType !== undefined && { scimType }) });
      });
    }

    it("when it grows to more than 4 MiB as it is unpacked", async () => {
      const bomb = gzipSync(holding(`"${"x".repeat(20 * MIB)}"`));
      const answer = await whileOthersWork(() => postRaw(bomb, "/Users", { "content-encoding": "gzip" }));
      expectError(answer, { status: 413, detail: /4194304 bytes/ });
    });

    it("in another charset than UTF-8", async () => {
      const raw = Buffer.from(JSON.stringify(user()), "utf16le");
      const headers = { "content-type": "application/scim+json; charset=utf-16le" };
      expectError(await postRaw(raw, "/Users", headers), { status: 415, detail: /UTF-8/ });
    });
  });

  describe("is taken", () => {
    it("with brackets, quotes and names inside of strings", async () => {
      const title = `${'{"a":['.repeat(500)}\\"\\\\${'"b":'.repeat(500)}`;
      const made = expectStatus(await postRaw(JSON.stringify(user({ title }))), 201);
      expect(made.title).to.equal(title);
    });

    it("with a name that comes again and again, of which the last counts", async () => {
      const again = '"title":"x",'.repeat(150_000);
      const answer = await whileOthersWork(() =>
        postRaw(`{${again}${JSON.stringify(user({ title: "last" })).slice(1)}`),
      );
      expect(expectStatus(answer, 201).title).to.equal("last");
    });

    it("with names that JavaScript's objects have", async () => {
      const raw = `{"__proto__":{"active":false},"constructor":1,${JSON.stringify(user()).slice(1)}`;
      expect(expectStatus(await postRaw(raw), 201).active).to.equal(true);
    });

    it("compressed", async () => {
      const raw = gzipSync(JSON.stringify(user()));
      expectStatus(await postRaw(raw, "/Users", { "content-encoding": "gzip" }), 201);
    });

    it("with 60,000 members for a Group", async () => {
      const { id } = await createUser(scim);
      const group = await createGroup(scim);
      const members = Array.from({ length: 60_000 }, () => ({ value: id }));
      const body = { schemas: [CORE_GROUP], displayName: group.displayName, members };
      await whileOthersWork(() => scim.put(`/Groups/${group.id}?attributes=id`, body));
      expect(await memberCount(scim, group.id)).to.equal(1);
    });
  });
});

describeServer("A Bulk", (scim, server) => {
  const whileOthersWork = async <T>(attack: () => Promise<T>) =>
    whileOthersAreServed(await clientWith(server(), { organization: (await createGroup(scim)).id }), attack);
  const create = (bulkId: string, data: object, path = "/Users") => ({ method: "POST", path, bulkId, data });
  const group = (...references: readonly string[]) => ({
    schemas: [CORE_GROUP],
    displayName: unique("Circle"),
    members: references.map((name) => ({ value: `bulkId:${name}` })),
  });
  const bulkText = (...operations: readonly string[]) =>
    `{"schemas":["${BULK_REQUEST}"],"Operations":[${operations.join()}]}`;

  it("is refused at once to a token that may write nothing, with one audit event", async () => {
    const reader = await clientWith(server(), { readOnly: true });
    const raw = bulkText(...Array<string>(1000).fill('{"method":"DELETE","path":"/Users/x"}'));
    for (const each of [raw, '{"'.repeat(MIB), ""]) {
      expectError(await reader.request("POST", "/Bulk", { raw: each }), { status: 403, detail: /read-only/ });
    }
    expectList(await scim.find("/AuditEvents", 'result eq "refused"'), 1);
  });

  it("is scanned for references in linear time", async () => {
    const path = '"bulkId:\\'.repeat(200_000);
    const data = { schemas: ["x"], Operations: [{ op: "remove", path }] };
    const operations = [
      { method: "PATCH", path: "/Users/x", data },
      { method: "DELETE", path: `/Users/${"bulkId:".repeat(MIB / 2)}` },
      { method: "DELETE", path: "/".repeat(MIB) },
    ];
    const outcomes = await whileOthersWork(() => sendBulk(scim, operations));
    expect(statusesOf(outcomes)).to.deep.equal([400, 400, 404]);
  });

  it("takes bulkIds of 256 characters and no more", async () => {
    const long = "é".repeat(257);
    const right = "é".repeat(256);
    const outcomes = await sendBulk(scim, [
      create(long, user()),
      create(right, user()),
      create("g", group(right), "/Groups"),
      create("h", group(long), "/Groups"),
    ]);
    expect(statusesOf(outcomes)).to.deep.equal([400, 201, 201, 400]);
    expect(outcomes[0]).not.to.have.property("bulkId");
  });

  it("answers what is long with what is short", async () => {
    const operations = Array.from({ length: 20 }, () => ({
      method: "DELETE",
      path: `/${"x".repeat(100_000)}`,
    }));
    const answer = await scim.post("/Bulk", { schemas: [BULK_REQUEST], Operations: operations });
    expect(expectStatus(answer, 200).Operations).to.have.length(20);
    expect(answer.text.length).to.be.below(50_000);
  });

  it("does a circle of 100 operations, and refuses a longer one alone", async () => {
    const circle = (name: string, length: number) =>
      Array.from({ length }, (_, at) => {
        const other = `${name}${(at + 1) % length}`;
        const data = { ...user(), [ENTERPRISE_USER]: { manager: { value: `bulkId:${other}` } } };
        return create(`${name}${at}`, data);
      });
    const operations = [...circle("a", 100), ...circle("b", 3000), create("single", user())];
    const statuses = statusesOf(await whileOthersWork(() => sendBulk(scim, operations)));
    expect(new Set(statuses.slice(0, 100))).to.deep.equal(new Set([201]));
    expect(new Set(statuses.slice(100, 3100))).to.deep.equal(new Set([413]));
    expect(statuses.at(-1)).to.equal(201);
  });

  it("is refused with more than 50,000 references", async () => {
    const users = Array.from({ length: 600 }, (_, at) => create(`u${at}`, user()));
    const all = users.map(({ bulkId }) => bulkId);
    const groups = Array.from({ length: 100 }, (_, at) => create(`g${at}`, group(...all), "/Groups"));
    const body = { schemas: [BULK_REQUEST], Operations: [...users, ...groups] };
    expectError(await whileOthersWork(() => scim.post("/Bulk", body)), { status: 413, detail: /references/ });
  });

  it("of 15 MiB keeps nobody else waiting", async () => {
    const { id } = await createUser(scim);
    const operation = { method: "PATCH", path: `/Users/${id}`, data: { x: "y".repeat(1400) } };
    const operations = Array.from({ length: 10_000 }, () => operation);
    const outcomes = await whileOthersWork(() => sendBulk(scim, operations));
    expect(new Set(statusesOf(outcomes))).to.deep.equal(new Set([400]));
  }).timeout(120_000);

  const bodies: Record<string, readonly [raw: string, status: number]> = {
    "that is a list": ["[]", 400],
    "that is null": ["null", 400],
    "that ends too early": [bulkText("{}").slice(0, -2), 400],
    "that goes on after its end": [`${bulkText("{}")} x`, 400],
    "with two operations and no comma": [bulkText("{} {}"), 400],
    "with a comma too many": [bulkText("{},"), 400],
    "with a name that is none": ["{x:1}", 400],
    "with a name without a value": ['{"Operations"}', 400],
    "with an operation that is no JSON": [bulkText("{'method':1}"), 400],
    "with an operation that is no value": [bulkText("nul"), 400],
    "with an operation that is nested too deeply": [bulkText("[".repeat(2000)), 400],
    "with an operation of more than 4 MiB": [bulkText(`"${"x".repeat(5 * MIB)}"`), 413],
    "with an operation of too many values": [bulkText(list("0", 250_000)), 413],
    "with 100,000 operations": [bulkText(list("0", 100_000).slice(1, -1)), 413],
  };
  for (const [what, [raw, status]] of Object.entries(bodies)) {
    it(`${what} is refused`, async () => {
      const scimType = status === 400 ? { scimType: "invalidSyntax" } : {};
      expectError(await scim.request("POST", "/Bulk", { raw }), { status, ...scimType });
    });
  }

  it("is read alike with white space anywhere, with its names in any order", async () => {
    const operation = JSON.stringify(create("x", user({ title: 'a"}]\\' })));
    const raw = `\n{ "Operations"\t: [ ${operation} , ${operation.replace("heavy", "other").replace('"x"', '"y"')}\r\n] , "schemas" : ["${BULK_REQUEST}"] } `;
    const answer = expectStatus(await scim.request("POST", "/Bulk", { raw }), 200);
    const outcomes = answer.Operations as { status: string; location: string }[];
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["201", "201"]);
    const id = outcomes[0]?.location.split("/").at(-1) ?? "";
    expect((await read(scim, `/Users/${id}`)).title).to.equal('a"}]\\');
  });
});
