/** A person of the demo, as an identity provider knows them. */
export interface DemoPerson {
  readonly userName: string;
  readonly displayName: string;
  readonly name: { readonly givenName: string; readonly familyName: string };
  readonly locale: string;
  readonly department: string;
  readonly title: string;
}

/** Names in a language; `native=latin` where they are not written in Latin letters. */
interface Names {
  readonly locale: string;
  readonly given: readonly string[];
  readonly family: readonly string[];
  readonly isFamilyFirst?: boolean;
}

/** Makes up people, the same at each start, with user names that are there once. */
export class DemoPeople {
  readonly #taken = new Set<string>();
  #seed = 20_260_101;

  constructor(
    private readonly names: readonly Names[],
    private readonly departments: Readonly<Record<string, readonly string[]>>,
  ) {}

  /** @param locales of which the name is; most people have one of the first */
  next(domain: string, locales: readonly string[] = []): DemoPerson {
    const known = this.names.filter(({ locale }) => locales.includes(locale));
    const of = this.pick(known.length > 0 && this.number(10) < 8 ? known : this.names);
    const [given, family] = [written(this.pick(of.given)), written(this.pick(of.family))];
    const department = this.pick(Object.keys(this.departments));
    const title = this.pick(this.departments[department] ?? [""]);
    const name = { givenName: given.native, familyName: family.native };
    const inOrder = of.isFamilyFirst ? [family.native, given.native] : [given.native, family.native];
    return {
      userName: this.#userName(`${given.latin}.${family.latin}`, domain),
      displayName: inOrder.join(/^\p{Script=Han}+$/u.test(family.native) ? "" : " "),
      ...{ name, locale: of.locale, department, title },
    };
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.number(values.length)];
    if (value === undefined) throw new RangeError("There is nothing to choose from");
    return value;
  }

  /** A number from 0 to one less than the limit (the "minimal standard" generator). */
  number(limit: number): number {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    return this.#seed % limit;
  }

  #userName(name: string, domain: string): string {
    for (let n = 1; ; n += 1) {
      const userName = `${name}${n === 1 ? "" : n}@${domain}`.toLowerCase();
      if (this.#taken.has(userName)) continue;
      this.#taken.add(userName);
      return userName;
    }
  }
}

/** Letters that are no letters with marks. */
const SPECIAL: Readonly<Record<string, string>> = {
  ...{ ł: "l", Ł: "L", ø: "o", Ø: "O", ß: "ss", đ: "d", Đ: "D", ı: "i", "’": "" },
};

function written(name: string): { readonly native: string; readonly latin: string } {
  const [native = "", latin = native] = name.split("=");
  const plain = latin.normalize("NFD").replaceAll(/\p{M}/gu, "");
  return { native, latin: Array.from(plain, (letter) => SPECIAL[letter] ?? letter).join("") };
}
