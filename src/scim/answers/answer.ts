import { UnavailableError } from "../../domain/errors.js";
import { ScimError, toScimError } from "../errors.js";

/** The answer to a SCIM request, which `http` sends. */
export class ScimAnswer {
  constructor(
    readonly status: number,
    /** JSON, whole or in pieces; undefined for no body. */
    readonly body: string | AsyncIterable<string> | undefined,
    readonly headers: Readonly<Record<string, string>> = {},
    /** How a body in pieces is sent: `long` may take any time, `live` also sends each piece at once. */
    readonly pace?: "long" | "live",
  ) {}
}

export const noContent = () => new ScimAnswer(204, undefined);

/**
 * The answer to a request that failed.
 *
 * @param onFault called for errors that no client caused; the answer gives no details of them
 */
export function failure(error: unknown, onFault: (error: unknown) => void): ScimAnswer {
  let scimError = toScimError(error);
  if (error instanceof UnavailableError) onFault(error);
  if (!scimError) {
    onFault(error);
    scimError = new ScimError(500, undefined, "Internal error; it has been logged");
  }
  return new ScimAnswer(scimError.status, JSON.stringify(scimError), scimError.headers);
}
