import type { Realm } from "../access/principal.js";

/** A person signed in, without the secret of the cookie. Times are ISO 8601 in UTC. */
export interface PersonSession {
  readonly id: string;
  readonly accountId: string;
  /**
   * The organization whose credential it began with: it opens that organization alone. Undefined: a credential of the
   * person, which opens every realm of the person.
   */
  readonly credentialOrganizationId: string | undefined;
  /** Where it acts; undefined: nowhere, until the person chooses a realm. */
  readonly realm: Realm | undefined;
  readonly createdAt: string;
  /** To the minute. */
  readonly lastUsedAt: string;
  /** When it ends at the latest, however much it is used. */
  readonly expiresAt: string;
  /** The network address that the person signed in from. */
  readonly address: string | undefined;
  /** What the browser that the person signed in with calls itself. */
  readonly client: string | undefined;
  /** The second factor that was shown in it, and when; the factor may have been removed since. */
  readonly factor?: { readonly id: string; readonly at: string } | undefined;
  /** What the organization that it acts in is called. */
  readonly organizationName?: string | undefined;
  /** What the person is called. */
  readonly accountName?: string | undefined;
}

/** Whose credential a session began with. */
export const credentialOwner = ({
  credentialOrganizationId,
}: Pick<PersonSession, "credentialOrganizationId">): "person" | "organization" =>
  credentialOrganizationId === undefined ? "person" : "organization";

/** How long sessions last, in seconds. */
export interface SessionTimes {
  /** Without a request. */
  readonly idle: number;
  /** In all. */
  readonly total: number;
}

/** A realm that a person can act in. */
export interface OpenRealm {
  readonly realm: Realm;
  /** The organization's name; undefined for the provider. */
  readonly name: string | undefined;
  /** Whether the person has an administrator's role there. */
  readonly isAdministrator: boolean;
}

/** Whether a session is over by its times. @param now ISO 8601 in UTC */
export const isOver = (
  { lastUsedAt, expiresAt }: Pick<PersonSession, "lastUsedAt" | "expiresAt">,
  { idle }: SessionTimes,
  now: string,
) => expiresAt <= now || Date.parse(lastUsedAt) + idle * 1000 <= Date.parse(now);

/** Whether two realms are the same. */
export const isSameRealm = (one: Realm | undefined, other: Realm | undefined) =>
  realmKey(one) === realmKey(other);

/** `provider`, or the organization's id. */
export const realmKey = (realm: Realm | undefined) =>
  realm?.type === "organization" ? realm.organizationId : realm?.type;
