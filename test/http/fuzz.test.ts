import { expect } from "chai";
import fc from "fast-check";
import { expectError, expectList, memberCount, read } from "../support/assertions.js";
import { ScimClient } from "../support/client.js";
import type { Answer, Body } from "../support/client.js";
import { IS_DEEP, runs } from "../support/deep.js";
import { createGroup, createUser } from "../support/factories.js";
import { heavyRequest } from "../support/heavy-requests.js";
import { clientWith } from "../support/realms.js";
import { randomRequest } from "../support/requests.js";
import type { RandomRequest, Target } from "../support/requests.js";
import { describeServer } from "../support/server.js";

/** How many requests each engine gets. */
const REQUESTS = runs(1000, 25_000);

/** How many are sent at once. */
const AT_ONCE = 10;

/** How long an answer may take when nothing else goes on, in milliseconds. */
const LIMIT_MS = 1000;

/** How often a request that seems to take longer is tried by itself: the machine may have been busy. */
const TRIES = 4;

/** One request in so many has too much of something. */
const ONE_HEAVY_IN = 10;

interface Described {
  readonly name: string;
  readonly subAttributes?: readonly Described[];
}

describeServer("Requests at random", (scim, server) => {
  it("are answered, or refused with a SCIM Error", async function () {
    this.timeout(60_000 + 100 * REQUESTS);
    const users = await Promise.all(Array.from({ length: 20 }, () => createUser(scim)));
    const groups = await Promise.all(users.map((user) => createGroup(scim, [user])));
    const target: Target = {
      endpoints: [
        "/Users",
        "/Groups",
        "/Teams",
        "/Invitations",
        "/AccessTokens",
        "/AuditEvents",
        "/Candidates",
      ],
      ids: [...users, ...groups].map(({ id }) => id),
      attributes: await attributeNames(scim),
    };
    const request = fc.oneof(
      { weight: ONE_HEAVY_IN - 1, arbitrary: randomRequest(target) },
      { weight: 1, arbitrary: heavyRequest(target) },
    );
    const batch = fc.array(request, { minLength: AT_ONCE, maxLength: AT_ONCE });
    const organization = groups[0]?.id;
    const client = fc.constantFrom(
      scim,
      await clientWith(server(), { organization }),
      await clientWith(server(), { readOnly: true }),
      await clientWith(server(), { organization, userName: users[0]?.userName }),
      undefined,
    );
    const property = fc.asyncProperty(batch, client, async (requests, given) => {
      const durations = await Promise.all(requests.map((each) => answered(scim, given, each)));
      // Answers are timed in the deep run alone, which has the machine for itself.
      if (!IS_DEEP || Math.max(...durations) < LIMIT_MS) return;
      for (const each of requests) await inTime(scim, given, each);
    });
    await fc.assert(property, {
      numRuns: Math.ceil(REQUESTS / AT_ONCE),
      endOnFailure: true,
      includeErrorInReport: true,
    });
    for (const { id } of groups) {
      const { members = [] } = await read(scim, `/Groups/${id}`);
      expect(await memberCount(scim, id)).to.equal(members.length);
    }
  });
});

/** @returns how long the server worked on the answer, in milliseconds */
async function answered(
  provider: ScimClient,
  client: ScimClient | undefined,
  { method, path, raw, headers }: RandomRequest,
): Promise<number> {
  const isLink = /^\/(invitations|account-setup)\//.test(path);
  const [given, below] = isLink ? [outside(provider), path.slice(1)] : [client ?? provider, path];
  const token = client && !isLink ? {} : { authorization: null };
  const started = performance.now();
  const answer = await given.request(method, below, {
    headers: { ...headers, ...token },
    ...(raw !== undefined && { raw }),
  });
  // The answer to those without a token is held back on purpose, so that they are slow to guess one.
  const duration = answer.status === 401 ? 0 : performance.now() - started;
  expect(answer.status, answer.text.slice(0, 2000)).to.be.below(500);
  if (method === "HEAD" || answer.text === "" || isLink) return duration;
  if (answer.status >= 400) refused(answer);
  else JSON.parse(answer.text);
  return duration;
}

/** What is not below the SCIM base. */
const outside = (scim: ScimClient) =>
  new ScimClient(() => ({ url: new URL(scim.url).origin, token: scim.token }));

/** Sends a request while nothing else goes on. */
async function inTime(...request: Parameters<typeof answered>): Promise<void> {
  let shortest = Infinity;
  for (let tries = 0; tries < TRIES && shortest >= LIMIT_MS; tries += 1) {
    shortest = Math.min(shortest, await answered(...request));
  }
  expect(shortest, "milliseconds").to.be.below(LIMIT_MS);
}

function refused(answer: Answer): void {
  const { status, body } = answer;
  expectError(answer, { status, ...(body.scimType !== undefined && { scimType: body.scimType }) });
}

/** The names of all attributes and schemas, as the server describes them. */
async function attributeNames(scim: ScimClient): Promise<string[]> {
  const schemas = expectList(await scim.get("/Schemas"));
  const names = schemas.flatMap((schema) => [
    schema.id,
    ...attributesOf(schema).flatMap(({ name, subAttributes = [] }) => [
      name,
      `${schema.id}:${name}`,
      ...subAttributes.map((each) => `${name}.${each.name}`),
    ]),
  ]);
  return [...new Set([...names, "schemas", "id", "externalId", "meta", "meta.created", "meta.version"])];
}

const attributesOf = (schema: Body) => schema.attributes as readonly Described[];
