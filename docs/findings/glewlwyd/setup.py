"""Sets glewlwyd up by its API, as its pages for administrators do: an OIDC plugin, scopes, users, and a client for each cell that grantspec asks in."""
import http.cookiejar
import http.server
import json
import os
import subprocess
import time
import urllib.error
import urllib.request

STARTED_BY = os.getppid()
PORT = int(os.environ["PORT"])
API = f"http://127.0.0.1:{PORT}/api"
REDIRECT_URIS = ["http://127.0.0.1:8765/cb", "http://127.0.0.1:8765/other", "http://127.0.0.1:8765/query?tenant=a%20b&lang=en"]
SCOPES = ["openid", "read", "offline_access", "email"]
JWKS = {"keys": [{"kty": "EC", "x": "xB-igwLUb00ymnbiguQrwrD11glY9XTWdIGI7wRkUzc", "y": "PELNtSS2lHX3ThAJ8_kBcm0xRsTyvotIsSwUnur1Kno", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "k1"}]}
browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def call(method, path, body):
    request = urllib.request.Request(API + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method)
    try:
        browser.open(request)
    except urllib.error.HTTPError as error:
        print(method, path, error.code, error.read()[:300].decode(), flush=True)


def wait():
    for _ in range(100):
        try:
            return browser.open(f"http://127.0.0.1:{PORT}/config")
        except OSError:
            time.sleep(0.2)


def public_key():
    return subprocess.check_output(["openssl", "rsa", "-in", "oidc.key", "-pubout"], stderr=subprocess.DEVNULL).decode()


wait()
call("POST", "/auth/", {"username": "admin", "password": "password"})
for scope in SCOPES + ["write"]:
    words = {"display_name": scope, "description": scope, "password_required": True, "password_max_age": 0, "scheme": {}}
    call("PUT", "/scope/openid", words) if scope == "openid" else call("POST", "/scope/", {"name": scope, **words})
for name in ["alice", "bob", "carol"]:
    call("POST", "/user/", {"username": name, "password": f"{name}-pw-1234", "name": name.capitalize(), "email": f"{name}@example.test", "enabled": True, "scope": [*SCOPES, "write", "g_profile"]})

# A client may have more than one address after a logout.
module = json.load(browser.open(API + "/mod/client/database"))
module["parameters"]["data-format"]["post_logout_redirect_uris"] = {"multiple": True, "read": True, "write": True}
call("PUT", "/mod/client/database", module)
call("PUT", "/mod/reload/", {})
call("POST", "/mod/plugin/", {"module": "oidc", "name": "oidc", "display_name": "OIDC", "parameters": {
    "iss": f"{API}/oidc",
    "jwt-type": "rsa",
    "jwt-key-size": "256",
    "key": open("oidc.key").read(),
    "cert": public_key(),
    "jwks-show": True,
    "access-token-duration": 3600,
    "refresh-token-duration": 1209600,
    "code-duration": 600,
    "refresh-token-rolling": True,
    "refresh-token-one-use": "always",
    "allow-non-oidc": True,
    **{f"auth-type-{grant}-enabled": True for grant in ["code", "token", "implicit", "id-token", "none", "password", "client", "device", "refresh"]},
    "auth-type-code-revoke-replayed": True,
    "device-authorization-expiration": 600,
    "device-authorization-interval": 5,
    "subject-type": "public",
    "pkce-allowed": True,
    "pkce-method-plain-allowed": False,
    "pkce-required": False,
    "introspection-revocation-allowed": True,
    "introspection-revocation-allow-target-client": True,
    "introspection-revocation-auth-scope": [],
    "allowed-scope": SCOPES,
    "name-claim": "on-demand",
    "email-claim": "on-demand",
    "scope-claim": "on-demand",
    "request-parameter-allow": True,
    "request-parameter-ietf-strict": False,
    "request-maximum-exp": 3600,
    "client-jwks-parameter": "jwks",
    "client-pubkey-parameter": "pubkey",
    "oauth-par-allowed": True,
    "oauth-par-required": False,
    "oauth-par-request_uri-prefix": "urn:ietf:params:oauth:request_uri:",
    "oauth-par-duration": 90,
    "oauth-as-iss-id": True,
    "session-management-allowed": True,
    "session-cookie-name": "GLEWLWYD2_OIDC_SID",
    "session-cookie-expiration": 2419200,
    "front-channel-logout-allowed": False,
    "back-channel-logout-allowed": False,
    "register-client-allowed": True,
    "register-client-auth-scope": [],
    "register-client-credentials-scope": ["read"],
    "register-client-management-allowed": True,
    "resource-allowed": True,
    "resource-scope": {"read": ["https://api.example.test", "https://reports.example.test"]},
    "resource-client-property": "",
    "resource-scope-and-client-property": False,
    "restrict-scope-client-property": "",
}})

CODE = ["code", "none", "refresh_token", "delete_token"]
HYBRID = ["code", "token", "id_token", "refresh_token", "delete_token"]
for client_id, method, types, extra in [
    ("web", "client_secret_basic", [*CODE, "client_credentials"], {}),
    ("web-post", "client_secret_post", [*CODE, "client_credentials"], {}),
    ("spa", "none", CODE, {}),
    ("code-only", "client_secret_basic", ["code"], {"redirect_uri": ["http://127.0.0.1:8765/code-only"]}),
    ("browser", "none", ["token", "id_token"], {}),
    ("hybrid", "client_secret_basic", HYBRID, {}),
    ("hybrid-post", "client_secret_post", HYBRID, {}),
    ("hybrid-app", "none", HYBRID, {}),
    ("service", "client_secret_basic", ["client_credentials"], {}),
    ("odd", "client_secret_basic", ["client_credentials"], {"client_secret": "p%+ s:&=?/~odd-secret-51b8e0fd73"}),
    ("trusted", "client_secret_basic", ["password", "refresh_token", "delete_token"], {}),
    ("trusted-post", "client_secret_post", ["password", "refresh_token", "delete_token"], {}),
    ("tv", "none", ["device_authorization", "refresh_token"], {}),
    ("tv-box", "client_secret_basic", ["device_authorization", "refresh_token"], {}),
    ("by-secret", "client_secret_jwt", [*CODE, "client_credentials"], {"token_endpoint_signing_alg": "HS256", "request_object_signing_alg": "HS256"}),
    ("by-key", "private_key_jwt", [*CODE, "client_credentials"], {"jwks": JWKS, "token_endpoint_signing_alg": "ES256", "request_object_signing_alg": "ES256"}),
]:
    confidential = method != "none"
    client = {
        "client_id": client_id,
        "name": client_id,
        "enabled": True,
        "confidential": confidential,
        "redirect_uri": REDIRECT_URIS,
        "post_logout_redirect_uris": ["http://127.0.0.1:8765/bye"],
        "authorization_type": types,
        "scope": ["read"],
        "token_endpoint_auth_method": [method],
        **extra,
    }
    if confidential and method != "private_key_jwt":
        client["client_secret"] = extra.get("client_secret", f"{client_id}-secret-0f4c1b9a7e5d3826")
        client["password"] = client["client_secret"]
    call("POST", "/client/", client)


class Lab(http.server.BaseHTTPRequestHandler):
    """POST {"seconds": …} to /clock, {"user": …, "disabled": …} to /users: a clock to advance, and what an administrator does to an account."""

    ahead = 0

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/clock":
            Lab.ahead += asked["seconds"]
            with open("clock.new", "w") as file:
                file.write(f"+{Lab.ahead}")
            os.replace("clock.new", "clock")
        else:
            call("POST", "/auth/", {"username": "admin", "password": "password"})
            user = json.load(browser.open(f"{API}/user/{asked['user']}"))
            call("PUT", f"/user/{asked['user']}", {**user, "enabled": not asked["disabled"]})
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        pass


print("ready", flush=True)
server = http.server.HTTPServer(("127.0.0.1", PORT + 1), Lab)
server.timeout = 1
while os.getppid() == STARTED_BY:
    server.handle_request()
