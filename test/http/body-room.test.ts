import { expect } from "chai";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { expectStatus } from "../support/assertions.js";
import { BULK_REQUEST } from "../support/bulk.js";
import { whileOthersAreServed } from "../support/bystander.js";
import type { ScimClient } from "../support/client.js";
import { createGroup, createUser } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const LONGEST = 16 * 2 ** 20;

/** So many of the longest bodies have room, of one realm. */
const ROOM = 2;

describeServer("Long bodies that come slowly", (scim, server) => {
  const inRealm = async () => clientWith(server(), { organization: (await createGroup(scim)).id });

  it("take up the room of one realm, whose short requests and other realms go on", async () => {
    const [attacker, bystander] = [await inRealm(), await inRealm()];
    const slow = Array.from({ length: 5 * ROOM }, () => begin(attacker, attacker.token));
    await whileOthersAreServed(bystander, async () => {
      await createUser(attacker);
      await sendLong(bystander);
    });
    for (const request of slow) request.destroy();
  });

  it("make way for others of the realm when they have ended", async () => {
    const client = await inRealm();
    const slow = Array.from({ length: ROOM }, () => begin(client, client.token));
    await createUser(client);
    let isDone = false;
    const waiting = sendLong(client).then(() => (isDone = true));
    await createUser(client);
    expect(isDone).to.equal(false);
    slow[0]?.destroy();
    await waiting;
    slow[1]?.destroy();
  });

  it("are not read without an access token", async () => {
    const request = begin(scim, "nobody");
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    expect(answer.statusCode).to.equal(401);
    request.destroy();
  });
});

/** Sends the beginning of a Bulk that is as long as one can be. */
function begin({ url }: ScimClient, token: string): ClientRequest {
  const request = httpRequest(`${url}/Bulk`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/scim+json",
      "content-length": LONGEST,
    },
  });
  request.on("error", () => undefined);
  request.write("{");
  return request;
}

/** A Bulk that is long, though it does little. */
async function sendLong(client: ScimClient): Promise<void> {
  const raw = `{"schemas":["${BULK_REQUEST}"],"Operations":[{"method":"DELETE","path":"/Users/nobody"}]${" ".repeat(2 ** 20)}}`;
  const answer = await client.request("POST", "/Bulk", { raw });
  expectStatus(answer, 200);
}
