import { expect } from "chai";
import { expectStatus, memberCount, read } from "../support/assertions.js";
import { BULK_REQUEST } from "../support/bulk.js";
import { askDry } from "../support/dry-run.js";
import { createGroup, createUsers } from "../support/factories.js";
import { describeServer } from "../support/server.js";

const WRITERS = 20;

describeServer("Dry runs beside writers", (scim) => {
  it("lose no write, and are done or refused with 503 and a time to try again", async function () {
    this.timeout(120_000);
    const people = await createUsers(scim, WRITERS);
    const group = await createGroup(scim, people);
    const Operations = people.map(({ id }) => ({ method: "DELETE", path: `/Users/${id}` }));
    let isOver = false;
    const asked: number[] = [];
    const asking = Promise.all(
      Array.from({ length: 3 }, async () => {
        while (!isOver) {
          const answer = await askDry(scim, "POST", "/Bulk", { schemas: [BULK_REQUEST], Operations });
          expectStatus(answer, 200, 503);
          if (answer.status === 503) expect(answer.headers["retry-after"]).to.equal("1");
          asked.push(answer.status);
        }
      }),
    );
    await Promise.all(
      people.map(async ({ id }, index) => {
        for (let round = 0; round < 5; round += 1) {
          const title = `Writer ${index}, round ${round}`;
          expectStatus(await scim.patch(`/Users/${id}`, { op: "replace", path: "title", value: title }), 200);
        }
        const member = `members[value eq "${id}"]`;
        if (index % 2 === 0)
          expectStatus(await scim.patch(`/Groups/${group.id}`, { op: "remove", path: member }), 204);
      }),
    );
    isOver = true;
    await asking;
    expect(asked).to.include(200);
    for (const [index, { id }] of people.entries()) {
      const { title, groups = [] } = await read(scim, `/Users/${id}`);
      expect(title).to.equal(`Writer ${index}, round 4`);
      expect(groups).to.have.length(index % 2);
    }
    expect(await memberCount(scim, group.id)).to.equal(WRITERS / 2);
  });
});
