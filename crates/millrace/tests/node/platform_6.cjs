// @codat/platform 6 for TypeScript, its share: the strictest reader of nulls and enums. Started with the URL of a
// server and an API key; fails with what it has seen.
"use strict";

const assert = require("node:assert/strict");
const { CodatPlatform } = require("@codat/platform");
const errors = require("@codat/platform/sdk/models/errors");

const [url, key] = process.argv.slice(2);
const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";
const NOT_SERVED = "a server of bank feeds has one product and reads no books; its 404 is checked";
const EXCUSED = {
  "connections.updateAuthorization": "only Sage is authorised so; the refusal is checked",
  "settings.deleteApiKey": "the package reads the empty 204 as an error; that the key is gone is checked",
  "validateWebhook": "nothing is sent to webhooks in this version",
};

const returned = new Set();

function client(apiKey) {
  const backoff = { initialInterval: 50, maxInterval: 50, exponent: 1, maxElapsedTime: 100 };
  const retryConfig = { strategy: "backoff", backoff, retryConnectionErrors: false };
  const authHeader = `Basic ${Buffer.from(apiKey).toString("base64")}`;
  return new CodatPlatform({ authHeader, serverURL: url, retryConfig, timeoutMs: 10_000 });
}

function ownNames(value) {
  return Object.getOwnPropertyNames(Object.getPrototypeOf(value)).filter((name) => name !== "constructor");
}

/** Every method that the installed package has. */
function methods(sdk) {
  return ownNames(sdk).flatMap((group) =>
    typeof sdk[group] === "function" ? [group] : ownNames(sdk[group]).map((name) => `${group}.${name}`),
  );
}

const sdk = client(key);

/** Calls `group.method` and notes that it has returned. */
async function call(name, ...values) {
  const [group, method] = name.split(".");
  const answer = await sdk[group][method](...values);
  returned.add(name);
  return answer;
}

/** What a promise is refused with, which must be of that type and status. */
async function refused(status, kind, promise) {
  const error = await promise.then(
    (answer) => assert.fail(`answered ${JSON.stringify(answer)}`),
    (error) => error,
  );
  assert.equal(error.constructor.name, kind.name, String(error));
  assert.equal(error.statusCode, status, error.body);
  return error;
}

async function apiKeys() {
  const made = await call("settings.createApiKey", { name: "ci" });
  assert.equal(made.name, "ci");
  assert.match(made.apiKey, /^[A-Za-z0-9]{40}$/);
  const mine = client(made.apiKey);
  const { results } = await call("settings.listApiKeys");
  assert.ok(results.some((one) => one.id === made.id && one.apiKey !== made.apiKey));
  await refused(204, errors.SDKError, sdk.settings.deleteApiKey({ apiKeyId: made.id }));
  await refused(401, errors.ErrorMessage, mine.settings.listApiKeys());
}

async function settings() {
  const profile = { name: "Bob's Burgers", redirectUrl: "https://bobs-burgers.example/{companyId}" };
  const made = await call("settings.updateProfile", profile);
  assert.deepEqual({ ...made }, { ...profile, whiteListUrls: [] });
  assert.deepEqual(await call("settings.getProfile"), made);
  const origins = { allowedOrigins: ["https://pages.bank.example"] };
  assert.deepEqual({ ...(await call("settings.set", origins)) }, origins);
  assert.deepEqual({ ...(await call("settings.get")) }, origins);
  // The same under its old name.
  assert.deepEqual({ ...(await call("cors.set", origins)) }, origins);
  assert.deepEqual({ ...(await call("cors.get")) }, origins);
}

async function webhooks() {
  const wanted = { url: "https://bank.example/hook", eventTypes: ["company.created"], companyTags: ["tier:gold"] };
  const made = await call("webhooks.createConsumer", wanted);
  assert.deepEqual({ ...made }, { ...wanted, id: made.id, disabled: false });
  assert.deepEqual((await call("webhooks.listConsumers")).results, [made]);
  await call("webhooks.deleteConsumer", { webhookId: made.id });
  assert.deepEqual((await call("webhooks.listConsumers")).results, []);
}

/** A company without the password of its link, which is another one at every look. */
function still(company) {
  const [redirect, password] = company.redirect.split("?");
  assert.match(password, /^link\.otp=[0-9a-f]{64}$/);
  return { ...company, redirect };
}

async function companies() {
  const made = await call("companies.create", { name: "Elaborate Events", tags: { tier: "gold" } });
  assert.deepEqual([made.name, made.description, made.products], ["Elaborate Events", "", ["bank-feeds"]]);
  assert.deepEqual([made.tags, made.dataConnections], [{ tier: "gold" }, []]);
  const companyId = made.id;
  assert.deepEqual(still(await call("companies.get", { companyId })), still(made));
  const changed = await call("companies.update", { companyId, companyUpdateRequest: { name: "Events" } });
  assert.deepEqual([changed.name, changed.tags], ["Events", { tier: "gold" }]);
  const replaced = await call("companies.replace", { companyId, companyRequestBody: { name: "Other" } });
  assert.deepEqual([replaced.name, replaced.tags], ["Other", {}]);
  const page = await call("companies.list", { query: "name=Other" });
  assert.deepEqual([page.results.map(still), page.totalResults], [[still(replaced)], 1]);
  const token = await call("companies.getAccessToken", { companyId });
  assert.deepEqual([token.expiresIn, token.tokenType], [86400, "Bearer"]);
  assert.match((await call("connectionManagement.get", { companyId })).accessToken, /^[A-Za-z0-9]{48}$/);
  const unknown = await refused(404, errors.ErrorMessage, sdk.companies.get({ companyId: UNKNOWN_ID }));
  assert.equal(unknown.service, "ClientsApi");
  return companyId;
}

async function connections(companyId) {
  const made = await call("connections.create", { companyId, requestBody: { platformKey: "hcws" } });
  assert.deepEqual([made.sourceType, made.status, made.integrationKey], ["BankFeed", "PendingAuth", "hcws"]);
  const connectionId = made.id;
  const { results } = await call("connections.list", { companyId });
  assert.deepEqual(results.map((one) => one.id), [connectionId]);
  assert.equal((await call("connections.get", { companyId, connectionId })).id, connectionId);
  return connectionId;
}

/** Account and push come by plain requests, for this package has neither. */
async function refusedPush(companyId, connectionId) {
  const path = `/companies/${companyId}/connections/${connectionId}`;
  const ask = async (tail, body) => {
    const headers = { Authorization: `Basic ${btoa(key)}`, "Content-Type": "application/json" };
    const request = { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(`${url}${path}${tail}`, request);
    assert.equal(answer.status, 200);
    return answer.json();
  };
  await ask("/connectionInfo/bankFeedAccounts", { id: "acc-1" });
  const line = { id: "l-1", amount: 1 };
  const body = { accountId: "acc-1", transactions: [line] };
  const { pushOperationKey } = await ask("/push/bankAccounts/acc-1/bankTransactions", body);
  const operation = await call("pushData.getOperation", { companyId, pushOperationKey });
  // Nobody has linked the connection: the push has broken a rule.
  assert.deepEqual([operation.status, operation.statusCode], ["Failed", 400]);
  assert.equal(operation.validation.errors[0].itemId, "dataConnectionKey");
  const { results } = await call("pushData.listOperations", { companyId });
  assert.deepEqual(results, [operation]);
}

async function integrations() {
  const page = await call("integrations.list", { query: "sourceType=bankfeed && enabled=true" });
  assert.deepEqual(page.results.map((one) => one.key), ["hcws"]);
  const found = await call("integrations.get", { platformKey: "hcws" });
  assert.deepEqual(found, page.results[0]);
  assert.deepEqual([found.name, found.sourceType], ["QuickBooks Online Bank Feeds", "BankFeed"]);
  const branding = await call("integrations.getBranding", { platformKey: "hcws" });
  assert.equal(branding.sourceId, found.sourceId);
  assert.match(branding.button.hover.image.src, /^http/);
  await refused(404, errors.ErrorMessage, sdk.integrations.get({ platformKey: "zzzz" }));
}

async function whatQuickBooksTells(companyId, connectionId) {
  const at = { companyId, connectionId };
  const model = await call("pushData.getModelOptions", { ...at, dataType: "bankTransactions" });
  assert.deepEqual([model.type, model.required], ["Object", true]);
  assert.equal(model.properties.transactions.properties.amount.type, "Number");
  const refusal = await sdk.connections.updateAuthorization({ ...at, requestBody: { authorizationId: "a" } }).then(
    (answer) => assert.fail(`answered ${JSON.stringify(answer)}`),
    (error) => error,
  );
  assert.equal(refusal.statusCode, 400, refusal.body);
}

/** What belongs to reading books; answers the methods, each tried. */
async function notServed(companyId, connectionId) {
  const dataset = { companyId, datasetId: UNKNOWN_ID };
  const custom = { platformKey: "hcws", customDataIdentifier: "own" };
  const records = { companyId, connectionId, customDataIdentifier: "own" };
  const calls = {
    "companies.getCompanySyncSettings": { companyId },
    "companies.setCompanySyncSettings": { companyId, requestBody: { companyId, settings: [] } },
    "companies.addProduct": { companyId, productIdentifier: "bank-feeds" },
    "companies.removeProduct": { companyId, productIdentifier: "bank-feeds" },
    "companies.refreshProductData": { companyId, productIdentifier: "bank-feeds" },
    "customDataType.configure": { ...custom, customDataTypeConfiguration: {} },
    "customDataType.getConfiguration": custom,
    "customDataType.list": records,
    "customDataType.refresh": records,
    "readData.getValidationResults": dataset,
    "refreshData.all": { companyId },
    "refreshData.byDataType": { companyId, dataType: "bankTransactions" },
    "refreshData.get": { companyId },
    "refreshData.getPullOperation": dataset,
    "refreshData.listPullOperations": { companyId },
    "settings.getSyncSettings": undefined,
    "settings.updateSyncSettings": { clientId: UNKNOWN_ID, settings: [] },
    "supplementalData.configure": { platformKey: "hcws", dataType: "invoices", supplementalDataConfiguration: {} },
    "supplementalData.getConfiguration": { platformKey: "hcws", dataType: "invoices" },
  };
  for (const [name, request] of Object.entries(calls)) {
    const [group, method] = name.split(".");
    const error = await sdk[group][method](request).then(
      (answer) => assert.fail(`${name} answered ${JSON.stringify(answer)}`),
      (error) => error,
    );
    assert.equal(error.statusCode, 404, `${name}: ${error}`);
  }
  return Object.fromEntries(Object.keys(calls).map((name) => [name, NOT_SERVED]));
}

async function deletions(companyId, connectionId) {
  await call("connections.delete", { companyId, connectionId });
  await refused(404, errors.ErrorMessage, sdk.connections.get({ companyId, connectionId }));
  await call("companies.delete", { companyId });
  await refused(404, errors.ErrorMessage, sdk.companies.get({ companyId }));
}

/** Each method has returned or has an excuse, and no excuse is there in vain. */
function expectAllReturned(excused) {
  const all = methods(sdk);
  const forgotten = all.filter((name) => !returned.has(name) && !(name in excused));
  assert.deepEqual(forgotten, [], "neither exercised nor excused");
  const vain = Object.keys(excused).filter((name) => returned.has(name) || !all.includes(name));
  assert.deepEqual(vain, [], "excused in vain");
  console.log(`CodatPlatform: ${returned.size} of ${all.length} methods returned`);
}

async function main() {
  await apiKeys();
  await settings();
  await webhooks();
  const companyId = await companies();
  const connectionId = await connections(companyId);
  await refusedPush(companyId, connectionId);
  await integrations();
  await whatQuickBooksTells(companyId, connectionId);
  const excused = { ...EXCUSED, ...(await notServed(companyId, connectionId)) };
  // Only a linked connection can be unlinked.
  const wanted = { companyId, connectionId, updateConnectionStatus: { status: "Unlinked" } };
  await refused(400, errors.SDKError, sdk.connections.unlink(wanted));
  excused["connections.unlink"] = "the package cannot link a connection; its refusal is checked";
  await deletions(companyId, connectionId);
  expectAllReturned(excused);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
