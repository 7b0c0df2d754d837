import { bool, str } from "envalid";
import { wholeNumber } from "../parsers.js";
import { setting } from "../setting.js";
import { CANDIDATE_SEARCHES } from "../types.js";

export const protocol = {
  CURSOR_TIMEOUT: setting(
    "cursorTimeout",
    wholeNumber({
      default: 3600,
      desc: "Seconds that a cursor for the next page of a list is valid",
    }),
  ),
  ADVERTISE_PAGINATION: setting(
    "advertisePagination",
    bool({
      default: true,
      desc: "Whether /ServiceProviderConfig contains 'pagination' (RFC 9865), which some strict clients reject",
    }),
  ),
  PROFILE_MAX_BYTES: setting(
    "profileMaxBytes",
    wholeNumber({
      default: 64 * 2 ** 10,
      desc: "Maximum size of the attributes of one User, in bytes of JSON",
    }),
  ),
  PAGE_MAX_BYTES: setting(
    "pageMaxBytes",
    wholeNumber({
      default: 4 * 2 ** 20,
      desc: "Size in bytes after which a page of a list ends, even with fewer resources than 'count'",
    }),
  ),
  CANDIDATES: setting(
    "candidates.search",
    str({
      choices: CANDIDATE_SEARCHES,
      default: "search",
      desc: "How organizations can look for existing accounts to add: search, exact (complete values only) or off",
    }),
  ),
  CANDIDATES_PER_MINUTE: setting(
    "candidates.perMinute",
    wholeNumber({
      default: 30,
      desc: "Searches for candidates per organization and minute, over all its access tokens",
    }),
  ),
  BULK_MAX_OPERATIONS: setting(
    "bulk.maxOperations",
    wholeNumber({
      default: 10_000,
      desc: "Maximum number of operations in one Bulk request",
    }),
  ),
  BULK_MAX_PAYLOAD_SIZE: setting(
    "bulk.maxPayloadSize",
    wholeNumber({
      default: 16 * 2 ** 20,
      desc: "Maximum size of the body of one Bulk request, in bytes",
    }),
  ),
};
