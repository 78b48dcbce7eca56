"""What digests count: one set-based statement each, however many members there are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Integer,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from app.activities.tables import activity
from app.appeals.tables import appeal, complaint
from app.cases.tables import assistance_case, commendation, line_finding, reminder_talk
from app.digests.core import Fact, Task
from app.enrolment.tables import transfer
from app.grids.tables import mentoring
from app.points.tables import duty, entry, standing, telling
from app.ratings.tables import rating, rectification
from app.roster.tables import membership, organisation
from app.seals.tables import quarter_standing
from app.submissions.tables import submission

_PATH = organisation.c.path


def _at_branch(table: FromClause) -> ColumnElement[bool]:
    """The organisation that the rows' branch is."""
    return and_(organisation.c.district_id == table.c.district_id, organisation.c.id == table.c.branch_id)


def _belonging(district_id: UUID, day: date) -> tuple[ColumnElement[bool], ...]:
    open_still = or_(membership.c.until_on.is_(None), membership.c.until_on >= day)
    return (membership.c.district_id == district_id, membership.c.from_on <= day, open_still)


def count_members(connection: Connection, district_id: UUID, day: date) -> list[Fact]:
    """Who belonged to each branch on the day."""
    statement = (
        select(_PATH, func.count().label("rows"))
        .select_from(membership.join(organisation, _at_branch(membership)))
        .where(*_belonging(district_id, day))
        .group_by(_PATH)
    )
    return [Fact(row.path, "members", row.rows) for row in connection.execute(statement)]


_REVERSAL = entry.c.reverses.is_not(None)


def _entry_facts(connection: Connection, *chosen: ColumnElement[bool]) -> list[Fact]:
    """By kind; reversals are counted apart."""
    name = case((_REVERSAL, literal("reversals")), else_=literal("entries_").concat(entry.c.kind)).label("name")
    statement = (
        select(_PATH, name, func.count().label("rows"))
        .select_from(entry.join(organisation, _at_branch(entry)))
        .where(*chosen, entry.c.kind != "opening")
        .group_by(_PATH, name)
    )
    return [Fact(row.path, row.name, row.rows) for row in connection.execute(statement)]


def count_recorded(connection: Connection, district_id: UUID, since: datetime, until: datetime) -> list[Fact]:
    """Entries written into the ledger from one moment to before another."""
    return _entry_facts(
        connection, entry.c.district_id == district_id, entry.c.recorded_at >= since, entry.c.recorded_at < until
    )


def count_booked(connection: Connection, district_id: UUID, quarters: Collection[str]) -> list[Fact]:
    """Entries booked in these quarters."""
    return _entry_facts(connection, entry.c.district_id == district_id, entry.c.booked_in.in_(list(quarters)))


def count_duties(connection: Connection, district_id: UUID, first: date, last: date) -> list[Fact]:
    """Duties that fell due in these days, by what became of them, where their members belonged on the last day."""
    there = and_(membership.c.district_id == duty.c.district_id, membership.c.member_id == duty.c.member_id)
    statement = (
        select(_PATH, duty.c.state, func.count().label("rows"))
        .select_from(duty.join(membership, there).join(organisation, _at_branch(membership)))
        .where(duty.c.district_id == district_id, duty.c.due_on >= first, duty.c.due_on <= last)
        .where(*_belonging(district_id, last))
        .group_by(_PATH, duty.c.state)
    )
    return [Fact(row.path, f"duties_{row.state}", row.rows) for row in connection.execute(statement)]


_Sums = list[tuple[str, str, int, int]]  # path, name, sum, places


def sum_standings(connection: Connection, district_id: UUID, cycle: str) -> _Sums:
    """Of who is ranked now: how many, and their points."""
    return _sums(connection, standing, standing.c.district_id == district_id, standing.c.cycle == cycle)


def sum_sealed(connection: Connection, district_id: UUID, quarter: str) -> _Sums:
    """The same of a sealed quarter, as it was frozen."""
    table = quarter_standing
    return _sums(connection, table, table.c.district_id == district_id, table.c.quarter == quarter)


def _sums(connection: Connection, table: FromClause, *chosen: ColumnElement[bool]) -> _Sums:
    columns = table.c
    statement = (
        select(
            _PATH,
            columns.decimals,
            func.count().label("ranked"),
            func.sum(columns.daily).label("daily"),
            func.sum(columns.effective).label("total"),
            func.count().filter(columns.vetoes > 0).label("vetoed"),
        )
        .select_from(table.join(organisation, _at_branch(table)))
        .where(*chosen, columns.ranked)
        .group_by(_PATH, columns.decimals)
    )
    found: _Sums = []
    for row in connection.execute(statement):
        found += [(row.path, name, int(getattr(row, name)), row.decimals) for name in ("daily", "total")]
        found += [(row.path, name, int(getattr(row, name)), -1) for name in ("ranked", "vetoed")]
    return found


def count_insufficient(connection: Connection, district_id: UUID, quarter: str) -> list[Fact]:
    """依据不足 at a sealed quarter's end, and how the duties due by then were decided."""
    table = quarter_standing
    too_few = table.c.duties_decided * 100 < table.c.duties_due * 80
    statement = (
        select(
            _PATH,
            func.count().filter(too_few).label("insufficient"),
            cast(func.sum(table.c.duties_due), Integer).label("duties_due"),
            cast(func.sum(table.c.duties_decided), Integer).label("duties_decided"),
        )
        .select_from(table.join(organisation, _at_branch(table)))
        .where(table.c.district_id == district_id, table.c.quarter == quarter, table.c.ranked)
        .group_by(_PATH)
    )
    names = ("insufficient", "duties_due", "duties_decided")
    return [Fact(row.path, name, getattr(row, name)) for row in connection.execute(statement) for name in names]


def count_lines(connection: Connection, district_id: UUID, quarter: str) -> list[Fact]:
    """Who met each line at the quarter's end, and who of them is named (no ground keeps the name off)."""
    named = func.count().filter(func.jsonb_array_length(line_finding.c.exclusions) == 0).label("named")
    statement = (
        select(_PATH, line_finding.c.line, func.count().label("met"), named)
        .select_from(line_finding.join(organisation, _at_branch(line_finding)))
        .where(line_finding.c.district_id == district_id, line_finding.c.quarter == quarter)
        .group_by(_PATH, line_finding.c.line)
    )
    found: list[Fact] = []
    for row in connection.execute(statement):
        found += [Fact(row.path, f"line:{row.line}:met", row.met), Fact(row.path, f"line:{row.line}:named", row.named)]
    return found


def list_line_editions(connection: Connection, district_id: UUID, quarter: str) -> list[tuple[str, str]]:
    """The lines that were met at the quarter's end, each with the editions that they stand in, the commonest first."""
    columns = line_finding.c
    statement = (
        select(columns.line, columns.edition)
        .where(columns.district_id == district_id, columns.quarter == quarter)
        .group_by(columns.line, columns.edition)
        .order_by(columns.line, func.count().desc(), columns.edition)
    )
    return [(row.line, row.edition) for row in connection.execute(statement)]


def count_flow(
    connection: Connection, district_id: UUID, since: datetime, until: datetime, first: date, last: date
) -> list[Fact]:
    """Proposals and appeals that came in and were decided in the time, and meetings that were held."""
    found: list[Fact] = []
    for table, came_in, name in (
        (submission, submission.c.submitted_at, "submissions"),
        (appeal, appeal.c.filed_at, "appeals"),
    ):
        for moment, what in ((came_in, "in"), (table.c.decided_at, "decided")):
            statement = (
                select(table.c.path, func.count().label("rows"))
                .where(table.c.district_id == district_id, moment >= since, moment < until)
                .group_by(table.c.path)
            )
            found += [Fact(row.path, f"{name}_{what}", row.rows) for row in connection.execute(statement)]
    held = (
        select(activity.c.path, func.count().label("rows"))
        .where(activity.c.district_id == district_id, activity.c.state == "held")
        .where(activity.c.held_on >= first, activity.c.held_on <= last)
        .group_by(activity.c.path)
    )
    return found + [Fact(row.path, "activities", row.rows) for row in connection.execute(held)]


# What waits.


def list_waiting(connection: Connection, district_id: UUID, root: str, today: date) -> list[Task]:
    """By place: what is to be reviewed, heard, answered, accepted, told or written up, and by when."""
    asked_side = case((transfer.c.asked_by == "old", transfer.c.to_path), else_=transfer.c.from_path)
    no_day = cast(literal(None), Date)
    waiting: tuple[tuple[str, Any, Any, tuple[ColumnElement[bool], ...]], ...] = (
        (
            "review",
            submission.c.path,
            submission.c.due_on,
            (submission.c.district_id == district_id, submission.c.state == "submitted"),
        ),
        ("appeal", appeal.c.path, appeal.c.due_on, (appeal.c.district_id == district_id, appeal.c.state == "open")),
        (
            "complaint",
            literal(root),
            complaint.c.due_on,
            (complaint.c.district_id == district_id, complaint.c.state == "open"),
        ),
        (
            "transfer",
            func.coalesce(asked_side, transfer.c.from_path),
            no_day,
            (transfer.c.district_id == district_id, transfer.c.state == "proposed"),
        ),
        ("telling", telling.c.path, no_day, (telling.c.district_id == district_id, telling.c.told_at.is_(None))),
        (
            "activity",
            activity.c.path,
            activity.c.held_on,
            (activity.c.district_id == district_id, activity.c.state == "planned", activity.c.held_on <= today),
        ),
    )
    return [task for one in (*waiting, *_of_results(district_id)) for task in _tasks(connection, today, *one)]


def _of_results(district_id: UUID) -> tuple[tuple[str, Any, Any, tuple[ColumnElement[bool], ...]], ...]:
    """What waits of cases, commendations, ratings and grids; what has no day by which it is due is only ever due."""
    no_day = cast(literal(None), Date)
    return (
        (
            "case",
            assistance_case.c.path,
            assistance_case.c.due_on,
            (
                assistance_case.c.district_id == district_id,
                assistance_case.c.ended_at.is_(None),
                assistance_case.c.due_on.is_not(None),
            ),
        ),
        (
            "talk",
            reminder_talk.c.path,
            reminder_talk.c.due_on,
            (reminder_talk.c.district_id == district_id, reminder_talk.c.state == "asked"),
        ),
        (
            "commendation",
            commendation.c.path,
            no_day,
            (
                commendation.c.district_id == district_id,
                or_(commendation.c.state.in_(("listed", "recommended", "confirmed")), commendation.c.objections > 0),
            ),
        ),
        (
            "rating",
            rating.c.path,
            no_day,
            (
                rating.c.district_id == district_id,
                rating.c.state.in_(("self", "returned", "committee", "deciding", "disputed")),
            ),
        ),
        (
            "rectification",
            rectification.c.path,
            rectification.c.due_on,
            (rectification.c.district_id == district_id, rectification.c.state == "open"),
        ),
        (
            "mentoring",
            mentoring.c.path,
            no_day,
            (mentoring.c.district_id == district_id, mentoring.c.state == "proposed"),
        ),
    )


def _tasks(
    connection: Connection, today: date, task: str, path: Any, due_on: Any, chosen: tuple[ColumnElement[bool], ...]
) -> list[Task]:
    late = and_(due_on.is_not(None), due_on < today)
    place = path.label("place")
    statement = (
        select(
            place,
            func.count().filter(~late).label("due"),
            func.min(due_on).filter(~late).label("next_on"),
            func.count().filter(late).label("late"),
            func.min(due_on).filter(late).label("oldest_on"),
        )
        .where(*chosen)
        .group_by(place)
    )
    rows = connection.execute(statement)
    return [Task(row.place, task, row.due, row.next_on, row.late, row.oldest_on) for row in rows]
