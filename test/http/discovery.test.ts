import { expect } from "chai";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import {
  CORE_GROUP,
  CORE_USER,
  createGroup,
  createUser,
  createUsers,
  ENTERPRISE_USER,
  MEMBERSHIP,
  ORGANIZATION,
} from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";
import discovery from "../fixtures/discovery.json" with { type: "json" };

const OKTA_ROLE = "urn:okta:scim:schemas:core:1.0:Role";
const ROLE = "urn:muster:params:scim:schemas:core:2.0:Role";

interface Named {
  readonly id: string;
  readonly name: string;
}

interface Attribute {
  readonly name: string;
  readonly type: string;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: string;
  readonly returned: string;
  readonly uniqueness: string;
  readonly subAttributes?: Attribute[];
}

describeServer("Discovery", (scim, server) => {
  const schema = async (urn: string) => expectStatus(await scim.get(`/Schemas/${urn}`), 200);
  const attributesOf = (body: Body) => body.attributes as Attribute[];
  const attribute = async (urn: string, name: string) => {
    const path = name.split(".");
    const find = (attributes: readonly Attribute[] = [], at = 0): Attribute | undefined => {
      const found = attributes.find((each) => each.name === path[at]);
      return at < path.length - 1 ? find(found?.subAttributes, at + 1) : found;
    };
    return find(attributesOf(await schema(urn)));
  };

  describe("of the server's features", () => {
    const read = async () => expectStatus(await scim.get("/ServiceProviderConfig"), 200);

    it("says what there is and what there is not", async () => {
      const config = await read();
      expect(config).to.deep.include({
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        patch: { supported: true },
        sort: { supported: true },
        etag: { supported: true },
        changePassword: { supported: true },
      });
      expect(config.bulk).to.deep.equal({
        supported: true,
        maxOperations: 10_000,
        maxPayloadSize: 16 * 2 ** 20,
      });
      expect(config.meta).to.deep.include({
        resourceType: "ServiceProviderConfig",
        location: `${scim.url}/ServiceProviderConfig`,
      });
    });

    it("names how to authenticate, without asking for it", async () => {
      const answer = await scim.request("GET", "/ServiceProviderConfig", {
        headers: { authorization: null },
      });
      const schemes = expectStatus(answer, 200).authenticationSchemes as Record<string, unknown>[];
      expect(schemes).to.have.length(1);
      expect(schemes[0]).to.include({ type: "oauthbearertoken" });
      expect(schemes[0]).to.include.all.keys("name", "description");
    });

    it("says the largest page truly", async () => {
      const { filter } = (await read()) as unknown as { filter: { supported: boolean; maxResults: number } };
      expect(filter.supported).to.equal(true);
      expect(filter.maxResults).to.be.within(100, 10_000);
      await createUsers(scim, filter.maxResults + 1);
      const answer = await scim.get(`/Users?count=${filter.maxResults + 1}`);
      expect(expectList(answer)).to.have.length(filter.maxResults);
      expect(answer.body.totalResults).to.be.above(filter.maxResults);
    });
  });

  describe("of resource types", () => {
    it("lists those of the RFC, with the extensions that go out unasked", async () => {
      const types = expectList(await scim.get("/ResourceTypes"), 2);
      expect(types.map(described)).to.have.deep.members([
        {
          name: "User",
          endpoint: "/Users",
          schema: CORE_USER,
          schemaExtensions: [{ schema: ENTERPRISE_USER, required: false }],
        },
        {
          name: "Group",
          endpoint: "/Groups",
          schema: CORE_GROUP,
          schemaExtensions: [{ schema: ORGANIZATION, required: false }],
        },
      ]);
    });

    it("lists roles, too, for Okta's client, which finds by this list what it can assign", async () => {
      const answer = await scim.get("/ResourceTypes", { "user-agent": "Okta SCIM Client 1.0.0" });
      expect(answer.headers.vary).to.include("User-Agent");
      const types = expectList(answer, 3).map(described);
      const role = types.find(({ name }) => name === "Role");
      expect(role).to.deep.equal({
        name: "Role",
        endpoint: "/Roles",
        schema: OKTA_ROLE,
        schemaExtensions: [{ schema: ROLE, required: false }],
      });
      expect(described(expectStatus(await scim.get("/ResourceTypes/Role"), 200))).to.deep.equal(role);
    });

    for (const name of ["Team", "Invitation", "AccessToken", "AuditEvent", "Candidate", "Realm"]) {
      it(`gives Muster's own by name: ${name}`, async () => {
        const type = expectStatus(await scim.get(`/ResourceTypes/${name}`), 200);
        const urn = `urn:muster:params:scim:schemas:core:2.0:${name}`;
        expect(described(type)).to.deep.equal({
          name,
          endpoint: name === "Realm" ? "/Realm" : `/${name}s`,
          schema: urn,
          schemaExtensions: undefined,
        });
        expect((await schema(urn)).id).to.equal(urn);
      });
    }

    const described = ({ name, endpoint, schema: urn, schemaExtensions }: Body) => ({
      name,
      endpoint,
      schema: urn,
      schemaExtensions,
    });

    it("gives each by its name", async () => {
      for (const type of expectList(await scim.get("/ResourceTypes"))) {
        expect(type.schemas).to.deep.equal(["urn:ietf:params:scim:schemas:core:2.0:ResourceType"]);
        expect(type.meta.location).to.equal(`${scim.url}/ResourceTypes/${String(type.name)}`);
        const named = expectStatus(await scim.get(`/ResourceTypes/${String(type.name)}`), 200);
        expect(named).to.deep.include({ name: type.name, schema: type.schema, meta: type.meta });
      }
    });
  });

  describe("of schemas", () => {
    const HIDDEN = [
      MEMBERSHIP,
      "urn:muster:params:scim:schemas:core:2.0:Team",
      "urn:muster:params:scim:schemas:core:2.0:Invitation",
      "urn:muster:params:scim:schemas:core:2.0:AccessToken",
      "urn:muster:params:scim:schemas:core:2.0:AuditEvent",
      "urn:muster:params:scim:schemas:core:2.0:Candidate",
      "urn:muster:params:scim:schemas:core:2.0:Realm",
      OKTA_ROLE,
      ROLE,
    ];

    it("lists those of the listed resource types and of discovery itself, each also given by its URN", async () => {
      const schemas = expectList(await scim.get("/Schemas"), 7);
      expect(schemas.map(({ id }) => id)).to.have.members([
        CORE_USER,
        ENTERPRISE_USER,
        CORE_GROUP,
        ORGANIZATION,
        "urn:ietf:params:scim:schemas:core:2.0:ResourceType",
        "urn:ietf:params:scim:schemas:core:2.0:Schema",
        "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
      ]);
      for (const each of schemas) expect(await schema(each.id)).to.deep.equal(each);
    });

    it("lists the schemas of roles for Okta, as it does their type", async () => {
      const schemas = expectList(await scim.get("/Schemas", { "user-agent": "Okta SCIM Client 1.0.0" }), 9);
      expect(schemas.map(({ id }) => id)).to.include.members([OKTA_ROLE, ROLE]);
    });

    /** Those in the list and the others. */
    const all = async () => [
      ...expectList(await scim.get("/Schemas")),
      ...(await Promise.all(HIDDEN.map((urn) => schema(urn)))),
    ];

    it("gives each complete, with its address", async () => {
      for (const each of await all()) {
        expect(each).to.include.all.keys("id", "name", "description", "attributes", "meta");
        expect(each.meta).to.deep.include({
          resourceType: "Schema",
          location: `${scim.url}/Schemas/${each.id}`,
        });
      }
    });

    it("have the roles of Groups in an organization's realm alone, where Groups are teams", async () => {
      const { id } = await createGroup(scim);
      const own = await clientWith(server(), { organization: id });
      const namesFor = async (client: ScimClient) =>
        attributesOf(await read(client, `/Schemas/${ORGANIZATION}`)).map(({ name }) => name);
      const names = await namesFor(scim);
      expect(names).to.include("description").and.not.include("roles");
      expect(await namesFor(own)).to.deep.equal([...names, "roles"]);
    });

    it("says of no attribute what a strict reader takes for a contradiction", async () => {
      const check = ({ subAttributes = [], ...each }: Attribute) => {
        expect(`${each.mutability} ${each.returned}`, each.name).to.not.equal("readOnly never");
        if (each.mutability === "writeOnly") expect(each.returned, each.name).to.equal("never");
        subAttributes.forEach(check);
      };
      for (const each of await all()) attributesOf(each).forEach(check);
    });

    it("describes each attribute with all its characteristics", async () => {
      const check = ({ subAttributes = [], ...each }: Attribute) => {
        expect(each).to.include.all.keys("name", "type", "multiValued", "required", "mutability", "returned");
        expect(each.mutability).to.be.oneOf(["readOnly", "readWrite", "immutable", "writeOnly"]);
        expect(each.returned).to.be.oneOf(["always", "never", "default", "request"]);
        subAttributes.forEach(check);
      };
      for (const each of await all()) attributesOf(each).forEach(check);
    });

    const facts: [urn: string, name: string, characteristics: Partial<Attribute>][] = [
      [
        CORE_USER,
        "userName",
        { required: true, uniqueness: "server", caseExact: false, mutability: "readWrite" },
      ],
      [CORE_USER, "password", { mutability: "writeOnly", returned: "never" }],
      [CORE_USER, "groups", { mutability: "readOnly", multiValued: true }],
      [CORE_USER, "emails.primary", { type: "boolean" }],
      [CORE_USER, "active", { type: "boolean", multiValued: false }],
      [ENTERPRISE_USER, "manager.displayName", { mutability: "readOnly" }],
      [CORE_GROUP, "displayName", { required: true, uniqueness: "server" }],
      [CORE_GROUP, "members.display", { mutability: "readOnly", returned: "request" }],
      [CORE_GROUP, "members.type", { mutability: "immutable" }],
      [ORGANIZATION, "memberCount", { type: "integer", mutability: "readOnly" }],
      [ORGANIZATION, "description", { type: "string", mutability: "readWrite" }],
    ];
    for (const [urn, name, characteristics] of facts) {
      it(`says of ${name} what the server does`, async () => {
        expect(await attribute(urn, name)).to.deep.include(characteristics);
      });
    }

    it("knows every attribute that a user or a group can have", async () => {
      const user = await createUser(scim, {
        nickName: "D",
        name: { givenName: "Dana" },
        emails: [{ value: "dana@example.com", type: "work", primary: true, display: "D" }],
        addresses: [{ country: "DE", type: "work" }],
        [ENTERPRISE_USER]: { department: "Sales", manager: { value: "nobody" } },
      });
      const group = await createGroup(scim, [user], { [ORGANIZATION]: { description: "x" } });
      const common = ["schemas", "id", "externalId", "meta"];
      for (const [resource, core, extension] of [
        [expectStatus(await scim.get(`/Users/${user.id}`), 200), CORE_USER, ENTERPRISE_USER],
        [group, CORE_GROUP, ORGANIZATION],
      ] as const) {
        for (const [name, value] of Object.entries(resource)) {
          if (common.includes(name)) continue;
          const [urn, values] = name === extension ? [extension, value as object] : [core, { [name]: value }];
          for (const [inner, element] of Object.entries(values)) await known(urn, inner, element);
        }
      }
    });

    async function known(urn: string, name: string, value: unknown): Promise<void> {
      expect(await attribute(urn, name), name).to.not.equal(undefined);
      for (const element of [value].flat()) {
        if (typeof element !== "object" || element === null) continue;
        for (const inner of Object.keys(element)) await known(urn, `${name}.${inner}`, undefined);
      }
    }
  });

  describe("answers byte for byte as before", () => {
    const read = async (path: string) => {
      const answer = await scim.get(path);
      expectStatus(answer, 200);
      return answer.text.replaceAll(scim.url, "{base}");
    };

    for (const [path, body] of Object.entries(discovery)) {
      it(path, async () => {
        expect(await read(path)).to.equal(JSON.stringify(body));
      });
    }

    it("/Schemas/{urn} and /Schemas/{name}", async () => {
      const others = Object.entries(discovery).filter(([path]) => path.startsWith("/Schemas/"));
      for (const schema of [...discovery["/Schemas"].Resources, ...others.map(([, body]) => body as Named)]) {
        const text = JSON.stringify(schema);
        expect(await read(`/Schemas/${schema.id}`)).to.equal(text);
        expect(await read(`/Schemas/${schema.name}`)).to.equal(text);
      }
    });
  });

  it("describes what it serves in discovery", async () => {
    for (const path of ["/ServiceProviderConfig", "/ResourceTypes/User", `/Schemas/${CORE_USER}`]) {
      const body = expectStatus(await scim.get(path), 200);
      const names = attributesOf(await schema(body.schemas[0] ?? "")).map(({ name }) => name);
      const given = Object.keys(body).filter((name) => !["schemas", "meta"].includes(name));
      expect(names, path).to.include.members(given);
    }
  });

  it("says 404 for what there is not", async () => {
    for (const path of ["/Schemas/urn:example:none", "/ResourceTypes/Robot"]) {
      expectError(await scim.get(path), { status: 404 });
    }
  });

  it("refuses a filter with 403 (RFC 7644 section 4), and takes an empty one for none", async () => {
    for (const path of ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig"]) {
      for (const filter of ["id%20pr", "%22x%22", "a&filter=b", "a&Filter=b", "&FILTER=id%20pr"]) {
        expectError(await scim.get(`${path}?filter=${filter}`), { status: 403 });
      }
      expectStatus(await scim.get(`${path}?filter=`), 200);
    }
  });
});
