import { expect } from "chai";
import { v7 as uuidv7 } from "uuid";
import { resourceTypes } from "../../src/scim/resources/index.js";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

describeServer("Every resource type", (scim, server) => {
  let organization: Body;
  let own: ScimClient;

  before(async () => {
    organization = await createGroup(scim);
    own = await clientWith(server(), { organization: organization.id });
  });

  /** Resources by the names of their types. */
  const bodies: Readonly<Record<string, () => object>> = {
    User: () => ({ userName: unique("dana") }),
    Group: () => ({ displayName: unique("Acme") }),
    Team: () => ({ displayName: unique("Sales"), organization: { value: organization.id } }),
    Invitation: () => ({
      organization: { value: organization.id },
      emails: [{ value: `${unique("erin")}@example.com` }],
    }),
    AccessToken: () => ({ name: unique("Okta") }),
  };

  async function targetOf(id: string): Promise<unknown> {
    const [event] = expectList(await scim.find("/AuditEvents", `target.value eq "${id}"`));
    return (event as unknown as { target: unknown } | undefined)?.target;
  }

  for (const type of resourceTypes) {
    const { name, endpoint, operations, isSingle } = type;
    const { collection, resource } = type.methods;

    describe(name, () => {
      it("is described, and described as it is", async () => {
        const described = await read(scim, `/ResourceTypes/${name}`);
        expect(described).to.deep.include({ name, endpoint, schema: type.definition.id });
        expect((await read(scim, `/Schemas/${type.definition.id}`)).name).to.equal(name);
      });

      it("takes the methods that it declares, alone and in a Bulk, and no others", async () => {
        const id = uuidv7();
        const paths: [path: string, methods: readonly string[]][] = isSingle
          ? [[endpoint, resource]]
          : [
              [endpoint, collection],
              [`${endpoint}/${id}`, resource],
            ];
        for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
          for (const [path, methods] of paths) {
            const answer = await scim.request(method, path, { body: {} });
            const operation = { method, path, bulkId: "x", data: {} };
            const bulk = expectStatus(await scim.post("/Bulk", { Operations: [operation] }), 200);
            const [one] = bulk.Operations as [{ status: string }];
            expect([answer.status === 405, one.status === "405"], `${method} ${path}`).to.deep.equal(
              methods.includes(method) ? [false, false] : [true, true],
            );
            if (answer.status === 405) expect(answer.headers.allow).to.equal(methods.join(", "));
          }
        }
      });

      if (isSingle) return;

      it("is searched by POST as by GET", async () => {
        if (name === "Candidate") return;
        const listed = expectStatus(await scim.get(`${endpoint}?count=2`), 200);
        const searched = expectStatus(await scim.post(`${endpoint}/.search`, { count: 2 }), 200);
        expect(searched).to.deep.equal(listed);
      });

      it("has the address in the audit log that it has", async () => {
        const isOfAudit = operations.create === undefined;
        if (isOfAudit) {
          const id = uuidv7();
          expectError(await own.get(`${endpoint}/${id}`), { status: 404 });
          expect(await targetOf(id)).to.deep.equal({
            type: name,
            value: id,
            $ref: `${scim.url}${endpoint}/${id}`,
          });
          return;
        }
        const sent = { schemas: [type.definition.id], ...bodies[name]?.() };
        const made = expectStatus(await scim.post(endpoint, sent), 201);
        expect(await targetOf(made.id)).to.deep.include({
          type: name,
          value: made.id,
          $ref: made.meta.location,
        });
        expect(made.meta.location).to.equal(`${scim.url}${endpoint}/${made.id}`);
        expectStatus(await scim.get(`${endpoint}/${made.id}`), 200);
        const found = expectList(
          await scim.get(
            `${endpoint}?filter=${encodeURIComponent(`meta.location eq "${made.meta.location}"`)}`,
          ),
        );
        expect(found.map(({ id }) => id)).to.deep.equal([made.id]);
      });

      it("is among the types that the audit log's schema names as targets", async () => {
        const schema = JSON.stringify(
          await read(scim, "/Schemas/urn:muster:params:scim:schemas:core:2.0:AuditEvent"),
        );
        const types = /"name":"target".*?"referenceTypes":(\[[^\]]*\])/.exec(schema)?.[1] ?? "[]";
        expect(JSON.parse(types)).to.include(name);
      });
    });
  }
});
