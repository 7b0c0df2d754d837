/*
 * A plain model of what organizations see of people: who is who in a POST, a record of one's own, and care. Each
 * organization's list is a function of its own writes, and of the account where a record follows it.
 */

/** What anybody writes of a person, apart from the user name. */
export type Profile = Readonly<Partial<Record<Leaf, string | undefined>>> & {
  readonly emails?: readonly Email[] | undefined;
};

export interface Email {
  readonly value: string;
  readonly primary?: boolean;
}

export const LEAVES = [
  ...(["displayName", "title", "formatted", "givenName", "familyName", "department"] as const),
];
export type Leaf = (typeof LEAVES)[number];

export interface Person {
  readonly userName: string;
  readonly profile: Profile;
}

export interface ModelAccount extends Person {
  readonly id: string;
  userName: string;
  profile: Profile;
  /** What the provider and the person wrote of the profile. */
  shared: Profile;
  /** The organization whose record the account follows. */
  keeper: ModelOrganization | undefined;
}

interface Member {
  readonly account: ModelAccount;
  externalId: string | undefined;
  active: boolean;
  /** The organization's own record; undefined until it writes. */
  record: Person | undefined;
  /** The user name that a record follows. */
  followed: string;
  /** Whether the provider added the person, or the person accepted. */
  readonly showsProfile: boolean;
}

interface KeptRecord {
  readonly account: ModelAccount;
  readonly userName: string;
  readonly externalId: string | undefined;
}

/** A person as an organization's list has them. */
export interface View extends Person {
  readonly id: string;
  readonly externalId: string | undefined;
  readonly active: boolean;
}

/** What an organization sends in a POST or PUT. */
export interface Sent extends Person {
  readonly externalId: string | undefined;
  readonly active: boolean;
}

/** For ASCII alone. */
export const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

const isAddress = (name: string) => /^[^@#]+@[^@#]+\.example$/i.test(name);

export class ModelOrganization {
  readonly members: Member[] = [];
  /** The last one to leave comes last. */
  kept: KeptRecord[] = [];

  member = (id: string): Member | undefined => this.members.find(({ account }) => account.id === id);

  named = (userName: string): Member | undefined =>
    this.members.find((each) => same(personOf(each).userName, userName));

  views = (): View[] =>
    this.members.map((each) => {
      const { account, externalId, active } = each;
      return { id: account.id, externalId, active, ...personOf(each) };
    });
}

function personOf({ record, account: { shared }, followed, showsProfile }: Member): Person {
  if (record) return record;
  const displayName = shared.displayName ?? followed;
  return { userName: followed, profile: { ...(showsProfile ? shared : {}), displayName } };
}

/** All accounts and organizations. */
export class ModelDirectory {
  accounts: ModelAccount[] = [];

  constructor(readonly organizations: readonly ModelOrganization[]) {}

  account = (id: string) => this.accounts.find((each) => each.id === id);
  accountNamed = (userName: string) => this.accounts.find((each) => same(each.userName, userName));

  /** Who is who. @returns the account; undefined when the person is new */
  find(organization: ModelOrganization, { userName, externalId }: Sent): ModelAccount | undefined {
    const member = organization.named(userName);
    if (member) return member.account;
    const isSame = (kept: KeptRecord) =>
      kept.externalId === undefined || externalId === undefined || kept.externalId === externalId;
    const candidates = organization.kept.filter(
      (each) =>
        same(each.userName, userName) && isSame(each) && organization.member(each.account.id) === undefined,
    );
    const isExact = (kept: KeptRecord) => externalId !== undefined && kept.externalId === externalId;
    const kept = candidates.findLast(isExact) ?? candidates.at(-1);
    if (kept) return kept.account;
    const account = isAddress(userName) ? this.accountNamed(userName) : undefined;
    if (account === undefined || organization.member(account.id)) return undefined;
    return organization.kept.some((each) => each.account === account) ? undefined : account;
  }

  /** @param id of the account that the server answered with */
  post(organization: ModelOrganization, sent: Sent, id: string): void {
    const known = this.find(organization, sent);
    const account = known ?? this.#insert(sent, id, organization);
    if (!organization.member(account.id)) this.#join(organization, account, { showsProfile: false });
    this.#write(organization, id, sent);
  }

  /** @returns false when another person of the organization has the user name */
  write(organization: ModelOrganization, id: string, sent: Sent): boolean {
    const member = organization.member(id);
    const holder = organization.named(sent.userName);
    if (member === undefined || (holder !== undefined && holder !== member)) return false;
    if (isEqual(personOf(member), sent)) {
      Object.assign(member, { externalId: sent.externalId, active: sent.active });
    } else this.#write(organization, id, sent);
    return true;
  }

  #write(organization: ModelOrganization, id: string, sent: Sent): void {
    const member = organization.member(id);
    if (!member) return;
    const { account } = member;
    const before = personOf(member);
    Object.assign(member, { externalId: sent.externalId, active: sent.active });
    member.record = { userName: sent.userName, profile: sent.profile };
    if (account.keeper !== organization) return;
    account.profile = sent.profile;
    const isOfDeleted = same(sent.userName.replace(/^[0-9a-f]{32}/, ""), before.userName);
    const isEntras = isOfDeleted && sent.userName.length === before.userName.length + 32;
    const holderOfName = this.accountNamed(sent.userName);
    const isFree = holderOfName === undefined || holderOfName === account;
    if (sent.userName !== before.userName && !isEntras && isFree) account.userName = sent.userName;
  }

  add(organization: ModelOrganization, id: string, addition: { readonly showsProfile: boolean }): void {
    const account = this.account(id);
    if (account && !organization.member(id)) this.#join(organization, account, addition);
  }

  leave(organization: ModelOrganization, id: string): void {
    const member = organization.member(id);
    if (!member) return;
    const { account, externalId } = member;
    const kept = { account, externalId, userName: personOf(member).userName };
    organization.kept = [...organization.kept.filter((each) => each.account !== account), kept];
    organization.members.splice(organization.members.indexOf(member), 1);
    if (account.keeper === organization) account.keeper = undefined;
  }

  /** The provider creates an account, or a person who accepts an invitation does. */
  create(person: Person, id: string): ModelAccount {
    return this.#insert(person, id, undefined);
  }

  /** The provider writes an account. @returns false when another account has the user name */
  writeAccount(account: ModelAccount, next: Person): boolean {
    const holder = this.accountNamed(next.userName);
    if (holder !== undefined && holder !== account) return false;
    if (isEqual(account, next)) return true;
    account.keeper = undefined;
    account.shared = sharedAfter(account.profile, account.shared, next.profile);
    Object.assign(account, { userName: next.userName, profile: next.profile });
    for (const organization of this.organizations) {
      const member = organization.member(account.id);
      if (member && !member.record) member.followed = followedName(organization, account);
    }
    return true;
  }

  delete(id: string): void {
    this.accounts = this.accounts.filter((each) => each.id !== id);
    for (const organization of this.organizations) {
      const place = organization.members.findIndex(({ account }) => account.id === id);
      if (place >= 0) organization.members.splice(place, 1);
      organization.kept = organization.kept.filter(({ account }) => account.id !== id);
    }
  }

  #insert({ userName, profile }: Person, id: string, creator: ModelOrganization | undefined): ModelAccount {
    const own = creator && this.accountNamed(userName) ? `${userName}#${id.slice(-12)}` : userName;
    const account = { id, userName: own, profile, shared: creator ? {} : profile, keeper: creator };
    this.accounts.push(account);
    return account;
  }

  #join(
    organization: ModelOrganization,
    account: ModelAccount,
    { showsProfile }: { readonly showsProfile: boolean },
  ): void {
    if (account.keeper !== organization) account.keeper = undefined;
    const followed = followedName(organization, account);
    organization.members.push({
      ...{ account, externalId: undefined, active: true, record: undefined, followed, showsProfile },
    });
  }
}

/** The account's user name, which must be unique in the organization. */
function followedName(organization: ModelOrganization, { id, userName }: ModelAccount): string {
  const holder = organization.named(userName);
  return holder === undefined || holder.account.id === id ? userName : `${userName}#${id.slice(-12)}`;
}

/** A value sent back unchanged is not written. */
function sharedAfter(before: Profile, shared: Profile, after: Profile): Profile {
  const leaves = LEAVES.filter((leaf) => after[leaf] !== before[leaf] || after[leaf] === shared[leaf]);
  const has = (emails: Profile["emails"], { value }: Email) => emails?.some((each) => each.value === value);
  const emails = (after.emails ?? []).filter(
    (each) => !has(before.emails, each) || has(shared.emails, each) === true,
  );
  return {
    ...Object.fromEntries(leaves.map((leaf) => [leaf, after[leaf]])),
    ...(emails.length > 0 && { emails }),
  };
}

/** Everything in one order, without what is undefined. */
export const plain = ({ userName, profile }: Person): string =>
  JSON.stringify([userName, ...LEAVES.map((leaf) => profile[leaf] ?? null), profile.emails ?? []]);

const isEqual = (one: Person, other: Person) => plain(one) === plain(other);
