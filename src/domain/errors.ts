/**
 * What can go wrong in the domain, without a word of HTTP or SCIM: `scim/errors.ts` is the one table that
 * turns these into a status and a `scimType`.
 */
export abstract class DomainError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** There is no such thing in the caller's realm. */
export class NotFoundError extends DomainError {
  constructor(
    readonly kind: string,
    readonly id: string,
  ) {
    super(`${kind} '${id}' not found`);
  }
}

/** The caller sees the thing, and may not do this to it. */
export class ForbiddenError extends DomainError {}

/** The caller asks too often. */
export class TooManyRequestsError extends DomainError {
  /** @param retryAfter in so many seconds it may ask again */
  constructor(readonly retryAfter: number) {
    super(`Too many requests; try again in ${retryAfter} seconds`);
  }
}

/** The server cannot do this now, through no fault of the caller: the database is gone, full or too busy. */
export class UnavailableError extends DomainError {
  /**
   * @param message what is wrong, in words for the caller: no names of tables, files or hosts
   * @param retryAfter in so many whole seconds it may work; undefined where waiting does not help
   */
  constructor(
    message: string,
    readonly retryAfter: number | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Others were changing the same at the same time; what changes less at a time may get through. */
export class ContentionError extends UnavailableError {}

/** The server is stopping; another process, or the next one, does what is asked. */
export const stoppingError = () => new UnavailableError("The server is stopping; send the request again", 1);

/** What the caller asks for takes more work than one request may cause; asking for less helps. */
export class TooMuchWorkError extends DomainError {}

/** Another resource already has this value of a unique attribute. */
export class UniquenessError extends DomainError {
  constructor(
    readonly kind: string,
    readonly attribute: string,
    readonly value: string,
  ) {
    super(
      `A ${kind} with ${attribute} '${value}' already exists; ${attribute} must be unique, regardless of case`,
    );
  }
}

/** A value breaks a rule of the domain. */
export class InvalidValueError extends DomainError {}

/** Nobody made this link, or what it was for is gone. */
export class UnknownLinkError extends DomainError {
  constructor() {
    super("This link is unknown, or has been withdrawn");
  }
}

/** Why a link leads to nothing that can be done, or not any more. */
export type ClosedReason =
  /** An invitation's status. */
  | "accepted"
  | "declined"
  | "expired"
  | "disabled"
  | "exhausted"
  /** The invitation is another one by now, and there is mail with another link. */
  | "changed"
  /** Whoever invites may not do so any more. */
  | "withdrawn"
  /** The person is a member already. */
  | "member"
  /** Somebody else's account stands in the way. */
  | "taken"
  | "deactivated"
  /** The account has a password already. */
  | "used";

/** What a link was for cannot be done. */
export class ClosedError extends DomainError {
  constructor(
    readonly reason: ClosedReason,
    message: string,
  ) {
    super(message);
  }
}

/** Somebody else has changed something in the same moment. */
export class ConflictError extends DomainError {}

/** The resource is no longer in the version that the caller expects. */
export class VersionMismatchError extends DomainError {
  constructor(
    readonly kind: string,
    readonly id: string,
  ) {
    super(`${kind} '${id}' has changed since the version named in If-Match; read it again and retry`);
  }
}

/** A listing asks for something that is not kept in a form that can be searched or sorted by. */
export class UnsupportedFieldError extends DomainError {
  constructor(readonly field: string) {
    super(`Lists can be neither filtered nor sorted by the attribute '${field}'`);
  }
}
