import { makeValidator } from "envalid";
import { isIP } from "node:net";
import { resolve } from "node:path";
import type { DatabaseSettings } from "./types.js";

export const publicUrl = makeValidator((input: string) => {
  const url = URL.canParse(input) ? new URL(input) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    throw new Error("must be an http or https address such as https://scim.example.com");
  }
  if (url.search || url.hash) throw new Error("must not have a query or a fragment");
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
});

export const databaseUrl = makeValidator((input: string): DatabaseSettings => {
  if (/^postgres(ql)?:\/\//.test(input)) return { engine: "postgres", connectionString: input };
  const filename = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(input)?.[1];
  if (!filename) throw new Error("must be sqlite:<path> or postgres://user:password@host:port/database");
  return { engine: "sqlite", filename: resolve(filename) };
});

export const webAddress = makeValidator((input: string) => {
  const url = URL.canParse(input) ? new URL(input) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw new Error("must be an http or https address");
  return url.href;
});

export const color = makeValidator((input: string) => {
  const [, digits = ""] = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(input) ?? [];
  if (digits === "") throw new Error("must be a colour such as #1d4ed8");
  return `#${digits.length === 3 ? digits.replaceAll(/./g, "$&$&") : digits}`.toLowerCase();
});

const ADDRESS = /^[^<>@\s]+@[^<>@\s]+$/;

export const contact = makeValidator((input: string) => {
  const isWebAddress = URL.canParse(input) && ["http:", "https:"].includes(new URL(input).protocol);
  if (!isWebAddress && !ADDRESS.test(input)) {
    throw new Error("must be an address such as support@example.com or https://example.com/help");
  }
  return input;
});

export const smtpUrl = makeValidator((input: string) => {
  const url = URL.canParse(input) ? new URL(input) : undefined;
  if (!url?.hostname || !["smtp:", "smtps:"].includes(url.protocol)) {
    throw new Error("must be smtp://user:password@host:port, or smtps:// for TLS from the start");
  }
  return input;
});

export const mailFrom = makeValidator((input: string) => {
  if (!/^([^<>\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/.test(input)) {
    throw new Error("must be an address, such as Acme <no-reply@example.com>");
  }
  return input;
});

export const locale = makeValidator((input: string) => {
  if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(input)) throw new Error("must be a language such as en");
  return input;
});

export const token = makeValidator((input: string) => {
  if (!/^[A-Za-z0-9\-._~+/]{20,}=*$/.test(input)) {
    throw new Error("must be at least 20 characters out of letters, digits and - . _ ~ + / (RFC 6750)");
  }
  return input;
});

/** The names that Express has for ranges of addresses. */
const NAMED_RANGES = ["loopback", "linklocal", "uniquelocal"];

/** The parts of a list with commas. */
const listIn = (input: string) =>
  input
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");

export const proxies = makeValidator((input: string): readonly string[] => {
  const given = listIn(input);
  const wrong = given.find((each) => !NAMED_RANGES.includes(each) && !isAddressOrRange(each));
  if (wrong !== undefined) {
    throw new Error(
      `'${wrong}' must be an address such as 10.0.0.7, a range such as 10.0.0.0/8, or ${NAMED_RANGES.join(", ")}`,
    );
  }
  return given;
});

/** Not a range of all addresses: then every client could say where it comes from. */
function isAddressOrRange(text: string): boolean {
  const [, address = "", bits] = /^([\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0 || bits === undefined) return version !== 0;
  return Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128);
}

export const origins = makeValidator((input: string): readonly string[] =>
  listIn(input).map((each) => {
    const url = URL.canParse(each) ? new URL(each) : undefined;
    if (each === "*") return each;
    if (
      !url ||
      !["http:", "https:"].includes(url.protocol) ||
      url.href !== `${url.origin}/` ||
      url.hostname.includes("*")
    ) {
      throw new Error(`'${each}' must be an origin such as https://tools.example.com, without a path, or *`);
    }
    return url.origin;
  }),
);

export const wholeNumberFrom = (least: number) =>
  makeValidator((input: string) => {
    const number = Number(input);
    if (!Number.isSafeInteger(number) || number < least) {
      throw new Error(`must be a whole number from ${least} on`);
    }
    return number;
  });

export const wholeNumber = wholeNumberFrom(1);

export const folder = makeValidator((input: string) => resolve(input));
