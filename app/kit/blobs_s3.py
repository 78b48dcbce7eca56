"""Bytes under a key in a bucket of an S3-compatible store, by obstore (the Rust library of Apache Arrow)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from app.kit.blobs import CHUNK_BYTES, Blob, BlobMissing, BlobsUnavailable
from app.kit.settings import Settings

if TYPE_CHECKING:  # obstore has these for type checkers only
    from obstore.store import ClientConfig, RetryConfig, S3Config

_CONNECT = timedelta(seconds=5)
_REQUEST = timedelta(seconds=60)  # of one request, whose body is at most a part of a file
_RETRY = timedelta(seconds=30)  # of all attempts at one request: a person is waiting
_ATTEMPTS_MORE = 3


class S3Blobs:
    """A bucket, or the keys below a prefix in it. Without keys in the settings obstore looks for its own (AWS_…)."""

    OPTIONS: ClassVar = {"endpoint", "region", "virtual_host"}

    def __init__(self, bucket: str, prefix: str, options: dict[str, str], settings: Settings) -> None:
        self.place = f"s3://{bucket}/{prefix}".rstrip("/")
        endpoint = options.get("endpoint")
        if endpoint is not None:
            self.place += f" ({endpoint})"
        config: S3Config = {
            "region": options.get("region", "us-east-1"),
            # Most stores that are not Amazon's name the bucket in the path; some insist on the host.
            "virtual_hosted_style_request": options.get("virtual_host", "false") == "true",
        }
        if endpoint is not None:
            config["endpoint"] = endpoint
        if settings.files_access_key and settings.files_secret_key:
            config["access_key_id"] = settings.files_access_key.get_secret_value()
            config["secret_access_key"] = settings.files_secret_key.get_secret_value()
        client: ClientConfig = {
            "allow_http": endpoint is not None and endpoint.startswith("http://"),
            "connect_timeout": _CONNECT,
            "timeout": _REQUEST,
        }
        retries: RetryConfig = {"max_retries": _ATTEMPTS_MORE, "retry_timeout": _RETRY}
        self._store = S3Store(bucket, prefix=prefix or None, config=config, client_options=client, retry_config=retries)

    def put(self, key: str, source: Path) -> None:
        # Sent in parts where it is large, so that no file stands in memory whole.
        with _told():
            obstore.put(self._store, key, source)

    def size(self, key: str) -> int | None:
        with _told():
            try:
                return int(obstore.head(self._store, key)["size"])
            except FileNotFoundError:
                return None

    def read(self, key: str, size: int) -> Iterator[bytes]:
        with _told():
            try:
                found = obstore.get(self._store, key)
            except FileNotFoundError:
                raise BlobMissing(key=key) from None
        if found.meta["size"] != size:
            raise BlobMissing(key=key)

        def parts() -> Iterator[bytes]:
            with _told():
                for part in found.stream(min_chunk_size=CHUNK_BYTES):
                    yield bytes(part)

        return parts()

    def list_under(self, prefix: str) -> Iterator[Blob]:
        with _told():
            for page in obstore.list(self._store, prefix):
                for one in page:
                    yield Blob(one["path"], one["size"], one["last_modified"])

    def remove(self, key: str) -> None:
        with _told():
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError:
                return


@contextmanager
def _told() -> Iterator[None]:
    """What the library says of the store, as our refusal; the log has its text."""
    try:
        yield
    except (BaseError, OSError) as error:
        raise BlobsUnavailable from error
