// panva oidc-provider on loopback, with a client for each cell that grantspec asks in. Started by start.sh.
import { Provider } from 'oidc-provider';

const port = Number(process.env.PORT || 9101);
const issuer = `http://127.0.0.1:${port}`;
const redirect_uris = ['http://127.0.0.1:8765/cb', 'http://127.0.0.1:8765/other', 'http://127.0.0.1:8765/query?tenant=a%20b&lang=en'];
const secret = (name) => `${name}-secret-0f4c1b9a7e5d3826`;
const all = ['authorization_code', 'refresh_token', 'client_credentials'];

// Loopback redirect URIs by http are for native clients.
const client = (client_id, token_endpoint_auth_method, grant_types, extra = {}) => ({
  client_id,
  ...(token_endpoint_auth_method === 'none' ? {} : { client_secret: secret(client_id) }),
  token_endpoint_auth_method,
  grant_types,
  application_type: 'native',
  redirect_uris: grant_types.includes('authorization_code') ? redirect_uris : [],
  scope: 'openid offline_access email api:read',
  response_types: grant_types.includes('authorization_code') ? ['code'] : [],
  ...extra,
});

const provider = new Provider(issuer, {
  clients: [
    client('web', 'client_secret_basic', all),
    client('web-post', 'client_secret_post', all),
    client('spa', 'none', ['authorization_code', 'refresh_token']),
    client('service', 'client_secret_basic', ['client_credentials'], { scope: 'api:read' }),
    client('code-only', 'client_secret_basic', ['authorization_code'], { redirect_uris: ['http://127.0.0.1:8765/code-only'] }),
    client('odd', 'client_secret_basic', ['client_credentials'], { client_secret: 'p%+ s:&=?/~odd-secret-51b8e0fd73' }),
  ],
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.test` }) }),
  scopes: ['openid', 'offline_access', 'email', 'api:read', 'api:write'],
  claims: { openid: ['sub'], email: ['email'] },
  pkce: { required: () => true },
  cookies: { keys: ['for-loopback-only'] },
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
});

const server = provider.listen(port, '127.0.0.1', () => console.log(`ready ${issuer}`));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.close(() => process.exit(0)));
