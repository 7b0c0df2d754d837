import { expect } from "chai";
import { request } from "node:http";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { memberCount } from "../support/assertions.js";
import { createGroup, createUser } from "../support/factories.js";
import type { Body } from "../support/client.js";
import { describeServer } from "../support/server.js";
import { OPERATOR_PRINCIPAL } from "../../src/domain/access/principal.js";
import { JsonDocument } from "../../src/domain/values/json.js";

/** So many that they are sent in several pieces. */
const MEMBERS = 3000;

/** How many of them are made at a time: fewer than can wait to be written. */
const AT_ONCE = 500;

describeServer("A group with many members", (scim, server) => {
  let group: Body;

  before(async function () {
    this.timeout(60_000);

    const { users } = server().services;
    const profile = JsonDocument.ofValue({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"] });
    const made: unknown[] = [];
    while (made.length < MEMBERS) {
      const portion = Array.from({ length: AT_ONCE }, (_, index) => {
        const input = {
          userName: `many-${made.length + index}`,
          active: true,
          roles: [],
          profile,
          search: profile,
        };
        return users.create(OPERATOR_PRINCIPAL, input, {});
      });
      made.push(...(await Promise.all(portion)));
    }
    group = await createGroup(scim, made as unknown as Body[]);
  });

  it("is read whole, each member once", async () => {
    const { body } = await scim.get(`/Groups/${group.id}`);
    expect(new Set(body.members?.map(({ value }) => value)).size).to.equal(MEMBERS);
    expect(await memberCount(scim, group.id)).to.equal(MEMBERS);
  });

  it("is read whole in a list, and before others", async () => {
    const after = await createGroup(scim, [await createUser(scim)]);
    const { body } = await scim.get("/Groups");
    expect(body.Resources.map(({ members }) => members?.length)).to.deep.equal([MEMBERS, 1]);
    expect(body.Resources[1]?.id).to.equal(after.id);
  });

  it("does no harm when the client hangs up in the middle", async () => {
    for (let time = 0; time < 20; time += 1) {
      const asked = request(`${scim.url}/Groups/${group.id}`, {
        headers: { authorization: `Bearer ${scim.token}` },
      }).end();
      const [answer] = (await once(asked, "response")) as [IncomingMessage];
      answer.destroy();
    }
    expect((await scim.get(`/Groups/${group.id}`)).body.members).to.have.lengthOf(MEMBERS);
  });
});
