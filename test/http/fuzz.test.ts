import { expect } from "chai";
import fc from "fast-check";
import { expectError, expectList, memberCount, read } from "../support/assertions.js";
import type { Answer, Body, ScimClient } from "../support/client.js";
import { createGroup, createUser } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { randomRequest } from "../support/requests.js";
import type { RandomRequest } from "../support/requests.js";
import { describeServer } from "../support/server.js";

/** How many requests each engine gets; `npm run test:deep` sends more. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 1000);

/** How many are sent at once. */
const AT_ONCE = 10;

interface Described {
  readonly name: string;
  readonly subAttributes?: readonly Described[];
}

describeServer("Requests at random", (scim, server) => {
  it("are answered, or refused with a SCIM Error", async function () {
    this.timeout(60_000 + 20 * REQUESTS);
    const users = await Promise.all(Array.from({ length: 20 }, () => createUser(scim)));
    const groups = await Promise.all(users.map((user) => createGroup(scim, [user])));
    const request = randomRequest({
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
    });
    const batch = fc.array(request, { minLength: AT_ONCE, maxLength: AT_ONCE });
    const organization = await clientWith(server(), { organization: groups[0]?.id });
    const client = fc.constantFrom(scim, organization);
    const property = fc.asyncProperty(batch, client, async (requests, given) => {
      await Promise.all(requests.map((each) => answered(given, each)));
    });
    await fc.assert(property, { numRuns: Math.ceil(REQUESTS / AT_ONCE) });
    for (const { id } of groups) {
      const { members = [] } = await read(scim, `/Groups/${id}`);
      expect(await memberCount(scim, id)).to.equal(members.length);
    }
  });
});

async function answered(scim: ScimClient, { method, path, raw, headers }: RandomRequest): Promise<void> {
  const answer = await scim.request(method, path, { headers, ...(raw !== undefined && { raw }) });
  expect(answer.status, answer.text).to.be.below(500);
  if (method === "HEAD" || answer.text === "") return;
  if (answer.status >= 400) refused(answer);
  else JSON.parse(answer.text);
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
