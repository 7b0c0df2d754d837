import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Author } from "../../domain/access/principal.js";
import type { AuditTarget } from "../../domain/audit/audit-event.js";
import type { SecondFactor } from "../../domain/sessions/second-factor.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import type { BruteForceGuard } from "../limits/brute-force-guard.js";
import { recoveryCodeHash } from "./recovery-codes.js";
import type { Sealing } from "./sealing.js";
import { totpStep } from "./totp.js";

/** A code that a person enters. */
export interface TriedCode {
  readonly code: string;
  /** Where attempts are counted apart from those in other places: a session, or a browser known to the account. */
  readonly place: string;
  readonly author: Author;
  /** The person, for audit events. */
  readonly target: AuditTarget;
}

/** Longer texts are no codes, however they are written. */
const MAX_LENGTH = 100;

const SIX_DIGITS = /^\d{6}$/;

/** The digits of a code as people write it: `123 456`. */
export const digitsOf = (code: string) => {
  const plain = code.length > MAX_LENGTH ? "" : code.replaceAll(/[\s-]/g, "");
  return SIX_DIGITS.test(plain) ? plain : undefined;
};

/** Seals the secrets of factors, and checks codes: those of the app, and recovery codes. */
export class FactorCodes {
  constructor(
    private readonly deps: Dependencies,
    private readonly guard: BruteForceGuard,
    private readonly sealing: Sealing,
  ) {}

  /** A secret in the form in which it is stored. @param id of the factor */
  seal(secret: string, id: string): string {
    return this.sealing.seal(secret, sealingPurpose(id));
  }

  /**
   * Takes a code. Each is taken once, in whatever process it is tried.
   *
   * @throws ForbiddenError for a wrong code, or one that was taken before; TooManyRequestsError after too many wrong ones
   */
  async take(factor: SecondFactor, { code, place, author, target }: TriedCode): Promise<void> {
    const attempt = { kind: "second factor", owner: `${factor.id} ${place}`, author, target } as const;
    await this.guard.check({ ...attempt, action: "authenticate" }, () =>
      this.deps.work.write(PROVIDER_REALM, async (repositories) => {
        const digits = digitsOf(code);
        if (digits !== undefined) return this.#takeDigits(repositories, factor, digits);
        return this.#takeRecoveryCode(repositories, factor, { code, place, author, target });
      }),
    );
  }

  async #takeDigits({ secondFactors }: Repositories, { id, sealedSecret }: SecondFactor, digits: string) {
    const secret = this.sealing.open(sealedSecret, sealingPurpose(id));
    const step = secret === undefined ? undefined : totpStep(secret, digits, Date.parse(this.deps.now()));
    return step !== undefined && (await secondFactors.takeStep(id, step));
  }

  async #takeRecoveryCode(
    repositories: Repositories,
    { id }: SecondFactor,
    { code, author, target }: TriedCode,
  ): Promise<boolean> {
    const hash = code.length > MAX_LENGTH ? undefined : recoveryCodeHash(code);
    if (hash === undefined || !(await repositories.secondFactors.takeRecoveryCode(id, hash))) return false;
    const change = { action: "change", target, attributes: ["secondFactor"] } as const;
    await this.deps.changes.record(repositories, author, { ...change, detail: "a recovery code was used" });
    return true;
  }
}

/** What the secret of a factor is encrypted for. @param id of the factor */
export const sealingPurpose = (id: string) => `second factor ${id}`;
