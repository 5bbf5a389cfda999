// The API page as a reader meets it, in Chromium: on a desk and on a phone. `page.mjs FACTS [FOLDER FOR PICTURES]`.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import puppeteer from "puppeteer-core";

const [facts, pictures] = process.argv.slice(2);
const demo = JSON.parse(readFileSync(facts, "utf8"));
const officer = demo.accounts.find((account) => account.role === "commune_officer");
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });

/** Opens the page at a width, in a language; the console says nothing wrong. */
async function open(width, language, path = "/docs/") {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  page.on("requestfailed", (request) => wrong.push(request.url()));
  await page.setViewport({ width, height: 844, isMobile: width < 600, hasTouch: width < 600 });
  await page.setExtraHTTPHeaders({ "Accept-Language": language });
  await page.evaluateOnNewDocument((language) => {
    Object.defineProperty(navigator, "languages", { get: () => [language] });
  }, language);
  const begun = performance.now();
  await page.goto(demo.base_url + path);
  return { page, wrong, since: () => Math.round(performance.now() - begun) };
}

const widest = (page) => page.evaluate(() => document.documentElement.scrollWidth);
const picture = async (page, name) => pictures && (await page.screenshot({ path: `${pictures}/${name}.png` }));

for (const [width, language, summary] of [
  [1280, "vi", "Danh sách"],
  [390, "en", "List"],
]) {
  const { page, wrong, since } = await open(width, language);
  await page.waitForSelector("#operations-tag-sign_ups");
  const first = since();
  assert.equal(await page.title(), "Danvan API");
  assert.ok((await widest(page)) <= width, `${width}: the page is ${await widest(page)} wide`);
  await picture(page, `${width}-first`);

  // One tag, one operation of it.
  await page.click("#operations-tag-sign_ups");
  const operation = "#operations-sign_ups-list_sign_ups";
  await page.waitForSelector(operation);
  assert.match(await page.$eval(operation, (element) => element.textContent), new RegExp(summary));
  const before = performance.now();
  await page.click(`${operation} .opblock-summary-control`);
  await page.waitForSelector(`${operation} .responses-table`);
  const opened = Math.round(performance.now() - before);
  assert.ok((await widest(page)) <= width, `${width}: an open operation is ${await widest(page)} wide`);
  await picture(page, `${width}-operation`);

  // Signed in by the form, the operation answers with rows.
  await page.type("#sign-in input[name=username]", officer.username);
  await page.type("#sign-in input[name=password]", officer.password);
  await page.click("#sign-in button");
  await page.waitForFunction(() => document.querySelector("#sign-in output").textContent.includes(":"));
  await page.click(`${operation} button.execute`);
  await page.waitForSelector(`${operation} .live-responses-table tbody .response-col_status`);
  assert.match(await page.$eval(`${operation} .live-responses-table tbody .response-col_status`, (element) => element.textContent), /200/);
  await picture(page, `${width}-answer`);
  assert.deepEqual(wrong, []);
  console.log(`page at ${width}: first tag after ${first} ms, an operation ${opened} ms`);
}

// The guides, in the language of the link.
for (const [name, heading] of [
  ["for-app-makers.vi.html", "Dành cho người làm ứng dụng"],
  ["for-the-liaison-system.en.html", "For the liaison's system, and for integration scripts"],
]) {
  const { page, wrong } = await open(390, "vi", `/docs/${name}`);
  assert.equal(await page.$eval("h1", (element) => element.textContent), heading);
  assert.ok((await widest(page)) <= 390, `${name} is ${await widest(page)} wide`);
  await picture(page, name);
  assert.deepEqual(wrong, []);
}
await browser.close();
