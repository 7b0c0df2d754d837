import { expect } from "chai";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expectStatus } from "../support/assertions.js";
import type { Answer } from "../support/client.js";
import { CORE_USER, createUser } from "../support/factories.js";
import { describeServer } from "../support/server.js";

describeServer("The headers of answers", (scim) => {
  function expectHeaders({ headers }: Answer): void {
    expect(headers["cache-control"]).to.equal("no-store");
    expect(headers["x-content-type-options"]).to.equal("nosniff");
  }

  it("keep every answer out of caches, and from being taken for something else", async () => {
    const user = await createUser(scim);
    const body = { schemas: [CORE_USER], userName: user.userName };
    // One after the other: what the last one deletes, earlier ones need.
    const requests: [number, () => Promise<Answer>][] = [
      [200, () => scim.get(`/Users/${user.id}`)],
      [200, () => scim.request("HEAD", `/Users/${user.id}`)],
      [200, () => scim.get("/Users?count=1")],
      [200, () => scim.get("/AuditEvents?count=1000")],
      [200, () => scim.get("/ServiceProviderConfig")],
      [200, () => scim.get("/Schemas")],
      [409, () => scim.post("/Users", body)],
      [404, () => scim.get("/Users/unknown")],
      [404, () => scim.get("/Nope")],
      [405, () => scim.put("/Users", body)],
      [400, () => scim.request("POST", "/Users", { raw: "{", headers: {} })],
      [401, () => scim.request("GET", "/Users", { headers: { authorization: null } })],
      [414, () => scim.get(`/Users?filter=${"x".repeat(40_000)}`)],
      [204, () => scim.delete(`/Users/${user.id}`)],
    ];
    for (const [status, send] of requests) expectHeaders(withStatus(await send(), status));
  });

  it("are there when what a client has is the current version, too", async () => {
    const user = await createUser(scim);
    const answer = await scim.get(`/Users/${user.id}`, { "if-none-match": user.meta.version });
    expectHeaders(withStatus(answer, 304));
    expect(answer.headers.etag).to.equal(user.meta.version);
    expect(answer.text).to.equal("");
    expectStatus(await scim.get(`/Users/${user.id}`, { "if-none-match": 'W/"0"' }), 200);
  });

  it("are there when what was sent is no HTTP", async () => {
    const { port } = new URL(scim.url);
    const socket = connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    socket.end("nonsense\r\n\r\n");
    const answer = await text(socket);
    expect(answer).to.match(/^HTTP\/1.1 400 /);
    expect(answer)
      .to.match(/^Cache-Control: no-store\r$/m)
      .and.match(/^X-Content-Type-Options: nosniff\r$/m);
  });
});

function withStatus(answer: Answer, status: number): Answer {
  expect(answer.status, answer.text).to.equal(status);
  return answer;
}
