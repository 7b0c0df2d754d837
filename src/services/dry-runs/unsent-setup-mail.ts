import { mailAddress } from "../../domain/users/account.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Credentials } from "../users/account-rules.js";
import { noAddress, requireActive, SetupMail } from "../users/account-setup.js";
import type { Recipient } from "../users/account-setup.js";

/**
 * The mail to set up an account in a dry run. An organization is told only what it knows: whether mail is sent depends on who
 * created the account, which it could otherwise ask about any person without leaving a trace.
 */
export class UnsentSetupMail extends SetupMail {
  override async isDue(
    repositories: Repositories,
    requested: Credentials["setupEmail"],
    account: Recipient,
    organizationId: string | undefined,
    endsLink: boolean,
  ): Promise<boolean> {
    if (organizationId === undefined) {
      return super.isDue(repositories, requested, account, organizationId, endsLink);
    }
    if (requested !== "send") return false;
    requireActive(account);
    if (mailAddress(account) === undefined) throw noAddress();
    return false;
  }
}
