"""Authlib drives the reference server through every grant that it knows: python3 drive.py ISSUER KEYS

KEYS is the folder with the keys of the demonstration: reference-server/demo.
It checks what it is given as a relying party does, and says a line for each thing done; the first that is wrong ends it.
"""

import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import AssertionSession, OAuth2Session
from authlib.oauth2.rfc7523 import ClientSecretJWT, PrivateKeyJWT
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken, HybridIDToken, ImplicitIDToken
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from browser import walk

ISSUER, DEMO = sys.argv[1], Path(sys.argv[2])
CALLBACK = "http://127.0.0.1:8765/cb"
METADATA = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=10).json()
KEYS = KeySet.import_key_set(requests.get(METADATA["jwks_uri"], timeout=10).json())

# The demonstration's; they are no secrets.
CLIENTS = {
    "web": ("client_secret_basic", "web-secret-4f1c0d8e7b2a95636d3e"),
    "web-post": ("client_secret_post", "web-post-secret-9b7d2c51e8f04a63"),
    "web-jwt": ("client_secret_jwt", "web-jwt-secret-8d3f5a17c2e94b60a1f7"),
    "web-key": ("private_key_jwt", ECKey.import_key((DEMO / "web-key.pem").read_text())),
    "spa": ("none", None),
    "browser": ("none", None),
    "hybrid": ("client_secret_basic", "hybrid-secret-d0a8f2573c91b46e"),
    "hybrid-app": ("none", None),
    "service": ("client_secret_basic", "service-secret-c86e13fa7d5b4092"),
    "legacy": ("client_secret_basic", "legacy-secret-3b96e4d217fa805c"),
    "example": ("client_secret_basic", "example-secret-10f8d5b7a6c3e942"),
}


def registered(client_id, scope=None):
    """A client of the demonstration."""
    method, secret = CLIENTS[client_id]
    session = OAuth2Session(
        client_id,
        secret,
        scope=scope,
        redirect_uri=CALLBACK,
        token_endpoint=METADATA["token_endpoint"],
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        code_challenge_method="S256",
        default_timeout=10,
    )
    session.trust_env = False
    session.register_client_auth_method(ClientSecretJWT(METADATA["token_endpoint"]))
    session.register_client_auth_method(PrivateKeyJWT(METADATA["token_endpoint"], alg="ES256"))
    return session


def authorize(session, response_type, **more):
    """Ask for an authorization response: the address that came back, the nonce, the verifier."""
    nonce, verifier = generate_token(), generate_token(48)
    if response_type not in ("code", "token", "id_token", "id_token token"):
        # The library makes a challenge for the plain code alone.
        more |= {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
    url, state = session.create_authorization_url(
        METADATA["authorization_endpoint"], code_verifier=verifier, response_type=response_type, nonce=nonce, **more
    )
    session.state = state
    back = walk(ISSUER, url)
    assert back.startswith(CALLBACK), back
    assert returned(back)["iss"] == ISSUER and returned(back)["state"] == state, back
    return back, nonce, verifier


def returned(back):
    """The parameters of an authorization response."""
    parts = urlsplit(back)
    return {name: values[0] for name, values in parse_qs(parts.query or parts.fragment).items()}


def checked(kind, id_token, client_id, **params):
    """The claims of an ID token that is as it should be."""
    token = jwt.decode(id_token, KEYS, algorithms=METADATA["id_token_signing_alg_values_supported"])
    options = {"iss": {"essential": True, "value": ISSUER}, "aud": {"essential": True, "value": client_id}}
    claims = kind(token.claims, token.header, options, params | {"client_id": client_id})
    claims.validate()
    assert claims["sub"] == "user-alice"
    return claims


def refused(error, ask):
    """The server refuses with this error, in a form that the library reads."""
    try:
        answer = ask()
    except OAuthError as refusal:
        assert refusal.error == error and refusal.description, refusal
    else:
        raise AssertionError(f"not refused with {error}: {answer}")


def use(session):
    """Use what a login gave: userinfo, refresh, introspection, revocation."""
    person = session.get(METADATA["userinfo_endpoint"]).json()
    assert (person["sub"], person["name"]) == ("user-alice", "Alice Adams"), person

    first = session.token["refresh_token"]
    second = session.refresh_token(METADATA["token_endpoint"], refresh_token=first)
    checked(CodeIDToken, second["id_token"], session.client_id, access_token=second["access_token"])
    assert second["refresh_token"] != first
    assert session.get(METADATA["userinfo_endpoint"]).status_code == 200

    answer = session.revoke_token(METADATA["revocation_endpoint"], second["refresh_token"], "refresh_token")
    assert answer.status_code == 200
    refused("invalid_grant", lambda: session.refresh_token(METADATA["token_endpoint"], second["refresh_token"]))
    assert session.get(METADATA["userinfo_endpoint"]).status_code == 401


def redeem(session, code, verifier):
    """Fetch the tokens of a code."""
    redeem = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    refused(
        "invalid_grant",
        lambda: session.fetch_token(METADATA["token_endpoint"], code_verifier=generate_token(48), **redeem),
    )
    return session.fetch_token(METADATA["token_endpoint"], code_verifier=verifier, **redeem)


def did(what):
    print(f"Authlib: {what}", flush=True)


CODE = [("web", "query"), ("web-post", "form_post"), ("web-jwt", "query"), ("web-key", "query"), ("spa", "query")]
for client_id, mode in CODE:
    session = registered(client_id, "openid profile")
    back, nonce, verifier = authorize(session, "code", response_mode=mode)
    tokens = redeem(session, returned(back)["code"], verifier)
    checked(CodeIDToken, tokens["id_token"], client_id, nonce=nonce, access_token=tokens["access_token"])
    use(session)
    did(f"authorization code by {mode}, refresh token and revocation as {client_id}")

for response_type in ["token", "id_token", "id_token token"]:
    session = registered("browser", "openid profile")
    back, nonce, _ = authorize(session, response_type)
    answer = returned(back)
    if "id_token" in response_type:
        access_token = answer.get("access_token")
        checked(ImplicitIDToken, answer["id_token"], "browser", nonce=nonce, access_token=access_token)
    if "token" in response_type.split():
        session.fetch_token(authorization_response=back)
        assert session.get(METADATA["userinfo_endpoint"]).json()["sub"] == "user-alice"
    did(f"implicit ({response_type}) as browser")

for client_id in ["hybrid", "hybrid-app"]:
    for response_type in ["code id_token", "code token", "code id_token token"]:
        session = registered(client_id, "openid profile")
        back, nonce, verifier = authorize(session, response_type)
        answer = returned(back)
        if "id_token" in response_type:
            beside = {"code": answer["code"], "access_token": answer.get("access_token")}
            checked(HybridIDToken, answer["id_token"], client_id, nonce=nonce, **beside)
        tokens = redeem(session, answer["code"], verifier)
        checked(CodeIDToken, tokens["id_token"], client_id, nonce=nonce, access_token=tokens["access_token"])
        use(session)
        did(f"hybrid ({response_type}), refresh token and revocation as {client_id}")

for client_id in ["web", "web-post", "web-jwt", "web-key", "service"]:
    session = registered(client_id, "api:read")
    tokens = session.fetch_token(METADATA["token_endpoint"], grant_type="client_credentials")
    told = session.introspect_token(METADATA["introspection_endpoint"], tokens["access_token"]).json()
    assert (told["active"], told["client_id"], told["scope"]) == (True, client_id, "api:read"), told
    did(f"client credentials and introspection as {client_id}")

session = registered("legacy", "api:read")
tokens = session.fetch_token(METADATA["token_endpoint"], username="alice", password="alice-pw")
refreshed = session.refresh_token(METADATA["token_endpoint"])
assert refreshed["scope"] == "api:read", refreshed
refused(
    "invalid_grant",
    lambda: session.fetch_token(METADATA["token_endpoint"], grant_type="password", username="alice", password="bob-pw"),
)
did("password and refresh token as legacy")

session = registered("example")
tokens = session.fetch_token(METADATA["token_endpoint"], grant_type="urn:example:grant-type:voucher", voucher="one-coffee")
assert tokens["voucher"] == "spent", tokens
did("extension (urn:example:grant-type:voucher) as example")

session = AssertionSession(
    METADATA["token_endpoint"],
    issuer="https://issuer.example",
    subject="user-alice",
    audience=ISSUER,
    scope="api:read",
    key=ECKey.import_key((DEMO / "issuer-key.pem").read_text()),
    header={"alg": "ES256", "kid": "issuer-key-1"},
)
session.trust_env = False
session.auth = ("bearer", "bearer-secret-6e2f9a40d7c5138b")
tokens = session.refresh_token()
told = registered("web").introspect_token(METADATA["introspection_endpoint"], tokens["access_token"]).json()
assert (told["sub"], told["client_id"], told["scope"]) == ("user-alice", "bearer", "api:read"), told
did("extension (JWT bearer) as bearer")
