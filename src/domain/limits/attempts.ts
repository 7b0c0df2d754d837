/*
 * How often a person can try a secret before they are locked out, for the rest of the time that attempts are counted
 * in.
 */

/** How long attempts are counted together, in seconds: 15 minutes. */
export const ATTEMPTS_SECONDS = 900;

/** Wrong passwords and codes, and new passwords, for each account or address; codes of a second factor, for each factor. */
export const MAX_ATTEMPTS_AT = { password: 10, "new password": 10, code: 5, "second factor": 10 } as const;

/** Codes that can be tried after the password was right, until the person has to sign in again. */
export const MAX_CODES_OF_SIGN_IN = 5;

/** Links that Muster never made, for each network that they come from. */
export const MAX_UNKNOWN_LINKS = 30;

/** Links to new passwords that people ask for, in an hour. */
export const MAX_FORGOTTEN = { ofOneName: 5, fromOneNetwork: 30 } as const;

/** Links that prove a new address, which one person asks for in an hour. */
export const MAX_PROOFS_AN_HOUR = 5;

/** Addresses that one person has proved, or asked to prove. */
export const MAX_ADDRESSES = 20;

/** Wrong passwords of people who sign in. */
export const MAX_SIGN_INS = {
  /** By a browser that has signed in to the account before. */
  fromOneDevice: 10,
  ofOneNameFromOneNetwork: 10,
  /** From all networks together, but for browsers that have signed in before. */
  ofOneName: 50,
  fromOneNetwork: 100,
} as const;
