import { expect } from "chai";
import { join } from "node:path";
import { password, token } from "../../seeds/demo.js";
import { get, muster, start } from "../support/command-line.js";
import type { Started } from "../support/command-line.js";
import { ScimClient } from "../support/client.js";
import { scratchFolder } from "../support/engines.js";
import { act, look } from "../support/links.js";
import { BrowserOfPerson } from "../support/signed-in.js";

const DAY = 24 * 60 * 60 * 1000;

interface Listed {
  readonly totalResults: number;
  readonly Resources: readonly Readonly<Record<string, unknown>>[];
}

describe("The demo", function () {
  this.timeout(180_000);
  const folder = scratchFolder();
  let server: Started;

  before(async () => {
    server = await start("demo", folder);
  });
  after(() => server.interrupt());

  const list = async (path: string) => (await (await get(server, token, path)).json()) as Listed;
  const values = async (path: string, name: string) => (await list(path)).Resources.map((each) => each[name]);
  const signedIn = async (userName: string) => {
    const own = new BrowserOfPerson(() => ({ scim: new ScimClient(() => ({ url: server.baseUrl, token })) }));
    const answer = await own.signIn(userName, password);
    expect(answer.status, answer.text).to.equal(200);
    return own;
  };

  it("says where its console is, and has a link that makes an administrator, once", async () => {
    const notice = server.notice();
    expect(notice).to.include(server.baseUrl.replace("/scim/v2", "/console"));
    const link = /http\S+\/administrator-setup\/\S+/.exec(notice)?.[0] ?? "";
    expect((await look(link)).status).to.equal(200);
    const person = { email: "sam@example.com", givenName: "Sam", familyName: "Example" };
    const secret = "correct horse battery staple 9";
    expect((await act(link, "complete", { ...person, password: secret })).status).to.equal(201);
    expect((await act(link, "complete", { ...person, password: secret })).status).to.equal(410);
    const own = new BrowserOfPerson(() => ({ scim: new ScimClient(() => ({ url: server.baseUrl, token })) }));
    expect((await own.signIn(person.email, secret)).json).to.include({ realm: "provider" });
  });

  it("has hundreds of people with names in several scripts, in organizations and teams", async () => {
    const { totalResults } = await list("/Users?count=0");
    expect(totalResults).to.be.greaterThan(300);
    expect((await list("/Groups?count=0")).totalResults).to.be.greaterThan(4);
    const teams = await list("/Teams?count=100&excludedAttributes=members");
    const withRoles = teams.Resources.filter((team) => Array.isArray(team.roles) && team.roles.length > 0);
    expect(withRoles.length).to.be.greaterThan(0).and.lessThan(teams.totalResults);
    const names = (await values("/Users?count=500&attributes=displayName", "displayName")).join(" ");
    for (const script of ["Latin", "Cyrillic", "Han", "Arabic", "Devanagari", "Hangul"]) {
      expect(names).to.match(new RegExp(`\\p{Script=${script}}`, "u"));
    }
  });

  it("has people and invitations in each state", async () => {
    const { statuses } = (await (await get(server, token, "/Counts")).json()) as {
      statuses: { value: string; count: number }[];
    };
    for (const { value, count } of statuses) expect(count, value).to.be.greaterThan(0);
    expect(statuses.map(({ value }) => value)).to.have.members(["active", "inactive", "invited"]);
    const states = await values("/Invitations?count=200", "status");
    expect(new Set(states)).to.deep.equal(
      new Set(["pending", "accepted", "declined", "expired", "disabled", "exhausted"]),
    );
  });

  it("has people who are inactive in an organization, and who left it, which its administrator sees", async () => {
    const [session] = (await list(`/Sessions?filter=${encodeURIComponent('realm eq "organization"')}`))
      .Resources;
    const { value = "" } = session?.user as { value?: string };
    const user = (await (await get(server, token, `/Users/${value}`)).json()) as { userName: string };
    const own = await signedIn(user.userName);
    const { json } = await own.send("GET", "/scim/v2/Users?filter=active%20eq%20false&count=0");
    expect(json.totalResults).to.be.greaterThan(0);
    const left = await own.send("GET", "/scim/v2/AuditEvents?filter=detail%20co%20%22removed%22&count=0");
    expect(left.json.totalResults).to.be.greaterThan(0);
  });

  it("has access tokens of which one expires soon, one has expired, one is orphaned and one revoked", async () => {
    const { Resources } = await list("/AccessTokens?count=100");
    const ends = Resources.flatMap(({ expiresAt }) => (typeof expiresAt === "string" ? [expiresAt] : []));
    const inDays = ends.map((end) => (Date.parse(end) - Date.now()) / DAY);
    expect(inDays.some((days) => days > 0 && days < 7)).to.equal(true);
    expect(inDays.some((days) => days < 0)).to.equal(true);
    expect(Resources.filter(({ orphaned }) => orphaned === true)).to.have.length(1);
    const own = { MUSTER_DATA_DIR: join(folder, "data", "demo") };
    expect((await muster(["token", "list"], folder, own)).stdout).to.match(/revoked \S+ .*Old import/);
  });

  it("has sessions, months of history, and nothing in the future", async () => {
    expect((await list("/Sessions?count=0")).totalResults).to.be.greaterThan(3);
    const events = await list("/AuditEvents?count=2000&attributes=timestamp,result");
    const times = events.Resources.map(({ timestamp }) => String(timestamp));
    expect(new Set(times.map((time) => time.slice(0, 7))).size).to.be.greaterThan(4);
    expect(times.filter((time) => Date.parse(time) > Date.now())).to.deep.equal([]);
    const results = new Set(events.Resources.map(({ result }) => result));
    expect([...results]).to.include.members(["success", "refused", "warning"]);
  });

  it("stays as it is at the next start, with another link", async () => {
    const before = await list("/Users?count=0");
    const first = server.notice();
    await server.interrupt();
    server = await start("demo", folder);
    expect(await list("/Users?count=0")).to.deep.equal(before);
    expect(server.notice()).not.to.include("Making");
    const linkIn = (notice: string) => /administrator-setup\/(\S+)/.exec(notice)?.[1];
    expect(linkIn(server.notice())).to.be.a("string").and.not.equal(linkIn(first));
  });
});
