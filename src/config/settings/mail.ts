import { str } from "envalid";
import { smtpUrl, mailFrom, wholeNumber } from "../parsers.js";
import { setting } from "../setting.js";
import { NOTICES } from "../types.js";

export const mail = {
  SMTP_URL: setting(
    "mail.smtpUrl",
    smtpUrl({
      default: undefined,
      desc: "Mail server, smtp:// or smtps:// (default: mail goes into files below <MUSTER_DATA_DIR>/mail)",
      example: "smtps://user:password@smtp.example.com",
    }),
  ),
  MAIL_FROM: setting(
    "mail.from",
    mailFrom({
      default: "Muster <no-reply@localhost.localdomain>",
      desc: "Whom mail comes from",
    }),
  ),
  MAIL_PER_TOKEN: setting(
    "mail.perToken",
    wholeNumber({
      default: 5000,
      desc: "Mails that one access token can bring about in a day",
    }),
  ),
  MAIL_PER_ORGANIZATION: setting(
    "mail.perOrganization",
    wholeNumber({
      default: 3000,
      desc: "Mails about one organization in a day",
    }),
  ),
  MAIL_PER_ADDRESS: setting(
    "mail.perAddress",
    wholeNumber({ default: 10, desc: "Mails to one address in an hour" }),
  ),
  MEMBERSHIP_NOTICES: setting(
    "mail.notices",
    str({
      choices: NOTICES,
      default: "off",
      desc: "Whether mail tells people that they were added or removed: off, people (when a person did it) or all",
    }),
  ),
};
