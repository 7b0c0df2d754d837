import { expect } from "chai";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expectError, expectStatus } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { createGroup, createUser, unique } from "../support/factories.js";
import { ask, look } from "../support/links.js";
import { linkIn, MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";

/** So many milliseconds later an address can get mail again. */
const LATER = 3_600_000;

/** How a client can send nothing. */
const NOTHING: readonly (readonly [how: string, headers: Record<string, string | null>])[] = [
  ["without a body", {}],
  ["with a length of 0", { "content-length": "0" }],
  ["with a type and no body", { "content-type": "application/scim+json" }],
  [
    "as a form without fields, like curl -d ''",
    { "content-type": "application/x-www-form-urlencoded", "content-length": "0" },
  ],
  ["in chunks of which there are none", { "transfer-encoding": "chunked" }],
];

describe("An action without a body", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let scim: ScimClient;
    let organization: Body;

    before(async () => {
      server = await startServer(engine, { SMTP_URL: await mailbox.start() });
      scim = server.scim;
      organization = await createGroup(scim);
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    const invite = async (email: string): Promise<Body> => {
      const invitation = {
        schemas: [INVITATION],
        organization: { value: organization.id },
        emails: [{ value: email }],
      };
      return expectStatus(await scim.post("/Invitations", invitation), 201);
    };

    for (const [how, headers] of NOTHING) {
      it(`sends an invitation again, and rotates a token, ${how}`, async () => {
        const { id } = await invite(`${unique("again")}@example.com`);
        expectStatus(
          await server.ahead(LATER, () => scim.request("POST", `/Invitations/${id}/resend`, { headers })),
          200,
        );
        const { token } = await server.services.operator.issueToken(unique("rotated"));
        const rotated = await scim.request("POST", `/AccessTokens/${token.id}/rotate`, { headers });
        expect(expectStatus(rotated, 200).token).to.be.a("string");
      });
    }

    it("works in an organization's realm", async () => {
      const own = await clientWith(server, { organization: organization.id });
      const { id } = await invite(`${unique("own")}@example.com`);
      const resend = () => own.request("POST", `/Invitations/${id}/resend`);
      expectStatus(await server.ahead(LATER, resend), 200);
    });

    it("declines an invitation, however the link is asked", async () => {
      for (const headers of [
        {},
        { "content-type": "application/json" },
        { "content-type": "application/x-www-form-urlencoded" },
      ]) {
        const email = `${unique("declining")}@example.com`;
        await invite(email);
        const link = linkIn(await mailbox.expect(email));
        expect((await ask(`${link}/decline`, { method: "POST", headers })).status).to.equal(204);
        expect((await look(link)).body).to.include({ reason: "declined" });
      }
    });

    it("is no way round the form that a browser sends", async () => {
      const email = `${unique("browser")}@example.com`;
      await invite(email);
      const link = linkIn(await mailbox.expect(email));
      const headers = { accept: "text/html", "content-type": "application/x-www-form-urlencoded" };
      expect((await ask(`${link}/decline`, { method: "POST", headers })).status).to.equal(403);
      expect(
        (await ask(`${link}/decline`, { method: "POST", headers: { accept: "text/html" } })).status,
      ).to.equal(415);
      expect((await look(link)).status).to.equal(200);
    });

    it("is the only request that needs none", async () => {
      const { id } = await createUser(scim);
      for (const [method, path] of [
        ["POST", "/Users"],
        ["PUT", `/Users/${id}`],
        ["PATCH", `/Users/${id}`],
        ["POST", "/Users/.search"],
        ["POST", "/Bulk"],
      ] as const) {
        expectError(await scim.request(method, path), { status: 400, scimType: "invalidSyntax" });
      }
      const { token } = await server.services.operator.issueToken(unique("typed"));
      const options = { raw: "overlap=0", headers: { "content-type": "application/x-www-form-urlencoded" } };
      expectError(await scim.request("POST", `/AccessTokens/${token.id}/rotate`, options), { status: 415 });
      const chunks = "9\r\noverlap=0\r\n0\r\n\r\n";
      expect(await sendChunks(scim, `/AccessTokens/${token.id}/rotate`, chunks)).to.match(/^HTTP\/1.1 400 /);
    });
  });
});

/** Sends a body without a type or a length. */
async function sendChunks({ url, token }: ScimClient, path: string, chunks: string): Promise<string> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST ${pathname}${path} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\n` +
      `Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
  );
  return text(socket);
}
