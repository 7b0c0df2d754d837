import { playConversation, playWireCase, readCorpus } from "../support/corpus.js";
import { createGroup } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

const CONVERSATIONS = ["entra.json", "okta.json", "other.json", "reports.json"] as const;

/** Whether it begins with the provider, which makes an organization and a token for it. */
const isOfProvider = (paths: readonly string[]) => paths.includes("/AccessTokens");

describeServer("What identity providers really send", (scim) => {
  for (const file of CONVERSATIONS) {
    describe(file, () => {
      for (const conversation of readCorpus(file)) {
        it(`${conversation.id}: ${conversation.rule}`, () => playConversation(scim, conversation));
      }
    });
  }

  describe("wire.json", () => {
    for (const wireCase of readCorpus("wire.json")) {
      const { id, level, expect } = wireCase;
      it(`${id} (${level}): ${expect.facts}`, () => playWireCase(scim, wireCase));
    }
  });
});

describeServer("What identity providers really send to one organization", (scim, server) => {
  const client = async () => clientWith(server(), { organization: (await createGroup(scim)).id });

  for (const file of CONVERSATIONS) {
    for (const conversation of readCorpus(file)) {
      if (isOfProvider(conversation.steps.map(({ path }) => path))) continue;
      it(`${conversation.id}: ${conversation.rule}`, async () =>
        playConversation(await client(), conversation));
    }
  }

  for (const wireCase of readCorpus("wire.json")) {
    it(`${wireCase.id} (${wireCase.level}): ${wireCase.expect.facts}`, async () =>
      playWireCase(await client(), wireCase));
  }
});
