import {
  ClosedError,
  ConflictError,
  ForbiddenError,
  ImmutableError,
  InvalidValueError,
  NotFoundError,
  TooManyRequestsError,
  TooMuchWorkError,
  UnavailableError,
  UniquenessError,
  UnknownLinkError,
  UnsupportedFieldError,
  VersionMismatchError,
} from "../domain/errors.js";
import type { ClosedReason } from "../domain/errors.js";

/** The `scimType` keywords of RFC 7644 section 3.12 and RFC 9865 section 2.1. */
export type ScimType =
  | "invalidFilter"
  | "tooMany"
  | "uniqueness"
  | "mutability"
  | "invalidSyntax"
  | "invalidPath"
  | "noTarget"
  | "invalidValue"
  | "invalidVers"
  | "sensitive"
  | "invalidCursor"
  | "expiredCursor"
  | "invalidCount";

export const ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error";

/** The longest detail of an error: it may repeat a client's text, which may be very long. */
const MAX_DETAIL = 1000;

/** An error answer: its HTTP status, its `scimType` where the RFC has one, and what to change in the request. */
export class ScimError extends Error {
  override readonly name = "ScimError";

  constructor(
    readonly status: number,
    readonly scimType: ScimType | undefined,
    detail: string,
    /** Header fields of the answer, such as `Allow`. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail.length > MAX_DETAIL ? `${detail.slice(0, MAX_DETAIL)}...` : detail);
  }

  /** The Error message of RFC 7644 section 3.12. */
  toJSON(): Record<string, unknown> {
    return {
      schemas: [ERROR_SCHEMA],
      status: String(this.status),
      ...(this.scimType && { scimType: this.scimType }),
      detail: this.message,
    };
  }
}

export const invalidSyntax = (detail: string) => new ScimError(400, "invalidSyntax", detail);
export const invalidFilter = (detail: string) => new ScimError(400, "invalidFilter", detail);
export const invalidPath = (detail: string) => new ScimError(400, "invalidPath", detail);
export const invalidValue = (detail: string) => new ScimError(400, "invalidValue", detail);
export const invalidCursor = (detail: string) => new ScimError(400, "invalidCursor", detail);
export const expiredCursor = (detail: string) => new ScimError(400, "expiredCursor", detail);
export const invalidCount = (detail: string) => new ScimError(400, "invalidCount", detail);
export const noTarget = (detail: string) => new ScimError(400, "noTarget", detail);
export const mutability = (detail: string) => new ScimError(400, "mutability", detail);

/** Reasons whose status is more specific than 410 Gone. */
const CLOSED: Partial<Record<ClosedReason, number>> = {
  member: 409,
  taken: 409,
  claimed: 409,
  deactivated: 403,
};

/**
 * Maps errors to answers; the only place that does.
 *
 * @returns undefined for an error that no client caused
 */
export function toScimError(error: unknown): ScimError | undefined {
  if (error instanceof ScimError) return error;
  if (error instanceof NotFoundError) return new ScimError(404, undefined, error.message);
  if (error instanceof UnknownLinkError) return new ScimError(404, undefined, error.message);
  if (error instanceof ForbiddenError) return new ScimError(403, undefined, error.message);
  if (error instanceof TooManyRequestsError) {
    return new ScimError(429, undefined, error.message, { "Retry-After": String(error.retryAfter) });
  }
  if (error instanceof UnavailableError) {
    const { message, retryAfter } = error;
    const headers = retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) };
    return new ScimError(503, undefined, message, headers);
  }
  if (error instanceof TooMuchWorkError) return new ScimError(400, "tooMany", error.message);
  if (error instanceof ClosedError)
    return new ScimError(CLOSED[error.reason] ?? 410, undefined, error.message);
  if (error instanceof ConflictError) return new ScimError(409, undefined, error.message);
  if (error instanceof UniquenessError) return new ScimError(409, "uniqueness", error.message);
  if (error instanceof InvalidValueError) return new ScimError(400, "invalidValue", error.message);
  if (error instanceof ImmutableError) return mutability(error.message);
  if (error instanceof UnsupportedFieldError) return new ScimError(400, "invalidFilter", error.message);
  if (error instanceof VersionMismatchError) return new ScimError(412, undefined, error.message);
  return undefined;
}
