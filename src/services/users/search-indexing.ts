import { PROVIDER_REALM } from "../../domain/access/principal.js";
import type { Dependencies } from "../dependencies.js";

/** So many people go into the index at once: that takes a few milliseconds, in which no other writes. */
const PORTION = 500;

/** Keeps the index for a part of a name or an address up to date. Searches are right before that, too. */
export class SearchIndexing {
  #isStopped = false;

  constructor(private readonly deps: Pick<Dependencies, "work">) {}

  /** Brings the index up to date, portion by portion. Other writers take turns with it. */
  async run(): Promise<void> {
    const { work } = this.deps;
    while (!this.#isStopped && (await work.read(PROVIDER_REALM).searchIndex.isBehind())) {
      await work.write(PROVIDER_REALM, ({ searchIndex }) => searchIndex.catchUp(PORTION));
    }
  }

  /** Ends after the portion that is being written. What is left waits in the queue. */
  stop(): void {
    this.#isStopped = true;
  }
}
