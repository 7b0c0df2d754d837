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
import { requireStanding } from "../roles/standing.js";
import { hashOf, newSecret } from "./token-secret.js";

/** A token with its secret, which is known only now. */
export interface IssuedToken {
  readonly token: AccessToken;
  readonly secret: string;
}

/** What can change of a token. */
export type TokenChange = Pick<AccessTokenInput, "name" | "expiresAt">;

/** For how long the old secret of a rotated token counts, unless somebody says otherwise; and at most. In seconds. */
export const DEFAULT_OVERLAP = 24 * 60 * 60;
export const MAX_OVERLAP = 30 * DEFAULT_OVERLAP;

/** Access tokens as callers manage them. Each method throws ForbiddenError for who may not. */
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
   * Makes a token that can do no more than the caller's own; a machine's names the person behind the caller.
   *
   * @throws InvalidValueError, ForbiddenError
   */
  async create(principal: Principal, input: AccessTokenInput): Promise<IssuedToken> {
    requireAccess(principal, "create AccessTokens");
    this.#requireNoMore(principal, input);
    const secret = newSecret();
    const id = this.deps.newId();
    const at = this.deps.now();
    const { name, realm, readOnly, accountId, expiresAt } = input;
    const makerId = accountId === undefined ? personBehind(principal.actor) : undefined;
    return this.deps.work.write(principal.realm, async (repositories) => {
      await requireOrganization(repositories, realm);
      await requireOwner(repositories, realm, accountId);
      await requireStanding(this.deps, repositories, principal, "create AccessTokens");
      const token: AccessToken = {
        ...{ id, name, realm, readOnly, accountId, makerId, expiresAt, version: 1 },
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
   * Changes what a token is called and when it ends.
   *
   * @param apply says what it shall be; may be called more than once, so it must have no effects
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
      await requireStanding(this.deps, repositories, principal, "change AccessTokens");
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
   * Gives a token a new secret; the old one counts for a while longer, so that nobody is locked out meanwhile. Who
   * knows the secret of a machine's token is its maker from then on.
   *
   * @param overlap in seconds; 0 ends the old secret at once
   * @throws ForbiddenError for an orphaned token, NotFoundError, InvalidValueError, ForbiddenError
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
      await requireStanding(this.deps, repositories, principal, "change AccessTokens");
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
   * Makes an orphaned token the caller's own making, with a new secret; the old ones end at once, since the maker so
   * far may know them.
   *
   * @throws NotFoundError, InvalidValueError for a token that is not orphaned, ForbiddenError for a machine, for the
   *   maker so far, and for who could not make the token
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
      await requireStanding(this.deps, repositories, principal, "keep AccessTokens");
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

  /** @throws ForbiddenError for a token that could do what the caller's cannot, InvalidValueError for one that is over */
  #requireNoMore(principal: Principal, input: AccessTokenInput): void {
    requireKeyLength({ name: input.name });
    requireTokenWithin(principal, input);
    if (input.expiresAt !== undefined && input.expiresAt <= this.deps.now()) {
      throw new InvalidValueError("'expiresAt' is in the past; send a time in the future");
    }
  }
}

/** The person is one of the realm that the token acts in, and does not leave it meanwhile. */
async function requireOwner(
  { accounts, memberships }: Repositories,
  realm: Realm,
  accountId: string | undefined,
): Promise<void> {
  if (accountId === undefined) return;
  const isThere = () =>
    realm.type === "provider"
      ? accounts.find(accountId, "forUpdate").then((account) => account !== undefined)
      : memberships.lockMember(realm.organizationId, accountId);
  if (!isId(accountId) || !(await isThere())) {
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

/** A token, as the audit log names it. */
const targetOf = ({ id, name, realm }: Pick<AccessToken, "id" | "name" | "realm">) => ({
  target: { type: "AccessToken", id, display: name },
  ...(realm.type === "organization" && { organizationId: realm.organizationId }),
});
