import { expect } from "chai";
import { expectStatus, read } from "../support/assertions.js";
import type { Body, ScimClient } from "../support/client.js";
import { createGroup, severalAtATime, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const PEOPLE = 120;

const deactivate = (client: ScimClient, id: string) =>
  client.patch(`/Users/${id}`, { op: "replace", path: "active", value: false });

describeServer("While an undo runs,", (scim, server) => {
  let acme: Body;
  let own: ScimClient;
  let other: ScimClient;

  beforeEach(async () => {
    acme = await createGroup(scim);
    const ofAcme = () => clientWith(server(), { organization: acme.id });
    [own, other] = await Promise.all([ofAcme(), ofAcme()]);
  });

  const undoLatest = async (client: ScimClient) => {
    const { Resources } = await read(client, "/Removals?sortBy=timestamp&sortOrder=descending");
    return client.post(`/Removals/${Resources[0]?.id ?? ""}/undo`, {});
  };
  const createPeople = () =>
    severalAtATime(Array.from({ length: PEOPLE }), async () => {
      const answer = await own.post("/Users", { userName: `${unique("p")}@example.com`, active: true });
      expectStatus(answer, 201);
      return answer.body;
    });
  /** Undoes what `own` took while another token dismisses all. @returns what each dismissal was answered with */
  const undoBeside = async (people: readonly Body[], dismiss: typeof deactivate) => {
    const [undone, statuses] = await Promise.all([
      undoLatest(own),
      Promise.all(people.map(async ({ id }) => (await dismiss(other, id)).status)),
    ]);
    expectStatus(undone, 200);
    return statuses;
  };

  it("nobody comes back, or stays, whom another token deletes", async function () {
    this.timeout(120_000);
    const people = await createPeople();
    await severalAtATime(people, ({ id }) => own.delete(`/Users/${id}`));
    for (const status of await undoBeside(people, (client, id) => client.delete(`/Users/${id}`)))
      expect(status).to.be.oneOf([204, 404]);
    expect((await read(own, "/Users")).totalResults).to.equal(0);
  });

  it("who is deactivated by another token is gone if that was answered with 404, and else inactive", async function () {
    this.timeout(120_000);
    const people = await createPeople();
    await severalAtATime(people, ({ id }) => own.delete(`/Users/${id}`));
    const statuses = await undoBeside(people, deactivate);
    const { Resources } = await read(own, "/Users?count=1000");
    const active = new Map(Resources.map((user) => [user.id, user.active]));
    for (const [index, { id }] of people.entries())
      expect([statuses[index], active.get(id)]).to.be.deep.oneOf([
        [404, undefined],
        [200, false],
      ]);
  });

  it("nobody is active again whom another token deactivates once more", async function () {
    this.timeout(120_000);
    const people = await createPeople();
    await severalAtATime(people, ({ id }) => deactivate(own, id));
    for (const status of await undoBeside(people, deactivate)) expect(status).to.equal(200);
    expect((await read(own, "/Users?filter=active%20eq%20true")).totalResults).to.equal(0);
  });
});
