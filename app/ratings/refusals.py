"""Why a verb about a round, a rating or a plan is refused: each says what, where and what to do."""

from __future__ import annotations

from app.kit.errors import ErrorKind, LongwenError


class NoStarSheet(LongwenError):
    """Branches are rated by the star sheet of the edition in force."""

    kind = ErrorKind.CONFLICT
    code = "no_star_sheet"
    zh = "评分细则版本 {edition} 没有星级标准（stars.yaml），不能开展星级评定。请先发布含星级标准的版本。"
    en = "The edition {edition} has no star sheet (stars.yaml), so nothing can be rated by it. Publish one that has."


class RoundExists(LongwenError):
    """A year is rated once; a round that was withdrawn makes room."""

    kind = ErrorKind.CONFLICT
    code = "round_exists"
    zh = "{year} 年度的星级评定已经开启。需要重新开启的，请先撤回原批次。"
    en = "The round of {year} is open already. To open it anew, withdraw it first."


class EarlierRound(LongwenError):
    """Rounds follow each other, since a star depends on last year's."""

    kind = ErrorKind.CONFLICT
    code = "earlier_round"
    zh = "{year} 年度的星级评定尚未命名，不能开启下一批次。请先完成或撤回。"
    en = "The round of {year} is not named yet; finish or withdraw it before the next one."


class YearToCome(LongwenError):
    """A round is opened in the year that it rates, or after it."""

    kind = ErrorKind.CONFLICT
    code = "year_to_come"
    zh = "{year} 年还没有到，不能开启该年度的星级评定。"
    en = "The year {year} has not come yet; its round is opened in that year or after it."


class UnknownCommittee(LongwenError):
    """Pools are made of the district's committees, each once."""

    code = "unknown_committee"
    zh = "{id} 不是本区参评支部所属的基层党委，或者重复列出。请核对。"
    en = "{id} is no committee of branches in this round, or is named twice. Check it."


class RoundIsPast(LongwenError):
    """The round is in another stage."""

    kind = ErrorKind.CONFLICT
    code = "round_state"
    zh = "该批次现为 {state} 阶段，不能进行此操作。"
    en = "The round is {state}; this belongs to another stage."


class RatingIsElsewhere(LongwenError):
    """It is somebody else's turn."""

    kind = ErrorKind.CONFLICT
    code = "rating_state"
    zh = "该支部的评定现为 {state}，不能进行此操作。请刷新后再办。"
    en = "The rating is {state}; it is not the turn of this. Read it again first."


class RatingMoved(LongwenError):
    """Something happened after the caller last saw it."""

    kind = ErrorKind.CONFLICT
    code = "rating_moved"
    zh = "您查看之后又有变动（您看到第 {seen} 版，现为第 {now} 版），本次没有保存。请刷新后再办。"
    en = "It has moved on since you saw it (you saw version {seen}, it is now {now}); nothing was saved. Read it again."


class NotYourStar(LongwenError):
    """Five stars are the district's to decide, the others the committee's."""

    kind = ErrorKind.FORBIDDEN
    code = "not_your_star"
    zh = "{star} 星由{office}决定，您不能决定。"
    en = "A star of {star} is decided by the {office}; it is not yours to decide."


class OwnRating(LongwenError):
    """Nobody signs what they filled in, nor answers what they objected."""

    kind = ErrorKind.FORBIDDEN
    code = "own_rating"
    zh = "自评由您填报（或异议由您提出），须由他人审核。"
    en = "You filled in this rating, or made this objection; somebody else decides on it."


class UnknownIndicator(LongwenError):
    """The sheet has no such indicator."""

    code = "unknown_indicator"
    zh = "星级标准没有指标 {indicator}。请核对编号。"
    en = "The star sheet has no indicator {indicator}. Check the code."


class IndicatorTwice(LongwenError):
    """Each indicator is sent once."""

    code = "indicator_twice"
    zh = "指标 {indicator} 重复。"
    en = "The indicator {indicator} is sent twice."


class IndicatorMeasured(LongwenError):
    """What the service measures is not retyped; the committee may correct it."""

    kind = ErrorKind.CONFLICT
    code = "indicator_measured"
    zh = "指标 {indicator} 由系统取数，不由支部填报。有出入的请在提交说明中写明，由党委核正。"
    en = (
        "{indicator} is measured by the service, not entered. If it is wrong, say so to the committee, who corrects it."
    )


class ReadingOutOfRange(LongwenError):
    """A value fits its indicator."""

    code = "reading_out_of_range"
    zh = "指标 {indicator} 的值 {part}/{whole} 无效：{hint_zh}。"
    en = "{part} of {whole} does not fit {indicator}: {hint_en}."


class EvidenceMissing(LongwenError):
    """What is entered by hand, and what the committee changes, is proved."""

    code = "evidence_missing"
    zh = "指标 {indicator} 须附证明材料：{wanted}。"
    en = "{indicator} needs evidence: {wanted}."


class NoteMissing(LongwenError):
    """A correction says why."""

    code = "note_missing"
    zh = "核正指标 {indicator} 须写明理由。"
    en = "A correction of {indicator} says why."


class IndicatorsMissing(LongwenError):
    """A self-rating is whole."""

    kind = ErrorKind.CONFLICT
    code = "indicators_missing"
    zh = "尚未填报的指标：{missing}。请填完后再提交。"
    en = "These indicators are not filled in yet: {missing}. Fill them in and submit again."


class QuarterNotSealed(LongwenError):
    """Committees sign on sealed numbers."""

    kind = ErrorKind.CONFLICT
    code = "quarter_not_sealed"
    zh = "{quarter} 季度尚未封账，党委审核签字在封账之后开始。"
    en = "The quarter {quarter} is not sealed; committees sign after its seal."


class BeforeCutOff(LongwenError):
    """What happens until the cut-off still counts."""

    kind = ErrorKind.CONFLICT
    code = "before_cut_off"
    zh = "截止日 {day} 之后才能审核签字。"
    en = "Ratings are signed after the cut-off of {day}."


class RatingsOpen(LongwenError):
    """Every branch has to be through the stage before."""

    kind = ErrorKind.CONFLICT
    code = "ratings_open"
    zh = "还有 {count} 个支部未办结：{names}。"
    en = "{count} branches are not through yet: {names}."


class NothingToDecide(LongwenError):
    """Every star that is the caller's to decide is decided."""

    kind = ErrorKind.CONFLICT
    code = "nothing_to_decide"
    zh = "没有待您决定的星级。"
    en = "There is no star that waits for this decision."


class NoticeRunning(LongwenError):
    """Stars are named after their notice."""

    kind = ErrorKind.CONFLICT
    code = "notice_running"
    zh = "公示到 {day} 为止，期满后才能命名。"
    en = "The notice runs until {day}; stars are named after it."


class NoticeOver(LongwenError):
    """Objections are made within the notice."""

    kind = ErrorKind.CONFLICT
    code = "notice_over"
    zh = "该支部不在公示期内，不能提出异议。"
    en = "The rating is not on notice, so there is nothing to object to."


class CorrectionMissing(LongwenError):
    """An objection is upheld by correcting an indicator, never a star."""

    code = "correction_missing"
    zh = "异议成立的，须核正至少一项指标；星级不能直接更改。"
    en = "An objection is upheld by correcting at least one indicator; a star is never changed by itself."


class UnknownGround(LongwenError):
    """The sheet has no such ground."""

    code = "unknown_ground"
    zh = "星级标准没有 {ground} 这一情形。现有：{known}。"
    en = "The star sheet has no ground {ground}. It has {known}."


class GroundNotMet(LongwenError):
    """Two missed corrections are two in the register."""

    kind = ErrorKind.CONFLICT
    code = "ground_not_met"
    zh = "登记在册的逾期未整改为 {found} 次，未达到 {times} 次，不能以此降星。"
    en = "The register has {found} missed corrections, and {times} are needed for this ground."


class NoStarToLower(LongwenError):
    """A downgrade lowers a star that is in force."""

    kind = ErrorKind.CONFLICT
    code = "no_star_to_lower"
    zh = "该支部在 {day} 没有有效的星级，不能降星。"
    en = "The branch holds no star on {day} that could be lowered."


class DayToCome(LongwenError):
    """A decision was made on a day that has been."""

    code = "decided_day_to_come"
    zh = "{day} 还没有到。请改正日期。"
    en = "{day} has not come yet. Correct the day."


class NoPlanDue(LongwenError):
    """Plans belong to stars that ask for one."""

    kind = ErrorKind.CONFLICT
    code = "no_plan_due"
    zh = "该支部现有星级不需要整改或培育计划。"
    en = "The star that the branch holds asks for no plan."


class PlanOpen(LongwenError):
    """One plan at a time."""

    kind = ErrorKind.CONFLICT
    code = "plan_open"
    zh = "该支部已有未结的计划 {id}。请先验收或终结。"
    en = "The branch has an open plan, {id}. Close it first."


class PlanClosed(LongwenError):
    """The plan was closed."""

    kind = ErrorKind.CONFLICT
    code = "plan_closed"
    zh = "该计划已办结（{state}），不能再改。"
    en = "The plan is closed ({state}) and changes no more."


class UnknownProblem(LongwenError):
    """The plan has no such problem, or it is struck off already."""

    kind = ErrorKind.CONFLICT
    code = "unknown_problem"
    zh = "计划中没有未销号的问题 {number}。"
    en = "The plan has no open problem {number}."


class ProblemsOpen(LongwenError):
    """A plan is accepted when every problem is struck off."""

    kind = ErrorKind.CONFLICT
    code = "problems_open"
    zh = "还有未销号的问题：{numbers}。全部销号后才能验收。"
    en = "These problems are still open: {numbers}. A plan is accepted when all are struck off."


class ProblemTooLate(LongwenError):
    """No problem is due after its plan."""

    code = "problem_too_late"
    zh = "问题 {number} 的期限须在 {first} 至 {last} 之间。"
    en = "The problem {number} is due between {first} and {last}."


class ExtendedBefore(LongwenError):
    """A plan is extended once."""

    kind = ErrorKind.CONFLICT
    code = "plan_extended"
    zh = "该计划已延期过一次（至 {due_on}），不能再延。"
    en = "The plan was extended once, to {due_on}; that is all there is."


class PlanStillDue(LongwenError):
    """A miss is found when the deadline has passed."""

    kind = ErrorKind.CONFLICT
    code = "plan_still_due"
    zh = "整改期限 {due_on} 未过，不能认定为逾期。"
    en = "The plan is due by {due_on}; it is not missed before that day has passed."
