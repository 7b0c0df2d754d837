import { expect } from "chai";
import { INDEXED_IN_PROFILE } from "../../src/domain/users/account.js";
import { expectError, expectStatus, read } from "../support/assertions.js";
import { BULK_REQUEST, patchData } from "../support/bulk.js";
import type { Answer, Body, ScimClient } from "../support/client.js";
import {
  CORE_GROUP,
  CORE_USER,
  createGroup,
  createUser,
  ORGANIZATION,
  unique,
} from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const TEAM = "urn:muster:params:scim:schemas:core:2.0:Team";
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";

/** Photos of together this many characters: their addresses are bounded by the profile alone. */
const photos = (length: number) => [{ value: `https://example.com/${"x".repeat(length)}` }];

const TOO_MUCH = { status: 400, scimType: "invalidValue", detail: /'photos'.*65536.*PROFILE_MAX_BYTES/ };

/** Sends something by every way that writes a User. @returns the answers, in Bulk the operation's */
async function writes(scim: ScimClient, user: Body, attributes: object): Promise<Answer[]> {
  const whole = { schemas: [CORE_USER], userName: user.userName, ...attributes };
  const path = `/Users/${user.id}`;
  const operation = { op: "add", value: attributes };
  const inBulk = async (...operations: readonly object[]) => {
    const answer = await scim.post("/Bulk", { schemas: [BULK_REQUEST], Operations: operations });
    const results = expectStatus(answer, 200).Operations as { status: string; response?: Body }[];
    return results.map(({ status, response }) => ({
      ...answer,
      status: Number(status),
      text: JSON.stringify(response),
      body: response ?? answer.body,
    }));
  };
  const created = { schemas: [CORE_USER], userName: unique("other"), ...attributes };
  return [
    await scim.post("/Users", created),
    await scim.put(path, whole),
    await scim.patch(path, operation),
    ...(await inBulk(
      { method: "POST", path: "/Users", bulkId: "b", data: created },
      { method: "PUT", path, data: whole },
      { method: "PATCH", path, data: patchData(operation) },
    )),
  ];
}

describeServer("What is stored of a User", (scim, server) => {
  let realms: [what: string, client: ScimClient][];

  before(async () => {
    const organization = await createGroup(scim);
    const inside = await clientWith(server(), { organization: organization.displayName ?? "" });
    realms = [
      ["the provider's realm", scim],
      ["an organization's realm", inside],
    ];
  });

  it("is at most 64 KiB, in both realms, by every way to write it, and nothing half", async () => {
    for (const [, client] of realms) {
      const user = await createUser(client);
      for (const answer of await writes(client, user, { photos: photos(65_536) })) {
        expectError(answer, TOO_MUCH);
      }
      expect(await read(client, `/Users/${user.id}`)).to.deep.equal(user);
      for (const answer of await writes(client, user, { photos: photos(60_000) })) {
        expect(answer.status, answer.text).to.be.oneOf([200, 201, 409]);
      }
    }
  });

  for (const path of [...INDEXED_IN_PROFILE, ["userName"], ["displayName"], ["externalId"]]) {
    const name = path.join(".");
    const attribute = (length: number) =>
      path.reduceRight<unknown>((value, key) => ({ [key]: value }), "ü".repeat(length)) as object;

    it(`is short where it is looked up by an index: ${name}, by every way to write it`, async () => {
      const user = await createUser(scim);
      for (const answer of await writes(scim, user, attribute(401))) {
        expectError(answer, { status: 400, scimType: "invalidValue", detail: /401 characters; at most 400/ });
        expect(answer.body.detail).to.include(`'${name}'`);
      }
      expect(await read(scim, `/Users/${user.id}`)).to.deep.equal(user);
      const patch = await scim.patch(`/Users/${user.id}`, { op: "add", value: attribute(400) });
      expectStatus(patch, 200);
    });
  }

  it("counts bytes, roles and all lists together", async () => {
    const user = await createUser(scim);
    const path = `/Users/${user.id}`;
    const wide = await scim.patch(path, {
      op: "add",
      value: { photos: photos(0), title: "山".repeat(8000) },
    });
    expectStatus(wide, 200);
    const list = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ value: `${at}${"x".repeat(90)}` }));
    expectStatus(await scim.patch(path, { op: "add", path: "entitlements", value: list(300) }), 200);
    expectError(await scim.patch(path, { op: "add", path: "roles", value: list(300) }), {
      ...TOO_MUCH,
      detail: /'entitlements'.*PROFILE_MAX_BYTES/,
    });
  });

  it("may stay, shrink and be read when it is larger from before, but not grow", async () => {
    const user = await createUser(scim);
    const path = `/Users/${user.id}`;
    await server().database(async (session) => {
      const profile = JSON.stringify({ schemas: [CORE_USER], photos: photos(200_000), title: "Old" });
      await session.rows("update muster_accounts set profile = ?, search = ? where id = ?", [
        profile,
        profile,
        user.id,
      ]);
    });
    expect((await read(scim, path)).title).to.equal("Old");
    expect((await scim.find("/Users", `id eq "${user.id}"`)).body.Resources[0]?.title).to.equal("Old");
    expectStatus(await scim.patch(path, { op: "replace", path: "title", value: "New" }), 200);
    expectError(
      await scim.patch(path, { op: "replace", path: "title", value: "Longer than it was" }),
      TOO_MUCH,
    );
    const whole = { schemas: [CORE_USER], userName: user.userName };
    expectStatus(await scim.put(path, { ...whole, photos: photos(150_000) }), 200);
    expectError(await scim.put(path, { ...whole, photos: photos(180_000) }), TOO_MUCH);
    expectStatus(await scim.patch(path, { op: "remove", path: "photos" }), 200);
    expectError(await scim.put(path, { ...whole, photos: photos(70_000) }), TOO_MUCH);
  });

  it("has texts of at most 8,192 characters", async () => {
    const user = await createUser(scim);
    for (const answer of await writes(scim, user, { title: "x".repeat(8193) })) {
      expectError(answer, { status: 400, scimType: "invalidValue", detail: /'title'.*8193.*8192/i });
    }
    expectStatus(
      await scim.patch(`/Users/${user.id}`, { op: "add", value: { title: "x".repeat(8192) } }),
      200,
    );
  });

  it("has names and addresses of plain text alone", async () => {
    const user = await createUser(scim);
    const values: [attributes: object, name: string][] = [
      [{ userName: "a\nb" }, "userName"],
      [{ displayName: "a\u202Eb" }, "displayName"],
      [{ nickName: "a\u0007b" }, "nickName"],
      [{ name: { familyName: "a\u2066b" } }, "name.familyName"],
      [{ name: { formatted: "a\rb" } }, "name.formatted"],
      [{ "name.givenName": "a\u0085b" }, "name.givenName"],
      [{ emails: [{ value: "a@example.com\r\nBcc: b@example.com" }] }, "emails.value"],
      [{ emails: ["a\u202E@example.com"] }, "emails.value"],
    ];
    for (const [attributes, name] of values) {
      for (const answer of await writes(scim, user, attributes)) {
        const detail = new RegExp(`'${name.replace(".", "\\.")}' contains .*U\\+[0-9A-F]{4}`);
        expectError(answer, { status: 400, scimType: "invalidValue", detail });
        expect(answer.body.detail).to.not.match(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
      }
    }
    expect(await read(scim, `/Users/${user.id}`)).to.deep.equal(user);
  });

  it("keeps lines and directions where they belong", async () => {
    const formatted = "100 Universal City Plaza\nHollywood, CA 91608 USA";
    const displayName = "\u200Fמשה\u200E 👩\u200D🚀 O'Brien";
    const user = await createUser(scim, { displayName, addresses: [{ formatted }], title: "a\tb" });
    expect(user).to.deep.include({ displayName, addresses: [{ formatted }], title: "a\tb" });
  });

  it("has finite numbers", async () => {
    const raw = `{"schemas":["${CORE_USER}"],"userName":"${unique("number")}","title":1e999}`;
    const answer = await scim.request("POST", "/Users", { raw });
    expectError(answer, { status: 400, scimType: "invalidValue", detail: /title.*Infinity/ });
  });
});

describeServer("What is stored of others", (scim) => {
  let organization: Body;
  before(async () => {
    organization = await createGroup(scim);
  });

  const resources: [path: string, make: () => Record<string, unknown>][] = [
    ["/Groups", () => ({ schemas: [CORE_GROUP], displayName: unique("Group") })],
    [
      "/Teams",
      () => ({ schemas: [TEAM], displayName: unique("Team"), organization: { value: organization.id } }),
    ],
    ["/Invitations", () => ({ schemas: [INVITATION], organization: { value: organization.id } })],
    ["/AccessTokens", () => ({ schemas: [ACCESS_TOKEN], name: unique("Token") })],
  ];

  for (const [path, make] of resources) {
    const name = ["/Groups", "/Teams"].includes(path) ? "displayName" : "name";

    it(`has plain names, at ${path}`, async () => {
      const { id } = expectStatus(await scim.post(path, make()), 201);
      for (const text of ["a\nb", "a\u202Eb", "a\u2067b", "a\u009Fb"]) {
        const error = { status: 400, scimType: "invalidValue", detail: new RegExp(`'${name}' contains`) };
        expectError(await scim.post(path, { ...make(), [name]: text }), error);
        expectError(await scim.patch(`${path}/${id}`, { op: "replace", path: name, value: text }), error);
      }
    });

    if (path === "/AccessTokens") continue;
    it(`has short descriptions, at ${path}`, async () => {
      const described = (length: number) => {
        const description = { description: "x".repeat(length) };
        return { ...make(), ...(path === "/Groups" ? { [ORGANIZATION]: description } : description) };
      };
      const longest = path === "/Invitations" ? 500 : 8192;
      expectStatus(await scim.post(path, described(longest)), 201);
      const error = { status: 400, scimType: "invalidValue", detail: new RegExp(`description'.*${longest}`) };
      expectError(await scim.post(path, described(longest + 1)), error);
    });
  }

  it("has real days, in values and in filters", async () => {
    for (const [path, make] of resources.slice(2)) {
      for (const expiresAt of ["2999-02-30", "2999-02-30T12:00:00Z", "2999-01-01T12:00:00+15:00", "2999"]) {
        const error = { status: 400, scimType: "invalidValue", detail: /'expiresAt'.*dateTime/ };
        expectError(await scim.post(path, { ...make(), expiresAt }), error);
      }
      const made = await scim.post(path, { ...make(), expiresAt: "2999-02-28T12:00:00+02:00" });
      expect(expectStatus(made, 201).expiresAt).to.equal("2999-02-28T10:00:00.000Z");
    }
    const day = await scim.find("/Users", 'meta.created gt "2999-02-30"');
    expectError(day, { status: 400, scimType: "invalidFilter", detail: /2999-02-30/ });
  });

  it("has whole numbers", async () => {
    const [, make] = resources[2] ?? [];
    for (const quota of ["1e999", "1.5", "9007199254740993", '"1e400"', '"Infinity"', "-1"]) {
      const raw = JSON.stringify(make?.()).replace(/\}$/, `,"quota":${quota}}`);
      const answer = await scim.request("POST", "/Invitations", { raw });
      expectError(answer, { status: 400, scimType: "invalidValue", detail: /quota/ });
    }
  });

  it("has invitations to addresses of plain text", async () => {
    const [path = "", make] = resources[2] ?? [];
    for (const value of ["a\n@example.com", "a\u202E@example.com", "a@example.com\r\n"]) {
      const error = { status: 400, scimType: "invalidValue", detail: /'emails\.value' contains/ };
      expectError(await scim.post(path, { ...make?.(), emails: [{ value }] }), error);
    }
  });
});
