"""Bytes under a key, outside the database: in a folder, or in a bucket of an S3-compatible store.

What is kept here is only ever added and removed, never changed: a key says what stands under it.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from app.kit.errors import ErrorKind, LongwenError
from app.kit.settings import Settings

CHUNK_BYTES = 256 * 1024


class BlobsUnavailable(LongwenError):
    """The store does not take or give bytes now."""

    kind = ErrorKind.UNAVAILABLE
    code = "file_store_unavailable"
    zh = "文件存储暂时不可用，本次操作没有保存。请稍后重试；若持续出现，请管理员运行 longwen doctor。"
    en = (
        "The file store is not available; nothing was saved. Try again shortly; if it stays so, let the administrator"
        " run longwen doctor."
    )


class BlobMissing(LongwenError):
    """The database knows the file, but its bytes are not in the store, or not all of them."""

    kind = ErrorKind.UNAVAILABLE
    code = "file_bytes_missing"
    zh = "文件 {key} 有登记，但存储中没有完整内容。请管理员从备份恢复文件目录或存储桶；原件在手的可重新上传。"
    en = (
        "The file {key} is on record, but the store does not hold its bytes. Let the administrator bring the folder or"
        " bucket back from its backup; whoever has the original may upload it again."
    )


class BadBlobsAddress(LongwenError):
    """The setting that says where files are kept cannot be understood."""

    code = "bad_files_setting"
    zh = "设置 LONGWEN_FILES 无效（{address}）：应为 file:///目录 或 s3://桶名?endpoint=https://…&region=…"
    en = (
        "The setting LONGWEN_FILES is not valid ({address}): it is file:///folder or"
        " s3://bucket?endpoint=https://…&region=…"
    )


@dataclass(frozen=True, slots=True)
class Blob:
    """What a store says of a key: its size in bytes, and since when (UTC) it stands there."""

    key: str
    size: int
    stored_at: datetime


class Blobs(Protocol):
    """A store. Each verb raises BlobsUnavailable where the store does not answer; a key is path segments with ``/``."""

    @property
    def place(self) -> str:
        """Where it is, for people."""
        ...

    def put(self, key: str, source: Path) -> None:
        """Keep the file's bytes under the key: whole and lasting when it returns, or not at all."""
        ...

    def size(self, key: str) -> int | None:
        """In bytes; None if nothing stands there."""
        ...

    def read(self, key: str, size: int) -> Iterator[bytes]:
        """The bytes in parts; BlobMissing, before the first part, unless there are ``size`` of them."""
        ...

    def list_under(self, prefix: str) -> Iterator[Blob]:
        """All whose keys start with the prefix and ``/``, in no order."""
        ...

    def remove(self, key: str) -> None:
        """Nothing happens where nothing stands."""
        ...


class FolderBlobs:
    """A folder of the machine, or one that several machines share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    @property
    def place(self) -> str:
        return str(self.folder)

    def put(self, key: str, source: Path) -> None:
        target = self._path(key)
        # Beside its target, under a key that nobody asks for: what a crash leaves is found like any other orphan.
        part = target.with_name(f".{secrets.token_hex(16)}.part")
        with _told():
            ours = [folder for folder in target.parents if folder.is_relative_to(self.folder)]
            for folder in reversed(ours):
                folder.mkdir(mode=0o700, parents=folder == self.folder, exist_ok=True)
            try:
                descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as output, source.open("rb") as given:
                    shutil.copyfileobj(given, output, CHUNK_BYTES)
                    output.flush()
                    os.fsync(output.fileno())
                part.replace(target)  # over what stands there: it has the same key, so the same bytes
            finally:
                part.unlink(missing_ok=True)
            for folder in ours:  # the name must last as well as the bytes, in each folder that may be new
                _sync_folder(folder)

    def size(self, key: str) -> int | None:
        with _told():
            try:
                return self._path(key).stat().st_size
            except FileNotFoundError:
                return None

    def read(self, key: str, size: int) -> Iterator[bytes]:
        with _told():
            try:
                file = self._path(key).open("rb")
            except FileNotFoundError:
                raise BlobMissing(key=key) from None
            if os.fstat(file.fileno()).st_size != size:
                file.close()
                raise BlobMissing(key=key)

        def parts() -> Iterator[bytes]:
            with file:
                while part := file.read(CHUNK_BYTES):
                    yield part

        return parts()

    def list_under(self, prefix: str) -> Iterator[Blob]:
        with _told():
            for path in self._path(prefix).rglob("*"):
                with suppress(FileNotFoundError):  # removed meanwhile
                    if path.is_file():
                        found = path.stat()
                        stored_at = datetime.fromtimestamp(found.st_mtime, UTC)
                        yield Blob(path.relative_to(self.folder).as_posix(), found.st_size, stored_at)

    def remove(self, key: str) -> None:
        with _told():
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        path = self.folder.joinpath(*key.split("/"))
        if any(part in {"", ".", ".."} for part in key.split("/")):
            raise ValueError(key)  # keys are made by us
        return path


def open_blobs(settings: Settings) -> Blobs:
    """The store that the operator names, else the folder ``files`` beside the other data; BadBlobsAddress.

    Nothing is asked of the store yet.
    """
    address = settings.files
    if address is None:
        return FolderBlobs(settings.data / "files")
    parts = urlsplit(address)
    if parts.scheme == "file" and parts.netloc in {"", "localhost"} and parts.path.strip("/"):
        return FolderBlobs(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        from app.kit.blobs_s3 import S3Blobs  # noqa: PLC0415 - who keeps files in a folder does not load it

        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if options.keys() <= S3Blobs.OPTIONS:
            return S3Blobs(parts.netloc, unquote(parts.path).strip("/"), options, settings)
    raise BadBlobsAddress(address=address)


def try_blobs(blobs: Blobs, source: Path) -> None:
    """Keep the file for a moment, read it again and remove it; raises what goes wrong."""
    key, given = f"doctor/{secrets.token_hex(8)}", source.read_bytes()
    blobs.put(key, source)
    try:
        if b"".join(blobs.read(key, len(given))) != given:
            raise BlobMissing(key=key)
    finally:
        blobs.remove(key)


@contextmanager
def _told() -> Iterator[None]:
    """What the machine says of a folder, as our refusal."""
    try:
        yield
    except OSError as error:
        raise BlobsUnavailable from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
