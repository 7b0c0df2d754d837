import type { Session } from "../../db/session.js";
import { foldCase } from "../../domain/values/text.js";

/** The addresses that people proved in their sessions. Not limited to a realm. */
export class OwnAddressRepository {
  constructor(private readonly session: Session) {}

  /** Forgets that a person proved addresses. */
  async forget(accountId: string, addresses: readonly string[]): Promise<void> {
    await this.session.rows(
      `delete from muster_proved_addresses where account_id = ?
       and value_key in (select items.value from ${this.session.dialect.textItems})`,
      [accountId, JSON.stringify(addresses.map(foldCase))],
    );
  }
}
