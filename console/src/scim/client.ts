import { bodyOf, ConnectionError, ElsewhereError, errorOf, ScimError } from "./errors.ts";
import { EVENT_STREAM, eventsIn } from "./event-stream.ts";
import { addressOf } from "./path.ts";
import { PATCH_OP } from "./resources.ts";
import type { List } from "./resources.ts";
import { CSRF_HEADER } from "./session.ts";
import type { Session } from "./session.ts";

const SCIM_JSON = "application/scim+json";
const BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

/** What a list is asked for; what is undefined is left out. */
export interface Query {
  readonly filter?: string;
  readonly sortBy?: string;
  readonly sortOrder?: "ascending" | "descending";
  readonly attributes?: string;
  readonly count?: number;
  /** Empty: the first page by cursor (RFC 9865). */
  readonly cursor?: string;
}

export interface BulkOperation {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly bulkId?: string;
  readonly data?: object;
}

/** What came of an operation of a Bulk. */
export interface BulkResult {
  readonly method: string;
  readonly location?: string;
  readonly status: string;
  readonly response?: { readonly detail?: string; readonly scimType?: string };
}

/** What would come of operations, as a dry run says. */
export interface DryRun {
  readonly operations: readonly { readonly status: string; readonly error?: { readonly detail?: string } }[];
  readonly effects: {
    readonly memberships: number;
    /** Seats in teams. */
    readonly teams: number;
    readonly roles: number;
    readonly tokens: number;
    readonly lastAdministratorOf: readonly { readonly display: string }[];
    readonly emptied: readonly { readonly display: string }[];
  };
}

/**
 * The public SCIM endpoints, in one realm: the console has no other way to the server's data. What is meant for one realm is
 * never done in another, though the session may act elsewhere meanwhile, in this tab or by another one.
 */
export class ScimClient {
  /**
   * @param url the base of SCIM, with a slash at its end
   * @param realm `provider`, or the id of an organization
   */
  constructor(
    private readonly url: URL,
    private readonly session: Session,
    private readonly realm: string,
  ) {}

  /** @throws ScimError, ConnectionError, ElsewhereError, OtherPersonError */
  get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return this.#send<T>("GET", path, { query, signal });
  }

  list<T>(path: string, query: Query, signal?: AbortSignal): Promise<List<T>> {
    return this.get<List<T>>(path, query, signal);
  }

  create<T>(path: string, resource: object): Promise<T> {
    return this.#send<T>("POST", path, { body: resource });
  }

  /** @param version of what the person saw; another one since then is a conflict (412) */
  patch<T>(path: string, operations: readonly object[], version?: string): Promise<T> {
    const body = { schemas: [PATCH_OP], Operations: operations };
    return this.#send<T>("PATCH", path, {
      body,
      ...(version !== undefined && { headers: { "If-Match": version } }),
    });
  }

  async delete(path: string): Promise<void> {
    await this.#send("DELETE", path);
  }

  /** @returns what came of each operation, in their order */
  async bulk(operations: readonly BulkOperation[]): Promise<readonly BulkResult[]> {
    const body = { schemas: [BULK_REQUEST], Operations: operations };
    const answer = await this.#send<{ Operations: readonly BulkResult[] }>("POST", "Bulk", { body });
    return answer.Operations;
  }

  /** What would come of operations, of which nothing is done. */
  dryRun(operations: readonly BulkOperation[], signal: AbortSignal): Promise<DryRun> {
    const body = { schemas: [BULK_REQUEST], Operations: operations };
    return this.#send<DryRun>("POST", "Bulk", { body, signal, headers: { "Muster-Dry-Run": "true" } });
  }

  /** Everything that matches, not a page of it. @param format a media type: CSV or NDJSON */
  async export(path: string, query: Query, format: string, signal?: AbortSignal): Promise<Blob> {
    const answer = await this.#fetch("GET", path, { query, headers: { Accept: format }, signal });
    // The server breaks off what it cannot complete.
    return answer.blob().catch((cause: unknown) => {
      throw new ConnectionError({ cause });
    });
  }

  /**
   * What is new on a list from now on, as it comes, until the server or the signal ends it, or the connection breaks off.
   *
   * @param lastId where to go on; the server may repeat what came shortly before it
   */
  async follow<T>(
    path: string,
    query: Query,
    lastId: string | undefined,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<T>> {
    const headers = {
      Accept: EVENT_STREAM,
      ...(lastId !== undefined && { "Last-Event-ID": lastId }),
    };
    const answer = await this.#fetch("GET", path, { query, headers, signal });
    return eventsIn<T>(answer.body ?? new ReadableStream());
  }

  async #send<T>(method: string, path: string, request: Request = {}): Promise<T> {
    const answer = await this.#fetch(method, path, request);
    return answer.status === 204 ? (undefined as T) : bodyOf<T>(answer, request.signal);
  }

  /** @returns an answer that is 2xx */
  async #fetch(method: string, path: string, request: Request): Promise<Response> {
    const { query, body, headers, signal } = request;
    const address = addressOf(path, this.url);
    address.search = parametersOf(query).toString();
    // Of the same moment: the token is for the session as it is in this realm, and the server refuses it in another.
    const { realm, csrf } = this.session.state;
    if (realm !== this.realm) throw new ElsewhereError();
    const answer = await fetch(address, {
      method,
      signal,
      headers: {
        Accept: SCIM_JSON,
        ...(body && { "Content-Type": SCIM_JSON }),
        [CSRF_HEADER]: csrf,
        ...headers,
      },
      body: body && JSON.stringify(body),
    }).catch((cause: unknown) => {
      if (signal?.aborted) throw cause;
      throw new ConnectionError({ cause });
    });
    if (answer.status === 401) {
      await this.session.restored();
      return this.#fetch(method, path, request);
    }
    // Another tab may have switched the realm, or begun another session.
    if (answer.status === 403 && (await this.session.load()).csrf !== csrf) {
      return this.#fetch(method, path, request);
    }
    this.session.used(answer);
    if (!answer.ok) throw await errorOf(answer);
    return answer;
  }
}

interface Request {
  readonly query?: Query;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

function parametersOf(query: Query = {}): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, string | number | undefined][]) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters;
}

/** Whether something is not there, or not in this realm. */
export const isNotFound = (error: unknown) => error instanceof ScimError && error.status === 404;

/** A refused operation of a Bulk as the error that a single request would have. */
export const refusalOf = (result: BulkResult | undefined) =>
  new ScimError(
    Number(result?.status ?? 500),
    result?.response?.scimType,
    result?.response?.detail ?? "The server did not say why.",
    undefined,
  );
