import { randomBytes } from "node:crypto";
import { OPERATOR_PRINCIPAL, PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import { recordEvent } from "../audit/audit.js";
import type { Dependencies } from "../dependencies.js";
import { later } from "../limits/rate-limits.js";
import { hashOf } from "../tokens/token-secret.js";

/** How long a link works, and how long Muster then knows that it was one, in seconds. */
const LINK_SECONDS = 24 * 60 * 60;
const KNOWN_SECONDS = 30 * 24 * 60 * 60;

/** Where links lead, below the public address. */
export const ADMINISTRATOR_SETUP = "/administrator-setup";

/** A link that was made just now; it cannot be read again. */
export interface MadeLink {
  readonly link: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** Makes links by which people become administrators of the provider. */
export class AdministratorLinks {
  /** @param publicUrl without a slash at the end */
  constructor(
    private readonly deps: Dependencies,
    private readonly publicUrl: string,
  ) {}

  /** For the operator, at any time. */
  make(): Promise<MadeLink> {
    return this.deps.work.write(PROVIDER_REALM, (repositories) => this.#insert(repositories, false));
  }

  /**
   * For the start of a server. It ends the links of earlier starts.
   *
   * @returns undefined when the provider has an active administrator
   */
  makeFirst(): Promise<MadeLink | undefined> {
    return this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      const { accounts, administratorLinks } = repositories;
      if (await accounts.hasAdministrator()) return undefined;
      await administratorLinks.lock();
      await administratorLinks.replaceOfStarts();
      return this.#insert(repositories, true);
    });
  }

  async #insert(repositories: Repositories, isOfStart: boolean): Promise<MadeLink> {
    const token = randomBytes(32).toString("base64url");
    const createdAt = this.deps.now();
    const expiresAt = later(createdAt, LINK_SECONDS);
    const link = { id: this.deps.newId(), isOfStart, createdAt, expiresAt, endedAs: undefined };
    await repositories.administratorLinks.forget(later(createdAt, -KNOWN_SECONDS));
    await repositories.administratorLinks.insert(link, hashOf(token));
    await recordEvent(this.deps, repositories, OPERATOR_PRINCIPAL, {
      ...{ action: "create", target: { type: "User" }, result: "success" },
      detail: `made a link for ${isOfStart ? "the first administrator" : "an administrator"}`,
    });
    return { link: `${this.publicUrl}${ADMINISTRATOR_SETUP}/${token}`, expiresAt };
  }
}
