import { expect } from "chai";
import { expectError, expectStatus, read } from "../support/assertions.js";
import type { Body, PatchOperation } from "../support/client.js";
import { createGroup, createUser, omit } from "../support/factories.js";
import { describeServer } from "../support/server.js";

describeServer("A version", (scim) => {
  let user: Body;
  let group: Body;

  beforeEach(async () => {
    user = await createUser(scim, {
      displayName: "Dana",
      emails: [{ type: "work", value: "dana@example.com", primary: true }],
    });
    group = await createGroup(scim, [user]);
    user = await read(scim, `/Users/${user.id}`);
  });

  it("is a weak entity tag, in the resource and in the header", async () => {
    for (const path of [`/Users/${user.id}`, `/Groups/${group.id}`]) {
      const { headers, body } = await scim.get(path);
      expect(body.meta.version).to.match(/^W\/"[^"]+"$/);
      expect(headers.etag).to.equal(body.meta.version);
    }
  });

  describe("stays when nothing changes:", () => {
    const changes: [what: string, operation: PatchOperation][] = [
      ["a value that is there already", { op: "replace", path: "displayName", value: "Dana" }],
      [
        "an element that is there already",
        { op: "add", path: "emails", value: [{ value: "dana@example.com" }] },
      ],
      ["a boolean as a string", { op: "Replace", path: "active", value: "True" }],
      ["removing what is not there", { op: "remove", path: "title" }],
      ["removing elements that are not there", { op: "remove", path: 'emails[type eq "home"]' }],
      ["read-only things without a path", { op: "replace", value: { id: "x", groups: [] } }],
    ];
    for (const [what, operation] of changes) {
      it(`PATCH with ${what}`, async () => {
        expect(expectStatus(await scim.patch(`/Users/${user.id}`, operation), 200)).to.deep.equal(user);
        expect(await read(scim, `/Users/${user.id}`)).to.deep.equal(user);
      });
    }

    it("PUT of what is there", async () => {
      expect(expectStatus(await scim.put(`/Users/${user.id}`, user), 200)).to.deep.equal(user);
      expect(expectStatus(await scim.put(`/Groups/${group.id}`, group), 200)).to.deep.equal(group);
    });

    it("a member who is there already is added, one who is not is removed", async () => {
      const stranger = await createUser(scim);
      const path = `/Groups/${group.id}`;
      await scim.patch(path, { op: "add", path: "members", value: [{ value: user.id }] });
      await scim.patch(path, { op: "remove", path: `members[value eq "${stranger.id}"]` });
      await scim.patch(path, { op: "remove", path: "members", value: [{ value: stranger.id }] });
      expect(await read(scim, path)).to.deep.equal(group);
    });
  });

  it("and the time of the last change go on with every change, and nothing else of `meta` does", async () => {
    const operation = { op: "replace", path: "displayName", value: "Other" };
    const { meta } = expectStatus(await scim.patch(`/Users/${user.id}`, operation), 200);
    expect(meta.version).to.not.equal(user.meta.version);
    expect(Date.parse(meta.lastModified)).to.be.at.least(Date.parse(user.meta.lastModified));
    const stable = (each: object) => omit(each, "version", "lastModified");
    expect(stable(meta)).to.deep.equal(stable(user.meta));
  });

  it("goes on with a new password, although nothing that shows has changed", async () => {
    const operation = { op: "replace", path: "password", value: "correct horse battery" };
    const changed = expectStatus(await scim.patch(`/Users/${user.id}`, operation), 200);
    expect(changed.meta.version).to.not.equal(user.meta.version);
    expect(omit(changed, "meta")).to.deep.equal(omit(user, "meta"));
  });

  it("of a User tells that the groups have changed, yet a write on the version before passes", async () => {
    const path = `/Users/${user.id}`;
    const versions = new Set([user.meta.version]);
    const changes = [
      () =>
        scim.patch(`/Groups/${group.id}`, { op: "replace", path: "displayName", value: `${group.id} new` }),
      () => createGroup(scim, [user]),
      () => scim.delete(`/Groups/${group.id}`),
    ];
    let { version } = user.meta;
    for (const change of changes) {
      await change();
      expectStatus(await scim.get(path, { "if-none-match": version }), 200);
      ({ version } = (await read(scim, path)).meta);
      versions.add(version);
      expectStatus(await scim.get(path, { "if-none-match": version }), 304);
      const found = await scim.find("/Users", `meta.version eq ${JSON.stringify(version)}`, "&count=1000");
      expect(found.body.Resources.map(({ id }) => id)).to.include(user.id);
    }
    expect(versions.size).to.equal(4);
    const body = { ...user, displayName: "On the old version" };
    expectStatus(await scim.request("PUT", path, { body, headers: { "if-match": user.meta.version } }), 200);
  });

  describe("named in If-None-Match", () => {
    const getIfNot = (path: string, tag: string) => scim.get(path, { "if-none-match": tag });

    it("gives 304 without a body while it is the current one", async () => {
      for (const [path, { meta }] of [
        [`/Users/${user.id}`, user],
        [`/Groups/${group.id}`, group],
      ] as const) {
        for (const tag of [meta.version, `"x", ${meta.version}`, "*"]) {
          const answer = await getIfNot(path, tag);
          expectStatus(answer, 304);
          expect(answer.text).to.equal("");
          expect(answer.headers.etag).to.equal(meta.version);
        }
      }
    });

    it("gives the resource when it is not", async () => {
      for (const tag of ['W/"0"', '"nonsense"', "nonsense"]) {
        expect(expectStatus(await getIfNot(`/Users/${user.id}`, tag), 200)).to.deep.equal(user);
      }
    });
  });

  describe("named in If-Match", () => {
    const rename = { op: "replace", path: "displayName", value: "Renamed" };
    const patch = { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [rename] };
    const writes = (resource: Body, path: string) => [
      ["PATCH", path, patch] as const,
      ["PUT", path, { ...resource, displayName: "Renamed" }] as const,
      ["DELETE", path, undefined] as const,
    ];
    const allWrites = () => [...writes(group, `/Groups/${group.id}`), ...writes(user, `/Users/${user.id}`)];

    it("refuses every write with 412 when it is not the current one", async () => {
      for (const [method, path, body] of allWrites()) {
        for (const tag of ['W/"0"', '"nonsense"', "nonsense"]) {
          expectError(await scim.request(method, path, { body, headers: { "if-match": tag } }), {
            status: 412,
          });
        }
      }
      expect(await read(scim, `/Users/${user.id}`)).to.deep.equal(user);
      expect(await read(scim, `/Groups/${group.id}`)).to.deep.equal(group);
    });

    it("lets a write pass while it is the current one, and `*` whichever it is", async () => {
      for (const [method, path, body] of allWrites()) {
        const { version } = (await read(scim, path)).meta;
        const tag = method === "PUT" ? "*" : `"x", ${version}`;
        expectStatus(await scim.request(method, path, { body, headers: { "if-match": tag } }), 200, 204);
      }
    });
  });
});
