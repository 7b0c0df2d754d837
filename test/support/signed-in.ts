import type { ServerInProcess } from "./server.js";

export interface PageAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text as JSON; an empty object when it is none. */
  readonly json: SessionBody;
}

/** What tests look at in the answers of the console. */
export interface SessionBody {
  readonly id: string;
  readonly user: { readonly value: string; readonly display?: string };
  readonly realm: string | null;
  readonly realms: readonly { readonly value: string; readonly isAdministrator: boolean }[];
  readonly credential: string;
  readonly csrf: string;
  readonly detail: string;
  readonly totalResults: number;
  readonly Resources: readonly { readonly id: string; readonly [name: string]: unknown }[];
}

/** A browser as far as it matters here: it keeps cookies, and sends JSON. */
export class BrowserOfPerson {
  readonly cookies = new Map<string, string>();
  csrf = "";

  /** @param server asked at each request */
  constructor(private readonly server: () => Pick<ServerInProcess, "scim">) {}

  /** @param path below the server's address */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<PageAnswer> {
    const root = this.server().scim.url.replace("/scim/v2", "");
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(root + path, {
      ...{ method, redirect: "manual" },
      headers: {
        Accept: "application/json",
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...(cookie !== "" && { Cookie: cookie }),
        ...(method !== "GET" && this.csrf !== "" && { "Muster-CSRF": this.csrf }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    for (const set of answer.headers.getSetCookie()) this.#keep(set);
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: toJson(text) };
  }

  /** Signs in, and keeps the token for writes. @param organization whose names count */
  async signIn(userName: string, password: string, organization?: string): Promise<PageAnswer> {
    const path = `/console/sign-in${organization === undefined ? "" : `/${organization}`}`;
    const answer = await this.send("POST", path, { userName, password });
    if (answer.status === 200) this.csrf = answer.json.csrf;
    return answer;
  }

  async switchTo(realm: string): Promise<PageAnswer> {
    const answer = await this.send("PATCH", "/console/session", { realm });
    if (answer.status === 200) this.csrf = answer.json.csrf;
    return answer;
  }

  #keep(set: string): void {
    const [pair = "", ...attributes] = set.split("; ");
    const [name = "", value = ""] = pair.split("=", 2);
    if (attributes.includes("Max-Age=0")) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

function toJson(text: string): SessionBody {
  try {
    return JSON.parse(text) as SessionBody;
  } catch {
    return {} as SessionBody;
  }
}
