import type { DemoClock } from "./clock.js";

/** What the demo reads in answers. */
export interface Answer {
  readonly id: string;
  readonly [name: string]: unknown;
}

/** Where a client is, as the audit log and lists of sessions show it. */
export interface Place {
  readonly address: string;
  readonly userAgent: string;
}

/** A server that the demo is made on, and its time. */
export interface DemoServer {
  readonly url: string;
  readonly clock: DemoClock;
}

/** Sends requests as a client of the public endpoints does. */
export class DemoClient {
  #headers: Readonly<Record<string, string>>;

  constructor(
    private readonly server: DemoServer,
    place: Place,
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.#headers = { "X-Forwarded-For": place.address, "User-Agent": place.userAgent, ...headers };
  }

  /** A client with an access token. */
  static withToken(server: DemoServer, place: Place, token: string): DemoClient {
    return new DemoClient(server, place, { Authorization: `Bearer ${token}` });
  }

  /** A person signs in. @param realm in which the session acts; undefined: as it begins */
  static async signIn(
    server: DemoServer,
    place: Place,
    person: { readonly userName: string; readonly password: string },
    realm?: string,
  ): Promise<DemoClient> {
    const client = new DemoClient(server, place);
    await client.#enter("POST", "/console/sign-in", person);
    if (realm !== undefined) await client.#enter("PATCH", "/console/session", { realm });
    return client;
  }

  /** @param path below SCIM's base path */
  async scim(method: string, path: string, body?: object): Promise<Answer> {
    const { status, answer } = await this.#send(method, `/scim/v2${path}`, body);
    if (status >= 400) throw new Error(`${method} ${path} failed with ${status}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Changes a resource by PATCH. */
  patch(path: string, ...operations: readonly object[]): Promise<Answer> {
    const schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
    return this.scim("PATCH", path, { schemas, Operations: operations });
  }

  /** What the server refuses. @param path below SCIM's base path */
  async refused(method: string, path: string, body?: object): Promise<void> {
    const { status } = await this.#send(method, `/scim/v2${path}`, body);
    if (status < 400) throw new Error(`${method} ${path} was to be refused`);
  }

  /** Does something with a link in a mail. @param path of the link */
  async follow(path: string, body: object = {}): Promise<Answer> {
    const { status, answer } = await this.#send("POST", path, body);
    if (status >= 400) throw new Error(`A link failed with ${status}: ${JSON.stringify(answer)}`);
    return answer;
  }

  async #enter(method: string, path: string, body: object): Promise<void> {
    const { status, answer, cookies } = await this.#send(method, path, body);
    if (status !== 200) throw new Error(`A sign-in failed with ${status}: ${JSON.stringify(answer)}`);
    const Cookie = cookies.length > 0 ? cookies.join("; ") : (this.#headers.Cookie ?? "");
    this.#headers = { ...this.#headers, Cookie, "Muster-CSRF": String(answer.csrf) };
  }

  async #send(method: string, path: string, body?: object) {
    this.server.clock.pass(20);
    const response = await fetch(this.server.url + path, {
      method,
      headers: {
        ...this.#headers,
        Accept: "application/json",
        ...(body && { "Content-Type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const cookies = response.headers.getSetCookie().map((each) => each.split(";")[0] ?? "");
    return {
      status: response.status,
      answer: (text === "" ? {} : JSON.parse(text)) as Answer,
      cookies,
    };
  }
}
