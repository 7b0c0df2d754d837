import { expect } from "chai";
import { setTimeout as wait } from "node:timers/promises";
import { UndeliverableError } from "../../src/delivery/mail/transport.js";
import { expectError, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, createUser, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { CHEAP_PASSWORDS, describeServer } from "../support/server.js";

const SETTINGS = "urn:muster:params:scim:schemas:core:2.0:Settings";

interface Setting {
  readonly name: string;
  readonly value?: string;
  readonly isDefault: boolean;
}

interface State extends Body {
  readonly version: string;
  readonly status: string;
  readonly startedAt: string;
  readonly database: { readonly engine: string; readonly version: string };
  readonly mail: { readonly waiting: number; readonly failed: number; readonly oldestAt?: string };
  readonly jobs: readonly { readonly value: string; readonly status: string; readonly lastRunAt?: string }[];
  readonly settings: readonly Setting[];
}

const stateOf = async (client: ScimClient) => (await read(client, "/Settings")) as State;

/** Mail that cannot be sent now, or never. */
const outgoing = { isHopeless: false };

const mailer = {
  send: () =>
    Promise.reject(outgoing.isHopeless ? new UndeliverableError("no such mailbox") : new Error("no server")),
};

const SECRET = "hunter2-hunter2-hunter2";

const GIVEN = {
  SMTP_URL: `smtps://${SECRET}:${SECRET}@smtp.example.com`,
  ACCEPTED_URL: `https://me:${SECRET}@example.com/welcome`,
  PRODUCT_NAME: "Acme Suite",
};

describeServer(
  "Settings",
  (scim, server) => {
    it("say what the server runs with, without secrets", async () => {
      const answer = await scim.get("/Settings");
      const state = expectStatus(answer, 200) as State;
      expect(state.schemas).to.deep.equal([SETTINGS]);
      expect(state.meta.location).to.equal(`${scim.url}/Settings`);
      const of = (name: string) => state.settings.find((each) => each.name === name);
      expect(of("PRODUCT_NAME")).to.include({ value: "Acme Suite", default: "Muster", isDefault: false });
      expect(of("SMTP_URL")).to.include({ value: "smtps://smtp.example.com" });
      expect(of("MUSTER_BOOTSTRAP_TOKEN")).to.include({ value: "set" });
      expect(of("LIST_TIMEOUT")).to.include({ value: "8", isDefault: true });
      const said = JSON.stringify(state);
      expect(said).not.to.include(SECRET);
      expect(said).not.to.include(scim.token);
    });

    it("say which versions run, since when, and on what", async () => {
      const state = await stateOf(scim);
      expect(state).to.include({ status: "ok", nodeVersion: process.version, processes: 1 });
      expect(state.version).to.match(/^\d+\.\d+\.\d+/);
      expect(Date.now() - Date.parse(state.startedAt)).to.be.within(0, 600_000);
      expect(state.database.version).to.match(/^\d+\.\d+/);
      expect(server().databaseUrl.startsWith(state.database.engine)).to.equal(true);
    });

    it("say how the jobs go", async () => {
      const { jobs } = await stateOf(scim);
      expect(jobs.map(({ value }) => value)).to.include("sending mail");
      expect(jobs.every(({ status }) => status === "ok")).to.equal(true);
    });

    it("say how much mail waits since when, and how much was given up lately", async () => {
      const invite = async () => {
        const organization = { value: (await createGroup(scim)).id };
        const schemas = ["urn:muster:params:scim:schemas:core:2.0:Invitation"];
        const emails = [{ value: `${unique("erin")}@example.com` }];
        return expectStatus(await scim.post("/Invitations", { schemas, organization, emails }), 201);
      };
      expect((await stateOf(scim)).mail).to.deep.equal({
        ...{ transport: "mailer", waiting: 0, atLeast: false, failed: 0 },
      });
      const { meta } = await invite();
      const { mail } = await stateOf(scim);
      expect(mail).to.include({ waiting: 1, failed: 0 });
      expect(Math.abs(Date.parse(mail.oldestAt ?? "") - Date.parse(meta.created))).to.be.below(1000);
      outgoing.isHopeless = true;
      await invite();
      // The mail that waited may have to wait for its next attempt.
      for (let tries = 0; (await stateOf(scim)).mail.failed === 0 && tries < 100; tries += 1) await wait(50);
      const later = (await stateOf(scim)).mail;
      expect(later.waiting + later.failed).to.equal(2);
      expect(later.failed).to.be.at.least(1);
      const lately = 8 * 24 * 60 * 60 * 1000;
      await server().ahead(lately, async () => {
        expect((await stateOf(scim)).mail.failed).to.equal(0);
      });
    });

    it("can be read in the provider's realm by administrators alone, and changed by nobody", async () => {
      const { id } = await createGroup(scim);
      const reader = await clientWith(server(), { readOnly: true });
      expectStatus(await reader.get("/Settings"), 200);
      expect((await read(scim, "/Realm")).actions).to.include("read Settings");
      const own = await clientWith(server(), { organization: id });
      expectError(await own.get("/Settings"), { status: 403 });
      expect((await read(own, "/Realm")).actions).not.to.include("read Settings");
      const { userName } = await createUser(scim);
      expectError(await (await clientWith(server(), { userName })).get("/Settings"), { status: 403 });
      expectError(await scim.patch("/Settings", { op: "replace", path: "status", value: "ok" }), {
        status: 405,
      });
      expectError(await scim.get("/Settings/1"), { status: 404 });
    });
  },
  GIVEN,
  { ...CHEAP_PASSWORDS, mailer },
);
