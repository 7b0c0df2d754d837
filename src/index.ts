/**
 * Muster as a part of another Express app; docs/embedding.md says how.
 */
export { createMuster } from "./muster.js";
export type { Muster, Services } from "./muster.js";
export type { MusterOptions } from "./options.js";
export type { End } from "./lifecycle.js";
export type { Logger } from "./logging/logger.js";
export type { Mailer, MailMessage } from "./delivery/mail/transport.js";
export { UndeliverableError } from "./delivery/mail/transport.js";
export type { PasswordCost } from "./services/passwords/passwords.js";
export { SCIM_PATH } from "./http/app.js";
export { messagesOf } from "./http/server/prototypes.js";
export type { MessageClasses } from "./http/server/prototypes.js";
export { SettingsError } from "./config/settings.js";
export { DatabaseUnavailableError } from "./db/database.js";
export * from "./domain/errors.js";
