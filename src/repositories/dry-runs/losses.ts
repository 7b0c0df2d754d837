import type { Session } from "../../db/session.js";
import type { Realm } from "../../domain/access/principal.js";
import type { ConcernedOrganization, Losses } from "../../domain/dry-runs/effects.js";
import type { Touched } from "../../domain/dry-runs/touched.js";
import { Repositories } from "../repositories.js";
import { HOLDINGS, holdings } from "./holdings.js";
import type { Holding } from "./holdings.js";

/** At most so many organizations are named. */
const NAMED = 1000;

/** What those have who are touched by changes, after them. */
export interface Left {
  /** The ids of the organizations in which something may be lost. */
  readonly organizationIds: readonly string[];
  /** By `key`, of each kind. */
  readonly keys: ReadonlyMap<Holding, string>;
  readonly state: OrganizationsState;
}

/** How organizations are, and the provider. */
interface OrganizationsState {
  readonly organizations: ReadonlyMap<string, ConcernedOrganization & { readonly isEmpty: boolean }>;
  readonly administered: ReadonlySet<string>;
  readonly isProviderAdministered: boolean;
}

/** Compares what there is after changes with what there was before them, in a transaction that undoes them in between. */
export class LossRepository {
  /** @param now as ISO 8601 in UTC */
  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
    private readonly now: string,
  ) {}

  /** To be called after the changes. */
  async left(touched: Touched): Promise<Left> {
    const keys = new Map<Holding, string>();
    for (const [holding, { text, bindings }] of this.#holdings(touched)) {
      const rows = await this.session.rows<{ key: string }>(text, bindings);
      keys.set(holding, JSON.stringify(rows.map(({ key }) => key)));
    }
    const organizationIds = await this.#organizationIds(touched);
    return { organizationIds, keys, state: await this.#state(organizationIds) };
  }

  /** To be called after the changes were undone. */
  async lost(touched: Touched, { organizationIds, keys, state: after }: Left): Promise<Losses> {
    const numbers = new Map<Holding, number>();
    for (const [holding, { text, bindings }] of this.#holdings(touched)) {
      const row = await this.session.first<{ count: number | string }>(
        `select count(*) as count from (${text}) as held
         where key not in (select items.value from ${this.session.dialect.textItems})`,
        [...bindings, keys.get(holding) ?? "[]"],
      );
      numbers.set(holding, Number(row?.count ?? 0));
    }
    const before = await this.#state(organizationIds);
    const those = (isOne: (id: string) => boolean) =>
      [...before.organizations.values()]
        .filter(({ id }) => after.organizations.has(id) && isOne(id))
        .slice(0, NAMED)
        .map(({ id, displayName }) => ({ id, displayName }));
    const isEmpty = ({ organizations }: OrganizationsState, id: string) =>
      organizations.get(id)?.isEmpty === true;
    const [memberships = 0, seats = 0, roles = 0, accounts = 0, tokens = 0] = HOLDINGS.map((each) =>
      numbers.get(each),
    );
    return {
      ...{ memberships, seats, roles, accounts, tokens },
      lastAdministratorOf: those((id) => before.administered.has(id) && !after.administered.has(id)),
      leavesProviderWithoutAdministrator: before.isProviderAdministered && !after.isProviderAdministered,
      emptied: those((id) => isEmpty(after, id) && !isEmpty(before, id)),
    };
  }

  #holdings(touched: Touched) {
    const all = holdings(this.session.dialect, this.realm, touched, this.now);
    return HOLDINGS.map((holding) => [holding, all[holding]] as const);
  }

  /** A change of an account names no organizations. Those that it left are named by changes of their own. */
  async #organizationIds({ accounts, organizations }: Touched): Promise<string[]> {
    const { realm, session } = this;
    if (realm.type === "organization") return [realm.organizationId];
    const rows = await session.rows<{ id: string }>(
      `select distinct organization_id as id from muster_memberships
       where ${session.dialect.isOneOfFew("account_id")}`,
      [JSON.stringify([...accounts])],
    );
    return [...new Set([...organizations, ...rows.map(({ id }) => id)])];
  }

  async #state(ids: readonly string[]): Promise<OrganizationsState> {
    const { session, realm } = this;
    const rows = await session.rows<{ id: string; display_name: string; member_count: number }>(
      `select id, display_name, member_count from muster_organizations where ${session.dialect.isOneOfFew("id")}
       order by id`,
      [JSON.stringify(ids)],
    );
    const { memberships, accounts } = new Repositories(session, realm);
    const organizations = rows.map(
      ({ id, display_name: displayName, member_count: count }) =>
        [id, { id, displayName, isEmpty: count === 0 }] as const,
    );
    return {
      organizations: new Map(organizations),
      administered: new Set(await memberships.administered(ids)),
      isProviderAdministered: realm.type === "provider" && (await accounts.hasAdministrator()),
    };
  }
}
