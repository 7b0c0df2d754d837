import { expect } from "chai";
import { expectError, expectList, expectStatus } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { sendBulk } from "../support/bulk.js";
import { createUser, createUsers } from "../support/factories.js";
import { describeInBothRealms } from "../support/realms.js";

const MARK = "Counted";
const FILTER = encodeURIComponent(`title eq "${MARK}" and active eq true`);

/** Reads all portions. @param between called after each */
async function portions(scim: ScimClient, query: string, between?: (ids: string[]) => Promise<void>) {
  const all: string[] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined;) {
    const answer: Body = expectStatus(await scim.get(`/Users?attributes=id&${query}&cursor=${cursor}`), 200);
    const ids = answer.Resources.map(({ id }) => id);
    all.push(...ids);
    await between?.(ids);
    cursor = answer.nextCursor as string | undefined;
  }
  return all;
}

describeInBothRealms("The ids of all that match", (scim) => {
  let people: Body[];

  before(async () => {
    people = await createUsers(scim, 30);
    for (const { id } of people) await scim.patch(`/Users/${id}`, { op: "add", path: "title", value: MARK });
  });

  it("are ids and nothing else, in the order of all lists", async () => {
    const listed = expectList(await scim.get(`/Users?attributes=id&filter=${FILTER}&count=1000`), 30);
    expect(listed.every((each) => Object.keys(each).sort().join() === "id,schemas")).to.equal(true);
    const whole = expectList(await scim.get(`/Users?filter=${FILTER}&count=1000`), 30);
    expect(listed.map(({ id }) => id)).to.deep.equal(whole.map(({ id }) => id));
  });

  it("come in pages of up to 10,000", async () => {
    expectStatus(await scim.get(`/Users?attributes=id&cursor=&count=10000`), 200);
    expectStatus(await scim.get(`/Users?attributes=ID&count=100000`), 200);
    const tooMany = { status: 400, scimType: "invalidCount" };
    expectError(await scim.get(`/Users?attributes=id&cursor=&count=10001`), tooMany);
    expectError(await scim.get(`/Users?attributes=id,userName&cursor=&count=1001`), tooMany);
  });

  it("do not make larger pages of whole resources by their cursor", async () => {
    const first = expectStatus(await scim.get(`/Users?attributes=id&count=7&cursor=`), 200);
    const next = first.nextCursor as string;
    expectStatus(await scim.get(`/Users?count=7&cursor=${next}`), 200);
  });

  it("are each there once while others come and go and a Bulk changes what was read", async () => {
    const [first, ...rest] = people;
    const last = rest.at(-1);
    const seen = await portions(scim, `filter=${FILTER}&count=7`, async (ids) => {
      const operations = ids.map((id) => ({
        method: "PATCH",
        path: `/Users/${id}`,
        data: { Operations: [{ op: "replace", path: "active", value: false }] },
      }));
      const outcomes = await sendBulk(scim, operations);
      expect(outcomes.every(({ status }) => status === "200")).to.equal(true);
      await createUser(scim, { title: MARK, active: false });
      if (ids.includes(first?.id ?? "")) expectStatus(await scim.delete(`/Users/${last?.id ?? ""}`), 204);
    });
    expect(seen).to.deep.equal(
      people
        .slice(0, -1)
        .map(({ id }) => id)
        .sort(),
    );
    expectList(await scim.get(`/Users?attributes=id&filter=${FILTER}`), 0);
  });
});
