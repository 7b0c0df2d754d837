import { str } from "envalid";
import { smtpUrl, mailFrom, wholeNumber } from "../parsers.js";
import { setting } from "../setting.js";
import { NOTICES } from "../types.js";

export const mail = {
  SMTP_URL: setting(
    "mail.smtpUrl",
    smtpUrl({
      default: undefined,
      desc: "Mail server, smtp:// or smtps:// (default: mail is written to files in <MUSTER_DATA_DIR>/mail)",
      example: "smtps://user:password@smtp.example.com",
    }),
    "credentials",
  ),
  MAIL_FROM: setting(
    "mail.from",
    mailFrom({
      default: "Muster <no-reply@localhost.localdomain>",
      desc: "Sender of all mail",
    }),
  ),
  MAIL_REPLY_TO: setting(
    "mail.replyTo",
    mailFrom({
      default: undefined,
      desc: "Where answers to mail go (default: the sender)",
      example: "Acme support <support@example.com>",
    }),
  ),
  MAIL_PER_TOKEN: setting(
    "mail.perToken",
    wholeNumber({
      default: 5000,
      desc: "Mails per access token and day",
    }),
  ),
  MAIL_PER_ORGANIZATION: setting(
    "mail.perOrganization",
    wholeNumber({
      default: 3000,
      desc: "Mails per organization and day",
    }),
  ),
  MAIL_PER_ADDRESS: setting(
    "mail.perAddress",
    wholeNumber({ default: 10, desc: "Mails per address and hour" }),
  ),
  MEMBERSHIP_NOTICES: setting(
    "mail.notices",
    str({
      choices: NOTICES,
      default: "off",
      desc: "Whether people get mail when they are added or removed: off, people (only if a person did it) or all",
    }),
  ),
};
