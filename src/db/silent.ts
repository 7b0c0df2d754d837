/**
 * Knex would write to the console what it throws as well. Nor shall it put bindings into messages
 * (`compileSqlOnError`): messages are logged, and read for the constraints they name.
 */
export const SILENT = {
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
  deprecate: () => undefined,
};
