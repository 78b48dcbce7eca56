"""From an image to its workbook and its CSV table: written line by line, in constant memory.

The same image gives the same bytes; a copy's mark stands in the header and footer of every sheet.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from app.kit.workbook import open_workbook, plain
from app.reviews import grounds
from app.reviews.core import ADJUSTMENT_HEADINGS, HEADINGS, quarter_name
from app.reviews.core_packs import Fact, Json, Mark, PackKind
from app.reviews.image_files import digest_of, read_image
from app.reviews.wording import day_text, moment_text, period_text, star_text

ROWS_MAX = 1_000_000  # of a sheet; Excel ends at 1,048,576
_LINE, _NEXT_LINE = 19, 15  # points: the height of a row of one line, and of every further line
_FONT = {"font_name": "宋体", "font_size": 10.5}  # what offices print in
_NAME_MAX = 31  # characters of a sheet's name
_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_EMPTY_TOLD = "本期没有记录。"

_NOTE_WIDTH = 110
_MEMBER_WIDTHS = (24, 10, 10, 26, 10, 26, 10, 24, 10, 24, 10, 18, 16)
_NUMBERS_OF_MEMBERS = frozenset({2, 4, 6, 8, 10})
_DAYS_OF_MEMBERS = frozenset({11})
Values = Sequence[str]


@dataclass(frozen=True, slots=True)
class _Form:
    """What a kind of sheet looks like: its name, headings, widths, and which columns are numbers or days."""

    name: str
    headings: tuple[str, ...]
    widths: tuple[float, ...]
    numbers: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()
    frozen_columns: int = 2


def _said(headings: Sequence[Any]) -> tuple[str, ...]:
    return tuple(one.zh for one in headings)


_MEMBERS = _Form("季度考评表", _said(HEADINGS), _MEMBER_WIDTHS, _NUMBERS_OF_MEMBERS, _DAYS_OF_MEMBERS)
_FORMS: dict[str, _Form] = {
    Fact.MEMBER: _MEMBERS,
    Fact.BRANCH: _Form("支部概况", ("党支部", "所属党委", "党员数", "星级"), (28, 28, 9, 18), frozenset({2})),
    Fact.STAR: _Form(
        "星级依据", grounds.HEADINGS, (24, 8, 10, 28, 8, 9, 8, 9, 9, 70, 18), grounds.NUMBERS, frozenset(), 4
    ),
    Fact.ENTRY: _Form(
        "积分记录",
        ("党支部", "姓名", "事项日期", "积分项", "名称", "指标", "类型", "分值", "事项", "说明", "记录编号"),
        (24, 10, 18, 11, 24, 12, 14, 9, 22, 30, 39),
        frozenset({7}),
        frozenset({2}),
    ),
    Fact.ADJUSTMENT: _Form(
        "更正与补记", _said(ADJUSTMENT_HEADINGS), (24, 10, 28, 18, 17, 9, 10, 40), frozenset({5}), frozenset({3})
    ),
    Fact.FINDING: _Form(
        "分数线", ("党支部", "姓名", "分数线", "数值", "界限", "不列名原因"), (22, 10, 26, 9, 9, 40), frozenset({3, 4})
    ),
    Fact.COMMENDATION: _Form(
        "表彰推荐",
        ("党支部", "姓名", "分数线", "数值", "名额", "状态", "不列入原因"),
        (22, 10, 26, 9, 9, 18, 40),
        frozenset({3, 4}),
    ),
    Fact.CASE: _Form(
        "帮扶整改",
        ("党支部", "姓名", "达线季度", "数值", "界限", "开案日期", "下一步期限", "状态"),
        (24, 10, 14, 9, 9, 18, 18, 16),
        frozenset({3, 4}),
        frozenset({5, 6}),
    ),
    Fact.MENTORING: _Form(
        "结对帮带",
        ("网格", "龙头支部", "帮带对象", "类型", "状态", "开始日期", "结束日期"),
        (18, 28, 28, 12, 12, 18, 18),
        frozenset(),
        frozenset({5, 6}),
    ),
}


_TREND = _Form(
    "各季度走势",
    ("季度", "党员", "参加排名", "日常积分平均", "总积分平均", "人均加分", "人均失误"),
    (18, 10, 10, 14, 14, 12, 12),
    frozenset(range(1, 7)),
    frozen_columns=1,
)

_COLUMNS: dict[str, tuple[str, ...]] = {
    Fact.BRANCH: ("name", "committee", "members", "star"),
    Fact.ENTRY: (
        *("branch", "name", "day", "item", "title", "dimension", "kind"),
        *("points", "matter", "reason", "id"),
    ),
    Fact.FINDING: ("branch", "name", "line", "value", "bound", "exclusions"),
    Fact.COMMENDATION: ("branch", "name", "line", "value", "places", "state", "grounds"),
    Fact.CASE: ("branch", "name", "quarter", "value", "bound", "opened_on", "due_on", "state"),
    Fact.MENTORING: ("grid", "lead", "helped", "kind", "state", "active_on", "ended_on"),
}


def _values_of(fact: Json) -> Values:
    """A fact's line on the sheet of its kind."""
    if "values" in fact:
        given: Values = fact["values"]
        return given
    if fact["is"] == Fact.ENTRY:  # of which there are many, with nothing to reword
        return [_text(fact[name]) for name in _COLUMNS[Fact.ENTRY]]
    return [_said_of(fact, name) for name in _COLUMNS[fact["is"]]]


def _said_of(fact: Json, name: str) -> str:
    if name == "star":
        return star_text(fact[name])
    if name == "quarter":
        return quarter_name(fact[name], "zh")
    if name == "line" and "quarter" in fact:  # of a longer period
        return f"{fact[name]}（{quarter_name(fact['quarter'], 'zh')}）"
    return _text(fact[name])


def _text(value: str | int | list[str] | None) -> str:
    if isinstance(value, list):
        return "、".join(value)
    return "" if value is None else str(value)


@dataclass(slots=True)
class _Sheet:
    """One sheet as it is written; ``line`` is the next free row."""

    page: Any
    form: _Form
    line: int = 1


@dataclass(slots=True)
class _Book:
    """A workbook at work: its formats, and the sheet that lines of each kind go to now."""

    workbook: xlsxwriter.Workbook
    head: Json
    image: str
    mark: Mark | None
    formats: dict[str, Any] = field(default_factory=dict)
    sheets: dict[tuple[str, str], _Sheet] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        add = self.workbook.add_format
        self.formats = {
            "heading": add({**_FONT, "bold": True, "text_wrap": True, "valign": "vcenter", "align": "center",
                            "border": 1, "bg_color": "#F2F2F2"}),
            "text": add({**_FONT, "border": 1, "text_wrap": True, "valign": "vcenter"}),
            "day": add({**_FONT, "border": 1, "valign": "vcenter", "align": "center",
                        "num_format": 'yyyy"年"m"月"d"日"'}),
        }  # fmt: skip
        for places, form in enumerate(("0", "0.0", "0.00")):
            look = {**_FONT, "border": 1, "align": "right", "valign": "vcenter", "indent": 1, "num_format": form}
            self.formats[f"number{places}"] = add(look)

    def name(self, wanted: str) -> str:
        """A name that no sheet has yet, and that Excel takes."""
        base = wanted.translate(_FORBIDDEN_IN_NAMES).strip(" '") or "表"
        number, found = 1, base[:_NAME_MAX]
        while found.lower() in self.names:
            number += 1
            found = f"{base[: _NAME_MAX - len(str(number)) - 2]}({number})"
        self.names.add(found.lower())
        return found

    def page(self, name: str) -> Any:
        """A sheet that prints on A4, with the copy's mark above and beneath."""
        page = self.workbook.add_worksheet(self.name(name))
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.85, bottom=0.7)
        page.center_horizontally()
        title = _in_header(f"{self.head['scope']['name']} {_period(self.head)}")
        marked = "" if self.mark is None else f"&B\n&8{_in_header(self.mark.line)}"
        page.set_header(f"&C&14&B{title}　{_in_header(name)}{marked}")
        beside = self.image[:16] if self.mark is None else _in_header(self.mark.short)
        page.set_footer(f"&C&P / &N&R&8{beside}")
        return page

    def open(self, form: _Form, name: str) -> _Sheet:
        page = self.page(name)
        page.repeat_rows(0)
        page.freeze_panes(1, min(form.frozen_columns, len(form.headings)))
        for at, width in enumerate(form.widths):
            page.set_column(at, at, width)
        page.set_row(0, 2 * _LINE)
        for at, heading in enumerate(form.headings):
            page.write_string(0, at, heading, self.formats["heading"])
        return _Sheet(page, form)

    def write(self, key: tuple[str, str], form: _Form, values: Values) -> None:
        """A line on the sheet of that key, which is opened with its first; a full one is followed by another."""
        sheet = self.sheets.get(key)
        if sheet is None or sheet.line > ROWS_MAX:
            sheet = self.open(form, key[1])
            self.sheets[key] = sheet
        page, line = sheet.page, sheet.line
        page.set_row(line, _LINE + _NEXT_LINE * (_lines(values, form) - 1))
        for at, value in enumerate(values):
            if at in form.numbers and value:
                places = len(value.partition(".")[2])
                page.write_number(line, at, float(value), self.formats[f"number{min(places, 2)}"])
            elif at in form.days and value:
                page.write_datetime(line, at, date.fromisoformat(value), self.formats["day"])
            else:
                page.write_string(line, at, plain(value), self.formats["text"])
        sheet.line += 1


def _lines(values: Values, form: _Form) -> int:
    """How many lines the row's wrapped texts take, at most twelve: not every program finds that out by itself."""
    most = 1
    for at, value in enumerate(values):
        if len(value) * 2 > form.widths[at] and at not in form.days:
            places = sum(2 if ord(character) > 0x2E7F else 1 for character in value)
            most = max(most, -(-places // (int(form.widths[at]) - 1)))
    return min(most, 12)


def _in_header(text: str) -> str:
    """Text in a header or footer, where an ampersand begins a command; Excel takes 255 characters in all."""
    return text[:90].replace("&", "&&")


def write_workbook(
    image: Path, target: Path, mark: Mark | None = None, report: Callable[[int], None] = lambda _: None
) -> None:
    """The workbook of an image; ``report`` is told how many branches are written."""
    facts = read_image(image)
    head = next(facts)
    workbook = open_workbook(target, datetime.fromisoformat(head["as_of"]))
    book = _Book(workbook, head, digest_of(image).hex(), mark)
    _notes(book)
    dimensions = _dimension_form(head)
    is_long = head["kind"] != PackKind.QUARTER
    if is_long:
        for line in head["trend"]:
            book.write(("trend", _TREND.name), _TREND, line)
    for kind, form in ((Fact.MEMBER, _MEMBERS), ("dimensions", dimensions), *list(_FORMS.items())[1:]):
        if kind != Fact.ENTRY or not is_long:  # entries stand in the quarters' workbooks
            book.sheets[kind, form.name] = book.open(form, form.name)
    committees = _Committees(book, _MEMBERS)
    branches = 0
    for fact in facts:
        kind = fact["is"]
        if kind == Fact.STAR:
            for row in fact["rows"]:
                book.write((kind, _FORMS[kind].name), _FORMS[kind], row)
            continue
        values = _values_of(fact)
        book.write((kind, _FORMS[kind].name), _FORMS[kind], values)
        if kind == Fact.BRANCH:
            committees.enter(fact)
            branches += 1
            report(branches)
        elif kind == Fact.MEMBER:
            book.write(("dimensions", dimensions.name), dimensions, _dimension_values(head, fact))
            committees.write(values)
    for sheet in book.sheets.values():
        if sheet.line == 1:
            sheet.page.write_string(1, 0, _EMPTY_TOLD)
        else:
            sheet.page.autofilter(0, 0, sheet.line - 1, len(sheet.form.headings) - 1)
    workbook.close()


@dataclass(slots=True)
class _Committees:
    """A sheet for each committee, where the pack holds more than one branch."""

    book: _Book
    form: _Form
    present: str = ""

    def enter(self, branch: Json) -> None:
        self.present = branch["committee"] if self.book.head["scope"]["kind"] != "branch" else ""

    def write(self, values: Values) -> None:
        if self.present:
            self.book.write(("committee", self.present), self.form, values)


def _dimension_form(head: Json) -> _Form:
    names = tuple(f"{one['name']}（{one['allotment']}）" for one in head["dimensions"])
    headings = ("党支部", "姓名", "党员编号", *names, "总积分", "等次")
    numbers = frozenset(range(3, 4 + len(names)))
    return _Form("五项指标", headings, (22, 10, 16, *(12 for _ in names), 9, 14), numbers)


def _dimension_values(head: Json, fact: Json) -> Values:
    branch, name, total = fact["values"][0], fact["values"][1], fact["values"][10]
    points = (fact["dimensions"].get(one["code"], "") for one in head["dimensions"])
    return (branch, name, fact["number"], *points, total, fact["band"])


def _notes(book: _Book) -> None:
    """The first sheet: what the numbers stand on."""
    page = book.page("说明")
    page.set_column(0, 0, 24)
    page.set_column(1, 1, _NOTE_WIDTH)
    for line, (name, value) in enumerate(notes_of(book.head, book.image, book.mark)):
        page.set_row(line, _LINE + _NEXT_LINE * (2 * len(value) // _NOTE_WIDTH))
        page.write_string(line, 0, name, book.formats["heading"])
        page.write_string(line, 1, plain(value), book.formats["text"])


def _period(head: Json) -> str:
    return period_text(PackKind(head["kind"]), head["period"])


_BASIS = (
    "截至季末发生的全部记录，无论何时入账；本季各数为季末数减上季末数。说明栏为封顶前的记录分值。"
    "星级及表彰、帮扶、结对的状态为材料生成时的情况。"
)
_OF_SEVERAL = "党员、支部为本期末季的情况，本季各数为末季的数；各名单为本期全部；积分记录见各季度材料。"


def notes_of(head: Json, image: str, mark: Mark | None = None) -> Iterator[tuple[str, str]]:
    """What a pack stands on, name by name."""
    proven, zone = head["checkpoint"], head.get("zone", "Asia/Shanghai")
    is_long = head["kind"] != PackKind.QUARTER
    yield "区（县）", head["district"]
    yield "范围", head["scope"]["name"]
    yield "考评期", _period(head)
    yield "起止", f"{day_text(head['starts_on'])}至{day_text(head['ends_on'])}"
    yield "口径", _OF_SEVERAL + _BASIS if is_long else _BASIS
    yield "评分细则版本", "；".join(head["editions"])
    if head.get("stars"):
        yield "星级依据", f"{head['stars']['year']}年度星级评定，评分细则 {head['stars']['edition']}"
    yield "封账校验点", "（尚未生成）" if proven is None else f"第 {proven['number']} 号 {proven['root']}"
    yield "数据截至", moment_text(head["as_of"], zone)
    yield "材料生成", moment_text(head["made_at"], zone)
    yield "材料内容摘要", image
    if head["source"]:
        yield "取自全区材料", head["source"]
    if mark is not None:
        yield "本副本", mark.line


def write_table(image: Path, target: Path, mark: Mark | None = None) -> None:
    """The thirteen columns, the five dimensions and the grade as CSV, UTF-8 with a byte order mark."""
    facts = read_image(image)
    head = next(facts)
    with target.open("w", encoding="utf-8-sig", newline="") as output:
        writer = csv.writer(output, lineterminator="\r\n")
        names = (one["name"] for one in head["dimensions"])
        writer.writerow((*_MEMBERS.headings, "党员编号", *names, "等次"))
        for fact in facts:
            if fact["is"] == Fact.MEMBER:
                points = (fact["dimensions"].get(one["code"], "") for one in head["dimensions"])
                values = (plain_unless_number(at, one) for at, one in enumerate(fact["values"]))
                writer.writerow((*values, plain(fact["number"]), *points, fact["band"]))
        if mark is not None:
            writer.writerow((plain(mark.line),))


def write_stars(image: Path, target: Path, mark: Mark | None = None) -> None:
    """The sheet of the grounds of stars as CSV, UTF-8 with a byte order mark."""
    with target.open("w", encoding="utf-8-sig", newline="") as output:
        writer = csv.writer(output, lineterminator="\r\n")
        writer.writerow(grounds.HEADINGS)
        for fact in read_image(image):
            if fact["is"] == Fact.STAR:
                writer.writerows(
                    [plain_unless_number(at, value, grounds.NUMBERS) for at, value in enumerate(row)]
                    for row in fact["rows"]
                )
        if mark is not None:
            writer.writerow((plain(mark.line),))


def plain_unless_number(at: int, value: str, numbers: frozenset[int] = _NUMBERS_OF_MEMBERS) -> str:
    """A column of numbers holds nothing that could be a formula, and a minus there is a minus."""
    return value if at in numbers else plain(value)
