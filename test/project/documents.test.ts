import { expect } from "chai";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { simpleParser } from "mailparser";
import type { ParsedMail } from "mailparser";
import { expectStatus } from "../support/assertions.js";
import { ScimClient } from "../support/client.js";
import type { Body } from "../support/client.js";
import { blocksOf, documentPaths, inlineCode, readDocument } from "../support/documents.js";
import type { Block } from "../support/documents.js";
import { scratchFolder } from "../support/engines.js";
import { createUser, MEMBERSHIP } from "../support/factories.js";
import { codeIn, linkIn } from "../support/mail.js";
import { freePort, TYPESCRIPT } from "../support/server.js";
import { ReadersShell } from "../support/shell.js";
import { Supervised } from "../support/supervised.js";

const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";

const README = readDocument("README.md");

/** What a reader has done before any other page: the lines of 'Try it'. */
const FIRST_STEPS = blocksOf(README).filter(({ title }) => title.startsWith("Try it:"));

const isRun = ({ language, notes }: Block) => language === "sh" && notes["not run"] === undefined;

describe("The documents", function () {
  this.timeout(120_000);

  for (const path of documentPaths()) {
    describe(path, () => {
      const markdown = readDocument(path);
      const blocks = blocksOf(markdown);
      const commands = inlineCode(markdown).filter((code) => /^npx muster \w+( |$)[^<]*$/.test(code));
      const queries = inlineCode(markdown).filter((code) => /^GET \/[^{]*$/.test(code));
      let reader: Reader | undefined;
      const read = () => {
        if (!reader) throw new Error("The server runs only while tests do");
        return reader;
      };

      if (blocks.some(isRun) || commands.length + queries.length > 0) {
        before(async () => {
          reader = await Reader.start();
          if (path !== "README.md") for (const block of FIRST_STEPS) await reader.follow(block);
        });
        after(() => reader?.stop());
      }

      for (const block of blocks) {
        if (isRun(block)) it(`runs '${block.title}'`, () => read().follow(block));
        else if (block.notes["not run"] === undefined) {
          it(`shows no command in '${block.title}'`, () => {
            expect(block.language, "the language of a block that is not run").to.be.oneOf(["", "ts", "json"]);
          });
        } else it(`does not run '${block.title}': ${block.notes["not run"]}`);
      }

      for (const command of commands) it(`runs ${command}`, () => read().run(command));

      for (const query of queries) it(`answers ${query}`, () => read().get(query.slice("GET ".length)));

      it("names scripts that there are", () => {
        const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: object };
        const code = [...inlineCode(markdown), ...blocks.map(({ text }) => text)].join("\n");
        const named = [...code.matchAll(/npm (?:run )?(?!ci\b|run\b|install\b|pack\b)([a-z][\w:-]*)/g)].map(
          ([, name]) => name,
        );
        for (const name of named) expect(scripts).to.have.property(String(name));
      });

      it("uses the variables that the README lists", () => {
        const listed = [...README.matchAll(/^\| `\$(\w+)`/gm)].map(([, name]) => name);
        expect(listed).to.include("USER_ID");
        const used = blocks
          .filter(({ language }) => language === "sh")
          .flatMap(({ text }) => [...text.matchAll(/\$\{?([A-Z]\w*)|^export (\w+)/gm)]);
        for (const [, name, exported] of used) expect(listed).to.include(name ?? exported);
      });

      it("links to pages and headings that there are", () => {
        for (const [, target] of markdown.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
          const [file = "", heading] = String(target).split("#", 2);
          const page = file === "" ? path : join(path, "..", file);
          expect(existsSync(page), `${page}, to which ${path} links`).to.equal(true);
          if (heading !== undefined) expect(headingsOf(page), page).to.include(heading);
        }
      });
    });
  }
});

/** The anchors of a page's headings, as GitHub makes them. */
function headingsOf(path: string): string[] {
  const headings = readDocument(path).matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, text]) =>
    String(text)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, "")
      .replace(/\s/g, "-"),
  );
}

/** Somebody who follows a page: with a server that was started for the first time, and one shell. */
class Reader {
  readonly #shell: ReadersShell;
  #own: Promise<ScimClient> | undefined;

  private constructor(
    private readonly server: Supervised,
    private readonly origin: string,
    private readonly data: string,
    environment: Record<string, string>,
  ) {
    const replaced = new Map([["http://127.0.0.1:3000", origin]]);
    this.#shell = new ReadersShell(scratchFolder(), environment, replaced);
  }

  static async start(): Promise<Reader> {
    const port = await freePort();
    const data = scratchFolder();
    const environment = { MUSTER_DATA_DIR: data, PORT: String(port), LOG_LEVEL: "error" };
    const command = [process.execPath, ...TYPESCRIPT, "src/main.cts", "serve"];
    const server = new Supervised(command, { stopSignal: "TERM", environment });
    await server.ready(() => server.output.includes("MUSTER_TOKEN="));
    return new Reader(server, `http://127.0.0.1:${port}`, data, environment);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  async follow({ text, notes }: Block): Promise<void> {
    if (notes.fixture !== undefined) await this.#prepare(notes.fixture);
    const done = this.#shell.run(text, (source) => this.#find(source));
    if (notes.answers === undefined) return done;
    const failed = await done.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(String(failed)).to.include(`returned error: ${notes.answers}`);
  }

  run(command: string): Promise<void> {
    return this.#shell.run(command, (source) => this.#find(source));
  }

  /** Asks in the realm of the README's organization, where there is all that a page shows. */
  async get(path: string): Promise<void> {
    const [resource = "", query] = path.split("?", 2);
    const isSystem = resource === "/healthz" || resource === "/readyz";
    const parameters =
      query === undefined
        ? ""
        : `?${query.replace(/=(.*)$/, (_, value) => `=${encodeURIComponent(String(value))}`)}`;
    const client = (this.#own ??= this.#ownClient());
    const answer = isSystem
      ? await fetch(this.origin + path)
      : await (await client).get(resource + parameters);
    expect(answer.status).to.equal(200);
  }

  async #ownClient(): Promise<ScimClient> {
    const { scim, organization } = await this.#provider();
    return this.#clientWith(scim, { organization: { value: organization } });
  }

  /** A client of the provider, and the id of the README's organization. */
  async #provider(): Promise<{ scim: ScimClient; organization: string }> {
    const scim = this.#client(await this.#find("the token that the first start prints"));
    const { body } = await scim.find("/Groups", 'displayName eq "Example Inc"');
    return { scim, organization: body.Resources[0]?.id ?? "" };
  }

  /** What a reader fills in. @param source as the document describes it */
  async #find(source: string): Promise<string> {
    const [, attribute] = /^"(\w+)" in the answer$/.exec(source) ?? [];
    if (attribute !== undefined) return String((this.#shell.answer as Record<string, unknown>)[attribute]);
    const [, name] = /^the id of "(.+)" in the list$/.exec(source) ?? [];
    if (name !== undefined) {
      const list = await this.#shell.output("npx muster token list");
      return new RegExp(`^(\\S+) .* ${name}$`, "m").exec(list)?.[1] ?? "";
    }
    const [, kind, address] = /^the (link|code) in the mail to (\S+)$/.exec(source) ?? [];
    if (address !== undefined) {
      const isRight = ({ text }: ParsedMail) => kind === "link" || /^\d{6}$/m.test(text ?? "");
      const mail = await this.#mailTo(address, isRight);
      return kind === "link" ? linkIn(mail) : codeIn(mail);
    }
    expect(source).to.equal("the token that the first start prints");
    return /MUSTER_TOKEN=(\S+)/.exec(this.server.output)?.[1] ?? "";
  }

  /** Waits for the latest mail to an address: without a mail server, mail is put into files. */
  async #mailTo(address: string, isRight: (mail: ParsedMail) => boolean): Promise<ParsedMail> {
    const folder = join(this.data, "mail");
    const deadline = Date.now() + 20_000;
    while (Date.now() < deadline) {
      const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".eml")) : [];
      const mails = await Promise.all(names.map((name) => simpleParser(readFileSync(join(folder, name)))));
      const found = mails
        .filter(({ to }) => [to].flat().some((each) => each?.text === address))
        .filter(isRight)
        .sort((one, other) => Number(one.date) - Number(other.date));
      const last = found.at(-1);
      if (last) return last;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`No mail came to ${address}`);
  }

  /** Prepares what a page takes for granted. */
  async #prepare(fixture: string): Promise<void> {
    expect(fixture).to.equal("an orphaned token, and your own token");
    const { scim, organization } = await this.#provider();
    const leaver = await this.#administrator(scim, organization, "erin@example.com");
    const own = await this.#administrator(scim, organization, "kim@example.com");
    const made = await leaver.client.post("/AccessTokens", { schemas: [ACCESS_TOKEN], name: "Okta" });
    const { id } = expectStatus(made, 201);
    expectStatus(await scim.delete(`/Users/${leaver.user.id}`), 204);
    await this.run(`export MUSTER_TOKEN='${own.client.token}' TOKEN_ID='${id}'`);
  }

  /** A person who administers an organization, with an access token of their own. */
  async #administrator(
    scim: ScimClient,
    organization: string,
    userName: string,
  ): Promise<{ user: Body; client: ScimClient }> {
    const user = await createUser(scim, { userName });
    const member = { op: "add", path: "members", value: [{ value: user.id }] };
    expectStatus(await scim.patch(`/Groups/${organization}`, member), 204);
    const role = { value: "organization-admin", organization };
    const grant = { op: "add", path: `${MEMBERSHIP}:organizationRoles`, value: [role] };
    expectStatus(await scim.patch(`/Users/${user.id}`, grant), 200);
    const options = { user: { value: user.id }, organization: { value: organization } };
    return { user, client: await this.#clientWith(scim, options) };
  }

  async #clientWith(scim: ScimClient, options: object): Promise<ScimClient> {
    const token = { schemas: [ACCESS_TOKEN], name: "of the test", ...options };
    return this.#client(String(expectStatus(await scim.post("/AccessTokens", token), 201).token));
  }

  #client(token: string): ScimClient {
    return new ScimClient(() => ({ url: `${this.origin}/scim/v2`, token }));
  }
}
