import { oneQuery } from "../lists/resource-panel.tsx";
import type { Invitation } from "../scim/resources.ts";

const ATTRIBUTES = [
  ...["name", "description", "organization", "emails.value", "emails.mailStatus", "emails.mailStatusAt"],
  ...["givenName", "familyName", "roles", "teams", "expiresAt", "quota", "enabled", "status", "link"],
  ...["acceptedBy", "declinedBy", "meta"],
].join();

/** One invitation, with all that its panel shows. */
export const invitationQuery = (realm: string, id: string) =>
  oneQuery<Invitation>(realm, "Invitations", id, ATTRIBUTES);
