"""The OpenID Connect providers of districts: where a browser is sent, and whom they vouch for.

By Authlib (the code flow, PKCE, the claims of an ID token) over httpx2, and joserfc (signatures). No transaction is
open while a provider is called; a call lasts ten seconds at most, follows no redirect and uses no proxy.

What is kept in the memory of a process: a provider's description and keys, for ten minutes. A token under a key that is
not among them, or whose signature fails, has the keys fetched anew, unless that was done within the last minute. So a
key that a provider rotates in is known at its first token (or a minute later), and one that it withdraws is believed
for ten minutes at most. A failed fetch leaves nothing behind, and nothing is used past its time.
"""

from __future__ import annotations

import asyncio
import threading
import tomllib
from collections.abc import Coroutine, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from app.auth.core_sign_on import (
    CALLBACK,
    Flow,
    Identified,
    SignOnDeclined,
    SignOnFailed,
    SignOnNotSet,
    SignOnSettingsWrong,
    SignOnUnavailable,
)
from app.kit.settings import Settings, SignOnProvider, is_safe_address

SECONDS_MAX = 10.0
KEPT_FOR = timedelta(minutes=10)
KEYS_AGAIN_AFTER = timedelta(minutes=1)
LEEWAY_SECONDS = 60  # clocks differ
SUBJECT_LENGTH_MAX = 255  # OpenID Connect Core, 2
# Signatures by a key that only the provider has; never "none", and no secret shared with us.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"})
_CALLING: dict[str, Any] = {"timeout": SECONDS_MAX, "trust_env": False, "follow_redirects": False}

Result = TypeVar("Result")


class Provider:
    """One district's."""

    def __init__(self, settings: SignOnProvider, redirect_uri: str) -> None:
        self.name = settings.name
        self.issuer = settings.issuer
        self._settings = settings
        self._redirect_uri = redirect_uri
        self._lock = threading.Lock()
        self._metadata: tuple[datetime, dict[str, Any]] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    def address(self, flow: Flow, at: datetime) -> str:
        """Where the browser goes. Raises SignOnUnavailable."""
        endpoint = self._description(at)["authorization_endpoint"]
        settings = self._settings
        with OAuth2Client(
            settings.client_id,
            redirect_uri=self._redirect_uri,
            scope="openid",
            code_challenge_method="S256",
            **_CALLING,
        ) as client:
            address, _ = client.create_authorization_url(
                endpoint, state=flow.state, nonce=flow.nonce, code_verifier=flow.verifier
            )
        return str(address)

    def identify(self, flow: Flow, code: str, issuer: str | None, at: datetime) -> Identified:
        """Whom the provider vouches for. ``issuer``: what the browser brought (RFC 9207).

        Raises SignOnFailed, SignOnUnavailable.
        """
        described = self._description(at)
        if issuer != self.issuer and (
            issuer is not None or described.get("authorization_response_iss_parameter_supported")
        ):
            raise SignOnFailed(reason="another issuer in the answer")
        token = self._exchange(described, flow, code)
        claims = self._claims(described, flow, token, at)
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_LENGTH_MAX:
            raise SignOnFailed(reason="no usable subject")
        return Identified(self.issuer, subject, self._counts_factor(claims))

    def _exchange(self, described: Mapping[str, Any], flow: Flow, code: str) -> Mapping[str, Any]:
        offered = described.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        secret = self._settings.secret
        how = "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"

        async def exchange() -> Mapping[str, Any]:
            async with AsyncOAuth2Client(
                self._settings.client_id,
                secret,
                token_endpoint_auth_method="none" if secret is None else how,
                redirect_uri=self._redirect_uri,
                **_CALLING,
            ) as client:
                found: Mapping[str, Any] = await client.fetch_token(
                    described["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=flow.verifier,
                )
                return found

        try:
            return _within_time(exchange())
        except OAuthError as error:
            raise SignOnFailed(reason=f"token endpoint: {error.error}") from error

    def _claims(
        self, described: Mapping[str, Any], flow: Flow, token: Mapping[str, Any], at: datetime
    ) -> Mapping[str, Any]:
        told = described.get("id_token_signing_alg_values_supported") or ["RS256"]
        registry = JWSRegistry(algorithms=sorted(ALGORITHMS.intersection(told)), strict_check_header=False)
        sent = token.get("id_token")
        if not isinstance(sent, str):
            raise SignOnFailed(reason="no ID token")
        try:
            try:
                read = jwt.decode(sent, self._key_set(described, at, KEPT_FOR), registry=registry)
            except (InvalidKeyIdError, BadSignatureError):
                read = jwt.decode(sent, self._key_set(described, at, KEYS_AGAIN_AFTER), registry=registry)
            claims = CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                    "nonce": {"essential": True, "value": flow.nonce},
                },
                {"client_id": self._settings.client_id, "access_token": token.get("access_token")},
            )
            claims.validate(now=int(at.timestamp()), leeway=LEEWAY_SECONDS)
        except JoseError as error:
            raise SignOnFailed(reason=f"ID token: {error}") from error
        except (TypeError, ValueError, LookupError) as error:  # claims of the wrong kind
            raise SignOnFailed(reason=f"ID token: {type(error).__name__}") from error
        found: Mapping[str, Any] = claims
        return found

    def _counts_factor(self, claims: Mapping[str, Any]) -> bool:
        methods, context = claims.get("amr") or [], claims.get("acr")
        named = {method for method in methods if isinstance(method, str)} if isinstance(methods, list) else set()
        return bool(named & self._settings.second_factor_amr) or (
            isinstance(context, str) and context in self._settings.second_factor_acr
        )

    def _description(self, at: datetime) -> dict[str, Any]:
        with self._lock:
            if self._metadata is None or not _is_fresh(self._metadata[0], at, KEPT_FOR):
                self._metadata = None
                found = _get(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
                self._metadata = (at, self._checked(found))
            return self._metadata[1]

    def _checked(self, found: dict[str, Any]) -> dict[str, Any]:
        if found.get("issuer") != self.issuer:
            raise SignOnUnavailable(reason="the description is another issuer's")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(found.get(name), str) or not is_safe_address(found[name]):
                raise SignOnUnavailable(reason=f"no usable {name}")
        return found

    def _key_set(self, described: Mapping[str, Any], at: datetime, kept_for: timedelta) -> KeySet:
        with self._lock:
            if self._keys is None or not _is_fresh(self._keys[0], at, kept_for):
                self._keys = None
                found = _get(described["jwks_uri"])
                try:
                    self._keys = (at, KeySet.import_key_set(found))  # type: ignore[arg-type]
                except (JoseError, TypeError, ValueError, LookupError) as error:
                    raise SignOnUnavailable(reason="no usable keys") from error
            return self._keys[1]


class Providers:
    """Those of all districts, as the operator's file names them."""

    def __init__(self, named: Mapping[str, SignOnProvider], origin: str) -> None:
        redirect_uri = origin.rstrip("/") + CALLBACK
        self._by_district = {code: Provider(one, redirect_uri) for code, one in named.items()}

    @classmethod
    def of(cls, settings: Settings) -> Providers:
        """Raises SignOnSettingsWrong."""
        file = settings.sign_on_file
        if file is None:
            return cls({}, "")
        if settings.public_origin is None:
            # Not from the Host of a request: where a code may be sent is not for the caller to say.
            raise SignOnSettingsWrong(file=file, fault="LONGWEN_PUBLIC_ORIGIN is not set")
        try:
            tables = tomllib.loads(file.read_text(encoding="utf-8"))
            named = {code: SignOnProvider.model_validate(table) for code, table in tables.items()}
            for one in named.values():
                _ = one.secret  # its file can be read
        except (OSError, ValueError) as error:  # both Pydantic's and TOML's faults are ValueErrors
            raise SignOnSettingsWrong(file=file, fault=_told(error)) from error
        return cls(named, settings.public_origin)

    def get(self, district_code: str) -> Provider:
        """SignOnNotSet."""
        found = self._by_district.get(district_code)
        if found is None:
            raise SignOnNotSet
        return found


def check_answer(error: str | None) -> None:
    """What the provider says of an authorization that it did not give. Raises SignOnDeclined, SignOnFailed."""
    if error == "access_denied":
        raise SignOnDeclined
    if error is not None:
        raise SignOnFailed(reason=f"authorization endpoint: {error[:60]}")


def _is_fresh(since: datetime, at: datetime, kept_for: timedelta) -> bool:
    return timedelta(0) <= at - since < kept_for


def _get(address: str) -> dict[str, Any]:
    async def get() -> Any:
        async with httpx2.AsyncClient(**_CALLING) as client:
            answer = await client.get(address, headers={"Accept": "application/json"})
            answer.raise_for_status()
            return answer.json()

    found = _within_time(get())
    if not isinstance(found, dict):
        raise SignOnUnavailable(reason="not a JSON object")
    return found


def _within_time(call: Coroutine[Any, Any, Result]) -> Result:
    """The whole call within its seconds, however slowly it drips: only an asynchronous one can be broken off."""

    async def limited() -> Result:
        async with asyncio.timeout(SECONDS_MAX):
            return await call

    try:
        return asyncio.run(limited())
    except (TimeoutError, ValueError, httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise SignOnUnavailable(reason=type(error).__name__) from error


def _told(error: Exception) -> str:
    """Without what stands in the file: there are secrets in it."""
    errors = getattr(error, "errors", None)
    if errors is None:
        return str(error)
    faults = errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)
