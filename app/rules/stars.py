"""The star sheet of an edition, once it is loaded: what the branches of a round are rated by (scoring, section 6).

Frozen values and the closed list of what can be measured; the rating itself is a later decision. Points are whole
numbers in the sheet's smallest unit (``decimals`` tells how many places it has, so 4 points are 400 with two places).
Where each value comes from stands in ``Stars.citations`` under its key in the file (``indicators.S2.2.scale``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.rules.appraisal import Appraisal
from app.rules.name import Name
from app.rules.surveys import AskedSheet, Sheet, SurveyKind, SurveySubject

BY_HAND = "by_hand"  # the measure of an indicator that a person enters, with evidence
BY_SCORE = "score"  # the first tie-breaker as a rule: the branch's whole score


class Quantity(StrEnum):
    """What kind of number a measure yields."""

    STATE = "state"  # it is so or it is not
    COUNT = "count"  # how many
    RATE = "rate"  # a part of a whole; nothing of nothing is the whole
    MEAN = "mean"  # a mean of members' points, as they are printed
    SURVEY = "survey"  # a rate among valid answers, of which there may be too few


class ScaleForm(StrEnum):
    """How a measured quantity becomes an indicator's points."""

    MET = "met"  # full points or none
    RATE = "rate"  # rate x points
    EACH = "each"  # so many points for each unit, at most the indicator's
    LINEAR = "linear"  # none up to ``low``, all from ``high`` on, in proportion between them
    GIVEN = "given"  # a person gives from none to all


class Decider(StrEnum):
    """Who decides on a star."""

    COMMITTEE = "committee"
    DISTRICT = "district"


class Treatment(StrEnum):
    """What follows from a star until the next round."""

    RECTIFICATION = "rectification"
    CULTIVATION = "cultivation"
    MODEL = "model"


class Fact(StrEnum):
    """What a gate may ask for beside surveys: whether it is so on the day of decision."""

    INNOVATION_PROJECT = "innovation_project"
    NO_OPEN_RECTIFICATION = "no_open_rectification"


class Pool(StrEnum):
    """The branches among which a quota is counted: of the whole district, or of a committee or several together."""

    DISTRICT = "district"
    COMMITTEE = "committee"


class Cause(StrEnum):
    """Why a branch has the star that it has: one step of the way to it."""

    NEW = "new"  # founded too short a time before the cut-off
    VETO = "veto"  # a ground decided within the look-back
    LEVEL = "level"  # the star that the score reaches
    SURVEY_INVALID = "survey_invalid"  # said of an indicator; takes nothing
    NOT_SUPPLIED = "not_supplied"  # said of an indicator; takes nothing
    GATE = "gate"
    STEP = "step"  # one more than last year's star
    FIRST = "first"  # rated for the first time
    EXCEPTION = "exception"  # the step does not hold, by decision
    REFUSED = "refused"  # by who decides on the star
    TAKEN = "taken"  # has a place of the quota
    QUOTA = "quota"  # found no place: the next lower star, and a mark


class DayCount(StrEnum):
    """Which days of a notice count."""

    WORKING = "working_days"
    CALENDAR = "calendar_days"


class ScoreRounding(StrEnum):
    """How the score is brought to the sheet's decimals, once, at the very end."""

    HALF_UP = "half_up"
    DOWN = "down"


class DowngradeGround(StrEnum):
    """Why a star may be lowered in the year that it is held for, by decision only."""

    VETO = "veto"
    MISSED_CORRECTIONS = "missed_corrections"
    FAILED_LOOK_BACK = "failed_look_back"


class DowngradeEffect(StrEnum):
    """What a branch is left with: no star, or one less, and no rise before the next round."""

    NO_STAR = "no_star"
    ONE_LESS = "one_less"


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that the service can measure of a branch; ``limits`` are the numbers that a sheet must set for it.

    ``by_items``: it counts what was done on the items that an indicator names; ``needs_items``: and has to name.
    """

    name: Name
    quantity: Quantity
    limits: frozenset[str] = frozenset()
    by_items: bool = False
    needs_items: bool = False


MEASURES: Mapping[str, Measure] = {
    "branch_setup": Measure(
        Name("支部设置合规", "Branch set up as the rules ask"),
        Quantity.STATE,
        frozenset({"members_min", "units_max"}),
    ),
    "election_in_time": Measure(Name("按期换届（或获批延期）", "Election held in its term"), Quantity.STATE),
    "leadership_posts": Measure(
        Name("应配班子职务的到位率", "Leading posts filled, of those due"), Quantity.RATE, frozenset({"committee_from"})
    ),
    "meetings_held": Measure(
        Name("三会一课：实开占应开", "Meetings and classes held, of those due"),
        Quantity.RATE,
        by_items=True,
        needs_items=True,
    ),
    "theme_days": Measure(Name("主题党日次数", "Theme days held"), Quantity.COUNT, by_items=True, needs_items=True),
    "yearly_meetings_held": Measure(
        Name("组织生活会、民主评议：实开占应开", "Yearly meetings held, of those due"), Quantity.RATE
    ),
    "activities": Measure(Name("活动次数", "Activities held"), Quantity.COUNT, by_items=True),
    "attendance": Measure(Name("到会率", "Attendance, of those due to attend"), Quantity.RATE, by_items=True),
    "member_average": Measure(
        Name("党员日常积分均值", "Members' mean daily points"), Quantity.MEAN, frozenset({"months_min"})
    ),
    "share_recommended": Measure(Name("达到表彰推荐线的党员比例", "Members at the commendation line"), Quantity.RATE),
    "share_unassisted": Measure(Name("未落入帮扶线的党员比例", "Members above the assistance line"), Quantity.RATE),
    "correction_rate": Measure(Name("帮扶整改到位率", "Assistance cases corrected in time"), Quantity.RATE),
    "dues_and_transfers": Measure(
        Name("党费、组织关系办理率", "Dues and transfers in order"), Quantity.RATE, by_items=True
    ),
    "floating_contacts": Measure(
        Name("流动党员联系率", "Contacts with members away, of those due"), Quantity.RATE, by_items=True
    ),
    "demands_in_time": Measure(Name("诉求按期办结率", "Demands answered in time"), Quantity.RATE),
    "grid_work": Measure(Name("网格联建任务完成率", "Grid tasks done, of those agreed"), Quantity.RATE),
    "site_available": Measure(
        Name("有固定或共享阵地", "Room of its own or bookings of a shared one"),
        Quantity.STATE,
        frozenset({"area_min"}),
    ),
    "member_survey": Measure(Name("党员测评满意率", "Members' survey"), Quantity.SURVEY),
    "staff_survey": Measure(Name("职工满意率", "Staff survey"), Quantity.SURVEY),
}

# How each quantity may become points; what is entered by hand may be of several kinds.
FORMS: Mapping[Quantity, tuple[ScaleForm, ...]] = {
    Quantity.STATE: (ScaleForm.MET,),
    Quantity.COUNT: (ScaleForm.EACH, ScaleForm.LINEAR),
    Quantity.RATE: (ScaleForm.RATE, ScaleForm.LINEAR),
    Quantity.MEAN: (ScaleForm.LINEAR,),
    Quantity.SURVEY: (ScaleForm.RATE, ScaleForm.LINEAR),
}
FORMS_BY_HAND = (ScaleForm.GIVEN, ScaleForm.MET, ScaleForm.RATE, ScaleForm.EACH)


def forms_of(measure: str) -> tuple[ScaleForm, ...]:
    """The scales that a measure can go with; none where it is unknown."""
    if measure == BY_HAND:
        return FORMS_BY_HAND
    known = MEASURES.get(measure)
    return FORMS[known.quantity] if known else ()


@dataclass(frozen=True, slots=True)
class Scale:
    """A form with what it needs.

    ``per_unit`` are points in the smallest unit. ``low`` and ``high`` are in what is measured: points as printed for a
    mean, percent for a rate or survey, units for a count. ``of`` is how many are looked at where a rate is entered by
    hand (5 records of a random check).
    """

    form: ScaleForm
    per_unit: int = 0
    low: int = 0
    high: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Module:
    """A part of the sheet; its points are those of its indicators together."""

    code: str
    name: Name
    points: int


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing that a branch is rated on, for at most ``points``. ``measure`` is a row of ``MEASURES`` or by hand.

    ``items`` are the scorable items on which the measure counts what was done.
    """

    code: str
    name: Name
    module: str
    points: int
    article: str
    measure: str
    scale: Scale
    limits: Mapping[str, int] = field(default_factory=dict)
    evidence: tuple[Name, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bonus:
    """What may come on top of the full score, at most ``cap`` together; given by hand with evidence."""

    name: Name
    cap: int
    article: str
    evidence: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """One star: from which score on it is reached, who decides on it and what follows from it.

    ``leads``: the branch may lead a grid. ``plate``: it is given a plate.
    """

    star: int
    name: Name
    low: int
    decided_by: Decider
    treatment: Treatment
    leads: bool = False
    plate: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """Whoever does not meet the requirement gets ``at_most`` so many stars.

    The requirement is a fact, or a survey's rate of ``at_least`` so many percent; ``unanswered_passes`` tells whether a
    survey with too few answers meets it.
    """

    code: str
    name: Name
    at_most: int
    fact: Fact | None = None
    survey: str | None = None
    at_least: int = 0
    unanswered_passes: bool = False


@dataclass(frozen=True, slots=True)
class Quota:
    """At most the share (numerator, denominator) of the pool's branches, rounded down, gets the star."""

    star: int
    share: tuple[int, int]
    pool: Pool


@dataclass(frozen=True, slots=True)
class Step:
    """A star rises by at most ``up`` on last year's; a branch rated for the first time gets at most ``first``.

    ``first_round_free``: not in a district's first round. ``exceptions_by`` may decide otherwise, with its basis.
    """

    up: int
    first: int
    first_round_free: bool
    exceptions_by: Decider


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground of veto: a branch for which it was decided within the look-back is not rated in the round."""

    code: str
    name: Name


@dataclass(frozen=True, slots=True)
class Downgrade:
    """A ground, found ``times`` times, that may cost a star within the year."""

    code: str
    name: Name
    ground: DowngradeGround
    times: int
    effect: DowngradeEffect


@dataclass(frozen=True, slots=True)
class Rectification:
    """A plan has so many months and may be extended once by so many.

    Whoever stays at ``listed_at_most`` stars or fewer for ``listed_years`` rounds is put on the district's list.
    """

    months: int
    extension_months: int
    listed_years: int
    listed_at_most: int


@dataclass(frozen=True, slots=True)
class Round:
    """The numbers of a yearly round.

    ``cut_off`` is a month and a day. A branch founded less than ``founded_months`` before it is not rated, nor one with
    a veto decided at most ``look_back_months`` before it. A survey needs ``answers_min`` answers to be valid.
    """

    cut_off: tuple[int, int]
    founded_months: int
    look_back_months: int
    answers_min: int
    rounding: ScoreRounding
    notice_days: int
    notice_counts: DayCount
    valid_months: int


@dataclass(frozen=True, slots=True)
class Stars:
    """A whole sheet. ``levels`` go from the highest star down; ``order`` is what breaks ties, the first first.

    ``order`` names ``score``, modules and indicators; the higher value goes first.
    """

    name: Name
    full: int
    decimals: int
    modules: tuple[Module, ...]
    indicators: tuple[Indicator, ...]
    bonus: Bonus
    levels: tuple[Level, ...]
    gates: tuple[Gate, ...]
    quotas: tuple[Quota, ...]
    order: tuple[str, ...]
    step: Step
    round: Round
    vetoes: tuple[Ground, ...]
    downgrades: tuple[Downgrade, ...]
    rectification: Rectification
    citations: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    appraisal: Appraisal | None = None  # of secretaries, where the sheet has one
    surveys: tuple[AskedSheet, ...] = ()  # what they ask, where the sheet says so

    def indicator(self, code: str) -> Indicator | None:
        return next((one for one in self.indicators if one.code == code), None)

    def survey(self, subject: SurveySubject, kind: SurveyKind) -> Sheet | None:
        return next((one.sheet for one in self.surveys if (one.subject, one.kind) == (subject, kind)), None)

    def level(self, star: int) -> Level | None:
        return next((one for one in self.levels if one.star == star), None)

    def indicators_of(self, module: str) -> tuple[Indicator, ...]:
        return tuple(one for one in self.indicators if one.module == module)
