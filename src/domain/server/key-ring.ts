/** The secret keys for one purpose, of 32 bytes each. There are several after a rotation. */
export interface KeyRing {
  /** What signs and encrypts. */
  readonly current: Uint8Array;
  /** What was signed or encrypted with one of these is valid: the newest first, with the current one. */
  readonly known: readonly Uint8Array[];
}
