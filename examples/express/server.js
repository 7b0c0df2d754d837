// A product's own Express app with Muster in it, on the product's own database.
//
//   npm install express knex sqlite3 muster
//   SCIM_TOKEN=a-token-of-twenty-characters node server.js
//
// SCIM is then at http://127.0.0.1:3000/identity/scim/v2.
import express from "express";
import knex from "knex";
import { once } from "node:events";
import { createServer } from "node:http";
import { createMuster, messagesOf } from "muster";

const port = Number(process.env.PORT ?? 3000);

const database = knex({
  client: "sqlite3",
  connection: { filename: process.env.DATABASE_FILE ?? "product.sqlite" },
  useNullAsDefault: true,
});

// Nothing happens yet: no connection, no table, no mail.
const muster = createMuster({
  database,
  // As clients see it, with the path that Muster is mounted at: locations and links in mail begin with it.
  publicUrl: `http://127.0.0.1:${port}/identity`,
  bootstrapToken: process.env.SCIM_TOKEN,
  productName: "Example",
  mailer: {
    send: (message) => Promise.resolve(console.log(`To ${message.to}: ${message.subject}\n${message.text}`)),
  },
});

const app = express();
// Before anything that reads bodies: Muster reads its own, within its own limits.
app.use("/identity", muster.app);
app.use(express.json());
app.get("/", (_request, response) => {
  response.send("The product's own page");
});

await muster.migrate();
await muster.start();
const server = createServer(messagesOf(app), app).listen(port);
await once(server, "listening");
console.log(
  `The product is at http://127.0.0.1:${port}, its SCIM at http://127.0.0.1:${port}/identity/scim/v2`,
);

await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
const closed = once(server, "close");
server.close();
await muster.stop(closed);
// Muster has only borrowed it.
await database.destroy();
