import type { Database } from "../db/database.js";
import type { Session } from "../db/session.js";
import type { Realm } from "../domain/principal.js";
import { AccessTokenRepository } from "./access-tokens.js";
import { AccountRepository } from "./accounts.js";
import { AuditEventRepository } from "./audit-events.js";
import { CandidateRepository } from "./candidates.js";
import { DirectoryRepository } from "./directory.js";
import { KeyRepository } from "./keys.js";
import { MembershipDetailsRepository } from "./membership-details.js";
import { MembershipRepository } from "./memberships.js";
import { OrganizationRepository } from "./organizations.js";
import { TeamRepository } from "./teams.js";

/** All repositories, bound to one session. */
export interface Repositories {
  readonly accounts: AccountRepository;
  readonly organizations: OrganizationRepository;
  readonly memberships: MembershipRepository;
  readonly directory: DirectoryRepository;
  readonly accessTokens: AccessTokenRepository;
  readonly auditEvents: AuditEventRepository;
  readonly teams: TeamRepository;
  readonly candidates: CandidateRepository;
  readonly membershipDetails: MembershipDetailsRepository;
  readonly keys: KeyRepository;
}

/** Gives services their repositories: for looking, or for changes that happen together or not at all. */
export interface UnitOfWork {
  /** Repositories for looking only. */
  read(realm: Realm): Repositories;

  /**
   * Runs `work` so that all of it is kept when it resolves, and nothing when it throws; it may be run again
   * after losing a race, so it must do nothing but work on the repositories.
   */
  write<T>(realm: Realm, work: (repositories: Repositories) => Promise<T>): Promise<T>;

  /**
   * Runs several units of work in one transaction: each is kept or undone by itself, and all are undone when
   * `work` throws. It may be run again, as above.
   *
   * @param work is given the units; they see what those before them have written
   */
  together<T>(work: (joined: UnitOfWork) => Promise<T>): Promise<T>;
}

/** Each unit of work is a transaction of its own; looking is outside of any, and sees what is committed. */
export class Transactions implements UnitOfWork {
  constructor(private readonly database: Database) {}

  read(realm: Realm): Repositories {
    return repositories(this.database.reader, realm);
  }

  write<T>(realm: Realm, work: (repositories: Repositories) => Promise<T>): Promise<T> {
    return this.database.transaction((session) => work(repositories(session, realm)));
  }

  together<T>(work: (joined: UnitOfWork) => Promise<T>): Promise<T> {
    return this.database.transaction((session) => work(new Savepoints(session)));
  }
}

/** Units of work inside of one transaction, each behind a savepoint. */
class Savepoints implements UnitOfWork {
  constructor(private readonly session: Session) {}

  read(realm: Realm): Repositories {
    return repositories(this.session, realm);
  }

  write<T>(realm: Realm, work: (repositories: Repositories) => Promise<T>): Promise<T> {
    return this.session.atomically(() => work(repositories(this.session, realm)));
  }

  together<T>(work: (joined: UnitOfWork) => Promise<T>): Promise<T> {
    return this.session.atomically(() => work(this));
  }
}

/** @param realm what there is to see */
const repositories = (session: Session, realm: Realm): Repositories => ({
  accounts: new AccountRepository(session, realm),
  organizations: new OrganizationRepository(session, realm),
  memberships: new MembershipRepository(session),
  directory: new DirectoryRepository(session, realm),
  accessTokens: new AccessTokenRepository(session, realm),
  auditEvents: new AuditEventRepository(session, realm),
  teams: new TeamRepository(session, realm),
  candidates: new CandidateRepository(session),
  membershipDetails: new MembershipDetailsRepository(session, realm),
  keys: new KeyRepository(session),
});
