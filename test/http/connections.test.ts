import { expect } from "chai";
import { once } from "node:events";
import type { RequestListener, Server } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { text } from "node:stream/consumers";
import { readSettings } from "../../src/config/settings.js";
import { answerWith } from "../../src/http/server/connections.js";
import { createHttpServer } from "../../src/http/server/server.js";
import { whileOthersAreServed } from "../support/bystander.js";
import { forEachEngine } from "../support/engines.js";
import { clientWith } from "../support/realms.js";
import { startServer } from "../support/server.js";
import type { ServerInProcess } from "../support/server.js";

describe("A connection", () => {
  forEachEngine((engine) => {
    let server: ServerInProcess;

    before(async () => {
      server = await startServer(engine, { REQUEST_TIMEOUT: "2" });
    });
    after(() => server.stop());

    const open = async (): Promise<Socket> => {
      const { hostname, port } = new URL(server.scim.url);
      const socket = connect(Number(port), hostname);
      socket.on("error", () => undefined);
      await once(socket, "connect");
      return socket;
    };
    const CLOSE = "\r\nConnection: close\r\n\r\n";
    const OTHER = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    const GET = "GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\n\r\n";

    it("has a few requests answered one after the other, in order", async () => {
      const socket = await open();
      const heard = text(socket);
      socket.write(
        `GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n${GET}GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      expect(statuses(await heard)).to.deep.equal([200, 401, 404]);
    });

    it("has ten requests answered that are sent at once", async () => {
      const socket = await open();
      const heard = text(socket);
      socket.write(`${GET.repeat(5)}${OTHER.repeat(4)}${OTHER.replace("\r\n\r\n", CLOSE)}`);
      expect(statuses(await heard)).to.deep.equal([401, 401, 401, 401, 401, 200, 200, 200, 200, 200]);
    });

    const floods = {
      requests: GET,
      "requests without a host": "GET / HTTP/1.1\r\n\r\n",
      "requests that expect something": "GET / HTTP/1.1\r\nHost: x\r\nExpect: x\r\n\r\n",
    };
    for (const [what, request] of Object.entries(floods)) {
      it(`is closed after some answers when thousands of ${what} are sent at once, and nobody waits`, async () => {
        const bystander = await clientWith(server, {});
        await whileOthersAreServed(bystander, async () => {
          for (let time = 0; time < 3; time += 1) {
            await Promise.all(
              Array.from({ length: 10 }, async () => {
                const socket = await open();
                const heard = text(socket).catch(() => "");
                socket.write(request.repeat(3000));
                expect(statuses(await heard).length).to.be.at.most(11);
              }),
            );
          }
        });
      });
    }

    it("has no more parsed of what is sent at once than it has answered", async () => {
      const parsed = { count: 0 };
      const http = createHttpServer(readSettings({}).http);
      http.on("request", () => (parsed.count += 1));
      answerWith(http, (_request, response) => response.end(), 1000);
      await once(http.listen(0, "127.0.0.1"), "listening");
      const socket = connect((http.address() as AddressInfo).port, "127.0.0.1");
      const heard = text(socket).catch(() => "");
      socket.write(OTHER.repeat(3000));
      await heard;
      http.close();
      expect(parsed.count).to.be.within(10, 13);
    });

    it("has a request without a host refused after the answers to those before it", async () => {
      const socket = await open();
      const heard = text(socket);
      socket.write(`${OTHER}GET / HTTP/1.1\r\n\r\n`);
      const answer = await heard;
      expect(statuses(answer)).to.deep.equal([200, 400]);
      expect(answer).to.include("'Host'");
    });

    it("that sends a body too slowly is answered 408 and closed, and nobody waits", async () => {
      const bystander = await clientWith(server, {});
      await whileOthersAreServed(bystander, async () => {
        const socket = await open();
        const heard = text(socket).catch(() => "");
        const { token } = server.scim;
        const type = "Content-Type: application/scim+json\r\nContent-Length: 5000";
        socket.write(
          `POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${type}\r\n\r\n{`,
        );
        const trickling = setInterval(() => socket.write(" "), 100);
        const answer = await heard;
        clearInterval(trickling);
        expect(statuses(answer)).to.deep.equal([408]);
        expect(answer).to.include("urn:ietf:params:scim:api:messages:2.0:Error");
      });
    });

    it("that sends nothing is closed without a word", async () => {
      expect(await text(await open())).to.equal("");
    });

    it("has what is no request answered after the requests before it", async () => {
      const socket = await open();
      const heard = text(socket);
      socket.write(`${GET}NONSENSE\r\n\r\n`);
      expect(statuses(await heard)).to.deep.equal([401, 400]);
    });
  });
});

const statuses = (answer: string) =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

describe("An HTTP server", () => {
  /** How long a client may take to read an answer, in milliseconds; a quarter of it without taking anything. */
  const LIMIT = 4000;

  const serve = async (listener: RequestListener, limits: object = {}) => {
    const server = createHttpServer({ ...readSettings({}).http, ...limits });
    answerWith(server, listener, LIMIT);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const open = async () => {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => undefined);
      await once(socket, "connect");
      return socket;
    };
    return { server, open };
  };
  const ASK = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

  it("cuts an answer that its client does not read, when it has waited for a while", async () => {
    let closed: Promise<unknown> | undefined;
    const { server, open } = await serve((_request, response) => {
      closed = once(response, "close");
      const write = () => {
        while (response.write("x".repeat(64 * 1024)));
      };
      response.on("drain", write);
      write();
    });
    const socket = await open();
    socket.pause();
    socket.write(ASK);
    await once(server, "request");
    const began = performance.now();
    await closed;
    expect(performance.now() - began).to.be.within(LIMIT / 4 - 100, LIMIT);
    socket.destroy();
    server.close();
  });

  it("cuts no answer that it has not sent itself", async () => {
    const { server, open } = await serve((_request, response) => {
      response.write("begin");
      setTimeout(() => response.end("end"), LIMIT / 2 + 1000);
    });
    const socket = await open();
    const heard = text(socket);
    socket.write(ASK.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    expect(await heard).to.match(/begin[^]*end/);
    server.close();
  });

  it("closes connections beyond their number, and takes others when some have ended", async () => {
    const { server, open } = await serve((_request, response) => response.end(), { maxConnections: 2 });
    const [first, second, third] = [await open(), await open(), await open()];
    expect(await text(third)).to.equal("");
    first.destroy();
    while ((await connectionsOf(server)) > 1) await new Promise(setImmediate);
    const next = await open();
    next.write(ASK);
    const [answer] = (await once(next, "data")) as [Buffer];
    expect(statuses(answer.toString())).to.deep.equal([200]);
    for (const socket of [second, next]) socket.destroy();
    server.close();
  });
});

const connectionsOf = (server: Server) =>
  new Promise<number>((resolve) => {
    server.getConnections((_error, count) => {
      resolve(count);
    });
  });
