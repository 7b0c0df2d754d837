import { expect } from "chai";
import { expectError, expectStatus, read } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { ScimClient } from "../support/client.js";
import { createUser, omit } from "../support/factories.js";
import { describeServer } from "../support/server.js";

describeServer("/Me", (scim, server) => {
  let user: Body;
  let own: ScimClient;

  beforeEach(async () => {
    user = await createUser(scim, { displayName: "Dana" });
    const { secret } = await server().services.operator.issueToken("own", {
      userName: user.userName.toUpperCase(),
    });
    own = new ScimClient(() => ({ url: scim.url, token: secret }));
  });

  it("is the User that the token belongs to, with the resource's own address", async () => {
    for (const path of ["/Me", "/Me/", "/Me?attributes="]) {
      const answer = await own.get(path);
      expect(expectStatus(answer, 200)).to.deep.equal(user);
      expect(answer.headers.location).to.equal(user.meta.location);
      expect(answer.headers["content-location"]).to.equal(user.meta.location);
    }
    expect(expectStatus(await own.get("/Me?attributes=displayName"), 200)).to.have.all.keys(
      "schemas",
      "id",
      "displayName",
    );
    expectStatus(await own.get("/Me", { "if-none-match": user.meta.version }), 304);
    expectStatus(await own.request("HEAD", "/Me"), 200);
  });

  it("is read-only, for an administrator, too, who changes the User at its own address", async () => {
    const refused = { status: 403, detail: /'\/Me' is read-only/ };
    const roles = [{ value: "provider-admin" }];
    await createUser(scim, { roles });
    for (const value of [[], roles]) {
      await scim.patch(`/Users/${user.id}`, { op: "replace", path: "roles", value });
      const before = await read(scim, `/Users/${user.id}`);
      expectError(await own.patch("/Me", { op: "replace", path: "displayName", value: "D." }), refused);
      expectError(await own.put("/Me", omit(user, "displayName")), refused);
      expectError(await own.delete("/Me"), refused);
      expect(await read(scim, `/Users/${user.id}`)).to.deep.equal(before);
    }
    const path = `/Users/${user.id}`;
    const changed = await own.patch(path, { op: "replace", path: "displayName", value: "D." });
    expect(expectStatus(changed, 200)).to.include({ id: user.id, displayName: "D." });
    expectStatus(await own.delete(path), 204);
    expectError(await scim.get(path), { status: 404 });
  });

  it("does not take POST", async () => {
    const answer = await own.post("/Me", user);
    expectError(answer, { status: 405 });
    expect(answer.headers.allow).to.equal("GET, HEAD, PUT, PATCH, DELETE");
  });

  it("is not there for a token that belongs to nobody", async () => {
    for (const method of ["GET", "PUT", "PATCH", "DELETE", "POST"]) {
      expectError(await scim.request(method, "/Me", { body: {} }), {
        status: 404,
        detail: /does not belong to a User/,
      });
    }
  });

  it("is void while the User is not active, and ends with the User", async () => {
    const active = (value: boolean) =>
      scim.patch(`/Users/${user.id}`, { op: "replace", path: "active", value });
    await active(false);
    expectError(await own.get("/Me"), { status: 401 });
    expectError(await own.get("/Users"), { status: 401 });
    await active(true);
    expectStatus(await own.get("/Me"), 200);
    await scim.delete(`/Users/${user.id}`);
    expectError(await own.get("/Me"), { status: 401 });
  });

  it("belongs to a User that there is", async () => {
    const issued = server().services.operator.issueToken("x", { userName: "nobody" });
    expect(await issued.catch((error: unknown) => (error as Error).message)).to.equal(
      "User 'nobody' not found",
    );
  });
});
