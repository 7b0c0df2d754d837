/**
 * A setting: how it is read from the environment, and which option it is in code.
 *
 * @param option its path in `Settings`, such as `mail.from`
 */
export const setting = <const Path extends string, Validator extends object>(
  option: Path,
  validator: Validator,
) => ({ ...validator, option });
