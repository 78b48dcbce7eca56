"""Applying the lines at a quarter's end, and reading what they found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from app.auth.core import Actor, Permission, Role
from app.cases import store, store_cases
from app.cases.core import FOR_SECRETARIES, Count, Finding, Tally, merged
from app.cases.core_found import Found, FoundRow
from app.cases.measuring import Scale
from app.cycles import service as cycles
from app.kit.errors import NotFound
from app.roster import service as roster
from app.rules import service as rules
from app.rules.lines import Basis, Line
from app.rules.points import decimals_of

HALF_YEAR_DECIDES = False  # unless the district says so


def apply(connection: Connection, actor: Actor, code: str) -> dict[str, int]:
    """Test every member's corrected score at the quarter's end; what was found before for it gives way.

    Raises UnknownQuarter and QuarterRunning.
    """
    quarter = cycles.ended_quarter(connection, actor, code)
    if quarter is None or cycles.is_before_books(connection, actor, quarter):
        return {}
    scale = Scale.at(connection, actor, quarter)
    decides = half_year_decides(connection, actor)
    in_cases = store_cases.list_open_members(connection, actor.district_id)
    tallies: dict[tuple[Line, ...], Tally] = {}  # by the lines of the book that judges the members
    last: tuple[Line, ...] | None = None  # as a rule the next member's too: a book's lines are long to compare
    everybody = 0
    for lines, member in scale.everybody(half_year_decides=decides):
        if lines is not last:
            if lines not in tallies:
                tallies[lines] = Tally.of(lines, scale.place, half_year_decides=decides, in_cases=in_cases)
            last, tally = lines, tallies[lines]
        tally.take(member)
        everybody += 1
    findings: list[Finding] = []
    counts: list[Count] = []
    for tally in tallies.values():
        found, counted = tally.result()
        findings += found
        counts += counted
    counts = merged(counts)
    store.replace_findings(connection, actor.district_id, quarter.code, findings, counts, actor.at)
    return {"tested": everybody, **{f"named_{one.line.code}": one.named for one in counts}}


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

    Whom a line only warns of is the branch secretary's to know, and nobody's further up (scoring, section 4). Raises
    UnknownQuarter.
    """
    code = cycles.quarter(connection, actor, quarter).code
    paths = None if actor.is_service else actor.reach(Permission.LINE_READ)
    findings = _with_decimals(connection, actor, store.list_findings(connection, actor.district_id, code, paths))
    findings = [one for one in findings if _is_for(actor, one)]
    whole = paths is None or roster.root_of(actor.district_id) in paths
    counts = store.list_counts(connection, actor.district_id, code)
    return Found(code, findings, counts if whole else [], was_tested=bool(counts))


def _is_for(actor: Actor, row: FoundRow) -> bool:
    if row.consequence not in FOR_SECRETARIES:
        return True
    return actor.is_service or Role.SECRETARY in actor.roles_at(row.path)
