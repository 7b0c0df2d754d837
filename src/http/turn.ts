import type { Request, RequestHandler, Response } from "express";
import type { Principal } from "../domain/principal.js";
import { Slots } from "../domain/slots.js";
import type { SlotLimits } from "../domain/slots.js";
import { goneFrom } from "./context.js";

/**
 * One token's burst leaves the event loop and the database to the others. Waits in the database and for threads hold
 * slots, too, so there are many more than any one kind of wait has places.
 */
const LIMITS = { slots: 1000, slotsOfOne: 32, waiting: 4000, waitingOfOne: 1000, patience: 30_000 };

/** What a response knows of its turn. */
interface Locals {
  endTurn?: () => void;
}

/**
 * Lets a few requests of each access token be worked on at a time; tokens take turns. To be called when the body has
 * come and before it is parsed, so that no slow client holds a slot.
 *
 * The errors are 429 when too many requests of the token wait, 503 when too many wait in all.
 */
export function takeTurn(limits: SlotLimits = LIMITS): RequestHandler {
  const slots = new Slots("The server", limits);
  const begin = (owner: string, response: Response) => {
    const locals = response.locals as Locals;
    const end = (locals.endTurn = () => {
      if (locals.endTurn === undefined) return;
      delete locals.endTurn;
      slots.leave({ group: owner, owner });
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
    const { tokenId } = principal;
    const waiting = slots.enter({ group: tokenId, owner: tokenId }, () => goneFrom(response));
    if (!waiting) {
      begin(tokenId, response);
      next();
      return;
    }
    waiting.then(() => {
      begin(tokenId, response);
      if (!response.closed) next();
    }, next);
  };
}

/** Ends the turn of a request whose work is done: how long its client takes to read the answer is of no account. */
export const endTurn = (response: Response) => (response.locals as Locals).endTurn?.();
