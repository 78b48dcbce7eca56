"""What the service measures of branches, by the names that star sheets use; and what upper rooms hand down.

A measure that stands in neither is not known to the service yet: it is entered by hand, or stated as not supplied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Role, within
from app.cycles import service as cycles
from app.kit.calendar import Window, quarter_of
from app.kit.ids import new_id
from app.points import reading
from app.points.gathering import Books
from app.points.views import Corrected
from app.ratings import store, store_measures
from app.ratings.core import Rating, RatingState, Round, RoundState, Value
from app.ratings.gathering import sheet_of
from app.ratings.measured import Measured
from app.ratings.measuring_items import BY_ITEMS
from app.ratings.scoring import Reading
from app.ratings.starring import months_later
from app.ratings.store_measures import DutyCount, Session
from app.ratings.suppliers import SUPPLIERS
from app.roster import service as roster
from app.roster.core import EXEMPT, BranchForm, MemberOn, OrganisationKind, OrganisationView
from app.rules import service as rules
from app.rules.core import STANDARD, Edition, Settlement
from app.rules.lines import Relation, holds
from app.rules.points import json_number, printed
from app.rules.stars import Indicator

_UNSIGNED = frozenset({RatingState.SELF, RatingState.RETURNED, RatingState.COMMITTEE})
_COMMITTEE_POSTS = (Role.ORGANISATION_COMMISSIONER.value, Role.DISCIPLINE_COMMISSIONER.value)


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the branch on the last day, with the corrected score without what is under appeal.

    ``months`` are full months in this branch; ``daily`` and ``total`` are in the book's smallest unit.
    """

    months: int
    daily: int
    total: int
    decimals: int
    exempt: bool
    disputed: bool
    lines: Mapping[str, tuple[Relation, int]]
    member_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """The year of one round as lower rooms know it, read once for all branches."""

    first: date
    last: date
    edition: Edition
    people: Mapping[UUID, tuple[Person, ...]] | None  # by branch; None: no books of that year
    members: Mapping[UUID, int]
    enterprises: Mapping[UUID, int]
    offices: Mapping[str, set[str]]
    held: tuple[Session, ...]
    excepted: tuple[tuple[str, str, str], ...]
    attendance: Mapping[tuple[str, str], tuple[int, int]]
    duties: Mapping[UUID, tuple[DutyCount, ...]]  # by branch
    with_groups: frozenset[UUID]


Measure = Callable[[Scene, OrganisationView, Indicator], Measured]


def _branch_setup(scene: Scene, branch: OrganisationView, indicator: Indicator) -> Measured:
    members, units = scene.members.get(branch.id, 0), scene.enterprises.get(branch.id, 0)
    is_joint = branch.form == BranchForm.JOINT.value
    least, most = indicator.limits["members_min"], indicator.limits["units_max"]
    met = units <= most if is_joint else members >= least
    return Measured(
        Reading(int(met)),
        f"联合支部所含单位不超过 {most} 家" if is_joint else f"党员不少于 {least} 人",
        f"a joint branch covers at most {most} units" if is_joint else f"at least {least} members",
        {"members": members, "units": units, "form": branch.form},
    )


def _leadership_posts(scene: Scene, branch: OrganisationView, indicator: Indicator) -> Measured:
    members, least = scene.members.get(branch.id, 0), indicator.limits["committee_from"]
    due = (Role.SECRETARY.value, *(_COMMITTEE_POSTS if members >= least else ()))
    held = sorted(set(due) & scene.offices.get(branch.path, set()))
    return Measured(
        Reading(len(held), len(due)),
        f"已任职务 ÷ 应设职务（书记；党员 {least} 人以上另设组织、纪检委员）",
        f"posts held of posts due (secretary; from {least} members on two commissioners)",
        {"members": members, "due": list(due), "held": held},
    )


def _yearly_meetings(scene: Scene, branch: OrganisationView, _: Indicator) -> Measured:
    items = scene.edition.regimes[STANDARD].items.values()
    yearly = {
        one.code
        for one in items
        if one.duty and one.duty.settlement is Settlement.SESSIONS and one.duty.window is Window.YEAR
    }
    excepted = {item for path, item, _ in scene.excepted if within(branch.path, path)}
    due = sorted(yearly - excepted)
    held = sorted({one.item for one in scene.held if within(one.path, branch.path)} & set(due))
    return Measured(
        Reading(len(held), len(due)),
        "已召开 ÷ 应召开（每年一次的会议；区里免予要求的除外）",
        "held of due (meetings once a year, without those that the district asks of nobody)",
        {"due": due, "held": held},
    )


def _counts(indicator: Indicator, item: str) -> bool:
    """Of a measure that may name items, whether the item counts; without any all do."""
    return not indicator.items or item in indicator.items


def _activities(scene: Scene, branch: OrganisationView, indicator: Indicator) -> Measured:
    own = [one for one in scene.held if within(one.path, branch.path) and _counts(indicator, one.item)]
    inputs = {"held": len(own), "sessions": sorted(str(one.id) for one in own)}
    return Measured(Reading(len(own)), "年内召开的活动次数", "sessions held in the year", inputs)


def _attendance(scene: Scene, branch: OrganisationView, indicator: Indicator) -> Measured:
    own = [
        pair
        for (path, item), pair in scene.attendance.items()
        if within(path, branch.path) and _counts(indicator, item)
    ]
    attended, counted = sum(one for one, _ in own), sum(one for _, one in own)
    return Measured(
        Reading(attended, counted),
        "到会（含补课） ÷ （到会＋缺席）；请假不计",
        "attended or made up, of attended and absent; leave does not count",
        {"attended": attended, "counted": counted},
    )


def _member_average(scene: Scene, branch: OrganisationView, indicator: Indicator) -> Measured:
    months = indicator.limits["months_min"]
    zh = f"日常积分之和 ÷ 人数（年末在册、在本支部满 {months} 个月、非免考评）；申诉中的记录不计"
    en = f"sum of daily points over members with {months} months here, exempt ones and entries under appeal left out"
    if scene.people is None:
        return Measured(None, zh, en)
    own = [one for one in scene.people.get(branch.id, ()) if one.months >= months and not one.exempt]
    unit = 10 ** max((one.decimals for one in own), default=0)
    points = sum(int(printed(one.daily, one.decimals) * unit) for one in own)
    inputs = {
        "members": len(own),
        "points": json_number(printed(points, len(str(unit)) - 1)),
        "under_appeal": sum(one.disputed for one in own),
        "by_member": {str(one.member_id): json_number(printed(one.daily, one.decimals)) for one in own},
    }
    return Measured(Reading(points, len(own) * unit), zh, en, inputs)


def _share(consequence: str, *, met: bool, basis: str, zh: str, en: str) -> Measure:
    """The members who meet a line, or do not, of those who are ranked."""

    def measure(scene: Scene, branch: OrganisationView, _: Indicator) -> Measured:
        if scene.people is None:
            return Measured(None, zh, en)
        own = [one for one in scene.people.get(branch.id, ()) if not one.exempt and consequence in one.lines]
        count = sum(
            holds(one.lines[consequence][0], one.daily if basis == "daily" else one.total, one.lines[consequence][1])
            is met
            for one in own
        )
        bounds = sorted({json_number(printed(one.lines[consequence][1], one.decimals)) for one in own})
        return Measured(Reading(count, len(own)), zh, en, {"count": count, "members": len(own), "bounds": bounds})

    return measure


MEASURING: Mapping[str, Measure] = {
    "branch_setup": _branch_setup,
    "leadership_posts": _leadership_posts,
    "yearly_meetings_held": _yearly_meetings,
    **BY_ITEMS,
    "activities": _activities,
    "attendance": _attendance,
    "member_average": _member_average,
    "share_recommended": _share(
        "recommend",
        met=True,
        basis="daily",
        zh="日常积分达到表彰推荐线的党员 ÷ 参评党员；申诉中的记录不计",
        en="members at the commendation line of those ranked; entries under appeal left out",
    ),
    "share_unassisted": _share(
        "assistance",
        met=False,
        basis="total",
        zh="总积分未落入帮扶线的党员 ÷ 参评党员；申诉中的记录不计",
        en="members above the assistance line of those ranked; entries under appeal left out",
    ),
}


def measure(connection: Connection, actor: Actor, held: Round) -> int:
    """Measure every branch of an open round whose indicators are not signed yet; how many values were written."""
    if held.state is not RoundState.OPEN:
        return 0
    sheet = sheet_of(connection, actor, held)
    ratings = [
        one for one in store.list_ratings(connection, actor.district_id, held.id, lock=True) if one.state in _UNSIGNED
    ]
    wanted = [
        one for one in sheet.indicators if one.measure in MEASURING and (one.items or one.measure not in BY_ITEMS)
    ]
    if not ratings:
        return 0
    scene = _scene(connection, actor, held, {item for one in wanted for item in one.items})
    branches = {one.id: one for one in roster.organisations(connection, actor.district_id)}
    found = {
        (one.id, indicator.code): MEASURING[indicator.measure](scene, branches[one.branch_id], indicator)
        for one in ratings
        for indicator in wanted
    }
    by_branch = {one.branch_id: one.id for one in ratings}
    for indicator in sheet.indicators:
        if indicator.measure in SUPPLIERS:
            told = SUPPLIERS[indicator.measure](connection, actor, scene.first, scene.last, list(by_branch))
            found |= {(by_branch[branch], indicator.code): one for branch, one in told.items()}
    return _write(connection, actor, held, ratings, found)


def supply(
    connection: Connection, actor: Actor, round_id: UUID, measure_name: str, found: Mapping[UUID, Measured]
) -> int:
    """What an upper room knows of branches (by id), under the name of a measure; how many values were written.

    Signed ratings keep what they were signed with. For the service and upper rooms only. Raises NotFound.
    """
    held = store.get_round(connection, actor.district_id, round_id, lock=True)
    sheet = sheet_of(connection, actor, held)
    codes = [one.code for one in sheet.indicators if one.measure == measure_name]
    ratings = [
        one
        for one in store.list_ratings(connection, actor.district_id, round_id, lock=True)
        if one.state in _UNSIGNED and one.branch_id in found
    ]
    told = {(one.id, code): found[one.branch_id] for one in ratings for code in codes}
    return _write(connection, actor, held, ratings, told)


def _write(
    connection: Connection,
    actor: Actor,
    held: Round,
    ratings: list[Rating],
    found: Mapping[tuple[UUID, str], Measured],
) -> int:
    known = store.list_values(connection, actor.district_id, [one.id for one in ratings])
    fresh: list[Value] = []
    written = 0
    for (rating_id, code), measured in found.items():
        dated = replace(measured, edition=held.edition, at=actor.at)
        before = known.get(rating_id, {}).get(code)
        if before is None:
            fresh.append(Value(new_id(), rating_id, code, measured=dated))
        elif before.measured is None or replace(before.measured, at=actor.at) != dated:
            store.update_value(connection, actor.district_id, replace(before, measured=dated))
        else:
            continue
        written += 1
    store.insert_values(connection, actor.district_id, fresh)
    return written


def _scene(connection: Connection, actor: Actor, held: Round, items: set[str]) -> Scene:
    last = min(held.cut_off, actor.today)
    first = held.cut_off.replace(month=1, day=1)
    district_id = actor.district_id
    there = roster.members_under(connection, district_id, roster.root_of(district_id), last)
    branch_of = {one.id: one.branch_id for one in there}
    duties: dict[UUID, list[DutyCount]] = {}
    for one in store_measures.list_duties(connection, district_id, items, first, last):
        if one.member_id in branch_of:  # who has left is in no branch's numbers
            duties.setdefault(branch_of[one.member_id], []).append(one)
    organisations = roster.organisations(connection, district_id)
    return Scene(
        first=first,
        last=last,
        edition=rules.edition_by_digest(connection, district_id, held.edition),
        people=_people(connection, actor, there, last),
        members=Counter(one.branch_id for one in there),
        enterprises=store_measures.count_enterprises(connection, district_id, last),
        offices=store_measures.list_offices(connection, district_id, last),
        held=tuple(store_measures.list_held(connection, district_id, first, last)),
        excepted=tuple(
            one for one in store_measures.list_excepted(connection, district_id) if one[2].startswith(str(first.year))
        ),
        attendance=store_measures.count_attendance(connection, district_id, first, last),
        duties={branch: tuple(own) for branch, own in duties.items()},
        with_groups=frozenset(
            one.parent_id
            for one in organisations
            if one.kind is OrganisationKind.GROUP
            and one.parent_id is not None
            and (one.until_on is None or one.until_on > last)
        ),
    )


def _people(
    connection: Connection, actor: Actor, there: tuple[MemberOn, ...], last: date
) -> dict[UUID, tuple[Person, ...]] | None:
    code = quarter_of(last)
    quarter = next((one for one in cycles.quarters(connection, actor) if one.code == code), None)
    if quarter is None:
        return None
    books = Books.opened(connection, actor)
    members = {one.id: one for one in there}
    found: dict[UUID, list[Person]] = {}
    for one in reading.corrected(connection, actor, quarter):
        member = members.get(one.balance.member_id)
        if member is not None:
            found.setdefault(member.branch_id, []).append(_person(books, one, member, code, last))
    return {branch: tuple(people) for branch, people in found.items()}


def _person(books: Books, one: Corrected, member: MemberOn, code: str, last: date) -> Person:
    regime = books.regime(*one.balance.regimes[max(at for at in one.balance.regimes if at <= code)])
    # An entry under appeal has no effect on a star (domain, rule 9).
    score = one.score if one.disputed is None else one.disputed.score
    months = 0
    while months < 12 and months_later(member.from_on, months + 1) <= last:
        months += 1
    return Person(
        months=months,
        daily=score.daily,
        total=score.total,
        decimals=regime.decimals,
        exempt=not regime.ranked or member.profile == EXEMPT,
        disputed=one.disputed is not None,
        lines={line.consequence: (line.relation, line.bound) for line in regime.lines},
        member_id=member.id,
    )
