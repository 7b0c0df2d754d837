import { expect } from "chai";
import { get } from "node:http";
import type { IncomingMessage } from "node:http";
import { expectError, expectList, expectStatus } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, createUser, createUsers, ENTERPRISE_USER, unique } from "../support/factories.js";
import { clientWith, describeInBothRealms } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const CSV = { accept: "text/csv" };
const NDJSON = { accept: "application/x-ndjson" };
const query = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString();

/** The lines of a CSV file, as a spreadsheet reads them. */
function parse(text: string): string[][] {
  const lines: string[][] = [[]];
  for (const [, cell = "", end] of text.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n|$)/g)) {
    if (end === "" && cell === "") break;
    lines.at(-1)?.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === "\r\n") lines.push([]);
  }
  return lines.filter((line) => line.length > 0);
}

/** Begins to read an answer. */
const begin = (client: ScimClient, path: string, headers: Record<string, string>) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    get(
      `${client.url}${path}`,
      { headers: { ...headers, authorization: `Bearer ${client.token}` } },
      resolve,
    ).on("error", reject);
  });

describeInBothRealms("An export", (scim) => {
  it("of Users has all that match, in order, with the columns that are asked for", async () => {
    const marked = { title: unique("Marked") };
    for (const name of ["Cy", "Al", "Bo"]) {
      await createUser(scim, {
        ...marked,
        displayName: name,
        emails: [{ value: `${name}@a.example` }, { value: `${name}@b.example` }],
      });
    }
    await createUser(scim);
    const path = `/Users?${query({ filter: `title eq "${marked.title}"`, sortBy: "displayName", attributes: "displayName,emails.value,active" })}`;
    const answer = await scim.get(path, CSV);
    expect(answer.status, answer.text).to.equal(200);
    expect(answer.headers["content-type"]).to.equal("text/csv; charset=utf-8; header=present");
    expect(answer.headers["content-disposition"]).to.equal('attachment; filename="Users.csv"');
    expect(parse(answer.text)).to.deep.equal([
      ["displayName", "emails.value", "active"],
      ...["Al", "Bo", "Cy"].map((name) => [name, `${name}@a.example; ${name}@b.example`, "true"]),
    ]);
    const lines = (await scim.get(path, NDJSON)).text.trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as Body).displayName)).to.deep.equal(["Al", "Bo", "Cy"]);
  });

  it("is as long as the list, over all portions", async () => {
    await createUsers(scim, 210);
    const listed = expectStatus(await scim.get("/Users?count=0"), 200).totalResults;
    const ids = (await scim.get("/Users", NDJSON)).text
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as Body).id);
    expect(new Set(ids).size).to.equal(listed);
    expect(ids).to.have.length(listed);
    expect(parse((await scim.get("/Users?sortBy=userName", CSV)).text)).to.have.length(listed + 1);
  });

  it("has those who change before their turn, by a filter on when they changed", async () => {
    const title = unique("Changing");
    const people: Body[] = [];
    for (let number = 0; number < 4; number += 1) people.push(await createUser(scim, { title }));
    expectStatus(
      await scim.patch(`/Users/${people[3]?.id ?? ""}`, { op: "replace", value: { nickName: "N" } }),
      200,
    );
    const filter = `title eq "${title}" and meta.lastModified ge "2026-01-01T00:00:00Z"`;
    for (const more of [filter, `meta.lastModified ge "2026-01-01T00:00:00Z" and title sw "${title}"`]) {
      const lines = (await scim.get(`/Users?${query({ filter: more })}`, NDJSON)).text.trim().split("\n");
      expect(lines.map((line) => (JSON.parse(line) as Body).id)).to.deep.equal(people.map(({ id }) => id));
    }
  });

  it("has one header, whatever resources have", async () => {
    await createUser(scim, { nickName: "N", [ENTERPRISE_USER]: { department: 'Sales, "West"' } });
    const [header = [], ...lines] = parse((await scim.get("/Users", CSV)).text);
    expect(header).to.include.members([
      "id",
      "userName",
      "name.familyName",
      "emails.value",
      "active",
      "meta.created",
      `${ENTERPRISE_USER}:department`,
    ]);
    expect(header).not.to.include.members(["password", "schemas"]);
    expect(lines.every((line) => line.length === header.length)).to.equal(true);
    const department = header.indexOf(`${ENTERPRISE_USER}:department`);
    expect(lines.map((line) => line[department])).to.include('Sales, "West"');
    const none = await scim.get(`/Users?${query({ filter: 'userName eq "nobody"' })}`, CSV);
    expect(parse(none.text)).to.deep.equal([header]);
    const fewer = parse(
      (
        await scim.get(
          `/Users?${query({ excludedAttributes: "name,emails", filter: 'userName eq "nobody"' })}`,
          CSV,
        )
      ).text,
    )[0];
    expect(fewer).to.include("userName").and.not.include("name.familyName").and.not.include("emails.value");
  });

  it("has no cell that a spreadsheet takes for a formula", async () => {
    const title = unique("Formula");
    const dangerous = ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\uFF1D1"];
    for (const nickName of dangerous) await createUser(scim, { title, nickName });
    const found = parse(
      (await scim.get(`/Users?${query({ filter: `title eq "${title}"`, attributes: "nickName" })}`, CSV))
        .text,
    );
    for (const [cell = ""] of found.slice(1)) expect(cell, JSON.stringify(cell)).to.match(/^'/);
    expect(found).to.have.length(dangerous.length + 1);
  });

  it("is of Groups, Teams, Invitations and AuditEvents, too", async () => {
    const group = await createGroup(scim, [await createUser(scim)]);
    for (const endpoint of ["Groups", "Teams", "Invitations", "AuditEvents"]) {
      const [header = []] = parse((await scim.get(`/${endpoint}`, CSV)).text);
      expect(header, endpoint).to.include("id").and.not.include("members.value");
      expectStatus(await scim.get(`/${endpoint}`, NDJSON), 200);
    }
    const one = await scim.get(
      `/Groups?${query({ filter: `id eq "${group.id}"`, attributes: "members" })}`,
      NDJSON,
    );
    expect((JSON.parse(one.text) as Body).members).to.have.length(1);
    expectError(await scim.get("/Groups?attributes=members", CSV), { status: 400, scimType: "invalidValue" });
  });

  it("refuses what a list refuses, and pages", async () => {
    expectError(await scim.get("/Users?filter=userName%20is", CSV), {
      status: 400,
      scimType: "invalidFilter",
    });
    for (const page of ["count=10", "startIndex=2", "cursor="]) {
      expectError(await scim.get(`/Users?${page}`, CSV), { status: 400, scimType: "invalidValue" });
    }
    expectError(await scim.get("/Users?attributes=shoeSize", CSV), { status: 400, scimType: "invalidValue" });
  });

  it("is not what a client gets that takes anything, or that asks elsewhere", async () => {
    expectList(await scim.get("/Users", { accept: "*/*" }));
    expectList(await scim.get("/Users", { accept: "application/scim+json, text/csv;q=0.5" }));
    expectList(await scim.get("/AccessTokens", CSV));
  });

  it("is in the audit log", async () => {
    await scim.get("/Users?attributes=userName", CSV);
    const [event] = expectList(
      await scim.find("/AuditEvents", 'action eq "export" and target.type eq "User"'),
    );
    expect(event).to.deep.include({ action: "export", result: "success", target: { type: "User" } });
  });
});

describeServer("Exports", (scim, server) => {
  let own: ScimClient;
  let organization: Body;

  before(async () => {
    organization = await createGroup(scim, await createUsers(scim, 5));
    own = await clientWith(server(), { organization: organization.id });
    await createUsers(scim, 5);
  });

  it("have the people of the realm alone", async () => {
    expect((await own.get("/Users", NDJSON)).text.trim().split("\n")).to.have.length(5);
    expect((await scim.get("/Users", NDJSON)).text.trim().split("\n")).to.have.length(10);
    const { id } = await createUser(own);
    const { userName } = expectStatus(await scim.get(`/Users/${id}`), 200);
    const member = await clientWith(server(), { organization: organization.id, userName });
    expectError(await member.get("/Users", CSV), { status: 403 });
  });

  it("are few at a time, and end when a client hangs up", async () => {
    const profile = "x".repeat(60_000);
    for (let number = 0; number < 60; number += 1)
      await createUser(own, { profileUrl: `https://example.com/${profile}` });
    // Clients that read nothing keep their places until they go.
    const stuck = [await begin(own, "/Users", NDJSON), await begin(own, "/Users", NDJSON)];
    for (const response of stuck) response.pause();
    const third = own.get("/Users?attributes=userName", CSV);
    expectStatus(await scim.get("/Users?attributes=userName", CSV), 200);
    for (const response of stuck) response.destroy();
    expectStatus(await third, 200);
  });
});
