import type { AccountInput } from "../../domain/users/account.js";
import { InvalidValueError } from "../../domain/errors.js";
import type { FormField } from "../../domain/errors.js";
import { JsonDocument } from "../../domain/values/json.js";
import { isName } from "../../domain/values/plain-text.js";
import { USER } from "../../domain/values/schemas.js";
import { foldCase } from "../../domain/values/text.js";

/** A person's name, as entered in a form. */
export interface EnteredName {
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
}

/**
 * The account of a person who makes it by a link.
 *
 * @param address becomes the user name, and the account's only address
 * @throws InvalidValueError for an unusable name
 */
export function newPerson(address: string, entered: EnteredName): AccountInput {
  const givenName = nameIn(entered, "givenName");
  const familyName = nameIn(entered, "familyName");
  const displayName = `${givenName} ${familyName}`;
  const profile = {
    schemas: [USER],
    name: { formatted: displayName, familyName, givenName },
    emails: [{ value: address, primary: true }],
  };
  const search = {
    schemas: [USER],
    name: {
      formatted: foldCase(displayName),
      familyName: foldCase(familyName),
      givenName: foldCase(givenName),
    },
    emails: [{ value: foldCase(address), primary: true }],
  };
  return {
    ...{ userName: address, displayName, active: true, roles: [] },
    profile: JsonDocument.ofValue(profile),
    search: JsonDocument.ofValue(search),
  };
}

function nameIn(entered: EnteredName, field: keyof EnteredName & FormField): string {
  const name = entered[field]?.normalize("NFC").trim() ?? "";
  if (!name) throw new InvalidValueError("Enter your first and last name", field);
  if (isName(name)) return name;
  throw new InvalidValueError(
    "A name cannot contain control characters, line breaks or characters that change the direction of text",
    field,
  );
}
