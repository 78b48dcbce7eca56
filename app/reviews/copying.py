"""Taking a copy: asked for in one transaction, marked outside any, kept and written into the access log in another."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.auth import service_access
from app.auth.core import Actor, Permission
from app.auth.core_access import Access, Action, ObjectKind
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.reviews import making, packing, store, store_facts
from app.reviews.core_packs import COPY_DAYS, IMAGE, Copy, Mark, Pack, Part
from app.reviews.image_files import chunks_of, digest_of
from app.reviews.making import Workshop
from app.reviews.refusals import CopyExpired, PackNotDone, PartLacking
from app.reviews.wording import PART_WORDS

COPIES_LISTED_MAX = 200
_OPERATOR = "运维人员"  # whoever sits at the command line


@dataclass(frozen=True, slots=True)
class Wanted:
    """A part of a pack that somebody may take, and what stands on the copy as who took it."""

    pack: Pack
    part: Part
    name: str
    account_id: UUID | None


def wanted(connection: Connection, actor: Actor, pack_id: UUID, part: Part) -> Wanted:
    """Raises NotFound, PackNotDone and PartLacking."""
    found = packing.pack(connection, actor, pack_id)
    if found.digest is None:
        raise PackNotDone(progress=found.progress)
    if not found.has(part):
        raise PartLacking(part=PART_WORDS[part], cause=found.lacking.get(part.value, "–"), field="part")
    name = None
    if actor.account_id is not None:
        name = store_facts.find_account_name(connection, actor.district_id, actor.account_id)
    return Wanted(found, part, name or actor.operator or _OPERATOR, actor.account_id)


@contextmanager
def marked(shop: Workshop, what: Wanted, reason: str) -> Iterator[tuple[Copy, Path]]:
    """The copy as a file, for as long as it is looked at. No transaction is open while it is made."""
    at, copy_id = shop.clock.now(), new_id()
    local = at.astimezone(ZoneInfo(shop.district.time_zone))
    told = f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    mark = Mark(what.name, told, reason, copy_id.hex[-12:])
    with tempfile.TemporaryDirectory(prefix="longwen-copy-") as folder:
        image, target = Path(folder) / IMAGE, Path(folder) / what.part.value
        making.fetch(shop.database, shop.district.id, what.pack, IMAGE, image)
        making.render(what.part, image, target, mark)
        made = Copy(
            id=copy_id,
            pack_id=what.pack.id,
            part=what.part,
            taken_by=what.account_id,
            taken_at=at,
            reason=reason,
            size=target.stat().st_size,
            digest=digest_of(target),
            expires_at=at + timedelta(days=COPY_DAYS),
        )
        yield made, target


def keep(connection: Connection, actor: Actor, copy: Copy, source: Path, request_id: str) -> Copy:
    """Write down who took it and what for, and keep its bytes so that the download can be resumed.

    The right is asked for once more, since making the copy took its time. Raises NotFound.
    """
    found = packing.pack(connection, actor, copy.pack_id)
    access = Access(Action.QUARTER_EXPORT, ObjectKind.PACK, str(copy.id), found.path, request_id, copy.reason)
    service_access.write_down(connection, actor, access)
    store.insert_copy(connection, actor.district_id, copy, chunks_of(source))
    return copy


def taken(connection: Connection, actor: Actor, pack_id: UUID) -> list[Copy]:
    """The latest copies of a pack, for whoever may take one. Raises NotFound."""
    packing.pack(connection, actor, pack_id)
    return store.list_copies(connection, actor.district_id, pack_id, COPIES_LISTED_MAX)


def fetched(connection: Connection, actor: Actor, copy_id: UUID) -> tuple[Copy, Pack]:
    """A copy for whoever took it, while it can be fetched. Raises NotFound and CopyExpired."""
    found = store.get_copy(connection, actor.district_id, copy_id)
    pack = store.get_pack(connection, actor.district_id, found.pack_id)
    if found.taken_by != actor.account_id or not actor.may(Permission.QUARTER_EXPORT, pack.path):
        raise NotFound(what="copy", field="copy_id")
    if found.expires_at <= actor.at:
        raise CopyExpired(expired_at=found.expires_at.isoformat(timespec="minutes"))
    return found, pack


def piece(connection: Connection, district_id: UUID, copy_id: UUID, number: int) -> bytes:
    """A piece of a copy's bytes; empty once it has expired."""
    return store.find_copy_chunk(connection, district_id, copy_id, number) or b""
