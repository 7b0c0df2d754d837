import { UnavailableError } from "../errors.js";
import type { Realm } from "../access/principal.js";

/** How long a request waits for room, in milliseconds, and when it may be sent again, in seconds. */
const PATIENCE_MS = 10_000;
const RETRY_AFTER = 5;

/** A reserved part of the memory. */
export interface Reservation {
  /** How many bytes are reserved. */
  readonly bytes: number;
  /** Gives back what turned out not to be needed. */
  shrink(bytes: number): void;
  release(): void;
}

interface Waiting {
  readonly realm: string;
  readonly bytes: number;
  readonly admit: () => void;
}

/** In bytes. */
export interface RoomLimits {
  readonly perRealm: number;
  readonly inAll: number;
}

/** Memory that requests share. Each realm has a part of it at most, so that none takes the room of the others. */
export class Room {
  #reserved = 0;
  readonly #reservedBy = new Map<string, number>();
  readonly #waiting = new Set<Waiting>();

  /** @param busy what to say when there is no room */
  constructor(
    private readonly busy: string,
    private readonly limits: RoomLimits,
  ) {}

  /** @throws UnavailableError when there is no room for a while */
  async reserve(realm: Realm, bytes: number): Promise<Reservation> {
    const name = realm.type === "provider" ? "" : realm.organizationId;
    if (!this.#hasRoom(name, bytes)) await this.#wait(name, bytes);
    else this.#add(name, bytes);
    return this.#reservation(name, bytes);
  }

  #reservation(realm: string, bytes: number): Reservation {
    let reserved = bytes;
    const change = (needed: number) => {
      if (needed >= reserved) return;
      this.#add(realm, needed - reserved);
      reserved = needed;
      this.#admit();
    };
    return {
      get bytes() {
        return reserved;
      },
      shrink: change,
      release: () => {
        change(0);
      },
    };
  }

  #wait(realm: string, bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = setTimeout(() => {
        this.#waiting.delete(waiting);
        reject(new UnavailableError(`${this.busy}; try again later`, RETRY_AFTER));
      }, PATIENCE_MS);
      const waiting = {
        ...{ realm, bytes },
        admit: () => {
          clearTimeout(refuse);
          resolve();
        },
      };
      this.#waiting.add(waiting);
    });
  }

  /** Lets those in who have room now, in the order in which they came. */
  #admit(): void {
    for (const waiting of this.#waiting) {
      const { realm, bytes, admit } = waiting;
      if (!this.#hasRoom(realm, bytes)) continue;
      this.#waiting.delete(waiting);
      this.#add(realm, bytes);
      admit();
    }
  }

  #hasRoom(realm: string, bytes: number): boolean {
    const own = this.#reservedBy.get(realm) ?? 0;
    return own + bytes <= this.limits.perRealm && this.#reserved + bytes <= this.limits.inAll;
  }

  #add(realm: string, bytes: number): void {
    this.#reserved += bytes;
    const own = (this.#reservedBy.get(realm) ?? 0) + bytes;
    if (own === 0) this.#reservedBy.delete(realm);
    else this.#reservedBy.set(realm, own);
  }
}
