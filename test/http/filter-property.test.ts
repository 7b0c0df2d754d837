import { expect } from "chai";
import fc from "fast-check";
import { createUser, unique } from "../support/factories.js";
import { randomFilter, randomUser } from "../support/filters.js";
import type { Value } from "../support/filters.js";
import { describeServer } from "../support/server.js";

describeServer("Filters, whatever they are", (scim) => {
  it("give the users that they mean", async function () {
    this.timeout(120_000);
    const users: Record<string, Value>[] = [];
    for (const attributes of fc.sample(randomUser, 60)) {
      users.push(
        (await createUser(scim, { userName: unique("Ärger"), ...attributes })) as Record<string, Value>,
      );
    }
    const property = fc.asyncProperty(randomFilter, async ({ text, matches }) => {
      const query = new URLSearchParams({ filter: text, count: "1000", attributes: "id" });
      const { status, body } = await scim.get(`/Users?${query.toString()}`);
      expect(status, text).to.equal(200);
      const found = (body.Resources as { id: string }[]).map(({ id }) => id).sort();
      const meant = users.filter(matches).map(({ id }) => id as string);
      expect(found, text).to.deep.equal(meant.sort());
      expect(body.totalResults).to.equal(meant.length);
    });
    await fc.assert(property, { numRuns: 2000 });
  });
});
