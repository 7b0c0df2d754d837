import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Settings } from "../../config/types.js";
import { createHttpServer, endConnections } from "../../http/server/server.js";
import { createMuster } from "../../muster.js";
import { DemoClock } from "./clock.js";
import { DemoMailbox } from "./mailbox.js";
import { DemoPeople } from "./people.js";
import { Stage } from "./stage.js";
import { actOut } from "./story.js";
import type { PlannedCompany } from "./story.js";

/** What `seeds/demo` holds. */
export interface Seed {
  readonly names: ConstructorParameters<typeof DemoPeople>[0];
  readonly departments: ConstructorParameters<typeof DemoPeople>[1];
  readonly organizations: readonly PlannedCompany[];
  readonly password: string;
  readonly token: string;
}

/** Passwords are many here, and no secret. */
const PASSWORD_COST = { N: 2 ** 12, r: 8, p: 1 };

/**
 * Makes the database of the demo: acts out its history on a server whose clock is set to the past, by the endpoints that
 * everybody uses, so that the audit log and all times are as they would have been. Mail goes nowhere.
 */
export async function makeDemo(settings: Settings, seed: Seed): Promise<void> {
  const clock = new DemoClock();
  const mailbox = new DemoMailbox();
  clock.toDaysAgo(170);
  const muster = createMuster({
    ...settings,
    ...{ clock: clock.read, newId: clock.newId, mailer: mailbox, passwordCost: PASSWORD_COST },
    trustedProxies: ["127.0.0.1"],
    logLevel: "silent",
    mail: { ...settings.mail, notices: "off" },
  });
  const server = createHttpServer(settings.http, muster.app);
  try {
    await muster.migrate();
    await muster.services.authentication.adopt("Operations", seed.token);
    await once(server.listen(0, "127.0.0.1"), "listening");
    await muster.start();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const people = new DemoPeople(seed.names, seed.departments);
    await actOut(new Stage({ url, clock }, mailbox, people, seed.password), seed.organizations, seed.token);
    await mailbox.quiet();
  } finally {
    const connections = endConnections(server);
    server.closeAllConnections();
    await muster.stop(connections);
  }
}
