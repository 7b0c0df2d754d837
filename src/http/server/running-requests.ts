import type { RequestHandler, Response } from "express";
import { stoppingError } from "../../domain/errors.js";
import { failure } from "../../scim/answers/answer.js";

/** Knows which requests are running, so that the server can stop when they are done. */
export class RunningRequests {
  readonly #responses = new Set<Response>();
  #isStopping = false;
  #onLast: (() => void) | undefined;
  #ended: Promise<void> | undefined;

  /** Whether the server is to be left alone by new clients. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** The first middleware: all requests pass here. */
  readonly handler: RequestHandler = (_request, response, next) => {
    if (this.#isStopping) response.setHeader("Connection", "close");
    if (this.#onLast) {
      refuse(response);
      return;
    }
    this.#responses.add(response);
    response.once("close", () => {
      this.#responses.delete(response);
      if (this.#responses.size === 0) this.#onLast?.();
    });
    next();
  };

  /** From now on answers carry `Connection: close`, those to running requests included. */
  beginStop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    for (const response of this.#responses) {
      if (!response.headersSent) response.setHeader("Connection", "close");
    }
  }

  /** Refuses further requests with 503. @returns resolves when no request is running */
  end(): Promise<void> {
    return (this.#ended ??= new Promise((resolve) => {
      this.#onLast = resolve;
      if (this.#responses.size === 0) resolve();
    }));
  }

  /** Breaks off what is still running, and refuses further requests. @returns how many were broken off */
  cut(): number {
    void this.end();
    const cut = this.#responses.size;
    for (const { req } of this.#responses) req.socket.destroy();
    return cut;
  }
}

function refuse(response: Response): void {
  const { status, headers, body } = failure(stoppingError(), () => undefined);
  response
    .status(status)
    .set({ ...headers, "Content-Type": "application/scim+json; charset=utf-8" })
    .end(body);
}
