import { expect } from "chai";
import fc from "fast-check";
import { sharedAfter } from "../../src/domain/users/shared-profile.js";
import type { SharedProfile } from "../../src/domain/users/shared-profile.js";
import { JsonDocument } from "../../src/domain/values/json.js";
import type { JsonObject } from "../../src/domain/values/json.js";
import { ENTERPRISE_USER, USER } from "../../src/domain/values/schemas.js";

/** What one side writes: each text names who wrote it, so that it can be found again. */
const profileBy = (author: string) => {
  const text = fc.integer({ min: 1, max: 4 }).map((number) => `${author} ${number}`);
  const labels = { type: fc.constantFrom("work", "home"), primary: fc.boolean() };
  const texts = (...names: readonly string[]) =>
    fc.record(Object.fromEntries(names.map((name) => [name, text])), { requiredKeys: [] });
  const profile: fc.Arbitrary<object> = fc.record(
    {
      ...{ title: text, nickName: text, name: texts("givenName", "familyName") },
      [ENTERPRISE_USER]: texts("department", "costCenter"),
      emails: fc.uniqueArray(fc.record({ value: text, ...labels }), {
        selector: ({ value }) => value,
        maxLength: 3,
      }),
      addresses: fc.array(fc.record({ streetAddress: text, locality: text, ...labels }), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );
  return profile as fc.Arbitrary<JsonObject>;
};

const input = (value: JsonObject, displayName?: string) => {
  const schemas = [USER, ...(ENTERPRISE_USER in value ? [ENTERPRISE_USER] : [])];
  const profile = JsonDocument.ofValue({ schemas, ...value });
  return { displayName, profile, search: profile };
};

const NOTHING: SharedProfile = input({});

/** What a write of a whole profile leaves of another: some attributes are sent back, some not. */
const merged = (before: JsonObject, next: JsonObject, isReplaced: (name: string) => boolean): JsonObject => {
  const names = [...new Set([...Object.keys(before), ...Object.keys(next)])];
  const chosen = names.map((name) => [name, (isReplaced(name) ? next : before)[name]] as const);
  return Object.fromEntries(chosen.filter(([, value]) => value !== undefined)) as JsonObject;
};

/** All elements get other labels, as when another one becomes primary. */
const relabelled = (profile: JsonObject): JsonObject => ({
  ...profile,
  ...Object.fromEntries(
    ["emails", "addresses"].flatMap((name) => {
      const elements = profile[name] as JsonObject[] | undefined;
      return elements ? [[name, elements.map((each) => ({ ...each, primary: false, type: "other" }))]] : [];
    }),
  ),
});

const textsOf = (value: unknown): string[] =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(textsOf)
      : [];

const by = (author: string, { value }: { readonly value: JsonObject }) =>
  textsOf({ ...value, schemas: [] })
    .filter((text) => text.startsWith(author))
    .sort();

describe("What the provider and the person wrote of a profile", () => {
  const subset = fc.func(fc.boolean());

  it("has nothing that only an organization wrote, and all that they wrote until they remove it", () => {
    fc.assert(
      fc.property(
        profileBy("organization"),
        fc.array(fc.tuple(profileBy("provider"), subset, fc.boolean()), { minLength: 1, maxLength: 5 }),
        (own, writes) => {
          let before = input(own, "organization 0");
          let shared = NOTHING;
          for (const [next, isReplaced, isRelabelled] of writes) {
            const value = merged(before.profile.value, next, isReplaced);
            const after = input(isRelabelled ? relabelled(value) : value, before.displayName);
            shared = sharedAfter(before, shared, after);
            before = after;
            expect(by("organization", shared.profile)).to.deep.equal([]);
            expect(by("provider", shared.profile)).to.deep.equal(by("provider", before.profile));
            expect(shared.displayName).to.equal(undefined);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("stays as it is when everything is sent back", () => {
    fc.assert(
      fc.property(profileBy("organization"), profileBy("provider"), subset, (own, next, isReplaced) => {
        const before = input(own);
        const after = input(merged(own, next, isReplaced), "provider 0");
        const shared = sharedAfter(before, NOTHING, after);
        const again = sharedAfter(after, shared, after);
        expect(again.profile.value).to.deep.equal(shared.profile.value);
        expect(again.search.value).to.deep.equal(shared.search.value);
        expect(again.displayName).to.equal("provider 0");
      }),
    );
  });

  it("keeps an organization's address to itself when only a part of it changes", () => {
    const home = { type: "home", country: "AT" };
    const before = input({ addresses: [{ type: "work", streetAddress: "organization 1", country: "NZ" }] });
    const addresses = [{ type: "work", streetAddress: "organization 1", country: "AT", primary: true }, home];
    const shared = sharedAfter(before, NOTHING, input({ addresses }));
    expect(shared.profile.value).to.deep.equal({ schemas: [USER], addresses: [home] });
  });
});
