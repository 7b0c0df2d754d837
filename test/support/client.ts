import { request as httpRequest } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";

/** A JSON answer, with types for what tests look at. */
export interface Body {
  readonly [name: string]: unknown;
  readonly schemas: string[];
  readonly id: string;
  readonly meta: Meta;
  readonly userName: string;
  readonly displayName?: string;
  readonly active: boolean;
  readonly members?: Reference[];
  readonly groups?: Reference[];
  readonly totalResults: number;
  readonly startIndex: number;
  readonly itemsPerPage: number;
  readonly Resources: Body[];
  readonly status: string;
  readonly scimType?: string;
  readonly detail: string;
}

export interface Meta {
  readonly resourceType: string;
  readonly created: string;
  readonly lastModified: string;
  readonly location: string;
  readonly version: string;
}

export interface Reference {
  readonly value: string;
  readonly $ref: string;
  readonly display: string;
  readonly type: string;
  readonly role?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The text as JSON; an empty object when it is none. */
  readonly body: Body;
}

export interface RequestOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Buffer;
  /** Headers by their names in any case; null takes away one that is sent otherwise. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** The address of a server, and a token for it. */
export interface Connection {
  /** The SCIM base, without a slash at the end. */
  readonly url: string;
  readonly token: string;
}

export interface PatchOperation {
  readonly op: string;
  readonly path?: string;
  readonly value?: unknown;
}

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/**
 * A SCIM client that sends what it is told and nothing else: no header that is not asked for, and paths as
 * they are.
 */
export class ScimClient {
  /** @param connection asked at each request, so that a suite can be defined before its server runs */
  constructor(private readonly connection: () => Connection) {}

  get url(): string {
    return this.connection().url;
  }

  get token(): string {
    return this.connection().token;
  }

  /** @param path below the SCIM base; what must be encoded in it already is */
  request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const { url, token } = this.connection();
    const { origin, pathname } = new URL(url);
    const payload = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (payload !== undefined) {
      headers["content-type"] = "application/scim+json";
      headers["content-length"] = String(Buffer.byteLength(payload));
    }
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      if (value === null) Reflect.deleteProperty(headers, name.toLowerCase());
      else headers[name.toLowerCase()] = value;
    }
    return send(origin, { method, path: pathname + path, headers }, payload);
  }

  get(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.request("GET", path, { ...(headers && { headers }) });
  }

  /** GET of the resources that match a filter. */
  find(
    endpoint: "/Users" | "/Groups" | "/Invitations" | "/AuditEvents",
    filter: string,
    more = "",
  ): Promise<Answer> {
    return this.get(`${endpoint}?filter=${encodeURIComponent(filter)}${more}`);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.request("POST", path, { body });
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.request("PUT", path, { body });
  }

  patch(path: string, ...operations: readonly PatchOperation[]): Promise<Answer> {
    return this.request("PATCH", path, { body: { schemas: [PATCH_OP], Operations: operations } });
  }

  delete(path: string): Promise<Answer> {
    return this.request("DELETE", path);
  }
}

function send(
  origin: string,
  options: { method: string; path: string; headers: Record<string, string> },
  payload: string | Buffer | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(origin, options, (response) => {
      buffer(response)
        .then((bytes) => {
          const isCompressed = response.headers["content-encoding"] === "gzip";
          const text = (isCompressed ? gunzipSync(bytes) : bytes).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parse(text) });
        })
        .catch(reject);
    });
    request.on("error", reject);
    request.end(payload);
  });
}

function parse(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {} as Body;
  }
}
