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

/** Another resource already has this value of a unique attribute. */
export class UniquenessError extends DomainError {
  constructor(
    readonly kind: string,
    readonly attribute: string,
    readonly value: string,
  ) {
    super(
      `A ${kind} with ${attribute} '${value}' already exists; ${attribute} must be unique, whatever its case`,
    );
  }
}

/** A value breaks a rule of the domain. */
export class InvalidValueError extends DomainError {}

/** What was to be used is used up, over, or taken back. */
export class GoneError extends DomainError {}

/** Something is so already. */
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
    super(`The attribute '${field}' can be neither filtered nor sorted by`);
  }
}
