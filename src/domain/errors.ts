/**
 * Errors of the domain, independent of HTTP and SCIM: `scim/errors.ts` is the one table that
 * turns these into a status and a `scimType`.
 */
export abstract class DomainError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** The resource does not exist in the caller's realm. */
export class NotFoundError extends DomainError {
  constructor(
    readonly kind: string,
    readonly id: string,
  ) {
    super(`${kind} '${id}' not found`);
  }
}

/** The caller can see the resource, but may not do this to it. */
export class ForbiddenError extends DomainError {
  /** @param field the field that is wrong of a form that a person filled in */
  constructor(
    message: string,
    readonly field?: FormField,
  ) {
    super(message);
  }
}

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

/** Other requests were changing the same data at the same time. A smaller change may succeed. */
export class ContentionError extends UnavailableError {}

/** The server is stopping. Another process, or the next one, can do the request. */
export const stoppingError = () => new UnavailableError("The server is stopping; send the request again", 1);

/** The request needs more work than one request may cause. A smaller request helps. */
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
export class InvalidValueError extends DomainError {
  /** @param field the field that is wrong of a form that a person filled in */
  constructor(
    message: string,
    readonly field?: FormField,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The fields of the forms that people fill in. */
export type FormField =
  "email" | "givenName" | "familyName" | "password" | "currentPassword" | "newPassword" | "code";

/** A value that this caller cannot change, whatever the rest of the request is. */
export class ImmutableError extends DomainError {}

/** The link is unknown, or its invitation or account was deleted. */
export class UnknownLinkError extends DomainError {
  constructor() {
    super("This link is unknown, or has been withdrawn");
  }
}

/** Why a link does not work, or no longer works. */
export type ClosedReason =
  /** An invitation's status. */
  | "accepted"
  | "declined"
  | "expired"
  | "disabled"
  | "exhausted"
  /** The invitation has changed, and a later mail has another link. */
  | "changed"
  /** The person who invited is no longer allowed to. */
  | "withdrawn"
  /** The person is a member already. */
  | "member"
  /** Another person's account has a user name that is too similar. */
  | "taken"
  /** Another account has accepted the invitation with the same address. */
  | "claimed"
  | "deactivated"
  /** The account has a password already, or the link was used. */
  | "used"
  /** The link is for a server without an administrator, and there is one. */
  | "administered";

/** The purpose of a link is no longer possible. */
export class ClosedError extends DomainError {
  /** @param issuer for a link that Muster made; undefined: the provider's */
  constructor(
    readonly reason: ClosedReason,
    message: string,
    readonly issuer: LinkIssuer = {},
  ) {
    super(message);
  }
}

/** Whom the person who has a link can ask. */
export interface LinkIssuer {
  readonly organization?: { readonly id: string; readonly name: string } | undefined;
  /** The name of the person who invited, as long as that person may invite. */
  readonly inviterName?: string | undefined;
}

/** Another request changed the same data at the same time. */
export class ConflictError extends DomainError {
  /** @param field the field of a form whose value is another's already */
  constructor(
    message: string,
    readonly field?: FormField,
  ) {
    super(message);
  }
}

/** The resource is no longer in the version that the caller expects. */
export class VersionMismatchError extends DomainError {
  constructor(
    readonly kind: string,
    readonly id: string,
  ) {
    super(`${kind} '${id}' has changed since the version named in If-Match; read it again and retry`);
  }
}

/** A listing filters or sorts by an attribute that is not stored in a form for that. */
export class UnsupportedFieldError extends DomainError {
  constructor(readonly field: string) {
    super(`Lists can be neither filtered nor sorted by the attribute '${field}'`);
  }
}
