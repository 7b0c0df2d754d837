import type { MailKind } from "../../domain/mail/mail.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import { isSameMailbox } from "../../domain/values/email.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import { personalAddresses } from "./reset-addresses.js";

/** What people are told of their addresses. */
type Notice = Extract<MailKind, "address-proved" | "address-removed" | "user-name-changed">;

/** Tells people of changes of their addresses by mail, so that they notice a thief of their password. */
export class OwnAddressNotices {
  constructor(private readonly deps: Pick<Dependencies, "now" | "newId">) {}

  /** Tells of a new address or user name, at another address that the person has already. */
  async added(
    repositories: Repositories,
    account: AccountWithOrganizations,
    kind: Exclude<Notice, "address-removed">,
    added: string,
  ): Promise<void> {
    const known = await personalAddresses(repositories, account);
    const address = known.find((each) => !isSameMailbox(each, added));
    if (address !== undefined) await this.#write(repositories, account, kind, address);
  }

  /** Tells that an address was removed, there. */
  removed(repositories: Repositories, account: AccountWithOrganizations, address: string): Promise<void> {
    return this.#write(repositories, account, "address-removed", address);
  }

  async #write(
    { outbox }: Repositories,
    { id: accountId }: AccountWithOrganizations,
    kind: Notice,
    address: string,
  ): Promise<void> {
    const [id, createdAt] = [this.deps.newId(), this.deps.now()];
    await outbox.insert([{ id, createdAt, kind, address, accountId, revision: 0 }]);
  }
}
