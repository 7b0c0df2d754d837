/** An organization, as a dry run names it. */
export interface ConcernedOrganization {
  readonly id: string;
  readonly displayName: string;
}

/** What would come of a write, in numbers. */
export interface Effects extends Losses {
  /** Resources that would be new. */
  readonly created: number;
  /** Resources that exist and would be changed. */
  readonly changed: number;
}

/** What people and organizations would lose. */
export interface Losses {
  /** Memberships that would end. */
  readonly memberships: number;
  /** Seats in teams. */
  readonly seats: number;
  /** Roles that people have, of their own or by a team, and would not have any more. */
  readonly roles: number;
  readonly accounts: number;
  /** Access tokens that are valid. */
  readonly tokens: number;
  /** The organizations that would lose their last administrator, and whether the provider would. */
  readonly lastAdministratorOf: readonly ConcernedOrganization[];
  readonly leavesProviderWithoutAdministrator: boolean;
  /** The organizations that would lose their last member. Those that would be deleted are not named. */
  readonly emptied: readonly ConcernedOrganization[];
}
