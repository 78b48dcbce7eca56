"""Why an appeal or complaint is refused: each says what, where and what to do."""

from __future__ import annotations

from app.kit.errors import ErrorKind, LongwenError


class NotOwnEntry(LongwenError):
    """A member with an account appeals for themselves."""

    kind = ErrorKind.FORBIDDEN
    code = "not_own_entry"
    zh = "申诉由党员本人提出。本人没有账号的，才由书记或上级代为登记书面申诉。"
    en = "Members appeal for themselves; only of one without an account is an appeal on paper written down by others."


class ReversalNotAppealed(LongwenError):
    """A reversal only takes an entry back."""

    kind = ErrorKind.CONFLICT
    code = "reversal_not_appealed"
    zh = "记录 {id} 是冲正，不能申诉。请对冲正之后重新登记的记录提出申诉；没有重新登记的，请联系书记。"
    en = "The entry {id} is a reversal. Appeal against what was recorded in its place, or ask for it to be recorded."


class OpeningNotAppealed(LongwenError):
    """The opening is set by the rules or by the paper ledger."""

    kind = ErrorKind.CONFLICT
    code = "opening_not_appealed"
    zh = "期初分不能申诉。台账结转有误的，请提交意见建议，由区两新工委核对。"
    en = "The opening is not appealed against. If the paper ledger was carried over wrongly, send a complaint."


class EntryUndone(LongwenError):
    """The entry counts no longer."""

    kind = ErrorKind.CONFLICT
    code = "entry_undone"
    zh = "记录 {id} 已被冲正（{reversal}），不再计分，无需申诉或变更。"
    en = "The entry {id} was reversed ({reversal}) and counts no longer; there is nothing to appeal against or change."


class AppealOpen(LongwenError):
    """One appeal at a time against one entry."""

    kind = ErrorKind.CONFLICT
    code = "appeal_open"
    zh = "对该记录的申诉 {id} 尚未答复，不能重复提出。需要补充的，请撤回后重新提出。"
    en = "The appeal {id} against this entry is still open. To add to it, withdraw it and file anew."


class AppealsExhausted(LongwenError):
    """An appeal, and one review further up."""

    kind = ErrorKind.CONFLICT
    code = "appeals_exhausted"
    zh = "对该记录的申诉已经两级答复，不再受理。仍有意见的，请提交意见建议。"
    en = "Appeals against this entry were answered twice, the second time further up. Send a complaint if need be."


class WindowClosed(LongwenError):
    """Thirty working days have passed and the cycle is sealed."""

    kind = ErrorKind.CONFLICT
    code = "window_closed"
    zh = "申诉期到 {day} 为止，且 {cycle} 年度已全部封账。请提交意见建议，由区两新工委处理。"
    en = "Appeals were taken until {day}, and the cycle {cycle} is sealed. Send a complaint to the district office."


class Concerned(LongwenError):
    """Nobody decides about what they recorded, reviewed, confirmed, wrote down or decided, nor about themselves."""

    kind = ErrorKind.FORBIDDEN
    code = "concerned"
    zh = "您记录、审核、确认、答复过该记录，登记过这件申诉，或者它涉及您本人，不能处理。由上级党组织的其他人员办理。"
    en = (
        "You recorded, reviewed, confirmed or decided on this entry, wrote the appeal down, or it is about you. "
        "Somebody else, or else above, handles it."
    )


class ConcernedFiler(LongwenError):
    """Nobody files, and so uses up, an appeal against their own doing."""

    kind = ErrorKind.FORBIDDEN
    code = "concerned_filer"
    zh = "您记录、审核、确认或答复过该记录，不能代为登记对它的申诉。请由上级党组织或其他未经办的人员登记。"
    en = "You recorded, reviewed, confirmed or decided on this entry. Somebody else writes the appeal on paper down."


class WishMissing(LongwenError):
    """An appeal on paper is taken back only because the member wants it."""

    code = "wish_missing"
    zh = "代为撤回书面申诉，须写明本人何时、以何种方式提出撤回。请在 wish 中写明。"
    en = "An appeal on paper is withdrawn because the member asked for it. Say in wish when and how they did."


class HigherOffice(LongwenError):
    """What was reviewed higher up is not decided below."""

    kind = ErrorKind.FORBIDDEN
    code = "higher_office"
    zh = "这件申诉由 {office} 或其上级处理。"
    en = "This appeal is decided by the {office} or above."


class AppealClosed(LongwenError):
    """The appeal was decided or withdrawn."""

    kind = ErrorKind.CONFLICT
    code = "appeal_closed"
    zh = "该申诉已是 {state}，不能再处理。"
    en = "The appeal is {state} already."


class AlreadyExtended(LongwenError):
    """A deadline is put off once."""

    kind = ErrorKind.CONFLICT
    code = "already_extended"
    zh = "答复期限已延长过一次（至 {due_on}），不能再延。"
    en = "The time to answer was put off once, to {due_on}; that is all there is."


class ExtensionLate(LongwenError):
    """More time is taken before the deadline, not after it."""

    kind = ErrorKind.CONFLICT
    code = "extension_late"
    zh = "答复期限 {due_on} 已过，不能再延长。请即答复。"
    en = "The answer was due by {due_on}; more time can only be taken before. Please answer now."


class NotMilder(LongwenError):
    """An appeal never makes it worse."""

    kind = ErrorKind.CONFLICT
    code = "not_milder"
    zh = "变更后的记录（{after} 分）须比原记录（{before} 分）有利于党员。维持原记录请不予支持，全部撤销请认定成立。"
    en = (
        "What replaces the entry ({after} points) must be better for the member than the entry ({before}). Refuse the "
        "appeal to leave it as it is, or uphold it to undo it."
    )


class NotChangeable(LongwenError):
    """What is missing of an amount is no entry that could read otherwise."""

    kind = ErrorKind.CONFLICT
    code = "not_changeable"
    zh = "该记录是系统按累计数量结算的差额，不能直接变更。请补录数量，或认定申诉成立。"
    en = "The service settled this from the amounts recorded. Record what is missing of them, or uphold the appeal."


class OwnComplaint(LongwenError):
    """Nobody answers their own complaint."""

    kind = ErrorKind.FORBIDDEN
    code = "own_complaint"
    zh = "不能答复本人提交的意见建议。请由区两新工委其他人员答复。"
    en = "Nobody answers their own complaint or suggestion. Another officer of the district does."


class ComplaintAnswered(LongwenError):
    """It was answered otherwise before."""

    kind = ErrorKind.CONFLICT
    code = "complaint_answered"
    zh = "{reference} 已经答复，不能再改。"
    en = "{reference} was answered already."
