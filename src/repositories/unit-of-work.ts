import type { Database } from "../db/database.js";
import type { Session } from "../db/session.js";
import type { Realm } from "../domain/principal.js";
import { AccessTokenRepository } from "./access-tokens.js";
import { AccountRepository } from "./accounts.js";
import { DirectoryRepository } from "./directory.js";
import { KeyRepository } from "./keys.js";
import { MembershipRepository } from "./memberships.js";
import { OrganizationRepository } from "./organizations.js";

/** All repositories, bound to one session. */
export interface Repositories {
  readonly accounts: AccountRepository;
  readonly organizations: OrganizationRepository;
  readonly memberships: MembershipRepository;
  readonly directory: DirectoryRepository;
  readonly accessTokens: AccessTokenRepository;
  readonly keys: KeyRepository;
}

/** Gives services their repositories: for looking, or for changes that happen together or not at all. */
export class UnitOfWork {
  readonly #database: Database;
  readonly #readers: Readonly<Record<Realm["type"], Repositories>>;

  constructor(database: Database) {
    this.#database = database;
    this.#readers = { provider: provider(database.reader) };
  }

  /** Repositories outside of any transaction: each call sees what is committed when it is made. */
  read(realm: Realm): Repositories {
    return this.#readers[realm.type];
  }

  /**
   * Runs `work` in one transaction; it may be run again after losing a race, so it must do nothing but
   * work on the repositories.
   */
  write<T>(realm: Realm, work: (repositories: Repositories) => Promise<T>): Promise<T> {
    return this.#database.transaction((session) => work(REALMS[realm.type](session)));
  }
}

/** What each realm gets to see and to change. */
const REALMS: Readonly<Record<Realm["type"], (session: Session) => Repositories>> = { provider };

function provider(session: Session): Repositories {
  return {
    accounts: new AccountRepository(session),
    organizations: new OrganizationRepository(session),
    memberships: new MembershipRepository(session),
    directory: new DirectoryRepository(session),
    accessTokens: new AccessTokenRepository(session),
    keys: new KeyRepository(session),
  };
}
