import { expect } from "chai";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { FailedAuthentication } from "../../src/http/authentication/failed-authentication.js";
import { expectError, expectList, expectStatus } from "../support/assertions.js";
import { whileOthersAreServed } from "../support/bystander.js";
import { ScimClient } from "../support/client.js";
import { CORE_USER, createGroup, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const WRONG_TOKENS = 2000;

describeServer("A credential that is refused", (scim, server) => {
  const clientFor = (token: string) => new ScimClient(() => ({ url: server().scim.url, token }));

  it("is an event in the audit log of the realm that it was for, and of no other", async () => {
    const { operator } = server().services;
    const { id: organization } = await createGroup(scim);
    const own = await clientWith(server(), { organization });
    const other = await clientWith(server(), { organization: (await createGroup(scim)).id });
    const { token, secret } = await operator.issueToken("Okta", { organization });
    await operator.revokeToken(token.id);
    for (let time = 0; time < 3; time += 1)
      expectError(await clientFor(secret).get("/Users"), { status: 401 });
    await server().services.refusals.writeDown();
    const ofToken = `target.value eq "${token.id}" and action eq "authenticate"`;
    for (const client of [own, scim]) {
      const [event] = expectList(await client.find("/AuditEvents", ofToken), 1);
      expect(event).to.include({ result: "refused", status: 401, count: 3, realm: "organization" });
      expect(event?.detail).to.equal("the access token is revoked");
      expect(event?.target).to.include({ type: "AccessToken", display: "Okta" });
      expect(event?.token).to.include({ value: token.id });
    }
    expectList(await other.find("/AuditEvents", ofToken), 0);
    expectList(await other.find("/AuditEvents", 'action eq "authenticate"'), 0);
  });

  it("says in the audit log why it was refused", async () => {
    const { operator } = server().services;
    const { id: organization } = await createGroup(scim);
    const own = await clientWith(server(), { organization });
    const expiresAt = new Date(Date.now() + 20).toISOString();
    const expired = await operator.issueToken("expired", { organization, expiresAt });
    await sleep(30);
    const rotated = await operator.issueToken("rotated", { organization });
    expectStatus(await scim.post(`/AccessTokens/${rotated.token.id}/rotate`, { overlap: 0 }), 200);
    const owned = expectStatus(
      await own.post("/Users", { schemas: [CORE_USER], userName: unique("owner") }),
      201,
    );
    const personal = await operator.issueToken("personal", { organization, userName: owned.userName });
    await own.patch(`/Users/${owned.id}`, { op: "replace", path: "active", value: false });
    for (const { secret } of [expired, rotated, personal]) {
      expectError(await clientFor(secret).get("/Users"), { status: 401 });
    }
    const events = expectList(
      await own.find("/AuditEvents", 'action eq "authenticate"', "&sortBy=timestamp"),
      3,
    );
    expect(events.map(({ detail }) => detail)).to.deep.equal([
      "the access token has expired",
      "the access token has another secret since its rotation",
      "the user of the access token is inactive",
    ]);
  });

  it("by nobody's token leaves nothing in the audit log", async () => {
    const before = expectStatus(await scim.get("/AuditEvents?count=0"), 200).totalResults;
    for (const token of ["x", "unknown".repeat(5), "y".repeat(50_000)]) {
      expectError(await clientFor(token).get("/Users"), { status: 401 });
    }
    expect(expectStatus(await scim.get("/AuditEvents?count=0"), 200).totalResults).to.equal(before);
  });

  it("is not what a request without a bearer token has, which is never slowed", async () => {
    const headers = [null, "Basic ZGFuYTpzZWNyZXQ=", "Digest x", `Basic ${"x".repeat(50_000)}`];
    for (let round = 0; round < 30; round += 1) {
      for (const authorization of headers) {
        const answer = await scim.request("GET", "/Users", { headers: { authorization } });
        expectError(answer, { status: 401 });
        expect(answer.headers["www-authenticate"]).to.match(/^Bearer realm="[^"]+"$/);
      }
    }
  });

  it("can be two at a time, of which none counts", async () => {
    const { origin, pathname } = new URL(server().scim.url);
    const request = httpRequest(origin, { path: `${pathname}/Users` });
    request.setHeader("Authorization", [`Bearer ${scim.token}`, "Basic ZGFuYTpzZWNyZXQ="]);
    request.end();
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).to.equal(401);
    expect(answer.headers["www-authenticate"]).to.include('error="invalid_request"');
  });

  it("many times from one address is slowed and then refused, and a valid one from there is not", async function () {
    this.timeout(120_000);
    const own = await clientWith(server(), { organization: (await createGroup(scim)).id });
    const statuses = new Map<number, number>();
    // Who is served meanwhile comes from the same address.
    await whileOthersAreServed(own, async () => {
      let next = 0;
      const guess = async () => {
        while (next < WRONG_TOKENS) {
          const answer = await clientFor(`muster_guess${"0".repeat(30)}${next++}`).get("/Users");
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          if (answer.status === 429) {
            expectError(answer, { status: 429 });
            expect(Number(answer.headers["retry-after"])).to.be.within(1, 60);
          }
        }
      };
      await Promise.all(Array.from({ length: 20 }, guess));
    });
    expect((statuses.get(401) ?? 0) + (statuses.get(429) ?? 0)).to.equal(WRONG_TOKENS);
    expect(statuses.get(429)).to.be.greaterThan(WRONG_TOKENS / 2);
  });
});

describe("The log of refused credentials", () => {
  const response = { once: () => undefined } as never;
  const failure = (address: string) => ({
    ...{ reason: "unknown", hash: "01234567", tokenId: undefined, address, requestId: "r" },
  });

  it("has few lines, whatever comes from wherever, and sums up the rest", async () => {
    const lines: { msg: string; count?: number; address?: string }[] = [];
    const logger = pino(
      { level: "warn" },
      { write: (line: string) => lines.push(JSON.parse(line) as never) },
    );
    const failures = new FailedAuthentication(logger);
    for (let network = 0; network < 500; network += 1) {
      for (let time = 0; time < 20; time += 1) {
        await failures.note(failure(`10.0.${network >> 8}.${network & 255}`), response);
      }
    }
    failures.endWindow();
    expect(lines.length).to.be.within(50, 75);
    const logged = lines.filter(({ address }) => address !== undefined).length;
    const summed = lines.reduce((sum, { count = 0 }) => sum + count, 0);
    expect(logged + summed).to.equal(10_000);
    expect(lines[0]).to.include({ reason: "unknown", hash: "01234567", address: "10.0.0.0" });
    failures.endWindow();
    expect(logged + lines.reduce((sum, { count = 0 }) => sum + count, 0)).to.equal(10_000);
  });
});
