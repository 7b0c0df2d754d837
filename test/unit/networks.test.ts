import { expect } from "chai";
import { PerNetwork } from "../../src/services/limits/networks.js";

describe("What is counted for each network", () => {
  const counts = () => new PerNetwork(() => ({ count: 0 }));

  it("is told apart by the whole of an IPv4 address and the network of an IPv6 one", () => {
    const perNetwork = counts();
    for (const address of [
      "203.0.113.7",
      "203.0.113.8",
      "2001:db8::1",
      "2001:db8:0:0:ffff:1:2:3",
      "2001:db8:0:1::1",
    ])
      perNetwork.of(address).count += 1;
    expect(perNetwork.entries().map(([, { count }]) => count)).to.deep.equal([1, 1, 2, 1]);
  });

  it("is counted together for unknown addresses, and beyond 10,000 networks", () => {
    const perNetwork = counts();
    for (let number = 0; number < 20_000; number += 1)
      perNetwork.of(`10.0.${number >> 8}.${number & 255}`).count += 1;
    perNetwork.of(undefined).count += 1;
    expect(perNetwork.entries()).to.have.length(10_001);
    expect(perNetwork.of("192.0.2.1").count).to.equal(10_001);
    perNetwork.clear();
    expect(perNetwork.of("192.0.2.1").count).to.equal(0);
  });
});
