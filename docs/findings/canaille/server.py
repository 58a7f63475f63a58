"""Canaille on loopback, with a client for each cell that grantspec asks in. Started by start.sh.

Settings, users and clients are made as its commands make them; the pages are the product's.
"""
import datetime
import json
import os
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import time_machine

# The whole process lives on a clock that can be advanced.
clock = time_machine.travel(datetime.datetime.now(datetime.timezone.utc), tick=True).start()

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from joserfc.jwk import ECKey, RSAKey

PORT = int(os.environ.get("PORT", "9103"))
HOST = f"127.0.0.1:{PORT}"
ORIGIN = f"http://{HOST}"
REDIRECT_URIS = ["http://127.0.0.1:8765/cb", "http://127.0.0.1:8765/other", "http://127.0.0.1:8765/query?tenant=a%20b&lang=en"]
SCOPE = ["openid", "profile", "email", "phone"]
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
JWKS = {"keys": [{"kty": "EC", "x": "xB-igwLUb00ymnbiguQrwrD11glY9XTWdIGI7wRkUzc", "y": "PELNtSS2lHX3ThAJ8_kBcm0xRsTyvotIsSwUnur1Kno", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "k1"}]}
# The product checks assertions by its own first key, so that whoever makes one has to hold it.
KEY = RSAKey.import_key(Path("server.pem").read_text(), {"use": "sig", "kid": "server", "alg": "RS256"})
# Its access tokens are JWTs that say the same when they are issued in the same second, and must be unique: ES256 makes no two signatures alike.
EC_KEY = ECKey.generate_key("P-256", {"use": "sig", "kid": "ec", "alg": "ES256"}, private=True)

app = create_app({
    "SECRET_KEY": "for-loopback-only",
    "SERVER_NAME": HOST,
    "PREFERRED_URL_SCHEME": "http",
    "CANAILLE": {"DATABASE": "sql", "JAVASCRIPT": False, "HTMX": False, "LOGGING": {"version": 1}},
    "CANAILLE_SQL": {"DATABASE_URI": "sqlite:///canaille.sqlite?timeout=30", "PASSWORD_HASH_PARAMS": {"pbkdf2_sha512__rounds": 1}},
    "CANAILLE_OIDC": {
        "DYNAMIC_CLIENT_REGISTRATION_OPEN": True,
        "REQUIRE_NONCE": False,
        "ACTIVE_JWKS": [KEY.as_dict(private=True), EC_KEY.as_dict(private=True)],
        "TRUSTED_DOMAINS": ["trusted.example.test"],
    },
})

FRONT = ["code"]
ANY = ["code", "token", "id_token"]

# Name, method, grants, parts of response types. Client credentials are for clients with the method basic. Plain implicit is for clients with the method none and that grant alone.
CLIENTS = [
    ("web", "client_secret_basic", ["authorization_code", "refresh_token", "client_credentials"], FRONT, {}),
    ("web-post", "client_secret_post", ["authorization_code", "refresh_token"], FRONT, {}),
    ("spa", "none", ["authorization_code", "refresh_token"], FRONT, {}),
    ("code-only", "client_secret_basic", ["authorization_code"], FRONT, {"redirect_uris": ["http://127.0.0.1:8765/code-only"]}),
    ("browser", "none", ["implicit"], ["token", "id_token"], {}),
    ("hybrid", "client_secret_basic", ["authorization_code", "hybrid", "refresh_token"], ANY, {}),
    ("hybrid-post", "client_secret_post", ["authorization_code", "hybrid", "refresh_token"], ANY, {}),
    ("hybrid-app", "none", ["authorization_code", "hybrid", "refresh_token"], ANY, {}),
    ("service", "client_secret_basic", ["client_credentials"], [], {}),
    ("odd", "client_secret_basic", ["client_credentials"], [], {}),
    ("trusted", "client_secret_basic", ["password", "refresh_token"], [], {}),
    ("trusted-post", "client_secret_post", ["password", "refresh_token"], [], {}),
    ("by-key", "private_key_jwt", ["authorization_code", "refresh_token"], FRONT, {"jwks": json.dumps(JWKS), "token_endpoint_auth_signing_alg": "ES256", "request_object_signing_alg": "ES256"}),
    ("partner", "client_secret_basic", [JWT_BEARER], [], {"client_uri": "https://trusted.example.test"}),
]


def set_up():
    for name, given, family in [("alice", "Alice", "Arden"), ("bob", "Bob", "Brown"), ("carol", "Carol", "Clark")]:
        user = models.User(user_name=name, given_name=given, family_name=family, formatted_name=f"{given} {family}", emails=[f"{name}@example.test"], phone_numbers=["+15555550100"])
        Backend.instance.save(user)
        Backend.instance.set_user_password(user, f"{name}-pw-1234")
    for name, method, grants, response_types, extra in CLIENTS:
        through_browser = {"authorization_code", "implicit"} & set(grants)
        secret = "p%+ s:&=?/~odd-secret-51b8e0fd73" if name == "odd" else f"{name}-secret-0f4c1b9a7e5d3826"
        client = models.Client(**{
            "client_id": name,
            "client_secret": None if method in ("none", "private_key_jwt") else secret,
            "client_name": name,
            "client_uri": f"https://{name}.example.test",
            "client_id_issued_at": datetime.datetime.now(datetime.timezone.utc),
            "token_endpoint_auth_method": method,
            "grant_types": grants,
            "response_types": response_types,
            "redirect_uris": REDIRECT_URIS if through_browser else [],
            "post_logout_redirect_uris": ["https://trusted.example.test/bye"] if through_browser else [],
            "scope": SCOPE,
            "id_token_signed_response_alg": "ES256",
            **extra,
        })
        Backend.instance.save(client)
        # Introspection answers those alone that a token is for, and takes HTTP Basic alone: the tokens of the other clients are for "web" too.
        web = client if name == "web" else Backend.instance.get(models.Client, client_id="web")
        client.audience = [client] if method == "client_secret_basic" else [client, web]
        Backend.instance.save(client)


def lab(environ, start_response):
    """The product, and beside it POST /lab/clock and /lab/users: a clock to advance, and what an administrator does by locking an account."""
    path = environ["PATH_INFO"]
    if not path.startswith("/lab/"):
        return app(environ, start_response)
    asked = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    if path == "/lab/clock":
        clock.shift(asked["seconds"])
    else:
        with app.app_context(), Backend.instance.session():
            user = Backend.instance.get(models.User, user_name=asked["user"])
            user.lock_date = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=1) if asked["disabled"] else None
            Backend.instance.save(user)
    start_response("204 No Content", [])
    return []


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


if __name__ == "__main__":
    with app.app_context():
        with Backend.instance.session():
            set_up()
    print(f"ready {ORIGIN}", flush=True)
    make_server("127.0.0.1", PORT, lab, Server, Quiet).serve_forever()
