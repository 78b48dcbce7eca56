"""An OpenID Connect provider as a program: Django OAuth Toolkit, started by ``tests/oidc.py``.

It is a provider that people run, over oauthlib and jwcrypto, and so shares nothing with what is tested. All of the
protocol is its own; added are two people, one client, and a way for tests to have it sign what it should not.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import django
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from tests.oidc import CLIENT_ID, CLIENT_SECRET, PEOPLE, PERSON_PASSWORD

faults: dict[str, Any] = {}


def new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def log_in(request: HttpRequest) -> HttpResponse:
    """Where a person is sent who is not logged in at the provider."""
    from django.contrib.auth import authenticate, login  # noqa: PLC0415 - needs settings
    from django.shortcuts import redirect  # noqa: PLC0415 - the same

    person = authenticate(request, username=request.POST.get("name"), password=request.POST.get("password"))
    if person is None:
        return HttpResponse("who are you?", status=401)
    login(request, person)
    return redirect(request.GET["next"])


def set_faults(request: HttpRequest) -> HttpResponse:
    """``claims``: said in every ID token from now on; ``rotate``: sign by a new key, the old one is gone."""
    from oauth2_provider.settings import oauth2_settings  # noqa: PLC0415 - the same

    asked = json.loads(request.body)
    faults.clear()
    faults.update(asked.get("claims", {}))
    if asked.get("rotate"):
        oauth2_settings.OIDC_RSA_PRIVATE_KEY = new_key()
    return JsonResponse({})


urlpatterns: list[Any] = [path("login", log_in), path("faults", set_faults)]


def serve(folder: Path, redirect_uri: str) -> None:
    settings.configure(
        SECRET_KEY=new_key(),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        LOGIN_URL="/login",
        USE_TZ=True,
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": folder / "provider.sqlite",
                # Two at once wait for each other, where SQLite would refuse one.
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        # The least that it takes: a test of a log-in is not a test of its cost.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": new_key(),
            "OAUTH2_VALIDATOR_CLASS": f"{__name__}.Validator",
            "SCOPES": {"openid": "who you are"},
            "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
            "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
        },
    )
    django.setup()
    call_command("migrate", verbosity=0)

    from django.contrib.auth.models import User  # noqa: PLC0415 - needs what is set up above
    from oauth2_provider.models import Application  # noqa: PLC0415 - the same
    from oauth2_provider.oauth2_validators import OAuth2Validator  # noqa: PLC0415 - the same

    class Validator(OAuth2Validator):  # type: ignore[misc]
        """Says in ID tokens what a test has it say."""

        def get_id_token_dictionary(self, token: Any, token_handler: Any, request: Any) -> Any:
            claims, expires_at = super().get_id_token_dictionary(token, token_handler, request)
            return claims | faults, expires_at

    globals()["Validator"] = Validator  # found by its name
    urlpatterns.append(path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")))
    for name in PEOPLE:
        User.objects.create_user(name, password=PERSON_PASSWORD)
    Application.objects.create(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=redirect_uri,
        algorithm=Application.RS256_ALGORITHM,
        skip_authorization=True,
    )
    server = ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
    server.set_app(get_wsgi_application())
    print(f"http://127.0.0.1:{server.server_port}/o", flush=True)  # noqa: T201 - read by who started it
    server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2])
