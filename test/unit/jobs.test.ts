import { expect } from "chai";
import { setTimeout as wait } from "node:timers/promises";
import { Jobs } from "../../src/jobs.js";
import type { Logger } from "../../src/logging/logger.js";

describe("What is done regularly", () => {
  it("says once that it fails and why, goes on, and says when it works again", async () => {
    const lines: unknown[] = [];
    const logger = {
      error: ({ err }: { err: Error }, message: string) => lines.push(`${message}: ${err.message}`),
      info: (_fields: object, message: string) => lines.push(message),
    } as unknown as Logger;
    const jobs = new Jobs(logger, () => new Date().toISOString());
    let times = 0;
    jobs.start("counting", 1, () => {
      times += 1;
      return times < 20 ? Promise.reject(new Error(`no ${times}`)) : Promise.resolve();
    });
    while (times < 30) await wait(1);
    await jobs.stop();
    expect(lines).to.deep.equal(["Failed, and is tried again: counting: no 1", "Works again: counting"]);
  });
});
