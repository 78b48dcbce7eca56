"""Bytes outside the database: the same promises from a folder and from an S3 server."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from app.kit.blobs import BadBlobsAddress, BlobMissing, Blobs, BlobsUnavailable, FolderBlobs, open_blobs, try_blobs
from app.kit.settings import Settings
from tests.s3 import BUCKET, S3Server, serving

LARGE = 6 * 1024 * 1024  # more than one part of an S3 upload


@pytest.fixture(scope="module")
def s3_server() -> Iterator[S3Server]:
    with serving() as server:
        yield server


def s3_settings(server: S3Server, *, secret: str | None = None, prefix: str = "", bucket: str = BUCKET) -> Settings:
    return Settings(
        files=f"s3://{bucket}/{prefix}?endpoint={quote(server.endpoint)}",
        files_access_key=SecretStr(server.access_key),
        files_secret_key=SecretStr(secret or server.secret_key),
    )


@pytest.fixture(params=["folder", "s3", "s3 below a prefix"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """An empty store of each kind."""
    if request.param == "folder":
        return open_blobs(Settings(files=f"file://{tmp_path}/the%20files"))
    server: S3Server = request.getfixturevalue("s3_server")
    prefix = "" if request.param == "s3" else "longwen/evidence"
    store = open_blobs(s3_settings(server, prefix=prefix))
    for one in list(store.list_under("d")):
        store.remove(one.key)
    return store


@pytest.fixture
def given(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        path = tmp_path / "given"
        path.write_bytes(content)
        return path

    return write


def test_what_was_put_is_read_listed_and_removed(blobs: Blobs, given: Callable[[bytes], Path]) -> None:
    content = os.urandom(LARGE)
    blobs.put("d/aa/aaa", given(content))
    blobs.put("d/bb/bbb", given(b"small"))
    blobs.put("e/aa/aaa", given(b"another district's"))
    assert blobs.size("d/aa/aaa") == LARGE
    parts = list(blobs.read("d/aa/aaa", LARGE))
    assert b"".join(parts) == content
    assert len(parts) > 3  # never whole in memory
    assert {(one.key, one.size) for one in blobs.list_under("d")} == {("d/aa/aaa", LARGE), ("d/bb/bbb", 5)}
    blobs.remove("d/aa/aaa")
    blobs.remove("d/aa/aaa")
    assert blobs.size("d/aa/aaa") is None
    assert b"".join(blobs.read("e/aa/aaa", 18)) == b"another district's"


def test_what_is_not_there_or_not_whole_is_told_before_the_first_byte(
    blobs: Blobs, given: Callable[[bytes], Path]
) -> None:
    with pytest.raises(BlobMissing):
        blobs.read("d/aa/missing", 1)
    blobs.put("d/aa/short", given(b"123"))
    with pytest.raises(BlobMissing):
        blobs.read("d/aa/short", 4)


def test_an_empty_store_is_tried_and_left_empty(blobs: Blobs, given: Callable[[bytes], Path]) -> None:
    assert list(blobs.list_under("d")) == []
    try_blobs(blobs, given(b"x"))
    assert list(blobs.list_under("doctor")) == []


def test_putting_again_leaves_one(blobs: Blobs, given: Callable[[bytes], Path]) -> None:
    for _ in range(2):
        blobs.put("d/aa/aaa", given(b"the same"))
    (found,) = blobs.list_under("d")
    assert found.stored_at.utcoffset() is not None


def test_files_of_a_folder_are_for_their_owner_only(tmp_path: Path, given: Callable[[bytes], Path]) -> None:
    FolderBlobs(tmp_path / "files").put("d/aa/aaa", given(b"x"))
    for path in (tmp_path / "files").rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077


def test_a_full_disk_leaves_nothing_half_written(
    tmp_path: Path, given: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    blobs = FolderBlobs(tmp_path / "files")
    monkeypatch.setattr("app.kit.blobs.os.fsync", full)
    with pytest.raises(BlobsUnavailable):
        blobs.put("d/aa/aaa", given(b"x"))
    assert blobs.size("d/aa/aaa") is None
    assert list(blobs.list_under("d")) == []


def test_a_name_appears_only_after_its_bytes_last(
    tmp_path: Path, given: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs, seen = FolderBlobs(tmp_path / "files"), []
    monkeypatch.setattr("app.kit.blobs.os.fsync", lambda _: seen.append(blobs.size("d/aa/aaa")))
    blobs.put("d/aa/aaa", given(b"x"))
    # The bytes, without a name yet; then the folders that hold the name.
    assert seen[0] is None
    assert set(seen[1:]) == {1}
    assert len(seen) == 4


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, given: Callable[[bytes], Path]) -> None:
    (tmp_path / "files").write_text("not a folder")
    with pytest.raises(BlobsUnavailable):
        FolderBlobs(tmp_path / "files").put("d/aa/aaa", given(b"x"))


def test_a_wrong_key_or_bucket_is_told_and_never_taken_for_an_empty_store(
    s3_server: S3Server, given: Callable[[bytes], Path]
) -> None:
    for settings in (s3_settings(s3_server, secret="wrong"), s3_settings(s3_server, bucket="nowhere")):
        with pytest.raises(BlobsUnavailable):
            open_blobs(settings).put("d/aa/aaa", given(b"x"))
        with pytest.raises(BlobsUnavailable):
            list(open_blobs(settings).list_under("d"))


def test_an_s3_server_that_is_gone_is_told(given: Callable[[bytes], Path]) -> None:
    with serving() as gone:
        blobs = open_blobs(s3_settings(gone))
    with pytest.raises(BlobsUnavailable):
        blobs.put("d/aa/aaa", given(b"x"))
    with pytest.raises(BlobsUnavailable):
        blobs.read("d/aa/aaa", 1)


@pytest.mark.parametrize(
    "address", ["files", "/srv/files", "file://", "file://host/srv", "s3://", "s3://bucket?regoin=x", "ftp://x/y"]
)
def test_an_address_that_is_not_understood_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(BadBlobsAddress):
        open_blobs(Settings(files=address))


def test_without_a_setting_files_lie_beside_the_other_data(tmp_path: Path) -> None:
    assert open_blobs(Settings(data=tmp_path)).place == str(tmp_path / "files")


def test_a_key_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.\."):
        FolderBlobs(tmp_path).size("../secret")
