import { accountOf } from "../../domain/access/actor.js";
import type { Author } from "../../domain/access/principal.js";
import { hasMembers, organizationOf } from "../../domain/changes/change.js";
import type { Change } from "../../domain/changes/change.js";
import type { Repositories } from "../../repositories/unit-of-work.js";
import type { ChangeListener } from "../changes/changes.js";
import type { Dependencies } from "../dependencies.js";
import type { OutgoingMail } from "../mail/outgoing-mail.js";

/** Which changes of members cause mail: none, those that a person made, or all. */
export type NoticeMode = "off" | "people" | "all";

/**
 * Notifies people by mail that they joined or left an organization. People whose accounts are deleted get no mail, since
 * the mail says that they keep their accounts.
 */
export const membershipNotices =
  (deps: Pick<Dependencies, "now" | "newId">, mode: NoticeMode, mail: OutgoingMail): ChangeListener =>
  async (repositories, author, changes) => {
    if (mode === "off" || (mode === "people" && accountOf(author.actor) === undefined)) return;
    const notices = new Notices(deps, mail, repositories, author, deletedAccounts(author, changes));
    for (const change of changes) {
      if (change.members === undefined || change.target.type === "Team" || !hasMembers(change.members))
        continue;
      if (change.action === "delete" && change.target.type === "Group") await notices.ofDeletion(change);
      else await notices.ofMembers(change);
    }
  };

/** The ids of accounts that the provider deletes; a User that an organization deletes is a membership. */
const deletedAccounts = ({ realm }: Author, changes: readonly Change[]): ReadonlySet<string | undefined> =>
  new Set(
    changes
      .filter(
        ({ action, target }) => realm.type === "provider" && action === "delete" && target.type === "User",
      )
      .map(({ target }) => target.id),
  );

/** The notices of the changes in one transaction. */
class Notices {
  constructor(
    private readonly deps: Pick<Dependencies, "now" | "newId">,
    private readonly mail: OutgoingMail,
    private readonly repositories: Repositories,
    private readonly author: Author,
    private readonly deleted: ReadonlySet<string | undefined>,
  ) {}

  async ofMembers(change: Change): Promise<void> {
    const { added = [], removed = [] } = change.members ?? {};
    const organizationId = organizationOf(this.author, change);
    const [joined, left] = [new Set(added), new Set(removed)];
    // A person who is in both was removed and added again, so has neither joined nor left.
    await this.#write(
      "membership-added",
      organizationId,
      added.filter((id) => !left.has(id)),
    );
    await this.#write(
      "membership-removed",
      organizationId,
      removed.filter((id) => !joined.has(id) && !this.deleted.has(id)),
    );
  }

  /** Notifies the members of an organization that is about to be deleted, as far as the limits of mail allow. */
  async ofDeletion({ target, members }: Change): Promise<void> {
    const { removed = [], moreRemoved = 0 } = members ?? {};
    const organizationId = target.id ?? "";
    const cause = { actor: this.author.actor, organizationId };
    // Bounded by the limits of mail, so there are few ids, however many members there are.
    const amount = await this.mail.allowance(this.repositories, cause, removed.length + moreRemoved);
    const notice = { ...this.#notice("membership-removed"), organizationName: target.display ?? "" };
    await this.repositories.outbox.insertNoticesToMembers(notice, this.#ids(amount), organizationId);
  }

  async #write(
    kind: "membership-added" | "membership-removed",
    organizationId: string | undefined,
    accountIds: readonly string[],
  ): Promise<void> {
    if (accountIds.length === 0 || organizationId === undefined) return;
    const notice = { ...this.#notice(kind), organizationId };
    await this.repositories.outbox.insertNotices(notice, this.#ids(accountIds.length), accountIds);
  }

  #notice<Kind extends "membership-added" | "membership-removed">(kind: Kind) {
    return { kind, createdAt: this.deps.now() };
  }

  #ids(amount: number): string[] {
    return Array.from({ length: amount }, () => this.deps.newId());
  }
}
