import { expect } from "chai";
import { isDomainPattern, isEmailAddress } from "../../src/domain/values/email.js";
import { invitationStatus, isAddressedTo } from "../../src/domain/invitations/invitation.js";
import type { InvitationFacts } from "../../src/domain/invitations/invitation.js";

const NOW = "2026-06-01T12:00:00.000Z";

const facts = (given: Partial<InvitationFacts>): InvitationFacts => ({
  emails: [],
  acceptedEmails: [],
  declinedEmails: [],
  acceptedCount: 0,
  quota: undefined,
  enabled: true,
  expiresAt: undefined,
  ...given,
});

describe("An invitation", () => {
  for (const [status, given] of [
    ["pending", {}],
    ["pending", { expiresAt: "2026-06-01T12:00:00.001Z" }],
    ["expired", { expiresAt: NOW }],
    ["disabled", { enabled: false, expiresAt: NOW }],
    ["expired", { expiresAt: NOW, quota: 1, acceptedCount: 1 }],
    ["exhausted", { quota: 2, acceptedCount: 2 }],
    ["pending", { quota: 2, acceptedCount: 1 }],
    ["pending", { emails: ["a@x.test", "b@x.test"], acceptedEmails: ["a@x.test"], acceptedCount: 1 }],
    ["declined", { emails: ["a@x.test"], declinedEmails: ["a@x.test"], expiresAt: NOW }],
    ["pending", { emails: ["a@x.test", "b@x.test"], declinedEmails: ["a@x.test"] }],
    [
      "accepted",
      { emails: ["a@x.test", "b@x.test"], declinedEmails: ["a@x.test"], acceptedEmails: ["b@x.test"] },
    ],
    [
      "accepted",
      { emails: ["a@x.test"], acceptedEmails: ["a@x.test"], acceptedCount: 1, quota: 1, enabled: false },
    ],
  ] as const) {
    it(`is ${status} with ${JSON.stringify(given)}`, () => {
      expect(invitationStatus(facts(given), NOW)).to.equal(status);
    });
  }

  it("is for the addresses that it names, in any case, for those of its domains, or for everybody", () => {
    const { emails } = facts({ emails: ["Ann@Example.com", "*@Acme.test"] });
    for (const address of ["ann@example.COM", "anybody@acme.test"]) {
      expect(isAddressedTo({ emails }, address), address).to.equal(true);
    }
    for (const address of [
      "bob@example.com",
      "ann@sub.acme.test",
      "x@notacme.test",
      "x@acme.test.evil.test",
    ]) {
      expect(isAddressedTo({ emails }, address), address).to.equal(false);
    }
    expect(isAddressedTo({ emails: [] }, "whoever@example.com")).to.equal(true);
  });
});

describe("An e-mail address", () => {
  for (const text of [
    "ann@example.com",
    "ann+x.y_z@a-b.example.co.uk",
    "o'neil@x.test",
    "jürgen@bücher.example",
  ]) {
    it(`can be ${text}`, () => expect(isEmailAddress(text)).to.equal(true));
  }
  for (const text of [
    "",
    "ann",
    "ann@",
    "@x.test",
    "ann@localhost",
    "ann@x..test",
    "ann@-x.test",
    "a b@x.test",
    "ann@x.test\r\nBcc: eve@x.test",
    "ann@x.test, eve@x.test",
    "<ann@x.test>",
    "ann@b@x.test",
    `${"a".repeat(65)}@x.test`,
    `ann@${"a.".repeat(130)}test`,
    "*@x.test,y",
  ]) {
    it(`cannot be ${JSON.stringify(text.slice(0, 40))}`, () => expect(isEmailAddress(text)).to.equal(false));
  }
  it("of a whole domain begins with *@", () => {
    expect(["*@acme.test", "*@*", "*", "*@", "a*@acme.test"].map(isDomainPattern)).to.deep.equal([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
