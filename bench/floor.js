import express from "express";

/** The least that Express costs: what every figure is compared with. */
const app = express();
app.get("/", (_request, response) => {
  response.json({ ok: true });
});
app.listen(Number(process.env.PORT), "127.0.0.1");
