"""The roster workbook as people see it: sheets, headings, notes, and the choices that a cell allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.auth.core import Role
from app.enrolment.classes import SERVICE_CLASSES
from app.kit.sheet_columns import Column, Form, SheetLayout
from app.roster.core import TRADE_NAMES, OrganisationKind

WHOLE_DISTRICT = "全区"  # may stand for the code of the district's own organisation


FORMS = {"单独": "single", "联合": "joint", "行业": "trade"}
TRADES = {name: trade.value for trade, name in TRADE_NAMES.items()}
GROUNDS = {"年老体弱": "age", "重病": "illness", "残疾": "disability", "流动外出": "floating"}
ROLES = {
    "党员": Role.MEMBER,
    "党小组长": Role.GROUP_LEADER,
    "组织委员": Role.ORGANISATION_COMMISSIONER,
    "纪检委员": Role.DISCIPLINE_COMMISSIONER,
    "企业人事": Role.HR,
    "支部书记": Role.SECRETARY,
    "基层党委工作人员": Role.COMMITTEE_OFFICER,
    "区两新工委工作人员": Role.DISTRICT_OFFICER,
    "系统管理员": Role.SYSTEM_ADMINISTRATOR,
    "安全管理员": Role.SECURITY_ADMINISTRATOR,
    "审计员": Role.AUDITOR,
}
# Where a role is held.
ROLE_KINDS = {
    Role.MEMBER: OrganisationKind.BRANCH,
    Role.GROUP_LEADER: OrganisationKind.GROUP,
    Role.ORGANISATION_COMMISSIONER: OrganisationKind.BRANCH,
    Role.DISCIPLINE_COMMISSIONER: OrganisationKind.BRANCH,
    Role.HR: OrganisationKind.BRANCH,
    Role.SECRETARY: OrganisationKind.BRANCH,
    Role.COMMITTEE_OFFICER: OrganisationKind.COMMITTEE,
    Role.DISTRICT_OFFICER: OrganisationKind.DISTRICT,
    Role.SYSTEM_ADMINISTRATOR: OrganisationKind.DISTRICT,
    Role.SECURITY_ADMINISTRATOR: OrganisationKind.DISTRICT,
    Role.AUDITOR: OrganisationKind.DISTRICT,
}
KIND_NAMES = {
    OrganisationKind.DISTRICT: ("区", "the district"),
    OrganisationKind.COMMITTEE: ("基层党委", "a committee"),
    OrganisationKind.BRANCH: ("党支部", "a branch"),
    OrganisationKind.GROUP: ("党小组", "a group"),
}


def _code(
    key: str, heading: str, note: str, *, required: bool = True, width: int = 16, personal: bool = False
) -> Column:
    return Column(key, heading, note, Form.CODE, required, width, length_max=40, personal=personal)


def _day(key: str, heading: str, note: str, *, required: bool = False) -> Column:
    return Column(key, heading, note + "。如 2024-07-01", Form.DAY, required, 14)


def _choice(key: str, heading: str, note: str, choices: Mapping[str, str], *, required: bool = True) -> Column:
    return Column(key, heading, note, Form.CHOICE, required, 16, choices=choices)


def _same(choices: Sequence[str]) -> dict[str, str]:
    return {choice: choice for choice in choices}


COMMITTEES = SheetLayout(
    "committee",
    "基层党委",
    "每行一个基层党委。",
    (
        _code("code", "代码", "自编，全区各级组织不得重复，登记后不变"),
        Column("name", "名称", "党组织全称", required=True, width=36),
    ),
)
BRANCHES = SheetLayout(
    "branch",
    "党支部",
    "每行一个党支部。",
    (
        _code("code", "代码", "自编，全区各级组织不得重复，登记后不变"),
        Column("name", "名称", "党组织全称", required=True, width=36),
        _code("parent", "所属党委代码", "“基层党委”表或系统中已有的代码"),
        _choice("form", "组建形式", "单独、联合或行业", FORMS),
        _day("founded_on", "成立日期", "支部批准成立的日期"),
    ),
)
GROUPS = SheetLayout(
    "group",
    "党小组",
    "每行一个党小组；不设党小组的支部不填。",
    (
        _code("code", "代码", "自编，全区各级组织不得重复，登记后不变"),
        Column("name", "名称", "党小组名称", required=True, width=30),
        _code("parent", "所属支部代码", "“党支部”表或系统中已有的代码"),
    ),
)
ENTERPRISES = SheetLayout(
    "enterprise",
    "两新组织",
    "每行一家企业或社会组织；尚未覆盖的，覆盖支部留空。",
    (
        _code("credit_code", "统一社会信用代码", "18 位，按营业执照填写", width=24),
        Column("name", "名称", "单位全称", required=True, width=36),
        _choice("trade", "行业", "六个行业之一", TRADES),
        _code("branch", "覆盖支部代码", "覆盖该单位的党支部；尚未覆盖则留空", required=False),
    ),
)
MEMBERS = SheetLayout(
    "member",
    "党员",
    "每行一名党员。表中未列出的党员不受影响；空白单元格不改变已登记的内容。",
    (
        _code("number", "党员编号", "自编，全区不得重复，登记后不变"),
        Column("name", "姓名", "与身份证一致", required=True, width=12, length_max=40),
        _code(
            "id_number",
            "公民身份号码",
            "选填；18 位，单元格须为文本格式；加密保存",
            required=False,
            width=24,
            personal=True,
        ),
        _code("phone", "手机号", "选填；加密保存", required=False, personal=True),
        _day("joined_on", "入党日期", "支部大会通过接收为预备党员的日期", required=True),
        _code("branch", "所在支部代码", "“党支部”表或系统中已有的代码"),
        _code("group", "党小组代码", "选填；须属于所在支部", required=False),
        _code("enterprise", "所在单位信用代码", "选填；“两新组织”表或系统中已有的代码", required=False, width=24),
        Column(
            "profile",
            "党员类型",
            "按所在支部评分细则的类型；支部不设党小组的由系统自动对应",
            Form.OFFERED,
            required=True,
            width=20,
            length_max=200,
            choices=_same(SERVICE_CLASSES.choices),
        ),
        _day("entered_on", "进入支部日期", "组织关系转入所在支部的日期", required=True),
        _choice("ground", "免考核原因", "选填；只填类别，不填病情", GROUNDS, required=False),
        _day("exempt_from", "免考核起", "填了原因须填"),
        _day("exempt_until", "免考核止", "选填；最后一天"),
        Column("points", "上年结转积分", "选填；仅对新登记的党员有效，不填按评分细则的基本分", Form.WHOLE, width=14),
        Column("reference", "底册编号", "填了结转积分须填：纸质底册或扫描件的编号", width=20),
    ),
)
APPOINTMENTS = SheetLayout(
    "appointment",
    "任职",
    "每行一项任职。新开的账号没有密码，由操作员另行设置后才能登录。",
    (
        _code("number", "党员编号", "本人是党员的填写", required=False),
        Column("name", "姓名", "非党员的须填", width=12, length_max=40),
        Column("login", "登录名", "尚无账号的须填：2 至 64 个字母、汉字、数字或 . _ @ -", width=18, length_max=64),
        _choice("role", "职务", "见下拉列表", {name: role.value for name, role in ROLES.items()}),
        _code("organisation", "组织代码", "任职所在组织的代码；区一级填“全区”"),
        _day("from_on", "任职日期", "任职的第一天", required=True),
        _day("until_on", "卸任日期", "选填；不再任职的第一天"),
    ),
)
SHEETS = (COMMITTEES, BRANCHES, GROUPS, ENTERPRISES, MEMBERS, APPOINTMENTS)


def sheets_with(classes: Sequence[str]) -> tuple[SheetLayout, ...]:
    """The sheets for a district whose rule books have these classes of members."""
    return tuple(replace(sheet, columns=tuple(_with(column, classes) for column in sheet.columns)) for sheet in SHEETS)


def _with(column: Column, classes: Sequence[str]) -> Column:
    return replace(column, choices=_same(classes)) if column.form is Form.OFFERED else column
