import type { Session } from "../../db/session.js";
import type { SecondFactor } from "../../domain/sessions/second-factor.js";

/** A sign-in with the right password, which waits for a code. */
export interface SignInChallenge {
  readonly factor: SecondFactor;
  /** The hash of the password that was entered. */
  readonly passwordHash: string;
  /** The organization at whose address the person signs in; undefined: at the common one. */
  readonly signInOrganizationId: string | undefined;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

interface ChallengeRow {
  factor_id: string;
  account_id: string;
  organization_id: string | null;
  secret: string;
  created_at: string;
  password_hash: string;
  sign_in_organization_id: string | null;
  expires_at: string;
}

/** Sign-ins that wait for a code, by the hash of the secret that the browser has. Not limited to a realm. */
export class SignInChallengeRepository {
  constructor(private readonly session: Session) {}

  async insert(secretHash: string, challenge: SignInChallenge): Promise<void> {
    const { factor, passwordHash, signInOrganizationId, expiresAt } = challenge;
    await this.session.rows(
      `insert into muster_sign_in_challenges
         (secret_hash, factor_id, password_hash, sign_in_organization_id, attempts, expires_at)
       values (?, ?, ?, ?, 0, ?)`,
      [secretHash, factor.id, passwordHash, signInOrganizationId ?? null, expiresAt],
    );
  }

  /** One that is not over. @param limits the time now, and how many codes can be tried */
  async find(
    secretHash: string,
    { now, attempts }: { readonly now: string; readonly attempts: number },
  ): Promise<SignInChallenge | undefined> {
    const row = await this.session.first<ChallengeRow>(
      `select factors.id as factor_id, factors.account_id, factors.organization_id, factors.secret,
         factors.created_at, challenges.password_hash, challenges.sign_in_organization_id, challenges.expires_at
       from muster_sign_in_challenges as challenges
         join muster_second_factors as factors on factors.id = challenges.factor_id
       where challenges.secret_hash = ? and challenges.expires_at > ? and challenges.attempts < ?`,
      [secretHash, now, attempts],
    );
    return (
      row && {
        factor: {
          id: row.factor_id,
          accountId: row.account_id,
          organizationId: row.organization_id ?? undefined,
          sealedSecret: row.secret,
          createdAt: row.created_at,
        },
        passwordHash: row.password_hash,
        signInOrganizationId: row.sign_in_organization_id ?? undefined,
        expiresAt: row.expires_at,
      }
    );
  }

  /** Counts a code that is about to be tried. @returns false when too many were, or it ended */
  async countAttempt(secretHash: string, attempts: number): Promise<boolean> {
    const counted = await this.session.rows(
      `update muster_sign_in_challenges set attempts = attempts + 1
       where secret_hash = ? and attempts < ? returning attempts`,
      [secretHash, attempts],
    );
    return counted.length > 0;
  }

  /** @returns whether there was one */
  async end(secretHash: string): Promise<boolean> {
    const ended = await this.session.rows(
      "delete from muster_sign_in_challenges where secret_hash = ? returning secret_hash",
      [secretHash],
    );
    return ended.length > 0;
  }

  /** Deletes those that are over. */
  async prune(now: string): Promise<void> {
    await this.session.rows("delete from muster_sign_in_challenges where expires_at <= ?", [now]);
  }
}
