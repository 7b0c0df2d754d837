import { expect } from "chai";
import { expectStatus } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, createUser, severalAtATime, unique } from "../support/factories.js";
import { clientWith, describeInBothRealms } from "../support/realms.js";
import { describeServer } from "../support/server.js";

/** What has a meaning in a search index, in `like` or in SQL, or is rare: names that people have, all the same. */
const AWKWARD = [
  'Ann "Quote" OR NEAR(x)',
  "100% real_name",
  "O'Brien -- drop",
  "back\\slash*",
  "Straße Ärger",
  "😀😁😂 smile",
  "Jean-Paul^2 {a b}:c",
  "ΣΊΣΥΦΟΣ",
];

const PEOPLE = 90;

/** What an administrator's search field sends. */
const ATTRIBUTES = ["userName", "displayName", "name.familyName", "name.givenName", "emails.value"];

const quoted = (text: string) => JSON.stringify(text);
const anywhere = (text: string) => ATTRIBUTES.map((name) => `${name} co ${quoted(text)}`).join(" or ");

async function idsOf(scim: ScimClient, filter: string): Promise<string[]> {
  const parameters = new URLSearchParams({ filter, count: "1000", attributes: "id" });
  const body = expectStatus(await scim.get(`/Users?${parameters.toString()}`), 200);
  expect(body.totalResults, filter).to.equal(body.Resources.length);
  return body.Resources.map(({ id }) => id);
}

const fold = (text: string) => text.toLowerCase().toUpperCase().normalize("NFC");

/** All that the attributes say of a person. */
function textsOf(user: Body): string[] {
  const { familyName, givenName } = (user.name ?? {}) as { familyName?: string; givenName?: string };
  const emails = (user.emails ?? []) as { value: string }[];
  const all = [user.userName, user.displayName, familyName, givenName, ...emails.map(({ value }) => value)];
  return all.filter((each) => typeof each === "string").map(fold);
}

describeInBothRealms("A search by a part of a name or an address", (scim, realm) => {
  let people: Body[];
  before(async function () {
    this.timeout(60_000);
    const numbers = Array.from({ length: PEOPLE }, (_, number) => number);
    people = await severalAtATime(numbers, (number) => {
      const awkward = AWKWARD[number % AWKWARD.length] ?? "";
      return createUser(scim, {
        userName: unique(`Person${number}`),
        ...(number % 3 !== 0 && { displayName: `${awkward} ${number}` }),
        name: { familyName: `Fam${number}`, givenName: number % 2 === 0 ? awkward : `Given${number}` },
        ...(number % 5 !== 0 && { emails: [{ value: `mail${number}@part${number % 7}.example.com` }] }),
      });
    });
  });

  const matching = (text: string) =>
    people
      .filter((user) => textsOf(user).some((each) => each.includes(fold(text))))
      .map(({ id }) => id)
      .sort();

  const terms = [
    ...["person1", "EXAMPLE.COM", "@part3.", "fam7", "given1", "e", "ed", "xyz-nobody", "x".repeat(256)],
    ...AWKWARD,
    ...AWKWARD.map((each) => each.slice(2, 7)),
    ...['"', '""', "%", "_", "*", "AND", "OR", "NEAR", "'; --", "()", "\\", "ß Ä", "\n", "😀😁😂", "ϊσυ"],
  ];
  for (const text of terms) {
    it(`finds ${quoted(text.slice(0, 30))} wherever it stands, and nothing else`, async () => {
      expect((await idsOf(scim, anywhere(text))).sort()).to.deep.equal(matching(text));
    });
  }

  it("can be narrowed, widened and turned round", async () => {
    const all = people.map(({ id }) => id);
    const found = matching("part3.example");
    expect(found).to.have.length.above(1);
    const term = 'emails.value co "part3.example"';
    expect((await idsOf(scim, `not (${term})`)).sort()).to.deep.equal(
      all.filter((id) => !found.includes(id)).sort(),
    );
    expect(await idsOf(scim, `${term} and id eq "${found[0]}"`)).to.deep.equal([found[0]]);
    const other = all.find((id) => !found.includes(id)) ?? "";
    expect((await idsOf(scim, `${term} or id eq "${other}"`)).sort()).to.deep.equal([...found, other].sort());
    expect((await idsOf(scim, 'emails co "part3.example"')).sort()).to.deep.equal(found);
    expect((await idsOf(scim, 'emails[value co "part3.example"]')).sort()).to.deep.equal(found);
    expect((await idsOf(scim, 'emails.value ew "part3.example.com"')).sort()).to.deep.equal(found);
    expect(
      await idsOf(scim, 'emails.value co "part3.example" and userName co "part3.example"'),
    ).to.deep.equal([]);
  });

  it("knows what was written last", async () => {
    const [one, two, three] = [unique("Before"), unique("After"), unique("address")];
    const { id } = await createUser(scim, {
      name: { familyName: one, givenName: one },
      displayName: one,
      emails: [{ value: `${one}@example.com` }],
    });
    expect(await idsOf(scim, anywhere(one))).to.deep.equal([id]);
    const value = {
      name: { familyName: two, givenName: two },
      displayName: two,
      emails: [{ value: `${three}@example.com` }],
    };
    expectStatus(await scim.patch(`/Users/${id}`, { op: "replace", value }), 200);
    expect(await idsOf(scim, anywhere(one))).to.deep.equal([]);
    for (const name of ["displayName", "name.familyName", "name.givenName"]) {
      expect(await idsOf(scim, `${name} co ${quoted(two.slice(1))}`)).to.deep.equal([id]);
    }
    expect(await idsOf(scim, `emails.value co ${quoted(three.slice(1))}`)).to.deep.equal([id]);
    // Enough others, so that the person is no longer among the newest.
    await severalAtATime(people, () => createUser(scim));
    expect(await idsOf(scim, anywhere(two))).to.deep.equal([id]);
    expectStatus(await scim.patch(`/Users/${id}`, { op: "replace", value: { displayName: one } }), 200);
    expect(await idsOf(scim, anywhere(one))).to.deep.equal([id]);
    expectStatus(await scim.delete(`/Users/${id}`), 204);
    expect(await idsOf(scim, anywhere(two))).to.deep.equal([]);
    if (realm === "provider") return;
    // The person comes back.
    const again = await createUser(scim, { displayName: two });
    expect(await idsOf(scim, anywhere(two))).to.deep.equal([again.id]);
  });
});

describeServer("A search by a part, among several organizations", (scim, server) => {
  it("finds an organization's people by that organization's records alone", async () => {
    const [shared, ofOne, ofOther] = [unique("Shared"), unique("InOne"), unique("InOther")];
    const user = await createUser(scim, {
      displayName: shared,
      name: { familyName: shared, givenName: shared },
      emails: [{ value: `${shared}@example.com`, type: "work" }],
    });
    const groups = [
      await createGroup(scim, [user]),
      await createGroup(scim, [user]),
      await createGroup(scim),
    ];
    const [one, other, none] = await Promise.all(
      groups.map(({ id }) => clientWith(server(), { organization: id })),
    );
    if (!one || !other || !none) throw new Error("There are three organizations");
    for (const client of [scim, one, other]) {
      expect(await idsOf(client, anywhere(shared))).to.deep.equal([user.id]);
      expect(await idsOf(client, `name.givenName co ${quoted(shared)}`)).to.deep.equal([user.id]);
    }
    expect(await idsOf(none, anywhere(shared))).to.deep.equal([]);

    // The records that nobody wrote follow the account.
    const renamed = unique("Renamed");
    const rename = { name: { familyName: renamed, givenName: renamed }, displayName: renamed };
    expectStatus(await scim.patch(`/Users/${user.id}`, { op: "replace", value: rename }), 200);
    expect(await idsOf(other, `name.givenName co ${quoted(renamed)}`)).to.deep.equal([user.id]);

    const own = { displayName: ofOne, emails: [{ value: `${ofOne}@example.com` }] };
    expectStatus(await one.patch(`/Users/${user.id}`, { op: "replace", value: own }), 200);
    expectStatus(
      await other.patch(`/Users/${user.id}`, { op: "replace", value: { displayName: ofOther } }),
      200,
    );
    expect(await idsOf(one, anywhere(ofOne))).to.deep.equal([user.id]);
    expect(await idsOf(other, anywhere(ofOther))).to.deep.equal([user.id]);
    expect(await idsOf(other, anywhere(ofOne))).to.deep.equal([]);
    expect(await idsOf(one, anywhere(ofOther))).to.deep.equal([]);
    expect(await idsOf(scim, anywhere(ofOne))).to.deep.equal([]);
    expect(await idsOf(scim, anywhere(renamed))).to.deep.equal([user.id]);

    // Leaving ends it for that organization alone, and an organization that ends takes its records with it.
    expectStatus(await one.delete(`/Users/${user.id}`), 204);
    expect(await idsOf(one, anywhere(ofOne))).to.deep.equal([]);
    expectStatus(await scim.delete(`/Groups/${groups[0]?.id}`), 204);
    expect(await idsOf(other, anywhere(ofOther))).to.deep.equal([user.id]);
    expectStatus(await scim.delete(`/Users/${user.id}`), 204);
    expect(await idsOf(scim, anywhere(renamed))).to.deep.equal([]);
    expect(await idsOf(other, anywhere(ofOther))).to.deep.equal([]);
  });
});
