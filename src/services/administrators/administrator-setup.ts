import { linkAuthor, PROVIDER_REALM, turnOf } from "../../domain/access/principal.js";
import { PROVIDER_ADMIN } from "../../domain/access/roles.js";
import { rolesChange } from "../../domain/changes/change.js";
import { ClosedError, ConflictError, InvalidValueError, UnknownLinkError } from "../../domain/errors.js";
import { UniquenessError } from "../../domain/errors.js";
import type { AccountInput } from "../../domain/users/account.js";
import { isEmailAddress } from "../../domain/values/email.js";
import type { AdministratorLink } from "../../repositories/users/administrator-links.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";
import type { BruteForceGuard, Origin } from "../limits/brute-force-guard.js";
import { knownWords, requireUsablePassword } from "../passwords/password-rules.js";
import type { Passwords } from "../passwords/passwords.js";
import { hashOf } from "../tokens/token-secret.js";
import { requireStorable, targetOf } from "../users/account-rules.js";
import { newPerson } from "../users/new-person.js";
import type { EnteredName } from "../users/new-person.js";

/** What a person enters to become an administrator. */
export interface AdministratorInput extends EnteredName {
  /** Becomes the user name. */
  readonly email?: string | undefined;
  readonly password?: string | undefined;
}

/** What people can do with links from `AdministratorLinks`. */
export class AdministratorSetup {
  constructor(
    private readonly deps: Dependencies,
    private readonly guard: BruteForceGuard,
    private readonly passwords: Passwords,
  ) {}

  /**
   * Reads a link. Changes nothing.
   *
   * @param token the last part of the link
   * @throws UnknownLinkError for a link that Muster did not make, ClosedError for one that is no longer valid,
   *   TooManyRequestsError after too many unknown links
   */
  open(token: string, origin: Origin): Promise<AdministratorLink> {
    return this.guard.ofLinks("User", origin, () => this.#find(this.deps.work.read(PROVIDER_REALM), token));
  }

  /**
   * Makes the account of an administrator. The password is the person's; the address is not proved by this.
   *
   * @throws what `open` throws, InvalidValueError for an unusable value, ConflictError when the address is another
   *   account's user name, TooManyRequestsError after too many attempts
   */
  async complete(
    token: string,
    input: AdministratorInput,
    origin: Origin,
  ): Promise<{ id: string; userName: string }> {
    const link = await this.open(token, origin);
    const person = administrator(input);
    requireStorable(this.deps, person);
    const passwordHash = await this.#hash(link, person, input.password, origin);
    const id = this.deps.newId();
    const account = { ...person, id, passwordHash, version: 1 };
    await this.deps.work.write(PROVIDER_REALM, async (repositories) => {
      await repositories.administratorLinks.lock();
      const { isOfStart } = await this.#find(repositories, token);
      await repositories.accounts.insert({ ...account, updatedAt: this.deps.now() }).catch(readable);
      await repositories.administratorLinks.use(link.id);
      await this.deps.changes.record(repositories, linkAuthor(PROVIDER_REALM, link.id, id, origin), {
        ...{ action: "create", target: targetOf(account) },
        attributes: ["userName", "displayName", "name", "emails", "active", "roles", "password"],
        roles: rolesChange(id, [], [PROVIDER_ADMIN]),
        detail: `by the link ${isOfStart ? "for the first administrator" : "that the operator made"}`,
      });
    });
    return { id, userName: person.userName };
  }

  async #hash(
    link: AdministratorLink,
    person: AccountInput,
    password: string | undefined,
    origin: Origin,
  ): Promise<string> {
    if (password === undefined) throw new InvalidValueError("Enter a password", "password");
    requireUsablePassword(password);
    const author = linkAuthor(PROVIDER_REALM, link.id, undefined, origin);
    await this.guard.count({ kind: "new password", owner: link.id, author, target: { type: "User" } });
    return this.passwords.hash(turnOf(author), password, knownWords(person));
  }

  async #find({ accounts, administratorLinks }: Repositories, token: string): Promise<AdministratorLink> {
    const link = await administratorLinks.findByHash(hashOf(token));
    if (!link) throw new UnknownLinkError();
    if (link.endedAs === "used") throw new ClosedError("used", "This link has been used; it works only once");
    if (link.endedAs === "replaced") {
      throw new ClosedError(
        "changed",
        "This link is no longer valid; a later start of the server made a new one",
      );
    }
    if (link.expiresAt <= this.deps.now()) {
      throw new ClosedError("expired", "This link has expired; make a new one with 'muster admin create'");
    }
    if (link.isOfStart && (await accounts.hasAdministrator())) {
      throw new ClosedError(
        "administered",
        "This server has an administrator; make a link for another one with 'muster admin create'",
      );
    }
    return link;
  }
}

/** @throws InvalidValueError for an unusable address or name */
function administrator({ email, ...name }: AdministratorInput): AccountInput {
  const address = email?.trim() ?? "";
  if (!isEmailAddress(address)) throw new InvalidValueError("Enter an e-mail address", "email");
  return { ...newPerson(address, name), roles: [{ value: PROVIDER_ADMIN }] };
}

function readable(error: unknown): never {
  if (!(error instanceof UniquenessError)) throw error;
  throw new ConflictError(
    "There is already an account with this address; enter another one, or give that account the role provider-admin",
    "email",
  );
}
