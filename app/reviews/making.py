"""Making a pack in the background: read in one moment, rendered outside any transaction, kept in one.

A maker takes a pack up under a number of its own and gives a sign of life with every percent. Whoever takes the pack
back, or gives the maker up for lost, takes that number away; the maker finds out with its next sign and keeps nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import Connection

from app.auth.core import Actor
from app.auth.core_districts import District
from app.cycles import service as cycles
from app.handbook.rendering import FontsMissing, PapersMissing
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.errors import LongwenError, Unavailable
from app.kit.ids import new_id
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.kinds import Kind
from app.reviews import documents, imaging, papers, periods, store, workbooks
from app.reviews.core_packs import (
    ATTEMPTS_MAX,
    IMAGE,
    Mark,
    Pack,
    PackKind,
    PackState,
    Part,
    PartMade,
    Scope,
    cut,
)
from app.reviews.image_files import chunks_of, digest_of, head_of, read_image, write_image
from app.reviews.refusals import DistrictPackMissing
from app.roster import service as roster

ERROR_CHARACTERS_MAX = 500
# Up to which percent each step goes; the last are for keeping what was made.
_IMAGED, _RENDERED = 50, 95

_log = structlog.get_logger("longwen.reviews")
Watch = Callable[[int], None]


class NotOurs(Exception):
    """The pack is no longer this maker's."""


@dataclass(frozen=True)
class Workshop:
    """Where a maker works: the database, the clock and the district."""

    database: Database
    clock: Clock
    district: District

    def actor(self) -> Actor:
        return Actor.service(self.district.id, self.clock.now(), self.district.time_zone)


def make_all(shop: Workshop, is_over: Callable[[], bool] = lambda: False) -> dict[str, int]:
    """Make what waits, or has lost its maker, and let go the bytes of copies that have expired.

    ``is_over``: asked between two packs, whether to leave the rest to another round.
    """
    district_id, now = shop.district.id, shop.clock.now()
    waiting = shop.database.run(lambda c: store.list_to_make(c, district_id, now), district_id)
    made = sum(make(shop, one) for one in waiting if not is_over())
    expired = shop.database.run(lambda c: store.delete_expired(c, district_id, now), district_id)
    return {"made": made, "expired": expired}


def make(shop: Workshop, pack_id: UUID, watch: Watch = lambda _: None) -> bool:
    """Make the pack unless another is at it, or it is made; whether it was made here.

    ``watch`` is told every percent. Never raises for what goes wrong with the papers: the pack says it.
    """
    maker, district_id = new_id(), shop.district.id
    if not shop.database.run(lambda c: store.claim(c, district_id, pack_id, maker, shop.clock.now()), district_id):
        return False
    pack = shop.database.run(lambda c: store.get_pack(c, district_id, pack_id), district_id)
    sign = _Signs(shop, pack_id, maker, watch)
    try:
        with tempfile.TemporaryDirectory(prefix="longwen-pack-") as folder:
            _make(shop, pack, sign, Path(folder))
    except NotOurs:
        _log.info("pack taken back", pack=str(pack_id))
        return False
    except (Unavailable, DistrictPackMissing) as wait:
        # Nothing is wrong with the pack: the next maker may have more patience, or find the database less busy.
        _log.warning("pack put back", pack=str(pack_id))
        shop.database.run(partial(_put_back, shop, pack_id, maker, wait), district_id)
        return False
    except Exception as error:  # noqa: BLE001 - whatever it is, the pack says that it failed; the log has it
        _log.exception("pack failed", pack=str(pack_id))
        shop.database.run(partial(_fail, shop, pack_id, maker, _told(error)), district_id)
        return False
    return True


def _told(error: Exception) -> str:
    """What the pack says of it; of what is no refusal of ours only its kind, since its text may hold anything."""
    told = f"{error.text('zh')} / {error.text('en')}" if isinstance(error, LongwenError) else type(error).__name__
    return told[:ERROR_CHARACTERS_MAX]


def _put_back(shop: Workshop, pack_id: UUID, maker: UUID, wait: LongwenError, connection: Connection) -> None:
    found = store.lock_pack(connection, shop.district.id, pack_id)
    if found is not None and found.maker == maker:
        is_given_up = found.attempts >= ATTEMPTS_MAX
        values = {"state": (PackState.FAILED if is_given_up else PackState.WAITING).value, "maker": None}
        error = _told(wait) if is_given_up else None
        store.set_state(connection, shop.district.id, pack_id, error=error, **values)
        if is_given_up:
            _tell(shop, found, Kind.PACK_FAILED, connection)


def _fail(shop: Workshop, pack_id: UUID, maker: UUID, text: str, connection: Connection) -> None:
    found = store.lock_pack(connection, shop.district.id, pack_id)
    if found is not None and found.maker == maker:
        store.set_state(connection, shop.district.id, pack_id, state=PackState.FAILED.value, maker=None, error=text)
        _tell(shop, found, Kind.PACK_FAILED, connection)


def _tell(shop: Workshop, pack: Pack, kind: Kind, connection: Connection) -> None:
    """Whoever asked for it; the calendar is told nothing. Each time that it was asked for, once."""
    if pack.asked_by is None:
        return
    actor = shop.actor()
    views = roster.organisations(connection, shop.district.id)
    facts = {"scope": next(one.name for one in views if one.id == pack.scope_id), "window": pack.period}
    about, to = Subject("pack", pack.id), Recipient(account_id=pack.asked_by)
    occasion = pack.asked_at.isoformat()
    messages.tell(connection, actor, [Message(to, kind, about, facts, occasion=occasion)])


@dataclass(slots=True)
class _Signs:
    """The maker's signs of life, one for each percent."""

    shop: Workshop
    pack_id: UUID
    maker: UUID
    watch: Watch
    percent: int = -1

    def give(self, percent: int) -> None:
        """Raises NotOurs where the pack was taken away."""
        if percent <= self.percent:
            return
        self.percent = percent
        district_id, now = self.shop.district.id, self.shop.clock.now()
        ours = self.shop.database.run(
            lambda c: store.set_progress(c, district_id, self.pack_id, self.maker, percent, now), district_id
        )
        if not ours:
            raise NotOurs
        self.watch(percent)

    def between(self, first: int, last: int) -> Callable[[int, int], None]:
        """A report of so much of so much, as percents from ``first`` to ``last``."""
        return lambda done, total: self.give(first + (last - first) * done // max(total, 1))


def _make(shop: Workshop, pack: Pack, sign: _Signs, folder: Path) -> None:
    sign.give(1)
    image = folder / IMAGE
    if pack.digest is None:
        _image(shop, pack, sign, image)
    else:
        fetch(shop.database, shop.district.id, pack, IMAGE, image)  # only what lacked is made anew, of the same image
    sign.give(_IMAGED)
    missing = [part for part in Part if not pack.has(part)]
    made: dict[Part, Path] = {}
    lacking: dict[str, str] = {}
    for at, part in enumerate(missing):
        target = folder / part.value
        try:
            render(part, image, target)
            made[part] = target
        except (PapersMissing, FontsMissing) as error:
            lacking[part.value] = error.text("zh")
        sign.between(_IMAGED, _RENDERED)(at + 1, len(missing))
    shop.database.run(partial(_keep, shop, pack, sign, image, made, lacking), shop.district.id)
    sign.watch(100)


def render(part: Part, image: Path, target: Path, mark: Mark | None = None) -> None:
    """A part of an image's pack. Raises PapersMissing and FontsMissing where the machine cannot set it."""
    writers: dict[Part, Callable[[Path, Path, Mark | None], None]] = {
        Part.WORKBOOK: workbooks.write_workbook,
        Part.TABLE: workbooks.write_table,
        Part.STARS: workbooks.write_stars,
        Part.REPORT: papers.write_report,
        Part.DOCUMENT: documents.write_document,
    }
    writers[part](image, target, mark)


def _keep(
    shop: Workshop,
    pack: Pack,
    sign: _Signs,
    image: Path,
    made: dict[Part, Path],
    lacking: dict[str, str],
    connection: Connection,
) -> None:
    """All of it in one transaction, and only while the pack is still this maker's."""
    district_id, now = shop.district.id, shop.clock.now()
    found = store.lock_pack(connection, district_id, pack.id)
    if found is None or found.maker != sign.maker:
        raise NotOurs
    if pack.digest is None:
        store.insert_chunks(connection, district_id, pack.id, IMAGE, chunks_of(image))
    parts = list(pack.parts)
    for part, path in made.items():
        store.insert_chunks(connection, district_id, pack.id, part.value, chunks_of(path))
        parts.append(PartMade(part, path.stat().st_size, digest_of(path).hex()))
    head = head_of(image)
    store.set_state(
        connection,
        district_id,
        pack.id,
        state=PackState.DONE.value,
        progress=100,
        maker=None,
        made_at=pack.made_at or now,
        digest=digest_of(image),
        root=None if head["checkpoint"] is None else bytes.fromhex(head["checkpoint"]["root"]),
        editions=head["editions"],
        parts=store.parts_plain(parts),
        lacking=lacking,
    )
    _tell(shop, found, Kind.PACK_MADE, connection)


# Images.


def _image(shop: Workshop, pack: Pack, sign: _Signs, target: Path) -> None:
    if pack.kind is not PackKind.QUARTER:
        _longer_image(shop, pack, target)
    elif pack.path == roster.root_of(shop.district.id):
        report = sign.between(1, _IMAGED)

        def work(connection: Connection) -> None:
            actor = shop.actor()
            quarter = cycles.quarter(connection, actor, pack.quarter)
            write_image(imaging.lines(connection, actor, quarter, report), target)

        shop.database.run(work, shop.district.id, snapshot=True)
    else:
        whole = target.with_name("district")
        above = _district_pack(shop, pack.quarter)
        if above is None:
            raise DistrictPackMissing(period=pack.period)
        fetch(shop.database, shop.district.id, above, IMAGE, whole)
        write_image(cut(read_image(whole), _scope(shop, pack), digest_of(whole)), target)
        whole.unlink()


def _longer_image(shop: Workshop, pack: Pack, target: Path) -> None:
    """Of a half-year or year: who stands how at its end, and the lists of every quarter that has a pack."""
    actor, last = shop.actor(), target.with_name("quarter")
    known = shop.database.run(lambda c: cycles.quarters(c, actor), shop.district.id)
    ending = next(one for one in known if one.code == pack.quarter)
    if _district_pack(shop, pack.quarter) is None:
        raise DistrictPackMissing(period=pack.quarter)
    told = periods.Span(pack.kind, pack.period)
    for code in periods.quarters_of(pack.kind, ending, known):
        found = _district_pack(shop, code)
        if found is None:
            continue
        fetch(shop.database, shop.district.id, found, IMAGE, last)
        told.take(partial(read_image, last))
    write_image(told.lines(read_image(last)), target)
    last.unlink()


def _district_pack(shop: Workshop, quarter: str) -> Pack | None:
    """The district's pack of a quarter, once it is made."""

    def find(connection: Connection) -> Pack | None:
        return store.find_pack(connection, shop.district.id, PackKind.QUARTER, quarter, shop.district.id)

    found = shop.database.run(find, shop.district.id)
    return None if found is None or found.digest is None else found


def _scope(shop: Workshop, pack: Pack) -> Scope:
    views = shop.database.run(lambda c: roster.organisations(c, shop.district.id), shop.district.id)
    one = next(one for one in views if one.id == pack.scope_id)
    return Scope(one.id, pack.path, one.name, one.kind.value)


def fetch(database: Database, district_id: UUID, pack: Pack, part: str, target: Path) -> None:
    """A stored part on the machine's disk, piece by piece."""
    with target.open("wb") as output:
        number = 0
        while True:
            wanted = partial(store.find_chunk, district_id=district_id, pack_id=pack.id, part=part, number=number)
            piece = database.run(wanted, district_id)
            if piece is None:
                return
            output.write(piece)
            number += 1
