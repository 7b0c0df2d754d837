import type { Session } from "../db/session.js";

/** A secret key. Several can have one purpose: the first one, and those that rotations made. */
export interface StoredKey {
  readonly purpose: string;
  /** Since when it signs, as ISO 8601 in UTC; undefined: it is the first one. */
  readonly activeFrom: string | undefined;
  readonly bytes: Uint8Array;
}

/** What stands between the purpose and the time in a key's name. The first key is named by the purpose alone. */
const SEPARATOR = "@";

/** Secret keys. Not limited to a realm. */
export class KeyRepository {
  constructor(private readonly session: Session) {}

  /** The keys for these purposes, the oldest first. */
  async all(purposes: readonly string[]): Promise<StoredKey[]> {
    const rows = await this.session.rows<{ name: string; value: string }>(
      `select name, value from muster_keys
       where ${purposes.map(() => `name = ? or name like ?`).join(" or ")}`,
      purposes.flatMap((purpose) => [purpose, `${purpose}${SEPARATOR}%`]),
    );
    const keys = rows.map(({ name, value }) => {
      const [purpose = "", activeFrom] = name.split(SEPARATOR);
      return { purpose, activeFrom, bytes: Buffer.from(value, "base64") };
    });
    return keys.sort((one, other) => ((one.activeFrom ?? "") < (other.activeFrom ?? "") ? -1 : 1));
  }

  /** Stores a key, unless there is one for that purpose and time. */
  async insert({ purpose, activeFrom, bytes }: StoredKey): Promise<void> {
    await this.session.rows(
      "insert into muster_keys (name, value) values (?, ?) on conflict (name) do nothing",
      [nameOf({ purpose, activeFrom }), Buffer.from(bytes).toString("base64")],
    );
  }

  /** Forgets a key: what was signed with it is void. */
  async delete(key: Pick<StoredKey, "purpose" | "activeFrom">): Promise<void> {
    await this.session.rows("delete from muster_keys where name = ?", [nameOf(key)]);
  }

  /** Whether invitations can still be accepted that were made before a time. @param now ISO 8601 in UTC */
  async hasOpenInvitations(now: string, before: string): Promise<boolean> {
    const row = await this.session.first(
      `select 1 from muster_invitations where created_at < ? and enabled and (expires_at is null or expires_at > ?)
       and (quota is null or accepted_count < quota) limit 1`,
      [before, now],
    );
    return row !== undefined;
  }
}

const nameOf = ({ purpose, activeFrom }: Pick<StoredKey, "purpose" | "activeFrom">) =>
  activeFrom === undefined ? purpose : purpose + SEPARATOR + activeFrom;
