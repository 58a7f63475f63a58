// Every page in a real browser: axe-core finds nothing, nothing has to be scrolled sideways, and the ready links lead to the end.
//
//     node look.mjs ISSUER CHROMIUM [FOLDER FOR PICTURES]

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [issuer, program, pictures] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// WCAG 2.2, levels A and AA, and what axe-core calls best practice.
const RULES = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };

// 320 pixels is what WCAG 2.2, 1.4.10 asks for; it is also 1280 pixels at four times the size.
const VIEWS = [
  { name: "light", colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  { name: "narrow", colorScheme: "light", viewport: { width: 320, height: 700 } },
];

const PICTURE = "https://client.example/logo.png";
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"; // RFC 7636 Appendix B

const problems = [];
const seen = new Set();

async function look(page, view, name) {
  seen.add(name);
  await page.evaluate(axe);
  const found = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly }), RULES);
  for (const violation of found.violations) {
    for (const node of violation.nodes) {
      problems.push(`${name} (${view.name}): ${violation.id}: ${violation.help}: ${node.html}`);
    }
  }
  if (found.passes.length < 10) problems.push(`${name} (${view.name}): axe-core looked at nothing`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) problems.push(`${name} (${view.name}): ${wide} pixels are beside the page`);
  if (pictures) await page.screenshot({ path: `${pictures}/${name.replaceAll(" ", "-")}-${view.name}.png`, fullPage: true });
}

// Whatever has the focus shows it.
async function focusIsSeen(page, view, name) {
  await page.keyboard.press("Tab");
  const outline = await page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return document.activeElement === document.body ? "nothing" : `${style.outlineStyle} ${style.outlineWidth}`;
  });
  if (outline !== "solid 3px") problems.push(`${name} (${view.name}): the focus shows as ${outline}`);
}

async function logIn(page) {
  await page.getByLabel("Name").fill("alice");
  await page.getByLabel("Password").fill("alice-pw");
  await page.getByRole("button", { name: "Log in" }).click();
}

async function lookAtAll(browser, view) {
  const context = await browser.newContext({ colorScheme: view.colorScheme, viewport: view.viewport });
  const page = await context.newPage();
  page.on("console", (message) => {
    // The browser reports every answer that is an error, which some of these pages are meant to be.
    const isMeant = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isMeant) problems.push(`${view.name}: ${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`${view.name}: ${page.url()}: ${error}`));
  const open = (path) => page.goto(issuer + path);
  // What was allowed is remembered; each view has to see the question.
  const start = async (link, more = "&prompt=consent") => {
    await open("/");
    await open((await page.getByRole("link", { name: link, exact: true }).getAttribute("href")) + more);
  };

  await open("/");
  await look(page, view, "start");
  await focusIsSeen(page, view, "start");
  for (const client of await page.locator("summary").all()) await client.click();
  await look(page, view, "start with every client open");
  await open("/rules");
  await look(page, view, "rules");
  for (const rule of ["user-is-active", "token-is-live", "code-is-unspent"]) {
    await open(`/rules/${rule}`);
    await look(page, view, `rule ${rule}`);
  }
  await open("/nowhere");
  await look(page, view, "nothing here");
  await open("/authorize?client_id=nobody");
  await look(page, view, "error");

  await start("Ask for code");
  await look(page, view, "login");
  await page.getByLabel("Name").fill("alice");
  await page.getByLabel("Password").fill("a-wrong-password");
  await page.getByRole("button", { name: "Log in" }).click();
  await look(page, view, "login failed");
  await logIn(page);
  await page.getByRole("heading", { name: "Allow access?" }).waitFor();
  await look(page, view, "consent");
  await focusIsSeen(page, view, "consent");
  await page.getByRole("button", { name: "Deny" }).click();
  await page.getByText("access_denied").first().waitFor();
  await look(page, view, "denied");

  await start("Ask for code", `&prompt=consent&resource=${encodeURIComponent(`${issuer}/api`)}`);
  await page.getByText(`${issuer}/api`).waitFor();
  await look(page, view, "consent for a resource");

  // The picture of a client is the client's own, and comes from where it keeps it.
  const square = '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="640"><rect width="640" height="640" fill="#b5651d"/></svg>';
  await page.route(PICTURE, (route) => route.fulfill({ contentType: "image/svg+xml", body: square }));
  const registration = { client_name: "Prints of your photos", redirect_uris: ["https://client.example/cb"], logo_uri: PICTURE };
  const registered = await fetch(`${issuer}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(registration),
  });
  const { client_id } = await registered.json();
  const challenge = { code_challenge: CHALLENGE, code_challenge_method: "S256" };
  const request = { client_id, response_type: "code", redirect_uri: registration.redirect_uris[0], scope: "openid", ...challenge };
  await open(`/authorize?${new URLSearchParams(request)}`);
  const shown = await page.locator("img.logo").evaluate((picture) => picture.decode().then(() => picture.clientWidth));
  if (shown === 0) problems.push(`${view.name}: the picture of a client is not shown`);
  await look(page, view, "consent with a picture");

  await start("Ask for code");
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByRole("heading", { name: "Swap the code for tokens" }).waitFor();
  await look(page, view, "code at the client");
  // The form is sent by its script, which the policy of its page lets run, and to an address that the policy does not name.
  await start("The same by form_post", "");
  await page.getByRole("heading", { name: "Swap the code for tokens" }).waitFor();

  await start("Ask for id_token token");
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByRole("heading", { name: "Use the access token" }).waitFor();
  await page.getByText("\"nonce\": \"the-nonce-of-the-client\"").waitFor();
  await look(page, view, "tokens at the client");

  const asked = await fetch(`${issuer}/device_authorization`, {
    method: "POST",
    body: new URLSearchParams({ client_id: "tv", scope: "openid profile" }),
  });
  const { user_code } = await asked.json();
  await open("/device");
  await look(page, view, "device");
  await page.getByLabel("Code").fill("BCDF-GHJK");
  await page.getByRole("button", { name: "Continue" }).click();
  await look(page, view, "device not found");
  await page.getByLabel("Code").fill(user_code);
  await page.getByRole("button", { name: "Continue" }).click();
  await look(page, view, "device question");
  await page.getByRole("button", { name: "Allow" }).click();
  await look(page, view, "device connected");

  await open("/end_session");
  await look(page, view, "logout");
  await page.getByRole("button", { name: "Log out" }).click();
  await look(page, view, "logged out");
  await context.close();
}

const browser = await chromium.launch({
  executablePath: program,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  for (const view of VIEWS) await lookAtAll(browser, view);
} finally {
  await browser.close();
}
for (const problem of problems) console.error(problem);
console.log(`axe-core: ${seen.size} pages in ${VIEWS.length} views, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
