import { IncomingMessage, ServerResponse } from "node:http";
import type { Express } from "express";

/** As `createServer` of `node:http` takes them. */
export interface MessageClasses {
  readonly IncomingMessage: typeof IncomingMessage;
  readonly ServerResponse: typeof ServerResponse;
}

/**
 * Classes for the requests and responses of an HTTP server that an Express app listens to:
 * `createServer({ ...messagesOf(app) }, app)`. Express sets the prototype of each request and response to its own;
 * made of these classes, they have it from the start. In Node 20 and 22, setting it costs more than the rest of a
 * request, since V8 then optimizes no access to them (expressjs/express issue 5998).
 *
 * @param app its `request` and `response` are replaced, by equal ones
 */
export function messagesOf(app: Express): MessageClasses {
  class Request extends IncomingMessage {}
  class Response extends ServerResponse<Request> {}
  app.request = prototypeLike(Request.prototype, app.request);
  app.response = prototypeLike(Response.prototype, app.response);
  return { IncomingMessage: Request, ServerResponse: Response as typeof ServerResponse };
}

/** Makes a prototype have what another object has and inherits. */
function prototypeLike<T extends object>(prototype: object, model: T): T {
  const own = Object.getOwnPropertyDescriptors(model) as PropertyDescriptorMap;
  Reflect.deleteProperty(own, "constructor");
  Object.setPrototypeOf(prototype, Object.getPrototypeOf(model) as object);
  return Object.defineProperties(prototype, own) as T;
}
