import { expect } from "chai";
import fc from "fast-check";
import { expectList, expectStatus, read } from "../support/assertions.js";
import type { Answer, Body, PatchOperation, ScimClient } from "../support/client.js";
import { runs } from "../support/deep.js";
import { LEAVES, ModelDirectory, ModelOrganization, plain, same } from "../support/directory-model.js";
import type { Email, Leaf, Person, Profile, Sent, View } from "../support/directory-model.js";
import { forEachEngine } from "../support/engines.js";
import { CORE_USER, createGroup, ENTERPRISE_USER, unique } from "../support/factories.js";
import { act, look } from "../support/links.js";
import { codeIn, linkIn, MailServer } from "../support/mail.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

const ROUNDS = runs(4, 60);
const STEPS = 30;
const ORGANIZATIONS = 3;
const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const PASSWORD = "correct horse battery staple 9";
const ANN = { givenName: "Ann", familyName: "Lee", password: PASSWORD };

/** Names that meet on purpose; those with `@` get a domain of their own in each round. */
const NAMES = ["jdoe", "JDoe", "ann@corp", "ANN@Corp", "bob@corp", "kim@corp"];
const ADDRESSES = ["ann@corp.example", "bob@corp.example", "mine@other.example"];

const emails: fc.Arbitrary<Email[] | undefined> = fc.option(
  fc
    .tuple(fc.subarray(ADDRESSES, { minLength: 1 }), fc.nat(3))
    .map(([values, chosen]) =>
      values.map((value, place) => ({ value, ...(place === chosen && { primary: true }) })),
    ),
  { nil: undefined, freq: 2 },
);

const text = fc.option(fc.constantFrom("Red", "red", "Blue"), { nil: undefined, freq: 2 });

/** All that a write may need; each takes what it does. */
const stepFields = {
  organization: fc.nat(ORGANIZATIONS - 1),
  target: fc.nat(9),
  name: fc.constantFrom(...NAMES),
  profile: fc.record({
    ...{ displayName: text, title: text, givenName: text, familyName: text, department: text, emails },
  }),
  externalId: fc.option(fc.constantFrom("e-1", "e-2"), { nil: undefined }),
  active: fc.oneof({ arbitrary: fc.constant(true), weight: 3 }, fc.constant(false)),
  attribute: fc.constantFrom(
    ...(["userName", "displayName", "title", "givenName", "familyName", "department"] as const),
    ...(["emails", "externalId", "active"] as const),
  ),
};

const steps = fc.array(
  fc.record({
    ...stepFields,
    write: fc.oneof(
      ...(
        [
          ["post", 8],
          ["put", 3],
          ["patch", 8],
          ["add primary address", 1],
          ["write password", 1],
          ["rename as deleted", 1],
          ["leave", 3],
          ["add by id", 4],
          ["provider posts", 2],
          ["provider patches", 4],
          ["provider puts", 2],
          ["provider adds primary address", 1],
          ["provider deletes", 1],
          ["provider adds", 3],
          ["provider removes", 1],
          ["person accepts", 2],
        ] as const
      ).map(([value, weight]) => ({ arbitrary: fc.constant(value), weight })),
    ),
  }),
  { minLength: 1, maxLength: STEPS, size: "max" },
);

type Step = (typeof steps extends fc.Arbitrary<infer T> ? T : never)[number];

const PATHS: Readonly<Record<string, string>> = {
  ...{ givenName: "name.givenName", familyName: "name.familyName" },
  department: `${ENTERPRISE_USER}:department`,
};

function toUser({ userName, profile }: Person, more: object = {}): object {
  const { displayName, title, emails, department, formatted, givenName, familyName } = profile;
  const name = { formatted, givenName, familyName };
  return {
    schemas: [CORE_USER, ...(department === undefined ? [] : [ENTERPRISE_USER])],
    ...{ userName, displayName, title, emails, ...more },
    ...(JSON.stringify(name) !== "{}" && { name }),
    ...(department !== undefined && { [ENTERPRISE_USER]: { department } }),
  };
}

function toPerson(user: Body): Person {
  const { name = {}, emails } = user as { name?: Partial<Record<Leaf, string>>; emails?: Email[] };
  const { displayName, title, [ENTERPRISE_USER]: enterprise = {} } = user as Partial<Record<string, unknown>>;
  const leaves = { displayName, title, ...name, ...(enterprise as object) };
  return { userName: user.userName, profile: { ...leaves, ...(emails && { emails }) } as Profile };
}

const lineOf = ({ id, externalId, active, ...person }: View): string =>
  JSON.stringify([id, externalId ?? null, active, plain(person)]);

describe("What each organization sees of people", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let scim: ScimClient;

    before(async () => {
      const limits = {
        MAIL_PER_TOKEN: "100000",
        MAIL_PER_ORGANIZATION: "100000",
        MAIL_PER_ADDRESS: "100000",
      };
      server = await startServer(engine, { SMTP_URL: await mailbox.start(), ...limits });
      scim = server.scim;
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    /** Three organizations on the server, and in the model. */
    class World {
      readonly directory: ModelDirectory;
      readonly #domain = `${unique("d")}.example`;

      constructor(
        readonly organizations: readonly { id: string; scim: ScimClient; model: ModelOrganization }[],
      ) {
        this.directory = new ModelDirectory(organizations.map(({ model }) => model));
      }

      static async create(): Promise<World> {
        const organizations = [];
        for (let number = 0; number < ORGANIZATIONS; number += 1) {
          const { id } = await createGroup(scim);
          const own = await clientWith(server, { organization: id });
          organizations.push({ id, scim: own, model: new ModelOrganization() });
        }
        return new World(organizations);
      }

      name = (name: string) => (name.includes("@") ? `${name}.${this.#domain}` : `${name}-${this.#domain}`);

      async perform(step: Step): Promise<void> {
        const organization = this.organizations[step.organization]!;
        const { model, scim: own } = organization;
        const { directory } = this;
        const sent: Sent = { ...step, userName: this.name(step.name) };
        const { externalId, active } = step;
        const member = pick(model.views(), step.target);
        const account = pick(directory.accounts, step.target);
        const patchMembers = (client: ScimClient, operation: PatchOperation) =>
          client.patch(`/Groups/${organization.id}`, operation);
        const writeMember = async (next: Sent, send: (path: string) => Promise<Answer>) => {
          if (!member) return;
          const isDone = directory.write(model, member.id, next);
          expectStatus(await send(`/Users/${member.id}`), isDone ? 200 : 409);
        };
        const writeAccount = async (next: Person, send: (path: string) => Promise<Answer>) => {
          if (!account) return;
          const isDone = directory.writeAccount(account, next);
          expectStatus(await send(`/Users/${account.id}`), isDone ? 200 : 409);
        };
        const writes: Record<Step["write"], () => Promise<unknown>> = {
          post: async () => {
            const known = directory.find(model, sent);
            const isTaken = known !== undefined && model.member(known.id)?.active === true;
            const answer = await own.post("/Users", toUser(sent, { externalId, active }));
            const { id } = expectStatus(answer, isTaken ? 409 : 201);
            if (isTaken) return;
            if (known) expect(id).to.equal(known.id);
            else expect(directory.account(id)).to.equal(undefined);
            directory.post(model, sent, id);
          },
          put: () => writeMember(sent, (path) => own.put(path, toUser(sent, { externalId, active }))),
          patch: () =>
            writeMember(patched(member, step, sent), (path) => own.patch(path, operationOf(step, sent))),
          "add primary address": () =>
            writeMember({ ...member!, profile: withPrimary(member?.profile) }, (path) =>
              own.patch(path, { op: "add", path: "emails", value: [PRIMARY] }),
            ),
          "write password": async () => {
            const op = { op: "replace", path: "password", value: PASSWORD };
            if (member) expectStatus(await own.patch(`/Users/${member.id}`, op), 200);
          },
          "rename as deleted": () => {
            const userName = `${"0123456789abcdef".repeat(2)}${member?.userName ?? ""}`;
            if (userName.length > 300) return Promise.resolve();
            return writeMember({ ...member!, userName, active: false }, (path) =>
              own.patch(path, { op: "Replace", value: { userName, active: "False" } }),
            );
          },
          leave: async () => {
            if (!member) return;
            directory.leave(model, member.id);
            expectStatus(await own.delete(`/Users/${member.id}`), 204);
          },
          "add by id": async () => {
            if (!account) return;
            directory.add(model, account.id, { showsProfile: false });
            const op = { op: "add", path: "members", value: [{ value: account.id }] };
            expectStatus(await patchMembers(own, op), 200, 204);
          },
          "provider posts": async () => {
            const isTaken = directory.accountNamed(sent.userName) !== undefined;
            const answer = await scim.post("/Users", toUser(sent, { password: PASSWORD, active: true }));
            const { id } = expectStatus(answer, isTaken ? 409 : 201);
            if (!isTaken) directory.create(sent, id);
          },
          "provider patches": () =>
            writeAccount(patched(account, step, sent), (path) => scim.patch(path, operationOf(step, sent))),
          "provider puts": () => writeAccount(sent, (path) => scim.put(path, toUser(sent, { active: true }))),
          "provider adds primary address": () =>
            writeAccount(
              { userName: account?.userName ?? "", profile: withPrimary(account?.profile) },
              (path) => scim.patch(path, { op: "add", path: "emails", value: [PRIMARY] }),
            ),
          "provider deletes": async () => {
            if (!account) return;
            directory.delete(account.id);
            expectStatus(await scim.delete(`/Users/${account.id}`), 204);
          },
          "provider adds": async () => {
            if (!account) return;
            directory.add(model, account.id, { showsProfile: true });
            const op = { op: "add", path: "members", value: [{ value: account.id }] };
            expectStatus(await patchMembers(scim, op), 200, 204);
          },
          "provider removes": async () => {
            if (!member) return;
            directory.leave(model, member.id);
            const op = { op: "remove", path: `members[value eq "${member.id}"]` };
            expectStatus(await patchMembers(scim, op), 200, 204);
          },
          "person accepts": () => this.#accept(organization, this.name("Ann@corp".toLowerCase())),
        };
        await writes[step.write]();
      }

      async #accept({ id, model }: { id: string; model: ModelOrganization }, address: string): Promise<void> {
        const { directory } = this;
        const invited = directory.accountNamed(address);
        if (invited && (model.member(invited.id) || !(await read(scim, `/Users/${invited.id}`)).active))
          return;
        const mails = mailbox.to(address).length;
        const invitation = {
          schemas: [INVITATION],
          organization: { value: id },
          emails: [{ value: address }],
        };
        // A member of that name is not invited again, also where the organization alone calls them so.
        const isTaken = model.named(address) !== undefined;
        expectStatus(await scim.post("/Invitations", invitation), isTaken ? 409 : 201);
        if (isTaken) return;
        let link = linkIn(await mailbox.expect(address, mails + 1));
        const { takes } = (await look(link)).body;
        if (takes === "code") {
          await act(link, "codes");
          const code = codeIn(await mailbox.expect(address, mails + 2));
          link = String((await act(link, "proof", { code })).body.link);
        }
        const accepted = await act(link, "accept", takes === "account" ? ANN : { password: PASSWORD });
        expect(accepted.status, accepted.text).to.equal(200);
        const { value } = accepted.body.user as { value: string };
        const names = { displayName: "Ann Lee", formatted: "Ann Lee", givenName: "Ann", familyName: "Lee" };
        const profile = { ...names, emails: [{ value: address, primary: true }] };
        const account = invited ?? directory.create({ userName: address, profile }, value);
        expect(value).to.equal(account.id);
        directory.add(model, account.id, { showsProfile: true });
      }
    }

    const listOf = async (client: ScimClient): Promise<{ text: string; users: Body[] }> => {
      const answer = await client.get("/Users?count=1000");
      return { text: answer.text, users: expectList(answer) };
    };

    const toView = (user: Body): View => {
      const { externalId } = user as { externalId?: string };
      return { ...toPerson(user), id: user.id, externalId, active: user.active };
    };

    /** Compares each organization's list with the model, and with the list before where nothing changed. */
    async function compare(
      world: World,
      before: readonly Seen[],
      actor: number | undefined,
    ): Promise<Seen[]> {
      const after: Seen[] = [];
      for (const [place, { scim: own, model }] of world.organizations.entries()) {
        const lines = model.views().map(lineOf).sort();
        const { text, users } = await listOf(own);
        expect(users.map(toView).map(lineOf).sort()).to.deep.equal(lines);
        const old = before[place];
        if (old && actor !== place && String(old.lines) === String(lines)) {
          expect(text, "byte for byte").to.equal(old.text);
        }
        after.push({ text, lines, users });
        for (const user of old?.users ?? []) {
          const now = users.find(({ id }) => id === user.id);
          if (!now || lineOf(toView(now)) === lineOf(toView(user))) continue;
          expect(now.meta, "a version for each state").to.not.include({ version: user.meta.version });
        }
      }
      return after;
    }

    /** What filters and sorting find is what the records show. */
    async function compareFilters({ organizations }: World): Promise<void> {
      for (const { scim: own, model } of organizations) {
        const views = model.views();
        const values = (person: View): [string, string | undefined][] => [
          ["userName", person.userName],
          ...LEAVES.map((leaf): [string, string | undefined] => [
            PATHS[leaf] ?? (leaf === "formatted" ? "name.formatted" : leaf),
            person.profile[leaf],
          ]),
        ];
        const wanted = new Set(
          views.flatMap((view) =>
            values(view).flatMap(([path, value]) => (value ? [`${path} ${value}`] : [])),
          ),
        );
        for (const each of [...wanted].slice(0, 8)) {
          const path = each.slice(0, each.indexOf(" "));
          const value = each.slice(path.length + 1);
          const found = expectList(await own.find("/Users", `${path} eq "${value.toUpperCase()}"`));
          const expected = views.filter((view) =>
            values(view).some(([name, has]) => name === path && has !== undefined && same(has, value)),
          );
          expect(found.map(({ id }) => id).sort(), each).to.deep.equal(expected.map(({ id }) => id).sort());
        }
        for (const address of ADDRESSES) {
          const found = expectList(await own.find("/Users", `emails.value eq "${address}"`));
          const expected = views.filter(({ profile }) =>
            profile.emails?.some(({ value }) => value === address),
          );
          expect(found.map(({ id }) => id).sort(), address).to.deep.equal(
            expected.map(({ id }) => id).sort(),
          );
        }
        const sorted = expectList(await own.get("/Users?count=1000&sortBy=displayName"));
        const names = sorted.flatMap(({ displayName }) => displayName?.toUpperCase() ?? []);
        expect(names).to.deep.equal([...names].sort());
      }
    }

    it("is a function of its own writes, and of the account where it follows it", async function () {
      this.timeout(runs(120_000, 1_200_000));
      await fc.assert(
        fc.asyncProperty(steps, async (sequence) => {
          const world = await World.create();
          let seen: Seen[] = [];
          for (const step of sequence) {
            await world.perform(step);
            const isOwn = !/^(provider|person) /.test(step.write);
            seen = await compare(world, seen, isOwn ? step.organization : undefined);
          }
          for (const account of world.directory.accounts) {
            const user = await read(scim, `/Users/${account.id}`);
            expect(plain(toPerson(user))).to.equal(plain(account));
          }
          await compareFilters(world);
        }),
        { numRuns: ROUNDS },
      );
    });
  });
});

interface Seen {
  readonly text: string;
  readonly lines: readonly string[];
  readonly users: readonly Body[];
}

const pick = <T>(list: readonly T[], place: number): T | undefined => list[place % Math.max(1, list.length)];

const PRIMARY = { value: "new@primary.example", primary: true };

/** An address that is primary takes that from the others. */
function withPrimary(profile: Profile = {}): Profile {
  const others = (profile.emails ?? []).filter(({ value }) => value !== PRIMARY.value);
  return {
    ...profile,
    emails: [...others.map((each) => (each.primary ? { ...each, primary: false } : each)), PRIMARY],
  };
}

/** A person after the PATCH of one attribute. */
function patched<T extends Person>(current: T | undefined, { attribute }: Step, sent: Sent): T {
  if (!current) return sent as unknown as T;
  if (attribute === "userName" || attribute === "externalId" || attribute === "active") {
    return { ...current, [attribute]: sent[attribute] };
  }
  return { ...current, profile: { ...current.profile, [attribute]: sent.profile[attribute] } };
}

function operationOf({ attribute }: Step, sent: Sent): PatchOperation {
  const path = PATHS[attribute] ?? attribute;
  const value =
    (sent as unknown as Record<string, unknown>)[attribute] ??
    (sent.profile as Record<string, unknown>)[attribute];
  return value === undefined ? { op: "remove", path } : { op: "replace", path, value };
}
