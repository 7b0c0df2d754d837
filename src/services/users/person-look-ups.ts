import { turnOf } from "../../domain/access/principal.js";
import type { Principal } from "../../domain/access/principal.js";
import type { Listing, Page } from "../../domain/listing.js";
import type { AccountWithOrganizations } from "../../domain/users/account.js";
import { isId } from "../../domain/values/id.js";
import { foldCase, isStorable } from "../../domain/values/text.js";
import type { Dependencies } from "../dependencies.js";
import { BatchedLookUps } from "../look-ups/batched-look-ups.js";

/** Who asks: each token of the provider, and each organization, has statements of its own. */
type Asker = Pick<Principal, "realm" | "actor">;

type LookUps = BatchedLookUps<Asker, AccountWithOrganizations>;

/** About how many bytes a User has beside its profile. */
const ROW_BYTES = 256;

/** Finds people one by one, as identity providers do all day long. Requests of one asker at the same time share statements. */
export class PersonLookUps {
  readonly #byId: LookUps;
  readonly #byUserName: LookUps;

  constructor({ work }: Pick<Dependencies, "work">) {
    this.#byId = new BatchedLookUps(nameOf, ({ realm }, ids) => work.read(realm).accounts.findAll(ids));
    this.#byUserName = new BatchedLookUps(nameOf, ({ realm }, keys) =>
      work.read(realm).accounts.findAllByUserName(keys),
    );
  }

  /** @param id as a client sent it @returns undefined for one that nobody in the realm has */
  async find(asker: Asker, id: string): Promise<AccountWithOrganizations | undefined> {
    return isId(id) ? this.#byId.get(asker, id) : undefined;
  }

  /** The first page of a list that asks for one user name; undefined for any other list. */
  async pageOfOne(asker: Asker, listing: Listing): Promise<Page<AccountWithOrganizations> | undefined> {
    const userName = userNameOf(listing);
    if (userName === undefined) return undefined;
    const found = await this.#byUserName.get(asker, foldCase(userName));
    if (!found) return { items: [], total: 0, bytes: 0 };
    return { items: [found], total: 1, bytes: found.profile.text.length + ROW_BYTES };
  }
}

const nameOf = (asker: Asker) => turnOf(asker).group;

/** The user name that a list asks for, if that is its whole filter and its first page is wanted. */
function userNameOf({ filter, sort, start, limit }: Listing): string | undefined {
  const isFirst = start.type === "offset" ? start.offset === 0 : start.after === undefined;
  if (!isFirst || limit === 0 || sort || filter?.type !== "compare" || filter.operator !== "eq") {
    return undefined;
  }
  const { field, value } = filter;
  const isOfName = field.path.length === 1 && field.path[0] === "userName" && !field.caseExact;
  return isOfName && typeof value === "string" && isStorable(value) ? value : undefined;
}
