import { page } from "../page.ts";
import type { SessionRealm } from "../scim/session.ts";

/** What people call a realm: the provider's has the name of the product. */
export const nameOfRealm = ({ value, display }: SessionRealm) =>
  value === "provider" ? page.productName : (display ?? "Organization");

/** What kind of realm it is, beside its name. */
export const kindOfRealm = ({ value, isAdministrator }: SessionRealm) =>
  `${value === "provider" ? "Provider" : "Organization"}${isAdministrator ? " · Admin" : ""}`;
