"""Making the image of a district's pack: what is known at a quarter's end, written line by line.

All of it is read in one moment of the database, a few hundred members at a time, so that a district of a hundred
thousand takes no more room than one of a hundred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor
from app.cycles.core import Quarter
from app.kit.calendar import months_of, next_quarter, quarter_days
from app.points import reading
from app.points.gathering import Books, histories_of
from app.points.views import Corrected
from app.ratings.gathering import stars_now
from app.reviews import grounds, service, store_facts
from app.reviews.core import sheet_row
from app.reviews.core_packs import FORMAT, Fact, Json, PackKind, scrubbed
from app.reviews.wording import CASE_STATES, EXCLUSIONS, HELPED, LIST_STATES, MENTORING_STATES, said
from app.roster import service as roster
from app.roster.core import MemberOn, OrganisationKind, OrganisationView
from app.roster.history import MemberHistory
from app.rules.core import Regime
from app.rules.lines import Basis
from app.rules.points import printed_text
from app.rules.terms import TERMS

_CHUNK = 500
_LANGUAGE = "zh"  # the papers are an office's, and theirs is Chinese

Report = Callable[[int, int], None]


@dataclass(slots=True)
class _Desk:
    """One making: the tree, the rules, and what was met of them."""

    connection: Connection
    actor: Actor
    quarter: Quarter
    organisations: dict[UUID, OrganisationView]
    books: Books
    today: date  # of the last change of what the sheet tells
    editions: set[str] = field(default_factory=set)
    dimensions: dict[str, Json] = field(default_factory=dict)
    star_round: Json | None = None  # year and edition of the stars that are explained

    def committee_of(self, branch: OrganisationView) -> str:
        """The name of the committee that the branch lies under; the district's where there is none."""
        above = self.organisations.get(branch.parent_id) if branch.parent_id is not None else None
        while above is not None and above.kind not in (OrganisationKind.COMMITTEE, OrganisationKind.DISTRICT):
            above = self.organisations.get(above.parent_id) if above.parent_id is not None else None
        return "" if above is None else above.name

    def note(self, regime: Regime) -> None:
        """The rules that a member was scored by."""
        self.editions.add(service.edition_text(regime))
        for one in regime.dimensions:
            allotment = printed_text(one.allotment, regime.decimals)
            self.dimensions.setdefault(one.code, {"code": one.code, "name": one.name.zh, "allotment": allotment})


def lines(connection: Connection, actor: Actor, quarter: Quarter, report: Report) -> Iterator[Json]:
    """The image of the quarter's pack for the whole district; the head comes last, since it tells what was met.

    ``report`` is told of how many branches how many are done.
    """
    views = roster.organisations(connection, actor.district_id)
    as_of = service.settled_at(connection, actor, quarter) or actor.at
    today = auth.day_of(connection, actor.district_id, as_of)
    books = Books.opened(connection, actor)
    desk = _Desk(connection, actor, quarter, {one.id: one for one in views}, books, today)
    yield from _members(desk, report)
    yield from _stars(desk)
    yield from _entries(desk)
    yield from _adjustments(desk)
    yield from _findings(desk)
    yield from _cases(desk)
    yield from _mentorings(desk)
    yield _head(desk, as_of)


def _head(desk: _Desk, as_of: datetime) -> Json:
    root = next(one for one in desk.organisations.values() if one.parent_id is None)
    proven = store_facts.find_seal_root(desk.connection, desk.actor.district_id, desk.quarter.code)
    return {
        "is": Fact.HEAD.value,
        "format": FORMAT,
        "kind": PackKind.QUARTER.value,
        "period": desk.quarter.code,
        "cycle": desk.quarter.cycle,
        "starts_on": desk.quarter.starts_on.isoformat(),
        "ends_on": desk.quarter.ends_on.isoformat(),
        "district": root.name,
        "zone": _zone(desk),
        "scope": {"id": str(root.id), "kind": root.kind.value, "name": root.name, "path": root.path},
        "as_of": as_of.isoformat(),
        "day": desk.today.isoformat(),
        "made_at": desk.actor.at.isoformat(),
        "checkpoint": None if proven is None else {"number": proven[0], "root": proven[1].hex()},
        "editions": sorted(desk.editions),
        "dimensions": list(desk.dimensions.values()),
        "stars": desk.star_round,
        "source": None,
    }


def _zone(desk: _Desk) -> str:
    return auth.time_zone_of(desk.connection, desk.actor.district_id)


# Branches and members.


def _members(desk: _Desk, report: Report) -> Iterator[Json]:
    root = roster.root_of(desk.actor.district_id)
    by_branch: dict[UUID, list[MemberOn]] = {}
    for one in roster.members_under(desk.connection, desk.actor.district_id, root, desk.quarter.ends_on):
        by_branch.setdefault(one.branch_id, []).append(one)
    stars = stars_now(desk.connection, desk.actor)
    branches = sorted(
        (one for one in desk.organisations.values() if one.kind is OrganisationKind.BRANCH and one.id in by_branch),
        key=lambda one: one.path,
    )
    for done, batch in _batches(branches, by_branch):
        report(done, len(branches))
        wanted = [member.id for branch in batch for member in by_branch[branch.id]]
        scored = {
            one.balance.member_id: one
            for one in reading.corrected(desk.connection, desk.actor, desk.quarter, members=wanted)
        }
        histories = histories_of(desk.connection, desk.actor, wanted)
        for branch in batch:
            own = by_branch[branch.id]
            yield _branch(desk, branch, len(own), stars.get(branch.id))
            for member in own:
                if member.id in scored:
                    yield _member(desk, branch, histories[member.id], scored[member.id])
    report(len(branches), len(branches))


def _batches(
    branches: Sequence[OrganisationView], by_branch: dict[UUID, list[MemberOn]]
) -> Iterator[tuple[int, list[OrganisationView]]]:
    """Branches that have a few hundred members together, with how many come before them."""
    batch: list[OrganisationView] = []
    size = 0
    for at, branch in enumerate(branches):
        batch.append(branch)
        size += len(by_branch[branch.id])
        if size >= _CHUNK:
            yield at + 1 - len(batch), batch
            batch, size = [], 0
    if batch:
        yield len(branches) - len(batch), batch


def _branch(desk: _Desk, branch: OrganisationView, members: int, star: int | None) -> Json:
    return {
        "is": Fact.BRANCH.value,
        "path": branch.path,
        "name": branch.name,
        "committee": desk.committee_of(branch),
        "members": members,
        "star": star,
    }


def _member(desk: _Desk, branch: OrganisationView, member: MemberHistory, one: Corrected) -> Json:
    regime = service.regime_of(desk.books, one, desk.quarter)
    desk.note(regime)
    code, score = desk.quarter.code, one.score
    standing = service.standing_of(desk.books, one, regime, desk.quarter, branch.name, member, desk.actor.today)
    row = sheet_row(standing, frozenset((code, *months_of(code))), desk.today, code, _LANGUAGE)
    bands = {band.code: band.name.zh for band in regime.bands}
    return {
        "is": Fact.MEMBER.value,
        "path": branch.path,
        "number": member.number,
        "values": [_plain(value) for value in row.values()],
        "dimensions": {at: printed_text(points, score.decimals) for at, points in score.dimensions.items()},
        "band": bands.get(score.band, score.band) if regime.graded else "",
        "ranked": standing.ranked,
        "vetoed": score.vetoed,
    }


def _plain(value: str | Decimal | date) -> str:
    """Text without id and telephone numbers; points with the book's places; days as ISO has them."""
    if isinstance(value, str):
        return scrubbed(value)
    return f"{value:f}" if isinstance(value, Decimal) else value.isoformat()


# The lists.


def _stars(desk: _Desk) -> Iterator[Json]:
    paths = {one.id: one.path for one in desk.organisations.values()}
    for one in grounds.facts(desk.connection, desk.actor, paths):
        desk.star_round = {"year": one["year"], "edition": one["edition"]}
        yield one


def _entries(desk: _Desk) -> Iterator[Json]:
    for row in store_facts.stream_entries(desk.connection, desk.actor.district_id, desk.quarter.code):
        regime = desk.books.regime(row.edition, row.profile)
        item = regime.items.get(row.item)
        dimensions = {one.code: one.name.zh for one in regime.dimensions}
        kind = TERMS["Kind"].get(row.kind)
        yield {
            "is": Fact.ENTRY.value,
            "path": row.path,
            "branch": row.branch,
            "name": row.name,
            "number": row.number,
            "id": str(row.id),
            "seq": row.seq,
            "item": row.item,
            "title": row.item if item is None else item.name.zh,
            "dimension": "" if item is None or item.dimension is None else dimensions.get(item.dimension, ""),
            "kind": ("冲正 · " if row.reverses is not None else "") + (row.kind if kind is None else kind.zh),
            "day": row.effective_on.isoformat(),
            "points": printed_text(row.points, regime.decimals),
            "matter": scrubbed(row.matter or ""),
            "reason": scrubbed(row.reason or ""),
        }


def _adjustments(desk: _Desk) -> Iterator[Json]:
    found = service.adjustments(
        desk.connection, desk.actor, desk.books, desk.organisations, desk.quarter, None, _LANGUAGE
    )
    for path, row in found:
        yield {"is": Fact.ADJUSTMENT.value, "path": path, "values": [_plain(value) for value in row.values()]}


def _line_name(desk: _Desk, edition: str, code: str) -> str:
    """What the rules call a line; a class of members may have lines of its own."""
    regimes = desk.books.edition(edition).regimes.values()
    return next((line.name.zh for regime in regimes for line in regime.lines if line.code == code), code)


def _decimals(desk: _Desk, edition: str) -> int:
    return next((one.decimals for one in desk.books.edition(edition).regimes.values()), 0)


def _findings(desk: _Desk) -> Iterator[Json]:
    district_id, quarter = desk.actor.district_id, desk.quarter.code
    for row in store_facts.list_findings(desk.connection, district_id, quarter):
        decimals = 0 if row.basis == Basis.PACE else _decimals(desk, row.edition)  # pace is a percentage
        yield {
            "is": Fact.FINDING.value,
            "path": row.path,
            "branch": row.branch,
            "name": row.name,
            "line": _line_name(desk, row.edition, row.line),
            "consequence": row.consequence,
            "value": printed_text(row.value, decimals),
            "bound": printed_text(row.bound, decimals),
            "exclusions": [said(EXCLUSIONS, one) for one in row.exclusions],
        }
    for row in store_facts.list_commendations(desk.connection, district_id, quarter):
        decimals = _decimals(desk, row.edition)
        yield {
            "is": Fact.COMMENDATION.value,
            "path": row.path,
            "branch": row.branch,
            "name": row.name,
            "line": _line_name(desk, row.edition, row.line),
            "value": printed_text(row.value, decimals),
            "places": row.places,
            "position": row.position,
            "grounds": [said(EXCLUSIONS, one) for one in row.grounds],
            "state": said(LIST_STATES, row.state),
        }


def _cases(desk: _Desk) -> Iterator[Json]:
    begun = datetime.combine(desk.quarter.starts_on, time(), ZoneInfo(_zone(desk))).astimezone(UTC)
    for row in store_facts.list_cases(desk.connection, desk.actor.district_id, begun, desk.quarter.code):
        decimals = _decimals(desk, row.edition)
        yield {
            "is": Fact.CASE.value,
            "path": row.path,
            "branch": row.branch,
            "name": row.name,
            "quarter": row.quarter,
            "value": printed_text(row.value, decimals),
            "bound": printed_text(row.bound, decimals),
            "opened_on": row.opened_on.isoformat(),
            "due_on": None if row.due_on is None else row.due_on.isoformat(),
            "state": said(CASE_STATES, row.state),
        }


def _mentorings(desk: _Desk) -> Iterator[Json]:
    # The seal, which pairings follow, falls into the next quarter; what is proposed after that is of a later one.
    _, last = quarter_days(next_quarter(desk.quarter.code))
    for row in store_facts.list_mentorings(desk.connection, desk.actor.district_id, desk.quarter.starts_on, last):
        yield {
            "is": Fact.MENTORING.value,
            "path": row.path,
            "also": row.lead_path,
            "grid": row.grid,
            "lead": row.lead,
            "kind": said(HELPED, row.kind),
            "helped": row.helped or "",
            "state": said(MENTORING_STATES, row.state),
            "active_on": None if row.active_on is None else row.active_on.isoformat(),
            "ended_on": None if row.ended_on is None else row.ended_on.isoformat(),
        }
