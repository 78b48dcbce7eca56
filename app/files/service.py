"""Taking files in, attaching them as evidence, handing them out to whom the evidence's owner may be shown.

This room has no say in who may see an owner: the room above that owns the evidence decides it first, and serves it.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Protocol, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import Connection

from app.auth import service_access
from app.auth.core import Actor
from app.auth.core_access import Access, Action, ObjectKind
from app.files import store
from app.files.core import (
    KEPT_UNATTACHED,
    CheckingBusy,
    Content,
    Evidence,
    Owner,
    OwnerKind,
    Swept,
    UnusableFile,
    Uploaded,
    display_name,
    hash_in,
    key_of,
    prefix_of,
)
from app.kit.blobs import CHUNK_BYTES, Blobs
from app.kit.errors import NotFound

Result = TypeVar("Result")

CLEANING = Path(__file__).with_name("cleaning.py")
CLEANING_SECONDS_MAX = 30
# Each may take the memory that ``cleaning`` allows; whoever waits longer than this for a turn is asked to come again.
_TURNS = threading.BoundedSemaphore(2)
_TURN_SECONDS_MAX = 20
_PLACEHOLDER = "application/octet-stream"

_log = structlog.get_logger(__name__)


class Run(Protocol):
    """How a route reaches the database: one call, one transaction (``Door.run``)."""

    def __call__(self, work: Callable[[Connection, Actor], Result], /) -> Result: ...


def upload(
    run: Run, blobs: Blobs, district_id: UUID, source: Path, name: str | None, *, folder: Path, pixels_max: int
) -> Uploaded:
    """Keep what is on the file, under its digest; ``folder`` is one of the caller's own, for a file in between.

    First the bytes, then the row: what fails in between leaves bytes that nobody knows, and the sweep removes those.
    Raises UnusableFile, CheckingBusy, BlobsUnavailable, Unavailable.
    """
    cleaned = folder / "cleaned"
    media_type = cleaned_as(source, cleaned, pixels_max)
    content = Content(_hash_of(cleaned), media_type, cleaned.stat().st_size)
    uploaded = Uploaded(content, display_name(name, media_type))
    key = key_of(district_id, content.hash)
    _make_sure(blobs, key, content, cleaned)
    run(lambda connection, actor: record_upload(connection, actor, uploaded))
    # A sweep that took the old bytes for an orphan's was at it before the row stood, and never after.
    _make_sure(blobs, key, content, cleaned)
    return uploaded


def record_upload(connection: Connection, actor: Actor, uploaded: Uploaded) -> None:
    """Write down that the actor has sent the file; once more is no more."""
    if actor.account_id is None:
        raise ValueError("files are sent in by accounts")
    content = uploaded.content
    while not store.insert_file(connection, actor.district_id, content, actor.at):
        if store.share_files(connection, actor.district_id, [content.hash]):
            break
        # Removed between the two: the next round adds it.
    store.insert_upload(
        connection, actor.district_id, content.hash, by=actor.account_id, at=actor.at, name=uploaded.name
    )


def attach(
    connection: Connection,
    actor: Actor,
    hashes: Collection[str],
    owner: Owner,
    *,
    may_see: Callable[[Owner], bool] = lambda _: False,
) -> None:
    """Make the files evidence of the owner; those that are already stay so. Raises NotFound, as ``names_of`` does.

    The caller has made sure that the actor may add evidence to this owner.
    """
    names = names_of(connection, actor, hashes, owner, may_see=may_see)
    store.insert_uses(connection, actor.district_id, owner, names.items(), at=actor.at, by=actor.account_id)


def names_of(
    connection: Connection,
    actor: Actor,
    hashes: Collection[str],
    owner: Owner,
    *,
    may_see: Callable[[Owner], bool] = lambda _: False,
) -> dict[str, str]:
    """Under which name the actor may attach each of the files; they cannot go before the transaction ends.

    NotFound unless the actor has sent each of them in within the last days, or it is evidence of an owner that the
    actor may see: ``may_see`` is the owning room's answer, asked of owners of other kinds too.
    """
    present = store.share_files(connection, actor.district_id, hashes)
    names: dict[str, str] = {}
    if actor.account_id is not None:
        names = store.list_uploaded(connection, actor.district_id, hashes, actor.account_id)
    if others := set(hashes) - names.keys():
        for use in store.list_uses_of_files(connection, actor.district_id, others):
            if use.content.hash not in names and (actor.is_service or use.owner == owner or may_see(use.owner)):
                names[use.content.hash] = use.name
    if any(one not in present or one not in names for one in hashes):
        raise NotFound(what="file", field="evidence")
    return {one: names[one] for one in hashes}


def files_of(
    connection: Connection, actor: Actor, kind: OwnerKind, owner_ids: Sequence[UUID]
) -> dict[UUID, tuple[Evidence, ...]]:
    """The evidence of each owner that has any, in the order in which it was attached."""
    found: dict[UUID, list[Evidence]] = {}
    if owner_ids:
        for one in store.list_uses_of_owners(connection, actor.district_id, kind, owner_ids):
            found.setdefault(one.owner.id, []).append(one)
    return {owner_id: tuple(evidence) for owner_id, evidence in found.items()}


def evidence_of(connection: Connection, actor: Actor, owner: Owner, content_hash: str, *, request_id: str) -> Evidence:
    """One file of an owner that the actor may see, ready for ``kit.http.blob``; NotFound if it is not the owner's."""
    of_owner = files_of(connection, actor, owner.kind, [owner.id]).get(owner.id, ())
    return hand_out(connection, actor, of_owner, content_hash, request_id=request_id)


def hand_out(
    connection: Connection, actor: Actor, among: Collection[Evidence], content_hash: str, *, request_id: str
) -> Evidence:
    """The one with the hash, whose download is written to the access log; NotFound.

    All evidence leaves by here, so that none is taken away unseen.
    """
    found = next((one for one in among if one.content.hash == content_hash), None)
    if found is None:
        raise NotFound(what="file")
    what = f"{found.owner.kind.value} {found.owner.id} {content_hash}"
    access = Access(Action.FILE_READ, ObjectKind.FILE, what, actor.district_id.hex, request_id)
    service_access.write_down(connection, actor, access)
    return found


def sweep(connection: Connection, actor: Actor, blobs: Blobs) -> Swept:
    """Remove what nobody has attached for days: uploads, then files without any, then bytes without a file.

    The bytes of a file removed now stay until the next sweep, since this transaction may yet be undone.
    """
    district_id, before = actor.district_id, actor.at - KEPT_UNATTACHED
    uploads = store.delete_uploads_before(connection, district_id, before)
    unneeded = store.lock_unneeded(connection, district_id, before)
    store.delete_files(connection, district_id, unneeded)
    missing = store.list_hashes(connection, district_id)
    on_record, removed = frozenset(missing), 0
    for blob in blobs.list_under(prefix_of(district_id)):
        found = hash_in(blob.key)
        if found in on_record:
            if missing.get(found) == blob.size:
                del missing[found]
        elif found not in unneeded and blob.stored_at < before:
            removed += _remove_orphan(connection, actor, blobs, blob.key)
    if missing:
        _log.error("files without their bytes", district=str(district_id), hashes=sorted(missing)[:20])
    return Swept(uploads=uploads, files=len(unneeded), blobs=removed, missing=len(missing))


def _remove_orphan(connection: Connection, actor: Actor, blobs: Blobs, key: str) -> bool:
    """Whether it was nobody's. For as long as this transaction lasts its row is ours, and an upload of the same waits;
    afterwards it finds the bytes gone and sends them again.
    """
    claim = Content(hash_in(key), _PLACEHOLDER, 1)
    if not store.insert_file(connection, actor.district_id, claim, actor.at):
        return False
    blobs.remove(key)
    store.delete_files(connection, actor.district_id, [claim.hash])
    return True


def cleaned_as(source: Path, target: Path, pixels_max: int) -> str:
    """Write to ``target`` what is kept of ``source``, and return its media type; UnusableFile, CheckingBusy.

    Done by a process of its own, without our environment: see ``cleaning``.
    """
    if not _TURNS.acquire(timeout=_TURN_SECONDS_MAX):
        raise CheckingBusy
    try:
        finished = subprocess.run(  # noqa: S603 - our own program, and paths of our own making
            [sys.executable, "-I", CLEANING, source, target, str(pixels_max)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=source.parent,
            env={},
            timeout=CLEANING_SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _refusal("too_heavy") from None
    finally:
        _TURNS.release()
    if finished.returncode < 0:  # ended by the machine: its limits, or a decoder that fell over
        raise _refusal("too_heavy", signal=-finished.returncode)
    if finished.returncode > 0:
        raise RuntimeError(f"cleaning failed: {finished.stderr.decode(errors='replace')[-2000:]}")
    found: dict[str, str] = json.loads(finished.stdout)
    if "refused" in found:
        raise _refusal(found["refused"], cause=finished.stderr.decode(errors="replace").strip())
    return found["media_type"]


def _refusal(reason: str, **facts: object) -> UnusableFile:
    _log.info("file refused", reason=reason, **facts)
    return UnusableFile(reason)


def _hash_of(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(CHUNK_BYTES):
            found.update(part)
    return found.hexdigest()


def _make_sure(blobs: Blobs, key: str, content: Content, source: Path) -> None:
    if blobs.size(key) != content.size:
        blobs.put(key, source)
