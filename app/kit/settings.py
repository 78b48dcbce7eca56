"""What the operator sets, read once from the environment (``LONGWEN_…``) and handed to ``create_app``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    access_minutes: int = Field(30, ge=1, description="how long an access token is good for")
    body_bytes_max: int = Field(20 * 1024 * 1024, description="largest request body")
    log_json: bool = False
