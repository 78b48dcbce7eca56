"""Why something about a case, a commendation or the setting of the lines is refused: what, where and what to do."""

from __future__ import annotations

from app.kit.errors import ErrorKind, LongwenError


class OutOfState(LongwenError):
    """The step does not follow from where the case stands."""

    kind = ErrorKind.CONFLICT
    code = "case_out_of_state"
    zh = "该帮扶整改现为 {state}，不能办理这一步。请刷新后按当前环节办理。"
    en = "The case is {state}; this step does not follow from there. Look at it again and take the step that does."


class MovedOn(LongwenError):
    """Somebody else has done something since."""

    kind = ErrorKind.CONFLICT
    code = "case_moved_on"
    zh = "在您查看之后又有变动（您看到第 {seen} 步，现为第 {now} 步），本次没有保存。请刷新后再办。"
    en = "It has moved on since you saw it (you saw step {seen}, it is now at {now}); nothing was saved. Look again."


class OwnCase(LongwenError):
    """Nobody handles a case about themselves, nor accepts one in which they are the helper."""

    kind = ErrorKind.FORBIDDEN
    code = "own_case"
    zh = "不能办理涉及本人的、或者本人担任帮扶人的事项。请由上级党组织的其他人员办理。"
    en = (
        "Nobody handles what is about themselves, nor accepts a case in which they help. Somebody else, or above, does."
    )


class NoHelper(LongwenError):
    """A helper is a member of the district."""

    code = "no_helper"
    zh = "请指定帮扶人：本区在册的党员，不能是被帮扶人本人。"
    en = "Name a helper: a present member of the district, and not the member who is helped."


class HelperIsMember(NoHelper):
    """Nobody is their own helper."""


class TalkDay(LongwenError):
    """A talk was held between the opening of the case and today."""

    code = "talk_day"
    zh = "谈话日期应在 {first} 至 {last} 之间。"
    en = "The talk was held between {first} and {last}."


class TalkEnded(LongwenError):
    """A reminder talk is written down once, and only while it is asked for."""

    kind = ErrorKind.CONFLICT
    code = "reminder_talk_ended"
    zh = "该提醒谈话现为 {state}，不能再登记。请刷新提醒谈话列表后核对。"
    en = "This reminder talk is {state} and is not written down again. Look at the list of reminder talks."


class NotDueYet(LongwenError):
    """Until its day a case has time."""

    kind = ErrorKind.CONFLICT
    code = "case_not_due"
    zh = "帮扶期限到 {day} 为止，此前不能认定未通过；已改正的可以提前验收。"
    en = "There is time until {day}; before that a case does not fail. It may be accepted earlier."


class TooLong(LongwenError):
    """A case lasts a year at most."""

    kind = ErrorKind.CONFLICT
    code = "case_too_long"
    zh = "帮扶整改最长 {months} 个月，期限已到 {day}，不能再延长。"
    en = "A case lasts {months} months at most; it runs until {day} already."


class KeptOff(LongwenError):
    """Something keeps the name off the list now."""

    kind = ErrorKind.CONFLICT
    code = "commendation_kept_off"
    zh = "现有排除情形（{grounds}），不能推荐。情形消除后再提交支部大会。"
    en = "Something keeps the name off the list now ({grounds}); it cannot be recommended until that is gone."


class NoPlace(LongwenError):
    """The places are taken, or may still be taken by somebody further ahead."""

    kind = ErrorKind.CONFLICT
    code = "no_place"
    zh = "名额共 {places} 个，排在前面且尚未划去的有 {ahead} 人，没有空出的名额。请先就排在前面的作出决定。"
    en = "There are {places} places and {ahead} ahead who were not struck; none is free. Decide about those first."


class NoMajority(LongwenError):
    """The branch meeting recommends with more than half of the votes."""

    code = "no_majority"
    zh = "到会有表决权的 {cast} 人中赞成 {votes} 票，未超过半数，不能记为同意推荐。"
    en = "{votes} of {cast} votes are not more than half; that is no recommendation."


class NotOnList(LongwenError):
    """Nobody who is not on the list enters it."""

    kind = ErrorKind.MISSING
    code = "not_on_list"
    zh = "该人员不在本支部 {quarter} 的推荐名单上。名单之外的人员不能进入。"
    en = "That person is not on the branch's list of {quarter}. Nobody outside the list enters."


class NothingThere(LongwenError):
    """Nobody stands where this step begins."""

    kind = ErrorKind.CONFLICT
    code = "nothing_there"
    zh = "{quarter} 没有处于上一环节的推荐，无可办理。请核对季度和组织。"
    en = "Nobody of {quarter} stands where this step begins. Check the quarter and the organisation."


class NoticeShort(LongwenError):
    """A notice lasts five working days at least."""

    code = "notice_short"
    zh = "公示不少于 {days} 个工作日，最早到 {day} 为止。"
    en = "A notice lasts {days} working days at least: until {day}."


class NotOnNotice(LongwenError):
    """Objections are taken during the notice, and confirmation comes after it."""

    kind = ErrorKind.CONFLICT
    code = "not_on_notice"
    zh = "异议须在公示期内提出，确认须在公示期满之后。请核对公示期。"
    en = "Objections are taken during the notice, and confirmation comes after its last day. Check the days."


class ObjectionOpen(LongwenError):
    """What was objected is answered before anybody confirms."""

    kind = ErrorKind.CONFLICT
    code = "objection_open"
    zh = "还有 {count} 条异议未答复，答复之后才能确认。"
    en = "{count} objections wait for an answer; confirm after they are answered."


class MeetingDay(LongwenError):
    """A meeting that decides on a list was held after the list was made, and not in the future."""

    code = "meeting_day"
    zh = "支部大会日期应在 {first} 至 {last} 之间。"
    en = "The branch meeting was held between {first} and {last}."


class ReasonMissing(LongwenError):
    """Who is struck is struck for a reason."""

    code = "reason_missing"
    zh = "划去须写明理由。"
    en = "Say why somebody is struck."
