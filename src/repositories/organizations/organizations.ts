import type { Session } from "../../db/session.js";
import { UniquenessError } from "../../domain/errors.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { Organization, OrganizationInput } from "../../domain/organizations/organization.js";
import type { Realm } from "../../domain/access/principal.js";
import { foldCase } from "../../domain/values/text.js";
import { readPage } from "../listing/page.js";
import { sql } from "../listing/sql.js";
import type { Sql } from "../listing/sql.js";
import { within } from "../realm.js";
import { externalIdColumn, organizationSource, organizationView } from "./organization-fields.js";
import { insertUnique, updateUnique } from "../unique.js";

interface OrganizationRow {
  id: string;
  display_name: string;
  external_id: string | null;
  description: string | null;
  requires_second_factor: boolean | number;
  member_count: number;
  version: number;
  created_at: string;
  updated_at: string;
}

const SHORT_COLUMNS = `id, display_name, external_id, member_count, requires_second_factor, version,
  created_at, updated_at`;
const COLUMNS = `${SHORT_COLUMNS}, description`;

/** An organization to be written: the caller's input, and what the service adds. */
export interface OrganizationWrite extends OrganizationInput {
  readonly id: string;
  readonly memberCount: number;
  readonly version: number;
  readonly updatedAt: string;
}

export class OrganizationRepository {
  /** A condition that limits writes to the realm. */
  readonly #own: Sql;

  constructor(
    private readonly session: Session,
    private readonly realm: Realm,
  ) {
    this.#own = within(realm, "id");
  }

  /** @param lock whether this transaction is going to change the row */
  async find(id: string, { lock }: { lock: boolean }): Promise<Organization | undefined> {
    const end = lock ? this.session.dialect.forUpdate : "";
    const { text, bindings } = organizationView(this.realm);
    const row = await this.session.first<OrganizationRow>(
      `select ${COLUMNS} from ${text} where id = ? ${end}`,
      [...bindings, id],
    );
    return row && toOrganization(row);
  }

  /** @param displayName in any case */
  async findIdByName(displayName: string): Promise<string | undefined> {
    const { text, bindings } = organizationView(this.realm);
    const row = await this.session.first<{ id: string }>(
      `select id from ${text} where display_name_key = ?`,
      [...bindings, foldCase(displayName)],
    );
    return row?.id;
  }

  /** @throws UnsupportedFieldError for criteria on an attribute that cannot be searched */
  async list(listing: Listing): Promise<Page<Organization>> {
    const source = {
      ...organizationSource(this.session.dialect, this.realm, listing.locations, listing),
      columns: SHORT_COLUMNS,
      long: { description: "organizations.description" },
    };
    const page = await readPage<OrganizationRow>(this.session, [source], listing);
    return { ...page, items: page.items.map(toOrganization) };
  }

  /** @returns the organizations that exist, by their ids */
  async findAll(ids: readonly string[]): Promise<Map<string, Organization>> {
    const { text, bindings } = organizationView(this.realm);
    const rows = await this.session.rows<OrganizationRow>(
      `select ${COLUMNS} from ${text} where id in (select items.value from ${this.session.dialect.textItems})`,
      [...bindings, JSON.stringify(ids)],
    );
    return new Map(rows.map((row) => [row.id, toOrganization(row)]));
  }

  /** @throws UniquenessError when the name is taken */
  async insert(organization: OrganizationWrite): Promise<void> {
    const { id, memberCount, version, updatedAt } = organization;
    await insertUnique(
      this.session,
      sql(
        `insert into muster_organizations (id, display_name, display_name_key, external_id, description, description_key,
           requires_second_factor, member_count, version, created_at, updated_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[id, ...attributeBindings(organization), memberCount, version, updatedAt, updatedAt],
      ),
      "display_name_key",
      () => nameTaken(organization),
    );
  }

  /** @throws UniquenessError when the name is taken */
  async update(organization: OrganizationWrite): Promise<void> {
    await updateUnique(
      this.session.rows(
        `update muster_organizations
          set display_name = ?, display_name_key = ?, ${externalIdColumn(this.realm)} = ?, description = ?,
           description_key = ?, requires_second_factor = ?, member_count = ?, version = ?, updated_at = ?
         where id = ? ${this.#own.text}`,
        [
          ...attributeBindings(organization),
          organization.memberCount,
          organization.version,
          organization.updatedAt,
          organization.id,
          ...this.#own.bindings,
        ],
      ),
      "muster_organizations_display_name_key_unique",
      () => nameTaken(organization),
    );
  }

  /** Writes what changes when only the members change: `memberCount`, version and time. */
  async updateMembers({ id, memberCount, version, updatedAt }: OrganizationWrite): Promise<void> {
    await this.session.rows(
      `update muster_organizations set member_count = ?, version = ?, updated_at = ?
       where id = ? ${this.#own.text}`,
      [memberCount, version, updatedAt, id, ...this.#own.bindings],
    );
  }

  /** @returns whether the organization existed */
  async delete(id: string): Promise<boolean> {
    const deleted = await this.session.first(
      `delete from muster_organizations where id = ? ${this.#own.text} returning id`,
      [id, ...this.#own.bindings],
    );
    return deleted !== undefined;
  }
}

function attributeBindings({
  displayName,
  externalId,
  description,
  requiresSecondFactor,
}: OrganizationInput) {
  return [
    displayName,
    foldCase(displayName),
    externalId ?? null,
    description ?? null,
    description === undefined ? null : foldCase(description),
    requiresSecondFactor === true,
  ];
}

function toOrganization(row: OrganizationRow): Organization {
  return {
    id: row.id,
    displayName: row.display_name,
    externalId: row.external_id ?? undefined,
    description: row.description ?? undefined,
    requiresSecondFactor: Boolean(row.requires_second_factor),
    memberCount: row.member_count,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

const nameTaken = ({ displayName }: OrganizationWrite) =>
  new UniquenessError("Group", "displayName", displayName);
