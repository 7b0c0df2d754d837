/** A refusal of the server, as SCIM says it (RFC 7644 section 3.12). */
export class ScimError extends Error {
  constructor(
    readonly status: number,
    readonly scimType: string | undefined,
    detail: string,
    /** To name when asking for help. */
    readonly requestId: string | undefined,
    /** The field of a form that is wrong, where the server knows it. */
    readonly field?: string,
    /** How many seconds to wait before it is tried again. */
    readonly retryAfter?: number,
  ) {
    super(detail);
    this.name = "ScimError";
  }
}

/** No answer came: the network or the server is away. Whether a write was done is not known. */
export class ConnectionError extends Error {
  constructor(options?: ErrorOptions) {
    super("The server cannot be reached.", options);
    this.name = "ConnectionError";
  }
}

/** The session acts in another realm than the one that a request is meant for; it was not sent, or not carried out. */
export class ElsewhereError extends Error {
  constructor() {
    super("You act in another realm now, so this was not done.");
    this.name = "ElsewhereError";
  }
}

/** Another person has signed in than the one whose page it is; a request was not sent, or not carried out. */
export class OtherPersonError extends Error {
  constructor() {
    super("Another person has signed in, so this was not done. The page is loaded anew.");
    this.name = "OtherPersonError";
  }
}

/**
 * What an answer says.
 *
 * @throws ConnectionError when it breaks off: what was asked for may have been done
 */
export const bodyOf = <T>(answer: Response, signal?: AbortSignal): Promise<T> =>
  answer.json().catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new ConnectionError({ cause });
  }) as Promise<T>;

/** @param answer one that is not 2xx */
export async function errorOf(answer: Response): Promise<ScimError> {
  const body = await answer.json().then(
    (json) => json as { detail?: string; scimType?: string; field?: string },
    () => ({ detail: undefined, scimType: undefined, field: undefined }),
  );
  const detail = body.detail ?? `The server answered ${answer.status}.`;
  const requestId = answer.headers.get("X-Request-Id") ?? undefined;
  // Muster sends seconds; a date, which the header can also be, is none.
  const seconds = Number(answer.headers.get("Retry-After") ?? NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
  return new ScimError(answer.status, body.scimType, detail, requestId, body.field, retryAfter);
}
