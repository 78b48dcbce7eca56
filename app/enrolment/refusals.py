"""Why a change of enrolment is refused, in both languages."""

from __future__ import annotations

from app.kit.errors import ErrorKind, LongwenError


class IdUsed(LongwenError):
    """The client's id names another change."""

    kind = ErrorKind.CONFLICT
    code = "id_used"
    zh = "编号 {id} 已用于内容不同的另一项变动。请生成新的编号。"
    en = "The id {id} names another change already. Make a new one."


class OwnMembership(LongwenError):
    """Nobody decides about their own membership."""

    kind = ErrorKind.FORBIDDEN
    code = "own_membership"
    zh = "不能办理本人的组织关系变动，请由上级党委办理。"
    en = "Nobody changes their own membership; the committee above does."


class NotBelonging(LongwenError):
    """The member belongs to no branch any more."""

    kind = ErrorKind.CONFLICT
    code = "not_belonging"
    zh = "该党员的组织关系已于 {day} 终止。重新接收请按新党员登记。"
    en = "The membership ended on {day}. To take the member in again, enrol them."


class ChangedSameDay(LongwenError):
    """A membership that began today cannot be closed yesterday."""

    kind = ErrorKind.CONFLICT
    code = "changed_same_day"
    zh = "该党员的组织关系自 {day} 起刚有变动，须在此日之后再办。"
    en = "The membership began on {day}; it can change again from the day after."


class SameBranch(LongwenError):
    """Where to is where from."""

    kind = ErrorKind.CONFLICT
    code = "same_branch"
    zh = "党员已在该支部，无需转接。"
    en = "The member belongs to that branch already."


class NotABranch(LongwenError):
    """The organisation is no open one of the kind that is needed."""

    code = "not_a_branch"
    zh = "“{name}”不是现有的{wanted}，请核对。"
    en = "“{name}” is not an open {wanted_en}; check it."


class TransferOpen(LongwenError):
    """Another transfer of the member waits for its answer."""

    kind = ErrorKind.CONFLICT
    code = "transfer_open"
    zh = "该党员已有一项转接（{id}）尚未办结，请先办结或撤回。"
    en = "A transfer of this member ({id}) is still under way; have it answered or withdrawn first."


class TransferAnswered(LongwenError):
    """It is decided."""

    kind = ErrorKind.CONFLICT
    code = "transfer_answered"
    zh = "该转接已办结（{state}），不能再改。"
    en = "The transfer was decided ({state}) and does not change any more."


class TransferMoved(LongwenError):
    """Something happened to it after the caller saw it."""

    kind = ErrorKind.CONFLICT
    code = "transfer_moved"
    zh = "该转接在您查看之后又有变动（您看到第 {seen} 版，现为第 {now} 版），本次没有保存。请刷新后再办。"
    en = "The transfer has moved on since you saw it (version {seen}, now {now}); nothing was saved. Read it again."


class NotYourAnswer(LongwenError):
    """The side that did not ask answers, and never who asked."""

    kind = ErrorKind.FORBIDDEN
    code = "not_your_answer"
    zh = "须由对方支部（或其上级）答复，且不能是提出人本人。"
    en = "The other branch (or who stands above it) answers, and never the person who asked."


class NotYourProposal(LongwenError):
    """Only the side that asked takes it back."""

    kind = ErrorKind.FORBIDDEN
    code = "not_your_proposal"
    zh = "只有提出转接的一方可以撤回；对方请答复。"
    en = "Only the side that asked takes it back; the other one answers."


class UnknownClass(LongwenError):
    """The branch's rule book has no such class."""

    code = "unknown_class"
    zh = "所在支部的细则没有“{value}”这一类型，可选：{known}。"
    en = "The branch's rule book has no class “{value}”; it has {known}."


class GroupElsewhere(LongwenError):
    """The group is not one of the branch."""

    code = "group_elsewhere"
    zh = "该党小组不属于“{branch}”，或已撤销。"
    en = "The group is not an open one of “{branch}”."


class DayOutOfReach(LongwenError):
    """The day lies in books that are closed, before the membership, or in the future."""

    code = "day_out_of_reach"
    zh = "日期 {day} 不可用：须在 {first} 至 {last} 之间：不早于入册之日和仍可更正的考评年度，不晚于今天。"
    en = (
        "The day {day} cannot be taken: between {first} and {last}, which is not before the membership or the cycles"
        " still open to correction, nor to come."
    )


class ExemptionOverlaps(LongwenError):
    """Two exemptions at once."""

    kind = ErrorKind.CONFLICT
    code = "exemption_overlaps"
    zh = "与已登记的免考核（{first} 至 {last}）重叠。请先结束原免考核。"
    en = "It overlaps an exemption that is recorded ({first} to {last}). End that one first."


class DaysReversed(LongwenError):
    """An end before its beginning."""

    code = "days_reversed"
    zh = "结束日期 {until} 早于开始日期 {first}。"
    en = "The last day {until} lies before the first, {first}."


class NothingChanges(LongwenError):
    """What is asked for holds already."""

    kind = ErrorKind.CONFLICT
    code = "nothing_changes"
    zh = "所填内容与现有登记相同，没有变动。"
    en = "What is asked for holds already; nothing changes."


class BelongsAlready(LongwenError):
    """The number is that of a member who belongs to a branch."""

    kind = ErrorKind.CONFLICT
    code = "belongs_already"
    zh = "编号 {number} 的党员已在册。换支部请办理转接。"
    en = "The member with the number {number} belongs to a branch already. Use a transfer to move them."


class NumberHeld(LongwenError):
    """Somebody else has the number, as far as name and day of joining tell."""

    kind = ErrorKind.CONFLICT
    code = "number_held"
    zh = "编号 {number} 已有人使用，姓名、入党日期或公民身份号码与所填不符。是同一人的，请核对；不是的，请另编编号。"
    en = (
        "The number {number} is held by somebody whose name, day of joining or id number is another one. If it is the"
        " same person, put these right; otherwise give another number."
    )


class NoReturn(LongwenError):
    """The member has died."""

    kind = ErrorKind.CONFLICT
    code = "no_return"
    zh = "编号 {number} 的党员已登记去世，不能再入册。登记有误的，请联系区两新工委。"
    en = "The member with the number {number} is recorded as having died. If that is wrong, ask the district office."


class ReturnDecidedAbove(LongwenError):
    """Whoever was expelled or removed is taken in by the committee."""

    kind = ErrorKind.FORBIDDEN
    code = "return_decided_above"
    zh = "编号 {number} 的党员曾被开除或除名，重新入册由基层党委办理。"
    en = "The member with the number {number} was expelled or removed; the committee takes them in again."


class BranchNotEmpty(LongwenError):
    """Somebody still belongs to it."""

    kind = ErrorKind.CONFLICT
    code = "branch_not_empty"
    zh = "支部仍有 {count} 名党员。请先转出，或并入其他支部。"
    en = "{count} members still belong to the branch. Move them first, or merge it into another."


class NotAMemberThere(LongwenError):
    """Whoever is to go along does not belong to the branch, or all of it would go."""

    code = "not_a_member_there"
    zh = "名单与支部现有党员不符：{why}。"
    en = "The list does not fit the branch's members: {why_en}."


class CodeTaken(LongwenError):
    """An open organisation has the code."""

    kind = ErrorKind.CONFLICT
    code = "code_taken"
    zh = "组织代码 {value} 已被使用。"
    en = "The code {value} is another organisation's."


class NotEmptyWish(LongwenError):
    """A transfer names one member, and one place."""

    code = "transfer_unclear"
    zh = "请填写党员编号或标识之一，并填写转入支部或去向之一。"
    en = "Name the member by id or by number, and either the branch or the destination."
