import { DemoClient } from "./client.js";
import type { Answer, DemoServer, Place } from "./client.js";
import type { DemoMailbox } from "./mailbox.js";
import type { DemoPeople, DemoPerson } from "./people.js";

export const SCHEMAS = {
  user: "urn:ietf:params:scim:schemas:core:2.0:User",
  enterprise: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
  membership: "urn:muster:params:scim:schemas:extension:membership:2.0:User",
  group: "urn:ietf:params:scim:schemas:core:2.0:Group",
  organization: "urn:muster:params:scim:schemas:extension:organization:2.0:Group",
  team: "urn:muster:params:scim:schemas:core:2.0:Team",
  invitation: "urn:muster:params:scim:schemas:core:2.0:Invitation",
  token: "urn:muster:params:scim:schemas:core:2.0:AccessToken",
} as const;

/** Where people and machines are, in ranges that are for documentation (RFC 5737). */
export const PLACES = {
  operator: { address: "192.0.2.10", userAgent: "curl/8.5.0" },
  Okta: { address: "198.51.100.20", userAgent: "Okta SCIM Client 1.0.0" },
  "Entra ID": { address: "198.51.100.40", userAgent: "Microsoft Entra Provisioning" },
  stranger: { address: "203.0.113.66", userAgent: "python-requests/2.32" },
} satisfies Record<string, Place>;

const BROWSERS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
  "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
];

/** An organization of the demo, once it is there. */
export interface Company {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly locales: readonly string[];
  readonly identityProvider: "Okta" | "Entra ID" | undefined;
  readonly size: number;
}

/** Where the history of the demo is acted out: people and machines who send requests, and the mail that they get. */
export class Stage {
  constructor(
    readonly server: DemoServer,
    readonly mailbox: DemoMailbox,
    readonly people: DemoPeople,
    /** The password of everybody who has one. */
    readonly password: string,
  ) {}

  get clock() {
    return this.server.clock;
  }

  machine(place: Place, token: string): DemoClient {
    return DemoClient.withToken(this.server, place, token);
  }

  /** @param realm the id of an organization, or `provider` */
  signIn(userName: string, realm: string): Promise<DemoClient> {
    return DemoClient.signIn(
      this.server,
      this.placeOf(userName),
      { userName, password: this.password },
      realm,
    );
  }

  /** A person without a session. */
  visitor(userName: string): DemoClient {
    return new DemoClient(this.server, this.placeOf(userName));
  }

  /** Each person has a browser, and an address. */
  placeOf(userName: string): Place {
    const number = Array.from(userName).reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0);
    const userAgent = BROWSERS[number % BROWSERS.length] ?? "";
    return { address: `192.0.2.${20 + (number % 200)}`, userAgent };
  }

  /** The person follows the link in the set-up mail, and chooses the password. */
  async setUp(userName: string): Promise<void> {
    const link = await this.mailbox.linkTo(userName);
    await this.visitor(userName).follow(`${link}/complete`, { password: this.password });
  }

  /** An invited person accepts by the link in the mail, as a new person, and chooses the password. */
  async accept({ userName, name }: Pick<DemoPerson, "userName" | "name">): Promise<void> {
    const link = await this.mailbox.linkTo(userName);
    await this.visitor(userName).follow(`${link}/accept`, { ...name, password: this.password });
  }

  invite(admin: DemoClient, attributes: object): Promise<Answer> {
    return admin.scim("POST", "/Invitations", { schemas: [SCHEMAS.invitation], ...attributes });
  }
}

/** A person as a User that clients send. */
export const userOf = ({ userName, displayName, name, locale, department, title }: DemoPerson) => ({
  schemas: [SCHEMAS.user, SCHEMAS.enterprise],
  ...{ userName, displayName, name, locale, title, active: true },
  emails: [{ value: userName, type: "work", primary: true }],
  [SCHEMAS.enterprise]: { department },
});
