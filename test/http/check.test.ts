import { expect } from "chai";
import { expectError, expectList } from "../support/assertions.js";
import { muster } from "../support/command-line.js";
import { scratchFolder } from "../support/engines.js";
import { createGroup, createUser, createUsers } from "../support/factories.js";
import { describeServer } from "../support/server.js";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describeServer("The command 'check'", (scim, server) => {
  const check = (...options: string[]): Promise<Ended> =>
    muster(["check", ...options], scratchFolder(), { DATABASE_URL: server().databaseUrl }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: unknown) => error as Ended,
    );
  const brokenIn = ({ stdout }: Ended) =>
    [...stdout.matchAll(/^broken {2}(.*)$/gm)].map(([, name]) => name).sort();

  it("finds nothing after everything that clients do", async function () {
    this.timeout(60_000);
    const people = await createUsers(scim, 30);
    const group = await createGroup(scim, people);
    await scim.patch(
      `/Users/${people[0]?.id}`,
      { op: "replace", path: "displayName", value: "STRASSE İ ſ" },
      { op: "add", path: "roles", value: [{ value: "provider-admin" }] },
      { op: "add", path: "emails", value: [{ value: "Ada@Example.com", type: "Work", primary: true }] },
    );
    await scim.post("/Teams", {
      schemas: ["urn:muster:params:scim:schemas:core:2.0:Team"],
      displayName: "Größe",
      organization: { value: group.id },
      roles: [{ value: "organization-admin" }],
      members: people.slice(0, 5).map(({ id }) => ({ value: id })),
    });
    await scim.delete(`/Users/${people[1]?.id}`);
    const { code, stdout } = await check();
    expect(brokenIn({ code, stdout, stderr: "" })).to.deep.equal([]);
    expect(code).to.equal(0);
    expect(stdout.match(/^ok/gm)?.length).to.be.greaterThan(10);
  });

  it("names what is wrong, and mends what can be", async function () {
    this.timeout(90_000);
    const person = await createUser(scim, { emails: [{ value: "grace@example.com" }] });
    const group = await createGroup(scim, [person]);
    await server().database(async (session) => {
      for (const [statement, ...bindings] of [
        ["update muster_account_counts set accounts = accounts + 7"],
        ["update muster_organizations set member_count = 5 where id = ?", group.id],
        ["update muster_accounts set user_name_key = 'not-folded' where id = ?", person.id],
        [`update muster_accounts set is_provider_admin = true where id = ?`, person.id],
        ["update muster_memberships set is_admin = true where account_id = ?", person.id],
        ["update muster_account_emails set value_key = 'other' where account_id = ?", person.id],
      ] as const) {
        await session.rows(statement, bindings);
      }
    });
    const found = await check();
    expect(found.code).to.equal(1);
    expect(brokenIn(found)).to.deep.equal([
      "Accounts are found by their addresses",
      "Accounts are found by what they are called and may do",
      "All accounts are counted",
      "Members are found by what they are called and may do",
      "The members of each organization are counted",
    ]);
    expect(found.stdout).to.include(`${group.id}: 5 are counted, 1 are there`);
    expect(found.stdout).to.include(`${person.id}: user_name_key, is_provider_admin must be made anew`);
    expect(found.stderr).to.include("5 rules are broken. 'muster check --mend' mends all of it.");

    const mended = await check("--mend");
    expect(mended).to.include({ code: 0, stderr: "" });
    const [, again = ""] = mended.stdout.split("Mended.");
    expect(again).to.not.include("broken");
    expect(await check()).to.include({ code: 0, stderr: "" });
    expectList(
      await scim.get(`/Users?filter=${encodeURIComponent('emails.value eq "grace@example.com"')}`),
      1,
    );
  });

  it("says so when the database is of an older version, and leaves it", async () => {
    await server().database((session) =>
      session.rows("update muster_migrations set name = 'zzz' where name = '0028_updated_at_and_id'"),
    );
    const { code, stderr } = await check();
    await server().database((session) =>
      session.rows("update muster_migrations set name = '0028_updated_at_and_id' where name = 'zzz'"),
    );
    expect(code).to.equal(1);
    expect(stderr).to.include("lacks 1 migrations, from 0028_updated_at_and_id on");
    expectError(await scim.get("/Users/nobody"), { status: 404 });
  });
});

describe("The command 'check' without a database", () => {
  it("makes none", async () => {
    const ended: unknown = await muster(["check"], scratchFolder()).catch((error: unknown) => error);
    expect(ended).to.have.property("code", 1);
    expect(ended).to.have.property("stderr").that.includes("There is no database at");
  });
});
