import { ownDefinition, readOnly } from "./definition.js";

export const CANDIDATE = "urn:muster:params:scim:schemas:core:2.0:Candidate";

/** Somebody who could become a member of the caller's organization. */
export const candidateDefinition = ownDefinition(
  "Candidate",
  CANDIDATE,
  "Somebody who could become a member of the organization",
  [
    readOnly("string", "userName", "The user name."),
    readOnly("string", "displayName", "The name."),
    readOnly("complex", "emails", "For filters alone.", { multiValued: true, returned: "never" }, [
      readOnly("string", "value", "An address."),
    ]),
  ],
);
