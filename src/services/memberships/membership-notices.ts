import { accountOf } from "../../domain/access/actor.js";
import type { Author } from "../../domain/access/principal.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { Dependencies } from "../dependencies.js";

/** Of whose changes of members people are told by mail: nobody's, those that a person made, or all. */
export type NoticeMode = "off" | "people" | "all";

/** Who came and who went, by account ids. */
export interface ComingAndGoing {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Tells people by mail that an organization has added or removed them. */
export class MembershipNotices {
  constructor(
    private readonly deps: Pick<Dependencies, "now" | "newId">,
    private readonly mode: NoticeMode,
  ) {}

  /** To be called in the transaction that changes the members. */
  async write(
    { outbox }: Pick<Repositories, "outbox">,
    { actor }: Author,
    organizationId: string,
    { added, removed }: ComingAndGoing,
  ): Promise<void> {
    if (this.mode === "off" || (this.mode === "people" && accountOf(actor) === undefined)) return;
    const came = new Set(added);
    const went = new Set(removed);
    const notices = [
      // Who was replaced by themselves has neither come nor gone.
      ...added
        .filter((id) => !went.has(id))
        .map((accountId) => ({ kind: "membership-added", accountId }) as const),
      ...removed
        .filter((id) => !came.has(id))
        .map((accountId) => ({ kind: "membership-removed", accountId }) as const),
    ];
    const about = { organizationId, revision: 0, createdAt: this.deps.now() };
    await outbox.insert(notices.map((notice) => ({ ...notice, ...about, id: this.deps.newId() })));
  }
}
