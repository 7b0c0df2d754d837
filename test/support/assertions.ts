import { expect } from "chai";
import type { Answer, Body, ScimClient } from "./client.js";
import { ORGANIZATION } from "./factories.js";

const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
const LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

export interface ExpectedError {
  readonly status: number;
  readonly scimType?: string;
  /** What the detail must name, so that the reader knows what to change. */
  readonly detail?: RegExp;
}

/** The answer is a SCIM Error (RFC 7644 section 3.12). */
export function expectError(answer: Answer, { status, scimType, detail }: ExpectedError): void {
  const { headers, body, text } = answer;
  expect(answer.status, text).to.equal(status);
  expect(headers["content-type"]).to.match(/^application\/scim\+json\b/);
  expect(body.schemas).to.deep.equal([ERROR]);
  expect(body.status).to.equal(String(status));
  expect(body.scimType, text).to.equal(scimType);
  expect(body.detail).to.be.a("string").that.is.not.empty;
  if (detail) expect(body.detail).to.match(detail);
}

/** The answer is a ListResponse. @returns its resources */
export function expectList({ status, body, text }: Answer, totalResults?: number): Body[] {
  expect(status, text).to.equal(200);
  expect(body.schemas).to.deep.equal([LIST_RESPONSE]);
  if (totalResults !== undefined) expect(body.totalResults).to.equal(totalResults);
  expect(body.itemsPerPage).to.equal(body.Resources.length);
  return body.Resources;
}

/** The answer has one of these statuses. @returns its body */
export function expectStatus({ status, body, text }: Answer, ...statuses: readonly number[]): Body {
  expect(statuses, `${status} ${text.slice(0, 1000)}`).to.include(status);
  return body;
}

/** The resource as a GET gives it. */
export async function read(scim: ScimClient, path: string): Promise<Body> {
  return expectStatus(await scim.get(path), 200);
}

/** How many members a group says it has. */
export async function memberCount(scim: ScimClient, id: string): Promise<number> {
  const group = await read(scim, `/Groups/${id}?attributes=${ORGANIZATION}:memberCount`);
  return (group[ORGANIZATION] as { memberCount: number }).memberCount;
}

/** All resources on the server. */
export async function snapshot(scim: ScimClient): Promise<string> {
  const [users, groups] = await Promise.all(
    ["/Users", "/Groups"].map((path) => scim.get(`${path}?count=1000`)),
  );
  return `${users?.text ?? ""}\n${groups?.text ?? ""}`;
}
