import type { Candidate } from "../../domain/users/candidate.js";
import type { ScimAnswer } from "../answers/answer.js";
import type { ScimContext } from "../context.js";
import { ScimError } from "../errors.js";
import { candidateLocation } from "../answers/locations.js";
import type { Query } from "../requests/query.js";
import { CANDIDATE, candidateDefinition } from "../schema/candidate.js";
import { candidateSchema } from "../schema/compile.js";
import { entityTag } from "../answers/versions.js";
import { listRecords } from "./records.js";
import type { RecordType } from "./records.js";
import { ReadOnlyResource } from "./resource.js";

const CANDIDATES: RecordType<Candidate> = {
  endpoint: "/Candidates",
  schema: candidateSchema,
  toResource: ({ id, userName, displayName }, baseUrl) => ({
    schemas: [CANDIDATE],
    id,
    userName,
    ...(displayName !== undefined && { displayName }),
    meta: { resourceType: "Candidate", location: candidateLocation(id, baseUrl), version: entityTag(1) },
  }),
};

/** People whom an organization could take in: looked for, and not read one by one. */
export class CandidateResource extends ReadOnlyResource {
  static get endpoint(): string {
    return CANDIDATES.endpoint;
  }

  static get definition() {
    return candidateDefinition;
  }

  protected override get(_context: ScimContext, id: string): Promise<ScimAnswer> {
    return Promise.reject(
      new ScimError(404, undefined, `Candidate '${id}' not found; candidates are looked for`),
    );
  }

  protected override list(context: ScimContext, query: Query): Promise<ScimAnswer> {
    return listRecords(context, CANDIDATES, query, (listing) =>
      context.services.candidates.list(context.principal, listing, query.filter),
    );
  }
}
