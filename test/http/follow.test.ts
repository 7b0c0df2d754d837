import { expect } from "chai";
import { get } from "node:http";
import type { IncomingMessage } from "node:http";
import { expectError, expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, createUser } from "../support/factories.js";
import { clientWith, describeInBothRealms } from "../support/realms.js";
import { describeServer } from "../support/server.js";

/** A client that follows the audit log. */
class Follower {
  readonly events: { id: string; event: Body }[] = [];
  isEnded = false;
  #text = "";

  private constructor(readonly response: IncomingMessage) {
    response.setEncoding("utf8");
    response.on("data", (text: string) => {
      this.#text += text;
      const blocks = this.#text.split("\n\n");
      this.#text = blocks.pop() ?? "";
      for (const block of blocks) {
        const [, id = "", data = ""] = /^id: (\S+)\ndata: (.*)$/.exec(block) ?? [];
        if (id !== "") this.events.push({ id, event: JSON.parse(data) as Body });
      }
    });
    response.on("close", () => {
      this.isEnded = true;
    });
    response.on("error", () => undefined);
  }

  static begin(client: ScimClient, filter = "", headers: Record<string, string> = {}): Promise<Follower> {
    const query = filter === "" ? "" : `?filter=${encodeURIComponent(filter)}`;
    return new Promise((resolve, reject) => {
      get(
        `${client.url}/AuditEvents${query}`,
        { headers: { ...headers, accept: "text/event-stream", authorization: `Bearer ${client.token}` } },
        (response) => {
          resolve(new Follower(response));
        },
      ).on("error", reject);
    });
  }

  async until(isSo: (follower: Follower) => boolean): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!isSo(this)) {
      if (Date.now() > deadline) throw new Error(`It did not come to that: ${JSON.stringify(this.events)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  tellsOf({ id }: Body): boolean {
    return this.events.some(({ event }) => (event.target as { value?: string }).value === id);
  }

  end(): void {
    this.response.destroy();
  }
}

describeInBothRealms("Who follows the audit log", (scim) => {
  it("gets what happens from then on, once, as it is in the log", async () => {
    const before = await createUser(scim);
    const follower = await Follower.begin(scim);
    expect(follower.response.statusCode).to.equal(200);
    expect(follower.response.headers["content-type"]).to.equal("text/event-stream");
    expect(follower.response.headers["cache-control"]).to.include("no-transform");
    const after = await createUser(scim);
    await follower.until((each) => each.tellsOf(after));
    const later = await createUser(scim);
    await follower.until((each) => each.tellsOf(later));
    follower.end();
    expect(new Set(follower.events.map(({ id }) => id)).size).to.equal(follower.events.length);
    for (const { id, event } of follower.events) {
      expect(id).to.equal(event.id);
      expect(event).to.deep.equal(await read(scim, `/AuditEvents/${id}`));
    }
    expect(follower.tellsOf(before) ? follower.events.length : 2).to.be.at.most(3);
  });

  it("gets what matches alone", async () => {
    const follower = await Follower.begin(scim, 'action eq "delete"');
    const user = await createUser(scim);
    expectStatus(await scim.delete(`/Users/${user.id}`), 204);
    await follower.until((each) => each.tellsOf(user));
    follower.end();
    expect(follower.events.map(({ event }) => event.action)).to.deep.equal(["delete"]);
  });

  it("gets what came meanwhile after the connection was lost", async () => {
    const first = await Follower.begin(scim);
    const user = await createUser(scim);
    await first.until((each) => each.tellsOf(user));
    first.end();
    const missed = await createUser(scim);
    const again = await Follower.begin(scim, "", { "last-event-id": first.events.at(-1)?.id ?? "" });
    await again.until((each) => each.tellsOf(missed));
    again.end();
  });

  it("is refused a filter that a list refuses, and an id that is none", async () => {
    const events = { accept: "text/event-stream" };
    expectError(await scim.get("/AuditEvents?filter=action%20is", events), {
      status: 400,
      scimType: "invalidFilter",
    });
    expectError(await scim.get("/AuditEvents", { ...events, "last-event-id": "1" }), {
      status: 400,
      scimType: "invalidValue",
    });
  });
});

describeServer("Following the audit log", (scim, server) => {
  let acme: Body;
  let own: ScimClient;
  let others: ScimClient;

  before(async () => {
    acme = await createGroup(scim);
    own = await clientWith(server(), { organization: acme.id });
    others = await clientWith(server(), { organization: (await createGroup(scim)).id });
  });

  it("tells of the realm alone", async () => {
    const [follower, outsider] = [await Follower.begin(own), await Follower.begin(others)];
    const user = await createUser(own);
    const elsewhere = await createUser(others);
    await follower.until((each) => each.tellsOf(user));
    await outsider.until((each) => each.tellsOf(elsewhere));
    expect(follower.tellsOf(elsewhere) || outsider.tellsOf(user)).to.equal(false);
    follower.end();
    outsider.end();
  });

  it("ends when the token is revoked", async () => {
    const client = await clientWith(server(), { organization: acme.id });
    const follower = await Follower.begin(client);
    const { value } = (await read(client, "/Realm")).actor as { value: string };
    expectStatus(await own.delete(`/AccessTokens/${value}`), 204);
    await follower.until(({ isEnded }) => isEnded);
    const after = await createUser(own);
    expect(follower.tellsOf(after)).to.equal(false);
  });

  it("ends when the person loses the role", async () => {
    const dana = await createUser(own);
    await own.patch(`/Users/${dana.id}`, {
      op: "add",
      path: "roles",
      value: [{ value: "organization-admin" }],
    });
    const { userName } = await read(scim, `/Users/${dana.id}`);
    const client = await clientWith(server(), { organization: acme.id, userName });
    const follower = await Follower.begin(client);
    await own.patch(`/Users/${dana.id}`, { op: "remove", path: "roles" });
    await follower.until(({ isEnded }) => isEnded);
    expectError(await client.get("/AuditEvents", { accept: "text/event-stream" }), { status: 403 });
  });

  it("is for a few at a time of one organization, and for others all the same", async () => {
    const client = await clientWith(server(), { organization: acme.id });
    const followers: Follower[] = [];
    for (let number = 0; number < 5; number += 1) followers.push(await Follower.begin(client));
    expectError(await client.get("/AuditEvents", { accept: "text/event-stream" }), { status: 503 });
    const other = await Follower.begin(others);
    expect(other.response.statusCode).to.equal(200);
    expectStatus(await client.get("/AuditEvents"), 200);
    for (const each of [...followers, other]) each.end();
  });
});
