"""What the service measures of secretaries: stars, duty lists, members' points, mentoring, votes; each down to ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from app.appraisals import store, store_responsibilities, supplying
from app.appraisals.core import Appraisal, PartValue, Round, Sheet
from app.appraisals.core_responsibilities import Responsibility, ResponsibilityState
from app.auth.core import Actor
from app.grids import mentoring
from app.grids.core_mentoring import MeetingDue
from app.kit.ids import new_id
from app.ratings import recalling
from app.ratings.measured import Measured
from app.ratings.recalling import Named
from app.ratings.scoring import Reading
from app.rules.appraisal import PartMeasure
from app.rules.stars import Cause
from app.surveys.core import Satisfaction


@dataclass(frozen=True, slots=True)
class Scene:
    """The year of a round as lower rooms know it, read once for all branches that are asked for."""

    year: str
    sheet: Sheet
    stars: Mapping[UUID, Named]
    lists: Mapping[UUID, Sequence[Responsibility]]
    meetings: Mapping[UUID, Sequence[MeetingDue]]
    tallies: Mapping[UUID, Satisfaction]


def _branch_star(scene: Scene, found: Appraisal) -> Measured:
    named = scene.stars.get(found.branch_id)
    zh, en = "支部当年命名的星级（含其后降星）", "the star that the branch was named with, after downgrades since"
    if named is None:
        return Measured(None, zh, en)
    too_new = any(one.cause is Cause.NEW for one in named.rating.reasons)
    reading = Reading(0, 0) if too_new else Reading(named.star or 0)
    return Measured(reading, zh, en, {"rating": str(named.rating.id), "star": named.star})


def _responsibilities(scene: Scene, found: Appraisal) -> Measured:
    listed = [one for one in scene.lists.get(found.branch_id, ()) if one.state is not ResponsibilityState.DROPPED]
    met = [str(one.id) for one in listed if one.state is ResponsibilityState.MET]
    return Measured(
        Reading(len(met), len(listed)),
        "经党委确认完成的事项 ÷ 年内到期的事项（已撤销的不计）",
        "items confirmed as done, of those due in the year (dropped ones left out)",
        {"due": [str(one.id) for one in listed], "met": met},
    )


def _member_average(scene: Scene, found: Appraisal) -> Measured:
    """The same number as the branch's star went by: what was corrected there is corrected here."""
    named = scene.stars.get(found.branch_id)
    value = None if named is None else named.values.get(PartMeasure.MEMBER_AVERAGE.value)
    zh, en = "采用支部星级评定的党员日常积分均值", "the members' mean daily points of the branch's own rating"
    if named is None or value is None:
        return Measured(None, zh, en)
    inputs = {"rating": str(named.rating.id), "indicator": value.indicator, "value": str(value.id)}
    return Measured(value.final, zh, en, inputs | dict(value.measured.inputs if value.measured else {}))


def _grid_work(scene: Scene, found: Appraisal) -> Measured:
    due = scene.meetings.get(found.branch_id, ())
    held = [one for one in due if one.is_held]
    return Measured(
        Reading(len(held), len(due)),
        "已开的结对例会 ÷ 应开的结对例会（每个结对每季度一次，帮带双方均计）；诉求办理尚未接入",
        "joint meetings held of those due (one a quarter of each mentoring, for both sides); demands are not supplied",
        {
            "due": [{"mentoring": str(one.mentoring_id), "quarter": one.quarter} for one in due],
            "held": [{"mentoring": str(one.mentoring_id), "quarter": one.quarter} for one in held],
        },
    )


def _votes(scene: Scene, found: Appraisal) -> Measured:
    """Surveys ask about whoever leads the branch. Of who was not in post all the time they may mean somebody else; that
    person is not graded either.
    """
    tally = scene.tallies.get(found.branch_id)
    zh = "党员和职工匿名测评书记：优秀和称职 ÷ 有效答卷（互评不计）；不足五份的无效"
    en = (
        "members' and staff's anonymous surveys of the secretary: excellent and qualified of valid answers (peers' left"
        " out); with fewer than five one is not valid"
    )
    if tally is None or found.is_left or found.months < scene.sheet.section.months_min:
        return Measured(None, zh, en)
    return Measured(Reading(tally.satisfied, tally.answers), zh, en, asdict(tally))


MEASURING: Mapping[PartMeasure, Callable[[Scene, Appraisal], Measured]] = {
    PartMeasure.BRANCH_STAR: _branch_star,
    PartMeasure.RESPONSIBILITIES: _responsibilities,
    PartMeasure.MEMBER_AVERAGE: _member_average,
    PartMeasure.GRID_WORK: _grid_work,
    PartMeasure.VOTES: _votes,
}


def measured(
    connection: Connection, actor: Actor, held: Round, sheet: Sheet, appraisals: Sequence[Appraisal]
) -> dict[UUID, dict[str, Measured]]:
    """By appraisal and part, what the service finds now; nothing is written."""
    branches = [one.branch_id for one in appraisals]
    stars = recalling.named_round(connection, actor, held.code)
    scene = Scene(
        year=held.code,
        sheet=sheet,
        stars={} if stars is None else stars.branches,
        lists=store_responsibilities.list_of_year(connection, actor.district_id, held.code, branches),
        meetings=mentoring.meetings_of_year(connection, actor, int(held.code)),
        tallies=supplying.tallies(connection, actor, int(held.code), branches),
    )
    parts = [(one.code, MEASURING[one.measure]) for one in sheet.section.parts if one.measure in MEASURING]
    return {one.id: {code: measure(scene, one) for code, measure in parts} for one in appraisals}


def write(
    connection: Connection, actor: Actor, held: Round, found: Mapping[UUID, Mapping[str, Measured]]
) -> dict[UUID, list[str]]:
    """Keep what was measured, with edition and time; by appraisal, the parts that had another value before."""
    known = store.list_parts(connection, actor.district_id, found)
    fresh: list[PartValue] = []
    moved: dict[UUID, list[str]] = {}
    for appraisal_id, parts in found.items():
        for code, one in parts.items():
            dated = replace(one, edition=held.edition, at=actor.at)
            before = known.get(appraisal_id, {}).get(code)
            if before is None:
                fresh.append(PartValue(new_id(), appraisal_id, code, measured=dated))
            elif before.measured is None or replace(before.measured, at=actor.at) != dated:
                store.update_part(connection, actor.district_id, replace(before, measured=dated))
            else:
                continue
            moved.setdefault(appraisal_id, []).append(code)
    store.insert_parts(connection, actor.district_id, fresh)
    return moved
