"""Why a posting is refused: each says what, where and what to do."""

from __future__ import annotations

from app.kit.errors import ErrorKind, LongwenError


class IdUsed(LongwenError):
    """The client's id already names another entry."""

    kind = ErrorKind.CONFLICT
    code = "id_used"
    zh = "编号 {id} 已用于内容不同的另一条记录。请为新记录生成新的编号。"
    en = "The id {id} already names a record with other content. Make a new id for a new record."


class DayToCome(LongwenError):
    """The day of the matter lies in the future."""

    code = "day_to_come"
    zh = "{day} 还没有到。请填写事项发生的日期。"
    en = "{day} is still to come. Give the day on which the matter happened."


class QuarterClosed(LongwenError):
    """A request that names a quarter means that one and no other."""

    kind = ErrorKind.CONFLICT
    code = "quarter_closed"
    zh = (
        "{day} 的事项不能记入 {quarter} 季度（该季度不含此日，或已进入复核、公示、封账）。去掉 booked_in 重新提交，"
        "将记入 {booked} 季度；所属季度已结束的，作为补记列示。"
    )
    en = (
        "What happened on {day} cannot be booked in {quarter}: the quarter lies before it, or is being checked, on"
        " notice or sealed. Send it again without booked_in: it is booked in {booked}, and listed there as an"
        " adjustment if its own quarter is over."
    )


class NotAMemberThen(LongwenError):
    """The member belonged to no branch on that day, or lies outside the caller's reach."""

    kind = ErrorKind.MISSING
    code = "not_a_member_then"
    zh = "没有找到该党员，或其 {day} 当天不在您可记录的支部。请核对党员编号和日期。"
    en = "There is no such member, or on {day} they were in no branch that you record for. Check the id and the day."


class UnknownItem(LongwenError):
    """The rule book in force that day has no such item for this member."""

    code = "unknown_item"
    zh = "当日适用的评分细则（{book} {edition}）中没有积分项 {item}，或该项不适用于此类党员。请核对代码。"
    en = "The rule book of that day ({book} {edition}) has no item {item} for this class of members. Check the code."


class NotYourItem(LongwenError):
    """The item is recorded by other roles."""

    kind = ErrorKind.FORBIDDEN
    code = "not_your_item"
    zh = "积分项 {item} 由 {roles} 记录，您的角色不能记录。请转请他们办理。"
    en = "Item {item} is recorded by {roles}, which you are not. Ask one of them."


class OwnRow(LongwenError):
    """Nobody records or reviews what concerns themselves."""

    kind = ErrorKind.FORBIDDEN
    code = "own_row"
    zh = "不能记录、审核或冲正本人的积分。书记本人的积分由上级党委办理。"
    en = "Nobody records, reviews or reverses their own points. Those of a secretary are the committee's to record."


class MatterMissing(LongwenError):
    """The item counts a matter once, so the matter must be named."""

    code = "matter_missing"
    zh = "积分项 {item} 须填写事项（如文号、证书号、工单号），同一事项只计一次。"
    en = "Item {item} needs its matter (a document, certificate or ticket number): one matter counts once."


class MatterNotAsked(LongwenError):
    """The item has no matters."""

    code = "matter_not_asked"
    zh = "积分项 {item} 不填事项。请删去事项后重新提交。"
    en = "Item {item} has no matter. Leave the matter out."


class MatterCounted(LongwenError):
    """A live entry of the same item, window and tier already names this matter."""

    kind = ErrorKind.CONFLICT
    code = "matter_counted"
    zh = "事项“{matter}”已在 {item}（{window}）记过，不能重复计分。如原记录有误，请先冲正。"
    en = "The matter “{matter}” is already entered under {item} ({window}). If that entry is wrong, reverse it first."


class CostUnclear(LongwenError):
    """A finding that may cost one of several duties names which."""

    code = "cost_unclear"
    zh = "积分项 {item} 应在 costs 中写明所扣份额的职责（如造假的场次）：{choices}。"
    en = "Item {item} names in costs the duty whose share it costs (the session that was forged): {choices}."


class CostNotAsked(LongwenError):
    """The rules say what the item costs."""

    code = "cost_not_asked"
    zh = "积分项 {item} 不由记录人指定所扣份额的职责。请删去 costs。"
    en = "The rules say what {item} costs. Leave costs out."


class UnitsOfDay(LongwenError):
    """No member's day has so many units of the item."""

    code = "units_of_day"
    zh = (
        "{item} 一人一日至多计 {most}（单位：{unit}）；{day} 已记 {before}，不能再记 {units}。"
        "请核对数量和日期：数日累计的分日记录，记错的先冲正。"
    )
    en = (
        "A member's day has at most {most} of {item} (in {unit}); {day} has {before} already, so {units} cannot be. "
        "Check number and day: record several days each on its own, and reverse what was recorded wrongly first."
    )


class NoSuchDuty(LongwenError):
    """The member had no such duty in that window (joined later, or is exempt)."""

    kind = ErrorKind.CONFLICT
    code = "no_such_duty"
    zh = "该党员在 {window} 没有 {item} 这项应尽职责（入会较晚或免于考核）。请核对日期。"
    en = "The member had no duty {item} in {window} (joined later, or is exempt). Check the day."


class DutyWaived(LongwenError):
    """The duty of that window was waived."""

    kind = ErrorKind.CONFLICT
    code = "duty_waived"
    zh = "{window} 的 {item} 已被免除，无需记录。"
    en = "The duty {item} of {window} was waived; there is nothing to record."


class DutyDecided(LongwenError):
    """The duty of that window is decided by a live entry."""

    kind = ErrorKind.CONFLICT
    code = "duty_decided"
    zh = "{window} 的 {item} 已记为 {state}（记录 {entry}）。如有误，请先冲正该记录。"
    en = "The duty {item} of {window} is already {state} (entry {entry}). If that is wrong, reverse the entry first."


class ReversalOfReversal(LongwenError):
    """A reversal is not itself reversed; the fact is recorded anew."""

    kind = ErrorKind.CONFLICT
    code = "reversal_of_reversal"
    zh = "记录 {id} 本身就是冲正，不能再冲正。请重新记录该事项。"
    en = "The entry {id} is itself a reversal. Record the matter anew instead."


class ReversedAlready(LongwenError):
    """The entry was reversed before."""

    kind = ErrorKind.CONFLICT
    code = "reversed_already"
    zh = "记录 {id} 已被冲正，不能重复冲正。"
    en = "The entry {id} has been reversed already."


class OpeningStands(LongwenError):
    """The opening is not undone by a recorder."""

    kind = ErrorKind.CONFLICT
    code = "opening_stands"
    zh = (
        "期初分记录不能冲正。台账结转有误的，请联系区两新工委重新导入；"
        "按比例结转上一年度积分的，请更正上一年度的记录，结转分随之更正。"
    )
    en = (
        "An opening entry cannot be reversed. If a balance from the paper ledger is wrong, ask the district office; a "
        "share carried over follows by itself when the entries of the cycle before are put right."
    )


class OpeningTooFine(LongwenError):
    """A paper's balance has more places than the rules count in."""

    code = "opening_too_fine"
    zh = "结转分 {points} 的小数位数超过细则的最小分值 {unit} 分。请改为 {unit} 分的整数倍。"
    en = "The carried balance {points} is finer than the rules count, in steps of {unit}. Give a multiple of {unit}."


class OpeningTooHigh(LongwenError):
    """A paper's balance is above the most that the rules let a member open with."""

    code = "opening_too_high"
    zh = (
        "结转分 {points} 高于细则允许的最高期初分 {base}（基本分，加上日常可挣得的分和可结转的上年度积分）。"
        "请核对底册。"
    )
    en = (
        "The carried balance {points} is above {base}, the most that the rules let a member open with (the base, what "
        "can be earned day by day, and what is carried over from the cycle before). Check the paper ledger."
    )
