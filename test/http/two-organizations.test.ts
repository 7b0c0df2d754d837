import { expect } from "chai";
import { expectList, expectStatus, read } from "../support/assertions.js";
import type { Body, PatchOperation, ScimClient } from "../support/client.js";
import { CORE_USER, createGroup, createUser, ENTERPRISE_USER } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** What Okta and Entra ID send for one person, in their ways. */
interface IdentityProvider {
  readonly externalId: (userName: string) => string;
  readonly create: (userName: string) => object;
  readonly deactivate: (scim: ScimClient, user: Body) => Promise<{ status: number }>;
  readonly reactivate: (scim: ScimClient, user: Body) => Promise<{ status: number }>;
}

const okta: IdentityProvider = {
  externalId: (userName) => `00u-${userName}`,
  create: (userName) => ({
    schemas: [CORE_USER],
    userName,
    name: { givenName: "Okta", familyName: "Person" },
    emails: [{ primary: true, value: userName, type: "work" }],
    displayName: "Named by Okta",
    locale: "en-US",
    externalId: okta.externalId(userName),
    groups: [],
    password: "1mz050nq",
    active: true,
  }),
  deactivate: (scim, { id }) =>
    scim.request("PATCH", `/Users/${id}`, {
      body: { schemas: [PATCH_OP], Operations: [{ op: "replace", value: { active: false } }] },
    }),
  // Okta posts somebody again whom it has deactivated.
  reactivate: (scim, { userName }) => scim.post("/Users", okta.create(userName)),
};

const entra: IdentityProvider = {
  externalId: (userName) => `entra-${userName}`,
  create: (userName) => ({
    schemas: [CORE_USER, ENTERPRISE_USER],
    externalId: entra.externalId(userName),
    userName,
    active: true,
    displayName: "Named by Entra",
    emails: [{ primary: true, type: "work", value: userName }],
    meta: { resourceType: "User" },
    name: { formatted: "Entra Person", familyName: "Person", givenName: "Entra" },
    roles: [],
  }),
  deactivate: (scim, { id }) => scim.patch(`/Users/${id}`, { op: "Replace", path: "active", value: "False" }),
  reactivate: (scim, { id }) => scim.patch(`/Users/${id}`, { op: "Replace", path: "active", value: "True" }),
};

describeServer("Two organizations that are provisioned at once", (scim, server) => {
  const sides: { readonly provider: IdentityProvider; client: ScimClient; people: Map<string, Body> }[] = [];
  const names = {
    acme: ["amy@acme.example", "abe@acme.example"],
    globex: ["gus@globex.example", "gil@globex.example"],
    both: ["ines@consulting.example", "Ivo@Consulting.example", "new@consulting.example"],
  };

  before(async () => {
    sides.length = 0;
    for (const [provider, displayName] of [
      [okta, "Acme"],
      [entra, "Globex"],
    ] as const) {
      const { id } = await createGroup(scim, [], { displayName });
      sides.push({ provider, client: await clientWith(server(), { organization: id }), people: new Map() });
    }
    for (const userName of names.both.slice(0, 2)) {
      await createUser(scim, { userName, displayName: "Named by the provider" });
    }
  });

  const [onlyAcme, onlyGlobex] = [names.acme, names.globex];
  const mine = (index: number) => [...(index === 0 ? onlyAcme : onlyGlobex), ...names.both];

  /** Both do something for all of their people at the same time. */
  const bothAtOnce = (act: (side: (typeof sides)[number], userName: string) => Promise<void>) =>
    Promise.all(sides.flatMap((side, index) => mine(index).map((userName) => act(side, userName))));

  const person = ({ people }: (typeof sides)[number], userName: string) => {
    const found = people.get(userName);
    if (!found) throw new Error(`${userName} has not been created`);
    return found;
  };

  it("look for their people and find nobody", () =>
    bothAtOnce(async ({ client }, userName) => {
      expectList(await client.find("/Users", `userName eq "${userName}"`), 0);
    }));

  it("create them, or take those that there are", async () => {
    await bothAtOnce(async ({ client, provider, people }, userName) => {
      const user = expectStatus(await client.post("/Users", provider.create(userName)), 201);
      expect(user).to.include({ active: true, externalId: provider.externalId(userName) });
      people.set(userName, user);
    });
    for (const userName of names.both) {
      const ids = sides.map((side) => person(side, userName).id);
      expect(ids[0]).to.equal(ids[1]);
    }
  });

  it("see what they wrote, and nobody else's people", () =>
    Promise.all(
      sides.map(async ({ client, provider }, index) => {
        const listed = expectList(await client.get("/Users?count=1000"), mine(index).length);
        for (const { userName, externalId } of listed) {
          expect(externalId).to.match(new RegExp(provider.externalId(userName), "i"));
        }
      }),
    ));

  it("write the profiles of their own people, and leave those that they share as they are", async () => {
    const rename = (side: (typeof sides)[number], userName: string, value: string) =>
      side.client.patch(`/Users/${person(side, userName).id}`, {
        op: "Replace",
        path: "displayName",
        value,
      } satisfies PatchOperation);
    await bothAtOnce(async (side, userName) => {
      expectStatus(await rename(side, userName, "Renamed"), 200);
    });
    const nameOf = async (userName: string) =>
      expectList(await scim.find("/Users", `userName eq "${userName}"`), 1)[0]?.displayName;
    for (const userName of [...names.acme, ...names.globex])
      expect(await nameOf(userName)).to.equal("Renamed");
    for (const userName of names.both.slice(0, 2)) {
      expect(await nameOf(userName)).to.equal("Named by the provider");
    }
    expect(await nameOf("new@consulting.example")).to.match(/^Named by (Okta|Entra)$/);
  });

  it("deactivate people, who keep working in the other one", async () => {
    const [acme, globex] = sides;
    if (!acme || !globex) throw new Error("There are two");
    for (const userName of names.both) {
      const [here, there] = [person(acme, userName), person(globex, userName)];
      expect((await acme.provider.deactivate(acme.client, here)).status).to.equal(200);
      expect(await read(acme.client, `/Users/${here.id}`)).to.include({ active: false });
      expect(await read(globex.client, `/Users/${there.id}`)).to.include({ active: true });
      expect((await globex.provider.deactivate(globex.client, there)).status).to.equal(200);
      expect((await acme.provider.reactivate(acme.client, here)).status).to.equal(201);
      expect(await read(acme.client, `/Users/${here.id}`)).to.include({ active: true });
      expect(await read(globex.client, `/Users/${there.id}`)).to.include({ active: false });
      expect((await globex.provider.reactivate(globex.client, there)).status).to.equal(200);
      expect(await read(scim, `/Users/${here.id}`)).to.include({ active: true });
    }
  });

  it("lose people, who stay with the other one", async () => {
    const [acme, globex] = sides;
    if (!acme || !globex) throw new Error("There are two");
    const [userName = ""] = names.both;
    const { id } = person(acme, userName);
    expectStatus(await acme.client.delete(`/Users/${id}`), 204);
    expectList(await acme.client.find("/Users", `userName eq "${userName}"`), 0);
    expect(await read(globex.client, `/Users/${id}`)).to.include({
      active: true,
      externalId: entra.externalId(userName),
    });
    const back = expectStatus(await acme.client.post("/Users", okta.create(userName)), 201);
    expect(back).to.include({ id, active: true });
  });
});
