import { expect } from "chai";
import { expectError, expectList, expectStatus } from "../support/assertions.js";
import type { Answer, ScimClient } from "../support/client.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, unique } from "../support/factories.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const TOOL = "https://tools.example.com";
const OTHER = "https://other.example.com";

/** What a browser asks before it sends a request with a token. */
const preflight = (scim: ScimClient, origin: string, path = "/Users") =>
  scim.request("OPTIONS", path, {
    headers: {
      authorization: null,
      origin,
      "access-control-request-method": "PATCH",
      "access-control-request-headers": "authorization,content-type,if-match",
    },
  });

const corsHeaders = ({ headers }: Answer) =>
  Object.keys(headers).filter((name) => name.startsWith("access-control-"));

describe("Scripts in pages of another origin", () => {
  forEachEngine((engine) => {
    const started = (settings: Readonly<Record<string, string>>) => {
      let server: ServerInProcess;
      before(async () => {
        server = await startServer(engine, settings);
      });
      after(() => server.stop());
      return () => server.scim;
    };

    describe("without a setting", () => {
      const scim = started({});

      it("get nothing", async () => {
        expectError(await preflight(scim(), TOOL), { status: 401 });
        const answer = await scim().get("/Users", { origin: TOOL });
        expectList(answer);
        expect(corsHeaders(answer)).to.deep.equal([]);
      });
    });

    describe("with origins", () => {
      const scim = started({ CORS_ORIGINS: `http://localhost:5173, ${TOOL}/` });

      it("ask without a token what they may send", async () => {
        for (const path of [
          "/Users",
          "//users/x",
          "/Bulk",
          "/ServiceProviderConfig",
          "/AccessTokens/1/rotate",
        ]) {
          const { status, text, headers } = await preflight(scim(), TOOL, path);
          expect([status, text]).to.deep.equal([204, ""]);
          expect(headers["access-control-allow-origin"]).to.equal(TOOL);
          expect(headers["access-control-allow-methods"]).to.equal("GET,HEAD,POST,PUT,PATCH,DELETE");
          expect(headers["access-control-allow-headers"]).to.equal("authorization,content-type,if-match");
          expect(headers["access-control-max-age"]).to.equal("600");
          expect(headers).to.not.have.property("access-control-allow-credentials");
        }
      });

      it("read answers, errors included, and the headers that they need", async () => {
        const user = { schemas: [CORE_USER], userName: unique("cors") };
        const headers = { origin: TOOL };
        const made = await scim().request("POST", "/Users", { body: user, headers });
        expectStatus(made, 201);
        const wrong = await scim().request("GET", "/Users", {
          headers: { ...headers, authorization: "Bearer x" },
        });
        expectError(wrong, { status: 401 });
        for (const answer of [made, wrong, await scim().get("/Nope", headers)]) {
          expect(answer.headers["access-control-allow-origin"]).to.equal(TOOL);
          expect(answer.headers.vary).to.include("Origin");
          expect(answer.headers["access-control-expose-headers"]?.split(",")).to.include.members([
            "ETag",
            "Location",
            "Retry-After",
          ]);
          expect(answer.headers).to.not.have.property("access-control-allow-credentials");
        }
      });

      it("of no other one get anything", async () => {
        for (const origin of [
          OTHER,
          "null",
          `${TOOL}.example.com`,
          "http://tools.example.com",
          `${TOOL}:8443`,
        ]) {
          const answer = await preflight(scim(), origin);
          expect(answer.headers).to.not.have.property("access-control-allow-origin");
          const read = await scim().get("/Users", { origin });
          expect(read.headers).to.not.have.property("access-control-allow-origin");
        }
      });

      it("are all that is answered without a token", async () => {
        for (const headers of [{}, { origin: TOOL }, { "access-control-request-method": "GET" }]) {
          const options = { headers: { ...headers, authorization: null } };
          expectError(await scim().request("OPTIONS", "/Users", options), { status: 401 });
        }
        const headers = { authorization: null, origin: TOOL, "access-control-request-method": "GET" };
        expectError(await scim().request("GET", "/Users", { headers }), { status: 401 });
      });
    });

    describe("with a star", () => {
      const scim = started({ CORS_ORIGINS: "*" });

      it("are all let in, never with cookies", async () => {
        for (const answer of [
          await preflight(scim(), OTHER),
          await scim().get("/Users", { origin: OTHER }),
        ]) {
          expect(answer.headers["access-control-allow-origin"]).to.equal("*");
          expect(answer.headers).to.not.have.property("access-control-allow-credentials");
        }
      });
    });
  });
});
