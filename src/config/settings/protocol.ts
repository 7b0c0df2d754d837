import { bool, str } from "envalid";
import { wholeNumber } from "../parsers.js";
import { setting } from "../setting.js";
import { CANDIDATE_SEARCHES } from "../types.js";

export const protocol = {
  CURSOR_TIMEOUT: setting(
    "cursorTimeout",
    wholeNumber({
      default: 3600,
      desc: "Seconds that a cursor for the next page of a list stays valid",
    }),
  ),
  ADVERTISE_PAGINATION: setting(
    "advertisePagination",
    bool({
      default: true,
      desc: "Whether /ServiceProviderConfig has the 'pagination' of RFC 9865, which some strict clients refuse",
    }),
  ),
  PROFILE_MAX_BYTES: setting(
    "profileMaxBytes",
    wholeNumber({
      default: 64 * 2 ** 10,
      desc: "Bytes that the attributes of one User can have, as JSON",
    }),
  ),
  PAGE_MAX_BYTES: setting(
    "pageMaxBytes",
    wholeNumber({
      default: 4 * 2 ** 20,
      desc: "Bytes after which a page of a list ends, even if fewer resources than 'count' are on it",
    }),
  ),
  CANDIDATES: setting(
    "candidates.search",
    str({
      choices: CANDIDATE_SEARCHES,
      default: "search",
      desc: "How organizations find existing accounts to add: search, exact (whole names alone) or off",
    }),
  ),
  CANDIDATES_PER_MINUTE: setting(
    "candidates.perMinute",
    wholeNumber({
      default: 30,
      desc: "How often an organization can look for candidates in a minute, with all its access tokens together",
    }),
  ),
  BULK_MAX_OPERATIONS: setting(
    "bulk.maxOperations",
    wholeNumber({
      default: 10_000,
      desc: "Operations that one Bulk request can have",
    }),
  ),
  BULK_MAX_PAYLOAD_SIZE: setting(
    "bulk.maxPayloadSize",
    wholeNumber({
      default: 16 * 2 ** 20,
      desc: "Bytes that the body of one Bulk request can have",
    }),
  ),
};
