import type { Session } from "../db/session.js";

/** Secret keys by their names. */
export class KeyRepository {
  constructor(private readonly session: Session) {}

  async find(name: string): Promise<Uint8Array | undefined> {
    const row = await this.session.first<{ value: string }>("select value from muster_keys where name = ?", [
      name,
    ]);
    return row && Buffer.from(row.value, "base64");
  }

  /** Stores a key, unless one of that name exists. */
  async insert(name: string, key: Uint8Array): Promise<void> {
    await this.session.rows(
      "insert into muster_keys (name, value) values (?, ?) on conflict (name) do nothing",
      [name, Buffer.from(key).toString("base64")],
    );
  }
}
