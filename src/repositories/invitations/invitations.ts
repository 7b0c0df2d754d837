import type { Binding, Session } from "../../db/session.js";
import type { Realm } from "../../domain/access/principal.js";
import { invitationStatus } from "../../domain/invitations/invitation.js";
import type { Invitation, NamedId } from "../../domain/invitations/invitation.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { MailState } from "../../domain/mail/mail.js";
import { foldCase } from "../../domain/values/text.js";
import { ListingCompiler } from "../listing/compile.js";
import { readPage } from "../listing/page.js";
import { toRoles } from "../memberships/roles.js";
import type { Sql } from "../listing/sql.js";
import { within } from "../realm.js";
import {
  acceptances,
  acceptorName,
  INVITATION_BYTES,
  invitationFields,
  invitationView,
} from "./invitation-fields.js";
import { bindingsOf, COLUMNS, inviterBindings, toAttributes, toNamedId } from "./invitation-rows.js";
import type { InvitationRow, InvitationWrite } from "./invitation-rows.js";

interface EmailRow {
  invitation_id: string;
  value: string;
  accepted_at: string | null;
  declined_at: string | null;
  mail_state: MailState["state"] | null;
  mail_at: string | null;
}

/** Invitations with their addresses, roles and teams, and the people who accepted. */
export class InvitationRepository {
  /** A condition that limits writes to the realm. */
  readonly #own: Sql;

  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {
    this.#own = within(realm, "organization_id");
  }

  /** @param now the time for which `status` is computed. @param lock whether this transaction is going to change it */
  async find(id: string, now: string, { lock }: { lock: boolean }): Promise<Invitation | undefined> {
    if (lock) {
      await this.session.rows(
        `select 1 from muster_invitations where id = ? ${this.#own.text} ${this.session.dialect.forUpdate}`,
        [id, ...this.#own.bindings],
      );
    }
    const { text, bindings } = invitationView(this.realm, now);
    const rows = await this.session.rows<InvitationRow>(`select * from ${text} where id = ?`, [
      ...bindings,
      id,
    ]);
    return (await this.#complete(rows, now))[0];
  }

  /** @throws UnsupportedFieldError for criteria on an attribute that cannot be searched */
  async list(listing: Listing, now: string): Promise<Page<Invitation>> {
    const { dialect } = this.session;
    const source = {
      from: invitationView(this.realm, now),
      table: "invitations",
      columns: COLUMNS.map((name) => `invitations.${name}`).join(", "),
      long: { description: "invitations.description" },
      bytes: INVITATION_BYTES,
      compiler: new ListingCompiler(dialect, invitationFields(dialect, this.realm, listing.locations)),
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
   * Writes an invitation. Addresses that stay keep that they accepted, and, unless the revision changes, that they declined.
   *
   * @param current the stored invitation
   */
  async update(invitation: InvitationWrite, current: Invitation): Promise<void> {
    const isFound = await this.#update(
      invitation.id,
      `name = ?, name_key = ?, description = ?, description_key = ?, given_name = ?, given_name_key = ?,
       family_name = ?, family_name_key = ?, expires_at = ?, quota = ?, enabled = ?, revision = ?, version = ?,
       updated_at = ?`,
      bindingsOf(invitation),
    );
    if (!isFound) return;
    const next = new Set(invitation.emails.map(foldCase));
    const removed = current.emails.map(foldCase).filter((key) => !next.has(key));
    await this.#writeLists(invitation, removed);
    if (invitation.revision === current.revision) return;
    await this.session.rows(
      "update muster_invitation_emails set declined_at = null where invitation_id = ?",
      [invitation.id],
    );
  }

  /**
   * Records that a person has accepted.
   *
   * @param address the person's address in the invitation; undefined when the invitation does not name it
   */
  async accept(id: string, address: string | undefined, accountId: string, at: string): Promise<void> {
    const set = "accepted_count = accepted_count + 1, version = version + 1, updated_at = ?";
    if (!(await this.#update(id, set, [at]))) return;
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

  /**
   * Notes which account uses an address to accept an invitation that does not name the address.
   *
   * @param addressKey see `mailboxKey`
   * @returns whether it may: no other account has used the address
   */
  async claim(id: string, addressKey: string, accountId: string): Promise<boolean> {
    const claimed = await this.session.rows(
      `insert into muster_invitation_claims as claims (invitation_id, address_key, account_id)
       select id, cast(? as text), cast(? as text) from muster_invitations where id = ? ${this.#own.text}
       on conflict (invitation_id, address_key) do update set account_id = excluded.account_id
         where claims.account_id = excluded.account_id
       returning 1`,
      [addressKey, accountId, id, ...this.#own.bindings],
    );
    return claimed.length > 0;
  }

  /** Records that a person has declined. @param address the person's address in the invitation */
  async decline(id: string, address: string, at: string): Promise<void> {
    if (!(await this.#update(id, "version = version + 1, updated_at = ?", [at]))) return;
    await this.session.rows(
      "update muster_invitation_emails set declined_at = ? where invitation_id = ? and value = ?",
      [at, id, address],
    );
  }

  /** Changes the inviter. */
  async setInviter(id: string, inviter: Invitation["inviter"]): Promise<void> {
    const set = "inviter_token_id = ?, inviter_account_id = ?, inviter_maker_id = ?";
    await this.#update(id, set, inviterBindings(inviter));
  }

  async delete(id: string): Promise<void> {
    await this.session.rows(`delete from muster_invitations where id = ? ${this.#own.text}`, [
      id,
      ...this.#own.bindings,
    ]);
  }

  /** @returns whether the realm has such an invitation */
  async #update(id: string, assignments: string, bindings: readonly Binding[]): Promise<boolean> {
    const updated = await this.session.rows(
      `update muster_invitations set ${assignments} where id = ? ${this.#own.text} returning 1`,
      [...bindings, id, ...this.#own.bindings],
    );
    return updated.length > 0;
  }

  async #writeLists(
    { id, emails, roles, teamIds }: InvitationWrite,
    removedEmails: readonly string[],
  ): Promise<void> {
    const { textItems } = this.session.dialect;
    if (removedEmails.length > 0) {
      await this.session.rows(
        `delete from muster_invitation_emails where invitation_id = ?
         and value_key in (select items.value from ${textItems})`,
        [id, JSON.stringify(removedEmails)],
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

  /** Reads the lists of invitations, and combines them with their rows. */
  async #complete(rows: readonly InvitationRow[], now: string): Promise<Invitation[]> {
    if (rows.length === 0) return [];
    const ids = JSON.stringify(rows.map(({ id }) => id));
    const readList = async <T extends { invitation_id: string }>(select: string, order: string) => {
      const found = await this.session.rows<T>(
        `${select} where invitation_id in (select items.value from ${this.session.dialect.textItems}) order by ${order}`,
        [ids],
      );
      const grouped = new Map<string, T[]>(rows.map(({ id }) => [id, []]));
      for (const each of found) grouped.get(each.invitation_id)?.push(each);
      return grouped;
    };
    const emails = await readList<EmailRow>(
      "select invitation_id, value, accepted_at, declined_at, mail_state, mail_at from muster_invitation_emails",
      "position",
    );
    const roles = await readList<{ invitation_id: string; value: string }>(
      "select invitation_id, value from muster_invitation_roles",
      "position",
    );
    const teams = await readList<{ invitation_id: string; roles: string } & NamedId>(
      `select invitation_id, teams.id, teams.display_name as display, teams.roles
       from muster_invitation_teams as invitation_teams
         join muster_teams as teams on teams.id = invitation_teams.team_id`,
      "position",
    );
    const people = await readList<{ invitation_id: string } & NamedId>(
      `select invitation_id, accounts.id, ${acceptorName(this.realm, "invitation_acceptances")} as display
       from ${acceptances(this.realm)}
         join muster_accounts as accounts on accounts.id = invitation_acceptances.account_id`,
      "accepted_at, accounts.id",
    );
    return rows.map((row) => {
      const addresses = emails.get(row.id) ?? [];
      const invitation = {
        ...toAttributes(row),
        emails: addresses.map(({ value }) => value),
        acceptedEmails: addresses.filter((each) => each.accepted_at !== null).map(({ value }) => value),
        declinedEmails: addresses.filter((each) => each.declined_at !== null).map(({ value }) => value),
        mails: new Map(addresses.flatMap(toMail)),
        roles: (roles.get(row.id) ?? []).map(({ value }) => value),
        teams: (teams.get(row.id) ?? []).map(toNamedId),
        teamIds: (teams.get(row.id) ?? []).map(({ id }) => id),
        givesRolesByTeam: (teams.get(row.id) ?? []).some(({ roles: given }) => toRoles(given).length > 0),
        acceptedBy: (people.get(row.id) ?? []).map(toNamedId),
      };
      return { ...invitation, status: invitationStatus(invitation, now) };
    });
  }
}

const toMail = ({ value, mail_state: state, mail_at: at }: EmailRow): [string, MailState][] =>
  state === null || at === null ? [] : [[value, { state, at }]];
