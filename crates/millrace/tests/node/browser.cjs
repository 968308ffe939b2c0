// Drives Debian's Chromium for tests that are written elsewhere.
//
//     browser.cjs PROGRAM
//
// Each line of the input is a JSON object: `do` names one of the deeds below, `page` the page it is for, and the rest is
// what the deed takes. Each is answered with one line: `{"done": …}` or `{"failed": "…"}`. The browser ends with the
// input.
"use strict";

const { readFileSync } = require("node:fs");
const { createInterface } = require("node:readline");
const { stripVTControlCharacters } = require("node:util");
const { chromium } = require("playwright-core");

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Longer than anything takes on a loaded machine, and shorter than whoever asks waits for an answer. */
const MILLIS_MAX = 20_000;

const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const pages = new Map();
let browser;

/** What somebody sees or hears, by its role and name, or by its role alone. */
function found({ page, role, name }) {
  return pages.get(page).page.getByRole(role, name === null ? {} : { name, exact: true });
}

function labelled({ page, label }) {
  return pages.get(page).page.getByLabel(label, { exact: true });
}

const deeds = {
  async open({ page: number, width, height, javascript, locale, forcedColors, dark }) {
    const context = await browser.newContext({
      viewport: { width, height },
      javaScriptEnabled: javascript,
      locale,
      timezoneId: "UTC",
      forcedColors: forcedColors ? "active" : "none",
      colorScheme: dark ? "dark" : "light",
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(MILLIS_MAX);
    const page = await context.newPage();
    const complaints = [];
    // The status of a page itself is what goto() answers, and no complaint.
    const visited = new Set();
    page.on("request", (request) => request.isNavigationRequest() && visited.add(request.url()));
    const isStatus = (said) => visited.has(said.location().url) && said.text().startsWith("Failed to load resource");
    page.on("console", (said) => {
      if (["error", "warning"].includes(said.type()) && !isStatus(said)) complaints.push(said.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("requestfailed", (request) => complaints.push(`${request.url()}: ${request.failure().errorText}`));
    const tools = await context.newCDPSession(page);
    const forbidScripts = (value) => tools.send("Emulation.setScriptExecutionDisabled", { value });
    // Scripts can be allowed only by whoever has forbidden them.
    if (!javascript) await forbidScripts(true);
    const allowScripts = async (value) => javascript || forbidScripts(!value);
    pages.set(number, { page, top: page, allowScripts, complaints });
  },
  /** The only frame of a page, as a page. */
  async enter({ page: number, as }) {
    const { page, ...rest } = pages.get(number);
    const frame = await (await page.waitForSelector("iframe")).contentFrame();
    pages.set(as, { ...rest, page: frame });
  },
  /** The window that a page has opened, as a page. */
  async follow({ page: number, as }) {
    const { top, ...rest } = pages.get(number);
    const known = new Set([...pages.values()].map((other) => other.top));
    const isNew = (page) => !known.has(page);
    const opened = top.context().pages().find(isNew) ?? (await top.context().waitForEvent("page"));
    pages.set(as, { ...rest, page: opened, top: opened });
  },
  async goto({ page, url }) {
    const answer = await pages.get(page).page.goto(url, { waitUntil: "load" });
    return answer.status();
  },
  url: async ({ page }) => pages.get(page).page.url(),
  title: ({ page }) => pages.get(page).page.title(),
  text: ({ page }) => pages.get(page).page.locator("body").innerText(),
  textOf: (asked) => found(asked).innerText(),
  count: (asked) => found(asked).count(),
  click: (asked) => found(asked).click(),
  fill: (asked) => labelled(asked).fill(asked.value),
  choose: async (asked) => {
    await labelled(asked).selectOption({ label: asked.value });
  },
  press: ({ page, key }) => pages.get(page).top.keyboard.press(key),
  waitFor: ({ page, text }) => pages.get(page).page.getByText(text).first().waitFor(),
  evaluate: ({ page, expression }) => pages.get(page).page.evaluate(expression),
  async screenshot({ page, path }) {
    await pages.get(page).top.screenshot({ path, fullPage: true });
  },
  complaints: async ({ page }) => pages.get(page).complaints,
  async axe({ page: number }) {
    const { page, allowScripts } = pages.get(number);
    // The checker needs timers, which stand still without scripts. Those of the page have not run and will not.
    await allowScripts(true);
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    await allowScripts(false);
    return violations.map(({ id, impact, help, nodes }) => ({
      rule: id,
      impact,
      help,
      places: nodes.map(({ html, failureSummary }) => `${html}: ${failureSummary}`),
    }));
  },
};

async function serve() {
  browser = await chromium.launch({ executablePath: process.argv[2], args: FLAGS, timeout: MILLIS_MAX });
  for await (const line of createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line);
    const answer = await deeds[asked.do](asked).then(
      (done) => ({ done: done ?? null }),
      (error) => ({ failed: stripVTControlCharacters(error.message) }),
    );
    console.log(JSON.stringify(answer));
  }
  await browser.close();
}

serve().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
