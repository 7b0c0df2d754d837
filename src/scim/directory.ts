import type { DirectoryEntry } from "../services/directory.js";
import type { ScimAnswer } from "./answers/answer.js";
import type { ScimContext } from "./context.js";
import { answerWithList } from "./answers/list-response.js";
import { Projection } from "./answers/projection.js";
import { readQuery, toCriteria } from "./requests/query.js";
import { renderGroup } from "./resources/group-mapping.js";
import { renderUser } from "./resources/user-mapping.js";
import { groupSchema, userSchema } from "./schema/compile.js";

/**
 * Lists resources of all types together (RFC 7644 section 3.4.2.1). An attribute that a type does not have
 * counts as absent there.
 *
 * @param source a parsed query string, or the body of a SearchRequest
 * @throws ScimError 400 as for a list of one type
 */
export function listAll(
  context: ScimContext,
  source: Readonly<Record<string, unknown>>,
): Promise<ScimAnswer> {
  const { services, principal, baseUrl } = context;
  const query = readQuery(source);
  const criteria = {
    accounts: toCriteria(userSchema, query, [groupSchema]),
    organizations: toCriteria(groupSchema, query, [userSchema]),
  };
  const projections = {
    user: Projection.of(userSchema, query),
    group: Projection.of(groupSchema, query),
  };
  const render = (entry: DirectoryEntry) =>
    entry.kind === "account"
      ? renderUser(entry.account, baseUrl, projections.user)
      : renderGroup(context, entry.organization, projections.group);
  return answerWithList(context, query, {
    endpoint: "/",
    read: (part) => services.directory.list(principal, { ...criteria, ...part }),
    renderer: () => render,
  });
}
