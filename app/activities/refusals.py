"""Why a record of a meeting is refused: each says what, where and what to do."""

from __future__ import annotations

from app.kit.errors import ErrorKind, LongwenError


class NoSession(LongwenError):
    """Nobody there owes the item, or it is not settled by sessions for them."""

    code = "no_session"
    zh = "{day} 当天，该组织没有应参加 {item} 场次的党员，或该项不按场次考勤。请核对积分项代码、组织和日期。"
    en = "On {day} nobody of that organisation owes sessions of {item}, or it is not settled by sessions. Check them."


class TooManyMembers(LongwenError):
    """One request holds so many members at most."""

    code = "too_many_members"
    zh = "应参加的党员有 {count} 人，一次最多记录 {most} 人。请按党小组分别记录。"
    en = "{count} members owe it, and one request holds {most} at most. Record it group by group."


class NotThere(LongwenError):
    """The member was not of this organisation on the day, or does not owe the duty."""

    kind = ErrorKind.MISSING
    code = "not_of_the_meeting"
    zh = "该党员当天不在该组织，或不应参加该场次。其他支部来参加的党员，请用“补课”登记。"
    en = (
        "The member was not of that organisation on the day, or does not owe the session. Enter guests from other "
        "branches under make-ups."
    )


class WaivedHere(LongwenError):
    """The member's duty of the window was waived: by a decision, an appeal, the district, or the rules."""

    kind = ErrorKind.CONFLICT
    code = "waived_here"
    zh = (
        "该党员 {window} 的 {item} 已被免除（如经申诉、区里免除或免考核），不必记录考勤。请从名单中删去；"
        "应当履行的，请先核对免除的原因。"
    )
    en = (
        "The member's duty {item} of {window} was waived (after an appeal, by the district, or for an exemption), so"
        " there is no attendance to record. Leave the member out; if it is owed after all, look into why it was waived."
    )


class MarkedTwice(LongwenError):
    """One member stands to a session in one way."""

    code = "marked_twice"
    zh = "同一党员出现了两次。请只保留一项。"
    en = "The member is listed twice. Keep one of them."


class MakeUpDay(LongwenError):
    """A make-up lies within seven days of the session, and not in the future."""

    code = "make_up_day"
    zh = "补课日期应在 {first} 至 {last} 之间，且不晚于今天。超过期限的不能再补。"
    en = "A make-up lies between {first} and {last}, and not in the future. After that nothing is made up."


class MakeUpDayNotAsked(LongwenError):
    """Only who was elsewhere or later has a day of their own."""

    code = "make_up_day_not_asked"
    zh = "只有 elsewhere（在其他支部参加）和 later（补课场次）才写 made_up_on；缺席后补课的，请用“补课”登记。"
    en = "Only elsewhere and later have made_up_on. Enter a make-up after an absence under make-ups."


class ActivityRecorded(LongwenError):
    """The same meeting is recorded already, and counts for one duty."""

    kind = ErrorKind.CONFLICT
    code = "activity_recorded"
    zh = "该组织 {day} 的“{title}”已经记录（编号 {id}，计入 {item}）。一次活动只计一项职责；如有误，请更正原记录。"
    en = (
        "“{title}” of {day} is recorded there already (id {id}, counted for {item}). One meeting counts for one duty; "
        "if that record is wrong, correct it."
    )


class SessionOfTheDay(LongwenError):
    """One session of an item a day; further shifts of it stand in its record."""

    kind = ErrorKind.CONFLICT
    code = "session_of_the_day"
    zh = (
        "该组织 {day} 已登记过 {item} 的一场活动“{title}”（编号 {id}），同一天同一项只登记一场。参加当天另一场次的，"
        "请在原记录中更正考勤（later），缺席后补课的用“补课”登记。"
    )
    en = (
        "A session of {item} is recorded there for {day} already (“{title}”, id {id}); there is one a day. Whoever was "
        "at another shift is corrected in that record (later); an absence made up is entered under make-ups."
    )


class NothingBooked(LongwenError):
    """The quarter's duties are settled: the session would change nothing."""

    kind = ErrorKind.CONFLICT
    code = "nothing_booked"
    zh = (
        "{quarter} 季度的记录期已过，{item} 的应尽职责都已有结论，这场活动不会记入任何人，未予登记。"
        "对结论有异议的，由审核人冲正有误的积分记录，或由党员提出申诉。"
    )
    en = (
        "Recording for {quarter} is over and every duty of {item} is decided, so the session would count for nobody "
        "and was not recorded. Where that is wrong, a reviewer reverses the entry, or the member appeals."
    )


class AttendanceChanged(LongwenError):
    """Somebody else changed the attendance in between."""

    kind = ErrorKind.CONFLICT
    code = "attendance_changed"
    zh = "考勤已被他人修改：您看到的是第 {seen} 版，现在是第 {version} 版。请重新读取，核对后再改。"
    en = (
        "The attendance was changed by somebody else: you saw version {seen}, now it is {version}. Read it again first."
    )


class AttendanceClosed(LongwenError):
    """The quarter of the session admits no more records."""

    kind = ErrorKind.CONFLICT
    code = "attendance_closed"
    zh = "{quarter} 季度的记录期已过，不能再改考勤。请由审核人冲正有误的积分记录，或由党员提出申诉。"
    en = "Recording for {quarter} is over. A reviewer reverses the entry that is wrong, or the member appeals."


class ActivityUndone(LongwenError):
    """The session was taken back."""

    kind = ErrorKind.CONFLICT
    code = "activity_undone"
    zh = "“{title}”已经撤销，不能再改。确实举行过的，请重新记录。"
    en = "“{title}” was taken back and is not changed any more. If it was held after all, record it anew."


class NotHeldYet(LongwenError):
    """A planned session has no attendance."""

    kind = ErrorKind.CONFLICT
    code = "not_held_yet"
    zh = "“{title}”尚未举行或没有举行，没有考勤。举行后请用同一编号提交考勤。"
    en = "“{title}” has not been held, so it has no attendance. Send it under the same id once it was."


class SessionHeld(LongwenError):
    """What was held cannot be called off."""

    kind = ErrorKind.CONFLICT
    code = "session_held"
    zh = "该组织 {window} 已于 {day} 开展 {item}（“{title}”），不能记为未开展。请核对。"
    en = "{item} of {window} was held there on {day} (“{title}”), so it cannot be said that it was not. Check it."


class WindowUnknown(LongwenError):
    """The window is not one of the item's, or lies outside the district's cycles."""

    code = "window_unknown"
    zh = "{item} 没有时段 {window}，或该时段尚未开始、不在本区的考评年度内。月写作 2026-11，季度写作 2026Q4。"
    en = (
        "{item} has no window {window}, or it has not begun or lies in no cycle of the district. A month is written "
        "2026-11, a quarter 2026Q4."
    )


class NothingToMakeUp(LongwenError):
    """There is no absence that could still be made up."""

    kind = ErrorKind.CONFLICT
    code = "nothing_to_make_up"
    zh = "该党员没有可以补的 {item}：没有缺席，已经补过，或已超过七天。"
    en = "The member has nothing of {item} to make up: no absence, made up already, or more than seven days ago."
