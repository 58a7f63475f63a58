"""django-oauth-toolkit on loopback, with a client for each cell that grantspec asks in. Started by start.sh.

The pages for consent and devices are the product's; it leaves the login to Django, whose view and form are used here.
"""
import datetime
import json
import os
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
import time_machine
from django.conf import settings
from jwcrypto.jwk import JWK

PORT = int(os.environ.get("PORT", "9104"))
ORIGIN = f"http://127.0.0.1:{PORT}"
REDIRECT_URIS = "http://127.0.0.1:8765/cb http://127.0.0.1:8765/other http://127.0.0.1:8765/query?tenant=a%20b&lang=en"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
LOGIN = '<form method="post">{% csrf_token %}{{ form.as_p }}<input type="hidden" name="next" value="{{ next }}"><button type="submit">Log in</button></form>'
PAGES = {"registration/login.html": LOGIN}

# A server to be judged by its protocol: passwords and secrets are hashed by the cheapest hasher, so that a run takes no minutes.
settings.configure(
    SECRET_KEY="for-loopback-only",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages", "oauth2_provider"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("django.template.loaders.locmem.Loader", PAGES), "django.template.loaders.app_directories.Loader"],
            "context_processors": ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"],
        },
    }],
    DATABASES={"default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": "db.sqlite3",
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"},
    }},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    LOGIN_URL="/login/",
    LOGGING={"version": 1, "handlers": {"console": {"class": "logging.StreamHandler"}}, "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR"}}},
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": Path("oidc.key").read_text(),
        "OIDC_ISS_ENDPOINT": f"{ORIGIN}/o",
        "OAUTH2_VALIDATOR_CLASS": f"{__name__}.Validator",
        "SCOPES": {
            "openid": "Who you are", "profile": "Your name", "email": "Your mail address", "address": "Where you live", "phone": "Your telephone number",
            "read": "Read", "write": "Write", "introspection": "Introspect",
        },
        "DEFAULT_SCOPES": ["read"],
        "SCOPES_BACKEND_CLASS": f"{__name__}.Scopes",
        "OAUTH_DEVICE_VERIFICATION_URI": f"{ORIGIN}/o/device/",
        "OAUTH_DEVICE_VERIFICATION_URI_COMPLETE": lambda user_code: f"{ORIGIN}/o/device/?user_code={user_code}",
        "REFRESH_TOKEN_EXPIRE_SECONDS": 14 * 24 * 3600,
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
        "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
        "OIDC_RP_INITIATED_LOGOUT_DELETE_TOKENS": False,  # as it is, a logout takes the tokens of the user everywhere: those of other checks too
        "DCR_ENABLED": True,
        "DCR_REGISTRATION_PERMISSION_CLASSES": ("oauth2_provider.dcr.AllowAllDCRPermission",),
    },
)
django.setup()

from django.contrib.auth import get_user_model
from django.contrib.auth.views import LoginView
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.models import get_application_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import SettingsScopes
from oauth2_provider.settings import oauth2_settings
from oauth2_provider.urls import metadata_urlpatterns

# The whole process lives on a clock that can be advanced.
clock = time_machine.travel(datetime.datetime.now(datetime.timezone.utc), tick=True).start()


class Validator(OAuth2Validator):
    """Claims about users, as the product's documentation adds them."""

    def get_additional_claims(self, request):
        user = request.user
        return {
            "name": user.get_full_name(), "given_name": user.first_name, "family_name": user.last_name, "email": user.email,
            "phone_number": "+1 (425) 555-0100", "address": {"street_address": "1 Example Street", "locality": "Exampleville", "country": "US"},
        }


class Scopes(SettingsScopes):
    """No application may have `write`: the product asks this class what each may have."""

    def get_available_scopes(self, application=None, request=None, *args, **kwargs):
        return [scope for scope in super().get_available_scopes(application, request) if scope != "write"]


@csrf_exempt
def advance(request):
    """POST {"seconds": …}: for checks of what expires."""
    clock.shift(json.loads(request.body)["seconds"])
    return HttpResponse(status=204)


@csrf_exempt
def disable(request):
    """POST {"user": …, "disabled": …}: what an administrator does by `is_active`."""
    asked = json.loads(request.body)
    get_user_model().objects.filter(username=asked["user"]).update(is_active=not asked["disabled"])
    return HttpResponse(status=204)


@csrf_exempt
def rotate(request):
    """POST: new ID tokens are signed with a new key, and the old one stays in the key set, as the product's documentation rotates keys."""
    old = oauth2_settings.OIDC_RSA_PRIVATE_KEY
    oauth2_settings.OIDC_RSA_PRIVATE_KEYS_INACTIVE = [*oauth2_settings.OIDC_RSA_PRIVATE_KEYS_INACTIVE, old]
    oauth2_settings.OIDC_RSA_PRIVATE_KEY = JWK.generate(kty="RSA", size=2048).export_to_pem(private_key=True, password=None).decode()
    return HttpResponse(status=204)


urlpatterns = [
    path("lab/keys", rotate),
    path("login/", LoginView.as_view()),
    path("lab/clock", advance),
    path("lab/users", disable),
    path("", include((metadata_urlpatterns, "metadata"))),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]

# An application has one grant type here; refresh tokens come along with some of them.
CLIENTS = [
    ("web", "authorization-code", "confidential"),
    ("web-post", "authorization-code", "confidential"),
    ("spa", "authorization-code", "public"),
    ("code-only", "authorization-code", "confidential"),
    ("browser", "implicit", "public"),
    ("hybrid", "openid-hybrid", "confidential"),
    ("hybrid-post", "openid-hybrid", "confidential"),
    ("hybrid-app", "openid-hybrid", "public"),
    ("service", "client-credentials", "confidential"),
    ("service-post", "client-credentials", "confidential"),
    ("odd", "client-credentials", "confidential"),
    ("trusted", "password", "confidential"),
    ("trusted-post", "password", "confidential"),
    ("tv", DEVICE, "public"),
    ("tv-box", DEVICE, "confidential"),
    ("tv-box-post", DEVICE, "confidential"),
]


def set_up():
    call_command("migrate", verbosity=0)
    for name, first, last in [("alice", "Alice", "Arden"), ("bob", "Bob", "Brown"), ("carol", "Carol", "Clark")]:
        get_user_model().objects.create_user(name, f"{name}@example.test", f"{name}-pw", first_name=first, last_name=last)
    for client_id, grant, kind in CLIENTS:
        secret = "p%+ s:&=?/~odd-secret-51b8e0fd73" if client_id == "odd" else f"{client_id}-secret-0f4c1b9a7e5d3826"
        get_application_model().objects.create(
            client_id=client_id, client_secret=secret, client_type=kind, authorization_grant_type=grant,
            redirect_uris="http://127.0.0.1:8765/code-only" if client_id == "code-only" else REDIRECT_URIS, name=client_id, algorithm="RS256",
            post_logout_redirect_uris="http://127.0.0.1:8765/bye", allowed_origins="https://spa.example.test" if client_id == "spa" else "",
        )


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


if __name__ == "__main__":
    set_up()
    print(f"ready {ORIGIN}/o", flush=True)
    make_server("127.0.0.1", PORT, get_wsgi_application(), Server, Quiet).serve_forever()
