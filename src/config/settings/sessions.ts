import { bool } from "envalid";
import { wholeNumberFrom } from "../parsers.js";
import { setting } from "../setting.js";

export const sessions = {
  ADMIN_SECOND_FACTOR: setting(
    "adminSecondFactor",
    bool({
      default: false,
      desc: "Whether administrators of the provider need a second factor; until they show it, their role gives no power",
    }),
  ),
  SESSION_IDLE_TIMEOUT: setting(
    "sessions.idle",
    wholeNumberFrom(120)({
      default: 7200,
      desc: "Seconds without a request after which a person is signed out; at least 120",
    }),
  ),
  SESSION_TIMEOUT: setting(
    "sessions.total",
    wholeNumberFrom(120)({
      default: 43_200,
      desc: "Seconds after which a person has to sign in again in any case; at least 120",
    }),
  ),
};
