import { expect } from "chai";
import { expectList, expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import {
  CORE_USER,
  createGroup,
  createUser,
  ENTERPRISE_USER,
  omit,
  ORGANIZATION,
} from "../support/factories.js";
import { describeServer } from "../support/server.js";

describeServer("A client gets of a resource", (scim) => {
  let user: Body;
  let group: Body;

  before(async () => {
    const { id } = await createUser(scim, {
      userName: "dana@example.com",
      displayName: "Dana",
      name: { givenName: "Dana", familyName: "Reyes" },
      emails: [
        { value: "dana@example.com", type: "work", primary: true },
        { value: "dana@home.example", type: "home" },
      ],
      [ENTERPRISE_USER]: { department: "Sales", costCenter: "4130" },
    });
    group = await createGroup(scim, [await createUser(scim), { id } as Body]);
    user = expectStatus(await scim.get(`/Users/${id}`), 200);
  });

  /** What GET and lists give for a query; they must give the same. */
  async function projected(query: string): Promise<Body> {
    const one = expectStatus(await scim.get(`/Users/${user.id}?${query}`), 200);
    const [listed] = expectList(await scim.find("/Users", `id eq "${user.id}"`, `&${query}`), 1);
    expect(listed).to.deep.equal(one);
    return one;
  }
  const schemasAndId = () => ({ schemas: user.schemas, id: user.id });
  const emails = (...names: string[]) =>
    (user.emails as Record<string, unknown>[]).map((email) =>
      Object.fromEntries(Object.entries(email).filter(([name]) => names.includes(name))),
    );

  describe("with `attributes`, besides its schemas and id,", () => {
    const cases: [attributes: string, expected: () => object][] = [
      ["userName", () => ({ userName: user.userName })],
      ["USERNAME,displayname", () => ({ userName: user.userName, displayName: "Dana" })],
      [" userName , displayName ", () => ({ userName: user.userName, displayName: "Dana" })],
      ["name.givenName", () => ({ name: { givenName: "Dana" } })],
      ["name.givenName,name", () => ({ name: user.name })],
      ["emails.value", () => ({ emails: emails("value") })],
      ["emails.value,emails.primary", () => ({ emails: emails("value", "primary") })],
      [`${CORE_USER}:userName`, () => ({ userName: user.userName })],
      [`${ENTERPRISE_USER}:department`, () => ({ [ENTERPRISE_USER]: { department: "Sales" } })],
      [ENTERPRISE_USER, () => ({ [ENTERPRISE_USER]: user[ENTERPRISE_USER] })],
      ["meta.version", () => ({ meta: { version: user.meta.version } })],
      ["groups.display", () => ({ groups: [{ display: group.displayName }] })],
      ["id", () => ({ schemas: [CORE_USER] })],
      ["title", () => ({})],
      ["shoeSize", () => ({})],
    ];
    for (const [attributes, expected] of cases) {
      it(`${attributes}: no more than that`, async () => {
        const query = `attributes=${encodeURIComponent(attributes)}`;
        expect(await projected(query)).to.deep.equal({ ...schemasAndId(), ...expected() });
      });
    }
  });

  describe("with `excludedAttributes`,", () => {
    const enterprise = { costCenter: "4130" };
    const cases: [excluded: string, expected: () => object][] = [
      ["displayName,emails", () => omit(user, "displayName", "emails")],
      ["name.givenName", () => ({ ...user, name: { familyName: "Reyes" } })],
      ["emails.type,emails.primary", () => ({ ...user, emails: emails("value") })],
      [`${ENTERPRISE_USER}:department`, () => ({ ...user, [ENTERPRISE_USER]: enterprise })],
      [ENTERPRISE_USER, () => omit(user, ENTERPRISE_USER)],
      ["GROUPS,META", () => omit(user, "groups", "meta")],
      ["id,schemas", () => user],
      ["shoeSize", () => user],
    ];
    for (const [excluded, expected] of cases) {
      it(`${excluded}: all but that`, async () => {
        expect(await projected(`excludedAttributes=${excluded}`)).to.deep.equal(expected());
      });
    }
  });

  it("what `attributes` says, when it gives both", async () => {
    const both = await projected("attributes=userName,displayName&excludedAttributes=title");
    expect(both).to.include.all.keys("userName", "displayName").and.not.include.keys("emails", "meta");
  });

  it("what it asks for, after a write, too", async () => {
    const created = await scim.post("/Users?attributes=userName", {
      schemas: [CORE_USER],
      userName: "new@example.com",
      title: "x",
    });
    const { id } = expectStatus(created, 201);
    expect(created.body).to.have.all.keys("schemas", "id", "userName");
    expect(created.headers.location).to.equal(`${scim.url}/Users/${id}`);
    const body = { schemas: [CORE_USER], userName: "new@example.com", title: "y" };
    const replaced = await scim.put(`/Users/${id}?excludedAttributes=meta,title`, body);
    expect(expectStatus(replaced, 200)).to.have.all.keys("schemas", "id", "userName", "active");
    const operation = { op: "replace", path: "title", value: "z" };
    const patched = await scim.patch(`/Users/${id}?attributes=title`, operation);
    expect(omit(expectStatus(patched, 200), "schemas", "id")).to.deep.equal({ title: "z" });
  });

  describe("of what is returned on request", () => {
    const counted = (name: string) => ({
      [ORGANIZATION]: {
        ...(name === ORGANIZATION && { kind: "organization", requiresSecondFactor: false }),
        memberCount: 2,
      },
    });
    const get = async (query: string) => expectStatus(await scim.get(`/Groups/${group.id}${query}`), 200);

    it("has it when it is named, or the extension that it is in", async () => {
      for (const name of [`${ORGANIZATION}:memberCount`, `${ORGANIZATION}:MEMBERCOUNT`, ORGANIZATION]) {
        expect(await get(`?attributes=${name}`)).to.deep.include(counted(name));
        const query = `?attributes=${name},displayName`;
        expect(expectList(await scim.get(`/Groups${query}`), 1)[0]).to.deep.include(counted(name));
      }
    });

    it("has it not otherwise", async () => {
      for (const query of ["", "?attributes=displayName", "?excludedAttributes=displayName"]) {
        expect(await get(query)).to.not.have.nested.property(
          `${ORGANIZATION.replaceAll(".", "\\.")}.memberCount`,
        );
      }
    });
  });

  describe("of a group", () => {
    const read = async (query: string) => {
      const one = expectStatus(await scim.get(`/Groups/${group.id}?${query}`), 200);
      const [listed] = expectList(await scim.get(`/Groups?${query}`), 1);
      expect(listed).to.deep.equal(one);
      return one;
    };

    it("no members, when it leaves them out", async () => {
      expect(await read("excludedAttributes=members")).to.deep.equal(omit(group, "members"));
    });

    it("only parts of the members, when it says so", async () => {
      const values = group.members?.map(({ value }) => ({ value }));
      expect(await read("attributes=members.value")).to.deep.equal({
        schemas: group.schemas,
        id: group.id,
        members: values,
      });
      const { members } = await read("excludedAttributes=members.display,members.$ref,members.type");
      expect(members).to.deep.equal(values);
    });
  });
});
