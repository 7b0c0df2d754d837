import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { invalidSyntax } from "../../scim/errors.js";
import { mayTakeAnyTime } from "./any-time.js";
import { lastAnswer } from "../answers/last-answer.js";

/** How many requests of a connection wait for the one before them; clients in use send one at a time. */
const MAX_WAITING = 10;

/** How long a client has to read why its connection is closed, in milliseconds. */
const LAST_WORDS_MS = 1000;

const SWEEP_MS = 1000;

/** The part of the time for reading an answer that a client may take none of it. */
const STALL_PART = 1 / 4;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Does the requests of a connection one after the other, though Node reads many at once (pipelining). When too
 * many wait, the connection is closed after the answer under way, as RFC 9112 section 9.3.2 lets a server do.
 */
class Connection {
  #last: Exchange | undefined;
  #isBusy = false;
  #isFull = false;
  #lastWords: string | undefined;
  #answeringSince: number | undefined;
  readonly #waiting: Exchange[] = [];

  constructor(
    private readonly socket: Socket,
    private readonly listener: RequestListener,
  ) {}

  take(exchange: Exchange): void {
    if (this.#isFull) return;
    // RFC 9112 section 3.2
    if (exchange.request.headers.host === undefined && exchange.request.httpVersion === "1.1") {
      this.refuse(lastAnswer(invalidSyntax("The request must have a 'Host' header")));
      return;
    }
    if (!this.#isBusy) {
      this.#run(exchange);
      return;
    }
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(exchange);
    else this.#closeAfterCurrent();
  }

  #closeAfterCurrent(): void {
    this.#takeNoMore();
    this.#waiting.length = 0;
    this.#lastWords = "";
    const current = this.#last?.response;
    if (current && !current.headersSent) current.setHeader("Connection", "close");
    this.socket.pause();
  }

  #takeNoMore(): void {
    this.#isFull = true;
    stopParsing(this.socket);
  }

  /** Answers what is no request, or does not come to its end, and closes the connection. */
  refuse(answer: string): void {
    if (this.#isFull) return;
    this.#takeNoMore();
    const cutOff = this.#waiting.findIndex(({ request }) => !request.complete);
    if (cutOff >= 0) this.#waiting.splice(cutOff);
    if (this.#isBusy && (this.#last?.request.complete ?? true)) this.#lastWords = answer;
    else if (this.#last && !this.#last.request.complete && this.#last.response.headersSent)
      this.socket.destroy();
    else sayLast(this.socket, answer);
  }

  /** Ends an answer that its client does not read, or reads too slowly. @param limit in milliseconds */
  sweep(now: number, limit: number): void {
    const response = this.#last?.response;
    if (!this.#isBusy || !response?.headersSent) return;
    if (this.#answeringSince === undefined) {
      this.#answeringSince = now;
      this.#endIfStalled(response, limit * STALL_PART);
    }
    if (now - this.#answeringSince > limit && !mayTakeAnyTime(response)) this.socket.destroy();
  }

  #endIfStalled(response: ServerResponse, limit: number): void {
    response.setTimeout(limit, () => {
      // What is to be sent may not be there yet, which is not the client's fault.
      if (this.socket.writableLength > 0) this.socket.destroy();
      else this.socket.setTimeout(limit);
    });
  }

  #run(exchange: Exchange): void {
    this.#isBusy = true;
    this.#last = exchange;
    this.#answeringSince = undefined;
    exchange.response.once("close", () => {
      this.#next();
    });
    this.listener(exchange.request, exchange.response);
  }

  #next(): void {
    const next = this.#waiting.shift();
    if (next) {
      // Others get their turn first.
      setImmediate(() => {
        if (this.socket.writable) this.#run(next);
      });
      return;
    }
    this.#isBusy = false;
    if (this.#lastWords !== undefined && this.socket.writable) sayLast(this.socket, this.#lastWords);
  }
}

/** What Node has parsing requests of a connection. */
interface Parser {
  onIncoming?: (...request: unknown[]) => number;
}

/** A parser ends with an error when it is answered so. */
const NO_REQUEST = -1;

/**
 * Stops Node from parsing more of the input. Otherwise it makes a request of each of the thousands that fit into one
 * read, which takes 100 ms. Node has no public way to do this. If this one stops working, parsed requests are still
 * ignored.
 */
function stopParsing(socket: Socket & { readonly parser?: Parser | null }): void {
  if (socket.parser) socket.parser.onIncoming = () => NO_REQUEST;
}

function sayLast(socket: Socket, words: string): void {
  socket.end(words);
  setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref();
}

const connections = new WeakMap<Socket, Connection>();

/**
 * Lets a server answer with a listener, the requests of each connection one after the other.
 *
 * @param responseTimeout how long a client may take to read an answer, in milliseconds
 */
export function answerWith(server: Server, listener: RequestListener, responseTimeout: number): void {
  const open = new Set<Connection>();
  const take = (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    let connection = connections.get(socket);
    if (!connection) {
      const made = (connection = new Connection(socket, listener));
      connections.set(socket, made);
      open.add(made);
      socket.once("close", () => open.delete(made));
    }
    connection.take({ request, response });
  };
  server.on("request", take);
  // What else a client expects than to continue may be ignored (RFC 9110 section 10.1.1).
  server.on("checkExpectation", take);
  const sweeping = setInterval(() => {
    for (const connection of open) connection.sweep(performance.now(), responseTimeout);
  }, SWEEP_MS).unref();
  server.once("close", () => {
    clearInterval(sweeping);
  });
}

/** Answers what is no request, after the answers to the requests before it, and closes the connection. */
export function refuse(socket: Socket, answer: string): void {
  const connection = connections.get(socket);
  if (connection) connection.refuse(answer);
  else sayLast(socket, socket.bytesRead === 0 ? "" : answer);
}
