// Receivers in JavaScript: both published libraries must accept what was sent, and nothing else.
//
//     receivers.cjs MESSAGES
//
// MESSAGES is a JSON list of objects with `headers`, `body` and `secret`, as an endpoint heard them.

const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const svix = require("svix");
const standardwebhooks = require("standardwebhooks");

const messages = JSON.parse(readFileSync(process.argv[2], "utf8"));
assert.ok(messages.length > 0, "there is nothing to check");
for (const { headers, body, secret } of messages) {
  for (const library of [svix, standardwebhooks]) {
    const webhook = new library.Webhook(secret);
    assert.deepEqual(webhook.verify(body, headers), JSON.parse(body));
    for (const [wrongBody, wrongHeaders] of [
      [body.replace("One", "Two"), headers],
      [body, { ...headers, "webhook-id": "msg_other" }],
      [body, { ...headers, "webhook-timestamp": "1614265330" }],
    ]) {
      assert.throws(() => webhook.verify(wrongBody, wrongHeaders), /WebhookVerificationError|signature|timestamp/i);
    }
  }
}
console.log(`checked ${messages.length} messages with 2 libraries`);
