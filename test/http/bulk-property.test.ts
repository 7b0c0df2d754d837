import { expect } from "chai";
import type { TokenOptions } from "../../src/services/tokens/operator.js";
import fc from "fast-check";
import { expectList, expectStatus } from "../support/assertions.js";
import { patchData, sendBulk } from "../support/bulk.js";
import type { BulkOperation, BulkOutcome } from "../support/bulk.js";
import { ScimClient } from "../support/client.js";
import type { Body } from "../support/client.js";
import { runs } from "../support/deep.js";
import { CORE_GROUP, CORE_USER, createGroup, createUser, MEMBERSHIP, unique } from "../support/factories.js";
import { describeServer } from "../support/server.js";

/** How many sequences of operations are compared. */
const ROUNDS = runs(8, 25);
const USERS = 5;
const GROUPS = 2;
const NO_MEMBERS = "00000000-0000-7000-8000-000000000000";

/** A few people and organizations, of which there are two alike: for a Bulk, and for single requests. */
interface World {
  readonly name: string;
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** An operation in whichever world. */
type Step = (world: World) => BulkOperation;

const user = fc.nat(USERS);
const group = fc.nat(GROUPS - 1);
const idOf = ({ users }: World, index: number) => users[index] ?? NO_MEMBERS;
const pathOf = ({ groups }: World, index: number) => `/Groups/${groups[index] ?? NO_MEMBERS}`;

const onGroup = (
  index: number,
  data: (world: World) => object,
  more: Pick<BulkOperation, "version"> = {},
): Step => {
  return (world) => ({ method: "PATCH", path: pathOf(world, index), ...more, data: data(world) });
};

const removal = fc
  .tuple(group, user)
  .map(([to, who]) =>
    onGroup(to, (world) => patchData({ op: "remove", path: `members[value eq "${idOf(world, who)}"]` })),
  );

const addition = fc
  .tuple(group, fc.array(user, { minLength: 1, maxLength: 3 }))
  .map(([to, who]) =>
    onGroup(to, (world) =>
      patchData({ op: "add", path: "members", value: who.map((each) => ({ value: idOf(world, each) })) }),
    ),
  );

const steps: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: removal, weight: 6 },
  { arbitrary: addition, weight: 6 },
  group.map((to) => onGroup(to, () => patchData({ op: "remove", path: "members" }))),
  group.map((to) => onGroup(to, () => patchData({ op: "remove", path: "members" }), { version: 'W/"3"' })),
  // The members are written before the name turns out to be taken.
  fc
    .tuple(group, user)
    .map(([to, who]) =>
      onGroup(to, (world) =>
        patchData(
          { op: "add", path: "members", value: [{ value: idOf(world, who) }] },
          { op: "replace", path: "displayName", value: `${world.name} group 0` },
        ),
      ),
    ),
  group.map((to) => onGroup(to, () => patchData({ op: "remove", path: 'members[value eq "' }))),
  fc.tuple(group, fc.array(user, { maxLength: 4 })).map(([to, who]): Step => (world) => ({
    method: "PUT",
    path: pathOf(world, to),
    data: {
      schemas: [CORE_GROUP],
      displayName: `${world.name} group ${to}`,
      members: who.map((each) => ({ value: idOf(world, each) })),
    },
  })),
  fc.tuple(user, user).map(([who, name]): Step => (world) => ({
    method: "PATCH",
    path: `/Users/${idOf(world, who)}`,
    data: patchData({ op: "replace", path: "userName", value: `${world.name} user ${name}` }),
  })),
  fc.tuple(user, fc.boolean()).map(([who, active]): Step => (world) => ({
    method: "PATCH",
    path: `/Users/${idOf(world, who)}`,
    data: patchData({ op: "replace", path: "active", value: active }),
  })),
  user.map((name): Step => (world) => ({
    method: "POST",
    path: "/Users",
    bulkId: unique("user"),
    data: { schemas: [CORE_USER], userName: `${world.name} user ${name}` },
  })),
  user.map((who): Step => (world) => ({ method: "DELETE", path: `/Users/${idOf(world, who)}` })),
);

async function createWorld(scim: ScimClient): Promise<World> {
  const name = unique("World");
  const users: Body[] = [];
  for (let index = 0; index < USERS; index += 1) {
    users.push(await createUser(scim, { userName: `${name} user ${index}` }));
  }
  const groups: Body[] = [];
  for (let index = 0; index < GROUPS; index += 1) {
    const members = users.filter((_, each) => each % GROUPS === index);
    groups.push(await createGroup(scim, members, { displayName: `${name} group ${index}` }));
  }
  // Power over the first organization, which somebody may take away.
  const path = `${MEMBERSHIP}:organizationRoles[organization eq "${groups[0]?.id ?? ""}"].value`;
  const admin = await scim.patch(`/Users/${users[0]?.id ?? ""}`, {
    op: "add",
    path,
    value: "organization-admin",
  });
  expectStatus(admin, 200);
  return { name, users: users.map(({ id }) => id), groups: groups.map(({ id }) => id) };
}

/**
 * What a world has become, and what the audit log says of it, in words that are the same in both.
 *
 * @param tokenId of whoever did it
 */
async function stateOf(scim: ScimClient, world: World, tokenId: string): Promise<unknown> {
  const named = [
    ...world.users.map((id, index) => [id, `<user ${index}>`] as const),
    ...world.groups.map((id, index) => [id, `<group ${index}>`] as const),
    [world.name, "<world>"] as const,
  ];
  const plain = (resource: object) =>
    named
      .reduce((said, [id, name]) => said.replaceAll(id, name), JSON.stringify(resource))
      .replace(CREATED, "<id>")
      .replace(GENERATED, "#<id>");
  const users = await listed(scim, `/Users?filter=${encodeURIComponent(`userName sw "${world.name} "`)}`);
  const groups = (await Promise.all(world.groups.map((id) => scim.get(`/Groups/${id}`)))).map(
    ({ body }) => body,
  );
  const events = await listed(
    scim,
    `/AuditEvents?count=1000&filter=${encodeURIComponent(`token.value eq "${tokenId}"`)}`,
  );
  return {
    resources: [...users, ...groups]
      .map((each) => plain({ ...each, id: "", meta: withoutDigest(each.meta.version) }))
      .sort(),
    events: events
      .map(({ action, target, result, status, changes, detail }) =>
        plain({ action, target, result, status, changes, detail: inAnyOrder(detail) }),
      )
      .sort(),
  };
}

const listed = async (scim: ScimClient, path: string) => expectList(await scim.get(path));

/** A version without what it says of others, whose ids differ between the worlds. */
const withoutDigest = (tag: string | undefined) => tag?.replace(/-[0-9a-f]+"$/, '"');

/** The words of a detail, in which those who came or went are named in any order. */
const inAnyOrder = (detail: unknown) =>
  String(detail)
    .split(/[ ,;]+/)
    .sort();

/** The ids of users that were created on the way. */
const CREATED = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** The end of a user name that was generated. */
const GENERATED = /#[0-9a-f]{12}/gi;

async function sendOneByOne(scim: ScimClient, operations: readonly BulkOperation[]): Promise<BulkOutcome[]> {
  const outcomes: BulkOutcome[] = [];
  for (const { method, path, data, version } of operations) {
    const headers = { ...(version !== undefined && { "If-Match": version }) };
    const answer = await scim.request(method, path, { headers, ...(data !== undefined && { body: data }) });
    const { etag } = answer.headers;
    const isDone = answer.status < 300;
    outcomes.push({
      method,
      status: String(answer.status),
      ...(isDone && etag !== undefined && { version: etag }),
      ...(!isDone && { response: answer.body }),
    });
  }
  return outcomes;
}

/** Who sends the operations. */
const CALLERS: Readonly<Record<string, (world: World) => TokenOptions>> = {
  "of the provider": () => ({}),
  "of an organization": ({ groups }) => ({ organization: groups[0] ?? "" }),
  "of an organization's administrator": ({ name, groups }) => ({
    organization: groups[0] ?? "",
    userName: `${name} user 0`,
  }),
};

describeServer("The operations of a Bulk", (scim, server) => {
  /** Does operations in a world of their own. @returns what came of them */
  const run = async (
    sequence: readonly Step[],
    options: (world: World) => TokenOptions,
    send: typeof sendBulk,
  ) => {
    const world = await createWorld(scim);
    const { token, secret } = await server().services.operator.issueToken("test", options(world));
    const client = new ScimClient(() => ({ url: scim.url, token: secret }));
    const operations = sequence.map((step) => step(world));
    const outcomes = (await send(client, operations)).map(({ status, version, response }) => ({
      status,
      version: withoutDigest(version),
      scimType: response?.scimType,
    }));
    return { outcomes, state: await stateOf(scim, world, token.id) };
  };

  for (const [who, options] of Object.entries(CALLERS)) {
    it(`do what they do when they are sent one by one, with a token ${who}`, async function () {
      this.timeout(120_000);
      await fc.assert(
        fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 25 }), async (sequence) => {
          const apart = await run(sequence, options, sendOneByOne);
          expect(await run(sequence, options, sendBulk)).to.deep.equal(apart);
        }),
        { numRuns: ROUNDS },
      );
    });
  }
});
