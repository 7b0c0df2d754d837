import { expect } from "chai";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expectError, expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, createGroup, createUser, ENTERPRISE_USER, unique } from "../support/factories.js";
import { copyOfSources, DOCUMENT, filesOf, follow, importFrom } from "../support/recipes.js";
import type { Recipe } from "../support/recipes.js";
import { clientWith } from "../support/realms.js";
import type { ServerInProcess } from "../support/server.js";

const run = promisify(execFile);

const ANNOUNCEMENT = "urn:muster:params:scim:schemas:core:2.0:Announcement";

const ATTRIBUTE: Recipe = {
  title: "An indexed attribute of a User",
  mostFiles: 3,
  folder: "attribute",
  names: { subject: "badge" },
  insertions: [
    {
      file: "src/scim/resources/user-schema.ts",
      before: "userDefinition.extend(enterpriseUser);",
      text: 'enterpriseUser.extend([new Attribute("string", "badge", { description: "The badge." })]);\n',
    },
    {
      file: "src/domain/users/account.ts",
      after: "INDEXED_IN_PROFILE: readonly (readonly string[])[] = [",
      text: '[ENTERPRISE_USER, "badge"],',
    },
  ],
};

const RESOURCE_TYPE: Recipe = {
  title: "A resource type",
  mostFiles: 9,
  folder: "resource-type",
  names: { subject: "announcements", type: "announcement" },
  insertions: [
    {
      file: "src/repositories/repositories.ts",
      text: 'import { AnnouncementRepository } from "./announcements/announcements.js";\n',
    },
    {
      file: "src/repositories/repositories.ts",
      after: "export class Repositories {",
      text: `
        #announcements: AnnouncementRepository | undefined;

        get announcements(): AnnouncementRepository {
          return (this.#announcements ??= new AnnouncementRepository(this.session, this.realm));
        }
      `,
    },
    {
      file: "src/domain/access/policy.ts",
      after: "const ACCESS = {",
      text: `
        "read Announcements": { provider: "reader", organization: "reader" },
        "create Announcements": { provider: "administrator", organization: "administrator" },
        "change Announcements": { provider: "administrator", organization: "administrator" },
        "delete Announcements": { provider: "administrator", organization: "administrator" },
      `,
    },
    {
      file: "src/services/resource-services.ts",
      text: 'import { AnnouncementService } from "./announcements/announcements.js";\n',
    },
    {
      file: "src/services/resource-services.ts",
      before: "users: new UserService(",
      text: "announcements: new AnnouncementService(deps),\n",
    },
    {
      file: "src/scim/resources/index.ts",
      text: 'import { announcements } from "./announcement.js";\n',
    },
    { file: "src/scim/resources/index.ts", after: "const audited = [", text: "announcements, " },
    {
      file: "src/scim/resources/index.ts",
      after: "resourceTypes: readonly ResourceType[] = [",
      text: "announcements,",
    },
  ],
};

describe(`The recipes of ${DOCUMENT}`, function () {
  this.timeout(180_000);
  let copy: string;
  const touched = new Map<Recipe, string[]>();

  before(() => {
    copy = copyOfSources();
    for (const recipe of [ATTRIBUTE, RESOURCE_TYPE]) touched.set(recipe, follow(recipe, copy));
  });

  for (const recipe of [ATTRIBUTE, RESOURCE_TYPE]) {
    it(`'${recipe.title}' takes the files that it names, at most ${recipe.mostFiles}`, () => {
      const files = touched.get(recipe);
      expect(files?.toSorted()).to.deep.equal(filesOf(recipe).toSorted());
      expect(files).to.have.lengthOf.at.most(recipe.mostFiles);
    });
  }

  it("compile", async () => {
    await run("node_modules/.bin/tsc", ["-p", "."], { cwd: copy }).catch((error: unknown) => {
      expect.fail((error as { stdout: string }).stdout);
    });
  });

  forEachEngine((engine) => {
    let server: ServerInProcess;
    let scim: ScimClient;
    let own: ScimClient;

    before(async () => {
      const { startServer } = await importFrom<typeof import("../support/server.js")>(
        copy,
        "test/support/server.ts",
      );
      // The database has the schema from before, so that the new migrations change it.
      server = await startServer(engine);
      scim = server.scim;
      own = await clientWith(server, { organization: (await createGroup(scim)).id });
    });
    after(() => server.stop());

    describe("with the attribute", () => {
      const badge = `${ENTERPRISE_USER}:badge`;
      const badgeOf = (user: Body) => (user[ENTERPRISE_USER] as { badge: string }).badge;
      const createBearer = (client: ScimClient, value: string) =>
        createUser(client, { [ENTERPRISE_USER]: { badge: value } });

      it("store, show and change it", async () => {
        const { id } = await createBearer(scim, "B-1");
        expect(badgeOf(await read(scim, `/Users/${id}`))).to.equal("B-1");
        const replace = { op: "replace", path: badge, value: "B-2" };
        expect(badgeOf(expectStatus(await scim.patch(`/Users/${id}`, replace), 200))).to.equal("B-2");
        expect(badgeOf(await read(scim, `/Users/${id}?attributes=${badge}`))).to.equal("B-2");
      });

      it("find it by an index, without regard to case, in each realm", async () => {
        for (const client of [scim, own]) {
          const { id } = await createBearer(client, unique("Found"));
          const filter = `${badge} eq "${badgeOf(await read(client, `/Users/${id}`)).toUpperCase()}"`;
          const found = expectList(await client.find("/Users", filter), 1);
          expect(found.map((user) => user.id)).to.deep.equal([id]);
        }
      });

      it("plan look-ups and sorted pages with its index", async () => {
        const plans = await importFrom<typeof import("../support/plans.js")>(copy, "test/support/plans.ts");
        for (const plan of [
          await server.database((session) => plans.planOfFilter(session, `${badge} eq "b"`)),
          await server.database((session) => plans.planOfPage(session, badge, false)),
        ]) {
          expect(plan).to.include("muster_accounts_badge_key_index");
          expect(plan).to.not.match(plans.SCAN);
        }
      });

      it("sort by it", async () => {
        for (const value of ["Sorted-2", "sorted-3", "sorted-1"]) await createBearer(scim, value);
        const sorted = await scim.find("/Users", `${badge} sw "sorted"`, `&sortBy=${badge}`);
        expect(expectList(sorted, 3).map(badgeOf)).to.deep.equal(["sorted-1", "Sorted-2", "sorted-3"]);
      });

      it("limit its length to what an index takes", async () => {
        const user = { userName: unique("dana"), [ENTERPRISE_USER]: { badge: "ß".repeat(401) } };
        expectError(await scim.post("/Users", { schemas: [CORE_USER], ...user }), {
          ...{ status: 400, scimType: "invalidValue" },
          detail: /badge/,
        });
      });

      it("show it in the schema", async () => {
        const { attributes } = await read(scim, `/Schemas/${ENTERPRISE_USER}`);
        expect((attributes as { name: string }[]).map(({ name }) => name)).to.include("badge");
      });
    });

    describe("with the resource type", () => {
      const create = async (client: ScimClient) => {
        const subject = unique("Picnic");
        const sent = { schemas: [ANNOUNCEMENT], subject };
        return { subject, ...expectStatus(await client.post("/Announcements", sent), 201) };
      };
      const filtered = (client: ScimClient, subject: string) =>
        client.get(`/Announcements?filter=${encodeURIComponent(`subject eq "${subject.toUpperCase()}"`)}`);

      it("describe it", async () => {
        const type = await read(scim, "/ResourceTypes/Announcement");
        expect(type).to.deep.include({ endpoint: "/Announcements", schema: ANNOUNCEMENT });
        expect(await read(scim, `/Schemas/${ANNOUNCEMENT}`)).to.have.property("name", "Announcement");
      });

      it("create, read and find it", async () => {
        const made = await create(scim);
        expect(made.meta.location).to.equal(`${scim.url}/Announcements/${made.id}`);
        expect(await read(scim, `/Announcements/${made.id}`)).to.deep.equal(made);
        expect(expectList(await filtered(scim, made.subject), 1)).to.deep.equal([made]);
        expectError(await scim.post("/Announcements", { schemas: [ANNOUNCEMENT] }), {
          ...{ status: 400, scimType: "invalidValue" },
          detail: /subject/,
        });
      });

      it("replace it, and change it in the version that the client knows", async () => {
        const { id, meta } = await create(scim);
        const path = `/Announcements/${id}`;
        const body = { schemas: [ANNOUNCEMENT], subject: "Replaced" };
        const replaced = expectStatus(await scim.put(path, body), 200);
        expect(replaced).to.include({ subject: "Replaced" });
        const patch = (version: string) =>
          scim.request("PATCH", path, {
            body: {
              schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
              Operations: [{ op: "replace", path: "subject", value: "Changed" }],
            },
            headers: { "If-Match": version },
          });
        expectError(await patch(meta.version), { status: 412 });
        expect(expectStatus(await patch(replaced.meta.version), 200)).to.include({ subject: "Changed" });
      });

      it("delete it", async () => {
        const { id, subject } = await create(scim);
        expectStatus(await scim.delete(`/Announcements/${id}`), 204);
        expectError(await scim.get(`/Announcements/${id}`), { status: 404 });
        expectList(await filtered(scim, subject), 0);
      });

      it("change it in a Bulk", async () => {
        const { id } = await create(scim);
        const data = { schemas: [ANNOUNCEMENT], subject: "In a Bulk" };
        const answer = await scim.post("/Bulk", {
          schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
          Operations: [
            { method: "POST", path: "/Announcements", bulkId: "new", data },
            { method: "PUT", path: `/Announcements/${id}`, data },
            { method: "DELETE", path: `/Announcements/${id}` },
          ],
        });
        const operations = expectStatus(answer, 200).Operations as { status: string }[];
        expect(operations.map(({ status }) => status)).to.deep.equal(["201", "200", "204"]);
        expectList(await filtered(scim, "In a Bulk"), 1);
      });

      it("keep it within its realm", async () => {
        const [others, mine] = [await create(scim), await create(own)];
        const path = `/Announcements/${others.id}`;
        for (const answer of [
          await own.get(path),
          await own.put(path, { schemas: [ANNOUNCEMENT], subject: "Mine" }),
          await own.patch(path, { op: "replace", path: "subject", value: "Mine" }),
          await own.delete(path),
        ]) {
          expectError(answer, { status: 404 });
        }
        expect(expectList(await own.get("/Announcements"))).to.deep.equal([mine]);
        expect(await read(scim, path)).to.include({ subject: others.subject });
      });

      it("tell of it in the audit log", async () => {
        const { id } = await create(scim);
        expectStatus(
          await scim.patch(`/Announcements/${id}`, { op: "add", path: "subject", value: "x" }),
          200,
        );
        expectStatus(await scim.delete(`/Announcements/${id}`), 204);
        const events = expectList(await scim.find("/AuditEvents", `target.value eq "${id}"`), 3);
        expect(events.map(({ action }) => action)).to.have.members(["create", "change", "delete"]);
        for (const { target } of events) expect(target).to.include({ type: "Announcement" });
      });
    });
  });
});
