"""The verbs that the calendar calls: each makes the digests of a period, one for the district and each committee.

What is counted is asked once for the whole district, in one statement each, and summed up along the tree. A digest that
is there stays; nobody is told twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import Quarter, QuarterState, place_of
from app.digests import counting_store, inspecting, sampling, store, telling
from app.digests.core import (
    Fact,
    Json,
    Snapshot,
    Span,
    Task,
    Totals,
    Unit,
    content_of,
    earlier,
    half_span,
    month_span,
    quarter_span,
    scaled,
    year_span,
)
from app.digests.wording import sentences_of
from app.job_runs.service import NotDue, report
from app.kit.digests import canonical, digest
from app.kit.ids import new_id
from app.points import checking
from app.roster import service as roster
from app.roster.core import OrganisationKind
from app.rules import service as rules
from app.seals.core import check_due_on

_SCOPES = {OrganisationKind.DISTRICT, OrganisationKind.COMMITTEE}


@dataclass(frozen=True, slots=True)
class _Measured:
    """The numbers of one period at every place."""

    period: str
    totals: Totals
    decimals: int


@dataclass(slots=True)
class _Desk:
    """One making: the tree as it is today, and what waits at each place of it."""

    connection: Connection
    actor: Actor
    units: tuple[Unit, ...]
    waiting: list[Task] = field(default_factory=list)

    @classmethod
    def open(cls, connection: Connection, actor: Actor) -> _Desk:
        present = [
            one
            for one in roster.organisations(connection, actor.district_id)
            if one.kind is not OrganisationKind.GROUP and (one.until_on is None or one.until_on >= actor.today)
        ]
        units = tuple(Unit(one.id, one.path, one.name, one.kind.value) for one in present)
        desk = cls(connection, actor, units)
        root = roster.root_of(actor.district_id)
        desk.waiting += counting_store.list_waiting(connection, actor.district_id, root, actor.today)
        desk.waiting += desk._unchecked()
        desk.waiting += inspecting.waiting(connection, actor)
        return desk

    def _unchecked(self) -> list[Task]:
        """Routine entries of quarters that have ended which nobody has confirmed."""
        paths = {one.id: one.path for one in self.units}
        found = []
        for quarter in cycles.quarters(self.connection, self.actor):
            if quarter.state is QuarterState.SEALED or quarter.ends_on >= self.actor.today:
                continue
            due_on = check_due_on(quarter)
            is_late = due_on < self.actor.today
            for branch_id, count in checking.count_unchecked(self.connection, self.actor, quarter.code).items():
                if branch_id in paths:
                    late, due = (count, 0) if is_late else (0, count)
                    days = (None, due_on) if is_late else (due_on, None)
                    found.append(Task(paths[branch_id], "check", due, days[0], late, days[1]))
        return found

    def moment(self, day: date) -> datetime:
        """When the day begins in the district."""
        zone = next(one.time_zone for one in auth.list_districts(self.connection) if one.id == self.actor.district_id)
        return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)

    def make(self, span: Span, measured: _Measured, more: Mapping[str, Json], shared: Json) -> dict[str, int]:
        """Freeze the digest of every scope that has none yet, and tell the offices; ``more`` is by path."""
        measured.totals.add_tasks(self.waiting)
        there = store.list_scopes_made(self.connection, self.actor.district_id, span.kind, span.period)
        scopes = [one for one in self.units if OrganisationKind(one.kind) in _SCOPES]
        below: dict[str, list[Unit]] = {}
        for one in self.units:
            below.setdefault(one.above, []).append(one)
        made: list[Snapshot] = []
        for at, scope in enumerate(scopes):
            report(at, len(scopes))
            if scope.id in there:
                continue
            found = {name: by_path[scope.path] for name, by_path in more.items() if scope.path in by_path} | shared
            children = below.get(scope.path, [])
            content = content_of(span, scope, children, measured.totals, self.actor.at, measured.decimals, found)
            content["sentences"] = sentences_of(content)
            kept = Snapshot(
                new_id(), span.kind, span.period, scope.id, scope.path, self.actor.at, content,
                digest(canonical(content)),
            )  # fmt: skip
            store.insert_snapshot(self.connection, self.actor.district_id, kept)
            made.append(kept)
        return {"made": len(made), "told": telling.tell(self.connection, self.actor, made)}


def month(connection: Connection, actor: Actor, code: str) -> dict[str, int]:
    """月调度: the numbers of a month that is over, and what is due and late today. Raises NotDue before its end."""
    span = month_span(code)
    if span.until_on >= actor.today:
        raise NotDue
    if not cycles.quarters(connection, actor):
        return {"made": 0}
    desk = _Desk.open(connection, actor)
    district_id, totals = actor.district_id, Totals()
    since, until = desk.moment(span.from_on), desk.moment(span.until_on + timedelta(days=1))
    totals.add(counting_store.count_members(connection, district_id, span.until_on))
    totals.add(counting_store.count_recorded(connection, district_id, since, until))
    totals.add(counting_store.count_duties(connection, district_id, span.from_on, span.until_on))
    totals.add(counting_store.count_flow(connection, district_id, since, until, span.from_on, span.until_on))
    known = cycles.quarters(connection, actor)
    cycle = next((one.cycle for one in known if one.starts_on <= span.until_on <= one.ends_on), None)
    decimals = 0
    if cycle is not None:
        facts, decimals = _points(counting_store.sum_standings(connection, district_id, cycle))
        totals.add(facts)
    return desk.make(span, _Measured(span.period, totals, decimals), {}, {})


def quarter(connection: Connection, actor: Actor, code: str) -> dict[str, int]:
    """季检查: a sealed quarter beside the one before, with a sample of its entries to be inspected.

    Raises NotDue before the seal, UnknownQuarter and QuarterRunning.
    """
    found = _sealed(connection, actor, code)
    if found is None:
        return {"made": 0}
    desk, span = _Desk.open(connection, actor), quarter_span(code)
    samples = sampling.samples(connection, actor, code, desk.units)
    return _analyse(desk, span, {"sample": samples}, compared=(earlier(span.quarters, 0, 1),))


def half(connection: Connection, actor: Actor, code: str) -> dict[str, int]:
    """半年分析 of the half-year that ends with the quarter, beside the half before and that of the year before.

    Nothing for a quarter that ends none. Raises as ``quarter``.
    """
    found, span = _sealed(connection, actor, code), half_span(code)
    if found is None or span is None:
        return {"made": 0}
    compared = (earlier(span.quarters, 0, 2), earlier(span.quarters, 1, 0))
    return _analyse(_Desk.open(connection, actor), span, {}, compared=compared)


def year(connection: Connection, actor: Actor, code: str) -> dict[str, int]:
    """年底总评 of the year that ends with the quarter, beside the year before. Nothing for a quarter that ends none.

    Raises as ``quarter``.
    """
    found = _sealed(connection, actor, code)
    if found is None:
        return {"made": 0}
    known = cycles.quarters(connection, actor)
    span = year_span(known, found, place_of(known, found))
    if span is None:
        return {"made": 0}
    return _analyse(_Desk.open(connection, actor), span, {}, compared=(earlier(span.quarters, 1, 0),))


def _sealed(connection: Connection, actor: Actor, code: str) -> Quarter | None:
    """The quarter, sealed; None for one that the district's books do not hold."""
    found = cycles.ended_quarter(connection, actor, code)
    if found is None or cycles.is_before_books(connection, actor, found):
        return None
    if found.state is not QuarterState.SEALED:
        raise NotDue
    return found


def _analyse(
    desk: _Desk, span: Span, more: Mapping[str, Json], *, compared: Sequence[tuple[str, ...]]
) -> dict[str, int]:
    """The digest of sealed quarters: their sums, each quarter by itself, and the periods to compare with."""
    measured = _measure(desk, span.quarters, span.period)
    trend = [_measure(desk, (one,), one) for one in span.quarters] if len(span.quarters) > 1 else []
    before = [_measure(desk, one, _period(one)) for one in compared]
    by_path: dict[str, Json] = {
        "trend": {one.path: _shown(trend, one.path) for one in desk.units},
        "compared": {one.path: _shown(before, one.path) for one in desk.units},
        **more,
    }
    shared: Json = {"quarters": list(span.quarters), "line_names": _line_names(desk, span.quarters[-1])}
    return desk.make(span, measured, by_path, shared)


def _line_names(desk: _Desk, quarter: str) -> Json:
    """The lines of which there are numbers, as the rule books of those who met them call them."""
    connection, district_id = desk.connection, desk.actor.district_id
    found: Json = {}
    for code, digest_of_edition in counting_store.list_line_editions(connection, district_id, quarter):
        edition = rules.edition_by_digest(connection, district_id, digest_of_edition)
        lines = (line for regime in edition.regimes.values() for line in regime.lines)
        name = next(line.name for line in lines if line.code == code)
        found.setdefault(code, {"zh": name.zh, "en": name.en})
    return found


def _period(quarters: Sequence[str]) -> str:
    """A name for quarters that follow each other."""
    return quarters[0] if len(quarters) == 1 else f"{quarters[0]}–{quarters[-1]}"


def _shown(measured: Sequence[_Measured], path: str) -> list[Json]:
    """Those periods of which the books know anything."""
    return [
        {"period": one.period, "decimals": one.decimals, "numbers": one.totals.of(path)}
        for one in measured
        if one.totals.of(path).get("ranked")
    ]


def _measure(desk: _Desk, quarters: Sequence[str], period: str) -> _Measured:
    """What was booked in the quarters, and how things stood at the end of the last one, as it was sealed."""
    connection, district_id, last = desk.connection, desk.actor.district_id, quarters[-1]
    totals = Totals()
    facts, decimals = _points(counting_store.sum_sealed(connection, district_id, last))
    totals.add(facts)
    totals.add(counting_store.count_booked(connection, district_id, quarters))
    totals.add(counting_store.count_insufficient(connection, district_id, last))
    totals.add(counting_store.count_lines(connection, district_id, last))
    totals.add(counting_store.count_members(connection, district_id, quarter_span(last).until_on))
    return _Measured(period, totals, decimals)


def _points(sums: list[tuple[str, str, int, int]]) -> tuple[list[Fact], int]:
    """Points in one smallest unit; what is counted in persons (places −1) stays as it is."""
    facts, decimals = scaled(one for one in sums if one[3] >= 0)
    return facts + [Fact(path, name, value) for path, name, value, places in sums if places < 0], decimals
