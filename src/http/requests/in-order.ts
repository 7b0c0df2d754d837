import type { NextFunction, Request, RequestHandler, Response } from "express";

/**
 * Makes one middleware of several that all requests take, one after the other. A router would match the path against each
 * of them, which costs more than most of them do.
 */
export function inOrder(handlers: readonly RequestHandler[]): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    let index = 0;
    const step = (error?: unknown): void => {
      const handler = handlers[index];
      index += 1;
      if (error !== undefined && error !== null) next(error);
      else if (!handler) next();
      else run(handler, request, response, step, next);
    };
    step();
  };
}

function run(
  handler: RequestHandler,
  request: Request,
  response: Response,
  step: NextFunction,
  next: NextFunction,
): void {
  try {
    const done = handler(request, response, step);
    if (done instanceof Promise) done.catch(next);
  } catch (error) {
    next(error);
  }
}
