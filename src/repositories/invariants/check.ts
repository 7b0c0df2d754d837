import type { Session } from "../../db/session.js";
import { mendAddresses, wrongAddresses } from "./addresses.js";
import { COPY_RULES } from "./copies.js";
import type { WrongCopy } from "./copies.js";
import { INVARIANTS } from "./invariants.js";

/** A rule, and what breaks it. */
export interface Checked {
  /** What should be true, as a sentence without its full stop. */
  readonly name: string;
  /** What breaks it, at most `MOST_FOUND`. */
  readonly broken: readonly WrongCopy[];
  /** What a person has to do; undefined: `mend` does it. */
  readonly remedy: string | undefined;
}

/** A rule can be checked and, unless it has a remedy, mended. */
interface Rule {
  readonly name: string;
  readonly remedy?: string | undefined;
  broken(session: Session): AsyncGenerator<WrongCopy>;
  mend?(session: Session): Promise<void>;
}

/** More are not looked for, so that a rule that is broken everywhere costs no more than one that is kept. */
export const MOST_FOUND = 1000;

const rulesFor = ({ dialect }: Session): readonly Rule[] => [
  ...INVARIANTS.filter(({ engine }) => engine === undefined || engine === dialect.engine).map(
    ({ name, remedy, broken, mend, counts }): Rule => ({
      ...{ name, remedy },
      async *broken(session) {
        yield* await session.rows<WrongCopy>(
          `select id, found from (${broken}) as broken limit ${MOST_FOUND}`,
        );
      },
      ...(mend && {
        mend: async (session: Session) => {
          if (counts && !session.dialect.hasOneWriter)
            await session.rows(`lock table ${counts.join(", ")} in share row exclusive mode`);
          for (const statement of mend) await session.rows(statement);
        },
      }),
    }),
  ),
  ...COPY_RULES,
  {
    name: "Accounts are found by their addresses",
    broken: wrongAddresses,
    mend: mendAddresses,
  },
];

/** Checks every rule. Reads as much as there is; the session should see all at one moment. */
export async function* checkAll(session: Session): AsyncGenerator<Checked> {
  for (const rule of rulesFor(session)) {
    const broken: WrongCopy[] = [];
    for await (const each of rule.broken(session)) {
      broken.push(each);
      if (broken.length === MOST_FOUND) break;
    }
    yield { name: rule.name, remedy: rule.remedy, broken };
  }
}

/** Makes a rule true again, in the transaction of the session, if it has no remedy. @param name of the rule */
export async function mendRule(session: Session, name: string): Promise<void> {
  await rulesFor(session)
    .find((rule) => rule.name === name)
    ?.mend?.(session);
}
