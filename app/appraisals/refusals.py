"""Why a verb about an appraisal or a duty list is refused: each says what, where and what to do."""

from __future__ import annotations

from app.kit.errors import ErrorKind, LongwenError
from app.kit.words import Words

# Where a round or an appraisal stands, as refusals name it.
STATES: dict[str, Words] = {
    "open": Words("待党委评价签字", "open"),
    "signed": Words("已签字", "signed"),
    "deciding": Words("待决定", "waiting for a decision"),
    "decided": Words("已决定", "decided"),
    "notice": Words("公示中", "on notice"),
    "disputed": Words("有异议待答复", "under objection"),
    "filed": Words("已归档", "filed"),
    "ungraded": Words("不定等次", "not graded"),
    "withdrawn": Words("已撤回", "withdrawn"),
    "reported": Words("已报送待确认", "reported"),
    "met": Words("已确认完成", "met"),
    "unmet": Words("未完成", "unmet"),
    "dropped": Words("已撤销", "dropped"),
}

NOT_REPORTED = Words("待报送", "waiting for its report")  # an open item of a duty list


class NoAppraisalSheet(LongwenError):
    """Secretaries are appraised by a section of the star sheet."""

    kind = ErrorKind.CONFLICT
    code = "no_appraisal_sheet"
    zh = "评分细则版本 {edition} 的星级标准没有书记考核（stars.yaml 的 appraisal）。请先发布含书记考核的版本。"
    en = "The star sheet of edition {edition} has no section appraisal, so nobody can be appraised by it. Publish one."


class StarsNotNamed(LongwenError):
    """The appraisal follows the stars."""

    kind = ErrorKind.CONFLICT
    code = "stars_not_named"
    zh = "{year} 年度的支部星级尚未命名。请在星级命名之后开启书记考核。"
    en = "The stars of {year} are not named yet; open the appraisal of secretaries after that."


class AppraisalRoundExists(LongwenError):
    """A year is appraised once; a round that was withdrawn makes room."""

    kind = ErrorKind.CONFLICT
    code = "appraisal_round_exists"
    zh = "{year} 年度的书记考核已经开启。需要重新开启的，请先撤回原批次。"
    en = "The appraisal of {year} is open already. To open it anew, withdraw it first."


class AppraisalRoundIsPast(LongwenError):
    """The round is in another stage."""

    kind = ErrorKind.CONFLICT
    code = "appraisal_round_state"
    zh = "该批次现为“{state}”阶段，不能进行此操作。请刷新后再办。"
    en = "The round is {state}; this belongs to another stage. Read it again first."


class AppraisalIsElsewhere(LongwenError):
    """It is somebody else's turn."""

    kind = ErrorKind.CONFLICT
    code = "appraisal_state"
    zh = "该书记的考核现为“{state}”，不能进行此操作。请刷新后再办。"
    en = "The appraisal is {state}; it is not the turn of this. Read it again first."


class AppraisalMoved(LongwenError):
    """Something happened after the caller last saw it."""

    kind = ErrorKind.CONFLICT
    code = "appraisal_moved"
    zh = "您查看之后又有变动（您看到第 {seen} 版，现为第 {now} 版），本次没有保存。请刷新后再办。"
    en = "It has moved on since you saw it (you saw version {seen}, it is now {now}); nothing was saved. Read it again."


class OwnAppraisal(LongwenError):
    """Nobody appraises themselves, confirms what they reported, or answers what they objected to."""

    kind = ErrorKind.FORBIDDEN
    code = "own_appraisal"
    zh = "此事涉及您本人，或者由您经手，须由他人办理。"
    en = "This is about you, or passed through your hands; somebody else has to do it."


class UnknownPart(LongwenError):
    """The sheet has no such part."""

    kind = ErrorKind.MISSING
    code = "unknown_part"
    zh = "考核办法没有 {part} 这一部分。可用的是：{known}。"
    en = "The sheet has no part {part}. There are: {known}."


class GiftAmiss(LongwenError):
    """What is given fits its part."""

    code = "part_amiss"
    zh = "“{name}”的值无效：{hint}。"
    en = "The value of {name} does not fit: {hint}."


class ProofMissing(LongwenError):
    """What people enter in place of the service is proved."""

    code = "proof_missing"
    zh = "“{name}”须附证明材料：{wanted}。"
    en = "{name} needs evidence: {wanted}."


class PartsMissing(LongwenError):
    """Nothing is signed with a part left open."""

    kind = ErrorKind.CONFLICT
    code = "parts_missing"
    zh = "还没有给出：{missing}。请补齐后签字。"
    en = "Still to be given: {missing}. Give them, then sign."


class MeasuresMoved(LongwenError):
    """Who signs has seen the numbers."""

    kind = ErrorKind.CONFLICT
    code = "measures_moved"
    zh = "取数之后，这些部分的数据有变动：{parts}。请重新取数，核对后签字。"
    en = "These parts have changed since they were measured: {parts}. Measure again, look at them, then sign."


class UnknownAppraisalGround(LongwenError):
    """Grounds are those of the sheet."""

    code = "unknown_appraisal_ground"
    zh = "考核办法没有否决情形 {ground}。可用的是：{known}。"
    en = "The sheet has no ground {ground}. There are: {known}."


class AppraisalsOpen(LongwenError):
    """A round goes on when nobody is left behind."""

    kind = ErrorKind.CONFLICT
    code = "appraisals_open"
    zh = "还有 {count} 名书记的考核没有办完：{names}。请先办完。"
    en = "{count} appraisals are not done yet: {names}. Finish them first."


class NotYourGrade(LongwenError):
    """The sheet says who decides on which grade."""

    kind = ErrorKind.FORBIDDEN
    code = "not_your_grade"
    zh = "“{grade}”由党委决定，不在此办理。请由党委统一决定。"
    en = "{grade} is the committee's to decide, not the district's. The committee decides on all of its own together."


class NoGradeToDecide(LongwenError):
    """The committee has nothing that waits for it."""

    kind = ErrorKind.CONFLICT
    code = "no_grade_to_decide"
    zh = "该党委没有待决定的书记考核。"
    en = "No appraisal waits for this committee's decision."


class OnlyOwnWaits(LongwenError):
    """An officer leaves the own appraisal to others."""

    kind = ErrorKind.FORBIDDEN
    code = "only_own_waits"
    zh = "待决定的只有您本人的考核，须由他人决定。"
    en = "Only your own appraisal waits here; somebody else has to decide on it."


class AppraisalNoticeOver(LongwenError):
    """Objections belong to the days of the notice."""

    kind = ErrorKind.CONFLICT
    code = "appraisal_notice_over"
    zh = "该结果不在公示期内，不能提出异议。"
    en = "The result is not on notice, so no objection can be made."


class AppraisalNoticeRunning(LongwenError):
    """Results are filed after everybody's days."""

    kind = ErrorKind.CONFLICT
    code = "appraisal_notice_running"
    zh = "公示至 {day}，期满后归档。"
    en = "The notice runs until {day}; file afterwards."


class RemedyMissing(LongwenError):
    """An upheld objection changes something, and only then."""

    code = "remedy_missing"
    zh = "异议成立的须同时更正有关部分（corrections）或撤销否决（lift_ground）；不成立的不得更正。"
    en = "An upheld objection corrects parts or lifts the ground, and one that is not upheld changes nothing."


class DueOutsideYear(LongwenError):
    """An item is due in its year."""

    code = "due_outside_year"
    zh = "到期日 {day} 不在 {year} 年内。请更正。"
    en = "The day {day} is not in {year}. Correct it."


class ListClosed(LongwenError):
    """What was signed rests on the list."""

    kind = ErrorKind.CONFLICT
    code = "list_closed"
    zh = "该支部书记 {year} 年度的考核已经签字，责任清单不能再改。需要更正的，请先由党委退回重开。"
    en = "The appraisal of {year} is signed, so its duty list stands. To correct it the committee reopens it first."


class ItemIsElsewhere(LongwenError):
    """The item is not at this stage."""

    kind = ErrorKind.CONFLICT
    code = "responsibility_state"
    zh = "该事项现为“{state}”，不能进行此操作。请刷新后再办。"
    en = "The item is {state}; this cannot be done to it now. Read it again first."


class NotDueYet(LongwenError):
    """Nothing is missed before its day."""

    kind = ErrorKind.CONFLICT
    code = "responsibility_not_due"
    zh = "该事项 {due_on} 到期，到期之前不能认定为未完成。"
    en = "The item is due on {due_on}; it cannot be found unmet before that day is over."
