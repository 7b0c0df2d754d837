import type { AskedRequest } from "../../domain/audit/asked-request.js";
import { ScimError } from "../errors.js";
import { parsePath } from "../filter/path.js";
import type { PatchPath } from "../filter/path.js";
import type { ResourceSchema } from "../schema/attribute.js";

/** How many characters all different paths of one request can have together: 1,000 members by their ids take 60,000. */
const MAX_CHARACTERS = 128 * 1024;

/** How many attributes all operations of one request can name: one operation without a path names many. */
const MAX_PATHS = 10_000;

/** The paths of the operations of one PATCH. Each different path is parsed once, and their number is limited. */
export class Paths {
  readonly #parsed = new Map<string, PatchPath>();
  #count = 0;
  #characters = 0;

  /** @param request where it is noted what was asked for and how it was understood */
  constructor(
    readonly schema: ResourceSchema,
    readonly request?: AskedRequest,
  ) {}

  /** Notes for the audit log that something was not taken as it was sent. */
  note(path: string, note: string): void {
    this.request?.understood.add(path, note);
  }

  /** @throws ScimError 400 `invalidPath` or `invalidFilter`; 413 for too many paths, or too long ones */
  parse(text: string): PatchPath {
    this.#count += 1;
    const known = this.#parsed.get(text);
    if (!known) this.#characters += text.length;
    if (this.#count > MAX_PATHS || this.#characters > MAX_CHARACTERS) {
      throw new ScimError(
        413,
        undefined,
        "The operations have too many paths, or paths that are too long; send fewer operations in one request",
      );
    }
    const path = known ?? parsePath(this.schema, text);
    this.#parsed.set(text, path);
    return path;
  }
}
