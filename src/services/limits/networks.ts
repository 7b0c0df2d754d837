import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** How much of an IPv6 address names the network: one client has all addresses in it. */
const NETWORK_BITS = 64;
const BITS_PER_PART = 16;

/** How many networks are told apart; all others are counted as one. */
const NETWORKS = 10_000;
const OTHERS = "others";

/** What is counted for each network that requests come from, in memory that is bounded. */
export class PerNetwork<Tally> {
  readonly #tallies = new Map<string, Tally>();

  /** @param begin makes the tally of a network that has none */
  constructor(private readonly begin: () => Tally) {}

  /** @param address in its usual form; undefined when it is not known */
  of(address: string | undefined): Tally {
    const network = address === undefined ? OTHERS : networkOf(address);
    const key = this.#tallies.has(network) || this.#tallies.size < NETWORKS ? network : OTHERS;
    const tally = this.#tallies.get(key) ?? this.begin();
    this.#tallies.set(key, tally);
    return tally;
  }

  /** The networks that have a tally, with it. */
  entries(): [network: string, tally: Tally][] {
    return [...this.#tallies];
  }

  /** Forgets all tallies. */
  clear(): void {
    this.#tallies.clear();
  }
}

/** @returns an IPv4 address as it is, of an IPv6 one the network */
function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const { parts } = ipaddr.IPv6.parse(address);
  const network = parts.slice(0, NETWORK_BITS / BITS_PER_PART).map((part) => part.toString(16));
  return `${network.join(":")}::/${NETWORK_BITS}`;
}
