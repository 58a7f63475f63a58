// A small browser with alice in front of it: it follows redirects, keeps cookies, fills in the forms that it is shown, and says yes.

const ALICE = { username: "alice", password: "alice-pw" };
const MOST_PAGES = 12;

/**
 * Open an address of the server and answer until alice leaves it. What comes back is the address that her browser was sent to,
 * or the request that a form_post page makes it send.
 */
export async function walk(issuer, start) {
  const end = await browse(issuer, start);
  if (!end.left) throw new Error(`from ${start} nobody is sent back, at the end is this: ${end.page}`);
  return end.left;
}

/** Open an address of the server and answer until there is nothing more to answer: the page at the end. */
export async function visit(issuer, start) {
  const end = await browse(issuer, start);
  if (!end.page) throw new Error(`${start} leads to a client: ${end.left.url ?? end.left}`);
  return end.page;
}

async function browse(issuer, start) {
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
      if (next.origin !== issuer) return { left: next };
      request = new Request(next);
      continue;
    }
    const page = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} at ${request.url}: ${page}`);
    request = filledIn(page, request.url);
    if (!request) return { page };
    if (new URL(request.url).origin !== issuer) return { left: request };
  }
  throw new Error(`more than ${MOST_PAGES} pages from ${start}`);
}

/** The request that the form of a page makes, with everything typed in and the first button pressed that says yes; none without a form. */
function filledIn(html, url) {
  const form = html.match(/<form[^>]*method="post"[^>]*>[^]*?<\/form>/)?.[0];
  if (!form) return undefined;
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
