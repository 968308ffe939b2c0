// xero-node 20, its share of bank feeds: the whole life of a feed at a Xero.
//
//     xero_20.cjs URL TOKEN TENANT
//
// Prints as JSON what the package has made of every answer, step by step; whether it is right is the caller's to say.
"use strict";

const { XeroClient } = require("xero-node");

const [url, token, tenant] = process.argv.slice(2);
const POLLS_MAX = 5;

const client = new XeroClient({ clientId: "c", clientSecret: "s", redirectUris: ["http://localhost:9/"], scopes: [] });
const feeds = client.bankFeedsApi;
feeds.basePath = `${url}/bankfeeds.xro/1.0`;
feeds.accessToken = token;

/** Xero's time goes by. */
async function wait(advanceSecs) {
  const answer = await fetch(`${url}/control/time`, { method: "POST", body: JSON.stringify({ advanceSecs }) });
  if (!answer.ok) throw new Error(await answer.text());
}

/** The HTTP status and what the package has read. */
async function done(call) {
  const { response, body } = await call;
  return { status: response.status, body };
}

/** What the package throws for a refusal: text with the answer in it. */
async function refused(call) {
  const told = await call.then(
    () => { throw new Error("it was not refused"); },
    (told) => told,
  );
  const { response } = typeof told === "string" ? JSON.parse(told) : told;
  return { status: response.statusCode, body: response.body };
}

/** Asks until a statement is no longer PENDING; what was shown each time. */
async function polled(id) {
  const shown = [];
  while (shown.length < POLLS_MAX && (shown.length === 0 || shown.at(-1).status === "PENDING")) {
    if (shown.length > 0) await wait(1);
    shown.push((await feeds.getStatement(tenant, id)).body);
  }
  return shown;
}

function statement(feedConnectionId, start, end, lines) {
  return {
    feedConnectionId,
    startDate: "2024-02-28",
    endDate: "2024-02-29",
    startBalance: { amount: start, creditDebitIndicator: "CREDIT" },
    endBalance: { amount: end, creditDebitIndicator: "CREDIT" },
    statementLines: lines.map(([transactionId, amount, creditDebitIndicator]) => ({
      postedDate: "2024-02-29",
      description: `Zahlung ${transactionId} für Öl`,
      amount,
      creditDebitIndicator,
      transactionId,
      payeeName: "Café Łódź",
      transactionType: "Refund",
    })),
  };
}

async function life() {
  const draft = { accountToken: "tok-1", accountNumber: "12345678", accountName: "Current", accountType: "BANK", currency: "GBP" };
  const told = {};
  told.created = await done(feeds.createFeedConnections(tenant, { items: [draft] }, "create-1"));
  told.createdAgain = await done(feeds.createFeedConnections(tenant, { items: [draft] }, "create-1"));
  const [{ id }] = told.created.body.items;
  told.pending = await done(feeds.getFeedConnection(tenant, id));
  await wait(1);
  told.connected = await done(feeds.getFeedConnection(tenant, id));
  told.listed = await done(feeds.getFeedConnections(tenant, 1, 50));

  const first = statement(id, 100, 67.4999, [["t-1", 42.5, "DEBIT"], ["t-2", 9.9999, "CREDIT"]]);
  told.sent = await done(feeds.createStatements(tenant, { items: [first] }, "send-1"));
  told.polled = await polled(told.sent.body.items[0].id);
  told.sentTwice = await done(feeds.createStatements(tenant, { items: [first] }, "send-2"));
  told.rejected = await polled(told.sentTwice.body.items[0].id);
  const wrong = statement(id, 67.4999, 70, [["t-3", 1, "CREDIT"]]);
  told.refused = await refused(feeds.createStatements(tenant, { items: [wrong] }, "send-3"));
  told.statements = await done(feeds.getStatements(tenant, 1, 50));

  told.deleted = await done(feeds.deleteFeedConnections(tenant, { items: [{ id }] }, "delete-1"));
  await wait(1);
  told.gone = await refused(feeds.getFeedConnection(tenant, id));
  told.left = await done(feeds.getFeedConnections(tenant, 1, 50));
  return told;
}

life().then(
  (told) => console.log(JSON.stringify(told)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
