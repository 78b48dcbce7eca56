"""From rows to records: who is meant by a number and a name, and which item by a code or a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.imports import refusals
from app.imports.core import lowest_place, record_id
from app.imports.layout import label_of
from app.kit.errors import LongwenError
from app.kit.sheet_records import Record
from app.kit.sheets import SheetFault
from app.kit.words import any_of
from app.points.gathering import Background
from app.points.ledger import Posting, Source
from app.roster import service as roster
from app.rules.award import Outcome
from app.rules.core import Item, Regime
from app.submissions.core import Papers, in_scope, matter_name


@dataclass(slots=True)
class Resolved:
    """What rows ask for, in their order, each with its row; and what is wrong with the others."""

    rows: list[Record] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    papers: dict[UUID, Papers] = field(default_factory=dict)
    faults: list[SheetFault] = field(default_factory=list)
    path: str = ""  # the place that holds all of them


def resolve(connection: Connection, actor: Actor, batch_id: UUID, rows: Sequence[Record], wrong: set[int]) -> Resolved:
    """The requests of all rows that can be made out; those ``wrong`` already are looked at, and left out."""
    numbers = {number for row in rows if (number := row.text("number")) is not None}
    known = roster.numbered(connection, actor.district_id, numbers)
    background = Background.read(connection, actor, {member_id for member_id, _ in known.values()})
    found, paths = Resolved(), []
    for row in rows:
        day = row.day("day")
        member_id = _member(actor, background, row, known, found.faults)
        if member_id is None or day is None:
            continue
        item = _item(row, _regime(background, member_id, row), found.faults)
        if item is None or row.row in wrong:
            continue
        found.rows.append(row)
        posting = _posting(actor, batch_id, row, member_id, item)
        found.postings.append(posting)
        if (cited := row.text("key_work")) is not None:
            found.papers[posting.id] = Papers(key_work=cited)
        there = background.histories[member_id].on(day)
        if there is not None:
            paths.append(there.path)
    found.path = lowest_place(paths) if paths else ""
    return found


def _member(
    actor: Actor, background: Background, row: Record, known: dict[str, tuple[UUID, str]], faults: list[SheetFault]
) -> UUID | None:
    """Who is meant; whoever is out of reach is refused as nobody is, else a guess at a name would be confirmed."""
    number, name = row.text("number"), row.text("name")
    if number is None or name is None:
        return None  # told with the cells
    member_id, recorded = known.get(number, (None, ""))
    is_right = member_id is not None and _squeezed(name) == _squeezed(recorded)
    if member_id is None or not is_right or not _is_in_reach(actor, background, member_id, row.day("day")):
        faults.append(row.fault(refusals.MemberNotFound, "number", value=number))
        return None
    return member_id


def _is_in_reach(actor: Actor, background: Background, member_id: UUID, day: date | None) -> bool:
    """Whether the caller records about the member on the day or, of a row without one, anywhere they ever were."""
    history = background.histories.get(member_id)
    if history is None:
        return False
    is_own = history.account_id is not None and history.account_id == actor.account_id
    held = [one for one in history.spells if day is None or one.holds(day)]
    return any(in_scope(actor, one.path, is_own=is_own) for one in held)


def _squeezed(name: str) -> str:
    return "".join(name.split())


def _regime(background: Background, member_id: UUID, row: Record) -> Regime | None:
    day = row.day("day")
    try:
        return None if day is None or member_id not in background.histories else background.regime_of(member_id, day)
    except LongwenError:
        return None  # the way of every record says what is wrong with the day


@dataclass(frozen=True, slots=True)
class _Named:
    """What a row says of its item, in codes; a word that names nothing stays, for the ledger to refuse."""

    code: str
    tier: str | None
    costs: str | None


def _item(row: Record, regime: Regime | None, faults: list[SheetFault]) -> _Named | None:
    said, tier, costs = row.text("item"), row.text("tier"), row.text("costs")
    if said is None:
        return None
    if regime is None:
        return _Named(said.partition(" ")[0], tier, costs)
    meant = _items_called(regime, said)
    if len(meant) > 1:
        known = any_of(one.code for one in meant)
        faults.append(row.fault(refusals.ItemAmbiguous, "item", value=said, known=known))
        return None
    if not meant:
        return _Named(said, tier, costs)
    (item,) = meant
    tiers = [one.code for one in item.tiers if tier in (one.code, one.name.zh, one.name.en)]
    costed = [] if costs is None else _items_called(regime, costs)
    return _Named(
        item.code,
        tiers[0] if len(tiers) == 1 else tier,
        costed[0].code if len(costed) == 1 else costs,
    )


def _items_called(regime: Regime, said: str) -> list[Item]:
    """The item with the code, else those with the name, in the form of the drop-down list or without it."""
    exact = regime.items.get(said)
    if exact is not None:
        return [exact]
    return [
        one for one in regime.items.values() if not one.retired and said in (label_of(one), one.name.zh, one.name.en)
    ]


def _posting(actor: Actor, batch_id: UUID, row: Record, member_id: UUID, item: _Named) -> Posting:
    day, outcome, matter = row.day("day"), row.text("outcome"), row.text("matter")
    if day is None:
        raise AssertionError("a row without a day is not resolved")
    return Posting(
        id=record_id(batch_id, row.row),
        member_id=member_id,
        item=item.code,
        effective_on=day,
        outcome=None if outcome is None else Outcome(outcome),
        tier=item.tier,
        units=row.whole("units"),
        matter=None if matter is None else matter_name(matter) or None,
        reason=row.text("reason"),
        source=Source.IMPORT,
        recorded_by=actor.account_id,
        batch=batch_id,
        chosen=row.decimal("points"),
        costs=item.costs,
    )
