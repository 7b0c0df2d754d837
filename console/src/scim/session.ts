import { bodyOf, ConnectionError, errorOf, OtherPersonError, ScimError } from "./errors.ts";
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
  /** After how many seconds without a request it ends. */
  readonly idleTimeout: number;
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
 * person has signed in again. It is one person's for as long as the page is there: when another one signs in, here or in
 * another tab, nothing that waits is sent, and the page is loaded anew.
 */
export class Session {
  #state: SessionState | undefined;
  #ended: EndedSession | undefined;
  readonly #listeners = new Set<() => void>();
  /** When a request was answered last, in any tab, by the clock of this browser. */
  #usedAt = Date.now();
  /** By how much the server's clock is ahead of this browser's, in milliseconds. */
  #ahead = 0;
  /** Tells the other tabs that the session acts elsewhere from now on. */
  readonly #tabs = new BroadcastChannel("muster-session");

  /** @param consoleUrl the address of the console, with a slash at its end */
  constructor(private readonly consoleUrl: URL) {
    this.#tabs.onmessage = ({ data }: MessageEvent<string>) => {
      // What is on the screen is not for those who come after.
      if (data === SIGNED_OUT) location.assign(new URL("sign-in", consoleUrl));
      else if (data === USED) this.#usedAt = Date.now();
      else void this.load().catch(() => undefined);
    };
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

  /** Whether the person signs in again though the session goes on, and can leave it at that. */
  get isRenewed(): boolean {
    return this.#ended?.isLive === true;
  }

  /** When the session ends at the latest, and when it does unless it is used; by the clock of this browser. */
  get ends(): { readonly total: number; readonly idle: number } {
    const { expiresAt, idleTimeout } = this.state;
    return { total: Date.parse(expiresAt) - this.#ahead, idle: this.#usedAt + idleTimeout * 1000 };
  }

  /** To be called with each answer that the session got. */
  used(answer: Response): void {
    const before = this.#usedAt;
    this.#usedAt = Date.now();
    const date = Date.parse(answer.headers.get("Date") ?? "");
    if (!Number.isNaN(date)) this.#ahead = date - this.#usedAt;
    if (this.#usedAt - before > TELL_USE) this.#tabs.postMessage(USED);
  }

  /** @returns what ends the subscription */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks the server. @throws ScimError 401 without a session; OtherPersonError */
  async load(): Promise<SessionState> {
    const state = await this.#send<SessionState>("GET", "session");
    // Where the session had ended, the person has signed in again in another tab.
    if (this.#ended && !(this.#ended.isLive && this.#ended.id === state.id)) await this.#enter(state);
    else this.#set(state);
    return state;
  }

  /** Acts in another realm from now on. */
  async switchTo(realm: string): Promise<SessionState> {
    const state = this.#set(await this.#send<SessionState>("PATCH", "session", { realm }));
    this.#tabs.postMessage("switched");
    return state;
  }

  /** @param isEverywhere whether the person's other sessions end, too */
  async signOut(isEverywhere = false): Promise<void> {
    await this.#send("DELETE", isEverywhere ? "session?everywhere=true" : "session");
    this.#tabs.postMessage(SIGNED_OUT);
  }

  /** To be called when the server says that the session has ended. @returns when the person has signed in again */
  async restored(): Promise<void> {
    const ended = this.#ask(false);
    await ended.promise;
  }

  /** Asks the person to sign in again before the session ends. */
  renew(): void {
    this.#ask(true);
  }

  /** Leaves the session as it is after `renew`; does nothing when it has ended meanwhile. */
  keep(): void {
    if (!this.#ended?.isLive) return;
    this.#ended = undefined;
    this.#tell();
  }

  /** @param isLive whether the session goes on meanwhile */
  #ask(isLive: boolean): EndedSession {
    const { id, realm } = this.state;
    this.#ended = {
      ...(this.#ended ?? { ...withResolvers(), id, realm }),
      isLive: isLive && (this.#ended?.isLive ?? true),
    };
    this.#tell();
    return this.#ended;
  }

  /**
   * Signs in again, in the same realm.
   *
   * @param organization whose name the person enters; undefined: the account's own
   * @returns what else has to be sent, or undefined when it is done
   * @throws ScimError for a wrong name or password; OtherPersonError
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
    const ended = this.#ended;
    this.#set(answer);
    if (ended?.realm && ended.realm !== answer.realm) {
      // Where that is refused, the page says that it is in another realm, and what waited is not sent.
      await this.switchTo(ended.realm).catch((error: unknown) => {
        if (!(error instanceof ScimError)) throw error;
      });
    }
    this.#ended = undefined;
    ended?.resolve();
    this.#tell();
    return undefined;
  }

  async #send<T>(method: string, path: string, body?: object): Promise<T> {
    // Who signs in has no session yet, and no token for it.
    const csrf = method === "GET" || !path.startsWith("session") ? undefined : this.#state?.csrf;
    const answer = await fetch(new URL(path, this.consoleUrl), {
      method,
      headers: {
        Accept: "application/json",
        ...(body && { "Content-Type": "application/json" }),
        ...(csrf !== undefined && { [CSRF_HEADER]: csrf }),
      },
      body: body && JSON.stringify(body),
    }).catch((cause: unknown) => {
      throw new ConnectionError({ cause });
    });
    // Another tab may have switched the realm, or begun another session.
    if (answer.status === 403 && csrf !== undefined && (await this.load()).csrf !== csrf) {
      return this.#send<T>(method, path, body);
    }
    if (!answer.ok) throw await errorOf(answer);
    this.used(answer);
    return answer.status === 204 ? (undefined as T) : bodyOf<T>(answer);
  }

  /** @throws OtherPersonError: what is open is the one person's, and so is what waits */
  #set(state: SessionState): SessionState {
    if (this.#state && this.#state.user.value !== state.user.value) {
      location.reload();
      throw new OtherPersonError();
    }
    this.#state = state;
    this.#tell();
    return state;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Tells the other tabs that nobody is signed in any more. */
const SIGNED_OUT = "signed out";

/** Tells the other tabs that the session goes on. */
const USED = "used";

/** How often they are told at most, in milliseconds. */
const TELL_USE = 15_000;

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

/** A session that has ended while the page is open, or is about to, as it was. */
interface EndedSession extends PromiseWithResolvers {
  readonly id: string;
  /** Whether it still goes on. */
  readonly isLive: boolean;
  readonly realm: string | null;
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
