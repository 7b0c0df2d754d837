import type { ComparisonOperator, ComparisonValue } from "../../domain/listing.js";
import { filterError, tokenize } from "./lexer.js";
import type { Token } from "./lexer.js";

/** The syntax tree of a filter, before its names are resolved. */
export type SyntaxNode =
  | { readonly type: "and" | "or"; readonly nodes: readonly SyntaxNode[] }
  | { readonly type: "not"; readonly node: SyntaxNode }
  | { readonly type: "test"; readonly attribute: Name; readonly test: Test }
  /** `emails[...]`, optionally followed by `.value eq "x"`. */
  | {
      readonly type: "valuePath";
      readonly attribute: Name;
      readonly node: SyntaxNode;
      readonly then?: { readonly subAttribute: Name; readonly test: Test };
    };

export interface Name {
  readonly text: string;
  readonly position: number;
}

export type Test =
  { readonly operator: "pr" } | { readonly operator: ComparisonOperator; readonly value: ComparisonValue };

/** `emails[type eq "work"].value` or an attribute name alone, as PATCH paths have it. */
export interface PathSyntax {
  readonly attribute: Name;
  readonly node?: SyntaxNode;
  readonly subAttribute?: Name;
}

const COMPARISONS: ReadonlySet<string> = new Set(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]);

/** The token after the last one. */
const END: Token = { kind: "end", text: "", position: 0 };

/** How many comparisons a filter can have: more than `id eq "..." or ...` terms fit into the longest filter. */
const MAX_TERMS = 500;

/** The longest text for `co`, since searching for long texts is slow. */
const MAX_PART_LENGTH = 256;

/** The deepest nesting of brackets; more could exhaust the stack. */
const MAX_DEPTH = 50;

/**
 * Parses a filter (RFC 7644 section 3.4.2.2).
 *
 * @throws ScimError 400 `invalidFilter` that says what is wrong, and where
 */
export function parseFilter(text: string): SyntaxNode {
  const parser = new Parser(tokenize(text));
  const node = parser.disjunction();
  parser.end();
  return node;
}

/** Parses the path of a PATCH operation (RFC 7644 section 3.5.2). @throws ScimError 400 `invalidFilter` */
export function parsePathSyntax(text: string): PathSyntax {
  const parser = new Parser(tokenize(text));
  const path = parser.path();
  parser.end();
  return path;
}

class Parser {
  #at = 0;
  #depth = 0;
  #terms = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  disjunction(): SyntaxNode {
    return this.#chain("or", () => this.#chain("and", () => this.#term()));
  }

  path(): PathSyntax {
    const attribute = this.#name("an attribute name");
    if (this.#peek().kind !== "[") return { attribute };
    const node = this.#valueFilter();
    const subAttribute = this.#subAttribute();
    return { attribute, node, ...(subAttribute && { subAttribute }) };
  }

  end(): void {
    const token = this.#peek();
    if (token.kind !== "end") throw this.#unexpected(token, "the end");
  }

  #chain(word: "and" | "or", part: () => SyntaxNode): SyntaxNode {
    const first = part();
    const nodes = [first];
    while (this.#isWord(this.#peek(), word)) {
      this.#next();
      nodes.push(part());
    }
    return nodes.length === 1 ? first : { type: word, nodes };
  }

  #term(): SyntaxNode {
    const token = this.#peek();
    if (token.kind === "(") return this.#enclosed("(", ")");
    if (this.#isWord(token, "not") && this.tokens[this.#at + 1]?.kind === "(") {
      this.#next();
      return { type: "not", node: this.#enclosed("(", ")") };
    }
    const { attribute, node, subAttribute } = this.path();
    if (!node) return { type: "test", attribute, test: this.#test() };
    if (!subAttribute) return { type: "valuePath", attribute, node };
    return { type: "valuePath", attribute, node, then: { subAttribute, test: this.#test() } };
  }

  #valueFilter(): SyntaxNode {
    return this.#enclosed("[", "]");
  }

  #enclosed(open: "(" | "[", close: ")" | "]"): SyntaxNode {
    const opening = this.#expect(open);
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH)
      throw filterError(opening.position, `brackets have more than ${MAX_DEPTH} levels of nesting`);
    const node = this.disjunction();
    this.#depth -= 1;
    this.#expect(close);
    return node;
  }

  /** `.value` right after a closing bracket. */
  #subAttribute(): Name | undefined {
    const token = this.#peek();
    if (token.kind !== "word" || !token.text.startsWith(".")) return undefined;
    this.#next();
    return { text: token.text.slice(1), position: token.position + 1 };
  }

  #test(): Test {
    const token = this.#next();
    this.#terms += 1;
    if (this.#terms > MAX_TERMS)
      throw filterError(token.position, `it has more than ${MAX_TERMS} comparisons`);
    const operator = token.text.toLowerCase();
    if (token.kind === "word" && operator === "pr") return { operator: "pr" };
    if (token.kind !== "word" || !COMPARISONS.has(operator)) {
      throw this.#unexpected(token, "an operator (eq, ne, co, sw, ew, pr, gt, ge, lt, le)");
    }
    const value = this.#value();
    if (operator === "co" && typeof value === "string" && value.length > MAX_PART_LENGTH) {
      throw filterError(token.position, `the value for 'co' can have at most ${MAX_PART_LENGTH} characters`);
    }
    return { operator: operator as ComparisonOperator, value };
  }

  #value(): ComparisonValue {
    const token = this.#next();
    if (token.kind === "string") return token.text;
    const literal = LITERALS.get(token.text.toLowerCase());
    if (token.kind === "word" && literal !== undefined) return literal;
    if (token.kind === "word" && /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(token.text))
      return Number(token.text);
    throw this.#unexpected(token, 'a value (a string in "double quotes", a number, true, false or null)');
  }

  #name(expected: string): Name {
    const token = this.#next();
    if (token.kind !== "word") throw this.#unexpected(token, expected);
    return { text: token.text, position: token.position };
  }

  #expect(kind: Token["kind"]): Token {
    const token = this.#next();
    if (token.kind !== kind) throw this.#unexpected(token, `'${kind}'`);
    return token;
  }

  #isWord(token: Token, word: string): boolean {
    return token.kind === "word" && token.text.toLowerCase() === word;
  }

  #peek(): Token {
    return this.tokens[this.#at] ?? END;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #unexpected(token: Token, expected: string) {
    const found = token.kind === "end" ? "it ends" : `it has '${token.text.slice(0, 50)}'`;
    return filterError(token.position, `${found} where ${expected} should be`);
  }
}

const LITERALS: ReadonlyMap<string, true | false | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);
