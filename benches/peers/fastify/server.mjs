// A push of transactions with Fastify and pg. See ../README.md.

import cluster from "node:cluster";
import { randomUUID, timingSafeEqual } from "node:crypto";
import Fastify from "fastify";
import pg from "pg";

const COLUMNS = ["line_id", "day", "amount", "balance", "description", "reference", "counterparty"];
const FIELDS = ["id", "date", "amount", "balance", "description", "reference", "counterparty"];
const INSERT_LINES = `
  insert into line (account_id, push_key, ${COLUMNS.join(", ")})
  select $1, $2, *
  from unnest($3::text[], $4::date[], $5::numeric[], $6::numeric[], $7::text[], $8::text[], $9::text[])`;

const text = { type: "string", nullable: true };
const schema = {
  body: {
    type: "object",
    required: ["accountId", "transactions"],
    properties: {
      accountId: { type: "string" },
      transactions: {
        type: "array",
        maxItems: 10_000,
        items: {
          type: "object",
          required: ["id", "date", "amount"],
          properties: {
            id: { type: "string", minLength: 1, maxLength: 200 },
            date: { type: "string", format: "date" },
            amount: { type: "number" },
            balance: { type: "number", nullable: true },
            description: text,
            reference: text,
            counterparty: text,
          },
        },
      },
    },
  },
};

async function serve() {
  const { PEER_SOCKET, PEER_DATABASE, PEER_PORT, PEER_AUTHORIZATION } = process.env;
  const pool = new pg.Pool({ host: PEER_SOCKET, database: PEER_DATABASE, user: "postgres", max: 16 });
  const expected = Buffer.from(PEER_AUTHORIZATION);
  const app = Fastify({ bodyLimit: 16 * 1024 * 1024 });

  app.addHook("onRequest", async (request, reply) => {
    const given = Buffer.from(request.headers.authorization ?? "");
    const isKnown = given.length === expected.length && timingSafeEqual(given, expected);
    if (!isKnown) return reply.code(401).send();
  });

  app.get("/process", async () => String(process.pid));

  app.post(
    "/companies/:company/connections/:connection/push/bankAccounts/:account/bankTransactions",
    { schema },
    async (request, reply) => {
      const { company, connection, account } = request.params;
      const { accountId, transactions } = request.body;
      if (accountId !== account) return reply.code(400).send({ error: "accountId differs" });
      const [key, now] = [randomUUID(), new Date()];
      const columns = FIELDS.map((field) => transactions.map((line) => line[field] ?? null));
      const database = await pool.connect();
      try {
        await database.query("begin");
        await database.query("insert into push values ($1, $2, $3, 'Pending')", [key, account, now]);
        await database.query({ name: "lines", text: INSERT_LINES, values: [account, key, ...columns] });
        await database.query("commit");
      } catch (error) {
        await database.query("rollback");
        if (error.code === "23505") return reply.code(409).send({ error: "a transaction is known" });
        throw error;
      } finally {
        database.release();
      }
      return {
        pushOperationKey: key,
        companyId: company,
        dataConnectionKey: connection,
        requestedOnUtc: now,
        status: "Pending",
        data: request.body,
      };
    },
  );
  await app.listen({ host: "127.0.0.1", port: Number(PEER_PORT) });
}

if (cluster.isPrimary) {
  for (let number = 0; number < Number(process.env.PEER_PROCESSES); number += 1) cluster.fork();
} else {
  await serve();
}
