import SCIMMY from "scimmy";
import { INVITATION_STATUSES } from "../../domain/invitations/invitation.js";
import { ownDefinition, readOnly } from "./definition.js";

export const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";

const { Attribute } = SCIMMY.Types;
const exact = { caseExact: true };
const immutable = { mutable: "immutable" };

/** An offer to join an organization. */
export const invitationDefinition = ownDefinition(
  "Invitation",
  INVITATION,
  "An offer to join an organization",
  [
    new Attribute("string", "name", { description: "What the invitation is called among administrators." }),
    new Attribute("string", "description", { description: "What it is for, in a sentence or two." }),
    new Attribute(
      "complex",
      "organization",
      {
        ...immutable,
        description: "The organization to join; by default the one whose realm the invitation is made in.",
      },
      [
        new Attribute("string", "value", { ...immutable, ...exact, description: "The id." }),
        readOnly("reference", "$ref", "The address.", { referenceTypes: ["Group"] }),
        readOnly("string", "display", "The name."),
      ],
    ),
    new Attribute(
      "complex",
      "emails",
      { multiValued: true, description: "Whom it is for; without any, whoever has the link." },
      [
        new Attribute("string", "value", {
          required: true,
          description: "An e-mail address, or '*@' with a domain for all addresses of it.",
        }),
      ],
    ),
    new Attribute("string", "givenName", { description: "The first name of the one person that it is for." }),
    new Attribute("string", "familyName", { description: "The last name of the one person that it is for." }),
    new Attribute(
      "complex",
      "roles",
      { multiValued: true, description: "The roles in the organization that accepting gives." },
      [new Attribute("string", "value", { required: true, description: "The role." })],
    ),
    new Attribute(
      "complex",
      "teams",
      { multiValued: true, description: "The teams of the organization that accepting leads into." },
      [
        new Attribute("string", "value", { ...exact, required: true, description: "The id of a Team." }),
        readOnly("reference", "$ref", "The address.", { referenceTypes: ["Team"] }),
        readOnly("string", "display", "The name."),
      ],
    ),
    new Attribute("dateTime", "expiresAt", { description: "When it ends; without it, never." }),
    new Attribute("integer", "quota", { description: "How many people can accept; without it, any number." }),
    new Attribute("boolean", "enabled", {
      description: "Whether it can be accepted; true unless said otherwise.",
    }),
    readOnly("string", "status", "How it stands.", { ...exact, canonicalValues: [...INVITATION_STATUSES] }),
    readOnly("reference", "link", "Where it is accepted, for whoever may give the link to somebody.", {
      referenceTypes: ["external"],
    }),
    readOnly("complex", "acceptedBy", "Who has accepted.", { multiValued: true }, [
      readOnly("string", "value", "The id.", exact),
      readOnly("reference", "$ref", "The address.", { referenceTypes: ["User"] }),
      readOnly("string", "display", "The name."),
    ]),
    readOnly("complex", "declinedBy", "Which of the addresses have declined.", { multiValued: true }, [
      readOnly("string", "value", "The e-mail address."),
    ]),
  ],
);
