import { expect } from "chai";
import { expectStatus } from "../../support/assertions.js";
import type { Body, ScimClient } from "../../support/client.js";
import { forEachEngine } from "../../support/engines.js";
import { CORE_USER, createGroup, MEMBERSHIP, unique } from "../../support/factories.js";
import { act, look } from "../../support/links.js";
import { codeIn, linkIn, MailServer } from "../../support/mail.js";
import { clientWith } from "../../support/realms.js";
import { enterCode, setUpFactor } from "../../support/second-factor.js";
import { startServer } from "../../support/server.js";
import type { ServerInProcess } from "../../support/server.js";
import { BrowserOfPerson } from "../../support/signed-in.js";

/*
 * An organization makes an account with a stranger's name, and gets whatever credential it can. Then the account becomes
 * the stranger's in each way that there is. Design, section 2: the credential opens the squatter's organization alone.
 */

const INVITATION = "urn:muster:params:scim:schemas:core:2.0:Invitation";
const SQUATTERS = "correct horse battery staple 9";
const VICTIMS = "another long passphrase 41";

/** What a squatter holds: its organization, its token there, the account, and a password. */
interface Squat {
  readonly organization: Body;
  readonly own: ScimClient;
  readonly id: string;
  readonly victim: string;
  /** What the squatter enters to sign in, in its own organization. */
  readonly name: string;
  /** One from before the account had the stranger's name. */
  readonly session?: BrowserOfPerson;
  /** Addresses that it proved before that, and a link that would prove another one. */
  readonly proved?: { readonly addresses: readonly string[]; readonly link: string };
  /** The second factor that the squatter set up, with the recovery codes that are left. */
  readonly app?: { readonly recoveryCodes: string[] };
}

describe("A squatter on a stranger's name", () => {
  forEachEngine((engine) => {
    const mailbox = new MailServer();
    let server: ServerInProcess;
    let scim: ScimClient;
    let product: ScimClient;

    before(async () => {
      const limits = { TRUSTED_PROXIES: "127.0.0.1,::1", MAIL_PER_TOKEN: "100000" };
      server = await startServer(engine, { SMTP_URL: await mailbox.start(), ...limits });
      scim = server.scim;
      product = await clientWith(server, { checksPasswords: true });
    });
    after(async () => {
      await server.stop();
      await mailbox.stop();
    });

    const browser = () => new BrowserOfPerson(() => server);
    let client = 0;
    const forgotten = (userName: string, organization?: string) =>
      browser().send(
        "POST",
        `/console/forgotten-password${organization === undefined ? "" : `/${organization}`}`,
        { userName },
        { "X-Forwarded-For": `192.0.2.${(client += 1)}` },
      );
    const complete = async (link: string, password: string) => {
      const answer = await act(link, "complete", { password });
      expect(answer.status, answer.text).to.equal(200);
    };

    /** Asks for the proof of an address. @returns the path of the link */
    const linkFor = async (session: BrowserOfPerson, email: string) => {
      const asked = { email, currentPassword: SQUATTERS };
      expect((await session.send("POST", "/console/session/addresses", asked)).status).to.equal(202);
      return new URL(linkIn(await mailbox.expect(email))).pathname;
    };

    const squat = async (
      attributes: object,
      userName = `${unique("victim")}@corp.example`,
    ): Promise<Squat> => {
      const organization = await createGroup(scim);
      const own = await clientWith(server, { organization: organization.id });
      const body = { schemas: [CORE_USER, MEMBERSHIP], userName, ...attributes };
      const { id } = expectStatus(await own.post("/Users", body), 201);
      return { organization, own, id, victim: userName, name: userName };
    };

    /** The ways to a credential, as the squatter has them before the stranger comes. */
    const credentials: Readonly<Record<string, () => Promise<Squat>>> = {
      "a password by the attribute": () => squat({ password: SQUATTERS }),
      "a password by a set-up mail to an address of its record": async () => {
        const evil = `${unique("evil")}@squat.example`;
        const made = await squat({ emails: [{ value: evil }], [MEMBERSHIP]: { sendSetupEmail: true } });
        await complete(linkIn(await mailbox.expect(evil)), SQUATTERS);
        return made;
      },
      "a password by a reset to an address of its record": async () => {
        const evil = `${unique("evil")}@squat.example`;
        const made = await squat({ emails: [{ value: evil }], password: `${SQUATTERS} once` });
        const name = unique("local");
        const rename = { op: "replace", path: "userName", value: name };
        expectStatus(await made.own.patch(`/Users/${made.id}`, rename), 200);
        expect((await forgotten(name, made.organization.id)).status).to.equal(202);
        await complete(linkIn(await mailbox.expect(evil)), SQUATTERS);
        const back = { op: "replace", path: "userName", value: made.victim };
        expectStatus(await made.own.patch(`/Users/${made.id}`, back), 200);
        return made;
      },
      "a password of the person at its own address, before it renames the account": async () => {
        const evil = `${unique("evil")}@squat.example`;
        const made = await squat({ emails: [{ value: evil }], [MEMBERSHIP]: { sendSetupEmail: true } }, evil);
        await complete(linkIn(await mailbox.expect(evil)), SQUATTERS);
        const session = browser();
        const begun = await session.signIn(evil, SQUATTERS);
        expect(begun.json).to.include({ credential: "person" });
        const victim = `${unique("victim")}@corp.example`;
        const rename = { op: "replace", path: "userName", value: victim };
        expectStatus(await made.own.patch(`/Users/${made.id}`, rename), 200);
        return { ...made, victim, name: victim, session };
      },
      "an address that it proved as the person, before it renames the account": async () => {
        const evil = `${unique("evil")}@squat.example`;
        const made = await squat({ emails: [{ value: evil }], [MEMBERSHIP]: { sendSetupEmail: true } }, evil);
        await complete(linkIn(await mailbox.expect(evil)), SQUATTERS);
        const session = browser();
        const begun = await session.signIn(evil, SQUATTERS);
        expect(begun.json).to.include({ credential: "person" });
        const another = `${unique("another")}@squat.example`;
        const link = await linkFor(session, another);
        expect((await session.send("POST", link)).status).to.equal(200);
        const waiting = await linkFor(session, `${unique("waiting")}@squat.example`);
        const victim = `${unique("victim")}@corp.example`;
        const rename = { op: "replace", path: "userName", value: victim };
        expectStatus(await made.own.patch(`/Users/${made.id}`, rename), 200);
        const proved = { addresses: [evil, another], link: waiting };
        return { ...made, victim, name: victim, session, proved };
      },
      "a password by mail, guarded by a second factor": async () => {
        const evil = `${unique("evil")}@squat.example`;
        const made = await squat({ emails: [{ value: evil }], [MEMBERSHIP]: { sendSetupEmail: true } });
        await complete(linkIn(await mailbox.expect(evil)), SQUATTERS);
        return { ...made, app: await guard(made.victim) };
      },
      "a password and a second factor of the person at its own address, before it renames the account":
        async () => {
          const evil = `${unique("evil")}@squat.example`;
          const setup = { emails: [{ value: evil }], [MEMBERSHIP]: { sendSetupEmail: true } };
          const made = await squat(setup, evil);
          await complete(linkIn(await mailbox.expect(evil)), SQUATTERS);
          const app = await guard(evil);
          const victim = `${unique("victim")}@corp.example`;
          const rename = { op: "replace", path: "userName", value: victim };
          expectStatus(await made.own.patch(`/Users/${made.id}`, rename), 200);
          return { ...made, victim, name: victim, app };
        },
    };

    /** Sets up a second factor for the squatter's password. */
    const guard = async (name: string) => {
      const session = browser();
      expect((await session.signIn(name, SQUATTERS)).status).to.equal(200);
      const { recoveryCodes } = await setUpFactor(session, SQUATTERS);
      return { recoveryCodes: [...recoveryCodes] };
    };

    /** How the account becomes the stranger's. @returns an organization that the stranger is in since then */
    const events: Readonly<Record<string, (squatted: Squat) => Promise<Body | undefined>>> = {
      "the employer takes the person": async ({ victim, id }) => {
        const employer = await createGroup(scim);
        const own = await clientWith(server, { organization: employer.id });
        const taken = await own.post("/Users", { schemas: [CORE_USER], userName: victim });
        expect(expectStatus(taken, 201).id).to.equal(id);
        return employer;
      },
      "the provider adds the person elsewhere": async ({ id }) => {
        const employer = await createGroup(scim);
        const op = { op: "add", path: "members", value: [{ value: id }] };
        expectStatus(await scim.patch(`/Groups/${employer.id}`, op), 204);
        return employer;
      },
      "an invitation is accepted at the name's own address": async ({ victim, id }) => {
        const employer = await createGroup(scim);
        const invitation = {
          schemas: [INVITATION],
          organization: { value: employer.id },
          ...{ emails: [{ value: victim }], roles: [{ value: "organization-admin" }] },
        };
        expectStatus(await scim.post("/Invitations", invitation), 201);
        let link = linkIn(await mailbox.expect(victim));
        if ((await look(link)).body.takes === "code") {
          expect((await act(link, "codes")).status).to.equal(202);
          const code = codeIn(await mailbox.expect(victim, 2));
          link = String((await act(link, "proof", { code })).body.link);
        }
        const accepted = await act(link, "accept", { password: VICTIMS });
        expect(accepted.status, accepted.text).to.equal(200);
        expect(accepted.body.user).to.include({ value: id });
        return employer;
      },
      "the account gets a role of the provider": async ({ id }) => {
        const roles = { op: "replace", path: "roles", value: [{ value: "provider-admin" }] };
        expectStatus(await scim.patch(`/Users/${id}`, roles), 200);
        return undefined;
      },
      "the rightful owner of the address chooses a password": async ({ victim }) => {
        const mails = mailbox.to(victim).length;
        expect((await forgotten(victim)).status).to.equal(202);
        await complete(linkIn(await mailbox.expect(victim, mails + 1)), VICTIMS);
        return undefined;
      },
      "the provider writes a password": async ({ id }) => {
        const op = { op: "replace", path: "password", value: VICTIMS };
        expectStatus(await scim.patch(`/Users/${id}`, op), 200);
        return undefined;
      },
    };

    /** A session that the squatter's password began, if it still begins one. */
    const begin = async ({ name, organization, app }: Squat, where?: string) => {
      const own = browser();
      let answer = await own.signIn(name, SQUATTERS, where);
      expect(answer.status, answer.text).to.be.oneOf([200, 403]);
      if (answer.text.includes("/console/sign-in/code")) {
        answer = await enterCode(own, app?.recoveryCodes.pop() ?? "");
        expect(answer.status, answer.text).to.equal(200);
      }
      return answer.status === 200 ? { own, answer, organization } : undefined;
    };

    const expectConfined = async (
      { own, organization }: { own: BrowserOfPerson; organization: Body },
      employer: Body | undefined,
    ) => {
      const now = await own.send("GET", "/console/session");
      if (now.status === 401) return;
      expect(now.json.credential).to.equal("organization");
      expect(now.json.realms.map(({ value }) => value)).to.deep.equal([organization.id]);
      for (const realm of ["provider", ...(employer ? [employer.id] : [])]) {
        expect((await own.switchTo(realm)).status).to.equal(403);
      }
      const groups = await own.send("GET", "/scim/v2/Groups");
      expect(groups.status, groups.text).to.equal(403);
      const me = (await own.send("GET", "/scim/v2/Me")).text;
      if (employer) expect(me).not.to.include(employer.id);
      const patch = { op: "replace", path: "displayName", value: "Squatted" };
      const written = await own.send("PATCH", "/scim/v2/Me", {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        Operations: [patch],
      });
      expect(written.status, written.text).to.equal(403);
    };

    /** Requires that no address proves anything that was proved before the account had the stranger's name. */
    const expectNothingProved = async ({ proved, session, organization }: Squat, late?: BrowserOfPerson) => {
      if (!proved) return;
      for (const own of [session, late]) {
        if (!own) continue;
        expect((await own.send("POST", proved.link)).status).to.be.oneOf([401, 403, 410]);
        const [email = ""] = proved.addresses;
        const asked = { email, currentPassword: SQUATTERS };
        const named = await own.send("POST", "/console/session/addresses/user-name", asked);
        expect(named.status).to.be.oneOf([401, 403]);
      }
      for (const each of proved.addresses) {
        // Notices of what was proved may come meanwhile.
        const resets = () => mailbox.to(each).filter(({ text }) => text?.includes("/password-reset/"));
        const before = resets().length;
        expect((await forgotten(each)).status).to.equal(202);
        expect((await browser().signIn(each, SQUATTERS)).status).to.equal(403);
        expect((await browser().signIn(each, SQUATTERS, organization.id)).status).to.equal(403);
        expect(resets()).to.have.length(before);
      }
    };

    for (const [credential, obtain] of Object.entries(credentials)) {
      for (const [event, happens] of Object.entries(events)) {
        it(`with ${credential} opens its own organization alone after ${event}`, async () => {
          const squatted = await obtain();
          const early = await begin(squatted);
          expect(early?.answer.json.credential).to.equal("organization");
          const employer = await happens(squatted);
          const { session, organization } = squatted;
          if (early) await expectConfined(early, employer);
          if (session) await expectConfined({ own: session, organization }, employer);
          await expectNothingProved(squatted, early?.own);
          for (const where of [undefined, squatted.organization.id]) {
            const late = await begin(squatted, where);
            if (late) await expectConfined(late, employer);
          }
          if (employer) expect(await begin(squatted, employer.id)).to.equal(undefined);
          const checked = await product.post("/PasswordCheck", {
            ...{ userName: squatted.victim, password: SQUATTERS },
          });
          const { result, realms = [] } = checked.body as unknown as {
            result: string;
            realms?: { value: string }[];
          };
          expect(realms.map(({ value }) => value)).to.deep.equal(
            result === "accepted" ? [squatted.organization.id] : [],
          );
          // Whoever gets mail at the name becomes the person, in every realm.
          const mails = mailbox.to(squatted.victim).length;
          expect((await forgotten(squatted.victim)).status).to.equal(202);
          await complete(linkIn(await mailbox.expect(squatted.victim, mails + 1)), `${VICTIMS} again`);
          const theirs = await browser().signIn(squatted.victim, `${VICTIMS} again`);
          // No second factor of the squatter's is asked for.
          expect(theirs.json.credential, theirs.text).to.equal("person");
          expect(theirs.json.realms.map(({ value }) => value)).to.include.members([
            ...["provider", squatted.organization.id],
            ...(employer ? [employer.id] : []),
          ]);
        });
      }
    }
  });
});
