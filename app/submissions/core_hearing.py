"""The member is heard: told of what is proposed, and may answer once; after that, or the deadline, it is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.kit.errors import ErrorKind, LongwenError

HEARING_DAYS = 5  # working days to answer in (scoring, section 5)
REVIEW_DAYS = 5  # working days for each step of a review; ours


class ToldHow(StrEnum):
    """How the member came to know."""

    MESSAGE = "message"
    IN_PERSON = "in_person"


@dataclass(frozen=True, slots=True)
class Hearing:
    """One hearing, of one round of a submission.

    ``opened_on`` is the day on which it was handed in. ``told_at`` is None until a member without an account was told
    in person, ``told_on`` the day on which that was done, ``told_note`` how, and ``said`` what they said to it, as
    written down by who told them. ``due_on`` is the last day for the member's own answer, counted from the day on which
    the telling is in the record; ``assumed`` if it was counted through a year not yet announced.
    """

    submission_id: UUID
    round: int
    opened_on: date
    told_at: datetime | None = None
    told_how: ToldHow | None = None
    told_by: UUID | None = None
    told_on: date | None = None
    told_note: str | None = None
    said: str | None = None
    due_on: date | None = None
    assumed: bool = False
    answer: str | None = None
    answered_at: datetime | None = None
    answered_by: UUID | None = None

    def is_over(self, today: date) -> bool:
        """Whether it may be decided: the member has answered, or is deemed heard.

        What somebody else wrote down of the member's words (``said``) shortens nothing.
        """
        return self.answered_at is not None or (self.due_on is not None and today > self.due_on)

    def says_more(self, told_on: date, note: str, said: str | None) -> bool:
        """Whether it is the telling in person that is on record, with words of the member that were not yet."""
        if self.told_how is not ToldHow.IN_PERSON or (self.told_on, self.told_note) != (told_on, note):
            return False
        return said is not None and said != self.said and said.startswith(self.said or "")


class HearingOpen(LongwenError):
    """The member still has time to answer."""

    kind = ErrorKind.CONFLICT
    code = "hearing_open"
    zh = "本人可在 {due_on} 前陈述意见，期满或本人答复之后才能作出决定。现在可以退回或不予采纳。"
    en = (
        "The member may answer until {due_on}; it is decided after the answer or that day. Until then it may be "
        "returned or refused."
    )


class NotToldYet(LongwenError):
    """Nobody has told a member who has no account."""

    kind = ErrorKind.CONFLICT
    code = "not_told_yet"
    zh = "本人没有账号，尚未当面告知，不能作出决定。请先告知本人，并登记告知的时间和方式。"
    en = "The member has no account and has not been told. Tell them in person and record when and how; then decide."


class NoHearing(LongwenError):
    """There is nothing that the member would have to be told."""

    kind = ErrorKind.CONFLICT
    code = "no_hearing"
    zh = "该申报不需要听取本人意见，或目前不在审核中。"
    en = "The submission needs no hearing, or is not under review now."


class ToldAlready(LongwenError):
    """The member was told before; the deadline runs from then."""

    kind = ErrorKind.CONFLICT
    code = "told_already"
    zh = "已于 {told_on} 告知本人，陈述期限为 {due_on}，不能重新登记。补记本人意见的，日期和方式照原登记填写。"
    en = (
        "The member was told on {told_on} and may answer until {due_on}; this is not recorded anew. To add what they"
        " said, send it with the day and note on record."
    )


class ToldTooEarly(LongwenError):
    """The day on which the member was told lies between the proposal and today."""

    code = "told_too_early"
    zh = "告知日期应在 {first} 至 {last} 之间。请更正。"
    en = "The day of telling lies between {first} and {last}. Correct it."


class OnlyTheMember(LongwenError):
    """Nobody answers for the member."""

    kind = ErrorKind.FORBIDDEN
    code = "only_the_member"
    zh = "只有本人可以在此陈述意见。本人没有账号的，登记当面告知时一并记下其意见。"
    en = "Only the member answers here. For one without an account, write the answer down when recording the telling."


class AnsweredAlready(LongwenError):
    """The member answers once."""

    kind = ErrorKind.CONFLICT
    code = "answered_already"
    zh = "您已陈述过意见，不能修改。决定作出后如有异议，可以申诉。"
    en = "You have answered already. If you disagree with what is decided, you may appeal."


class RoundOver(LongwenError):
    """What was answered has been returned and handed in again since."""

    kind = ErrorKind.CONFLICT
    code = "round_over"
    zh = "第 {number} 次提交的内容不在听取意见中，现为第 {now} 次。请看过现在的内容后再陈述意见。"
    en = "Round {number} is not being heard; it is round {now} now. Read what is proposed now, then answer that."


class HearingOver(LongwenError):
    """The deadline has passed."""

    kind = ErrorKind.CONFLICT
    code = "hearing_over"
    zh = "陈述意见的期限 {due_on} 已过。决定作出后如有异议，可以申诉。"
    en = "The time to answer ended on {due_on}. If you disagree with what is decided, you may appeal."
