import { Secret, TOTP } from "otpauth";

/** What all apps assume (RFC 6238): SHA-1, six digits, 30 seconds. */
const KIND = { algorithm: "SHA1", digits: 6, period: 30 } as const;

/** The size that RFC 4226 section 4 recommends, in bytes. */
const SECRET_BYTES = 20;

/** Codes of so many time steps before and after the present one are accepted, since clocks differ. */
const WINDOW = 1;

/** A new secret, in base32, as apps take it. */
export const newTotpSecret = () => new Secret({ size: SECRET_BYTES }).base32;

/** The address by which an app takes a secret, as `otpauth://totp/...`. @param label whose account it is */
export const totpUri = (secret: string, issuer: string, label: string) =>
  new TOTP({ ...KIND, issuer, label, secret: Secret.fromBase32(secret) }).toString();

/**
 * The time step that a code is of.
 *
 * @param code six digits
 * @param at in milliseconds since 1970
 * @returns undefined for a code that is wrong, or of a time that is over
 */
export function totpStep(secret: string, code: string, at: number): number | undefined {
  const totp = new TOTP({ ...KIND, secret: Secret.fromBase32(secret) });
  const delta = totp.validate({ token: code, timestamp: at, window: WINDOW });
  return delta === null ? undefined : Math.floor(at / 1000 / KIND.period) + delta;
}
