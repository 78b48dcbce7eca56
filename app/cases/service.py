"""Applying the lines at a quarter's end, and reading what they found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.cases import store
from app.cases.core import DAYS_MIN, Count, Finding, Found, FoundRow, Tested, apply_lines, merged
from app.cycles import service as cycles
from app.cycles.core import Quarter, place_of
from app.kit.errors import NotFound
from app.points import reading
from app.points.duties import count_duties, half_year_share
from app.points.gathering import Books, cycle_days, histories_of
from app.points.ledger import Balance
from app.points.plan import Plan
from app.points.views import Corrected, Disputed
from app.roster import service as roster
from app.rules import service as rules
from app.rules.core import Kind
from app.rules.lines import Basis, Line
from app.rules.points import decimals_of

_CHUNK = 500
HALF_YEAR_DECIDES = False  # unless the district says so


def apply(connection: Connection, actor: Actor, code: str) -> dict[str, int]:
    """Test every member's corrected score at the quarter's end; what was found before for it gives way.

    Raises UnknownQuarter and QuarterRunning.
    """
    quarter = cycles.ended_quarter(connection, actor, code)
    if quarter is None or cycles.is_before_books(connection, actor, quarter):
        return {}
    books = Books.opened(connection, actor)
    committees = _committees(connection, actor)
    tested: dict[tuple[Line, ...], list[Tested]] = {}  # members by the lines of the book that judges them
    chunk: list[Corrected] = []
    for one in reading.corrected(connection, actor, quarter, checked_only=True):
        chunk.append(one)
        if len(chunk) == _CHUNK:
            _test(connection, actor, books, quarter, chunk, committees, tested)
            chunk = []
    _test(connection, actor, books, quarter, chunk, committees, tested)
    decides = half_year_decides(connection, actor)
    place = place_of(cycles.quarters(connection, actor), quarter)
    findings: list[Finding] = []
    counts: list[Count] = []
    for lines, members in tested.items():
        found, counted = apply_lines(lines, members, place, half_year_decides=decides)
        findings += found
        counts += counted
    counts = merged(counts)
    store.replace_findings(connection, actor.district_id, quarter.code, findings, counts, actor.at)
    everybody = sum(len(members) for members in tested.values())
    return {"tested": everybody, **{f"named_{one.line.code}": one.named for one in counts}}


def _committees(connection: Connection, actor: Actor) -> dict[UUID, str]:
    """Each branch's committee, as a path."""
    found = roster.organisations(connection, actor.district_id)
    return {one.id: one.path.rpartition(".")[0] for one in found}


def _test(
    connection: Connection,
    actor: Actor,
    books: Books,
    quarter: Quarter,
    chunk: Sequence[Corrected],
    committees: dict[UUID, str],
    tested: dict[tuple[Line, ...], list[Tested]],
) -> None:
    histories = histories_of(connection, actor, [one.balance.member_id for one in chunk])
    quarters = cycles.quarters(connection, actor)
    cycle, place = cycle_days(quarters, quarter.cycle), place_of(quarters, quarter)
    for one in chunk:
        history = histories[one.balance.member_id]
        there = history.on(quarter.ends_on)
        if there is None:
            continue  # left before the quarter's end: out of lines and lists at once
        regime_key = one.balance.regimes[max(code for code in one.balance.regimes if code <= quarter.code)]
        regime = books.regime(*regime_key)
        since = history.since(quarter.ends_on)
        days = (quarter.ends_on - max(since, cycle.starts_on)).days + 1
        whole_year = since <= cycle.starts_on
        duties = count_duties(one.duties, quarter.ends_on)
        faulted, heaviest = _faults(books.plan(one.balance), one.balance, quarter)
        member = Tested(
            member_id=there.id,
            branch_id=there.branch_id,
            committee=committees[there.branch_id],
            joined_on=there.joined_on,
            days=days,
            daily=one.score.daily,
            total=one.score.total,
            fault=one.score.fault,
            lost=one.score.opening - one.score.daily,
            share_due=duties.share_due + (half_year_share(regime, place) if whole_year else 0),
            exempt=not regime.ranked,
            graded=regime.graded and days >= DAYS_MIN,
            vetoed=one.score.vetoed,
            heaviest_fault=heaviest,
            insufficient=duties.is_insufficient,
            edition=regime.digest,
            dimensions=one.score.dimensions,
            faulted=faulted,
        )
        if one.disputed is not None:
            plan = books.plan(one.disputed.balance)
            member = replace(member, undisputed=_undisputed(member, plan, one.disputed, quarter))
        tested.setdefault(regime.lines, []).append(member)


def _undisputed(member: Tested, plan: Plan, disputed: Disputed, quarter: Quarter) -> Tested:
    """The same member without what is under appeal."""
    score = disputed.score
    faulted, heaviest = _faults(plan, disputed.balance, quarter)
    return replace(
        member,
        daily=score.daily,
        total=score.total,
        fault=score.fault,
        lost=score.opening - score.daily,
        vetoed=score.vetoed,
        heaviest_fault=heaviest,
        dimensions=score.dimensions,
        faulted=faulted,
    )


def _faults(plan: Plan, balance: Balance, quarter: Quarter) -> tuple[frozenset[str], int]:
    """The dimensions in which a fault stands, and the points of the heaviest single fault."""
    faulted: set[str] = set()
    heaviest = 0
    last = plan.quarters.index(max(code for code in plan.quarters if code <= quarter.code))
    for key, cell in balance.cells.items():
        item = plan.items.get(key.item)
        if item is not None and item.kind is Kind.FAULT and cell.entries and plan.window_quarter[key.window] <= last:
            faulted.add(item.dimension or "")
            heaviest = max(heaviest, -cell.points // cell.entries)
    return frozenset(faulted), heaviest


def _with_decimals(connection: Connection, actor: Actor, findings: Sequence[FoundRow]) -> list[FoundRow]:
    """Each with the places of its points: those of the edition that judged the member. Percent have none."""
    known = {
        digest: decimals_of(rules.edition_by_digest(connection, actor.district_id, digest))
        for digest in {one.edition for one in findings}
    }
    return [one if one.basis == Basis.PACE else replace(one, decimals=known[one.edition]) for one in findings]


def half_year_decides(connection: Connection, actor: Actor) -> bool:
    """Whether the line that decides at the year's end names persons at the half-year too."""
    chosen = store.find_setting(connection, actor.district_id)
    return HALF_YEAR_DECIDES if chosen is None else chosen


def set_half_year_decides(connection: Connection, actor: Actor, *, wanted: bool) -> bool:
    """Raises NotFound for whoever does not set it for the whole district."""
    if not actor.may(Permission.LINE_SET, roster.root_of(actor.district_id)):
        raise NotFound(what="district")
    store.upsert_setting(connection, actor.district_id, half_year_decides=wanted)
    return wanted


def found(connection: Connection, actor: Actor, quarter: str) -> Found:
    """The findings in the caller's reach; the district's counts for who reaches the whole district.

    Raises UnknownQuarter.
    """
    code = cycles.quarter(connection, actor, quarter).code
    paths = None if actor.is_service else actor.reach(Permission.LINE_READ)
    findings = _with_decimals(connection, actor, store.list_findings(connection, actor.district_id, code, paths))
    whole = paths is None or roster.root_of(actor.district_id) in paths
    counts = store.list_counts(connection, actor.district_id, code) if whole else []
    return Found(code, findings, counts)
