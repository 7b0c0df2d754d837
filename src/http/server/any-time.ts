import type { ServerResponse } from "node:http";

const responses = new WeakSet<ServerResponse>();

/** Lets an answer take any time, as long as its client takes what there is of it. */
export const takesAnyTime = (response: ServerResponse) => responses.add(response);

export const mayTakeAnyTime = (response: ServerResponse) => responses.has(response);
