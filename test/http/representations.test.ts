import { expect } from "chai";
import { gunzipSync } from "node:zlib";
import { get } from "node:http";
import { buffer } from "node:stream/consumers";
import type { IncomingMessage } from "node:http";
import { expectError, expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { createGroup, createUser, createUsers } from "../support/factories.js";
import { describeServer } from "../support/server.js";

const SCIM = "application/scim+json; charset=utf-8";
const PLAIN = "application/json; charset=utf-8";

describeServer("An answer", (scim) => {
  let user: Body;
  let group: Body;

  before(async () => {
    user = await createUser(scim);
    group = await createGroup(scim, await createUsers(scim, 60));
  });

  describe("has the media type that the client likes best:", () => {
    const cases: [accept: string | null, type: string][] = [
      [null, SCIM],
      ["*/*", SCIM],
      ["application/*", SCIM],
      ["application/scim+json", SCIM],
      ["application/json", PLAIN],
      ["application/json; charset=utf-8", PLAIN],
      ["APPLICATION/JSON", PLAIN],
      ["application/scim+json, application/json", SCIM],
      ["application/json;q=0.9, application/scim+json;q=0.5", PLAIN],
      ["application/json;q=0.5, application/scim+json", SCIM],
      ["application/scim+json;q=0, application/json", PLAIN],
      ["text/html, */*;q=0.1", SCIM],
      ["text/html", SCIM],
    ];
    for (const [accept, type] of cases) {
      it(`${type} for Accept: ${accept ?? "none"}`, async () => {
        for (const path of [`/Users/${user.id}`, "/Users", "/Schemas", "/Nope"]) {
          const { headers } = await scim.request("GET", path, { headers: { accept } });
          expect(headers["content-type"], path).to.equal(type);
          expect(headers.vary, path).to.match(/\baccept\b(?!-)/i);
        }
      });
    }
  });

  describe("says where the resource is", () => {
    const rename = { op: "replace", path: "displayName", value: "Renamed" };
    it("that it holds, whatever the method", async () => {
      const answers = [
        await scim.get(`/Users/${user.id}`),
        await scim.get(`/Users/${user.id}/?attributes=userName`),
        await scim.put(`/Users/${user.id}`, user),
        await scim.patch(`/Users/${user.id}`, rename),
      ];
      for (const { headers } of answers) {
        expect(headers.location).to.equal(user.meta.location);
        expect(headers["content-location"]).to.equal(user.meta.location);
        expect(headers.etag).to.be.a("string");
      }
      const { headers } = await scim.get(`/Groups/${group.id}?excludedAttributes=members`);
      expect(headers["content-location"]).to.equal(group.meta.location);
    });

    it("but not when it holds none", async () => {
      for (const path of ["/Users", "/Users/nobody"]) {
        expect((await scim.get(path)).headers).to.not.have.any.keys("location", "content-location", "etag");
      }
    });
  });

  describe("to HEAD", () => {
    it("is that to GET without its body", async () => {
      for (const path of [`/Users/${user.id}`, `/Groups/${group.id}`, "/Users", "/Schemas"]) {
        const answer = await scim.request("HEAD", path);
        const full = await scim.get(path);
        expect(answer.status).to.equal(200);
        expect(answer.text).to.equal("");
        for (const name of ["content-type", "etag", "content-location"]) {
          expect(answer.headers[name]).to.equal(full.headers[name]);
        }
      }
      expect((await scim.request("HEAD", "/Users/nobody")).status).to.equal(404);
    });
  });

  it("to OPTIONS says what can be done", async () => {
    const answer = await scim.request("OPTIONS", "/Users");
    expectError(answer, { status: 405 });
    expect(answer.headers.allow).to.equal("GET, HEAD, POST");
  });

  describe("is compressed", () => {
    const fetched = (path: string, encoding: string) =>
      new Promise<{ headers: IncomingMessage["headers"]; body: Buffer }>((resolve, reject) => {
        const headers = { authorization: `Bearer ${scim.token}`, "accept-encoding": encoding };
        get(scim.url + path, { headers }, (response) => {
          buffer(response).then((body) => resolve({ headers: response.headers, body }), reject);
        }).on("error", reject);
      });

    it("when it is long and the client takes it", async () => {
      for (const path of [`/Groups/${group.id}`, "/Users?count=50", "/Schemas"]) {
        const { headers, body } = await fetched(path, "gzip, deflate");
        expect(headers["content-encoding"]).to.equal("gzip");
        expect(headers.vary).to.match(/accept-encoding/i);
        const plain = gunzipSync(body).toString();
        expect(plain).to.equal((await scim.get(path)).text);
        expect(body.length).to.be.below(plain.length / 2);
      }
    });

    it("not when it is short, or the client does not take it", async () => {
      expect((await fetched(`/Users/${user.id}`, "gzip")).headers).to.not.have.property("content-encoding");
      expect((await fetched("/Schemas", "identity")).headers).to.not.have.property("content-encoding");
      expect((await fetched("/Schemas", "gzip;q=0")).headers).to.not.have.property("content-encoding");
    });
  });

  it("is the same with a slash at the end, and with an id that is percent-encoded", async () => {
    const { text } = await scim.get(`/Users/${user.id}`);
    const encoded = Array.from(user.id, (each) => `%${each.charCodeAt(0).toString(16)}`).join("");
    for (const path of [`/Users/${user.id}/`, `/Users/${encoded}`, `/Users/${user.id}?`]) {
      expect((await scim.get(path)).text).to.equal(text);
    }
    for (const path of ["/Users/", "/Users/?count=1", "/Groups/", "/Schemas/", "/ResourceTypes/"]) {
      expectStatus(await scim.get(path), 200);
    }
    for (const id of ["a%2Fb", "%2e%2e", "%00", "a%0d%0aSet-Cookie:x", "%F0%9F%98%80"]) {
      expectError(await scim.get(`/Users/${id}`), { status: 404 });
    }
  });
});
