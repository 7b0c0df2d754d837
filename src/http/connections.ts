import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** How many requests of a connection wait for the one before them; clients in use send one at a time. */
const MAX_WAITING = 10;

/** How long a client has to read why its connection is closed, in milliseconds. */
const LAST_WORDS_MS = 1000;

const SWEEP_MS = 1000;

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
    if (!this.#isBusy) {
      this.#run(exchange);
      return;
    }
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(exchange);
    else this.#closeAfterCurrent();
  }

  #closeAfterCurrent(): void {
    this.#isFull = true;
    this.#waiting.length = 0;
    this.#lastWords = "";
    const current = this.#last?.response;
    if (current && !current.headersSent) current.setHeader("Connection", "close");
    this.socket.pause();
  }

  /** Answers what is no request, or does not come to its end, and closes the connection. */
  refuse(answer: string): void {
    if (this.#isFull) return;
    this.#isFull = true;
    const cutOff = this.#waiting.findIndex(({ request }) => !request.complete);
    if (cutOff >= 0) this.#waiting.splice(cutOff);
    if (this.#isBusy && (this.#last?.request.complete ?? true)) this.#lastWords = answer;
    else if (this.#last && !this.#last.request.complete && this.#last.response.headersSent)
      this.socket.destroy();
    else sayLast(this.socket, answer);
  }

  /** Ends an answer that its client does not read. @param limit in milliseconds */
  sweep(now: number, limit: number): void {
    if (!this.#isBusy || !this.#last?.response.headersSent) return;
    this.#answeringSince ??= now;
    if (now - this.#answeringSince > limit) this.socket.destroy();
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
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    let connection = connections.get(socket);
    if (!connection) {
      const made = (connection = new Connection(socket, listener));
      connections.set(socket, made);
      open.add(made);
      socket.once("close", () => open.delete(made));
    }
    connection.take({ request, response });
  });
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
