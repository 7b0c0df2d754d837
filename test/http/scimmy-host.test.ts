import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import discovery from "../fixtures/discovery.json" with { type: "json" };
import { TYPESCRIPT } from "../support/server.js";

interface Printed {
  readonly before: string;
  readonly after: string;
  readonly answers: readonly { created: number; config: string; schemas: string }[];
}

describe("A program that uses SCIMMY itself", function () {
  this.timeout(60_000);
  let printed: Printed;

  before(async () => {
    const program = [...TYPESCRIPT, "test/support/scimmy-host.ts"];
    const { stdout } = await promisify(execFile)(process.execPath, program, { maxBuffer: 2 ** 26 });
    printed = JSON.parse(stdout) as Printed;
  });

  it("finds what it declared and configured untouched when Muster was imported, made and used", () => {
    expect(printed.before).to.include("https://example.com/robots").and.to.include("A robot");
    expect(printed.after).to.equal(printed.before);
  });

  it("does not touch what Muster serves", () => {
    for (const { created, schemas } of printed.answers) {
      expect(created).to.equal(201);
      expect(schemas).to.equal(JSON.stringify(discovery["/Schemas"]));
    }
  });

  it("can have two Musters with limits of their own", () => {
    const config = discovery["/ServiceProviderConfig"];
    // The second one does not advertise what is not in RFC 7643.
    const { pagination, bulk, dryRun, ...others } = config;
    for (const each of [pagination, dryRun]) expect(each).to.be.an("object");
    const [one, two, again] = printed.answers.map((answer) => JSON.parse(answer.config) as object);
    expect(one).to.deep.equal(config);
    expect(two).to.deep.equal({ ...others, bulk: { ...bulk, maxOperations: 12 } });
    expect(again).to.deep.equal(one);
  });
});
