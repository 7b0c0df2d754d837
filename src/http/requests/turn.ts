import type { Request, RequestHandler, Response } from "express";
import { turnOf } from "../../domain/access/principal.js";
import type { Principal } from "../../domain/access/principal.js";
import { Slots } from "../../domain/limits/slots.js";
import type { SlotLimits, Turn } from "../../domain/limits/slots.js";
import { goneFrom } from "../scim/context.js";

/**
 * One organization's burst leaves the event loop and the database to the others. Waits in the database and for threads hold
 * slots, too, so there are many more than any one kind of wait has places.
 */
const LIMITS = { slots: 1000, slotsOfOne: 32, waiting: 4000, waitingOfOne: 1000, patience: 30_000 };

/** What a response knows of its turn. */
interface Locals {
  endTurn?: () => void;
}

/**
 * Lets a few requests of each organization, or token of the provider, be worked on at a time; they take turns. To be called when the body has
 * come and before it is parsed, so that no slow client holds a slot.
 *
 * The errors are 429 when too many requests of the token wait, 503 when too many wait in all.
 */
export function takeTurn(limits: SlotLimits = LIMITS): RequestHandler {
  const slots = new Slots("The server", limits);
  const begin = (turn: Turn, response: Response) => {
    const locals = response.locals as Locals;
    const end = (locals.endTurn = () => {
      if (locals.endTurn === undefined) return;
      delete locals.endTurn;
      slots.leave(turn);
    });
    if (response.closed) end();
    else response.once("close", end);
  };
  return (request: Request, response, next) => {
    const principal = request.user as Principal | undefined;
    // What the server says of itself costs nothing.
    if (!principal) {
      next();
      return;
    }
    const turn = turnOf(principal);
    const waiting = slots.enter(turn, () => goneFrom(response));
    if (!waiting) {
      begin(turn, response);
      next();
      return;
    }
    waiting.then(() => {
      begin(turn, response);
      if (!response.closed) next();
    }, next);
  };
}

/** Ends the turn of a request whose work is done: how long its client takes to read the answer is of no account. */
export const endTurn = (response: Response) => (response.locals as Locals).endTurn?.();
