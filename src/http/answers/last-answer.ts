import type { ScimError } from "../../scim/errors.js";
import { ANSWER_HEADERS } from "./answers.js";

const PHRASES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  414: "URI Too Long",
  431: "Request Header Fields Too Large",
};

/** An error as a whole HTTP message, for a connection that is closed after it since it has no request to answer. */
export function lastAnswer(error: ScimError): string {
  const body = JSON.stringify(error);
  return [
    `HTTP/1.1 ${error.status} ${PHRASES[error.status] ?? ""}`,
    "Content-Type: application/scim+json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(ANSWER_HEADERS).map(([name, value]) => `${name}: ${value}`),
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}
