import type { Knex } from "knex";

/** Names of targets and details of audit events as they compare without case. */
export async function up(knex: Knex): Promise<void> {
  const { isPostgres, names } = inEngine(knex);
  for (const name of names) {
    await knex.raw(
      `alter table muster_audit_events add column ${name} ${isPostgres ? 'text collate "C"' : "text"}`,
    );
  }
  for (let after = ""; ;) {
    const rows = (await knex("muster_audit_events")
      .select("id", "target_display", "detail")
      .where("id", ">", after)
      .orderBy("id")
      .limit(PORTION)) as Row[];
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
    await knex.raw(
      `update muster_audit_events set target_display_key = folded.column2, detail_key = folded.column3
       from (values ${rows.map(() => "(cast(? as text), cast(? as text), cast(? as text))").join(", ")}) as folded
       where muster_audit_events.id = folded.column1`,
      rows.flatMap(({ id, target_display, detail }) => [id, foldOf(target_display), foldOf(detail)]),
    );
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const name of inEngine(knex).names) {
    await knex.raw(`alter table muster_audit_events drop column ${name}`);
  }
}

interface Row {
  readonly id: string;
  readonly target_display: string | null;
  readonly detail: string | null;
}

/** How many events one statement writes. */
const PORTION = 200;

const inEngine = (knex: Knex) => ({
  isPostgres: (knex.client as { dialect: string }).dialect === "postgresql",
  names: ["target_display_key", "detail_key"],
});

/** Letters that only look like others stay apart from them. */
const LOOKALIKE =
  /([\u00B5\u0131\u017F\u03D0\u03D1\u03D5\u03D6\u03F0\u03F1\u03F4\u03F5\u1C80-\u1C88\u1E9B\u1FBE\u2126\u212A\u212B\uFB00-\uFB06\uFB13-\uFB17])/;

const foldOf = (text: string | null) =>
  text === null
    ? null
    : text
        .split(LOOKALIKE)
        .map((part, place) => (place % 2 === 1 ? part : part.toLowerCase().toUpperCase().normalize("NFC")))
        .join("");
