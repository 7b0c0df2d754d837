import type { Realm } from "../../domain/access/principal.js";
import { Room } from "../../domain/limits/room.js";
import type { Reservation } from "../../domain/limits/room.js";

/** How many pages of full size are in memory at a time, of one realm's requests and of all. */
const PAGES_PER_REALM = 8;
const PAGES_IN_ALL = 64;

/**
 * Limits the memory for the pages of all lists together, however slowly clients read them: a page is read only when there
 * is room for a full one.
 */
export class PageMemory {
  readonly #room: Room;

  /** @param pageBytes about how many bytes a page has at most */
  constructor(readonly pageBytes: number) {
    this.#room = new Room("The server is processing too many large lists", {
      perRealm: PAGES_PER_REALM * pageBytes,
      inAll: PAGES_IN_ALL * pageBytes,
    });
  }

  /**
   * Reserves room for one page, from before it is read until it is sent.
   *
   * @throws UnavailableError when there is no room for a while
   */
  reserve(realm: Realm): Promise<Reservation> {
    return this.#room.reserve(realm, this.pageBytes);
  }
}
