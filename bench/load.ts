import autocannon from "autocannon";
import { processorSeconds, residentMegabytes } from "./usage.js";

/** How many clients knock at the same time. */
export const CLIENTS = 8;

export interface Load {
  readonly url: string;
  /** Of the server. */
  readonly pid: number;
  /** How many clients send; undefined: `CLIENTS`. */
  readonly clients?: number;
  readonly token?: string;
  /** Each client sends these in turn, over and over; made anew for each client. */
  readonly requests: (client: number) => LoadRequest[];
}

export interface LoadRequest {
  readonly method: "GET" | "POST" | "PATCH";
  /** Called for every request when it is a function. */
  readonly path: string | (() => string);
  readonly body?: string | (() => string);
}

export interface Measurement {
  /** Requests answered per second. */
  readonly rate: number;
  /** Milliseconds that 99 of 100 requests stay below. */
  readonly p99: number;
  /** How many cores the server's process used. */
  readonly cores: number;
  /** Its resident memory at the end, in megabytes. */
  readonly megabytes: number;
}

/** An answer that is no success: a fast refusal is no result. */
export class RefusedError extends Error {}

/** What is known of a row whose requests were refused. */
export const NOTHING_MEASURED: Measurement = { rate: NaN, p99: NaN, cores: NaN, megabytes: NaN };

/**
 * Sends requests for some seconds and measures what comes back.
 *
 * @throws RefusedError when any answer is no success
 */
export async function measure(load: Load, seconds: number): Promise<Measurement> {
  const { pathname, origin } = new URL(load.url);
  let client = 0;
  // A slow server may still be at work on requests that were cut off before.
  await fetch(origin);
  const [began, used] = [performance.now(), processorSeconds(load.pid)];
  const result = await autocannon({
    url: origin,
    connections: load.clients ?? CLIENTS,
    duration: seconds,
    headers: {
      "content-type": "application/scim+json",
      ...(load.token !== undefined && { authorization: `Bearer ${load.token}` }),
    },
    setupClient: (connection) => {
      connection.setRequests(load.requests(client++).map((request) => toAutocannon(request, pathname)));
    },
  });
  if (result.non2xx + result.errors + result.timeouts > 0) {
    const kinds = Object.entries(result.statusCodeStats ?? {}).map(
      ([status, { count }]) => `${count} of ${status}`,
    );
    throw new RefusedError(`${result.errors} errors, and answers: ${kinds.join(", ")}`);
  }
  return {
    rate: result.requests.total / result.duration,
    p99: result.latency.p99,
    cores: (processorSeconds(load.pid) - used) / ((performance.now() - began) / 1000),
    megabytes: residentMegabytes(load.pid),
  };
}

function toAutocannon({ method, path, body }: LoadRequest, base: string): autocannon.Request {
  const prefix = base === "/" ? "" : base;
  if (typeof path === "string" && typeof body !== "function") {
    return { method, path: prefix + path, ...(body !== undefined && { body }) };
  }
  return {
    method,
    setupRequest: (request) => ({
      ...request,
      path: prefix + (typeof path === "string" ? path : path()),
      ...(body !== undefined && { body: typeof body === "string" ? body : body() }),
    }),
  };
}
