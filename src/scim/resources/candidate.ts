import type { Candidate } from "../../domain/users/candidate.js";
import { ScimError } from "../errors.js";
import { ownDefinition, readOnly } from "../schema/definition.js";
import { crud } from "./crud.js";

const CANDIDATE = "urn:muster:params:scim:schemas:core:2.0:Candidate";

const definition = ownDefinition(
  "Candidate",
  CANDIDATE,
  "A person who could become a member of the organization",
  [
    readOnly("string", "userName", "The user name."),
    readOnly("string", "displayName", "The name."),
    // For filters alone: a schema would not be valid that says of something that it can only be read, and never is.
    readOnly(
      "complex",
      "emails",
      "For filters alone.",
      { multiValued: true, returned: "never", shadow: true },
      [readOnly("string", "value", "An address.")],
    ),
  ],
);

/** People whom an organization could add as members. They can be searched, but not read one by one. */
export const candidates = crud<Candidate>({
  definition,
  endpoint: "/Candidates",
  toAttributes: ({ userName, displayName }) => ({
    userName,
    ...(displayName !== undefined && { displayName }),
  }),
  toMeta: () => ({ version: 1 }),
  get: (_context, id) =>
    Promise.reject(
      new ScimError(
        404,
        undefined,
        `Candidate '${id}' not found; candidates can only be searched for, with a filter`,
      ),
    ),
  list: ({ services, principal }, listing, query) =>
    services.candidates.list(principal, listing, query.filter),
});
