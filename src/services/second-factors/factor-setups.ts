import { InvalidValueError } from "../../domain/errors.js";
import type { PersonSession } from "../../domain/sessions/session.js";
import type { Dependencies } from "../dependencies.js";
import { later } from "../limits/rate-limits.js";
import { digitsOf } from "./factor-codes.js";
import type { Sealing } from "./sealing.js";
import { newTotpSecret, totpStep, totpUri } from "./totp.js";

/** A factor that a person is setting up: it is not stored, but goes along with the form, sealed. */
export interface PendingFactor {
  /** To be sent with the code that confirms it. */
  readonly setup: string;
  /** In base32, for people who cannot scan the picture. */
  readonly secret: string;
  /** What the picture says: `otpauth://totp/...`. */
  readonly uri: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** How long a person has to confirm it, in seconds. */
const SETUP_SECONDS = 900;

/** Begins to set up factors, and reads what has begun. */
export class FactorSetups {
  /** @param issuer the name of the product, which the app shows */
  constructor(
    private readonly deps: Pick<Dependencies, "now">,
    private readonly sealing: Sealing,
    private readonly issuer: string,
  ) {}

  /** @param label whose account it is, as the app shows it */
  begin(session: PersonSession, label: string): PendingFactor {
    const [secret, expiresAt] = [newTotpSecret(), later(this.deps.now(), SETUP_SECONDS)];
    const setup = this.sealing.seal(JSON.stringify([secret, expiresAt]), purposeOf(session));
    return { setup, secret, expiresAt, uri: totpUri(secret, this.issuer, label) };
  }

  /** @throws InvalidValueError when it took too long, or began in another session */
  read(session: PersonSession, setup = "", label: string): PendingFactor {
    const opened = this.sealing.open(setup, purposeOf(session));
    const [secret = "", expiresAt = ""] = opened === undefined ? [] : (JSON.parse(opened) as string[]);
    if (expiresAt <= this.deps.now()) {
      throw new InvalidValueError("The set-up took too long, or began elsewhere; begin again");
    }
    return { setup, secret, expiresAt, uri: totpUri(secret, this.issuer, label) };
  }

  /** The time step that a code is of. @returns undefined for a wrong one */
  stepOf({ secret }: PendingFactor, code: string): number | undefined {
    const digits = digitsOf(code);
    return digits === undefined ? undefined : totpStep(secret, digits, Date.parse(this.deps.now()));
  }
}

const purposeOf = ({ id }: PersonSession) => `second factor of session ${id}`;
