/**
 * What of a setting nobody is shown: all of it, or the credentials in it, which an address has before its host and in its
 * parameters.
 */
export type Secrecy = "all" | "credentials";

/**
 * A setting: how it is read from the environment, and which option it is in code.
 *
 * @param option its path in `Settings`, such as `mail.from`
 * @param secrecy undefined: it is shown as it is
 */
export const setting = <const Path extends string, Validator extends object>(
  option: Path,
  validator: Validator,
  secrecy?: Secrecy,
) => ({ ...validator, option, secrecy });
