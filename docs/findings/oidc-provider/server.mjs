// panva oidc-provider on loopback, with a client for each cell that grantspec asks in. Started by start.sh.
import { Provider } from 'oidc-provider';

const port = Number(process.env.PORT || 9101);
const issuer = `http://127.0.0.1:${port}`;
const redirect_uris = ['http://127.0.0.1:8765/cb', 'http://127.0.0.1:8765/other', 'http://127.0.0.1:8765/query?tenant=a%20b&lang=en'];
const secret = (name) => `${name}-secret-0f4c1b9a7e5d3826`;
const hybrid = ['code id_token', 'code token', 'code id_token token'];
const device = 'urn:ietf:params:oauth:grant-type:device_code';
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
    client('hybrid', 'client_secret_basic', ['authorization_code', 'implicit', 'refresh_token'], { response_types: hybrid }),
    client('hybrid-app', 'none', ['authorization_code', 'implicit', 'refresh_token'], { response_types: hybrid }),
    client('browser', 'none', ['implicit'], { redirect_uris, response_types: ['id_token', 'id_token token'] }),
    client('tv', 'none', [device, 'refresh_token']),
    client('tv-box', 'client_secret_basic', [device, 'refresh_token']),
    client('by-secret', 'client_secret_jwt', all, { token_endpoint_auth_signing_alg: 'HS256' }),
    client('by-key', 'private_key_jwt', all, { jwks: { keys: [{"kty":"EC","x":"xB-igwLUb00ymnbiguQrwrD11glY9XTWdIGI7wRkUzc","y":"PELNtSS2lHX3ThAJ8_kBcm0xRsTyvotIsSwUnur1Kno","crv":"P-256","alg":"ES256","use":"sig","kid":"k1"}] }, token_endpoint_auth_signing_alg: 'ES256' }),
    client('odd', 'client_secret_basic', ['client_credentials'], { client_secret: 'p%+ s:&=?/~odd-secret-51b8e0fd73' }),
  ],
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.test` }) }),
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
  },
});

const server = provider.listen(port, '127.0.0.1', () => console.log(`ready ${issuer}`));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.close(() => process.exit(0)));
