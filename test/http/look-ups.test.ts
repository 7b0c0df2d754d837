import { expect } from "chai";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, createUser } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const NOBODY = "01a20a8f-e6b2-71f7-81e8-401545d35924";

const byName = (client: ScimClient, userName: string, more = "") =>
  client.get(`/Users?filter=${encodeURIComponent(`userName eq ${JSON.stringify(userName)}`)}${more}`);

describeServer("Looking people up, many at the same time,", (scim, server) => {
  const people: Body[] = [];
  let acme: ScimClient;
  before(async () => {
    for (const name of [
      "Straße@x.example",
      "o'neil@x.example",
      "%_\\@x.example",
      "ÄB@x.example",
      "e@x.example",
    ]) {
      people.push(await createUser(scim, { userName: name }));
    }
    const group = await createGroup(scim, people.slice(0, 2));
    acme = await clientWith(server(), { organization: group.id });
  });

  it("by id gives each request its own person, and 404 for others", async () => {
    const ids = [...people.map(({ id }) => id), NOBODY, "x", "%00", "a".repeat(500)];
    const wanted = Array.from({ length: 60 }, (_, number) => ids[number % ids.length] ?? "");
    const answers = await Promise.all(wanted.map((id) => scim.get(`/Users/${id}`)));
    answers.forEach(({ status, body }, number) => {
      const person = people.find(({ id }) => id === wanted[number]);
      expect(status).to.equal(person ? 200 : 404);
      if (person) expect(body.userName).to.equal(person.userName);
    });
  });

  it("in an organization's realm finds its own people alone, while others find all", async () => {
    const asked = people.flatMap((person, number) => [
      { person, isFound: true, ask: scim },
      { person, isFound: number < 2, ask: acme },
    ]);
    await Promise.all(
      asked.map(async ({ person, isFound, ask }) => {
        const [one, list] = await Promise.all([ask.get(`/Users/${person.id}`), byName(ask, person.userName)]);
        expect(one.status).to.equal(isFound ? 200 : 404);
        expect(list.body.totalResults).to.equal(isFound ? 1 : 0);
      }),
    );
  });

  it("by user name compares without case, and finds none for what cannot be stored", async () => {
    const found = await Promise.all(
      [
        "STRASSE@x.example",
        "straße@X.EXAMPLE",
        "O'NEIL@x.example",
        "%_\\@x.example",
        "%",
        "",
        "a\u0000b",
        "\ud800",
      ].map(async (name) => (await byName(scim, name)).body.totalResults),
    );
    expect(found).to.deep.equal([1, 1, 1, 1, 0, 0, 0, 0]);
  });

  it("has pages by index and by cursor, like every other list", async () => {
    const name = String(people[1]?.userName);
    const answers = await Promise.all(
      ["&count=1", "&count=0", "&startIndex=2", "&cursor=", "&sortBy=userName"].map(
        async (more) => (await byName(scim, name, more)).body,
      ),
    );
    expect(answers.map(({ totalResults }) => totalResults)).to.deep.equal([1, 1, 1, 1, 1]);
    const lengths = answers.map(({ Resources }) => Resources.length);
    expect(lengths).to.deep.equal([1, 0, 0, 1, 1]);
    expect(answers[3]).to.not.have.property("nextCursor");
  });
});
