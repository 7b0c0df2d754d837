import { port, str } from "envalid";
import { publicUrl, token, proxies, wholeNumberFrom, wholeNumber } from "../parsers.js";
import { setting } from "../setting.js";
import { LOG_LEVELS } from "../types.js";

export const server = {
  PORT: setting("port", port({ default: 3000, desc: "Port to listen on" })),
  HOST: setting(
    "host",
    str({ default: "127.0.0.1", desc: "Address to listen on; 0.0.0.0 for every interface" }),
  ),
  PUBLIC_URL: setting(
    "publicUrl",
    publicUrl({
      default: undefined,
      desc: "Address that clients reach the server by, without /scim/v2 (default: http://HOST:PORT)",
      example: "https://scim.example.com",
    }),
  ),
  TRUSTED_PROXIES: setting(
    "trustedProxies",
    proxies({
      default: [],
      desc: "Proxies whose X-Forwarded-For is believed: addresses, ranges, loopback, ... (default: none)",
      example: "10.0.0.0/8,loopback",
    }),
  ),
  MUSTER_BOOTSTRAP_TOKEN: setting(
    "bootstrapToken",
    token({
      default: undefined,
      desc: "The first provider token, for automation; without it the first start makes one and prints it. Each value is taken once: one that was rotated or revoked stays so, and another value makes another token",
    }),
  ),
  MAX_CONNECTIONS: setting(
    "http.maxConnections",
    wholeNumber({ default: 5000, desc: "Connections that are open at a time" }),
  ),
  REQUEST_TIMEOUT: setting(
    "http.requestTimeout",
    wholeNumber({ default: 60, desc: "Seconds that a client may take to send a request" }),
  ),
  RESPONSE_TIMEOUT: setting(
    "http.responseTimeout",
    wholeNumber({ default: 120, desc: "Seconds that a client may take to read an answer" }),
  ),
  STOP_DELAY: setting(
    "stop.delay",
    wholeNumberFrom(0)({
      default: 0,
      desc: "Seconds that a stopping server goes on taking requests, for load balancers to look at /readyz",
    }),
  ),
  STOP_GRACE: setting(
    "stop.grace",
    wholeNumber({
      default: 10,
      desc: "Seconds after which a stopping server is gone, whatever is still running",
    }),
  ),
  LOG_LEVEL: setting(
    "logLevel",
    str({ choices: LOG_LEVELS, default: "info", desc: `One of ${LOG_LEVELS.join(", ")}` }),
  ),
};
