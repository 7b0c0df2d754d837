import { AuditService } from "./audit/audit.js";
import { BatchService } from "./batches.js";
import type { Outside } from "./batches.js";
import { CountService } from "./counts/counts.js";
import type { Dependencies } from "./dependencies.js";
import { DryRunService } from "./dry-runs/dry-runs.js";
import { UnsentSetupMail } from "./dry-runs/unsent-setup-mail.js";
import { DirectoryService } from "./directory.js";
import { GroupService } from "./groups/groups.js";
import { InvitationService } from "./invitations/invitations.js";
import type { Links } from "./invitations/links.js";
import type { OutgoingMail } from "./mail/outgoing-mail.js";
import { RealmService } from "./realm/realm.js";
import type { SessionTimes } from "../domain/sessions/session.js";
import type { PasswordCheckService } from "./sessions/password-check.js";
import { LostFactors } from "./second-factors/lost-factors.js";
import { RemovalService } from "./removals/removals.js";
import { ServerService } from "./server/server.js";
import type { Server } from "./server/server.js";
import { SessionService } from "./sessions/sessions.js";
import { TeamService } from "./teams/teams.js";
import { AccessTokenService } from "./tokens/access-tokens.js";
import { SetupMail } from "./users/account-setup.js";
import type { CandidateService } from "./users/candidates.js";
import { OwnAccountService } from "./users/own-account.js";
import { UserService } from "./users/users.js";

/** What services share, whichever unit of work they use. */
export interface SharedServices extends Outside {
  /** The same service inside a batch: Bulk has no candidates. */
  readonly candidates: CandidateService;
  /** The same one inside a batch, too. */
  readonly passwordCheck: PasswordCheckService;
  readonly links: Links;
  readonly mail: OutgoingMail;
  readonly sessionTimes: SessionTimes;
  readonly server: Server;
}

/** One service for each resource type, and for all types together. */
const services = (
  deps: Dependencies,
  {
    candidates,
    passwordCheck,
    links,
    mail,
    refusals,
    passwords,
    isUndone,
    sessionTimes,
    server,
  }: SharedServices,
) => ({
  users: new UserService(deps, new (isUndone ? UnsentSetupMail : SetupMail)(deps, mail), passwords),
  lostFactors: new LostFactors(deps),
  ownAccount: new OwnAccountService(deps),
  groups: new GroupService(deps),
  directory: new DirectoryService(deps),
  audit: new AuditService(deps, refusals),
  teams: new TeamService(deps),
  invitations: new InvitationService(deps, links, mail),
  accessTokens: new AccessTokenService(deps),
  ...{ candidates, passwordCheck },
  realm: new RealmService(deps, sessionTimes),
  sessions: new SessionService(deps, sessionTimes),
  counts: new CountService(deps),
  removals: new RemovalService(deps),
  server: new ServerService(deps, server),
});

/** The services that SCIM requests call. */
export interface ResourceServices extends Readonly<ReturnType<typeof services>> {
  /** Runs several operations with these services in one transaction. */
  readonly batches: BatchService<ResourceServices>;
  /** Runs several operations with these services, and undoes them. */
  readonly dryRuns: DryRunService<ResourceServices>;
}

export function resourceServices(deps: Dependencies, shared: SharedServices): ResourceServices {
  const batches = new BatchService(deps.work, shared, (work, outside) =>
    resourceServices({ ...deps, work }, { ...shared, ...outside }),
  );
  const dryRuns = new DryRunService(deps, shared, (rehearsal, outside) =>
    resourceServices({ ...deps, ...rehearsal }, { ...shared, ...outside }),
  );
  return { ...services(deps, shared), batches, dryRuns };
}
