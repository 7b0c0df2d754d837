import { expect } from "chai";
import { isDomainPattern, isEmailAddress } from "../../src/domain/values/email.js";
import { isName } from "../../src/domain/values/plain-text.js";

const NAMES = [
  "O'Brien-Smith, Jr.",
  "Zoë Müller",
  "Nguyễn Thị Ánh",
  "山田 太郎",
  "محمد بن راشد",
  "שרה כהן",
  "a\u200Fb\u200E",
  "می\u200Cخواهم",
  "क\u094D\u200Dष",
  "\u{1F468}\u200D\u{1F469}\u200D\u{1F467} Family",
  "\u{1F3F4}\u{E0067}\u{E0062}\u{E007F}",
  "e\u0301\u0327",
  "A\u00A0B",
  "Acme \u2122 <\"&\\'>",
];

const OTHERS: [what: string, character: string][] = [
  ["U+0000", "\0"],
  ["a tab", "\t"],
  ["an escape", "\u001B"],
  ["DEL", "\u007F"],
  ["C1", "\u0090"],
  ["LF", "\n"],
  ["CR", "\r"],
  ["NEL", "\u0085"],
  ["a line separator", "\u2028"],
  ["a paragraph separator", "\u2029"],
  ["half of a pair", "\uD83D"],
  ["the other half", "\uDE00"],
  ...["\u202A", "\u202B", "\u202C", "\u202D", "\u202E"].map((each): [string, string] => [
    `an override U+${each.charCodeAt(0).toString(16)}`,
    each,
  ]),
  ...["\u2066", "\u2067", "\u2068", "\u2069"].map((each): [string, string] => [
    `an isolate U+${each.charCodeAt(0).toString(16)}`,
    each,
  ]),
];

describe("A name", () => {
  for (const name of NAMES) it(`can be ${name}`, () => expect(isName(name)).to.equal(true));
  for (const [what, character] of OTHERS) {
    it(`cannot have ${what}, nor can an address`, () => {
      expect(isName(`a${character}b`)).to.equal(false);
      expect(isEmailAddress(`a${character}b@example.com`)).to.equal(false);
      expect(isEmailAddress(`a@exa${character}mple.com`)).to.equal(false);
      expect(isDomainPattern(`*@exa${character}mple.com`)).to.equal(false);
    });
  }
});
