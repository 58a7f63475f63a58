// openid-client drives the reference server through every grant that it knows: node drive.mjs ISSUER KEYS
// KEYS is the folder with the keys of the demonstration: reference-server/demo.
// It checks what it is given as a relying party does, and says a line for each thing done; the first that is wrong ends it.

import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import * as client from "openid-client";
import { visit, walk } from "./browser.mjs";

const [issuer, keys] = process.argv.slice(2);
const callback = "http://127.0.0.1:8765/cb";

// The demonstration's; they are no secrets.
const CLIENTS = {
  web: client.ClientSecretBasic("web-secret-4f1c0d8e7b2a95636d3e"),
  "web-post": client.ClientSecretPost("web-post-secret-9b7d2c51e8f04a63"),
  "web-jwt": client.ClientSecretJwt("web-jwt-secret-8d3f5a17c2e94b60a1f7"),
  "web-key": client.PrivateKeyJwt(await privateKey("web-key.pem")),
  spa: client.None(),
  "odd+client": client.ClientSecretBasic("p%+ s:&=?/\"#~odd-secret-51b8e0fd73"),
  browser: client.None(),
  hybrid: client.ClientSecretBasic("hybrid-secret-d0a8f2573c91b46e"),
  "hybrid-app": client.None(),
  legacy: client.ClientSecretBasic("legacy-secret-3b96e4d217fa805c"),
  tv: client.None(),
  exchange: client.ClientSecretBasic("exchange-secret-f4a1c7069e5d28b3"),
  example: client.ClientSecretBasic("example-secret-10f8d5b7a6c3e942"),
};

/** A key of the demonstration, for ES256. */
function privateKey(file) {
  const der = createPrivateKey(readFileSync(`${keys}/${file}`)).export({ type: "pkcs8", format: "der" });
  return crypto.subtle.importKey("pkcs8", der, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
}

/** A client of the demonstration that has read what the server says of itself. */
async function registered(clientId) {
  // Loopback needs no TLS; ID tokens are checked by their signature also where they come straight from the server.
  const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks];
  return client.discovery(new URL(issuer), clientId, undefined, CLIENTS[clientId], { execute });
}

/** Ask for an authorization response, in the open or pushed; what came back, and what the library needs to check it. */
async function authorize(config, parameters, build = client.buildAuthorizationUrl) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const url = await build(config, {
    redirect_uri: callback,
    scope: "openid profile",
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    ...parameters,
  });
  return [await walk(issuer, url), { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }];
}

/** Use what a login gave: userinfo, refresh, introspection, revocation. */
async function use(config, tokens) {
  const { sub } = tokens.claims();
  const person = await client.fetchUserInfo(config, tokens.access_token, sub);
  assert.equal(person.name, "Alice Adams");

  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal(refreshed.claims().sub, sub);
  assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
  await refused("invalid_grant", client.refreshTokenGrant(config, tokens.refresh_token));

  const again = await client.refreshTokenGrant(config, refreshed.refresh_token).catch((error) => error.error);
  assert.equal(again, "invalid_grant", "a refresh token used twice takes its successors along");
}

/** The server refuses with this error, in a form that the library reads. */
async function refused(error, answer) {
  await assert.rejects(answer, (refusal) => refusal.error === error && Boolean(refusal.error_description));
}

const did = (what) => console.log(`openid-client: ${what}`);

for (const clientId of ["web", "web-post", "web-jwt", "web-key", "spa"]) {
  const config = await registered(clientId);
  const [response, checks] = await authorize(config, { response_type: "code" });
  const wrong = { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
  await refused("invalid_grant", client.authorizationCodeGrant(config, response, wrong));
  const tokens = await client.authorizationCodeGrant(config, response, checks);
  assert.equal(tokens.token_type, "bearer");
  await use(config, tokens);
  did(`authorization code and refresh token as ${clientId}`);
}

for (const clientId of ["web", "web-key", "spa"]) {
  const config = await registered(clientId);
  const [response, checks] = await authorize(config, { response_type: "code" }, client.buildAuthorizationUrlWithPAR);
  await use(config, await client.authorizationCodeGrant(config, response, checks));
  did(`authorization code, its request pushed, and refresh token as ${clientId}`);
}

for (const response_mode of ["fragment", "form_post"]) {
  const config = await registered("browser");
  client.useIdTokenResponseType(config);
  const [response, checks] = await authorize(config, { response_mode });
  const { expectedNonce, expectedState } = checks;
  const claims = await client.implicitAuthentication(config, response.clone?.() ?? response, expectedNonce, { expectedState });
  assert.equal(claims.sub, "user-alice");
  assert.equal(claims.name, "Alice Adams");
  const another = client.implicitAuthentication(config, response, client.randomNonce(), { expectedState });
  await assert.rejects(another, ({ cause }) => /nonce/.test(cause.message), "the nonce of another request");
  did(`implicit by ${response_mode} as browser`);
}

for (const [clientId, response_mode] of [["hybrid", "fragment"], ["hybrid", "form_post"], ["hybrid-app", "fragment"]]) {
  const config = await registered(clientId);
  client.useCodeIdTokenResponseType(config);
  const [response, checks] = await authorize(config, { response_mode });
  const tokens = await client.authorizationCodeGrant(config, response, checks);
  await use(config, tokens);
  did(`hybrid by ${response_mode} and refresh token as ${clientId}`);
}

for (const clientId of ["web", "web-jwt", "web-key", "odd+client"]) {
  const config = await registered(clientId);
  const tokens = await client.clientCredentialsGrant(config, { scope: "api:read" });
  assert.equal(tokens.refresh_token, undefined);
  await refused("invalid_scope", client.clientCredentialsGrant(config, { scope: "api:write" }));
  const told = await client.tokenIntrospection(config, tokens.access_token);
  assert.deepEqual([told.active, told.client_id, told.scope], [true, clientId, "api:read"]);
  await client.tokenRevocation(config, tokens.access_token);
  assert.deepEqual(await client.tokenIntrospection(config, tokens.access_token), { active: false });
  did(`client credentials, introspection and revocation as ${clientId}`);
}

{
  const config = await registered("legacy");
  const user = { username: "alice", password: "alice-pw", scope: "api:read" };
  const tokens = await client.genericGrantRequest(config, "password", user);
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal(refreshed.scope, "api:read");
  await refused("invalid_grant", client.genericGrantRequest(config, "password", { ...user, password: "bob-pw" }));
  did("password and refresh token as legacy");
}

{
  const config = await registered("tv");
  const asked = await client.initiateDeviceAuthorization(config, { scope: "openid profile" });
  await visit(issuer, asked.verification_uri_complete);
  // Alice has answered: there is nothing to wait for.
  const tokens = await client.pollDeviceAuthorizationGrant(config, { ...asked, interval: 0 });
  await use(config, tokens);
  did("extension (device authorization) and refresh token as tv");
}

{
  const config = await registered("exchange");
  const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
  const user = { username: "alice", password: "alice-pw", scope: "profile api:read" };
  const hers = await client.genericGrantRequest(await registered("legacy"), "password", user);
  const exchange = { subject_token: hers.access_token, subject_token_type: ACCESS_TOKEN, scope: "api:read" };
  const name = "urn:ietf:params:oauth:grant-type:token-exchange";
  const tokens = await client.genericGrantRequest(config, name, exchange);
  assert.deepEqual([tokens.issued_token_type, tokens.scope, tokens.refresh_token], [ACCESS_TOKEN, "api:read", undefined]);
  const wider = { ...exchange, scope: "email" };
  await refused("invalid_scope", client.genericGrantRequest(config, name, wider));
  did("extension (token exchange) as exchange");
}

{
  const config = await registered("example");
  const tokens = await client.genericGrantRequest(config, "urn:example:grant-type:voucher", { voucher: "one-coffee" });
  assert.equal(tokens.voucher, "spent");
  did("extension (urn:example:grant-type:voucher) as example");
}

{
  const metadata = {
    application_type: "native",
    redirect_uris: [callback],
    grant_types: ["authorization_code", "refresh_token"],
    token_endpoint_auth_method: "client_secret_post", // which is how this library authenticates when nobody says otherwise
  };
  const config = await client.dynamicClientRegistration(new URL(issuer), metadata, undefined, {
    execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
  });
  const [response, checks] = await authorize(config, { response_type: "code" });
  await use(config, await client.authorizationCodeGrant(config, response, checks));
  did("registration, then authorization code and refresh token");

  const response_types = ["code", "id_token"];
  const pair = { ...metadata, response_types, grant_types: ["authorization_code", "implicit"] };
  const options = { execute: [client.allowInsecureRequests] };
  await refused("invalid_client_metadata", client.dynamicClientRegistration(new URL(issuer), pair, undefined, options));
  did("registration for a forbidden pair of grants, which is refused");
}
