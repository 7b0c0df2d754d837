import SCIMMY from "scimmy";
import { configure, copyOf, ownDefinition } from "./definition.js";

/**
 * The schema definitions that Muster serves at `/Schemas` and works by: SCIMMY's, corrected where they
 * say something that Muster does not do.
 */

export const ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export const MEMBERSHIP = "urn:muster:params:scim:schemas:extension:membership:2.0:User";
export const ORGANIZATION = "urn:muster:params:scim:schemas:extension:organization:2.0:Group";

const { Attribute } = SCIMMY.Types;

const enterpriseUser = copyOf(SCIMMY.Schemas.EnterpriseUser.definition);
// A manager is named by the value; what clients send beside it is not kept.
configure(enterpriseUser, "manager.$ref", { mutable: false });

const user = copyOf(SCIMMY.Schemas.User.definition);
user.extend(enterpriseUser);
user.extend(
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
        ],
      ),
    ],
  ),
);
for (const name of ["roles.type", "x509Certificates.type"]) configure(user, name, { canonicalValues: false });
configure(user, "groups.value", { caseExact: true });
configure(user, "groups.$ref", { referenceTypes: ["Group"] });

const group = copyOf(SCIMMY.Schemas.Group.definition);
group.extend(
  ownDefinition("Organization", ORGANIZATION, "What Muster adds to a Group: it is an organization", [
    new Attribute("string", "description", {
      description: "What the organization is, in a sentence or two.",
    }),
    new Attribute("integer", "memberCount", {
      mutable: false,
      returned: "request",
      description: "How many members the organization has.",
    }),
  ]),
);
configure(group, "displayName", { uniqueness: "server" });
// Members are accounts; everything but the value is computed from the account.
configure(group, "members.value", { caseExact: true });
configure(group, "members.$ref", { referenceTypes: ["User"] });
configure(group, "members.type", { canonicalValues: ["User"] });
// It can change without the Group, and a client that compares what it sent with what it gets sends none.
configure(group, "members.display", { mutable: false, returned: "request" });

// RFC 7643 section 3.1: both are compared with case.
for (const definition of [user, group]) {
  for (const name of ["meta.location", "meta.version"]) configure(definition, name, { caseExact: true });
}

export const userDefinition = user;
export const groupDefinition = group;
