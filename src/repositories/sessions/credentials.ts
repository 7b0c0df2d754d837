import type { Session } from "../../db/session.js";
import { isSameMailbox } from "../../domain/values/email.js";
import { foldCase } from "../../domain/values/text.js";

/** The passwords that open something to a person who signs in. */
export interface Credentials {
  readonly accountId: string;
  /** What the person is called where they sign in. */
  readonly userName: string;
  readonly isActive: boolean;
  /** The hash of the person's own password. */
  readonly personal: string | undefined;
  /** That of the password that opens one organization alone. */
  readonly ofOrganization:
    | {
        readonly organizationId: string;
        readonly hash: string;
        /** Whether it gives no role's power, since the organization chose it. */
        readonly isAssigned: boolean;
      }
    | undefined;
  /** In an organization's own sign-in: whether the membership is active. */
  readonly isMemberActive: boolean;
}

/** A password, by whose it is and the hash that it has. */
export interface HashedPassword {
  readonly accountId: string;
  /** The organization that it opens alone; undefined: it is the person's. */
  readonly organizationId: string | undefined;
  readonly passwordHash: string;
}

/** What ends when its password changes; sign-ins that wait for a code do, too. */
const BOUND_TO_PASSWORDS = ["muster_sessions", "muster_password_resets", "muster_pending_addresses"];

interface CredentialsRow {
  account_id: string;
  user_name: string;
  account_active: boolean | number;
  personal: string | null;
  organization_id: string | null;
  of_organization: string | null;
  is_password_assigned: boolean | number | null;
  membership_active: boolean | number | null;
}

const COLUMNS = `accounts.id as account_id, accounts.active as account_active, accounts.password_hash as personal`;

const OF_ORGANIZATION = `memberships.organization_id, memberships.password_hash as of_organization,
  memberships.is_password_assigned,
  memberships.active as membership_active`;

/** The most proved addresses that are read of one key. */
const LOOK_ALIKES = 100;

/** Finds whom a name belongs to that is entered to sign in. Not limited to a realm. */
export class CredentialRepository {
  constructor(private readonly session: Session) {}

  /**
   * By the account's `userName`, or else by an address that exactly one account has proved. With the name, the password
   * of the organization that created the account opens that organization, too.
   *
   * @param name in any case
   */
  async find(name: string): Promise<Credentials | undefined> {
    const key = foldCase(name);
    const row = await this.session.first<CredentialsRow>(
      `select ${COLUMNS}, accounts.user_name, ${OF_ORGANIZATION} from muster_accounts as accounts
         left join muster_memberships as memberships on memberships.account_id = accounts.id
           and memberships.organization_id = accounts.origin_organization_id
       where accounts.user_name_key = ?`,
      [key],
    );
    if (row) return toCredentials(row);
    const proved = await this.session.rows<CredentialsRow & { address: string }>(
      `select ${COLUMNS}, accounts.user_name, proved.address, null as organization_id, null as of_organization,
         null as is_password_assigned, null as membership_active
       from muster_proved_addresses as proved join muster_accounts as accounts on accounts.id = proved.account_id
       where proved.value_key = ? limit ?`,
      [key, LOOK_ALIKES],
    );
    // Mailboxes that only look alike have one key, so another person's must not count.
    const matching =
      proved.length > 1 ? proved.filter(({ address }) => isSameMailbox(address, name)) : proved;
    const [only, ...others] = matching;
    return only && others.length === 0 ? toCredentials(only) : undefined;
  }

  /** By an organization's name for one of its people, in any case. */
  async findIn(organizationId: string, name: string): Promise<Credentials | undefined> {
    const row = await this.session.first<CredentialsRow>(
      `select ${COLUMNS}, memberships.user_name, ${OF_ORGANIZATION} from muster_memberships as memberships
         join muster_accounts as accounts on accounts.id = memberships.account_id
       where memberships.organization_id = ? and memberships.user_name_key = ?`,
      [organizationId, foldCase(name)],
    );
    return row && toCredentials(row);
  }

  /**
   * Replaces the hash of a password by another one of the same password, wherever it is kept: what is bound to the password
   * goes on.
   *
   * @returns false, with nothing done, when the password has another hash by now
   */
  async renewHash(
    { accountId, organizationId, passwordHash }: HashedPassword,
    renewed: string,
  ): Promise<boolean> {
    const change = [renewed, accountId, passwordHash];
    const found = await (organizationId === undefined
      ? this.session.rows(
          "update muster_accounts set password_hash = ? where id = ? and password_hash = ? returning id",
          change,
        )
      : this.session.rows(
          `update muster_memberships set password_hash = ? where account_id = ? and password_hash = ?
           and organization_id = ? returning account_id`,
          [...change, organizationId],
        ));
    if (found.length === 0) return false;
    for (const table of BOUND_TO_PASSWORDS) {
      await this.session.rows(
        `update ${table} set password_hash = ? where account_id = ? and password_hash = ?`,
        change,
      );
    }
    await this.session.rows(
      `update muster_sign_in_challenges set password_hash = ? where password_hash = ? and factor_id in
         (select id from muster_second_factors where account_id = ?)`,
      [renewed, passwordHash, accountId],
    );
    return true;
  }
}

function toCredentials(row: CredentialsRow): Credentials {
  const { organization_id: organizationId, of_organization: hash } = row;
  const isMemberActive = Boolean(row.membership_active);
  return {
    accountId: row.account_id,
    userName: row.user_name,
    isActive: Boolean(row.account_active),
    personal: row.personal ?? undefined,
    ofOrganization:
      organizationId === null || hash === null
        ? undefined
        : { organizationId, hash, isAssigned: Boolean(row.is_password_assigned) },
    isMemberActive,
  };
}
