import type { Request } from "express";
import { usualAddress } from "../../services/limits/networks.js";

/**
 * Where a request comes from: the other end of the connection, or what the proxies say that TRUSTED_PROXIES names.
 *
 * @returns an address in its usual form, an IPv4 one never as IPv6; undefined when the connection is gone
 */
export function clientAddress(request: Request): string | undefined {
  // A trusted proxy can pass on something that is not an address. Then only the address of the proxy is known.
  return usualAddress(request.ip) ?? usualAddress(request.socket.remoteAddress);
}
