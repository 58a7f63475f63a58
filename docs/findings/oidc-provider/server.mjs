// panva oidc-provider on loopback, with a client for each cell that grantspec asks in. Started by start.sh.
import { createServer } from 'node:http';
import { Provider, errors } from 'oidc-provider';

// The product reads its time from Date.now, so that the clock of the process can be advanced.
const real = Date.now;
let ahead = 0;
Date.now = () => real() + ahead * 1000;
const disabled = new Set();

const port = Number(process.env.PORT || 9101);
const issuer = `http://127.0.0.1:${port}`;
const redirect_uris = ['http://127.0.0.1:8765/cb', 'http://127.0.0.1:8765/other', 'http://127.0.0.1:8765/query?tenant=a%20b&lang=en'];
const secret = (name) => `${name}-secret-0f4c1b9a7e5d3826`;
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
  scope: 'openid offline_access email api:read',
  response_types: grant_types.includes('authorization_code') ? ['code'] : [],
  ...extra,
});

const provider = new Provider(issuer, {
  clients: [
    client('web', 'client_secret_basic', all, { application_type: 'web' }),
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
    client('by-key', 'private_key_jwt', all, { jwks: { keys: [{"kty":"EC","x":"xB-igwLUb00ymnbiguQrwrD11glY9XTWdIGI7wRkUzc","y":"PELNtSS2lHX3ThAJ8_kBcm0xRsTyvotIsSwUnur1Kno","crv":"P-256","alg":"ES256","use":"sig","kid":"k1"}] }, token_endpoint_auth_signing_alg: 'ES256' }),
    client('odd', 'client_secret_basic', ['client_credentials'], { client_secret: 'p%+ s:&=?/~odd-secret-51b8e0fd73' }),
  ],
  // A user who is gone is one that this function does not find.
  findAccount: (ctx, id) => (disabled.has(id) ? undefined : { accountId: id, claims: () => ({ sub: id, email: `${id}@example.test` }) }),
  scopes: ['openid', 'offline_access', 'email', 'api:read', 'api:write'],
  claims: { openid: ['sub'], email: ['email'] },
  pkce: { required: () => true },
  cookies: { keys: ['for-loopback-only'] },
  responseTypes: ['code', 'id_token', 'id_token token', ...hybrid],
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
      defaultResource: () => undefined,
      useGrantedResource: () => false,
      getResourceServerInfo: (ctx, resource) => {
        if (![api, reports].includes(resource)) throw new errors.InvalidTarget();
        return { scope: 'api:read', audience: resource, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
      },
    },
  },
  clientBasedCORS: (ctx, origin, client) => client.clientId === 'spa' && origin === 'https://spa.example.test',
});

// POST {"seconds": …} to /lab/clock and {"user": …, "disabled": …} to /lab/users: for checks of what expires, and of users who are gone.
const lab = {
  '/lab/clock': ({ seconds }) => { ahead += seconds; },
  '/lab/users': ({ user, disabled: gone }) => { disabled[gone ? 'add' : 'delete'](user); },
};
const product = provider.callback();
const server = createServer(async (req, res) => {
  const act = lab[req.url];
  if (!act) return product(req, res);
  let body = '';
  for await (const chunk of req) body += chunk;
  act(JSON.parse(body));
  return res.writeHead(204).end();
}).listen(port, '127.0.0.1', () => console.log(`ready ${issuer}`));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.close(() => process.exit(0)));
