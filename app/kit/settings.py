"""What the operator sets, read once from the environment (``LONGWEN_…``) and handed to ``create_app``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from limits import parse
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_ORIGIN = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")

OFF = "off"
_OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


class SignOnProvider(BaseModel):
    """A district's OpenID Connect provider, as the operator registered this service there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: SecretStr | None = None  # none at all: a public client, held by PKCE alone
    client_secret_file: Path | None = None
    name: str = Field("统一身份认证", min_length=1, max_length=40)
    # What the provider calls a second factor; without any, its word for one does not count.
    second_factor_amr: frozenset[str] = frozenset()
    second_factor_acr: frozenset[str] = frozenset()

    @field_validator("issuer")
    @classmethod
    def _is_issuer(cls, text: str) -> str:
        if not is_safe_address(text) or "?" in text or "#" in text:
            raise ValueError(f"{text!r} is not an issuer such as https://id.example/realms/staff")
        return text

    @model_validator(mode="after")
    def _has_one_secret(self) -> Self:
        if self.client_secret is not None and self.client_secret_file is not None:
            raise ValueError("client_secret and client_secret_file are both set")
        return self

    @property
    def secret(self) -> str | None:
        """Read anew from its file at each call, so that it can be exchanged there."""
        if self.client_secret_file is not None:
            return self.client_secret_file.read_text(encoding="utf-8").strip()
        return None if self.client_secret is None else self.client_secret.get_secret_value()


def is_safe_address(text: str) -> bool:
    """Whether what is sent there is read by nobody on the way: TLS, or the own machine."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if not parts.hostname or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _OWN_MACHINE)


class Settings(BaseSettings):
    """Every setting with its default; the names in the environment are these in capitals behind ``LONGWEN_``."""

    model_config = SettingsConfigDict(env_prefix="LONGWEN_", extra="ignore", frozen=True)

    database_url: str | None = Field(None, description="application role; unset: the embedded PostgreSQL")
    owner_database_url: str | None = Field(None, description="owner role, for migrations and backup")
    data: Path = Field(Path(".longwen"), description="folder of the embedded PostgreSQL and of local files")
    secret_key: SecretStr | None = Field(None, description="at least 32 characters; personal data is encrypted with it")
    secret_key_file: Path | None = Field(None, description="a file that holds the secret key")
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    rules: Path = Field(
        Path(__file__).resolve().parents[2] / "scoring_rules", description="folder of the rule books (beside app/)"
    )
    pool_size: int = Field(10, ge=1, description="database connections per worker")
    pool_wait_seconds: float = 5.0
    statement_timeout_ms: int = 30_000
    lock_timeout_ms: int = 5_000
    idle_timeout_ms: int = 60_000
    prepare_threshold: int | None = Field(5, description="unset it (null) behind a statement-pooling proxy")
    group_commit: bool = Field(True, description="concurrent records of one district share a transaction")
    access_minutes: int = Field(60, ge=1, description="how long an access token is good for")
    refresh_days: int = Field(30, ge=1, description="how long a log-in lasts that is not used")
    second_factor: Literal["optional", "required"] = Field(
        "optional", description="required: officers of committees and the district and the administrators need one"
    )
    public_origin: str | None = Field(
        None, description="the service's address for browsers (https://…), where a proxy does not hand on the Host"
    )
    sign_on_file: Path | None = Field(
        None, description="TOML, one table for each district that signs on by OpenID Connect; needs the public origin"
    )
    body_bytes_max: int = Field(20 * 1024 * 1024, description="largest request body")
    files: str | None = Field(
        None,
        description="where evidence is kept: file:///folder, or s3://bucket/prefix?endpoint=https://…&region=…"
        " (&virtual_host=true); unset: the folder files below data",
    )
    files_access_key: SecretStr | None = Field(None, description="of the S3-compatible store; unset: AWS_… or its like")
    files_secret_key: SecretStr | None = Field(None, description="the secret that goes with it")
    file_bytes_max: int = Field(10 * 1024 * 1024, ge=1, description="largest file of evidence, as sent")
    file_pixels_max: int = Field(64_000_000, ge=1, description="largest picture, in pixels")
    webhook_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="where webhooks may lead, comma-separated: https://host, http://host:port; unset: nowhere",
    )
    trusted_proxies: str = Field(
        "", description="addresses or networks, comma-separated, whose X-Forwarded-For and -Proto are believed"
    )
    login_rate: str = Field("10/minute", description="log-ins of one login from one address, per worker; or: off")
    login_address_rate: str = Field("120/minute", description="log-ins from one address, per worker; or: off")
    write_rate: str = Field("600/minute", description="requests of one account that write, per worker; or: off")
    board_seconds: float = Field(
        0.8, ge=0, le=60, description="how old a board may be; below 1, what a screen shows is never a second old"
    )
    # A whole firm may answer from one address; a code has 60 bits.
    survey_rate: str = Field("240/minute", description="anonymous survey requests of one address, per worker; or: off")
    log_json: bool = False

    @field_validator("webhook_origins", mode="before")
    @classmethod
    def _origins(cls, value: object) -> object:
        """One form for each: lower case, without a final slash or the scheme's own port."""
        named = value.split(",") if isinstance(value, str) else value
        if not isinstance(named, list | tuple) or not all(isinstance(one, str) for one in named):
            return value
        return tuple(_one_form(one) for one in named if one.strip())

    @field_validator("login_rate", "login_address_rate", "write_rate", "survey_rate")
    @classmethod
    def _is_rate(cls, text: str) -> str:
        if text != OFF:
            parse(text)
        return text


def _one_form(origin: str) -> str:
    plain = origin.strip().lower().removesuffix("/")
    match = _ORIGIN.fullmatch(plain)
    if match is None:
        raise ValueError(f"{origin!r} is not an origin such as https://bridge.example or http://10.0.0.5:8080")
    scheme, host, port = match.groups()
    return f"{scheme}://{host}" + ("" if port in {None, {"http": "80", "https": "443"}[scheme]} else f":{port}")
