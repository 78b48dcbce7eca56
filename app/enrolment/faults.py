"""What can be wrong in a roster workbook: each fault names its place, says what is wrong and how to put it right."""

from __future__ import annotations

from typing import ClassVar

from app.kit.errors import BatchRefused, ErrorKind
from app.kit.sheets import SheetFault


class RosterRefused(BatchRefused):
    """The workbook has faults, so nothing of it was imported."""

    code = "roster_refused"
    zh = "工作簿有 {count} 处问题，没有导入任何内容。请按清单改正后重新导入。"
    en = "The workbook has {count} faults; nothing was imported. Correct them as listed and import it again."


class DayOutOfRange(SheetFault):
    """The day lies in the future or before the Party was founded."""

    code = "day_out_of_range"
    zh = "“{heading}”{day} 不合理：不得早于 {first}，不得晚于 {last}。"
    en = "“{heading}” {day} is out of range: not before {first}, not after {last}."


class DaysReversed(SheetFault):
    """A later day stands before an earlier one."""

    code = "days_reversed"
    zh = "“{heading}”{day} 早于“{other}”{other_day}，请核对。"
    en = "“{heading}” {day} lies before “{other}” {other_day}. Check both."


class RepeatedInWorkbook(SheetFault):
    """Two rows of the workbook claim what only one may have."""

    code = "repeated_in_workbook"
    zh = "“{heading}”{value} 与工作表“{other_sheet}”第 {other_row} 行重复。请保留一行或更正。"
    en = "“{heading}” {value} stands in sheet {other_sheet}, row {other_row} too. Keep one row or correct it."


class UnknownReference(SheetFault):
    """The code names nothing, neither in the workbook nor in the roster."""

    code = "unknown_reference"
    zh = "“{heading}”{value} 在工作簿和系统中都不存在。请核对代码，或先在“{target}”表中登记。"
    en = "“{heading}” {value} exists neither in the workbook nor in the roster. Check it, or list it in {target} first."


class ClosedReference(SheetFault):
    """What the code names was closed."""

    code = "closed_reference"
    zh = "“{heading}”{value} 已于 {day} 撤销，不能再使用。"
    en = "“{heading}” {value} was closed on {day} and cannot be used."


class OtherKind(SheetFault):
    """The code is in use for another sort of organisation."""

    code = "other_kind"
    zh = "代码 {value} 在系统中是{kind}，不能改作他用。请另编代码。"
    en = "The code {value} belongs to {kind_en} in the roster. Choose another code."


class ParentChanged(SheetFault):
    """An organisation keeps its place in the tree."""

    code = "parent_changed"
    zh = "{value} 在系统中隶属 {recorded}，导入不能改变隶属关系。请填写 {recorded}，或新建组织后转入党员。"
    en = "{value} belongs to {recorded} in the roster; an import does not move it. Give {recorded}, or found a new one."


class GroupElsewhere(SheetFault):
    """The group belongs to another branch."""

    code = "group_elsewhere"
    zh = "党小组 {value} 不属于支部 {branch}。请核对党小组代码或所在支部代码。"
    en = "The group {value} does not belong to the branch {branch}. Check both codes."


class CreditCodeInvalid(SheetFault):
    """The credit code fails its check digit or form."""

    code = "credit_code_invalid"
    zh = "统一社会信用代码 {value} 校验不通过。请按营业执照核对 18 位代码。"
    en = "The credit code {value} fails its check. Compare its 18 characters with the licence."


class IdNumberInvalid(SheetFault):
    """The id number fails its check digit, form or birthday. Its text is not repeated: it is personal."""

    code = "id_number_invalid"
    zh = "公民身份号码校验不通过（18 位、出生日期或末位校验码有误）。请按身份证核对；单元格须为文本格式。"
    en = "The id number fails its check (length, birthday or last character). Compare it; keep the cell as text."


class IdNumberTaken(SheetFault):
    """Another member of the roster has the id number."""

    kind: ClassVar[ErrorKind] = ErrorKind.CONFLICT
    code = "id_number_taken"
    zh = "该公民身份号码已登记在党员 {other} 名下。同一人只能登记一次，请核对。"
    en = "The id number is recorded for the member {other}. A person is recorded once; check it."


class PhoneInvalid(SheetFault):
    """The phone number is no number."""

    code = "phone_invalid"
    zh = "手机号应为 7 至 20 位数字（可带 + 或 -）。"
    en = "A phone number has 7 to 20 digits, with + or - if needed."


class ExemptionIncomplete(SheetFault):
    """A ground without its first day, or days without a ground."""

    code = "exemption_incomplete"
    zh = "免考核须同时填写原因和起始日期。"
    en = "An exemption needs both its ground and its first day."


class ExemptionOverlaps(SheetFault):
    """The days overlap an exemption that is recorded otherwise."""

    code = "exemption_overlaps"
    zh = "与已登记的免考核（{ground}，{first} 起，{last}）重叠或不一致。登记不改写，请按已登记的填写，或另起时段。"
    en = (
        "It overlaps the recorded exemption ({ground}, from {first}, {last}). Records stand: repeat it, or begin later."
    )


class ReferenceMissing(SheetFault):
    """A carried balance stands on a paper."""

    code = "reference_missing"
    zh = "填写了上年结转积分，须同时填写底册编号。"
    en = "A carried balance needs the number of the paper or scan that it stands on."


class EnteredOtherwise(SheetFault):
    """The day of entry differs from the recorded one."""

    code = "entered_otherwise"
    zh = "该党员登记的进入支部日期是 {recorded}，与此处不一致。登记不改写，请填写 {recorded}。"
    en = "The recorded day of entering the branch is {recorded}. Records are not rewritten; give {recorded}."


class MovedTooEarly(SheetFault):
    """A move begins after the stay that it ends."""

    code = "moved_too_early"
    zh = "该党员在 {recorded} 的登记延续到此日之后。转入新支部的日期须晚于 {recorded}。"
    en = "What is recorded holds from {recorded} on. The day of entering the new branch lies after it."


class ChangedToday(SheetFault):
    """A second change on one day would rewrite the first."""

    code = "changed_today"
    zh = "该党员的支部、党小组或类型今天刚登记过，同一天不能再改。请明天导入此项变更。"
    en = "The branch, group or class of this member was recorded today; it can change again from tomorrow on."


class PersonMissing(SheetFault):
    """An appointment names its person."""

    code = "person_missing"
    zh = "请填写党员编号；不是党员的，填写姓名和登录名。"
    en = "Give the member's number, or the name and login of somebody who is no member."


class LoginMissing(SheetFault):
    """Who has no account yet needs a login."""

    code = "login_missing"
    zh = "党员 {value} 还没有账号，请填写登录名。"
    en = "The member {value} has no account yet. Give a login."


class LoginUnusable(SheetFault):
    """The login is malformed."""

    code = "login_unusable"
    zh = "登录名 {value} 无效：2 至 64 个字母、汉字、数字或 . _ @ -。"
    en = "The login {value} is not valid: 2 to 64 letters, digits or . _ @ -."


class LoginOfAnother(SheetFault):
    """The login belongs to somebody else, or the member has another."""

    kind: ClassVar[ErrorKind] = ErrorKind.CONFLICT
    code = "login_of_another"
    zh = "登录名 {value} 已属于{owner}，与此行的人不一致。请核对或另取登录名。"
    en = "The login {value} belongs to {owner}, not to the person of this row. Check it or choose another."


class RoleElsewhere(SheetFault):
    """The role is held at another sort of organisation."""

    code = "role_elsewhere"
    zh = "职务“{role}”须在{kind}任职，而 {value} 不是。请核对组织代码。"
    en = "The role {role} is held at {kind_en}, which {value} is not. Check the code."


class AppointedOtherwise(SheetFault):
    """The appointment is recorded with other days."""

    code = "appointed_otherwise"
    zh = "该任职已登记为 {first} 起，{last}，与此处不一致。登记不改写，请按已登记的填写。"
    en = "The appointment is recorded from {first}, {last}. Records are not rewritten; repeat what is recorded."


class NotYourRight(SheetFault):
    """Importing a roster does not include appointing and opening accounts."""

    kind: ClassVar[ErrorKind] = ErrorKind.FORBIDDEN
    code = "not_your_right"
    zh = "此行需要权限 {permission}，您的角色没有。请删去此行，由相应管理员办理。"
    en = "This row needs the permission {permission}, which your role lacks. Leave it to the administrator concerned."
