"""From a quarter's findings to the list of commendations, and what keeps somebody off it on another day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, Role
from app.cases import store_cases, store_commendations, store_steps
from app.cases.core import RECOMMEND, Exclusion, grounds_against, grounds_since
from app.cases.core_cases import CaseStep
from app.cases.core_commendations import (
    UNDECIDED,
    Commendation,
    ListAction,
    ListState,
    first_state,
)
from app.cases.core_found import FoundRow
from app.cases.measuring import Scale
from app.cycles import service as cycles
from app.cycles.core import Quarter
from app.kit.ids import new_id
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import Kind
from app.roster import service as roster


def make(
    connection: Connection, actor: Actor, quarter: Quarter, rows: Sequence[FoundRow]
) -> tuple[dict[str, int], list[Message]]:
    """Put on the list whom the quarter's findings name, with every exclusion; what was decided already stays.

    What happened, and what is to be told of it.
    """
    code = quarter.code
    named = {(one.line, one.member_id): one for one in rows if one.consequence == RECOMMEND}
    known = {
        (one.line, one.member_id): one for one in store_commendations.lock_quarter(connection, actor.district_id, code)
    }
    made = [_listed(actor, row, quarter.cycle, code) for key, row in named.items() if key not in known]
    changed = [_anew(one, named.get(key)) for key, one in known.items() if one.state in UNDECIDED]
    changed = [one for one in changed if one != known[one.line, one.member_id]]
    store_commendations.insert_commendations(connection, actor.district_id, made)
    for one in changed:
        store_commendations.update_commendation(connection, actor.district_id, one)
    steps = [(one.id, _step(actor, one)) for one in (*made, *changed)]
    store_steps.insert_commendation_steps(connection, actor.district_id, steps)
    return {"listed": len(made), "relisted": len(changed)}, _asked(connection, actor, code, made)


def _listed(actor: Actor, row: FoundRow, cycle: str, quarter: str) -> Commendation:
    grounds = tuple(map(Exclusion, row.exclusions))
    return Commendation(
        id=new_id(),
        member_id=row.member_id,
        branch_id=row.branch_id,
        path=row.path,
        quarter=quarter,
        cycle=cycle,
        line=row.line,
        edition=row.edition,
        value=row.value,
        bound=row.bound,
        pool=row.pool or row.branch_id.hex,
        places=row.places or 0,
        position=row.position,
        grounds=grounds,
        listed_at=actor.at,
        state=first_state(grounds, row.position),
    )


def _anew(one: Commendation, row: FoundRow | None) -> Commendation:
    """The row as the lines find it now; whom they do not find any more is kept off."""
    if row is None:
        now = replace(one, state=ListState.EXCLUDED, position=None, grounds=(Exclusion.LINE_NOT_MET,))
    else:
        grounds = tuple(map(Exclusion, row.exclusions))
        now = replace(
            one,
            value=row.value,
            position=row.position,
            pool=row.pool or one.pool,
            places=one.places if row.places is None else row.places,
            grounds=grounds,
            state=first_state(grounds, row.position),
        )
    return now if now == one else replace(now, version=one.version + 1)


def _step(actor: Actor, one: Commendation) -> CaseStep:
    note = ", ".join(ground.value for ground in one.grounds) or None
    return CaseStep(new_id(), one.version, ListAction.LISTED.value, actor.at, actor.account_id, note)


def _asked(connection: Connection, actor: Actor, quarter: str, made: Iterable[Commendation]) -> list[Message]:
    """The secretaries of branches with somebody within the places; once for each branch and quarter."""
    counts: dict[UUID, int] = {}
    for one in made:
        counts[one.branch_id] = counts.get(one.branch_id, 0) + (one.state in (ListState.LISTED, ListState.WAITING))
    counts = {branch: count for branch, count in counts.items() if count}
    branches = [one for one in roster.organisations(connection, actor.district_id) if one.id in counts]
    if not branches:
        return []
    holders = auth.holders_at(connection, actor, [Role.SECRETARY], [one.path for one in branches])
    return [
        Message(
            Recipient(account_id=account),
            Kind.COMMENDATION_ASKED,
            Subject("branch", branch.id),
            {"branch": branch.name, "quarter": quarter, "count": counts[branch.id]},
            occasion=quarter,
        )
        for branch in branches
        for account, _ in holders[branch.path]
    ]


def grounds_today(
    connection: Connection, actor: Actor, rows: Sequence[Commendation]
) -> dict[UUID, tuple[Exclusion, ...]]:
    """What keeps each off the list today: of the quarter as corrected, and what has come up since.

    The appeal alone is no reason to strike anybody: it is waited for.
    """
    known = cycles.quarters(connection, actor)
    assisted = store_cases.list_open_members(connection, actor.district_id)
    present = _present(connection, actor, {one.member_id for one in rows})
    today = next((one for one in known if one.starts_on <= actor.today <= one.ends_on), None)
    found: dict[UUID, tuple[Exclusion, ...]] = {}
    for code in sorted({one.quarter for one in rows}):
        group = [one for one in rows if one.quarter == code]
        ids = {one.member_id for one in group}
        then = Scale.at(connection, actor, next(one for one in known if one.code == code)).members(ids)
        now = {} if today is None or code >= today.code else Scale.at(connection, actor, today).members(ids)
        for one in group:
            lines, member = then.get(one.member_id, ((), None))
            line = next((line for line in lines if line.code == one.line), None)
            if member is None or line is None or one.member_id not in present:
                found[one.id] = (Exclusion.LINE_NOT_MET,)
                continue
            since = grounds_since(line, now[one.member_id][1]) if one.member_id in now else ()
            found[one.id] = _together(grounds_against(line, member, assisted), since)
    return found


def _together(then: Sequence[Exclusion], since: Sequence[Exclusion]) -> tuple[Exclusion, ...]:
    return tuple(dict.fromkeys((*then, *since)))


def _present(connection: Connection, actor: Actor, ids: Collection[UUID]) -> frozenset[UUID]:
    histories = roster.histories(connection, actor.district_id, ids)
    return frozenset(one.id for one in histories.values() if one.on(actor.today) is not None)
