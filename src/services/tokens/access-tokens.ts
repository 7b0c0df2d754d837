import {
  requireAccess,
  requireKeeper,
  requireOtherMaker,
  requireRotatable,
  requireTokenWithin,
} from "../../domain/access/policy.js";
import type { AccessToken, AccessTokenInput } from "../../domain/tokens/access-token.js";
import { InvalidValueError, NotFoundError } from "../../domain/errors.js";
import { isId } from "../../domain/values/id.js";
import { requireKeyLength } from "../../domain/limits/values.js";
import type { Listing, Page } from "../../domain/listing.js";
import { personBehind } from "../../domain/access/actor.js";
import type { Principal, Realm } from "../../domain/access/principal.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { requireVersion } from "../dependencies.js";
import type { Dependencies, ExpectedVersions } from "../dependencies.js";
import { later } from "../limits/rate-limits.js";
import { requireStillAllowed } from "../roles/current-principal.js";
import { hashOf, newSecret } from "./token-secret.js";

/** A token with its secret, which can be shown only once. */
export interface IssuedToken {
  readonly token: AccessToken;
  readonly secret: string;
}

/** The attributes of a token that can change. */
export type TokenChange = Pick<AccessTokenInput, "name" | "expiresAt">;

/** How long the old secret of a rotated token stays valid by default, and at most, in seconds. */
export const DEFAULT_OVERLAP = 24 * 60 * 60;
export const MAX_OVERLAP = 30 * DEFAULT_OVERLAP;

/** What callers can do with access tokens. Each method throws ForbiddenError when the caller may not call it. */
export class AccessTokenService {
  constructor(private readonly deps: Dependencies) {}

  /** @throws NotFoundError */
  async get(principal: Principal, id: string): Promise<AccessToken> {
    requireAccess(principal, "read AccessTokens");
    return requireFound(await this.#find(this.deps.work.read(principal.realm), id), id);
  }

  async list(principal: Principal, listing: Listing): Promise<Page<AccessToken>> {
    requireAccess(principal, "read AccessTokens");
    return this.deps.work.readMany(principal).accessTokens.list(listing);
  }

  /**
   * Creates a token that can do no more than the caller. A machine's token records the person behind the caller as maker.
   *
   * @throws InvalidValueError, ForbiddenError
   */
  async create(principal: Principal, input: AccessTokenInput): Promise<IssuedToken> {
    requireAccess(principal, "create AccessTokens");
    this.#requireNoMore(principal, input);
    const secret = newSecret();
    const id = this.deps.newId();
    const at = this.deps.now();
    const { name, realm, readOnly, checksPasswords, accountId, expiresAt } = input;
    const makerId = accountId === undefined ? personBehind(principal.actor) : undefined;
    return this.deps.work.write(principal.realm, async (repositories) => {
      await requireOrganization(repositories, realm);
      await requireStillAllowed(this.deps, repositories, principal, "create AccessTokens");
      // Locks a membership, and `requireStillAllowed` an account, which always comes before.
      await requireOwner(repositories, realm, accountId);
      const token: AccessToken = {
        ...{ id, name, realm, readOnly, checksPasswords, accountId, makerId, expiresAt, version: 1 },
        ...{
          createdAt: at,
          updatedAt: at,
          revokedAt: undefined,
          lastUsedAt: undefined,
          orphanedAt: undefined,
        },
      };
      await repositories.accessTokens.insert(token, hashOf(secret));
      await this.deps.changes.record(repositories, principal, { action: "create", ...targetOf(token) });
      return { token: requireFound(await repositories.accessTokens.find(id), id), secret };
    });
  }

  /**
   * Changes a token's name and expiry.
   *
   * @param apply returns the new attributes; may be called more than once, so it must have no side effects
   * @throws NotFoundError, VersionMismatchError, InvalidValueError, ForbiddenError
   */
  async change(
    principal: Principal,
    id: string,
    apply: (current: AccessToken) => TokenChange,
    expected: ExpectedVersions,
  ): Promise<AccessToken> {
    requireAccess(principal, "change AccessTokens");
    return this.deps.work.write(principal.realm, async (repositories) => {
      const current = requireFound(await this.#find(repositories, id), id);
      requireVersion("AccessToken", current, expected);
      const { name, expiresAt } = apply(current);
      const changes = [
        ...(name === current.name ? [] : ["name"]),
        ...(expiresAt === current.expiresAt ? [] : ["expiresAt"]),
      ];
      if (changes.length === 0) return current;
      this.#requireNoMore(principal, { ...current, name, expiresAt });
      await requireStillAllowed(this.deps, repositories, principal, "change AccessTokens");
      const changed = {
        ...current,
        name,
        expiresAt,
        version: current.version + 1,
        updatedAt: this.deps.now(),
      };
      await repositories.accessTokens.update(changed);
      await this.deps.changes.record(repositories, principal, {
        action: "change",
        ...targetOf(changed),
        attributes: changes,
      });
      return changed;
    });
  }

  /**
   * Gives a token a new secret; the old one stays valid for a while, so that its client is not locked out. The caller
   * becomes the maker of a machine's token, since the caller now knows its secret.
   *
   * @param overlap how long the old secret stays valid, in seconds; 0 ends it at once
   * @throws NotFoundError, InvalidValueError, ForbiddenError also for an orphaned token
   */
  async rotate(principal: Principal, id: string, overlap = DEFAULT_OVERLAP): Promise<IssuedToken> {
    requireAccess(principal, "change AccessTokens");
    if (!Number.isInteger(overlap) || overlap < 0 || overlap > MAX_OVERLAP) {
      throw new InvalidValueError(`'overlap' must be a whole number of seconds from 0 to ${MAX_OVERLAP}`);
    }
    const secret = newSecret();
    return this.deps.work.write(principal.realm, async (repositories) => {
      const current = requireFound(await this.#find(repositories, id), id);
      requireRotatable(current);
      this.#requireNoMore(principal, current);
      await requireStillAllowed(this.deps, repositories, principal, "change AccessTokens");
      const at = this.deps.now();
      const endsAt = later(at, overlap);
      const makerId =
        current.accountId === undefined ? (personBehind(principal.actor) ?? current.makerId) : undefined;
      await repositories.accessTokens.rotate(id, hashOf(secret), makerId, endsAt, at);
      await this.deps.changes.record(repositories, principal, {
        action: "change",
        ...targetOf(current),
        attributes: ["token"],
      });
      return { token: requireFound(await repositories.accessTokens.find(id), id), secret };
    });
  }

  /**
   * Makes the caller the maker of an orphaned token, with a new secret. Old secrets end at once, since the previous maker
   * may know them.
   *
   * @throws NotFoundError, InvalidValueError for a token that is not orphaned, ForbiddenError when the caller is a machine,
   *   the previous maker, or may not create such a token
   */
  async keep(principal: Principal, id: string): Promise<IssuedToken> {
    requireAccess(principal, "keep AccessTokens");
    const keeper = requireKeeper(principal);
    const secret = newSecret();
    return this.deps.work.write(principal.realm, async (repositories) => {
      const current = requireFound(await this.#find(repositories, id), id);
      if (current.orphanedAt === undefined) {
        throw new InvalidValueError("This access token is not orphaned; only orphaned tokens can be kept");
      }
      requireOtherMaker(keeper, current);
      this.#requireNoMore(principal, current);
      await requireStillAllowed(this.deps, repositories, principal, "keep AccessTokens");
      await repositories.accessTokens.keep(id, hashOf(secret), keeper, this.deps.now());
      const change = {
        action: "change",
        ...targetOf(current),
        attributes: ["token", "maker", "orphaned"],
      } as const;
      await this.deps.changes.record(repositories, principal, change);
      return { token: requireFound(await repositories.accessTokens.find(id), id), secret };
    });
  }

  /** Ends a token at once, in every process. @throws NotFoundError, VersionMismatchError */
  async revoke(principal: Principal, id: string, expected: ExpectedVersions): Promise<void> {
    requireAccess(principal, "delete AccessTokens");
    await this.deps.work.write(principal.realm, async (repositories) => {
      const current = requireFound(await this.#find(repositories, id), id);
      requireVersion("AccessToken", current, expected);
      await repositories.accessTokens.revoke(id, this.deps.now());
      await this.deps.changes.record(repositories, principal, { action: "delete", ...targetOf(current) });
    });
  }

  async #find({ accessTokens }: Repositories, id: string): Promise<AccessToken | undefined> {
    return isId(id) ? accessTokens.find(id) : undefined;
  }

  /** @throws ForbiddenError for a token that could do more than the caller, InvalidValueError for an expired one */
  #requireNoMore(principal: Principal, input: AccessTokenInput): void {
    requireKeyLength({ name: input.name });
    requireTokenWithin(principal, input);
    if (input.checksPasswords && input.accountId !== undefined) {
      throw new InvalidValueError(
        "A token with 'checksPasswords' is that of a product, so it cannot have a 'user'",
      );
    }
    if (input.expiresAt !== undefined && input.expiresAt <= this.deps.now()) {
      throw new InvalidValueError("'expiresAt' is in the past; send a time in the future");
    }
  }
}

/** Requires that the token's user is in the token's realm, and locks the user there. */
async function requireOwner(
  { accounts, memberships }: Repositories,
  realm: Realm,
  accountId: string | undefined,
): Promise<void> {
  if (accountId === undefined) return;
  const isInRealm = () =>
    realm.type === "provider"
      ? accounts.find(accountId, "forUpdate").then((account) => account !== undefined)
      : memberships.lockMember(realm.organizationId, accountId);
  if (!isId(accountId) || !(await isInRealm())) {
    throw new InvalidValueError(
      `There is no User '${accountId}'; 'user' must be a User of the token's realm`,
    );
  }
}

async function requireOrganization({ organizations }: Repositories, realm: Realm): Promise<void> {
  if (realm.type === "provider") return;
  const id = realm.organizationId;
  const found = isId(id) && (await organizations.find(id, { lock: false }));
  if (!found)
    throw new InvalidValueError(`There is no Group '${id}'; 'organization' must be the id of a Group`);
}

function requireFound(token: AccessToken | undefined, id: string): AccessToken {
  if (!token) throw new NotFoundError("AccessToken", id);
  return token;
}

/** A token as the target of a change. */
const targetOf = ({ id, name, realm }: Pick<AccessToken, "id" | "name" | "realm">) => ({
  target: { type: "AccessToken", id, display: name },
  ...(realm.type === "organization" && { organizationId: realm.organizationId }),
});
