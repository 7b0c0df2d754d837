import { expect } from "chai";
import { expectError, read, snapshot } from "../support/assertions.js";
import type { ExpectedError } from "../support/assertions.js";
import type { Body, PatchOperation } from "../support/client.js";
import { createGroup, createUser, ENTERPRISE_USER, ORGANIZATION } from "../support/factories.js";
import { describeServer } from "../support/server.js";

const rename: PatchOperation = { op: "replace", path: "displayName", value: "Changed" };

describeServer("A PATCH with a mistake in it is refused whole", (scim) => {
  let user: Body;
  let group: Body;

  before(async () => {
    user = await createUser(scim, {
      userName: "dana@example.com",
      displayName: "Dana",
      emails: [{ type: "work", value: "dana@example.com", primary: true }],
    });
    group = await createGroup(scim, [user], { displayName: "Sales" });
  });

  /** Sends the wrong operation behind one that would be right, and sees to it that neither is done. */
  async function refused(path: string, wrong: PatchOperation, expected: ExpectedError): Promise<void> {
    const before = await snapshot(scim);
    expectError(await scim.patch(path, rename, wrong), expected);
    expect(await snapshot(scim)).to.equal(before);
  }

  describe("of a user:", () => {
    const replace = (path: string, value: unknown = "x"): PatchOperation => ({ op: "replace", path, value });
    const cases: [operation: PatchOperation, scimType: string, detail: RegExp][] = [
      [replace("shoeSize"), "invalidPath", /shoeSize/],
      [replace("name.shoeSize"), "invalidPath", /shoeSize/],
      [replace("emails.shoeSize"), "invalidPath", /shoeSize/],
      [replace(`${ENTERPRISE_USER}:shoeSize`), "invalidPath", /shoeSize/],
      [replace("urn:example:nothing:User:title"), "invalidPath", /urn:example/],
      [replace("emails[type eq"), "invalidPath", /emails/],
      [replace('emails[type eq "work"'), "invalidPath", /emails/],
      [replace('emails[type eq "work"].shoeSize'), "invalidPath", /shoeSize/],
      [replace('userName[value eq "x"]'), "invalidPath", /userName/],
      [replace("display name"), "invalidPath", /display name/],
      [replace(".name"), "invalidPath", /\.name/],
      [replace('emails[shoeSize eq "x"].value'), "invalidFilter", /shoeSize/],
      [replace('emails[value co "nobody"].type'), "noTarget", /emails/],
      [{ op: "remove" }, "noTarget", /path/],
      [replace("groups", []), "mutability", /groups/],
      [replace("id", "another"), "mutability", /id/],
      [replace("meta.created", "2020-01-01T00:00:00Z"), "mutability", /meta/],
      [replace(`${ENTERPRISE_USER}:manager.displayName`), "mutability", /displayName/],
      [{ op: "remove", path: "userName" }, "mutability", /userName/],
      [{ op: "remove", path: "groups" }, "mutability", /groups/],
      [replace("userName", ""), "invalidValue", /userName/],
      [replace("userName", null), "invalidValue", /userName/],
      [replace("userName", "  "), "invalidValue", /userName/],
      [replace("active", "perhaps"), "invalidValue", /active/],
      [replace("active", [true, false]), "invalidValue", /active/],
      [replace("name", 42), "invalidValue", /name/],
      [replace('emails[type eq "work"].primary', "perhaps"), "invalidValue", /primary/],
      [{ op: "add", path: "nickName" }, "invalidSyntax", /nickName/],
      [{ op: "add", value: "nickName" }, "invalidValue", /object/],
      [{ op: "replace", value: { active: "perhaps" } }, "invalidValue", /active/],
      [{ op: "replace", value: { "name.givenName": {} } }, "invalidValue", /givenName/],
      [{ op: "move", path: "nickName", value: "x" }, "invalidSyntax", /op/],
      [{ op: "", path: "nickName", value: "x" }, "invalidSyntax", /op/],
    ];
    for (const [operation, scimType, detail] of cases) {
      it(`${JSON.stringify(operation)} is ${scimType}`, () =>
        refused(`/Users/${user.id}`, operation, { status: 400, scimType, detail }));
    }

    it("a userName that somebody else has is uniqueness", async () => {
      const other = await createUser(scim);
      await refused(`/Users/${user.id}`, replace("userName", other.userName.toUpperCase()), {
        status: 409,
        scimType: "uniqueness",
        detail: /userName/,
      });
    });
  });

  describe("of a group:", () => {
    const stranger = "01890a5d-ac96-774b-bcce-b302099a8057";
    const cases: [operation: PatchOperation, scimType: string, detail: RegExp][] = [
      [{ op: "add", path: "members", value: [{ value: stranger }] }, "invalidValue", new RegExp(stranger)],
      [{ op: "add", path: "members", value: [{ value: "dana" }] }, "invalidValue", /dana/],
      [{ op: "add", path: "members", value: [{ display: "Dana" }] }, "invalidValue", /member/],
      [
        { op: "replace", path: "members", value: [{ value: stranger }] },
        "invalidValue",
        new RegExp(stranger),
      ],
      [{ op: "replace", path: "members", value: true }, "invalidValue", /members/],
      [{ op: "add", path: 'members[display eq "Dana"]' }, "noTarget", /member/],
      [{ op: "remove", path: "members[value eq" }, "invalidPath", /members/],
      [{ op: "remove", path: 'members[shoeSize eq "x"]' }, "invalidFilter", /shoeSize/],
      [{ op: "remove", path: "displayName" }, "mutability", /displayName/],
      [{ op: "replace", path: "displayName", value: "" }, "invalidValue", /displayName/],
      [{ op: "replace", path: `${ORGANIZATION}:memberCount`, value: 7 }, "mutability", /memberCount/],
      [{ op: "replace", path: 'members[type eq "User"].display', value: "D" }, "mutability", /members/],
      [{ op: "replace", path: "members.type", value: "Group" }, "mutability", /members/],
      [{ op: "remove", path: 'members[type eq "User"].type' }, "mutability", /members/],
    ];
    for (const [operation, scimType, detail] of cases) {
      it(`${JSON.stringify(operation)} is ${scimType}`, () =>
        refused(`/Groups/${group.id}`, operation, { status: 400, scimType, detail }));
    }

    it("a member who would be added before the mistake is not", async () => {
      const newcomer = await createUser(scim);
      const operation = { op: "add", path: "members", value: [{ value: newcomer.id }, { value: stranger }] };
      await refused(`/Groups/${group.id}`, operation, { status: 400, scimType: "invalidValue" });
      expect(await read(scim, `/Users/${newcomer.id}`)).to.not.have.property("groups");
    });

    it("a name that another group has is uniqueness", async () => {
      await createGroup(scim, [], { displayName: "Überall" });
      await refused(
        `/Groups/${group.id}`,
        { op: "replace", path: "displayName", value: "ÜBERALL" },
        { status: 409, scimType: "uniqueness", detail: /displayName/ },
      );
    });
  });

  describe("when it is no PatchOp message:", () => {
    const right = { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [rename] };
    const bodies: [what: string, body: object][] = [
      ["without operations", { schemas: right.schemas }],
      ["with an empty list of operations", { ...right, Operations: [] }],
      ["with one operation instead of a list", { ...right, Operations: rename }],
      ["with an operation that is no object", { ...right, Operations: [rename, "rename"] }],
      ["with an operation without op", { ...right, Operations: [{ path: "title", value: "x" }] }],
      ["with a path that is no string", { ...right, Operations: [{ ...rename, path: ["title"] }] }],
      ["with the schema of something else", { ...right, schemas: ["urn:example:nothing"] }],
    ];
    for (const [what, body] of bodies) {
      it(what, async () => {
        const before = await snapshot(scim);
        for (const path of [`/Users/${user.id}`, `/Groups/${group.id}`]) {
          const answer = await scim.request("PATCH", path, { body });
          expectError(answer, { status: 400, scimType: "invalidSyntax" });
        }
        expect(await snapshot(scim)).to.equal(before);
      });
    }
  });
});
