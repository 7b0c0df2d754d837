import { requireAccess } from "../../domain/access/policy.js";
import type { Principal } from "../../domain/access/principal.js";
import type { Readiness, ServerFacts, ServerState } from "../../domain/server/server-state.js";
import type { Dependencies } from "../dependencies.js";

/** How long it counts that a mail was given up, in milliseconds. */
const LATELY_MS = 7 * 24 * 60 * 60 * 1000;

/** How the process that serves can be asked about itself. */
export interface Server {
  readonly facts: () => ServerFacts;
  readonly readiness: () => Promise<Readiness>;
  readonly engineVersion: () => Promise<string>;
}

/** What the server runs with, and its state. */
export class ServerService {
  constructor(
    private readonly deps: Pick<Dependencies, "work" | "now">,
    private readonly server: Server,
  ) {}

  /** @throws ForbiddenError outside of the provider's realm, too */
  async get(principal: Principal): Promise<ServerState & { readonly id: string }> {
    requireAccess(principal, "read Settings");
    const { facts, readiness, engineVersion } = this.server;
    const lately = new Date(Date.parse(this.deps.now()) - LATELY_MS).toISOString();
    return {
      id: "settings",
      ...facts(),
      readiness: await readiness(),
      engineVersion: await engineVersion(),
      mail: await this.deps.work.readMany(principal).outbox.state(lately),
    };
  }
}
