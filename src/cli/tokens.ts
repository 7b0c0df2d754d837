import type { AccessToken } from "../domain/tokens/access-token.js";
import { readInstant } from "../domain/values/instant.js";
import { ForbiddenError, InvalidValueError, NotFoundError } from "../domain/errors.js";
import { UserError } from "./exit.js";
import { withBackend } from "./with-backend.js";

/** What `muster token create` is told. */
export interface NewToken {
  readonly name: string;
  readonly expires?: string;
  readonly user?: string;
  readonly organization?: string;
  readonly readOnly?: boolean;
  readonly checksPasswords?: boolean;
}

/** `muster token create`: prints the secret alone on standard output, so that scripts can take it. */
export function createToken({ name, expires, user, ...options }: NewToken): Promise<void> {
  const expiresAt = expires === undefined ? undefined : readExpiry(expires);
  return withBackend(async ({ operator }) => {
    const { token, secret } = await operator
      .issueToken(name, { expiresAt, userName: user, ...options })
      .catch((error: unknown) => {
        if (!(error instanceof NotFoundError)) throw refused(error);
        throw new UserError(`There is no ${error.kind === "User" ? "user" : "organization"} '${error.id}'`);
      });
    console.error(
      `Token '${token.name}' (${token.id}) ${kind(token)}, ${ends(token)}. It is shown only this once:`,
    );
    console.log(secret);
  });
}

/** `muster token list` */
export function listTokens(): Promise<void> {
  return withBackend(async ({ authentication }) => {
    const tokens = await authentication.all();
    if (tokens.length === 0)
      console.log(`There are no tokens yet; create one with: muster token create --name "Okta"`);
    for (const token of tokens)
      console.log(
        `${token.id}  ${token.createdAt}  ${ends(token).padEnd(39)}  ${kind(token).padEnd(51)}  ${token.name}${maker(token)}`,
      );
  });
}

/** `muster token rotate`: prints the new secret alone on standard output. */
export function rotateToken(id: string, { overlap }: { overlap?: string }): Promise<void> {
  return withBackend(async ({ operator }) => {
    const seconds = overlap === undefined ? undefined : Number(overlap);
    const { token, secret } = await operator.rotateToken(id, seconds).catch((error: unknown) => {
      throw error instanceof NotFoundError ? noToken(id) : refused(error);
    });
    console.error(`Token '${token.name}' has a new secret. It is shown only this once:`);
    console.log(secret);
  });
}

/** `muster token revoke` */
export function revokeToken(id: string): Promise<void> {
  return withBackend(async ({ operator }) => {
    try {
      await operator.revokeToken(id);
    } catch (error) {
      if (error instanceof NotFoundError) throw noToken(id);
      throw error;
    }
    console.log(`Revoked ${id}.`);
  });
}

/** What is refused is for the operator to read, without a stack. */
const refused = (error: unknown) =>
  error instanceof InvalidValueError || error instanceof ForbiddenError
    ? new UserError(error.message)
    : error;

const noToken = (id: string) =>
  new UserError(`There is no token ${id}; list all tokens with: muster token list`);

function kind({ realm, readOnly, checksPasswords }: AccessToken): string {
  const where = realm.type === "provider" ? "provider" : `organization ${realm.organizationId}`;
  return [where, ...(readOnly ? ["read-only"] : []), ...(checksPasswords ? ["checks passwords"] : [])].join(
    ", ",
  );
}

/** Who made the token, and whether that person lost the power to. */
function maker({ makerId, makerName, orphanedAt }: AccessToken): string {
  const said = [
    ...(makerId === undefined ? [] : [`made by ${makerName ?? makerId}`]),
    ...(orphanedAt === undefined ? [] : [`orphaned since ${orphanedAt}`]),
  ];
  return said.length === 0 ? "" : `  (${said.join(", ")})`;
}

function ends({ revokedAt, expiresAt }: AccessToken): string {
  if (revokedAt !== undefined) return `revoked ${revokedAt}`;
  return expiresAt === undefined ? "never expires" : `expires ${expiresAt}`;
}

function readExpiry(text: string): string {
  const time = Date.parse(readInstant(text) ?? "");
  if (Number.isNaN(time))
    throw new UserError(`'${text}' is not a date; write it like 2027-01-31 or 2027-01-31T12:00:00Z`);
  if (time <= Date.now()) throw new UserError(`${text} is in the past; use a date in the future`);
  return new Date(time).toISOString();
}
