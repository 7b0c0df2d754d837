/** Who does something: an access token, a session, the operator, or a person who follows a link. */
export type Actor = TokenActor | SessionActor | OperatorActor | LinkActor;

/** An access token at work. */
export interface TokenActor {
  readonly type: "token";
  readonly tokenId: string;
  /** The hash of the secret that was sent: the token is read again by it before power is used. */
  readonly secretHash: string;
  /** The person that the token belongs to; absent for a machine's. */
  readonly accountId?: string;
  /** The person who made the token of a machine; absent when the operator did, or a machine's that the operator made. */
  readonly makerId?: string;
  /** Whether the maker may no longer create the token, so that the token can no longer give power. */
  readonly isOrphaned?: boolean;
  /** Whether the token may check people's passwords, for the product beside Muster. */
  readonly checksPasswords?: boolean;
  /** When the token ends, as ISO 8601 in UTC; absent: never. */
  readonly expiresAt?: string;
}

/** A person signed in. */
export interface SessionActor {
  readonly type: "session";
  readonly sessionId: string;
  readonly accountId: string;
  /** Whose credential it began with: the person's own, or one that opens an organization alone. */
  readonly credential: "person" | "organization";
}

type OwnSessionActor = SessionActor & { readonly credential: "person" };

/** The person who has the database: at the command line, or by what the server is started with. */
export interface OperatorActor {
  readonly type: "operator";
}

/** A person who follows a link, with no token. */
export interface LinkActor {
  readonly type: "link";
  /** The id of what the link opens; absent for a link to nothing. */
  readonly opens?: string;
  /** Absent for a person who has no account yet, or has not proved to be its owner. */
  readonly accountId?: string;
}

export const OPERATOR: OperatorActor = { type: "operator" };

/** The person who acts; undefined for a machine, and for the operator. */
export const accountOf = (actor: Actor): string | undefined =>
  actor.type === "operator" ? undefined : actor.accountId;

/** Whether a person is signed in with a credential of their own, which opens the account itself. */
export const isOneself = (actor: Actor): actor is OwnSessionActor =>
  actor.type === "session" && actor.credential === "person";

/** The person behind an actor: the one who acts, or the one who made the token for a machine. */
export const personBehind = (actor: Actor): string | undefined =>
  accountOf(actor) ?? (actor.type === "token" ? actor.makerId : undefined);

/** The access token, if it is one that acts. */
export const tokenIdOf = (actor: Actor): string | undefined =>
  actor.type === "token" ? actor.tokenId : undefined;

/** Whether it is a token whose maker has lost the power to make it. */
export const isOrphaned = (actor: Actor): boolean => actor.type === "token" && actor.isOrphaned === true;

/** When the actor's credential ends; undefined: not by itself. */
export const endOf = (actor: Actor): string | undefined =>
  actor.type === "token" ? actor.expiresAt : undefined;

/** The id of the actor's credential. Limits for each credential are counted by it. */
export const credentialOf = (actor: Actor): string | undefined =>
  actor.type === "session" ? actor.sessionId : tokenIdOf(actor);

/** The key by which actors take turns. */
export const ownerOf = (actor: Actor): string =>
  credentialOf(actor) ?? (actor.type === "link" ? (actor.opens ?? actor.type) : actor.type);
