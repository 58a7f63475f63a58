// A small browser with alice in front of it: it follows redirects, keeps cookies, fills in the forms that it is shown, and says yes.

const ALICE = { username: "alice", password: "alice-pw" };
const MOST_PAGES = 12;

/**
 * Open an address of the server and answer until alice leaves it. What comes back is the address that her browser was sent to,
 * or the request that a form_post page makes it send.
 */
export async function walk(issuer, start) {
  const cookies = new Map();
  let request = new Request(start);
  for (let page = 0; page < MOST_PAGES; page++) {
    request.headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const answer = await fetch(request, { redirect: "manual" });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = cookie.match(/^([^=]*)=([^;]*)/);
      cookies.set(name, value);
    }
    const location = answer.headers.get("location");
    if (location) {
      const next = new URL(location, request.url);
      if (next.origin !== issuer) return next;
      request = new Request(next);
      continue;
    }
    request = filledIn(await answer.text(), answer.status, request.url);
    if (new URL(request.url).origin !== issuer) return request;
  }
  throw new Error(`more than ${MOST_PAGES} pages from ${start}`);
}

/** The request that the form of this page makes, with everything typed in and the first button pressed that says yes. */
function filledIn(html, status, url) {
  const form = html.match(/<form[^>]*method="post"[^>]*>[^]*?<\/form>/)?.[0];
  if (!form) throw new Error(`${status}, and no form to fill in, at ${url}: ${html}`);
  const body = new URLSearchParams();
  for (const [input] of form.matchAll(/<input[^>]*>/g)) {
    const name = attribute(input, "name");
    if (name) body.append(name, ALICE[name] ?? attribute(input, "value") ?? "");
  }
  const buttons = [...form.matchAll(/(<button[^>]*>)([^<]*)/g)];
  const [, button] = buttons.find(([, , label]) => !["Deny", "Cancel"].includes(label.trim()));
  if (attribute(button, "name")) body.append(attribute(button, "name"), attribute(button, "value"));
  const action = attribute(form.match(/<form[^>]*>/)[0], "action");
  return new Request(new URL(action, url), { method: "POST", body });
}

function attribute(element, name) {
  const value = element.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1];
  const characters = { amp: "&", lt: "<", gt: ">", quot: '"' };
  return value?.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (_, decimal, hex, word) =>
    word ? characters[word] : String.fromCodePoint(decimal ? Number(decimal) : parseInt(hex, 16)),
  );
}
