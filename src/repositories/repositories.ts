import type { Session } from "../db/session.js";
import type { Realm } from "../domain/access/principal.js";
import type { Change } from "../domain/changes/change.js";
import { AuditEventRepository } from "./audit/audit-events.js";
import { AccountCountRepository } from "./counts/account-count.js";
import { CountRepository } from "./counts/counts.js";
import { DirectoryRepository } from "./directory.js";
import { InvitationCodeRepository } from "./invitations/invitation-codes.js";
import { InvitationRepository } from "./invitations/invitations.js";
import { KeyRepository } from "./keys.js";
import { RateLimitRepository } from "./limits/rate-limits.js";
import { OutboxRepository } from "./mail/outbox.js";
import { ActivityRepository } from "./memberships/activity.js";
import { MembershipDetailsRepository } from "./memberships/membership-details.js";
import { MembershipRepository } from "./memberships/memberships.js";
import { OwnRecordRepository } from "./memberships/own-records.js";
import { PowerRepository } from "./memberships/power.js";
import { RecordRepository } from "./memberships/records.js";
import { OrganizationRepository } from "./organizations/organizations.js";
import { Forgetting } from "./removals/forgetting.js";
import { Restoring } from "./removals/restoring.js";
import { Undoing } from "./removals/undoing.js";
import { RemovalRepository } from "./removals/removals.js";
import { CredentialRepository } from "./sessions/credentials.js";
import { SecondFactorRepository } from "./second-factors/second-factors.js";
import { SignInChallengeRepository } from "./second-factors/sign-in-challenges.js";
import { SessionRepository } from "./sessions/sessions.js";
import { TeamRepository } from "./teams/teams.js";
import { AccessTokenRepository } from "./tokens/access-tokens.js";
import { AccountSetupRepository } from "./users/account-setups.js";
import { PasswordResetRepository } from "./users/password-resets.js";
import { AdministratorLinkRepository } from "./users/administrator-links.js";
import type { Trace } from "./trace.js";
import { AccountRepository } from "./users/accounts.js";
import { CandidateRepository } from "./users/candidates.js";
import { OwnAddressRepository } from "./users/own-addresses.js";
import { SearchIndexRepository } from "./users/search-index.js";

/**
 * All repositories, bound to one session and one realm. Each is created on first use, since a unit of work needs only two
 * or three of them.
 */
export class Repositories {
  #accounts: AccountRepository | undefined;
  #accountSetups: AccountSetupRepository | undefined;
  #passwordResets: PasswordResetRepository | undefined;
  #administratorLinks: AdministratorLinkRepository | undefined;
  #organizations: OrganizationRepository | undefined;
  #memberships: MembershipRepository | undefined;
  #records: RecordRepository | undefined;
  #ownRecords: OwnRecordRepository | undefined;
  #ownAddresses: OwnAddressRepository | undefined;
  #directory: DirectoryRepository | undefined;
  #accessTokens: AccessTokenRepository | undefined;
  #auditEvents: AuditEventRepository | undefined;
  #teams: TeamRepository | undefined;
  #candidates: CandidateRepository | undefined;
  #invitations: InvitationRepository | undefined;
  #invitationCodes: InvitationCodeRepository | undefined;
  #outbox: OutboxRepository | undefined;
  #rateLimits: RateLimitRepository | undefined;
  #membershipDetails: MembershipDetailsRepository | undefined;
  #keys: KeyRepository | undefined;
  #power: PowerRepository | undefined;
  #activity: ActivityRepository | undefined;
  #accountCount: AccountCountRepository | undefined;
  #counts: CountRepository | undefined;
  #sessions: SessionRepository | undefined;
  #credentials: CredentialRepository | undefined;
  #searchIndex: SearchIndexRepository | undefined;
  #secondFactors: SecondFactorRepository | undefined;
  #signInChallenges: SignInChallengeRepository | undefined;
  #removals: RemovalRepository | undefined;
  #undoing: Undoing | undefined;
  #forgetting: Forgetting | undefined;
  #restoring: Restoring | undefined;

  /**
   * @param realm limits what can be seen
   * @param trace collects what an enclosing unit of work writes later, such as audit events
   */
  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
    private readonly trace?: Trace,
  ) {}

  /** What the units of work in this transaction have changed, as a dry run notes it; undefined: there are no others. */
  get changes(): Change[] | undefined {
    return this.trace?.changes;
  }

  get accounts(): AccountRepository {
    return (this.#accounts ??= new AccountRepository(this.session, this.realm));
  }

  get passwordResets(): PasswordResetRepository {
    return (this.#passwordResets ??= new PasswordResetRepository(this.session));
  }

  get accountSetups(): AccountSetupRepository {
    return (this.#accountSetups ??= new AccountSetupRepository(this.session));
  }

  get administratorLinks(): AdministratorLinkRepository {
    return (this.#administratorLinks ??= new AdministratorLinkRepository(this.session));
  }

  get organizations(): OrganizationRepository {
    return (this.#organizations ??= new OrganizationRepository(this.session, this.realm));
  }

  get memberships(): MembershipRepository {
    return (this.#memberships ??= new MembershipRepository(this.session, this.realm));
  }

  get records(): RecordRepository {
    return (this.#records ??= new RecordRepository(this.session));
  }

  get ownRecords(): OwnRecordRepository {
    return (this.#ownRecords ??= new OwnRecordRepository(this.session));
  }

  get ownAddresses(): OwnAddressRepository {
    return (this.#ownAddresses ??= new OwnAddressRepository(this.session));
  }

  get directory(): DirectoryRepository {
    return (this.#directory ??= new DirectoryRepository(this.session, this.realm));
  }

  get accessTokens(): AccessTokenRepository {
    return (this.#accessTokens ??= new AccessTokenRepository(this.session, this.realm));
  }

  get auditEvents(): AuditEventRepository {
    return (this.#auditEvents ??= new AuditEventRepository(this.session, this.realm, this.trace?.events));
  }

  get teams(): TeamRepository {
    return (this.#teams ??= new TeamRepository(this.session, this.realm));
  }

  get candidates(): CandidateRepository {
    return (this.#candidates ??= new CandidateRepository(this.session));
  }

  get invitations(): InvitationRepository {
    return (this.#invitations ??= new InvitationRepository(this.session, this.realm));
  }

  get invitationCodes(): InvitationCodeRepository {
    return (this.#invitationCodes ??= new InvitationCodeRepository(this.session));
  }

  get outbox(): OutboxRepository {
    return (this.#outbox ??= new OutboxRepository(this.session));
  }

  get rateLimits(): RateLimitRepository {
    return (this.#rateLimits ??= new RateLimitRepository(this.session, this.trace?.counts));
  }

  get membershipDetails(): MembershipDetailsRepository {
    return (this.#membershipDetails ??= new MembershipDetailsRepository(this.session, this.realm));
  }

  get keys(): KeyRepository {
    return (this.#keys ??= new KeyRepository(this.session));
  }

  get activity(): ActivityRepository {
    return (this.#activity ??= new ActivityRepository(this.session));
  }

  get counts(): CountRepository {
    return (this.#counts ??= new CountRepository(this.session, this.realm));
  }

  get power(): PowerRepository {
    return (this.#power ??= new PowerRepository(this.session));
  }

  get sessions(): SessionRepository {
    return (this.#sessions ??= new SessionRepository(this.session, this.realm));
  }

  get secondFactors(): SecondFactorRepository {
    return (this.#secondFactors ??= new SecondFactorRepository(this.session));
  }

  get signInChallenges(): SignInChallengeRepository {
    return (this.#signInChallenges ??= new SignInChallengeRepository(this.session));
  }

  get removals(): RemovalRepository {
    return (this.#removals ??= new RemovalRepository(this.session, this.realm));
  }

  get undoing(): Undoing {
    return (this.#undoing ??= new Undoing(this.session, this.realm));
  }

  get forgetting(): Forgetting {
    return (this.#forgetting ??= new Forgetting(this.session));
  }

  get restoring(): Restoring {
    return (this.#restoring ??= new Restoring(this.session));
  }

  get credentials(): CredentialRepository {
    return (this.#credentials ??= new CredentialRepository(this.session));
  }

  get accountCount(): AccountCountRepository {
    return (this.#accountCount ??= new AccountCountRepository(this.session));
  }

  get searchIndex(): SearchIndexRepository {
    return (this.#searchIndex ??= new SearchIndexRepository(this.session));
  }
}
