import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { Answer, RequestOptions, ScimClient } from "./client.js";

/**
 * Runs the recorded requests of identity providers in `test/fixtures/idp-corpus/`. They come in two forms:
 * conversations of several steps (`entra.json`, `okta.json`, `other.json`, `reports.json`), and single requests with their
 * set-up (`wire.json`). The README there tells what their fields mean.
 */

type Json = string | number | boolean | null | undefined | Json[] | { [name: string]: Json };

export interface Conversation {
  readonly id: string;
  readonly client: string;
  readonly rule: string;
  readonly steps: readonly Step[];
}

interface Step extends RecordedRequest {
  readonly expect: { readonly status: readonly number[]; readonly checks?: readonly Check[] };
  /** The name that later steps know the answer by. */
  readonly save?: string;
}

interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: Json;
  readonly raw?: string;
}

type Check = readonly [path: readonly (string | number)[], operator: Operator, wanted: Json, count?: number];

type Operator =
  "eq" | "ne" | "in" | "exists" | "absent" | "absentorempty" | "len" | "len0" | "contains" | "countwhere";

export interface WireCase {
  readonly id: string;
  readonly client: string;
  readonly level: "must" | "should" | "tolerate";
  readonly preconditions: string;
  readonly setup: readonly WireSetup[];
  readonly request: RecordedRequest & { readonly rawBody?: string };
  readonly expect: {
    readonly status: number | readonly number[];
    readonly facts: string;
    readonly checks: readonly WireCheck[];
  };
  readonly tags: readonly string[];
}

type WireSetup =
  | { readonly as: string; readonly post: string; readonly body: Json }
  | { readonly do: string; readonly path: string };

interface WireCheck {
  /** `response`, `resource` (a GET afterwards) or `header:<name>`. */
  readonly on: string;
  readonly at?: readonly (string | number | Readonly<Record<string, Json>>)[];
  readonly eq?: Json;
  readonly absent?: boolean;
  readonly present?: boolean;
  readonly emptyOrAbsent?: boolean;
  readonly len?: number;
  readonly contains?: string;
  readonly type?: string;
}

const FOLDER = new URL("../fixtures/idp-corpus/", import.meta.url);

export function readCorpus(file: "wire.json"): WireCase[];
export function readCorpus(file: "entra.json" | "okta.json" | "other.json" | "reports.json"): Conversation[];
export function readCorpus(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as unknown;
}

/** Plays all steps of a conversation and asserts what is expected of each answer. */
export async function playConversation(scim: ScimClient, { steps }: Conversation): Promise<void> {
  const saved: Record<string, Json> = { run: uniqueText() };
  for (const [index, recorded] of steps.entries()) {
    const { save, expect: expected, ...step } = fill(recorded, saved);
    const { pathname, search } = new URL(`http://host${step.path}`);
    const answer = await scim.request(step.method, pathname + search, conversationOptions(step));
    const about = `step ${index + 1}, ${step.method} ${step.path}: ${answer.status} ${answer.text.slice(0, 1500)}`;
    expect(expected.status, about).to.include(answer.status);
    for (const [path, operator, wanted, count] of expected.checks ?? []) {
      const found = dig(answer, path);
      const holds = OPERATORS[operator](found, wanted, count);
      expect(holds, `${path.join(".")} ${operator} ${JSON.stringify(wanted)}; ${about}`).to.equal(true);
    }
    if (save !== undefined) saved[save] = { ...answer.body, ...headersOf(answer) } as Json;
  }
}

/** The headers of an answer by the names that templates know them by: `@location`. */
const headersOf = ({ headers }: Answer) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [`@${name}`, value]));

/** In this form an empty header means none, and there are some that go without saying. */
function conversationOptions({ headers, body, raw }: RecordedRequest): RequestOptions {
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name, value === "" ? null : value]);
  return {
    headers: { accept: "application/scim+json", ...(Object.fromEntries(given) as object) },
    ...(raw === undefined ? { body } : { raw }),
  };
}

/** Puts what was saved in the place of `{{name}}` and `{{name.attribute}}`. */
function fill<T>(template: T, saved: Readonly<Record<string, Json>>): T {
  const text = JSON.stringify(template).replace(/\{\{([^{}]+)\}\}/g, (whole, name: string) => {
    const found = walk(saved, name.split("."));
    return typeof found === "string" ? JSON.stringify(found).slice(1, -1) : whole;
  });
  return JSON.parse(text) as T;
}

/** A path that begins with `@` is a header of the answer. */
function dig({ body, headers }: Answer, path: readonly (string | number)[]): Json {
  const [first] = path;
  if (typeof first === "string" && first.startsWith("@")) return headers[first.slice(1)];
  return walk(body as Json, path);
}

/** Goes down by names and indices; an object stands for the first element of a list that has these values. */
function walk(value: Json, path: NonNullable<WireCheck["at"]>): Json {
  return path.reduce<Json>((at, key) => {
    if (at === undefined || at === null) return undefined;
    if (typeof key === "object")
      return Array.isArray(at) ? at.find((each) => hasValues(each, key)) : undefined;
    return (at as Readonly<Record<string | number, Json>>)[key];
  }, value);
}

const isSame = (one: Json, other: Json) => JSON.stringify(one) === JSON.stringify(other);

function hasValues(element: Json, wanted: Json): boolean {
  const values = element as Readonly<Record<string, Json>> | undefined;
  return Object.entries(wanted as object).every(([name, value]) => isSame(values?.[name], value as Json));
}

const isList = (found: Json, length: number) => Array.isArray(found) && found.length === length;

const OPERATORS: Record<Operator, (found: Json, wanted: Json, count?: number) => boolean> = {
  eq: isSame,
  ne: (found, wanted) => !isSame(found, wanted),
  in: (found, wanted) => Array.isArray(wanted) && wanted.includes(found),
  exists: (found) => found !== undefined && found !== null,
  absent: (found) => found === undefined,
  absentorempty: (found) => found === undefined || isList(found, 0),
  len: (found, wanted) => isList(found, Number(wanted)),
  len0: (found) => found === undefined || isList(found, 0),
  contains: (found, wanted) => Array.isArray(found) && found.some((each) => hasValues(each, wanted)),
  countwhere: (found, wanted, count) =>
    Array.isArray(found) && found.filter((each) => hasValues(each, wanted)).length === count,
};

/** Sets a wire case up, sends its request, asserts what is expected, and removes what it made. */
export async function playWireCase(scim: ScimClient, wireCase: WireCase): Promise<void> {
  const run = uniqueText();
  const saved: Record<string, Json> = { n: run, N: run.toUpperCase(), token: scim.token };
  const made: string[] = [];
  try {
    for (const recorded of wireCase.setup) {
      const setup = fill(recorded, saved);
      if ("do" in setup) {
        await scim.request(setup.do, setup.path);
        continue;
      }
      const { status, text, body } = await scim.post(setup.post, setup.body);
      expect(status, `set-up of ${setup.as}: ${text}`).to.equal(201);
      saved[setup.as] = { ...body } as Json;
      made.push(`${setup.post}/${body.id}`);
    }
    const { tags, request, expect: expected } = fill(wireCase, saved);
    const path = tags.includes("raw-path") ? request.path.replaceAll(" ", "%20") : encodeURI(request.path);
    const { method, headers = {}, body, rawBody } = request;
    const content = rawBody === undefined ? { body: body ?? undefined } : { raw: rawBody };
    const answer = await scim.request(method, path, { headers, ...content });
    if (method === "POST" && answer.body.id) made.push(`${path.split("?")[0] ?? ""}/${answer.body.id}`);
    const about = `${expected.facts}\n${method} ${path}: ${answer.status} ${answer.text.slice(0, 1500)}`;
    expect([expected.status].flat(), about).to.include(answer.status);
    await checkWire(scim, path, answer, expected.checks, about);
  } finally {
    for (const path of made.reverse()) await scim.delete(path);
  }
}

async function checkWire(
  scim: ScimClient,
  path: string,
  answer: Answer,
  checks: readonly WireCheck[],
  about: string,
): Promise<void> {
  const reads = checks.some(({ on }) => on === "resource");
  const resource = reads ? (await scim.get(path.split("?")[0] ?? "")).body : undefined;
  for (const check of checks) {
    const { on, at = [] } = check;
    const found = on.startsWith("header:")
      ? answer.headers[on.slice("header:".length)]
      : walk((on === "resource" ? resource : answer.body) as Json, at);
    const described = `${JSON.stringify(check)}, found ${JSON.stringify(found)}; ${about}`;
    expect(holds(check, found), described).to.equal(true);
  }
}

function holds(check: WireCheck, found: Json): boolean {
  if ("eq" in check) return isSame(found, check.eq);
  if (check.absent) return found === undefined;
  if (check.present) return found !== undefined && found !== null && found !== "";
  if (check.emptyOrAbsent) return found === undefined || found === null || isList(found, 0);
  if (check.len !== undefined) return isList(found, check.len);
  if (check.contains !== undefined)
    return (Array.isArray(found) || typeof found === "string") && found.includes(check.contains);
  return check.type !== undefined && typeof found === check.type;
}

const uniqueText = () => `r${randomUUID().slice(0, 13).replace("-", "")}`;
