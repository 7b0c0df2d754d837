import { expect } from "chai";
import { expectList, expectStatus } from "../support/assertions.js";
import type { Body } from "../support/client.js";
import { createGroup, createUser, ENTERPRISE_USER, ORGANIZATION } from "../support/factories.js";
import { describeServer } from "../support/server.js";

/** People by the first letters of their userNames. */
const PEOPLE: Record<string, object> = {
  a: {
    displayName: "Anna Ångström",
    title: "Lead",
    externalId: "Ext-A",
    name: { familyName: "Ångström", givenName: "Anna" },
    emails: [
      { value: "Anna@Work.example", type: "work", primary: true },
      { value: "anna@home.example", type: "home" },
    ],
    [ENTERPRISE_USER]: { department: "Sales", employeeNumber: "10" },
  },
  b: {
    displayName: 'Bob "The Builder" \\o/',
    active: false,
    emails: [{ value: "bob@work.example", type: "home" }],
    roles: [{ value: "builder", primary: true }],
    phoneNumbers: [
      { value: "+1 555 0100", type: "work" },
      { value: "+49 30 1234", type: "mobile" },
    ],
    [ENTERPRISE_USER]: { department: "Construction" },
  },
  c: {
    displayName: "Čeněk 😀",
    title: "lead",
    name: { familyName: "O'Hara" },
    addresses: [{ type: "work", country: "CZ" }],
  },
  d: { displayName: "100%_done", active: false, nickName: "d" },
};

describeServer("A filter", (scim) => {
  const ids: Record<string, string> = {};
  let group: Body;

  before(async () => {
    for (const [message, attributes] of Object.entries(PEOPLE)) {
      const user = await createUser(scim, { userName: `${message}@Example.com`, ...attributes });
      ids[message] = user.id;
    }
    const [a, b] = [ids.a, ids.b].map((id) => ({ value: id }));
    group = await createGroup(scim, [], {
      displayName: "Päckchen",
      externalId: "G-1",
      members: [a, b],
      [ORGANIZATION]: { description: "Post" },
    });
    await createGroup(scim, [], { displayName: "Empty" });
  });

  const found = async (filter: string) =>
    expectList(await scim.find("/Users", filter, "&sortBy=userName"))
      .map(({ userName }) => userName.charAt(0))
      .join("");

  const cases: Record<string, [filter: string, expected: string][]> = {
    "compares without case, unless case matters,": [
      ['userName eq "A@EXAMPLE.com"', "a"],
      ['USERNAME EQ "a@example.com"', "a"],
      ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "a@example.com"', "a"],
      ['displayName eq "ANNA ÅNGSTRÖM"', "a"],
      ['displayName eq "Anna A\u030angstro\u0308m"', "a"],
      ['title eq "LEAD"', "ac"],
      ['externalId eq "Ext-A"', "a"],
      ['externalId eq "ext-a"', ""],
      ['emails.value eq "anna@work.EXAMPLE"', "a"],
      ['emails eq "bob@work.example"', "b"],
    ],
    "has every operator,": [
      ['userName ne "a@example.com"', "bcd"],
      ['displayName co "ÅNG"', "a"],
      ['displayName sw "čen"', "c"],
      ['displayName ew "DONE"', "d"],
      ['userName gt "b@example.com"', "cd"],
      ['userName ge "B@example.com"', "bcd"],
      ['userName lt "b@example.com"', "a"],
      ['userName le "b@example.com"', "ab"],
      ["title pr", "ac"],
      ["emails pr", "ab"],
      ["name.familyName pr", "ac"],
      ['emails co "@home."', "a"],
      ['name.familyName sw "å"', "a"],
      ["active eq true", "ac"],
      ["active ne true", "bd"],
      ['active eq "False"', "bd"],
      ["title eq null", "bd"],
      ["title ne null", "ac"],
      ["emails eq null", "cd"],
    ],
    "takes characters for what they are,": [
      [`displayName eq ${JSON.stringify('Bob "The Builder" \\o/')}`, "b"],
      ['displayName co "\\"The"', "b"],
      ['displayName co "\\\\o"', "b"],
      ['displayName eq "\\u010cen\\u011bk \\ud83d\\ude00"', "c"],
      ['displayName ew "😀"', "c"],
      ['displayName co "%"', "d"],
      ['displayName co "_"', "d"],
      ['displayName sw "1__%"', ""],
      [`name.familyName eq "O'Hara"`, "c"],
      ['displayName eq "\\u0000"', ""],
      [`displayName co "'; drop table accounts; --"`, ""],
    ],
    "joins terms: not before and before or,": [
      ['userName sw "a" or userName sw "b" and active eq true', "a"],
      ['(userName sw "a" or userName sw "b") and active eq false', "b"],
      ['not (title eq "lead")', "bd"],
      ["not (title pr) and not (active eq true)", "bd"],
      ['not (userName eq "a@example.com" and active eq true)', "bcd"],
      ['not (userName eq "a@example.com" or active eq false)', "c"],
      ["not (not (active eq true))", "ac"],
      ['active eq true and (title eq "lead" and (name.givenName eq "Anna"))', "a"],
      ['NOT (title PR) AND (userName SW "b" OR userName SW "a")', "b"],
    ],
    "has all its terms in square brackets hold for one element,": [
      ['emails[type eq "work" and value co "@work"]', "a"],
      ['emails[type eq "home" and value co "@work"]', "b"],
      ['emails.type eq "home" and emails.value co "@work"', "ab"],
      ['emails[type eq "work"].value eq "anna@work.example"', "a"],
      ['emails[type eq "home"].value eq "anna@work.example"', ""],
      ['emails[not (type eq "work")]', "ab"],
      ['not (emails[type eq "work"])', "bcd"],
      ["emails[primary eq true]", "a"],
      ['emails[primary eq "True" and type eq "work"] and active eq true', "a"],
      ['roles[primary eq true].value eq "builder"', "b"],
      ['phoneNumbers[type eq "mobile" and value sw "+49"]', "b"],
      ['phoneNumbers[type eq "work" and value sw "+49"]', ""],
      ['addresses[country eq "cz"]', "c"],
      ['phoneNumbers.value co "555" and roles.value eq "BUILDER"', "b"],
    ],
    "reaches extensions by their URNs,": [
      [`${ENTERPRISE_USER}:department eq "sales"`, "a"],
      [`${ENTERPRISE_USER.toUpperCase()}:DEPARTMENT eq "sales"`, "a"],
      [`${ENTERPRISE_USER}:employeeNumber eq "10"`, "a"],
      [`${ENTERPRISE_USER}:department pr`, "ab"],
      [`${ENTERPRISE_USER} pr`, "ab"],
      [`not (${ENTERPRISE_USER}:department sw "c") and title pr`, "ac"],
      [`schemas eq "${ENTERPRISE_USER}"`, "ab"],
    ],
    "knows about time,": [
      ['meta.created gt "2020-01-01T00:00:00Z"', "abcd"],
      ['meta.lastModified lt "2020-01-01T00:00:00+02:00"', ""],
      ['meta.lastModified ge "2020-01-01T00:00:00.0000000Z" and meta.resourceType eq "User"', "abcd"],
    ],
  };

  for (const [what, table] of Object.entries(cases)) {
    describe(what, () => {
      for (const [filter, expected] of table) {
        it(`${filter} finds ${expected === "" ? "nobody" : expected}`, async () => {
          expect(await found(filter)).to.equal(expected);
        });
      }
    });
  }

  it("finds one user by id, and everybody else by ne", async () => {
    expect(await found(`id eq "${String(ids.c)}"`)).to.equal("c");
    expect(await found(`id ne "${String(ids.c)}"`)).to.equal("abd");
    expect(await found(`id eq "${String(ids.c).toUpperCase()}"`)).to.equal("");
  });

  it("finds the very moment of a change", async () => {
    const { meta } = expectStatus(await scim.get(`/Users/${String(ids.b)}`), 200);
    expect(await found(`meta.lastModified eq "${meta.lastModified}" and userName sw "b"`)).to.equal("b");
    expect(
      await found(`meta.lastModified eq "${meta.lastModified.replace("Z", "0000Z")}" and userName sw "b"`),
    ).to.equal("b");
    expect(await found(`meta.version eq ${JSON.stringify(meta.version)}`)).to.include("b");
  });

  it("finds the members of a group, and those in no group", async () => {
    expect(await found(`groups.value eq "${group.id}"`)).to.equal("ab");
    expect(await found(`groups[value eq "${group.id}"] and active eq true`)).to.equal("a");
    expect(await found('groups.display eq "PÄCKCHEN"')).to.equal("ab");
    expect(await found("not (groups pr)")).to.equal("cd");
  });

  describe("of groups", () => {
    const groups = async (filter: string) =>
      expectList(await scim.find("/Groups", filter, "&sortBy=displayName"))
        .map(({ displayName }) => displayName)
        .join();

    for (const [filter, expected] of [
      ['displayName eq "päckCHEN"', "Päckchen"],
      ['externalId eq "G-1"', "Päckchen"],
      ['externalId eq "g-1"', ""],
      ["members pr", "Päckchen"],
      ["not (members pr)", "Empty"],
      ['displayName sw "e" or displayName ew "CHEN"', "Empty,Päckchen"],
      [`${ORGANIZATION}:memberCount gt 1`, "Päckchen"],
      [`${ORGANIZATION}:memberCount eq 0`, "Empty"],
      [`${ORGANIZATION}:description eq "POST"`, "Päckchen"],
      ['meta.resourceType eq "Group"', "Empty,Päckchen"],
      [`schemas eq "${ORGANIZATION}"`, "Empty,Päckchen"],
    ] as const) {
      it(`${filter} finds ${expected === "" ? "none" : expected}`, async () => {
        expect(await groups(filter)).to.equal(expected);
      });
    }

    it("finds the groups that somebody is in", async () => {
      const [a, c] = [String(ids.a), String(ids.c)];
      expect(await groups(`members.value eq "${a}"`)).to.equal("Päckchen");
      expect(await groups(`members[value eq "${a}" and type eq "User"]`)).to.equal("Päckchen");
      expect(await groups(`id eq "${group.id}" and members eq "${c}"`)).to.equal("");
      expect(await groups(`not (members.value eq "${a}")`)).to.equal("Empty");
      expect(await groups('members.display co "ångström"')).to.equal("Päckchen");
    });
  });

  it("compares the addresses of resources", async () => {
    expect(await found(`meta.location eq "${scim.url}/Users/${ids.a!}"`)).to.equal("a");
    expect(await found(`groups.$ref eq "${group.meta.location}"`)).to.equal("ab");
    expect(await found(`groups.$ref eq "https://elsewhere.example/Groups/${group.id}"`)).to.equal("");
    expect(await found("meta pr and not (groups.$ref pr)")).to.equal("cd");
    const groups = await scim.find("/Groups", `members.$ref eq "${scim.url}/Users/${ids.b!}"`);
    expect(expectList(groups).map(({ id }) => id)).to.deep.equal([group.id]);
    expectList(await scim.find("/Users", "userName pr", "&sortBy=meta.location"));
  });
});
