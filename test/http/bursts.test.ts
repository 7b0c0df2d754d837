import { expect } from "chai";
import { PROVIDER_REALM } from "../../src/domain/access/principal.js";
import express from "express";
import type { Response } from "express";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { answers } from "../../src/http/answers/answers.js";
import { errors } from "../../src/http/answers/errors.js";
import { takeTurn } from "../../src/http/requests/turn.js";
import { ScimAnswer } from "../../src/scim/answers/answer.js";
import { createLogger } from "../../src/logging/logger.js";
import { expectError, expectStatus } from "../support/assertions.js";
import { whileOthersAreServed } from "../support/bystander.js";
import { ScimClient } from "../support/client.js";
import { CORE_USER, createGroup, unique } from "../support/factories.js";
import { clientWith } from "../support/realms.js";
import { describeServer } from "../support/server.js";

describeServer("A burst of one access token", function (scim, server) {
  it("of 200 creates is done, and keeps nobody else waiting", async function () {
    this.timeout(60_000);
    const bystander = await clientWith(server(), { organization: (await createGroup(scim)).id });
    const attacker = await clientWith(server(), { organization: (await createGroup(scim)).id });
    const answers = await whileOthersAreServed(bystander, () =>
      Promise.all(
        Array.from({ length: 200 }, () =>
          attacker.post("/Users", { schemas: [CORE_USER], userName: unique("burst") }),
        ),
      ),
    );
    for (const answer of answers) expectStatus(answer, 201);
  });
});

describe("Requests that are too many at once", () => {
  it("are refused with the time to wait, and the others done when it is their turn", async () => {
    const logger = createLogger("silent");
    const running: Response[] = [];
    const app = express();
    app.use(answers(logger));
    app.use((request, _response, next) => {
      request.user = { actor: { type: "token", tokenId: "one" }, realm: PROVIDER_REALM };
      next();
    });
    app.use(takeTurn({ slots: 2, slotsOfOne: 1, waiting: 2, waitingOfOne: 1, patience: 10_000 }));
    app.use((_request, response) => running.push(response));
    app.use(errors(logger));
    const server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const client = new ScimClient(() => ({ url: `http://127.0.0.1:${port}`, token: "" }));
    const asked = [1, 2, 3].map(() => client.get("/Users"));
    const refused = await Promise.any(asked);
    expectError(refused, { status: 429 });
    expect(refused.headers["retry-after"]).to.match(/^[1-9]\d*$/);
    expect(running).to.have.length(1);
    running[0]?.send(new ScimAnswer(200, "{}"));
    while (running.length < 2) await new Promise(setImmediate);
    running[1]?.send(new ScimAnswer(200, "{}"));
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.sort()).to.deep.equal([200, 200, 429]);
    server.close();
  });
});
