import { isJsonObject } from "../../domain/values/json.js";
import type { JsonValue } from "../../domain/values/json.js";
import type { Filter } from "../../domain/listing.js";
import type { MemberEntry, MembershipChange, MemberTurns } from "../../domain/memberships/membership.js";
import type { PatchOperation } from "../requests/patch-request.js";
import { isStorable } from "../../domain/values/text.js";
import { invalidValue, mutability, noTarget } from "../errors.js";
import { equalityTerms } from "../filter/evaluate.js";

/** The members in a value of `members`. @throws ScimError 400 `invalidValue` for a member without an id */
export function memberEntries(members: JsonValue | undefined): MemberEntry[] {
  if (members === undefined) return [];
  return (Array.isArray(members) ? members : [members]).map((member) => {
    const { value, role } = isJsonObject(member) ? member : { value: member, role: undefined };
    if (typeof value !== "string")
      throw invalidValue("Each element of 'members' needs a 'value': the id of a User");
    return { accountId: value, ...(typeof role === "string" && { role }) };
  });
}

const memberIds = (members: JsonValue) => memberEntries(members).map(({ accountId }) => accountId);

/** PATCH operations in two groups: those on members change memberships, the others the resource. */
export interface SplitOperations {
  readonly attributes: readonly PatchOperation[];
  readonly members: readonly MembershipChange[];
}

export function splitOperations(operations: readonly PatchOperation[]): SplitOperations {
  const isOnMembers = ({ path }: PatchOperation) => path.reference.attribute?.name === "members";
  return {
    attributes: operations.filter((operation) => !isOnMembers(operation)),
    members: merged(operations.filter(isOnMembers).map(toMembershipChange)),
  };
}

/** Combines consecutive additions, and consecutive removals, into one, at the cost of one. */
function merged(changes: readonly MembershipChange[]): MembershipChange[] {
  const result: MembershipChange[] = [];
  /** What the next change may go on with. */
  let open: { readonly entries: MemberEntry[] } | { readonly accountIds: string[] } | undefined;
  for (const change of changes) {
    if (change.type === "add" && change.entries.every(({ role }) => role === undefined)) {
      if (!open || !("entries" in open)) result.push({ type: "add", ...(open = { entries: [] }) });
      for (const entry of change.entries) open.entries.push(entry);
    } else if (change.type === "remove") {
      if (!open || !("accountIds" in open)) result.push({ type: "remove", ...(open = { accountIds: [] }) });
      for (const id of change.accountIds) open.accountIds.push(id);
    } else {
      result.push(change);
      open = undefined;
    }
  }
  return result;
}

/** What PATCHes of one resource do to its members, when each does one thing and all do the same. */
export function memberTurns(patches: readonly SplitOperations[]): MemberTurns | undefined {
  const changes = patches.flatMap(({ attributes, members }) =>
    attributes.length === 0 && members.length === 1 ? members : [],
  );
  if (changes.length < patches.length) return undefined;
  const removals = changes.flatMap((change) => (change.type === "remove" ? [change.accountIds] : []));
  if (removals.length === patches.length) return { type: "remove", turns: removals };
  const additions = changes.flatMap((change) =>
    // A role in a team is a change of its own.
    change.type === "add" && change.entries.every(({ role }) => role === undefined)
      ? [change.entries.map(({ accountId }) => accountId)]
      : [],
  );
  return additions.length === patches.length ? { type: "add", turns: additions } : undefined;
}

function toMembershipChange(operation: PatchOperation): MembershipChange {
  const { filter, reference, text } = operation.path;
  const part = reference.subAttribute?.name;
  if (part === "type") throw mutability(`'${text}' cannot be changed`);
  if (part === "role") return roleChange(operation, filter);
  if (operation.op === "remove") return removal(operation, filter);
  if (filter) return additionBy(filter, part !== undefined);
  const entries = memberEntries(operation.value);
  return { type: operation.op === "replace" && part === undefined ? "replace" : "add", entries };
}

/** `members[value eq "id"].role`: the role of one member. */
function roleChange({ op, value }: PatchOperation, filter: Filter | undefined): MembershipChange {
  const accountId = filter && namedMember(filter);
  if (accountId === undefined) {
    throw noTarget('To change the role of a member, select the member by id: members[value eq "<id>"].role');
  }
  return {
    type: "setRole",
    accountId,
    role: op === "remove" || typeof value !== "string" ? undefined : value,
  };
}

function removal({ value }: PatchOperation, filter: Filter | undefined): MembershipChange {
  if (!filter)
    return value === undefined ? { type: "removeAll" } : { type: "remove", accountIds: memberIds(value) };
  const id = namedMember(filter);
  return id === undefined ? { type: "removeMatching", filter } : { type: "remove", accountIds: [id] };
}

/** `members[value eq "id"]` as the target of an addition: the member is the one that the filter names. */
function additionBy(filter: Filter, hasSubAttribute: boolean): MembershipChange {
  if (hasSubAttribute) throw mutability("A member cannot be changed, only added or removed");
  const id = namedMember(filter);
  if (id === undefined)
    throw noTarget(`Add members by id: {"op":"add","path":"members","value":[{"value":"<id>"}]}`);
  return { type: "add", entries: [{ accountId: id }] };
}

function namedMember(filter: Filter): string | undefined {
  const terms = equalityTerms(filter);
  const id = terms?.value;
  if (typeof id === "string" && !isStorable(id)) {
    throw invalidValue("The id of a member contains invalid characters (U+0000 or half of a surrogate pair)");
  }
  return typeof id === "string" && Object.keys(terms ?? {}).length === 1 ? id : undefined;
}
