/**
 * The URNs of the schemas under which attributes of accounts and organizations are stored and looked up: that of an
 * extension is the first name in the path of each of its attributes. What else a schema says, its resource type says.
 */
export const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
export const ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export const MEMBERSHIP = "urn:muster:params:scim:schemas:extension:membership:2.0:User";
export const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
export const ORGANIZATION = "urn:muster:params:scim:schemas:extension:organization:2.0:Group";
