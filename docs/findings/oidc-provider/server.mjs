// panva oidc-provider on loopback, with a client for each cell that grantspec asks in. Started by start.sh.
// POST=1 turns on its routes for POST, which are off by default; FORMAT=jwt gives every access token an audience, and so the form of RFC 9068.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { Provider, errors } from 'oidc-provider';
// Its store in memory, which it calls one for quick starts, forgets all but the last thousand entries: here it is larger. The package does not export it.
import MemoryAdapter from './node_modules/oidc-provider/lib/adapters/memory_adapter.js';
import LRU from './node_modules/oidc-provider/lib/helpers/lru.js';

const store = new LRU({ maxSize: 1_000_000 });

// The product reads its time from Date.now, so that the clock of the process can be advanced.
const real = Date.now;
let ahead = 0;
Date.now = () => real() + ahead * 1000;
const disabled = new Set();
const passwords = { alice: 'alice-pw', bob: 'bob-pw', carol: 'carol-pw' };

const port = Number(process.env.PORT || 9101);
const issuer = `http://127.0.0.1:${port}`;
const redirect_uris = ['http://127.0.0.1:8765/cb', 'http://127.0.0.1:8765/other', 'http://127.0.0.1:8765/query?tenant=a%20b&lang=en'];
const secret = (name) => `${name}-secret-0f4c1b9a7e5d3826`;
const byPost = process.env.POST === '1';
const allJwt = process.env.FORMAT === 'jwt';
const hybrid = ['code id_token', 'code token', 'code id_token token'];
const device = 'urn:ietf:params:oauth:grant-type:device_code';
const all = ['authorization_code', 'refresh_token', 'client_credentials'];

const api = 'https://api.example.test';
const reports = 'https://reports.example.test';

// Loopback redirect URIs by http are for native clients, and for web clients without the implicit grant. Native clients are asked every time.
const client = (client_id, token_endpoint_auth_method, grant_types, extra = {}) => ({
  client_id,
  ...(token_endpoint_auth_method === 'none' ? {} : { client_secret: secret(client_id) }),
  token_endpoint_auth_method,
  grant_types,
  application_type: 'native',
  redirect_uris: grant_types.includes('authorization_code') ? redirect_uris : [],
  post_logout_redirect_uris: grant_types.includes('authorization_code') ? ['http://127.0.0.1:8765/bye'] : [],
  scope: 'openid offline_access profile email address phone api:read',
  response_types: grant_types.includes('authorization_code') ? ['code'] : [],
  ...extra,
});

const claims = (sub) => ({
  sub,
  name: `${sub} example`,
  given_name: sub,
  family_name: 'example',
  'family_name#ja': '例',
  email: `${sub}@example.test`,
  email_verified: true,
  phone_number: '+1 (425) 555-0100',
  phone_number_verified: true,
  address: { street_address: '1 Example Street', locality: 'Exampleville', country: 'US' },
});

const key = () => ({ ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' });
const keys = [{ ...key(), kid: 'k-0' }];

const configuration = () => ({
  adapter: (model) => new MemoryAdapter(model, store),
  clients: [
    client('web', 'client_secret_basic', all, { application_type: 'web', response_types: ['code', 'none'] }),
    client('web-post', 'client_secret_post', all, { application_type: 'web' }),
    client('spa', 'none', ['authorization_code', 'refresh_token']),
    client('service', 'client_secret_basic', ['client_credentials'], { scope: 'api:read' }),
    client('code-only', 'client_secret_basic', ['authorization_code'], { redirect_uris: ['http://127.0.0.1:8765/code-only'] }),
    client('hybrid', 'client_secret_basic', ['authorization_code', 'implicit', 'refresh_token'], { response_types: hybrid }),
    client('hybrid-post', 'client_secret_post', ['authorization_code', 'implicit', 'refresh_token'], { response_types: hybrid }),
    client('hybrid-app', 'none', ['authorization_code', 'implicit', 'refresh_token'], { response_types: hybrid }),
    client('browser', 'none', ['implicit'], { redirect_uris, response_types: ['id_token', 'id_token token'] }),
    client('tv', 'none', [device, 'refresh_token']),
    client('tv-box', 'client_secret_basic', [device, 'refresh_token']),
    client('by-secret', 'client_secret_jwt', all, { token_endpoint_auth_signing_alg: 'HS256' }),
    client('web-later', 'client_secret_basic', ['authorization_code', 'refresh_token'], { application_type: 'web' }),
    client('spa-later', 'none', ['authorization_code', 'refresh_token']),
    client('by-key', 'private_key_jwt', all, { jwks: { keys: [{"kty":"EC","x":"xB-igwLUb00ymnbiguQrwrD11glY9XTWdIGI7wRkUzc","y":"PELNtSS2lHX3ThAJ8_kBcm0xRsTyvotIsSwUnur1Kno","crv":"P-256","alg":"ES256","use":"sig","kid":"k1"}] }, token_endpoint_auth_signing_alg: 'ES256' }),
    client('odd', 'client_secret_basic', ['client_credentials'], { client_secret: 'p%+ s:&=?/~odd-secret-51b8e0fd73' }),
  ],
  // A user who is gone is one that this function does not find.
  findAccount: (ctx, id) => (disabled.has(id) ? undefined : { accountId: id, claims: () => claims(id) }),
  scopes: ['openid', 'offline_access', 'profile', 'email', 'address', 'phone', 'api:read', 'api:write'],
  claims: {
    openid: ['sub'],
    profile: ['name', 'given_name', 'family_name', 'family_name#ja'],
    email: ['email', 'email_verified'],
    address: ['address'],
    phone: ['phone_number', 'phone_number_verified'],
  },
  jwks: { keys },
  pkce: { required: () => true },
  cookies: { keys: ['for-loopback-only'], ...(byPost ? { long: { sameSite: 'none' }, short: { sameSite: 'none' } } : {}) },
  enableHttpPostMethods: byPost,
  responseTypes: ['code', 'none', 'id_token', 'id_token token', ...hybrid],
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
  features: {
    deviceFlow: { enabled: true },
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    registration: { enabled: true },
    registrationManagement: { enabled: true },
    requestObjects: { enabled: true },
    claimsParameter: { enabled: true },
    jwtUserinfo: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx, client, oneOf) => (oneOf ? oneOf[0] : allJwt ? api : undefined),
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, resource) => {
        if (![api, reports].includes(resource)) throw new errors.InvalidTarget();
        return { scope: 'api:read', audience: resource, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
      },
    },
  },
  clientBasedCORS: (ctx, origin, client) => client.clientId === 'spa' && origin === 'https://spa.example.test',
});

let provider = new Provider(issuer, configuration());
let product = provider.callback();

// For checks of what expires, of users who are gone, and of keys: POST {"seconds": …}, {"user": …, "disabled": …}, {}. The product has no call that changes
// its keys: an operator restarts it with a new key before the old one, as here.
const lab = {
  '/lab/clock': ({ seconds }) => { ahead += seconds; },
  '/lab/users': ({ user, disabled: gone }) => { disabled[gone ? 'add' : 'delete'](user); },
  '/lab/keys': () => {
    keys.unshift({ ...key(), kid: `k-${keys.length}` });
    provider = new Provider(issuer, configuration());
    product = provider.callback();
  },
};
const read = async (req) => {
  let body = '';
  for await (const chunk of req) body += chunk;
  return body;
};
const server = createServer(async (req, res) => {
  const act = lab[req.url];
  if (act) {
    act(JSON.parse(await read(req)));
    return res.writeHead(204).end();
  }
  // Its login page for development takes any password: which it leaves to the deployment.
  if (req.method === 'POST' && req.url.startsWith('/interaction/')) {
    req.body = Object.fromEntries(new URLSearchParams(await read(req)));
    const { prompt, login, password } = req.body;
    if (prompt === 'login' && passwords[login] !== password) return res.writeHead(401, { 'content-type': 'text/plain' }).end('wrong name or password');
  }
  return product(req, res);
}).listen(port, '127.0.0.1', () => console.log(`ready ${issuer}`));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.close(() => process.exit(0)));
