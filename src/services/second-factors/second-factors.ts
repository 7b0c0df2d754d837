import { randomBytes } from "node:crypto";
import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Author, Principal } from "../../domain/access/principal.js";
import { ConflictError, ForbiddenError } from "../../domain/errors.js";
import type { SecondFactor } from "../../domain/sessions/second-factor.js";
import type { PersonSession } from "../../domain/sessions/session.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import type { BruteForceGuard } from "../limits/brute-force-guard.js";
import { realmOf } from "../sessions/credential-check.js";
import { passwordChanged } from "../sessions/current-password.js";
import type { CurrentPassword } from "../sessions/current-password.js";
import { authorOf } from "../sessions/sign-in.js";
import { hashOf } from "../tokens/token-secret.js";
import { targetOf } from "../users/account-rules.js";
import { recordFactorChange } from "./factor-changes.js";
import type { FactorCodes } from "./factor-codes.js";
import type { FactorSetups, PendingFactor } from "./factor-setups.js";
import { newRecoveryCodes, recoveryCodeHash } from "./recovery-codes.js";

/** What a person sees of the factor that guards the password of their session. */
export interface FactorState {
  /** Undefined: there is none. */
  readonly factor: SecondFactor | undefined;
  readonly recoveryCodesLeft: number;
  /** The name that the person signs in with, for password managers. */
  readonly userName: string | undefined;
}

/** What proves that it is the person who changes a factor. */
export interface FactorProof {
  /** Enough where the factor was shown in the session. */
  readonly currentPassword: string | undefined;
  /** A code of the app, or a recovery code. */
  readonly code: string | undefined;
}

/** A factor that counts from now on. */
export interface ConfirmedFactor {
  readonly recoveryCodes: readonly string[];
  /** The session's new secret, for the cookie. */
  readonly secret: string;
}

type Origin = Principal["origin"];

/**
 * The second factors of people who are signed in. A factor guards the password that the session began with, and no other: the
 * person's own, or that of an organization.
 */
export class SecondFactors {
  constructor(
    private readonly deps: Dependencies,
    private readonly guard: BruteForceGuard,
    private readonly parts: {
      readonly codes: FactorCodes;
      readonly setups: FactorSetups;
      readonly password: CurrentPassword;
    },
  ) {}

  async state(session: PersonSession): Promise<FactorState> {
    const { secondFactors } = this.deps.work.read(PROVIDER_REALM, session.id);
    const factor = await secondFactors.find(ownerOf(session));
    const realm = realmOf(session.credentialOrganizationId);
    const account = await this.deps.work.read(realm, session.id).accounts.find(session.accountId);
    const recoveryCodesLeft = factor ? await secondFactors.recoveryCodesLeft(factor.id) : 0;
    return { factor, recoveryCodesLeft, userName: account?.userName };
  }

  /**
   * Begins to set up a factor. Nothing is stored until it is confirmed.
   *
   * @throws ConflictError when there is one, and what `CurrentPassword.require` throws
   */
  async begin(
    session: PersonSession,
    currentPassword: string | undefined,
    origin: Origin,
  ): Promise<PendingFactor> {
    if ((await this.state(session)).factor) throw isThere();
    await this.parts.password.require(session, currentPassword, authorFor(session, origin));
    return this.parts.setups.begin(session, (await this.#account(session)).userName);
  }

  /** What a set-up that has begun shows again. @throws InvalidValueError when it took too long, or began elsewhere */
  async pending(session: PersonSession, setup: string | undefined): Promise<PendingFactor> {
    return this.parts.setups.read(session, setup, (await this.#account(session)).userName);
  }

  /**
   * Confirms a factor by a code of the app; it counts from now on, and was shown in this session.
   *
   * @throws what `pending` throws, ConflictError when there is one, ForbiddenError for a wrong code, TooManyRequestsError
   */
  async confirm(
    session: PersonSession,
    { setup, code }: { readonly setup: string | undefined; readonly code: string | undefined },
    origin: Origin,
  ): Promise<ConfirmedFactor> {
    const [author, account] = [authorFor(session, origin), await this.#account(session)];
    const pending = this.parts.setups.read(session, setup, account.userName);
    let step: number | undefined;
    const [owner, target] = [`new in ${session.id}`, targetOf(account)];
    const attempt = { kind: "second factor", owner, author, target } as const;
    await this.guard.check(attempt, () => {
      step = this.parts.setups.stepOf(pending, code ?? "");
      return Promise.resolve(step !== undefined);
    });
    const [recoveryCodes, secret] = [newRecoveryCodes(), newSessionSecret()];
    const factor = this.#factorOf(session, pending);
    await this.#write(session, async (repositories) => {
      if (!(await repositories.secondFactors.insert(factor, step ?? 0))) throw isThere();
      await this.#replaceCodes(repositories, factor, recoveryCodes);
      await this.#show(repositories, session, factor, secret);
      const change = { owner: factor, account, detail: "set up", mail: "second-factor-added" } as const;
      await recordFactorChange(this.deps, repositories, author, change);
    });
    return { recoveryCodes, secret };
  }

  /**
   * Shows the factor in a session that began without it.
   *
   * @returns the session's new secret, for the cookie
   * @throws what `FactorCodes.take` throws, ConflictError when there is no factor
   */
  async show(session: PersonSession, code: string | undefined, origin: Origin): Promise<string> {
    const factor = await this.#factor(session);
    await this.#takeCode(session, factor, code ?? "", origin);
    const secret = newSessionSecret();
    await this.#write(session, (repositories) => this.#show(repositories, session, factor, secret));
    return secret;
  }

  /** Replaces the recovery codes. @throws what `remove` throws */
  async renewRecoveryCodes(session: PersonSession, proof: FactorProof, origin: Origin): Promise<string[]> {
    const factor = await this.#factor(session);
    await this.#prove(session, factor, proof, origin);
    const recoveryCodes = newRecoveryCodes();
    const account = await this.#account(session);
    await this.#write(session, async (repositories) => {
      await this.#requireThere(repositories, factor);
      await this.#replaceCodes(repositories, factor, recoveryCodes);
      const change = { owner: factor, account, detail: "new recovery codes" };
      await recordFactorChange(this.deps, repositories, authorFor(session, origin), change);
    });
    return recoveryCodes;
  }

  /**
   * @throws ConflictError when there is no factor, ForbiddenError and TooManyRequestsError without a proof: a code, or the
   *   password where the factor was shown in the session
   */
  async remove(session: PersonSession, proof: FactorProof, origin: Origin): Promise<void> {
    const factor = await this.#factor(session);
    await this.#prove(session, factor, proof, origin);
    const account = await this.#account(session);
    await this.#write(session, async (repositories) => {
      await this.#requireThere(repositories, factor);
      await repositories.secondFactors.delete(factor);
      const change = { owner: factor, account, detail: "removed", mail: "second-factor-removed" } as const;
      await recordFactorChange(this.deps, repositories, authorFor(session, origin), change);
    });
  }

  /** A password alone must not remove what protects from those who know it. */
  async #prove(
    session: PersonSession,
    factor: SecondFactor,
    { currentPassword, code }: FactorProof,
    origin: Origin,
  ): Promise<void> {
    if (code !== undefined && code !== "") return this.#takeCode(session, factor, code, origin);
    if (session.factor?.id !== factor.id) {
      throw new ForbiddenError("Enter a code: the second factor was not shown in this session", "code");
    }
    await this.parts.password.require(session, currentPassword, authorFor(session, origin));
  }

  async #takeCode(session: PersonSession, factor: SecondFactor, code: string, origin: Origin): Promise<void> {
    const [author, target] = [authorFor(session, origin), targetOf(await this.#account(session))];
    await this.parts.codes.take(factor, { code, place: `in ${session.id}`, author, target });
  }

  async #factor(session: PersonSession): Promise<SecondFactor> {
    const { factor } = await this.state(session);
    if (!factor) throw isNotThere();
    return factor;
  }

  async #requireThere({ secondFactors }: Repositories, factor: SecondFactor): Promise<void> {
    if ((await secondFactors.find(factor))?.id !== factor.id) throw isNotThere();
  }

  #factorOf(session: PersonSession, { secret }: PendingFactor): SecondFactor {
    const id = this.deps.newId();
    const sealedSecret = this.parts.codes.seal(secret, id);
    return { ...ownerOf(session), id, sealedSecret, createdAt: this.deps.now() };
  }

  async #replaceCodes({ secondFactors }: Repositories, { id }: SecondFactor, codes: readonly string[]) {
    await secondFactors.replaceRecoveryCodes(
      id,
      codes.flatMap((code) => recoveryCodeHash(code) ?? []),
    );
  }

  #show({ sessions }: Repositories, session: PersonSession, factor: SecondFactor, secret: string) {
    const shown = { factorId: factor.id, at: this.deps.now(), secretHash: hashOf(secret) };
    return sessions.showFactor(session.id, shown);
  }

  /** Writes in a session that has not ended. @throws ForbiddenError when it has */
  #write(session: PersonSession, work: (repositories: Repositories) => Promise<void>): Promise<void> {
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      await repositories.accounts.find(session.accountId, "forUpdate");
      if ((await repositories.sessions.passwordHash(session.id)) === undefined) throw passwordChanged();
      await work(repositories);
    });
  }

  /** The person as the factor's realm names them. */
  async #account(session: PersonSession): Promise<AccountWithOrganizations> {
    const { accounts } = this.deps.work.read(realmOf(session.credentialOrganizationId), session.id);
    const account = await accounts.find(session.accountId);
    if (!account) throw passwordChanged();
    return account;
  }
}

/** Privileges come with a new cookie. */
const newSessionSecret = () => randomBytes(32).toString("base64url");

/** Whose password the session began with. */
const ownerOf = ({ accountId, credentialOrganizationId }: PersonSession) => ({
  accountId,
  organizationId: credentialOrganizationId,
});

/** The author in the realm whose the factor is: no other realm learns of it, wherever the session acts. */
const authorFor = (session: PersonSession, origin: Origin): Author => ({
  ...authorOf(session, origin),
  realm: realmOf(session.credentialOrganizationId),
});

const isThere = () => new ConflictError("There is a second factor already; remove it first");
const isNotThere = () => new ConflictError("There is no second factor; set one up first");
