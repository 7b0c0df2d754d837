import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** The network part of an IPv6 address. One client usually has all addresses of a network. */
const NETWORK_BITS = 64;
const BITS_PER_PART = 16;

/** How many networks are counted separately; all others are counted as one. */
const NETWORKS = 10_000;
const OTHERS = "others";

/** One tally for each network that requests come from, in bounded memory. */
export class PerNetwork<Tally> {
  readonly #tallies = new Map<string, Tally>();

  /** @param begin creates a new network's tally */
  constructor(private readonly begin: () => Tally) {}

  /** @param address in its usual form; undefined when it is not known */
  of(address: string | undefined): Tally {
    const network = address === undefined ? OTHERS : networkOf(address);
    const key = this.#tallies.has(network) || this.#tallies.size < NETWORKS ? network : OTHERS;
    const tally = this.#tallies.get(key) ?? this.begin();
    this.#tallies.set(key, tally);
    return tally;
  }

  /** The networks with their tallies. */
  entries(): [network: string, tally: Tally][] {
    return [...this.#tallies];
  }

  /** Removes all tallies. */
  clear(): void {
    this.#tallies.clear();
  }
}

/** Some proxies, such as Azure's, write the port of the client after its address. */
const WITH_PORT = /^(?:(\d{1,3}(?:\.\d{1,3}){3})|\[([\da-f:.]{2,45})\]):\d{1,5}$/i;

/** @returns an address in its usual form, an IPv4 one never as IPv6; undefined for what is none */
export function usualAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  // A zone such as %eth0 is about one machine, not about the client.
  const [withoutZone = ""] = text.split("%", 1);
  const [, four, six] = WITH_PORT.exec(withoutZone) ?? [];
  const address = four ?? six ?? withoutZone;
  return isIP(address) === 0 ? undefined : ipaddr.process(address).toString();
}

/** @returns an IPv4 address unchanged, the network of an IPv6 address */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const { parts } = ipaddr.IPv6.parse(address);
  const network = parts.slice(0, NETWORK_BITS / BITS_PER_PART).map((part) => part.toString(16));
  return `${network.join(":")}::/${NETWORK_BITS}`;
}
