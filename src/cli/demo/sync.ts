import type { DemoClient } from "./client.js";
import { PLACES, SCHEMAS, userOf } from "./stage.js";
import type { Company, Stage } from "./stage.js";
import type { DemoPerson } from "./people.js";

/** How long before now the identity provider was connected, and how often it pushes joiners, in days. */
const CONNECTED = 150;
const EVERY = 6;

/** The part of the people that is there from the start. */
const FIRST_SHARE = 0.6;

interface Pushed {
  readonly id: string;
  readonly person: DemoPerson;
}

/** An identity provider that keeps an organization in step over the months. */
export class IdentityProvider {
  readonly #pushed: Pushed[] = [];
  readonly #teams = new Map<string, string>();
  #number = 0;

  private constructor(
    private readonly stage: Stage,
    private readonly company: Company,
    private readonly client: DemoClient,
  ) {}

  /** The organization's administrator connects it, and gives roles by team. */
  static async connect(stage: Stage, company: Company, admin: DemoClient): Promise<IdentityProvider> {
    const kind = company.identityProvider ?? "Okta";
    const made = await admin.scim("POST", "/AccessTokens", {
      schemas: [SCHEMAS.token],
      name: `${kind} of ${company.name}`,
    });
    const client = stage.machine(PLACES[kind], String(made.token));
    const provider = new IdentityProvider(stage, company, client);
    const departments = ["Engineering", "Finance", "Operations", "People", "Sales", "Support"];
    for (const displayName of departments) {
      const group = await client.scim("POST", "/Groups", {
        schemas: [SCHEMAS.group],
        ...{ displayName, externalId: `${company.domain}-${displayName.toLowerCase()}` },
      });
      provider.#teams.set(displayName, group.id);
    }
    const roles = [{ value: "organization-billing-manager" }];
    await admin.patch(`/Teams/${provider.#teams.get("Finance") ?? ""}`, {
      ...{ op: "add", path: "roles", value: roles },
    });
    return provider;
  }

  /** Pushes all who are there at first. */
  async pushFirst(): Promise<void> {
    await this.#push(Math.ceil(this.company.size * FIRST_SHARE));
  }

  /** What a week brings: joiners, changes, leavers. @param days how long ago it is */
  async pushWeek(days: number): Promise<void> {
    const weeks = Math.floor(CONNECTED / EVERY);
    await this.#push(Math.ceil((this.company.size * (1 - FIRST_SHARE)) / weeks));
    const { people } = this.stage;
    const { id, person } = people.pick(this.#pushed);
    await this.client.patch(`/Users/${id}`, { op: "Replace", value: { title: `Senior ${person.title}` } });
    const leaver = this.#pushed.splice(people.number(this.#pushed.length), 1)[0];
    if (!leaver) return;
    // As Okta does: inactive first; some are removed later.
    await this.client.patch(`/Users/${leaver.id}`, { op: "replace", value: { active: "False" } });
    if (days % 4 === 0) await this.client.scim("DELETE", `/Users/${leaver.id}`);
    else if (days % 10 === 0) {
      await this.client.patch(`/Users/${leaver.id}`, { op: "replace", value: { active: true } });
    }
  }

  /** People who chose a password for the organization's realm are few; most sign in at their identity provider. */
  get someone(): string {
    return this.stage.people.pick(this.#pushed).id;
  }

  /** What it may not do: a role of the provider, and somebody else's team. */
  async overreach(): Promise<void> {
    await this.client.refused("POST", "/Groups", { schemas: [SCHEMAS.group] });
    await this.client.refused("DELETE", `/Groups/${this.company.id}`);
  }

  async #push(count: number): Promise<void> {
    const added = new Map<string, { value: string }[]>();
    for (let n = 0; n < count; n += 1) {
      const person = this.stage.people.next(this.company.domain, this.company.locales);
      const externalId = `00u${(this.#number += 1).toString(36).padStart(8, "0")}`;
      const { id } = await this.client.scim("POST", "/Users", { ...userOf(person), externalId });
      this.#pushed.push({ id, person });
      const members = added.get(person.department) ?? [];
      added.set(person.department, [...members, { value: id }]);
    }
    for (const [department, members] of added) {
      const team = this.#teams.get(department) ?? "";
      await this.client.patch(`/Groups/${team}`, { op: "add", path: "members", value: members });
    }
  }
}

/** The days, before now, on which identity providers push. */
export const syncDays = Array.from({ length: Math.floor(CONNECTED / EVERY) - 1 }, (_, n) => {
  return CONNECTED - (n + 1) * EVERY;
});
export const CONNECTED_DAYS_AGO = CONNECTED;
