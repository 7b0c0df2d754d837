import { expect } from "chai";
import fc from "fast-check";
import type { Filter } from "../../src/domain/listing.js";
import { ScimError } from "../../src/scim/errors.js";
import { equalityTerms, matcher } from "../../src/scim/filter/evaluate.js";
import { parsePath } from "../../src/scim/filter/path.js";
import { compileFilter } from "../../src/scim/filter/resolve.js";
import { compileSort } from "../../src/scim/filter/sort.js";
import { groups } from "../../src/scim/resources/group.js";
import { userSchema } from "../../src/scim/resources/user-schema.js";
import { refusal } from "../support/refusal.js";

const ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const compile = (text: string) => compileFilter(userSchema, text);

/** A filter in few words, for tables. */
function brief(filter: Filter): string {
  switch (filter.type) {
    case "and":
    case "or":
      return `(${filter.filters.map(brief).join(` ${filter.type} `)})`;
    case "not":
      return `not ${brief(filter.filter)}`;
    case "present":
      return `${filter.field.path.join("/")} pr`;
    case "compare":
      return `${filter.field.path.join("/")} ${filter.operator} ${JSON.stringify(filter.value)}`;
    case "match":
      return `${filter.collection.path.join("/")}[${filter.filter ? brief(filter.filter) : ""}]`;
  }
}

describe("A filter", () => {
  const meanings: [text: string, meaning: string][] = [
    ['userName eq "dana"', 'userName eq "dana"'],
    ['USERNAME Eq "dana"', 'userName eq "dana"'],
    ['userName eq "a" and title pr or active eq true', '((userName eq "a" and title pr) or active eq true)'],
    [
      'userName eq "a" and (title pr or active eq true)',
      '(userName eq "a" and (title pr or active eq true))',
    ],
    ["not (title pr) and active eq false", "(not title pr and active eq false)"],
    ['name.familyName co "O\'Mal\\"ley"', 'name/familyName co "O\'Mal\\"ley"'],
    ['emails.value eq "x"', 'emails[value eq "x"]'],
    ['emails co "@acme.com"', 'emails[value co "@acme.com"]'],
    ["emails pr", "emails[]"],
    ["emails.type pr", "emails[type pr]"],
    ['emails[type eq "work" and value co "@x"]', 'emails[(type eq "work" and value co "@x")]'],
    ['emails[not (type eq "work")]', 'emails[not type eq "work"]'],
    ['emails[type eq "work"].value eq "x"', 'emails[(type eq "work" and value eq "x")]'],
    ['emails[type eq "work"].value pr', 'emails[(type eq "work" and value pr)]'],
    ['name[familyName eq "R"]', 'name/familyName eq "R"'],
    ['roles[primary eq "True"]', "roles[primary eq true]"],
    ['active ne "FALSE"', "active ne false"],
    [`${ENTERPRISE_USER}:department sw "D"`, `${ENTERPRISE_USER}/department sw "D"`],
    [`${ENTERPRISE_USER.toUpperCase()}:MANAGER eq "id"`, `${ENTERPRISE_USER}/manager/value eq "id"`],
    [`${ENTERPRISE_USER} pr`, `${ENTERPRISE_USER} pr`],
    ['urn:ietf:params:scim:schemas:core:2.0:User:name.givenName eq "a"', 'name/givenName eq "a"'],
    ['schemas eq "urn:x"', 'schemas[ eq "urn:x"]'],
    ["title eq null", "not title pr"],
    ["title ne null", "title pr"],
    ["emails eq null", "not emails[]"],
    ['meta.lastModified gt "2011-05-13T04:42:34Z"', 'meta/lastModified gt "2011-05-13T04:42:34.000Z"'],
    ['meta.created ge "2011-05-13T06:42:34.1234567+02:00"', 'meta/created ge "2011-05-13T04:42:34.1234567Z"'],
    ['meta.created ge "2011-05-13"', 'meta/created ge "2011-05-13T00:00:00.000Z"'],
    ['  userName   eq\t"a"  ', 'userName eq "a"'],
    ['userName eq "\\u00e9\\n"', 'userName eq "é\\n"'],
  ];
  for (const [text, meaning] of meanings) {
    it(`${text} means ${meaning}`, () => {
      expect(brief(compile(text))).to.equal(meaning);
    });
  }

  it("compares the members of a group by their ids, with case", () => {
    const filter = compileFilter(groups.schema, 'members eq "id"');
    expect(filter).to.have.nested.property("filter.field").that.includes({ caseExact: true });
  });

  const mistakes: [text: string, says: RegExp][] = [
    ["", /character 1: it ends where an attribute name/],
    ["userName", /character 9: it ends where an operator/],
    ["userName eq", /character 12: it ends where a value/],
    ["userName eq dana", /character 13: it has 'dana' where a value/],
    ['userName eq "dana', /character 13: the string that starts here has no closing quote/],
    ['userName eq "\\x"', /character 13: "\\x" is not a valid JSON string/],
    ['userName is "dana"', /character 10: it has 'is' where an operator/],
    ["userName np", /character 10: it has 'np'/],
    ['(userName eq "a"', /character 17: it ends where '\)'/],
    ['userName eq "a")', /character 16: it has '\)' where the end/],
    ['userName eq "a" and', /character 20: it ends where an attribute name/],
    ['emails[type eq "work"', /it ends where '\]'/],
    ['emails[phones[type eq "x"]]', /inside other square brackets/],
    ['nope eq "a"', /character 1: a User has no attribute 'nope'/],
    ['emails.nope eq "a"', /no attribute 'emails.nope'/],
    ['emails[nope eq "a"]', /character 8: .* no sub-attribute 'nope'/],
    ["password pr", /filters on the attribute 'password' are not supported/],
    ['password sw "a"', /filters on the attribute 'password' are not supported/],
    ['name eq "a"', /'name' is complex/],
    ["active gt true", /'gt' does not go with 'active'/],
    ['active co "t"', /'co' does not go with 'active'/],
    ['active eq "maybe"', /'active' is a boolean and cannot be compared with "maybe"/],
    ["userName eq 5", /'userName' is a string/],
    ['meta.created gt "yesterday"', /'meta.created' is a dateTime/],
    ["title gt null", /null/],
    [`${"(".repeat(51)}userName pr${")".repeat(51)}`, /more than 50 levels of nesting/],
    [`userName eq "${"a".repeat(9000)}"`, /at most 8192/],
  ];
  for (const [text, says] of mistakes) {
    it(`${text.slice(0, 60)} is refused with a reason`, () => {
      const error = refusal(() => compile(text));
      expect([error.status, error.scimType]).to.deep.equal([400, "invalidFilter"]);
      expect(error.message).to.match(says);
    });
  }

  it("is read or refused, whatever it is", () => {
    const pieces = fc.constantFrom(
      "userName",
      "emails",
      "[",
      "]",
      "(",
      ")",
      "eq",
      "pr",
      "not",
      "and",
      '"a"',
      " ",
      ".value",
      "true",
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join(" ")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          compile(text);
        } catch (error) {
          expect(error).to.be.instanceOf(ScimError).with.property("scimType", "invalidFilter");
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe("A filter on an element", () => {
  const work = { type: "work", value: "Dana@X", primary: true };
  const inside = (text: string) => {
    const filter = compile(`emails[${text}]`);
    return filter.type === "match" ? filter.filter! : filter;
  };

  const answers: [text: string, answer: boolean][] = [
    ['type eq "WORK"', true],
    ['value sw "dana"', true],
    ['value gt "c"', true],
    ['display ne "x"', true],
    ['display eq "x"', false],
    ['not (display eq "x")', true],
    ["display pr", false],
    ["primary eq true", true],
    ['type eq "home" or primary eq true', true],
    ['type eq "home" and primary eq true', false],
  ];
  for (const [text, answer] of answers) {
    it(`${text} is ${answer} of a work address`, () => {
      expect(matcher(inside(text))(work)).to.equal(answer);
    });
  }

  it("says what to create when it is made of equalities alone", () => {
    expect(equalityTerms(inside('type eq "work" and primary eq "True"'))).to.deep.equal({
      type: "work",
      primary: true,
    });
    expect(equalityTerms(inside('type eq "work" or primary eq true'))).to.equal(undefined);
    expect(equalityTerms(inside('type sw "w"'))).to.equal(undefined);
  });
});

describe("A path", () => {
  const names = (text: string) => {
    const { reference, filter } = parsePath(userSchema, text);
    const { extension, attribute, subAttribute } = reference;
    return [extension?.id, attribute?.name, filter && brief(filter), subAttribute?.name].filter(Boolean);
  };

  const paths: [text: string, names: string[]][] = [
    ["DisplayName", ["displayName"]],
    ["name.familyName", ["name", "familyName"]],
    ['emails[type eq "work"]', ["emails", 'type eq "work"']],
    ['addresses[type eq "other"].Formatted', ["addresses", 'type eq "other"', "formatted"]],
    [`${ENTERPRISE_USER}:manager.value`, [ENTERPRISE_USER, "manager", "value"]],
    [ENTERPRISE_USER, [ENTERPRISE_USER]],
    ["password", ["password"]],
  ];
  for (const [text, found] of paths) {
    it(`${text} names ${found.join(", ")}`, () => {
      expect(names(text)).to.deep.equal(found);
    });
  }

  for (const text of [
    "nope",
    "name.nope",
    "emails[broken!!!filter",
    'title[value eq "x"]',
    'emails[type eq "a"].nope',
    "emails[",
    "a b",
  ]) {
    it(`${text} is refused as invalidPath`, () => {
      expect(refusal(() => parsePath(userSchema, text)).scimType).to.equal("invalidPath");
    });
  }
});

describe("Sorting", () => {
  it("goes by the value of a multi-valued attribute's elements", () => {
    const sort = compileSort(userSchema, "emails", "Descending");
    expect(sort?.collection?.path).to.deep.equal(["emails"]);
    expect(sort?.field.path).to.deep.equal(["value"]);
    expect(sort?.descending).to.equal(true);
  });

  it("is refused by what is unknown, complex or secret, and in another order", () => {
    for (const name of ["nope", "name", "password"]) {
      expect(refusal(() => compileSort(userSchema, name)).scimType).to.equal("invalidPath");
    }
    expect(refusal(() => compileSort(userSchema, "title", "upwards")).scimType).to.equal("invalidValue");
  });
});
