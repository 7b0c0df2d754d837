import { expect } from "chai";
import type { Engine } from "./engines.js";
import { forEachEngine } from "./engines.js";
import { ScimClient } from "./client.js";
import { createGroup, createUser, unique } from "./factories.js";
import { linkIn, MailServer } from "./mail.js";
import { clientWith } from "./realms.js";
import { startServer } from "./server.js";
import type { ServerInProcess } from "./server.js";
import { BrowserOfPerson } from "./signed-in.js";

export const PASSWORD = "correct horse battery staple 9";

/** Where people see, prove and remove their addresses. */
export const PATH = "/console/session/addresses";

interface Address {
  readonly value: string;
  readonly isUserName: boolean;
  readonly isInProfile: boolean;
  readonly provedAt?: string;
  readonly pendingUntil?: string;
}

/** What the tests of people's own addresses do, on a server with low limits of mail. */
export type OwnAddresses = ReturnType<typeof ownAddressesOn>;

/** Defines a suite about the addresses of people who are signed in, once for each engine. */
export function describeOwnAddresses(title: string, define: (addresses: OwnAddresses) => void): void {
  describe(title, () => {
    forEachEngine((engine) => define(ownAddressesOn(engine)));
  });
}

function ownAddressesOn(engine: Engine) {
  const mailbox = new MailServer();
  let running: ServerInProcess | undefined;
  const server = () => {
    if (!running) throw new Error("The server runs only while tests do");
    return running;
  };
  const scim = new ScimClient(() => server().scim);

  before(async () => {
    const limits = { TRUSTED_PROXIES: "127.0.0.1,::1", MAIL_PER_ADDRESS: "9", MAIL_PER_ORGANIZATION: "6" };
    running = await startServer(engine, { SMTP_URL: await mailbox.start(), ...limits });
  });
  after(async () => {
    await running?.stop();
    await mailbox.stop();
  });

  const address = (name = "sam") => `${unique(name)}@Example.com`;
  const person = (attributes: object = {}) =>
    createUser(scim, { userName: address(), password: PASSWORD, ...attributes });
  const signedIn = async (userName: string, password = PASSWORD, organization?: string) => {
    const own = new BrowserOfPerson(server);
    const answer = await own.signIn(userName, password, organization);
    expect(answer.status, answer.text).to.equal(200);
    return own;
  };
  const signInStatus = async (userName: string, password = PASSWORD) =>
    (await new BrowserOfPerson(server).signIn(userName, password)).status;
  const ask = (own: BrowserOfPerson, email: string, currentPassword: string | undefined = PASSWORD) =>
    own.send("POST", PATH, { email, currentPassword });
  const pathOf = (link: string) => new URL(link).pathname;
  /** The path of the link that proves an address. */
  const linkFor = async (own: BrowserOfPerson, email: string, count = 1) => {
    const answer = await ask(own, email);
    expect(answer.status, answer.text).to.equal(202);
    return pathOf(linkIn(await mailbox.expect(email, count)));
  };
  const prove = async (own: BrowserOfPerson, email: string, count = 1) => {
    const answer = await own.send("POST", await linkFor(own, email, count));
    expect(answer.status, answer.text).to.equal(200);
  };
  const addressesOf = async (own: BrowserOfPerson) => {
    const answer = await own.send("GET", PATH);
    expect(answer.status, answer.text).to.equal(200);
    return (JSON.parse(answer.text) as { addresses: Address[] }).addresses;
  };
  const addressIn = async (own: BrowserOfPerson, email: string) =>
    (await addressesOf(own)).find(({ value }) => value === email);
  const makeUserName = (own: BrowserOfPerson, email: string, currentPassword = PASSWORD) =>
    own.send("POST", `${PATH}/user-name`, { email, currentPassword });
  const remove = (own: BrowserOfPerson, email: string, currentPassword = PASSWORD) =>
    own.send("POST", `${PATH}/remove`, { email, currentPassword });
  let client = 0;
  const forgotten = (userName: string) =>
    new BrowserOfPerson(server).send(
      "POST",
      "/console/forgotten-password",
      { userName },
      { "X-Forwarded-For": `192.0.2.${(client += 1)}` },
    );
  const expire = (id: string) =>
    server().database((session) =>
      session.rows("update muster_pending_addresses set expires_at = ? where account_id = ?", [
        ...["2020-01-01T00:00:00.000Z", id],
      ]),
    );
  const eventsOf = async (id: string) =>
    (await scim.find("/AuditEvents", `target.value eq "${id}"`, "&count=100")).text;
  const organization = async () => {
    const group = await createGroup(scim);
    return { group, own: await clientWith(server(), { organization: group.displayName ?? "" }) };
  };

  return {
    ...{
      mailbox,
      server,
      scim,
      address,
      person,
      signedIn,
      signInStatus,
      ask,
      pathOf,
      linkFor,
      prove,
      addressesOf,
    },
    ...{ addressIn, makeUserName, remove, forgotten, expire, eventsOf, organization },
  };
}
