import { port, str } from "envalid";
import { origins, publicUrl, token, proxies, wholeNumberFrom, wholeNumber } from "../parsers.js";
import { setting } from "../setting.js";
import { LOG_LEVELS } from "../types.js";

export const server = {
  PORT: setting("port", port({ default: 3000, desc: "Port to listen on" })),
  HOST: setting(
    "host",
    str({ default: "127.0.0.1", desc: "Address to listen on; 0.0.0.0 listens on every interface" }),
  ),
  PUBLIC_URL: setting(
    "publicUrl",
    publicUrl({
      default: undefined,
      desc: "Address at which clients reach the server, without /scim/v2 (default: http://HOST:PORT)",
      example: "https://scim.example.com",
    }),
  ),
  TRUSTED_PROXIES: setting(
    "trustedProxies",
    proxies({
      default: [],
      desc: "Proxies whose X-Forwarded-For header is trusted: addresses, ranges, loopback, ... (default: none)",
      example: "10.0.0.0/8,loopback",
    }),
  ),
  CORS_ORIGINS: setting(
    "corsOrigins",
    origins({
      default: [],
      desc: "Origins of web pages whose scripts may use SCIM, such as browser tools; * allows every page (default: none)",
      example: "https://tools.example.com",
    }),
  ),
  MUSTER_BOOTSTRAP_TOKEN: setting(
    "bootstrapToken",
    token({
      default: undefined,
      desc: "The first token of the provider, for automated set-ups; without it, the first start creates one and prints it. Each value is used once: after you rotate or revoke its token, the value does not work again. A new value creates another token",
    }),
    "all",
  ),
  MAX_CONNECTIONS: setting(
    "http.maxConnections",
    wholeNumber({ default: 5000, desc: "Maximum number of open connections" }),
  ),
  REQUEST_TIMEOUT: setting(
    "http.requestTimeout",
    wholeNumber({ default: 60, desc: "Seconds that a client may take to send a request" }),
  ),
  RESPONSE_TIMEOUT: setting(
    "http.responseTimeout",
    wholeNumber({ default: 120, desc: "Seconds that a client may take to read a response" }),
  ),
  STOP_DELAY: setting(
    "stop.delay",
    wholeNumberFrom(0)({
      default: 0,
      desc: "Seconds that a stopping server still accepts requests while /readyz answers 503",
    }),
  ),
  STOP_GRACE: setting(
    "stop.grace",
    wholeNumber({
      default: 10,
      desc: "Seconds after which a stopping server ends, even if requests are still running",
    }),
  ),
  LOG_LEVEL: setting(
    "logLevel",
    str({ choices: LOG_LEVELS, default: "info", desc: `One of ${LOG_LEVELS.join(", ")}` }),
  ),
};
