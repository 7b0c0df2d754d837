import { playConversation, playWireCase, readCorpus } from "../support/corpus.js";
import { describeServer } from "../support/server.js";

describeServer("What identity providers really send", (scim) => {
  for (const file of ["entra.json", "okta.json", "other.json"] as const) {
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
