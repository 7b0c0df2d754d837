import type { Request, RequestHandler } from "express";
import type { Principal } from "../../domain/access/principal.js";
import { Room } from "../../domain/limits/room.js";

/** Bodies up to this length are read at once: connections and turns bound them. Most are a hundredth of it. */
export const SMALL_BODY_BYTES = 64 * 1024;

/** How many of the longest bodies are in memory at a time, of one realm's requests and of all. */
const PER_REALM = 2;
const IN_ALL = 8;

/** Makes the room for long bodies. @param longest the longest body that any request can have, in bytes */
export const bodyRoom = (longest: number) =>
  new Room("The server is processing too many large requests", {
    perRealm: PER_REALM * longest,
    inAll: IN_ALL * longest,
  });

/**
 * Waits until there is room for the body of a request, and reads it; the room is given back when the request is
 * answered. Until then nothing of the body is read, so it costs the server nothing.
 *
 * The error is 503 when there is no room for a while.
 *
 * @param limit the longest body that `read` reads, in bytes
 */
export function withinRoom(room: Room, limit: number, read: RequestHandler): RequestHandler {
  return async (request, response, next) => {
    const bytes = mostBytes(request, limit);
    const { realm } = request.user as Principal;
    if (bytes <= SMALL_BODY_BYTES) {
      await read(request, response, next);
      return;
    }
    const reservation = await room.reserve(realm, bytes);
    if (response.closed) {
      reservation.release();
      return;
    }
    response.once("close", () => {
      reservation.release();
    });
    await read(request, response, (error?: unknown) => {
      const body = request.body as unknown;
      reservation.shrink(Buffer.isBuffer(body) && body.length > SMALL_BODY_BYTES ? body.length : 0);
      next(error);
    });
  };
}

/** How long a body can be in memory; one that says that it is too long is refused without being read. */
function mostBytes({ headers }: Request, limit: number): number {
  const { "content-length": length, "content-encoding": encoding = "identity" } = headers;
  if (length === undefined || encoding.toLowerCase() !== "identity") return limit;
  return Number(length) > limit ? 0 : Number(length);
}
