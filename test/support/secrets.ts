import { expect } from "chai";
import { randomBytes } from "node:crypto";
import type { ParsedMail } from "mailparser";
import { expectStatus } from "./assertions.js";
import { ScimClient } from "./client.js";
import type { Answer } from "./client.js";
import { createGroup, createUser, MEMBERSHIP, unique } from "./factories.js";
import { act, look } from "./links.js";
import { codeIn, linkIn } from "./mail.js";
import { codeOf, enterCode, setUpFactor, wrongCodeOf } from "./second-factor.js";
import { BrowserOfPerson } from "./signed-in.js";

const ACCESS_TOKEN = "urn:muster:params:scim:schemas:core:2.0:AccessToken";
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const PASSWORD_CHECK = "urn:muster:params:scim:api:messages:2.0:PasswordCheck";

/** A new password, which is not easy to guess. */
export const newPassword = () => `horse staple ${randomBytes(6).toString("hex")}`;

/** Codes are found as words of their own alone: six digits can be part of any number. */
const CODE = /^\d{6}$/;

/** Secrets, by what they are. They are looked for in whatever a server writes: logs, answers, files, databases, backups. */
export class PlantedSecrets {
  readonly #secrets: { readonly name: string; readonly value: string; readonly forms: RegExp }[] = [];
  /** What servers answered to requests with secrets that they refused. */
  readonly refusals: string[] = [];

  /** @returns the secret */
  plant(name: string, value: string): string {
    expect(value, name).to.have.length.above(5);
    this.#secrets.push({ name, value, forms: formsOf(value) });
    return value;
  }

  /** Plants the secret part of a link. @returns the link */
  plantLink(name: string, link: string): string {
    this.plant(name, link.split(/[/.]/).at(-1) ?? "");
    return link;
  }

  /** What was planted. */
  get names(): string[] {
    return this.#secrets.map(({ name }) => name);
  }

  /** Which of them there are in a text or a file, as they are or encoded. */
  foundIn(where: string | Uint8Array): string[] {
    const text = typeof where === "string" ? where : Buffer.from(where).toString("latin1");
    return this.#secrets.filter(({ forms }) => forms.test(text)).map(({ name }) => name);
  }

  /** Keeps the answer to a request that was refused. */
  refused<T extends Pick<Answer, "status" | "text">>(answer: T): T {
    expect(answer.status, answer.text).to.be.within(400, 499);
    this.refusals.push(answer.text);
    return answer;
  }
}

function formsOf(value: string): RegExp {
  if (CODE.test(value)) return new RegExp(`(?<![\\w.-])${value}(?![\\w.-])`);
  const bytes = Buffer.from(value);
  const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
  const encoded = (["base64", "base64url", "hex"] as const).map((form) =>
    bytes.toString(form).replace(/=+$/, ""),
  );
  return new RegExp(
    [...forms, ...encoded].map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"),
  );
}

/** Where mail of the server arrives. */
export interface Mailbox {
  expect(address: string, count?: number): Promise<ParsedMail>;
}

/**
 * Does with a server whatever involves secrets, as clients, people and attackers do, and plants the secrets.
 *
 * @param scim a client with a token of the provider
 * @returns who got which link or code by mail: addresses, by the names of what was planted
 */
export async function plantSecrets(
  secrets: PlantedSecrets,
  scim: ScimClient,
  mailbox: Mailbox,
): Promise<Map<string, string>> {
  const planter = new Planter(secrets, scim, mailbox);
  await planter.tokens();
  const { userName, password } = await planter.signIn();
  await planter.passwords(userName, password);
  await planter.invitations();
  return planter.recipients;
}

class Planter {
  readonly recipients = new Map<string, string>();

  constructor(
    private readonly secrets: PlantedSecrets,
    private readonly scim: ScimClient,
    private readonly mailbox: Mailbox,
  ) {}

  async tokens(): Promise<void> {
    const { scim, secrets } = this;
    const made = expectStatus(
      await scim.post("/AccessTokens", { schemas: [ACCESS_TOKEN], name: "Okta" }),
      201,
    );
    const first = secrets.plant("a rotated token", String(made.token));
    const rotated = expectStatus(await scim.post(`/AccessTokens/${made.id}/rotate`, { overlap: 0 }), 200);
    const second = secrets.plant("a revoked token", String(rotated.token));
    expectStatus(await scim.delete(`/AccessTokens/${made.id}`), 204);
    for (const token of [
      first,
      second,
      secrets.plant("a token that nobody has", `unknown-${newPassword().slice(-12)}`),
    ]) {
      const url = `${scim.url}/Users`;
      const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      secrets.refused({
        status: answer.status,
        text: (await answer.text()) + JSON.stringify([...answer.headers]),
      });
    }
  }

  /** Signs a person in, with all that a session and a second factor have. */
  async signIn(): Promise<{ userName: string; password: string }> {
    const { secrets, scim } = this;
    const password = secrets.plant("a password", newPassword());
    const { userName, id } = await createUser(scim, { userName: this.#address(), password });
    const own = this.#browser();
    expect((await own.signIn(userName, password)).status).to.equal(200);
    this.#plantCookies(own, "of a session");
    secrets.plant("a token against forged requests", own.csrf);
    const wrong = secrets.plant("a wrong password", newPassword());
    secrets.refused(await this.#browser().signIn(userName, wrong));

    const app = await setUpFactor(own, password);
    secrets.plant("the secret of a second factor", app.secret);
    secrets.plant("the code that confirmed a second factor", codeOf(app, -1));
    for (const [n, code] of app.recoveryCodes.entries()) secrets.plant(`recovery code ${n}`, code);
    const guarded = this.#browser();
    expect((await guarded.signIn(userName, password)).status).to.equal(200);
    this.#plantCookies(guarded, "of a sign-in that waits for a code");
    secrets.refused(await enterCode(guarded, secrets.plant("a wrong code", wrongCodeOf(app))));
    expect(
      (await enterCode(guarded, secrets.plant("a code of a second factor", codeOf(app)))).status,
    ).to.equal(200);
    this.#plantCookies(guarded, "of a session with a second factor");
    const [recovery = ""] = app.recoveryCodes;
    const recovered = this.#browser();
    await recovered.signIn(userName, password);
    expect((await enterCode(recovered, recovery)).status).to.equal(200);

    const email = this.#address();
    const asked = await own.send("POST", "/console/session/addresses", { email, currentPassword: password });
    expect(asked.status, asked.text).to.equal(202);
    const proof = await this.#mailed("the link that proves an address", email);
    expect((await own.send("POST", new URL(proof).pathname, {})).status).to.be.within(200, 204);
    await this.#checkPassword(userName, password, app);
    await this.#refuse(id, userName);
    return { userName, password };
  }

  /** What a product asks. */
  async #checkPassword(userName: string, password: string, app: Parameters<typeof codeOf>[0]): Promise<void> {
    const body = { schemas: [ACCESS_TOKEN], name: "Product", checksPasswords: true };
    const made = expectStatus(await this.scim.post("/AccessTokens", body), 201);
    const token = this.secrets.plant("the token of a product", String(made.token));
    const product = new ScimClient(() => ({ url: this.scim.url, token }));
    const check = { schemas: [PASSWORD_CHECK], userName, password, code: codeOf(app, 1) };
    const { device } = expectStatus(await product.post("/PasswordCheck", check), 200);
    this.secrets.plant("the sign of a browser at a product", String(device));
  }

  /** Requests that name secrets where they do not belong. */
  async #refuse(id: string, userName: string): Promise<void> {
    const { secrets, scim } = this;
    const weak = secrets.plant("a password that is easy to guess", "password1234");
    const patch = { op: "replace", path: "password", value: weak };
    secrets.refused(await scim.patch(`/Users/${id}`, patch));
    secrets.refused(
      await scim.post("/Users", {
        schemas: [],
        userName,
        password: secrets.plant("the password of a User that is there", newPassword()),
      }),
    );
    const short = secrets.plant("a password that is too short", "q7#Kw2");
    secrets.refused(await scim.patch(`/Users/${id}`, { op: "add", value: { password: short } }));
  }

  /** Set-up, reset and change of passwords. */
  async passwords(userName: string, password: string): Promise<void> {
    const { secrets, scim } = this;
    const newcomer = await createUser(scim, {
      ...{ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", MEMBERSHIP] },
      ...{ userName: this.#address(), [MEMBERSHIP]: { sendSetupEmail: true } },
    });
    const setup = await this.#mailed("the link to set up an account", newcomer.userName);
    const chosen = secrets.plant("a password that its owner chose", newPassword());
    expect((await act(setup, "complete", { password: chosen })).status).to.be.within(200, 201);
    secrets.refused(await look(setup));
    secrets.refused(await act(setup, "complete", { password: chosen }));

    const own = this.#browser();
    await own.signIn(newcomer.userName, chosen);
    const changed = secrets.plant("a password that was changed", newPassword());
    const change = { currentPassword: chosen, newPassword: changed };
    expect((await own.send("POST", "/console/session/password", change)).status).to.equal(204);
    const reuse = { currentPassword: password, newPassword: changed };
    secrets.refused(await own.send("POST", "/console/session/password", reuse));

    await this.#browser().send("POST", "/console/forgotten-password", { userName: newcomer.userName });
    const reset = await this.#mailed("the link to a new password", newcomer.userName, 2);
    const replaced = secrets.plant("a password that replaced a forgotten one", newPassword());
    expect((await act(reset, "complete", { password: replaced })).status).to.equal(200);
    secrets.refused(await act(reset, "complete", { password: replaced }));
    expect(userName).to.not.equal(newcomer.userName);
  }

  async invitations(): Promise<void> {
    const { secrets, scim } = this;
    const { id } = await createGroup(scim);
    const invite = async (attributes: object) => {
      const body = { schemas: [INVITATION], organization: { value: id }, ...attributes };
      return expectStatus(await scim.post("/Invitations", body), 201);
    };
    const invited = this.#address();
    await invite({ emails: [{ value: invited }] });
    const link = await this.#mailed("the link of an invitation", invited);
    const password = secrets.plant("a password of an invited person", newPassword());
    const accepted = await act(link, "accept", { givenName: "Ann", familyName: "Lee", password });
    expect(accepted.status, accepted.text).to.be.within(200, 201);
    secrets.refused(await act(link, "accept", { givenName: "Ann", familyName: "Lee", password }));

    const open = secrets.plantLink("an open link", String((await invite({})).link));
    const email = this.#address();
    expect((await act(open, "codes", { email })).status).to.be.within(200, 204);
    const code = secrets.plant("a code that proves an address", codeIn(await this.mailbox.expect(email)));
    this.recipients.set("a code that proves an address", email);
    const wrong = code === "000000" ? "111111" : "000000";
    secrets.refused(await act(open, "proof", { email, code: wrong }));
    const proof = await act(open, "proof", { email, code });
    secrets.plantLink("the link of a person who proved an address", String(proof.body.link));
  }

  async #mailed(name: string, address: string, count = 1): Promise<string> {
    this.recipients.set(name, address);
    return this.secrets.plantLink(name, linkIn(await this.mailbox.expect(address, count)));
  }

  #plantCookies({ cookies }: BrowserOfPerson, whose: string): void {
    for (const [name, value] of cookies) this.secrets.plant(`the cookie ${name} ${whose}`, value);
  }

  #browser(): BrowserOfPerson {
    return new BrowserOfPerson(() => ({ scim: this.scim }));
  }

  readonly #address = () => `${unique("sam")}@example.com`;
}
