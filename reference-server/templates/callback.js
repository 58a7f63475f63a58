// The part of an authorization response that no server sees: shown as the page shows the rest.
const about = {
  access_token: "For the resource; whoever has it may use it.",
  token_type: "How the access token is sent.",
  expires_in: "Seconds until the access token dies.",
  scope: "What was granted.",
  id_token: "Who logged in, signed by the server.",
  code: "To be swapped for tokens, once.",
  state: "Has to be what the client sent.",
  iss: "Who answers; has to be the issuer that the client asked (RFC 9207).",
  error: "What went wrong, by its code.",
  error_description: "The same in a sentence.",
  error_uri: "The rule behind it.",
};

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function box(text) {
  const pre = document.createElement("pre");
  pre.append(element("code", text));
  return pre;
}

function claims(token) {
  const part = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
  const bytes = Uint8Array.from(atob(part), (character) => character.charCodeAt(0));
  return JSON.stringify(JSON.parse(new TextDecoder().decode(bytes)), null, 2);
}

const response = new URLSearchParams(location.hash.slice(1));
const list = document.getElementById("fields");
for (const [name, value] of response) {
  const term = document.createElement("dt");
  term.append(element("code", name));
  const content = document.createElement("dd");
  content.append(element("span", about[name] || "", "quiet-text"), box(value));
  if (value.split(".").length === 3) {
    try {
      const said = claims(value);
      content.append(element("span", "It says:", "quiet-text"), box(said));
    } catch {
      // Not a JWT after all: the value itself is shown already.
    }
  }
  list.append(term, content);
  document.getElementById("nothing").hidden = true;
}
for (const step of document.querySelectorAll("section.step")) {
  // Whoever made the link may have written more into it than a value: what a shell could take for anything else stays out of the command.
  const value = response.get(step.dataset.needs);
  if (value && /^[\w.~-]+$/.test(value)) {
    const command = step.querySelector("code");
    command.textContent = command.textContent.replace(step.dataset.needs.toUpperCase(), value);
    step.hidden = false;
  }
}
