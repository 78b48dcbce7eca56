"""The seal: a quarter is closed once the last branch's first notice is over, and then frozen, member by member.

Two steps, each a transaction of its own. The first waits for posts in flight, changes one row and is over: nobody who
posts waits for more. From then on nothing is booked in the quarter, so what it holds cannot change any more, and the
second reads it without a lock, however long that takes and however late it comes.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import Quarter, QuarterState
from app.job_runs.service import NotDue, report
from app.points import booking
from app.points.gathering import Books, histories_of
from app.points.views import Booked
from app.roster.history import MemberHistory
from app.seals import store
from app.seals.core import Frozen, is_seal_due, matrix_of
from app.seals.keeping import restart_rows
from app.seals.service import lives

_CHUNK = 1_000


def seal(connection: Connection, actor: Actor, code: str) -> dict[str, int]:
    """Seal the quarter, after those before it. Raises NotDue, with how many branches it waits for.

    What the seal looks at cannot change back: after the check's days nothing is added to a quarter that would have to
    be confirmed. So it is read first, and the quarter is held for one row's change only. Raises UnknownQuarter and
    QuarterRunning.
    """
    quarter = cycles.ended_quarter(connection, actor, code)
    if quarter is None:
        return {"sealed": 0}
    due: list[Quarter] = []
    for one in _until(connection, actor, quarter):
        if one.state is QuarterState.SEALED:
            continue
        everybody = lives(connection, actor, one)
        if not is_seal_due(one, everybody, actor.today):
            raise NotDue(waits_for=sum(not is_seal_due(one, [branch], actor.today) for branch in everybody))
        due.append(one)
    return {"sealed": sum(cycles.seal(connection, actor, one.code) for one in due)}


def freeze(connection: Connection, actor: Actor, code: str) -> dict[str, int]:
    """Keep everybody's standing at the end of the sealed quarter; what is kept already stays.

    Raises NotDue before the seal, UnknownQuarter and QuarterRunning.
    """
    quarter = cycles.ended_quarter(connection, actor, code)
    if quarter is None:
        return {"frozen": 0}
    if quarter.state is not QuarterState.SEALED:
        raise NotDue
    restarted, frozen = 0, 0
    for one in _until(connection, actor, quarter):
        if one.code == quarter.code or not store.has_frozen(connection, actor.district_id, one.code):
            restarted += restart_rows(connection, actor, one)  # what was corrected on the notice's last day
            frozen += _freeze(connection, actor, one)
    return {"frozen": frozen, "restarted": restarted}


def _until(connection: Connection, actor: Actor, last: Quarter) -> list[Quarter]:
    return [one for one in cycles.quarters(connection, actor) if one.code <= last.code]


def _freeze(connection: Connection, actor: Actor, quarter: Quarter) -> int:
    """Whose standing is still that of the quarter in one statement; the others worked out, a few hundred at a time."""
    books = Books.opened(connection, actor)
    known = store.list_regimes(connection, actor.district_id, quarter.code, quarter.cycle)
    unranked = [one for one in known if not books.regime(*one).ranked]
    frozen = store.insert_unchanged(
        connection, actor.district_id, quarter, unranked, books.measured(), actor.today, actor.at
    )
    everybody = store.count_standings(connection, actor.district_id, quarter.cycle)
    last: UUID | None = None
    worked_out = 0
    while True:
        report(frozen + worked_out, everybody)
        members = store.list_unfrozen(connection, actor.district_id, quarter.code, quarter.cycle, last, _CHUNK)
        if not members:
            return frozen + worked_out
        last = members[-1]
        rows = _worked_out(connection, actor, quarter, members)
        store.insert_frozen(connection, actor.district_id, quarter.code, rows, actor.at)
        worked_out += len(rows)


def _worked_out(connection: Connection, actor: Actor, quarter: Quarter, members: list[UUID]) -> list[Frozen]:
    found = booking.booked(connection, actor, quarter, members)
    duties = store.count_duties(connection, actor.district_id, quarter.cycle, quarter.ends_on, members)
    histories = histories_of(connection, actor, members)
    return [
        frozen_of(one, quarter, histories[one.member_id], duties.get(one.member_id, (0, 0)), actor.today)
        for one in found
    ]


def frozen_of(one: Booked, quarter: Quarter, history: MemberHistory, duties: tuple[int, int], today: date) -> Frozen:
    """The row that is kept of a member: of the branch of the quarter's last day, ranked as they were on it.

    Whoever has left, before or since, is not ranked.
    """
    score, there = one.score, history.on(quarter.ends_on)
    return Frozen(
        member_id=one.member_id,
        cycle=quarter.cycle,
        branch_id=one.branch_id if there is None else there.branch_id,
        seq=one.seq,
        running_hash=one.running_hash,
        edition=one.edition,
        profile=one.profile,
        opening=one.opening,
        daily=score.daily,
        innovation=score.innovation,
        fault=score.fault,
        total=score.total,
        effective=score.effective,
        decimals=score.decimals,
        matrix=matrix_of(score),
        vetoes=one.vetoes,
        band=score.band or None,
        ranked=one.ranked and history.is_listed(quarter.ends_on, today),
        duties_due=duties[0],
        duties_decided=duties[1],
    )
