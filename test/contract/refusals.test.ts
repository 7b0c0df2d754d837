import { expect } from "chai";
import type { UnitOfWork } from "../../src/repositories/unit-of-work.js";
import { Refusals } from "../../src/services/audit/refusals.js";

describe("Refusals while the database is at fault", () => {
  it("wait for the fault together, not for each other", async () => {
    let writes = 0;
    let fail: () => void = () => undefined;
    const write = () => {
      writes += 1;
      return new Promise<never>((_resolve, reject) => {
        fail = () => {
          reject(new Error("locked"));
        };
      });
    };
    const createdAt = "2026-11-23T12:00:00.000Z";
    const work = { write } as unknown as UnitOfWork;
    const refusals = new Refusals({ work, now: () => createdAt });
    const refuse = (id: string) => {
      const event = { id, createdAt, realm: "provider", status: 403 } as const;
      const nothing = { changes: [], ignored: [] };
      const target = { type: "User", id };
      return refusals.add([
        {
          event: { ...event, ...nothing, action: "change", result: "refused", target },
          owner: "t",
          mayWrite: true,
        },
      ]);
    };
    const begun = () => new Promise((resolve) => setImmediate(resolve));
    const first = refuse("first");
    await begun();
    const others = Array.from({ length: 20 }, (_, number) => refuse(`other ${number}`));
    fail();
    await first;
    await begun();
    fail();
    await Promise.all(others);
    expect(writes).to.equal(2);
  });
});
