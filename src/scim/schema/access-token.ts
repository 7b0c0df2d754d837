import SCIMMY from "scimmy";
import { ownDefinition, readOnly } from "./definition.js";

export const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";

const { Attribute } = SCIMMY.Types;
const exact = { caseExact: true };
const immutable = { mutable: "immutable" };

const reference = (name: string, type: string, description: string) =>
  new Attribute("complex", name, { ...immutable, description }, [
    new Attribute("string", "value", { ...immutable, ...exact, description: "The id." }),
    readOnly("reference", "$ref", "The address.", { referenceTypes: [type] }),
    readOnly("string", "display", "The name.", exact),
  ]);

/** A bearer token that acts in one realm. */
export const accessTokenDefinition = ownDefinition(
  "AccessToken",
  ACCESS_TOKEN,
  "A bearer token that acts in one realm",
  [
    new Attribute("string", "name", { ...exact, required: true, description: "What the token is for." }),
    new Attribute("string", "realm", {
      ...immutable,
      ...exact,
      canonicalValues: ["provider", "organization"],
      description: "Where the token acts: in the whole provider, or in one organization.",
    }),
    reference("organization", "Group", "The organization that the token acts in."),
    reference(
      "user",
      "User",
      "The person that the token belongs to; it can do what that person's roles allow.",
    ),
    readOnly(
      "complex",
      "maker",
      "The person who made the token for a machine, if the realm has that person.",
      {},
      [
        readOnly("string", "value", "The id.", exact),
        readOnly("reference", "$ref", "The address.", { referenceTypes: ["User"] }),
        readOnly("string", "display", "The name.", exact),
      ],
    ),
    readOnly(
      "boolean",
      "orphaned",
      "Whether the maker lost the power to make the token; it gives no power then, until another administrator keeps it.",
    ),
    new Attribute("boolean", "readOnly", {
      ...immutable,
      description: "Whether the token reads and changes nothing.",
    }),
    new Attribute("dateTime", "expiresAt", { description: "When the token ends; without it, never." }),
    readOnly("dateTime", "lastUsedAt", "When the token was used last, to within a minute or so."),
    readOnly(
      "string",
      "token",
      "The secret: in the answer to the POST or the rotation, and never again.",
      exact,
    ),
  ],
);
