// Node's own HTTP server. With a second argument it stores every delivery by better-sqlite3, as
// durable as ours (WAL and FULL), before it answers; without one it stores nothing.
"use strict";
const crypto = require("node:crypto");
const http = require("node:http");

const secret = process.env.PROPEXO_WEBHOOK_SECRET;
const [port, path] = process.argv.slice(2);
let keep = () => 0;
if (path) {
  const database = new (require("better-sqlite3"))(path);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec(
    "CREATE TABLE deliveries (id INTEGER PRIMARY KEY, event TEXT, connection_id TEXT, body BLOB)",
  );
  const insert = database.prepare(
    "INSERT INTO deliveries (event, connection_id, body) VALUES (?, ?, ?)",
  );
  keep = (parsed, body) =>
    Number(insert.run(parsed.event, parsed.connection_id, body).lastInsertRowid);
}

function isSigned(signature, body) {
  const wanted = "sha256=" + crypto.createHmac("sha256", secret).update(body).digest("hex");
  return signature?.length === wanted.length &&
    crypto.timingSafeEqual(Buffer.from(signature), Buffer.from(wanted));
}

function answer(response, status, value) {
  const text = JSON.stringify(value);
  response.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(text),
  });
  response.end(text);
}

http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    if (!isSigned(request.headers["x-propexo-signature"], body)) {
      answer(response, 401, { error: "invalid_signature" });
      return;
    }
    const id = keep(JSON.parse(body), body);
    answer(response, 200, { status: "accepted", delivery_id: id });
  });
}).listen(Number(port), "127.0.0.1");
