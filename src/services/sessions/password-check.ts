import { requireAccess } from "../../domain/access/policy.js";
import { ownerOf } from "../../domain/access/actor.js";
import { PROVIDER_REALM, turnOf } from "../../domain/access/principal.js";
import type { Principal, Realm } from "../../domain/access/principal.js";
import { ForbiddenError, InvalidValueError, TooManyRequestsError } from "../../domain/errors.js";
import { isSameRealm, realmKey } from "../../domain/sessions/session.js";
import type { OpenRealm } from "../../domain/sessions/session.js";
import { isId } from "../../domain/values/id.js";
import { recordEvent } from "../audit/audit.js";
import type { Dependencies } from "../dependencies.js";
import { networkOf } from "../limits/networks.js";
import { counted, HOUR } from "../limits/rate-limits.js";
import type { FactorCodes } from "../second-factors/factor-codes.js";
import type { Passwords } from "../passwords/passwords.js";
import { CredentialCheck, openedRealms } from "./credential-check.js";
import type { Checked, Opened } from "./credential-check.js";
import type { Devices } from "./devices.js";

/** What the product beside Muster was told by a person who signs in there. */
export interface CheckedSignIn {
  readonly userName: string;
  readonly password: string;
  /** Whose names count; undefined: those of the caller's realm. */
  readonly organizationId: string | undefined;
  /** The person's IP address. */
  readonly address: string | undefined;
  /** The sign that an earlier check gave for the person's browser. */
  readonly device: string | undefined;
  /** Of the app that guards the password, or a recovery code. */
  readonly code: string | undefined;
}

/** What is told of a right password. */
export interface AcceptedSignIn {
  readonly result: "right";
  readonly opened: Opened;
  /** What the password opens, as far as the caller's realm is concerned. */
  readonly realms: readonly OpenRealm[];
  /** For the person's browser, to be sent with later checks. */
  readonly device: string;
}

/** A right password that a second factor guards, without the factor's code. */
export interface GuardedSignIn {
  readonly result: "no code" | "wrong code";
}

export type SignInResult = AcceptedSignIn | GuardedSignIn | Exclude<Checked, { result: "right" }>;

/** Checks names and passwords for the product beside Muster. */
export class PasswordCheckService {
  readonly #credentials: CredentialCheck;

  constructor(
    private readonly deps: Dependencies,
    passwords: Passwords,
    private readonly devices: Devices,
    private readonly codes: FactorCodes,
  ) {
    this.#credentials = new CredentialCheck(deps, passwords);
  }

  /**
   * Checks a name and a password. An organization's token checks that organization's people, and is told of that
   * organization alone. The attempts of each realm are counted apart, so that nobody can lock people out elsewhere.
   *
   * @throws ForbiddenError, InvalidValueError for an organization that does not exist
   */
  async check(principal: Principal, sent: CheckedSignIn): Promise<SignInResult> {
    requireAccess(principal, "check passwords");
    const { actor, realm } = principal;
    const place = `the product of ${realmKey(realm) ?? ""}`;
    const organizationId = await this.#organizationOf(realm, sent.organizationId);
    const ownerIn = (accountId: string) => `${accountId} in ${place}`;
    const checked = await this.#credentials.check({
      ...{ name: sent.userName, password: sent.password, organizationId, place },
      network: sent.address === undefined ? undefined : `${networkOf(sent.address)} of ${place}`,
      deviceOf: (accountId) => this.devices.idOf(sent.device, ownerIn(accountId)),
      group: turnOf({ actor, realm }).group,
      authorIn: () => principal,
    });
    if (checked.result !== "right") return checked;
    const { opened } = checked;
    const { accountId } = opened;
    const device = this.devices.idOf(sent.device, ownerIn(accountId));
    const guarded = await this.#checkCode(
      principal,
      opened,
      sent.code,
      `by ${device ?? "others"} in ${place}`,
    );
    if (guarded) return guarded;
    const realms = await openedRealms(this.deps.work.read(PROVIDER_REALM, ownerOf(actor)), opened);
    await this.#recordRight(principal, opened);
    const isTold = (each: OpenRealm) => realm.type === "provider" || isSameRealm(each.realm, realm);
    return {
      ...{ result: "right", opened, device: this.devices.issue(ownerIn(accountId)) },
      realms: realms
        .filter(isTold)
        .map((each) => (opened.isAssigned ? { ...each, isAdministrator: false } : each)),
    };
  }

  /** Once an hour for each account and caller: a product may check at every sign-in, which would fill the log. */
  async #recordRight(principal: Principal, { accountId, userName }: Opened): Promise<void> {
    const name = `right passwords of ${accountId} told to ${ownerOf(principal.actor)}`;
    await this.deps.work.write(principal.realm, async (repositories) => {
      const once = { points: 1, seconds: HOUR };
      if ((await counted(this.deps, repositories, name, once)).excess > 0) return;
      await recordEvent(this.deps, repositories, principal, {
        action: "authenticate",
        target: { type: "User", id: accountId, display: userName },
        detail: "the right password",
      });
    });
  }

  /** @returns why the code does not do; undefined: it does, or no factor guards the password */
  async #checkCode(
    author: Principal,
    opened: Opened,
    code: string | undefined,
    place: string,
  ): Promise<Exclude<SignInResult, AcceptedSignIn> | undefined> {
    const { accountId, userName } = opened;
    const factor = await this.deps.work.read(PROVIDER_REALM, accountId).secondFactors.find(opened);
    if (!factor) return undefined;
    if (code === undefined) return { result: "no code" };
    try {
      const target = { type: "User", id: accountId, display: userName };
      await this.codes.take(factor, { code, place, author, target });
      return undefined;
    } catch (error) {
      if (error instanceof ForbiddenError) return { result: "wrong code" };
      if (!(error instanceof TooManyRequestsError)) throw error;
      return { result: "too many attempts", retryAfter: error.retryAfter };
    }
  }

  async #organizationOf(realm: Realm, sent: string | undefined): Promise<string | undefined> {
    if (realm.type === "organization" && (sent === undefined || sent === realm.organizationId)) {
      return realm.organizationId;
    }
    if (sent === undefined) return undefined;
    const found = isId(sent) && (await this.deps.work.read(realm).organizations.find(sent, { lock: false }));
    if (!found) {
      throw new InvalidValueError(`There is no Group '${sent}'; 'organization' must be the id of a Group`);
    }
    return sent;
  }
}
