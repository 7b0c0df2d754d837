import { isIP } from "node:net";
import type { Request } from "express";
import ipaddr from "ipaddr.js";

/**
 * Where a request comes from: the other end of the connection, or what the proxies say that TRUSTED_PROXIES names.
 *
 * @returns an address in its usual form, an IPv4 one never as IPv6; undefined when the connection is gone
 */
export function clientAddress(request: Request): string | undefined {
  // A trusted proxy can pass on something that is not an address. Then only the address of the proxy is known.
  return usual(request.ip) ?? usual(request.socket.remoteAddress);
}

/** Some proxies, such as Azure's, write the port of the client after its address. */
const WITH_PORT = /^(?:(\d{1,3}(?:\.\d{1,3}){3})|\[([\da-f:.]{2,45})\]):\d{1,5}$/i;

function usual(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  // A zone such as %eth0 is about this machine, not about the client.
  const [withoutZone = ""] = given.split("%", 1);
  const [, four, six] = WITH_PORT.exec(withoutZone) ?? [];
  const address = four ?? six ?? withoutZone;
  return isIP(address) === 0 ? undefined : ipaddr.process(address).toString();
}
