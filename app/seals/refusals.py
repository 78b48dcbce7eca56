"""Why a step in a quarter's life is refused: texts in two languages."""

from __future__ import annotations

from app.kit.errors import ErrorKind, LongwenError


class NotInQuarter(LongwenError):
    """The entry is not one that waits in this branch's check."""

    kind = ErrorKind.MISSING
    code = "not_in_check"
    zh = "{id} 不在该支部本季度待复核的记录中（不存在、已冲正、不是日常记录，或记在其他季度）。请刷新清单。"
    en = (
        "{id} is not among the entries that wait for this branch's check: unknown, reversed, not routine, or booked in"
        " another quarter. Load the list again."
    )


class NotYourCheck(LongwenError):
    """Nobody confirms what they recorded, nor anything about themselves; each item has its reviewer."""

    kind = ErrorKind.FORBIDDEN
    code = "not_your_check"
    zh = "{id}（{item}）不能由您复核：本人记录的、关于本人的和不归您审核的，由书记或上级党委复核。"
    en = (
        "{id} ({item}) is not yours to confirm: what you recorded, what is about you and what others review is for the"
        " secretary or the committee."
    )


class CheckPassedUp(LongwenError):
    """What a branch has not confirmed by the 15th falls to the committee."""

    kind = ErrorKind.FORBIDDEN
    code = "check_passed_up"
    zh = "支部复核已于 {day} 截止，尚未复核的由基层党委办理。请与上级党委联系。"
    en = "The branch's time to check ended on {day}; what is left is for the committee. Ask them."


class QuarterSealed(LongwenError):
    """Nothing more happens in a sealed quarter."""

    kind = ErrorKind.CONFLICT
    code = "quarter_sealed"
    zh = "{quarter} 季度已封账。如有错误，请冲正或申诉，更正记入当前季度。"
    en = "The quarter {quarter} is sealed. Reverse the entry or appeal; corrections are booked in the open quarter."


class CheckedAlready(LongwenError):
    """A confirmed entry is not refused any more."""

    kind = ErrorKind.CONFLICT
    code = "checked_already"
    zh = "{id} 已经复核。如有错误，请用“冲正”并写明理由。"
    en = "{id} was confirmed already. If it is wrong, reverse it, with the reason."


class NotChecked(LongwenError):
    """Only routine entries go through the quarter's check."""

    kind = ErrorKind.CONFLICT
    code = "not_for_check"
    zh = "{id} 不是待复核的日常记录。请用“冲正”或申诉。"
    en = "{id} is no routine entry that waits for the check. Reverse it, or appeal."


class NoticeNotBegun(LongwenError):
    """A branch's results are shown once all its rows are confirmed."""

    kind = ErrorKind.MISSING
    code = "notice_not_begun"
    zh = "{branch} {quarter} 季度的结果尚未公示。"
    en = "The results of {branch} for {quarter} are not on notice yet."
