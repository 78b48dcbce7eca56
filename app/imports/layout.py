"""The workbook of entries as people see it: its sheets, headings and notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.kit.sheet_columns import FAULTS, INSTRUCTIONS, Column, Form, SheetLayout
from app.kit.sheets import Sheet, SheetFault
from app.rules.award import UNITS_MAX, Outcome
from app.rules.core import OPENING, Edition, Item, Kind, Matter, MeasureForm, Settlement
from app.rules.name import Name
from app.rules.terms import TERMS, term

ITEMS = "积分项"  # the list of items; for people, never read
IGNORED = frozenset({INSTRUCTIONS, ITEMS, FAULTS})
SYSTEM = "system"
_OUTCOMES = {one: term(one) for one in Outcome}

ENTRIES = SheetLayout(
    "entry",
    "积分记录",
    "每行一条记录，从第二行起填写；日常项直接入账，加分、扣分和一票否决成为申报，由审核人决定。"
    " · One record a row: routine matters are booked, the rest becomes proposals for a reviewer.",
    (
        Column(
            "number", "党员编号", "名册中的编号 · as in the roster", Form.CODE, required=True, width=14, length_max=40,
            heading_en="Number",
        ),
        Column(
            "name", "姓名", "与编号核对，须与名册一致 · checked against the number", required=True, width=12,
            length_max=40, heading_en="Name",
        ),
        Column(
            "item", "积分项", "从列表选择，或填代码或全称 · from the list, or the code or the exact name", Form.OFFERED,
            required=True, width=34, length_max=200, heading_en="Item",
        ),
        Column(
            "day", "日期", "事项发生之日，如 2026-11-20 · the day of the matter", Form.DAY, required=True, width=13,
            heading_en="Day",
        ),
        Column(
            "outcome", "履行情况", "按场次的应尽职责填写 · for a duty that is kept or missed", Form.CHOICE, width=16,
            choices={f"{name.zh} {one.value}": one.value for one, name in _OUTCOMES.items()},
            also={word: one.value for one, name in _OUTCOMES.items() for word in (name.zh, one.value)},
            heading_en="Outcome",
        ),
        Column(
            "units", "数量", "按数量计的项目填写（小时、次、百分比）· hours, times or percent", Form.WHOLE, width=10,
            whole_max=UNITS_MAX, heading_en="Units",
        ),
        Column(
            "tier", "档次", "分档的项目填写，代码或名称，见“积分项”表 · code or name of the tier", width=16,
            length_max=100, heading_en="Tier",
        ),
        Column(
            "points", "分值", "由记录人定分的项目填写 · where the recorder chooses", Form.DECIMAL, width=10,
            heading_en="Points",
        ),
        Column(
            "matter", "事项", "文号、证书号、工单号等，同一事项只计一次 · document or ticket; counts once", width=24,
            length_max=200, heading_en="Matter",
        ),
        Column(
            "reason", "说明", "扣分和一票否决必填，告知本人 · required for deductions; the member is told", width=36,
            length_max=500, heading_en="Reason",
        ),
        Column(
            "costs", "所扣职责", "失误可扣其中一项职责时填写，代码或名称 · the duty that a finding costs", width=20,
            length_max=200, heading_en="Duty it costs",
        ),
        Column(
            "key_work", "重点工作", "引用重点工作清单的一票否决填写 · the entry of the list of key work", width=24,
            length_max=500, heading_en="Key work",
        ),
    ),
)  # fmt: skip
# Which column holds a field of a record, for what the way of every record refuses.
COLUMNS = {
    "member_id": "number",
    "item": "item",
    "effective_on": "day",
    **{key: key for key in ("outcome", "units", "tier", "points", "matter", "reason", "costs", "key_work")},
    "evidence": "reason",
}


@dataclass(frozen=True, slots=True)
class OfferedItem:
    """An item that the template lists, as any class of members has it."""

    item: Item
    unit: Name | None

    @property
    def label(self) -> str:
        return label_of(self.item)


@dataclass(frozen=True, slots=True)
class Examined:
    """A workbook as it was sent, with what is wrong in it, and the items that the district records."""

    sheets: tuple[Sheet, ...]
    faults: tuple[SheetFault, ...]
    items: tuple[OfferedItem, ...]


def label_of(item: Item) -> str:
    """How the drop-down lists an item."""
    return f"{item.code} {item.name.zh}"


def offered(editions: Iterable[Edition]) -> tuple[OfferedItem, ...]:
    """What people record under these editions: not what is retired, nor what the service alone records."""
    found: dict[str, OfferedItem] = {}
    for edition in editions:
        for regime in edition.regimes.values():
            for item in regime.items.values():
                by_people = [role for role in item.record if role != SYSTEM]
                if item.retired or item.code == OPENING or item.kind is Kind.OPENING or not by_people:
                    continue
                code = item.unit or (item.duty.unit if item.duty is not None else None)
                unit = None if code is None else edition.units.get(code) or TERMS["Unit"].get(code)
                found.setdefault(label_of(item), OfferedItem(item, unit))
    order = list(Kind)
    return tuple(sorted(found.values(), key=lambda one: (order.index(one.item.kind), one.label)))


def layout_with(items: Sequence[OfferedItem]) -> SheetLayout:
    """The sheet with the list of these items."""
    labels = {one.label: one.label for one in items}
    columns = (replace(one, choices=labels) if one.key == "item" else one for one in ENTRIES.columns)
    return replace(ENTRIES, columns=tuple(columns))


def is_counted(item: Item) -> bool:
    """Whether an entry of the item gives a number of units, as ``rules.award`` asks for it."""
    if item.duty is not None:
        return item.duty.settlement in (Settlement.AMOUNT, Settlement.RATE)
    if item.chosen is not None or item.kind is Kind.VETO:
        return False
    return item.unit is not None or item.measure.form in (MeasureForm.LADDER, MeasureForm.RATE, MeasureForm.WORTH)


def asked_for(one: OfferedItem) -> Name:
    """Which columns an item needs beside member and day."""
    item = one.item
    parts: list[tuple[str, str]] = []
    if item.duty is not None and not is_counted(item):
        parts.append(("履行情况", "outcome"))
    if is_counted(item):
        parts.append((f"数量（{one.unit.zh}）", f"units ({one.unit.en})") if one.unit else ("数量", "units"))
    if item.tiers:
        parts.append(("档次", "tier"))
    if item.chosen is not None:
        parts.append(("分值", "points"))
    if item.matter is Matter.REQUIRED:
        parts.append(("事项", "matter"))
    if item.heard:
        parts.append(("说明", "reason"))
    if item.pairs_one_of:
        parts.append(("所扣职责", "duty it costs"))
    return Name("、".join(zh for zh, _ in parts), ", ".join(en for _, en in parts))
