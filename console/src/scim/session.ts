import { ConnectionError, errorOf, ScimError } from "./errors.ts";
import type { Reference } from "./resources.ts";

/** The header that writes send the session's CSRF token in. */
export const CSRF_HEADER = "Muster-CSRF";

/** Where a person can act. */
export interface SessionRealm {
  /** `provider`, or the id of an organization. */
  readonly value: string;
  readonly display?: string;
  readonly isAdministrator: boolean;
}

/** What `GET /console/session` answers. */
export interface SessionState {
  readonly id: string;
  readonly user: Reference;
  /** Null: the person does not act anywhere any more, and has to choose. */
  readonly realm: string | null;
  readonly credential: "person" | "organization";
  readonly realms: readonly SessionRealm[];
  readonly expiresAt: string;
  readonly secondFactor: string;
  readonly needsSecondFactor: boolean;
  readonly csrf: string;
}

/** A second factor guards the password: what has to be sent where. */
export interface NextStep {
  readonly next: string;
}

const isNextStep = (answer: SessionState | NextStep): answer is NextStep => "next" in answer;

/**
 * The person's session: who is signed in, and where the person acts. When it ends, what is under way waits until the
 * person has signed in again.
 */
export class Session {
  #state: SessionState | undefined;
  #ended: PromiseWithResolvers | undefined;
  readonly #listeners = new Set<() => void>();
  /** Tells the other tabs that the session acts elsewhere from now on. */
  readonly #tabs = new BroadcastChannel("muster-session");

  /** @param consoleUrl the address of the console, with a slash at its end */
  constructor(private readonly consoleUrl: URL) {
    this.#tabs.onmessage = () => void this.load().catch(() => undefined);
  }

  /** @throws Error before it was loaded */
  get state(): SessionState {
    if (!this.#state) throw new Error("The session was not loaded");
    return this.#state;
  }

  /** Whether the person has to sign in again. */
  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** @returns what ends the subscription */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks the server. @throws ScimError 401 without a session */
  async load(): Promise<SessionState> {
    return this.#set(await this.#send<SessionState>("GET", "session"));
  }

  /** Acts in another realm from now on. */
  async switchTo(realm: string): Promise<SessionState> {
    const state = this.#set(await this.#send<SessionState>("PATCH", "session", { realm }));
    this.#tabs.postMessage("switched");
    return state;
  }

  async signOut(): Promise<void> {
    await this.#send("DELETE", "session");
    this.#tabs.postMessage("signed out");
  }

  /** To be called when the server says that the session has ended. @returns when the person has signed in again */
  async restored(): Promise<void> {
    if (!this.#ended) {
      this.#ended = withResolvers();
      this.#tell();
    }
    await this.#ended.promise;
  }

  /**
   * Signs in again, in the same realm.
   *
   * @param organization whose name the person enters; undefined: the account's own
   * @returns what else has to be sent, or undefined when it is done
   * @throws ScimError for a wrong name or password
   */
  async signInAgain(
    userName: string,
    password: string,
    organization: string | undefined,
  ): Promise<NextStep | undefined> {
    const path = organization === undefined ? "sign-in" : `sign-in/${organization}`;
    return this.#enter(await this.#send<SessionState | NextStep>("POST", path, { userName, password }));
  }

  /** Sends the code of a second factor after the password. */
  async enterCode(code: string): Promise<NextStep | undefined> {
    return this.#enter(await this.#send<SessionState | NextStep>("POST", "sign-in/code", { code }));
  }

  async #enter(answer: SessionState | NextStep): Promise<NextStep | undefined> {
    if (isNextStep(answer)) return answer;
    const before = this.#state;
    this.#set(answer);
    // What is open is another person's.
    if (before && before.user.value !== answer.user.value) location.reload();
    else {
      if (before?.realm && before.realm !== answer.realm) await this.switchTo(before.realm);
      this.#ended?.resolve();
      this.#ended = undefined;
      this.#tell();
    }
    return undefined;
  }

  async #send<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(new URL(path, this.consoleUrl), {
      method,
      headers: {
        Accept: "application/json",
        ...(body && { "Content-Type": "application/json" }),
        ...(method !== "GET" && this.#state && { [CSRF_HEADER]: this.#state.csrf }),
      },
      body: body && JSON.stringify(body),
    }).catch((cause: unknown) => {
      throw new ConnectionError({ cause });
    });
    if (!answer.ok) throw await errorOf(answer);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  #set(state: SessionState): SessionState {
    this.#state = state;
    this.#tell();
    return state;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function withResolvers(): PromiseWithResolvers {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Whether an error says that there is no session. */
export const isSignedOut = (error: unknown) => error instanceof ScimError && error.status === 401;
