import SCIMMY from "scimmy";
import { MEMBERSHIP } from "../../domain/values/schemas.js";
import { compileSchema } from "../schema/compile.js";
import { MAIL_STATES } from "../../domain/mail/mail.js";
import { ADDERS } from "../../domain/memberships/membership-details.js";
import { MEMBERSHIP_SOURCES } from "../../domain/memberships/membership.js";
import { configure, copyOf, ownDefinition, readOnly } from "../schema/definition.js";

const { Attribute } = SCIMMY.Types;
const exact = { caseExact: true };

const enterpriseUser = copyOf(SCIMMY.Schemas.EnterpriseUser.definition);
// A manager is identified by the value; other sub-attributes that clients send are not stored.
configure(enterpriseUser, "manager.$ref", { mutable: false });

export const userDefinition = copyOf(SCIMMY.Schemas.User.definition);
userDefinition.extend(enterpriseUser);
userDefinition.extend(
  ownDefinition(
    "Membership",
    MEMBERSHIP,
    "What Muster adds to a User: what it is in organizations and teams, and how it gets a password",
    [
      new Attribute("boolean", "sendSetupEmail", {
        direction: "in",
        returned: false,
        description:
          "Sends the person an e-mail with a link to choose a password by; false unless said otherwise.",
      }),
      new Attribute("string", "state", {
        mutable: false,
        canonicalValues: ["invited"],
        description:
          "'invited' until the person has chosen a password by the link in the e-mail; absent otherwise.",
      }),
      new Attribute(
        "complex",
        "organizationRoles",
        {
          multiValued: true,
          returned: "request",
          description: "The roles in organizations, in the provider's realm.",
        },
        [
          new Attribute("string", "value", {
            canonicalValues: ["organization-admin", "organization-billing-manager"],
            description: "The role.",
          }),
          new Attribute("string", "organization", {
            caseExact: true,
            description: "The id of the organization.",
          }),
          new Attribute("string", "display", {
            mutable: false,
            description: "The name of the organization.",
          }),
          new Attribute("string", "type", {
            canonicalValues: ["direct", "team"],
            description: "Whether the role is the User's own, or comes by a team.",
          }),
        ],
      ),
      new Attribute(
        "complex",
        "teams",
        {
          multiValued: true,
          mutable: false,
          returned: "request",
          description: "The teams that the User is in.",
        },
        [
          new Attribute("string", "value", { mutable: false, caseExact: true, description: "The id." }),
          new Attribute("reference", "$ref", {
            mutable: false,
            referenceTypes: ["Team"],
            description: "The address.",
          }),
          new Attribute("string", "display", { mutable: false, description: "The name." }),
          readOnly("string", "role", "The User's role in the team.", {
            canonicalValues: ["team-admin", "team-manager"],
          }),
        ],
      ),
      readOnly(
        "complex",
        "memberships",
        "When, how and by whom the User was added to organizations; in an organization's realm, to that one.",
        { multiValued: true, returned: "request" },
        [
          readOnly("string", "value", "The id of the organization.", exact),
          readOnly("reference", "$ref", "The address of the organization.", { referenceTypes: ["Group"] }),
          readOnly("string", "display", "The name of the organization."),
          readOnly("dateTime", "joinedAt", "When the User became a member."),
          readOnly(
            "string",
            "source",
            "'scim' for a member whom a machine added, 'admin' for one whom a person added.",
            { ...exact, canonicalValues: [...MEMBERSHIP_SOURCES] },
          ),
          readOnly("string", "addedByType", "What added the member.", {
            ...exact,
            canonicalValues: [...ADDERS],
          }),
          readOnly("string", "addedBy", "The id of what added the member.", exact),
          readOnly("reference", "addedByRef", "The address of what added the member.", {
            referenceTypes: ["User", "AccessToken", "Invitation"],
          }),
          readOnly("string", "addedByDisplay", "The name of what added the member."),
        ],
      ),
      readOnly(
        "complex",
        "records",
        "What each organization says of the User; at '/Me' alone, for a person who is signed in with a credential of their own.",
        { multiValued: true },
        [
          readOnly("string", "value", "The id of the organization.", exact),
          readOnly("reference", "$ref", "The address of the organization.", { referenceTypes: ["Group"] }),
          readOnly("string", "display", "The name of the organization."),
          readOnly("string", "userName", "The organization's name for the User."),
          readOnly("string", "displayName", "What the organization calls the User."),
          readOnly("boolean", "active", "Whether the User is an active member."),
          readOnly("string", "externalId", "The organization's own id for the User.", exact),
          readOnly("string", "roles", "The User's roles there.", { multiValued: true }),
          readOnly("string", "teams", "The names of the User's teams there.", { multiValued: true }),
        ],
      ),
      readOnly(
        "string",
        "setupMailStatus",
        "What became of the last e-mail with a link to choose a password by.",
        {
          ...{ ...exact, canonicalValues: [...MAIL_STATES], returned: "request" },
        },
      ),
      readOnly("dateTime", "setupMailStatusAt", "Since when.", { returned: "request" }),
      readOnly(
        "boolean",
        "hasSecondFactor",
        "Whether a second factor guards the User's own password; in an organization's realm, the one that opens it alone.",
        { returned: "request" },
      ),
      readOnly("dateTime", "lastActiveAt", "When the User last did something in the realm, to the minute.", {
        returned: "request",
      }),
    ],
  ),
);
for (const name of ["roles.type", "x509Certificates.type"])
  configure(userDefinition, name, { canonicalValues: false });
configure(userDefinition, "groups.value", { caseExact: true });
configure(userDefinition, "groups.$ref", { referenceTypes: ["Group"] });

export const userSchema = compileSchema(userDefinition);
