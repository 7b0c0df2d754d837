import { expect } from "chai";
import { expectError, expectStatus, read } from "../support/assertions.js";
import { patchData, sendBulk } from "../support/bulk.js";
import { CORE_USER, createGroup, createUser, unique } from "../support/factories.js";

import { describeInBothRealms } from "../support/realms.js";
import { describeServer } from "../support/server.js";

/** The attributes of a User whose elements have a value, and a value of each. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  emails: "a@corp.example",
  phoneNumbers: "+49 1",
  ims: "someone",
  photos: "https://img.example/1.png",
  entitlements: "report",
  roles: "reader",
  x509Certificates: "MIID",
};

/** Clients that send every field send absent elements so. */
const EMPTY = [
  { type: "work", value: "" },
  { type: "home", value: null, primary: true },
  { Value: " " },
  "",
  null,
];

describeInBothRealms("An element without a value is none", (client) => {
  for (const [attribute, value] of Object.entries(ATTRIBUTES)) {
    const full = { type: "other", value };
    const values = async (id: string) =>
      ((await read(client, `/Users/${id}`))[attribute] as { value: string }[] | undefined)?.map(
        (element) => element.value,
      );

    it(`of ${attribute}, in POST and PUT`, async () => {
      const { id, userName } = await createUser(client, { [attribute]: [...EMPTY, full] });
      expect(await values(id)).to.deep.equal([value]);
      const none = { schemas: [CORE_USER], userName, [attribute]: EMPTY };
      expectStatus(await client.put(`/Users/${id}`, none), 200);
      expect(await values(id)).to.equal(undefined);
    });

    it(`of ${attribute}, in PATCH`, async () => {
      const { id } = await createUser(client, { [attribute]: [full] });
      const patch = async (operation: { op: string; path?: string; value?: unknown }) => {
        expectStatus(await client.patch(`/Users/${id}`, operation), 200);
        return values(id);
      };
      expect(await patch({ op: "add", path: attribute, value: EMPTY })).to.deep.equal([value]);
      expect(await patch({ op: "add", value: { [attribute]: EMPTY } })).to.deep.equal([value]);
      for (const nothing of ["", null]) {
        for (const path of [`${attribute}[type eq "work"]`, `${attribute}[type eq "work"].value`]) {
          const sent = path.endsWith("value") ? nothing : { type: "work", value: nothing };
          for (const op of ["add", "replace"]) {
            expect(await patch({ op, path, value: sent })).to.deep.equal([value]);
            expect(await patch({ op, value: { [path]: sent } })).to.deep.equal([value]);
          }
        }
      }
      expect(await patch({ op: "replace", path: attribute, value: [...EMPTY, full] })).to.deep.equal([value]);
      expect(await patch({ op: "replace", value: { [attribute]: EMPTY } })).to.equal(undefined);
      await patch({ op: "add", path: attribute, value: [full] });
      expect(await patch({ op: "replace", path: `${attribute}[type eq "other"].value`, value: "" })).to.equal(
        undefined,
      );
    });
  }

  it("in a Bulk request", async () => {
    const emails = [{ type: "work", value: "" }];
    const data = { schemas: [CORE_USER], userName: unique("bulk"), emails };
    const [made] = await sendBulk(client, [
      { method: "POST", path: "/Users", bulkId: "a", data },
      {
        method: "PATCH",
        path: "/Users/bulkId:a",
        data: patchData({ op: "add", path: "emails", value: emails }),
      },
    ]);
    const id = made?.location?.split("/").at(-1) ?? "";
    expect(await read(client, `/Users/${id}`)).to.not.have.property("emails");
  });

  it("nor is an address whose parts are cleared one by one", async () => {
    const address = { type: "work", primary: true, locality: "Bonn", country: "DE" };
    const { id } = await createUser(client, {
      addresses: [address, { type: "home", locality: "", country: null }],
    });
    expect((await read(client, `/Users/${id}`)).addresses).to.deep.equal([address]);
    await client.patch(
      `/Users/${id}`,
      { op: "remove", path: 'addresses[type eq "work"].locality' },
      { op: "replace", path: 'addresses[type eq "work"].country', value: "" },
    );
    expect(await read(client, `/Users/${id}`)).to.not.have.property("addresses");
  });

  it("and JSON text in a string is the element that it says", async () => {
    const text = JSON.stringify({ value: "j@corp.example", type: "work" });
    const expected = [{ value: "j@corp.example", type: "work" }];
    const { id } = await createUser(client, { emails: [text] });
    expect((await read(client, `/Users/${id}`)).emails).to.deep.equal(expected);
    for (const [op, value] of [
      ["add", text],
      ["add", [text]],
      ["replace", `[${text}]`],
    ] as const) {
      expectStatus(await client.patch(`/Users/${id}`, { op, path: "emails", value }), 200);
      expect((await read(client, `/Users/${id}`)).emails).to.deep.equal(expected);
    }
    for (const operation of [
      { op: "replace", path: 'emails[type eq "work"].value', value: text },
      { op: "add", path: "emails", value: [{ value: text }] },
      { op: "add", path: "emails", value: ["{'value': 'j@corp.example'}"] },
      {
        op: "add",
        path: "emails",
        value: [JSON.stringify({ value: "j@corp.example", display: "x".repeat(3000) })],
      },
    ]) {
      expectError(await client.patch(`/Users/${id}`, operation), {
        status: 400,
        scimType: "invalidValue",
      });
    }
  });
});

describeServer("An element without a value is none, too,", (scim) => {
  it("of the members of a Group, unless all are so: that could empty it by mistake", async () => {
    const user = await createUser(scim);
    const { id } = await createGroup(scim, [user]);
    const members = async () => (await read(scim, `/Groups/${id}`)).members?.map(({ value }) => value);
    const some = [{ value: "" }, { value: user.id }, JSON.stringify({ value: user.id }), null];
    for (const operation of [
      { op: "add", path: "members", value: some },
      { op: "replace", path: "members", value: some },
      { op: "replace", value: { members: some } },
    ]) {
      expectStatus(await scim.patch(`/Groups/${id}`, operation), 204);
      expect(await members()).to.deep.equal([user.id]);
    }
    for (const value of [[{ value: "" }], [null], ['{"value":null}']]) {
      const operation = { op: "replace", path: "members", value };
      expectError(await scim.patch(`/Groups/${id}`, operation), { status: 400, scimType: "invalidValue" });
    }
    expect(await members()).to.deep.equal([user.id]);
  });

  it("but makes no open link of an invitation to nobody", async () => {
    const organization = { value: (await createGroup(scim)).id };
    const schemas = ["urn:muster:params:scim:schemas:core:2.0:Invitation"];
    for (const emails of [[{ value: "" }], { value: "" }, " ", '[{"value":""}]']) {
      const answer = await scim.post("/Invitations", { schemas, organization, emails });
      expectError(answer, { status: 400, scimType: "invalidValue" });
    }
  });
});
