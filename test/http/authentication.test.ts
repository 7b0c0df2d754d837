import { expect } from "chai";
import { expectError, expectList, expectStatus } from "../support/assertions.js";
import type { Answer, RequestOptions } from "../support/client.js";
import { CORE_USER, createUser } from "../support/factories.js";
import { describeServer } from "../support/server.js";

describeServer("Authentication", (scim, server) => {
  const withAuthorization = (authorization: string | null, options: RequestOptions = {}) =>
    scim.request("GET", "/Users", { ...options, headers: { authorization, ...options.headers } });

  function expectUnauthenticated(answer: Answer, challenge = /^Bearer realm="[^"]+"/): void {
    expectError(answer, { status: 401 });
    expect(answer.headers["www-authenticate"]).to.match(challenge);
  }

  it("lets a token in, and the name of the scheme has no case", async () => {
    for (const scheme of ["Bearer", "bearer", "BEARER"]) {
      expectList(await withAuthorization(`${scheme} ${scim.token}`));
    }
  });

  it("takes any number of spaces after the word Bearer", async () => {
    for (const between of ["  ", "   ", "\t", " \t "]) {
      expectList(await withAuthorization(`Bearer${between}${scim.token}`));
      expectList(await withAuthorization(`  bearer${between}${scim.token}  `));
    }
  });

  it("says what is wrong with the header, and not that a valid token is wrong", async () => {
    const good = scim.token;
    for (const [authorization, detail] of [
      [`Bearer Bearer ${good}`, /the word Bearer once/],
      ["Bearer Bearer", /the word Bearer once/],
      ["bearer", /no token after the word Bearer/],
      [`Bearer "${good}"`, /without spaces or quotes/],
      [`Bearer <${good}>`, /without spaces or quotes/],
      [`Bearer ${good} ${good}`, /without spaces or quotes/],
      [`Bearer ${good}, Bearer ${good}`, /without spaces or quotes/],
      [`Bearer token=${good}`, /without spaces or quotes/],
    ] as const) {
      const answer = await withAuthorization(authorization);
      expectUnauthenticated(answer, /^Bearer realm="[^"]+", error="invalid_request"/);
      expect(answer.body.detail).to.match(detail);
    }
  });

  it("asks another scheme, or a bare token, for the word Bearer, without an error code (RFC 6750 section 3.1)", async () => {
    for (const authorization of [
      scim.token,
      "Basic ZGFuYTpzZWNyZXQ=",
      `Token ${scim.token}`,
      `Bearer:${scim.token}`,
    ]) {
      const answer = await withAuthorization(authorization);
      expectUnauthenticated(answer, /^Bearer realm="[^"]+"$/);
      expect(answer.body.detail).to.match(/must begin with the word Bearer/);
    }
  });

  it("asks for a token when there is none, without saying that one is wrong", async () => {
    const answer = await withAuthorization(null);
    expectUnauthenticated(answer);
    expect(answer.headers["www-authenticate"]).to.not.include("error");
  });

  for (const authorization of [
    "",
    "Bearer",
    "Bearer ",
    "garbage",
    "Bearer a b",
    "Basic ZGFuYTpzZWNyZXQ=",
    "Token x",
  ]) {
    it(`refuses the header ${JSON.stringify(authorization)}`, async () => {
      expectUnauthenticated(await withAuthorization(authorization));
    });
  }

  it("refuses every wrong token alike: unknown, revoked and expired", async () => {
    const { operator } = server().services;
    const revoked = await operator.issueToken("revoked");
    await operator.revokeToken(revoked.token.id);
    const expiresAt = new Date(Date.now() - 1000).toISOString();
    const expired = await server().ahead(-60_000, () => operator.issueToken("expired", { expiresAt }));
    const wrong = [
      "x",
      "unknown".repeat(100),
      `${scim.token}x`,
      scim.token.slice(0, -1),
      scim.token.toUpperCase(),
    ];
    const answers = await Promise.all(
      [...wrong, revoked.secret, expired.secret].map((token) => withAuthorization(`Bearer ${token}`)),
    );
    for (const answer of answers) {
      expectUnauthenticated(answer, /^Bearer realm="[^"]+", error="invalid_token"/);
      expect(answer.text).to.equal(answers[0]?.text);
    }
  });

  it("takes a token until it is revoked, and from then on no more", async () => {
    const { operator } = server().services;
    const { token, secret } = await operator.issueToken("short-lived");
    expectList(await withAuthorization(`Bearer ${secret}`));
    await operator.revokeToken(token.id);
    expectUnauthenticated(await withAuthorization(`Bearer ${secret}`));
  });

  it("takes no token from the address or the body, where it would end up in logs", async () => {
    const headers = { authorization: null };
    for (const name of ["access_token", "Access_Token"]) {
      expectUnauthenticated(await scim.request("GET", `/Users?${name}=${scim.token}`, { headers }));
      expectUnauthenticated(await scim.get(`/Users?${name}=${scim.token}`));
    }
    const body = { schemas: [CORE_USER], userName: "dana@example.com", access_token: scim.token };
    expectUnauthenticated(await scim.request("POST", "/Users", { body, headers }));
    const form = { authorization: null, "content-type": "application/x-www-form-urlencoded" };
    const raw = `access_token=${scim.token}`;
    expectUnauthenticated(await scim.request("POST", "/Users", { raw, headers: form }));
  });

  it("comes before anything else is said or done", async () => {
    const user = await createUser(scim);
    const headers = { authorization: null };
    for (const [method, path] of [
      ["GET", "//users"],
      ["GET", "/serviceproviderconfig/../users"],
      ["GET", "/users/serviceproviderconfig"],
      ["GET", `/Users/${user.id}`],
      ["DELETE", `/Users/${user.id}`],
      ["GET", "/Users/unknown"],
      ["GET", "/Nope"],
      ["PUT", "/Users"],
      ["GET", "/Schemas"],
      ["GET", "/ResourceTypes"],
    ] as const) {
      expectUnauthenticated(await scim.request(method, path, { headers }));
    }
    expectUnauthenticated(await scim.request("POST", "/Users", { raw: "{", headers }));
    expectStatus(await scim.get(`/Users/${user.id}`), 200);
  });

  it("is not needed to read how to authenticate", async () => {
    const headers = { authorization: null };
    for (const path of ["/ServiceProviderConfig", "//serviceProviderConfig/"]) {
      expectStatus(await scim.request("GET", path, { headers }), 200);
    }
    expectUnauthenticated(await scim.request("PUT", "/ServiceProviderConfig", { headers }));
  });
});
