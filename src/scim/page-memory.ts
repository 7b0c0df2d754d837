import { UnavailableError } from "../domain/errors.js";
import type { Realm } from "../domain/principal.js";

/** How many pages of full size are in memory at a time, of one realm's requests and of all. */
const PAGES_PER_REALM = 8;
const PAGES_IN_ALL = 64;

/** How long a request waits for room, and when it may try again, in milliseconds and seconds. */
const PATIENCE_MS = 10_000;
const RETRY_AFTER = 5;

/** Room for one page, from before it is read until it is sent. */
export interface Reservation {
  /** How many bytes are reserved. */
  readonly bytes: number;
  /** Gives back what the page turned out not to need. */
  shrink(bytes: number): void;
  release(): void;
}

interface Waiting {
  readonly realm: string;
  readonly admit: () => void;
}

/**
 * Bounds what all lists together hold in memory, however slowly their clients read: a page is read only when
 * there is room for a full one. Each realm has a share, so that none takes the room of the others.
 */
export class PageMemory {
  #reserved = 0;
  readonly #reservedBy = new Map<string, number>();
  readonly #waiting = new Set<Waiting>();

  /** @param pageBytes about how many bytes a page has at most */
  constructor(readonly pageBytes: number) {}

  /** @throws UnavailableError when there is no room for a while */
  async reserve(realm: Realm): Promise<Reservation> {
    const name = realm.type === "provider" ? "" : realm.organizationId;
    if (!this.#hasRoom(name)) await this.#wait(name);
    else this.#add(name, this.pageBytes);
    return this.#reservation(name);
  }

  #reservation(realm: string): Reservation {
    let reserved = this.pageBytes;
    const change = (bytes: number) => {
      if (bytes >= reserved) return;
      this.#add(realm, bytes - reserved);
      reserved = bytes;
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

  #wait(realm: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = setTimeout(() => {
        this.#waiting.delete(waiting);
        reject(new UnavailableError("Too many long lists are being read; try again later", RETRY_AFTER));
      }, PATIENCE_MS);
      const waiting = {
        realm,
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
      if (!this.#hasRoom(waiting.realm)) continue;
      this.#waiting.delete(waiting);
      this.#add(waiting.realm, this.pageBytes);
      waiting.admit();
    }
  }

  #hasRoom(realm: string): boolean {
    const own = this.#reservedBy.get(realm) ?? 0;
    return (
      own + this.pageBytes <= PAGES_PER_REALM * this.pageBytes &&
      this.#reserved + this.pageBytes <= PAGES_IN_ALL * this.pageBytes
    );
  }

  #add(realm: string, bytes: number): void {
    this.#reserved += bytes;
    const own = (this.#reservedBy.get(realm) ?? 0) + bytes;
    if (own === 0) this.#reservedBy.delete(realm);
    else this.#reservedBy.set(realm, own);
  }
}
