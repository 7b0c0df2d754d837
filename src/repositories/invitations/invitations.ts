import type { Dialect } from "../../db/dialect.js";
import type { Binding, Session } from "../../db/session.js";
import { invitationStatus } from "../../domain/invitations/invitation.js";
import type { Invitation, InvitationInput, NamedId } from "../../domain/invitations/invitation.js";
import type { Listing, Locations, Page } from "../../domain/listing.js";
import type { Realm } from "../../domain/access/principal.js";
import { foldCase } from "../../domain/values/text.js";
import { ListingCompiler } from "../listing/compile.js";
import type { Collection, ResourceFields } from "../listing/fields.js";
import { readPage } from "../listing/page.js";
import { prefixed, sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";

interface InvitationRow {
  id: string;
  organization_id: string;
  organization_name: string;
  name: string | null;
  description: string | null;
  given_name: string | null;
  family_name: string | null;
  expires_at: string | null;
  quota: number | null;
  enabled: boolean | number;
  accepted_count: number;
  revision: number;
  inviter_token_id: string;
  inviter_account_id: string | null;
  inviter_maker_id: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}

/** Those of a row but for the long ones. */
const COLUMNS = [
  "id",
  "organization_id",
  "organization_name",
  "name",
  "given_name",
  "family_name",
  "expires_at",
  "quota",
  "enabled",
  "accepted_count",
  "revision",
  "inviter_token_id",
  "inviter_account_id",
  "inviter_maker_id",
  "version",
  "created_at",
  "updated_at",
];

/** Beside the description, there are lists: about so many bytes for each element. */
const BYTES = `(coalesce(octet_length(invitations.description), 0) + 256 * (invitations.accepted_count
  + (select count(*) from muster_invitation_emails as invitation_emails
    where invitation_emails.invitation_id = invitations.id)
  + (select count(*) from muster_invitation_roles as invitation_roles
    where invitation_roles.invitation_id = invitations.id)
  + (select count(*) from muster_invitation_teams as invitation_teams
    where invitation_teams.invitation_id = invitations.id)))`;

interface EmailRow {
  invitation_id: string;
  value: string;
  accepted_at: string | null;
  declined_at: string | null;
}

/** An invitation as it is written. */
export interface InvitationWrite extends InvitationInput {
  readonly id: string;
  readonly revision: number;
  readonly version: number;
  readonly updatedAt: string;
}

/** The invitations that a realm sees, with their `status` as `invitationStatus` has it: a relation `invitations`. */
function view(realm: Realm, now: string): Sql {
  const emails =
    "select 1 from muster_invitation_emails as invitation_emails where invitation_emails.invitation_id = invitations.id";
  const select = `select invitations.*, organizations.display_name as organization_name,
      organizations.display_name_key as organization_name_key,
      case when exists (${emails}) and not exists (${emails} and accepted_at is null and declined_at is null)
          then case when exists (${emails} and accepted_at is not null) then 'accepted' else 'declined' end
        when not enabled then 'disabled'
        when expires_at <= ? then 'expired'
        when accepted_count >= quota then 'exhausted'
        else 'pending' end as status
    from muster_invitations as invitations
      join muster_organizations as organizations on organizations.id = invitations.organization_id`;
  return realm.type === "provider"
    ? sql(`(${select}) invitations`, now)
    : sql(`(${select} where invitations.organization_id = ?) invitations`, now, realm.organizationId);
}

const values = (table: string): Collection => ({
  from: `${table} as element`,
  owner: "element.invitation_id",
  columns: { value: "element.value_key" },
  order: "element.position",
});

/** Who has accepted, as a realm sees it: in an organization's, whoever has left again does not exist. */
const acceptances = (realm: Realm) =>
  realm.type === "provider"
    ? "muster_invitation_acceptances as invitation_acceptances"
    : `(select invitation_acceptances.* from muster_invitation_acceptances as invitation_acceptances
        join muster_invitations as invitations on invitations.id = invitation_acceptances.invitation_id
        join muster_memberships as memberships on memberships.organization_id = invitations.organization_id
          and memberships.account_id = invitation_acceptances.account_id) invitation_acceptances`;

const fields = ({ plainText }: Dialect, realm: Realm, locations: Locations): ResourceFields => ({
  table: "invitations",
  columns: {
    id: "invitations.id",
    name: "invitations.name_key",
    description: "invitations.description_key",
    organization: "invitations.organization_id",
    "organization.value": "invitations.organization_id",
    "organization.$ref": prefixed(locations("Group", ""), "invitations.organization_id"),
    "organization.display": "invitations.organization_name_key",
    givenName: "invitations.given_name_key",
    familyName: "invitations.family_name_key",
    expiresAt: "invitations.expires_at",
    quota: "invitations.quota",
    enabled: "invitations.enabled",
    status: plainText("invitations.status"),
    meta: "invitations.id",
    "meta.resourceType": plainText("'Invitation'"),
    "meta.location": prefixed(locations("Invitation", ""), "invitations.id"),
    "meta.created": "invitations.created_at",
    "meta.lastModified": "invitations.updated_at",
    "meta.version": plainText(`'W/"' || invitations.version || '"'`),
  },
  collections: {
    emails: values("muster_invitation_emails"),
    declinedBy: values("(select * from muster_invitation_emails where declined_at is not null)"),
    roles: values("muster_invitation_roles"),
    teams: {
      from: "muster_invitation_teams as element join muster_teams as teams on teams.id = element.team_id",
      owner: "element.invitation_id",
      columns: {
        value: "element.team_id",
        display: "teams.display_name_key",
        $ref: prefixed(locations("Team", ""), "element.team_id"),
      },
      order: "element.position",
    },
    acceptedBy: {
      from: `(select * from ${acceptances(realm)}) element
        join muster_accounts as accounts on accounts.id = element.account_id`,
      owner: "element.invitation_id",
      columns: {
        value: "element.account_id",
        display: "coalesce(accounts.display_name_key, accounts.user_name_key)",
        $ref: prefixed(locations("User", ""), "element.account_id"),
      },
      order: "element.accepted_at, element.account_id",
    },
  },
  documents: {},
});

/** Invitations with whom they are for, what they give, and who has accepted. */
export class InvitationRepository {
  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {}

  /** @param now decides on the status. @param lock whether it is about to be changed in this transaction */
  async find(id: string, now: string, { lock }: { lock: boolean }): Promise<Invitation | undefined> {
    if (lock) {
      await this.session.rows(
        `select 1 from muster_invitations where id = ? ${this.session.dialect.forUpdate}`,
        [id],
      );
    }
    const { text, bindings } = view(this.realm, now);
    const rows = await this.session.rows<InvitationRow>(`select * from ${text} where id = ?`, [
      ...bindings,
      id,
    ]);
    return (await this.#complete(rows, now))[0];
  }

  /** @throws UnsupportedFieldError for criteria by something that cannot be looked for */
  async list(listing: Listing, now: string): Promise<Page<Invitation>> {
    const { dialect } = this.session;
    const source = {
      from: view(this.realm, now),
      table: "invitations",
      columns: COLUMNS.map((name) => `invitations.${name}`).join(", "),
      long: { description: "invitations.description" },
      bytes: BYTES,
      compiler: new ListingCompiler(dialect, fields(dialect, this.realm, listing.locations)),
      criteria: listing,
    };
    const page = await readPage<InvitationRow>(this.session, [source], listing);
    return { ...page, items: await this.#complete(page.items, now) };
  }

  async insert(
    invitation: InvitationWrite & Pick<Invitation, "organizationId" | "inviter" | "createdAt">,
  ): Promise<void> {
    const { id, organizationId, inviter, createdAt } = invitation;
    await this.session.rows(
      `insert into muster_invitations (name, name_key, description, description_key, given_name, given_name_key,
         family_name, family_name_key, expires_at, quota, enabled, revision, version, updated_at, id,
         organization_id, inviter_token_id, inviter_account_id, inviter_maker_id, created_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [...bindingsOf(invitation), id, organizationId, ...inviterBindings(inviter), createdAt],
    );
    await this.#writeLists(invitation, []);
  }

  /**
   * @param current what is there; addresses that stay remember whether they have accepted, and whether they have
   *   declined this offer
   */
  async update(invitation: InvitationWrite, current: Invitation): Promise<void> {
    await this.session.rows(
      `update muster_invitations
        set name = ?, name_key = ?, description = ?, description_key = ?, given_name = ?,
         given_name_key = ?, family_name = ?, family_name_key = ?, expires_at = ?, quota = ?, enabled = ?,
         revision = ?, version = ?, updated_at = ?
       where id = ?`,
      [...bindingsOf(invitation), invitation.id],
    );
    const kept = new Set(invitation.emails.map(foldCase));
    const gone = current.emails.map(foldCase).filter((key) => !kept.has(key));
    await this.#writeLists(invitation, gone);
    if (invitation.revision === current.revision) return;
    await this.session.rows(
      "update muster_invitation_emails set declined_at = null where invitation_id = ?",
      [invitation.id],
    );
  }

  /**
   * Writes down that somebody has accepted.
   *
   * @param address that of the invitation's which is theirs; undefined when it does not name them
   */
  async accept(id: string, address: string | undefined, accountId: string, at: string): Promise<void> {
    await this.session.rows(
      `update muster_invitations set accepted_count = accepted_count + 1, version = version + 1, updated_at = ?
       where id = ?`,
      [at, id],
    );
    if (address !== undefined) {
      await this.session.rows(
        "update muster_invitation_emails set accepted_at = ? where invitation_id = ? and value = ?",
        [at, id, address],
      );
    }
    await this.session.rows(
      `insert into muster_invitation_acceptances (invitation_id, account_id, accepted_at) values (?, ?, ?)
       on conflict (invitation_id, account_id) do update set accepted_at = excluded.accepted_at`,
      [id, accountId, at],
    );
  }

  /** Writes down that somebody does not want to. @param address that of the invitation's which is theirs */
  async decline(id: string, address: string, at: string): Promise<void> {
    await this.session.rows(
      "update muster_invitations set version = version + 1, updated_at = ? where id = ?",
      [at, id],
    );
    await this.session.rows(
      "update muster_invitation_emails set declined_at = ? where invitation_id = ? and value = ?",
      [at, id, address],
    );
  }

  /** Makes somebody else the one who invites. */
  async setInviter(id: string, inviter: Invitation["inviter"]): Promise<void> {
    await this.session.rows(
      "update muster_invitations set inviter_token_id = ?, inviter_account_id = ?, inviter_maker_id = ? where id = ?",
      [...inviterBindings(inviter), id],
    );
  }

  async delete(id: string): Promise<void> {
    await this.session.rows("delete from muster_invitations where id = ?", [id]);
  }

  async #writeLists(
    { id, emails, roles, teamIds }: InvitationWrite,
    goneEmails: readonly string[],
  ): Promise<void> {
    const { textItems } = this.session.dialect;
    if (goneEmails.length > 0) {
      await this.session.rows(
        `delete from muster_invitation_emails where invitation_id = ?
         and value_key in (select items.value from ${textItems})`,
        [id, JSON.stringify(goneEmails)],
      );
    }
    for (const [position, value] of emails.entries()) {
      await this.session.rows(
        `insert into muster_invitation_emails (invitation_id, position, value, value_key) values (?, ?, ?, ?)
         on conflict (invitation_id, value_key) do update set position = excluded.position, value = excluded.value`,
        [id, position, value, foldCase(value)],
      );
    }
    await this.session.rows("delete from muster_invitation_roles where invitation_id = ?", [id]);
    for (const [position, value] of roles.entries()) {
      await this.session.rows(
        "insert into muster_invitation_roles (invitation_id, position, value, value_key) values (?, ?, ?, ?)",
        [id, position, value, foldCase(value)],
      );
    }
    await this.session.rows("delete from muster_invitation_teams where invitation_id = ?", [id]);
    for (const [position, teamId] of teamIds.entries()) {
      await this.session.rows(
        "insert into muster_invitation_teams (invitation_id, position, team_id) values (?, ?, ?)",
        [id, position, teamId],
      );
    }
  }

  /** The invitations of rows, with their lists. */
  async #complete(rows: readonly InvitationRow[], now: string): Promise<Invitation[]> {
    if (rows.length === 0) return [];
    const ids = JSON.stringify(rows.map(({ id }) => id));
    const listed = async <T extends { invitation_id: string }>(select: string, order: string) => {
      const found = await this.session.rows<T>(
        `${select} where invitation_id in (select items.value from ${this.session.dialect.textItems}) order by ${order}`,
        [ids],
      );
      const grouped = new Map<string, T[]>(rows.map(({ id }) => [id, []]));
      for (const each of found) grouped.get(each.invitation_id)?.push(each);
      return grouped;
    };
    const emails = await listed<EmailRow>(
      "select invitation_id, value, accepted_at, declined_at from muster_invitation_emails",
      "position",
    );
    const roles = await listed<{ invitation_id: string; value: string }>(
      "select invitation_id, value from muster_invitation_roles",
      "position",
    );
    const teams = await listed<{ invitation_id: string } & NamedId>(
      `select invitation_id, teams.id, teams.display_name as display
       from muster_invitation_teams as invitation_teams
         join muster_teams as teams on teams.id = invitation_teams.team_id`,
      "position",
    );
    const people = await listed<{ invitation_id: string } & NamedId>(
      `select invitation_id, accounts.id, coalesce(accounts.display_name, accounts.user_name) as display
       from ${acceptances(this.realm)}
         join muster_accounts as accounts on accounts.id = invitation_acceptances.account_id`,
      "accepted_at, accounts.id",
    );
    return rows.map((row) => {
      const addresses = emails.get(row.id) ?? [];
      const invitation = {
        ...toFacts(row),
        emails: addresses.map(({ value }) => value),
        acceptedEmails: addresses.filter((each) => each.accepted_at !== null).map(({ value }) => value),
        declinedEmails: addresses.filter((each) => each.declined_at !== null).map(({ value }) => value),
        roles: (roles.get(row.id) ?? []).map(({ value }) => value),
        teams: (teams.get(row.id) ?? []).map(toNamedId),
        teamIds: (teams.get(row.id) ?? []).map(({ id }) => id),
        acceptedBy: (people.get(row.id) ?? []).map(toNamedId),
      };
      return { ...invitation, status: invitationStatus(invitation, now) };
    });
  }
}

const toNamedId = ({ id, display }: NamedId): NamedId => ({ id, display });

function bindingsOf(invitation: InvitationWrite) {
  const { name, description, givenName, familyName, expiresAt, quota, enabled } = invitation;
  const folded = [name, description, givenName, familyName].flatMap((text) =>
    text === undefined ? [null, null] : [text, foldCase(text)],
  );
  const { revision, version, updatedAt } = invitation;
  return [...folded, expiresAt ?? null, quota ?? null, enabled, revision, version, updatedAt];
}

const toFacts = (row: InvitationRow) => ({
  id: row.id,
  organizationId: row.organization_id,
  organizationName: row.organization_name,
  name: row.name ?? undefined,
  description: row.description ?? undefined,
  givenName: row.given_name ?? undefined,
  familyName: row.family_name ?? undefined,
  expiresAt: row.expires_at ?? undefined,
  quota: row.quota ?? undefined,
  enabled: Boolean(row.enabled),
  acceptedCount: row.accepted_count,
  revision: row.revision,
  inviter: {
    tokenId: row.inviter_token_id,
    accountId: row.inviter_account_id ?? undefined,
    makerId: row.inviter_maker_id ?? undefined,
  },
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

function inviterBindings({ tokenId, accountId, makerId }: Invitation["inviter"]): Binding[] {
  return [tokenId ?? null, accountId ?? null, makerId ?? null];
}
