import type { Session } from "../../db/session.js";
import { roleNames } from "../../domain/access/roles.js";
import type { OwnRecord } from "../../domain/users/account.js";
import { toRoles } from "./roles.js";

interface RecordRow {
  organization_id: string;
  organization_name: string;
  user_name: string;
  display_name: string | null;
  active: boolean | number;
  external_id: string | null;
  roles: string;
}

interface SeatRow {
  organization_id: string;
  display_name: string;
  roles: string;
}

/** How many organizations of a person are read, and how many teams. */
const MAX_RECORDS = 1000;

/** What organizations say of a person, for that person alone. Not limited to a realm. */
export class OwnRecordRepository {
  constructor(private readonly session: Session) {}

  /** In the order of the organizations' names; also of those that deactivated the person. */
  async list(accountId: string): Promise<OwnRecord[]> {
    const rows = await this.session.rows<RecordRow>(
      `select memberships.organization_id, organizations.display_name as organization_name, memberships.user_name,
         memberships.display_name, memberships.active, memberships.external_id, memberships.roles
       from muster_memberships as memberships
         join muster_organizations as organizations on organizations.id = memberships.organization_id
       where memberships.account_id = ? order by organizations.display_name_key, organizations.id limit ?`,
      [accountId, MAX_RECORDS],
    );
    const seats = await this.session.rows<SeatRow>(
      `select seats.organization_id, teams.display_name, teams.roles from muster_team_memberships as seats
         join muster_teams as teams on teams.id = seats.team_id
       where seats.account_id = ? order by teams.display_name_key, teams.id limit ?`,
      [accountId, MAX_RECORDS],
    );
    const seatsIn = new Map<string, SeatRow[]>();
    for (const seat of seats) {
      const others = seatsIn.get(seat.organization_id);
      if (others) others.push(seat);
      else seatsIn.set(seat.organization_id, [seat]);
    }
    return rows.map((row) => {
      const own = seatsIn.get(row.organization_id) ?? [];
      const roles = [row, ...own].flatMap((each) => roleNames(toRoles(each.roles)));
      return {
        organizationId: row.organization_id,
        organizationName: row.organization_name,
        userName: row.user_name,
        displayName: row.display_name ?? undefined,
        active: Boolean(row.active),
        externalId: row.external_id ?? undefined,
        roles: [...new Set(roles)],
        teams: own.map((team) => team.display_name),
      };
    });
  }
}
