import type { Database } from "../db/database.js";
import { PROVIDER_REALM, turnOf } from "../domain/access/principal.js";
import type { Realm } from "../domain/access/principal.js";
import { joined } from "./joined.js";
import { rehearsed } from "./rehearsal.js";
import { Repositories } from "./repositories.js";
import type { Reader, Rehearsal, UnitOfWork } from "./unit-of-work.js";

/** Runs each unit of work in its own transaction. Reads are outside transactions, and see what is committed. */
export class Transactions implements UnitOfWork {
  constructor(private readonly database: Database) {}

  read(realm: Realm, owner = ownerIn(realm)): Repositories {
    return new Repositories(this.database.lookingUp(owner), realm);
  }

  readMany(reader: Reader): Repositories {
    const { realm, signal } = reader;
    return new Repositories(this.database.listing({ ...turnOf(reader), signal }), realm);
  }

  write<T>(realm: Realm, work: (repositories: Repositories) => Promise<T>): Promise<T> {
    return this.database.transaction((session) => work(new Repositories(session, realm)), ownerIn(realm));
  }

  together<T>(realm: Realm, work: (joined: UnitOfWork) => Promise<T>): Promise<T> {
    return this.database.transaction(
      (session) =>
        joined(session, async (units) => {
          const result = await work(units);
          await new Repositories(session, PROVIDER_REALM).auditEvents.insert(units.trace.events);
          return result;
        }),
      ownerIn(realm),
    );
  }

  rehearse<T>(realm: Realm, now: string, work: (joined: UnitOfWork) => Promise<T>): Promise<Rehearsal<T>> {
    return this.database.rehearse((session) => rehearsed(session, realm, now, work), ownerIn(realm));
  }
}

/** Realms take turns, however many tokens each has. */
const ownerIn = (realm: Realm) => (realm.type === "provider" ? "" : realm.organizationId);
