import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

/** A wire to a real PostgreSQL that can be cut, or keep back all that goes over it, as a server does that hangs. */
export class Wire {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #isHung = false;

  private constructor(
    private readonly target: string,
    private readonly port: number,
  ) {}

  /** @param databaseUrl of a PostgreSQL that listens on a socket in a folder */
  static async to(databaseUrl: string): Promise<{ wire: Wire; databaseUrl: string }> {
    const { hostname, pathname } = new URL(databaseUrl);
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, "close");
    const wire = new Wire(`${decodeURIComponent(hostname)}/.s.PGSQL.5432`, port);
    await wire.restore();
    return { wire, databaseUrl: `postgres://muster@127.0.0.1:${port}${pathname}` };
  }

  /** From now on, no data passes, without any error. */
  hang(): void {
    this.#isHung = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** From now on, all connections are gone, and there are no new ones. */
  cut(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
  }

  async restore(): Promise<void> {
    this.#isHung = false;
    for (const socket of this.#sockets) socket.resume();
    if (this.#server) return;
    this.#server = createServer((near) => {
      this.#join(near);
    }).listen(this.port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  #join(near: Socket): void {
    const far = connect(this.target);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on("data", (data) => to.write(data));
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      if (this.#isHung) from.pause();
    }
  }
}
