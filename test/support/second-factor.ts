import { expect } from "chai";
import { Secret, TOTP } from "otpauth";
import { expectStatus } from "./assertions.js";
import type { Body, ScimClient } from "./client.js";
import { CORE_USER, createGroup, createUser, unique } from "./factories.js";
import { clientWith } from "./realms.js";
import type { ServerInProcess } from "./server.js";
import { BrowserOfPerson } from "./signed-in.js";

/** The password that people have who are not given another. */
export const PASSWORD = "correct horse battery staple 9";

export const FACTOR = "/console/session/factor";

/** What an app that shows codes knows. */
export interface App {
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** The code that an app shows. @param ahead in time steps of 30 seconds */
export const codeOf = ({ secret }: Pick<App, "secret">, ahead = 0, now = Date.now()) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now + ahead * 30_000 });

/** Six digits that no time step about now has. */
export function wrongCodeOf(app: Pick<App, "secret">): string {
  const near = [-2, -1, 0, 1, 2, 3].map((ahead) => codeOf(app, ahead));
  const some = ["000000", "111111", "222222", "333333", "444444", "555555", "666666"];
  return some.find((code) => !near.includes(code)) ?? "";
}

/** Sets up a second factor in a session. The code of the time step before is used, so that the present one is free. */
export async function setUpFactor(own: BrowserOfPerson, currentPassword: string): Promise<App> {
  const begun = await own.send("POST", "/console/session/factor/begin", { currentPassword });
  expect(begun.status, begun.text).to.equal(200);
  const { setup, secret } = JSON.parse(begun.text) as { setup: string; secret: string };
  const code = codeOf({ secret }, -1);
  const confirmed = await own.send("POST", "/console/session/factor/confirm", { setup, code });
  expect(confirmed.status, confirmed.text).to.equal(201);
  const { recoveryCodes } = JSON.parse(confirmed.text) as { recoveryCodes: string[] };
  return { secret, recoveryCodes };
}

/** The second step of signing in. */
export async function enterCode(own: BrowserOfPerson, code: string) {
  const answer = await own.send("POST", "/console/sign-in/code", { code });
  if (answer.status === 200) own.csrf = answer.json.csrf;
  return answer;
}

/** People of a server with passwords and second factors, in browsers of their own. */
export class GuardedPeople {
  constructor(
    private readonly scim: ScimClient,
    private readonly server: () => ServerInProcess,
  ) {}

  browser(): BrowserOfPerson {
    return new BrowserOfPerson(this.server);
  }

  person(attributes: object = {}): Promise<Body> {
    const userName = `${unique("Sam")}@Example.com`;
    return createUser(this.scim, { userName, password: PASSWORD, ...attributes });
  }

  /** One of an organization's people, whom it created with a password of its own. */
  async createdBy(own: ScimClient, attributes: object = {}): Promise<Body> {
    const body = { schemas: [CORE_USER], userName: unique("own"), password: PASSWORD, ...attributes };
    return expectStatus(await own.post("/Users", body), 201);
  }

  /** An organization, and a client with its token. */
  async organization(members: readonly Body[] = []): Promise<{ acme: Body; own: ScimClient }> {
    const acme = await createGroup(this.scim, members);
    return { acme, own: await clientWith(this.server(), { organization: acme.id }) };
  }

  async signedIn({ userName }: Named, password = PASSWORD, organization?: string): Promise<BrowserOfPerson> {
    const own = this.browser();
    const answer = await own.signIn(userName, password, organization);
    expect(answer.json.user, answer.text).to.be.an("object");
    return own;
  }

  /** A person with a factor, and the app that shows its codes. */
  async guarded(attributes: object = {}): Promise<{ sam: Body; own: BrowserOfPerson; app: App }> {
    const sam = await this.person(attributes);
    const own = await this.signedIn(sam);
    return { sam, own, app: await setUpFactor(own, PASSWORD) };
  }

  /** A browser in which the password was entered. */
  async halfSignedIn(
    { userName }: Named,
    password = PASSWORD,
    organization?: string,
  ): Promise<BrowserOfPerson> {
    const own = this.browser();
    const answer = await own.signIn(userName, password, organization);
    expect(answer.status).to.equal(200);
    expect(answer.json).to.have.property("next", "/console/sign-in/code");
    expect(own.cookies.has("muster_session")).to.equal(false);
    return own;
  }

  /** The mails on second factors to a person: what they are about, and where they go. */
  mails({ id }: Pick<Body, "id">): Promise<{ kind: string; address: string }[]> {
    return this.server().database((session) =>
      session.rows(
        `select kind, address from muster_outbox where account_id = ? and kind like 'second-factor%' order by id`,
        [id],
      ),
    );
  }
}

type Named = Pick<Body, "userName">;

export const stateOf = async (own: BrowserOfPerson) =>
  JSON.parse((await own.send("GET", FACTOR)).text) as Record<string, unknown>;

/** Does something with the factor of a session. @param path below that of the factor @returns the status */
export const actOnFactor = async (own: BrowserOfPerson, path: string, body: object) =>
  (await own.send("POST", `${FACTOR}/${path}`, body)).status;

export const sessionStatus = async (own: BrowserOfPerson) =>
  (await own.send("GET", "/console/session")).status;
