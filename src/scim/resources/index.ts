import { accessTokens } from "./access-token.js";
import { auditEvents } from "./audit-event.js";
import { candidates } from "./candidate.js";
import { realmCounts } from "./counts.js";
import { groups } from "./group.js";
import { invitations } from "./invitation.js";
import { realms } from "./realm.js";
import { removals } from "./removal.js";
import type { ResourceType } from "./resource-type.js";
import { roles } from "./role.js";
import { sessions } from "./session.js";
import { serverSettings } from "./settings.js";
import { teams } from "./team.js";
import { users } from "./user.js";

/** The resource types whose changes are in the audit log. */
const audited = [users, groups, teams, invitations, accessTokens, candidates, roles, sessions, removals];

/**
 * All resource types that Muster serves. Routes, discovery, addresses, lists, search, the audit log's targets and Bulk
 * read this list.
 */
export const resourceTypes: readonly ResourceType[] = [
  users,
  groups,
  teams,
  invitations,
  accessTokens,
  auditEvents(audited),
  candidates,
  realms,
  roles,
  realmCounts,
  serverSettings,
  sessions,
  removals,
];
