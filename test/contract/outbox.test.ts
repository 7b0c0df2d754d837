import { expect } from "chai";
import { readSettings } from "../../src/config/settings.js";
import { openDatabase } from "../../src/db/open.js";
import type { Database } from "../../src/db/database.js";
import { migrate } from "../../src/db/migrate.js";
import type { MailKind } from "../../src/domain/mail/mail.js";
import { PROVIDER_REALM } from "../../src/domain/access/principal.js";
import type { OutboxRepository } from "../../src/repositories/mail/outbox.js";
import { Transactions } from "../../src/repositories/transactions.js";
import { forEachEngine } from "../support/engines.js";

const at = (minute: number) => new Date(Date.UTC(2026, 5, 1, 12, minute)).toISOString();

describe("The outbox", () => {
  forEachEngine((engine) => {
    let database: Database;
    let work: Transactions;
    let made = 0;

    before(async () => {
      database = await openDatabase(readSettings({ DATABASE_URL: await engine.databaseUrl() }).database);
      await migrate(database);
      work = new Transactions(database);
    });
    beforeEach(() => write((outbox) => endAll(outbox)));
    after(() => database.close());

    const write = <T>(entry: (outbox: OutboxRepository) => Promise<T>) =>
      work.write(PROVIDER_REALM, ({ outbox }) => entry(outbox));
    const put = async (kind: MailKind, createdAt = at(0)) => {
      const id = `mail-${String((made += 1)).padStart(6, "0")}`;
      await write((outbox) => outbox.insert([{ id, kind, address: "a@x.test", revision: 1, createdAt }]));
      return id;
    };
    const claim = async (now: string, until: string, limit = 10) =>
      (await write((outbox) => outbox.claim(now, until, limit))).map(({ id }) => id);
    const endAll = async (outbox: OutboxRepository) => {
      for (const { id } of await outbox.claim(at(50), at(51), 1000)) await outbox.end(id, "void", at(0));
    };

    it("gives what somebody waits for before what nobody does, and the older first", async () => {
      const notice = await put("membership-added", at(0));
      const second = await put("invitation", at(2));
      const first = await put("invitation", at(1));
      const code = await put("invitation-code", at(3));
      expect(await claim(at(5), at(6), 3)).to.have.members([code, first, second]);
      expect(await claim(at(5), at(6), 3)).to.deep.equal([notice]);
    });

    it("gives each mail to one, and to somebody else when that one does not come back", async () => {
      const ids: string[] = [];
      for (let n = 0; n < 30; n += 1) ids.push(await put("invitation"));
      const claims = await Promise.all([1, 2, 3, 4].map(() => claim(at(1), at(10))));
      expect(claims.flat().sort()).to.deep.equal(ids);
      expect(await claim(at(9), at(20), 100)).to.deep.equal([]);
      expect((await claim(at(10), at(20), 100)).sort()).to.deep.equal(ids);
    });

    it("gives nothing before its time, nor again what has ended, and counts the attempts", async () => {
      const id = await put("invitation");
      await claim(at(1), at(2));
      await write((outbox) => outbox.postpone({ id, attempts: 1 }, at(30)));
      expect(await claim(at(29), at(31))).to.deep.equal([]);
      const [again] = await write((outbox) => outbox.claim(at(30), at(31), 10));
      expect(again).to.include({ id, attempts: 2 });
      await write((outbox) => outbox.end(id, "sent", at(31)));
      expect(await claim(at(40), at(41))).to.deep.equal([]);
    });

    it("leaves mail with the process that renews its claim", async () => {
      const id = await put("invitation");
      await claim(at(1), at(2));
      await write((outbox) => outbox.renew([id], at(4)));
      expect(await claim(at(3), at(4))).to.deep.equal([]);
      expect(await claim(at(4), at(5))).to.deep.equal([id]);
    });

    it("renews nothing that is done with or was put back", async () => {
      const [sent, postponed] = [await put("invitation"), await put("invitation")];
      await claim(at(1), at(2));
      await write((outbox) => outbox.end(sent, "sent", at(1)));
      await write((outbox) => outbox.postpone({ id: postponed, attempts: 1 }, at(2)));
      await write((outbox) => outbox.renew([sent, postponed], at(9)));
      expect(await claim(at(2), at(3))).to.deep.equal([postponed]);
    });

    it("lets a process that lost its claim put nothing back", async () => {
      const id = await put("invitation");
      await claim(at(1), at(2));
      await claim(at(2), at(9));
      await write((outbox) => outbox.postpone({ id, attempts: 1 }, at(3)));
      expect(await claim(at(3), at(10))).to.deep.equal([]);
    });

    it("waits no longer for a claim or a mail when the clock is set back", async () => {
      const [untried, claimed] = [await put("invitation", at(40)), await put("invitation-code", at(40))];
      expect(await claim(at(40), at(41), 1)).to.deep.equal([claimed]);
      expect(await write((outbox) => outbox.isDue(at(1), at(2)))).to.equal(true);
      expect(await claim(at(1), at(2))).to.have.members([untried, claimed]);
    });

    it("does not take mail from a process whose clock is a little ahead", async () => {
      await put("invitation");
      await claim(at(2), at(3));
      expect(await claim(at(1), at(2))).to.deep.equal([]);
    });

    it("forgets what ended long ago, and nothing else", async () => {
      await write((outbox) => outbox.prune(at(59), 1000));
      const [old, recent, waiting] = [
        await put("invitation"),
        await put("invitation"),
        await put("invitation"),
      ];
      await write((outbox) => outbox.end(old, "sent", at(1)));
      await write((outbox) => outbox.end(recent, "sent", at(20)));
      expect(await write((outbox) => outbox.prune(at(10), 1000))).to.equal(1);
      const left = await database.reader.rows<{ id: string }>("select id from muster_outbox order by id");
      expect(left.map(({ id }) => id)).to.deep.equal([recent, waiting]);
    });
  });
});
