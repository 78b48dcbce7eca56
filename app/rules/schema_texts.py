"""What an editor says of each key of a rule book's files: a short title and a sentence, in both languages.

By model and field; a field of a parent serves its children, unless they have a text of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app.rules.name import Name
from app.rules.schema_texts_items import ITEM_TEXTS
from app.rules.schema_texts_stars import STAR_TEXTS
from app.rules.schema_texts_values import VALUE_TEXTS


class KeyText(NamedTuple):
    """A key's title and what is told of it."""

    title: Name
    told: Name


_EXAMPLE_TEXTS: Mapping[str, tuple[str, str, str, str]] = {
    "GivenText.item": ("项目", "Item", "发生了哪一项，写项目代号。", "The code of the item."),
    "GivenText.day": ("日期", "Day", "发生之日，如 2026-03-05。", "The day of the matter, such as 2026-03-05."),
    "GivenText.days": ("各次日期", "Days", "发生多次时逐一列出日期。", "The days, where it happened several times."),
    "GivenText.windows": (
        *("期间", "Windows"),
        "职责所属的期间，如 2026-09、2026Q3、2026H1、2026；全部期间写 all。",
        "The windows of a duty, such as 2026-09, 2026Q3, 2026H1 or 2026; `all` for each of them.",
    ),
    "GivenText.outcome": ("结果", "Outcome", "职责是否履行。", "What became of the duty."),
    "GivenText.tier": ("档次", "Tier", "分档项目写明是哪一档。", "The code of the tier, for an item with tiers."),
    "GivenText.units": ("数量", "Units", "计数项目的数量，如小时数。", "How many units, such as hours."),
    "GivenText.points": ("分值", "Points", "由记录人定分的项目写所定的分。", "The points that the recorder chose."),
    "GivenText.percent": (
        "百分比",
        "Percent",
        "按比率计算的项目写百分比，0 至 100。",
        "The rate in percent, 0 to 100.",
    ),
    "GivenText.matter": (
        *("事项", "Matter"),
        "同一事项只计一次；写同样的文字即为同一事项。",
        "One matter counts once; the same text is the same matter.",
    ),
    "GivenText.costs": (
        *("牵连职责", "Duty it costs"),
        "查实的问题同时扣减哪一项职责的份额。",
        "The duty whose share the finding costs too.",
    ),
    "ExpectedText.daily": ("日常积分", "Daily score", "预期的日常积分。", "The daily score expected."),
    "ExpectedText.innovation": ("创新加分", "Additions", "预期计入的创新加分。", "The additions expected to count."),
    "ExpectedText.fault": ("失误扣分", "Deductions", "预期计入的扣分，写负数。", "The deductions expected, negative."),
    "ExpectedText.total": ("总积分", "Total", "预期的总积分。", "The total expected."),
    "ExpectedText.effective": ("有效积分", "Effective total", "一票否决之后的积分。", "The total after any veto."),
    "ExpectedText.band": ("等次", "Band", "预期的等次代号。", "The code of the band expected."),
    "ExpectedText.graded": ("是否评定等次", "Graded", "该党员是否评定等次。", "Whether the member is graded."),
    "ExpectedText.ranked": ("是否排名", "Ranked", "该党员是否参加排名。", "Whether the member is ranked."),
    "ExpectedText.dimensions": (
        *("各指标得分", "By dimension"),
        "预期各指标的日常得分。",
        "What is expected to be left, or earned, of each dimension.",
    ),
    "ExpectedText.cuts": (
        *("截去的分", "Cuts"),
        "预期被限额截去的分，键为项目、节点、daily 或 total。",
        "Points expected to be cut, by item, node, `daily` or `total`.",
    ),
    "ExampleText.title": ("例子说明", "Title", "用一句话说明这个例子。", "The example in a sentence."),
    "ExampleText.profile": (
        *("党员类别", "Profile"),
        "党员属于哪一类，缺省为一般党员（standard）。",
        "The member's class; standard where nothing is said.",
    ),
    "ExampleText.then": (
        *("类别变更", "Changes of class"),
        "从哪一季度起改为哪一类，如 2026Q3: exempt。",
        "The class from a quarter on, such as 2026Q3: exempt.",
    ),
    "ExampleText.as_of": (
        *("截止日", "As of"),
        "算到哪一天为止，缺省为考评期最后一天。",
        "The day that it is reckoned up to; the cycle's last where nothing is said.",
    ),
    "ExampleText.silence": (
        *("不作为的后果", "Silence"),
        "true：没有记录的职责按“未记录”的规定处理。",
        "true: duties that nobody recorded become what the book says of silence.",
    ),
    "ExampleText.given": ("发生了什么", "Given", "逐条列出记录的事项。", "What was recorded, one after another."),
    "ExampleText.expect": (
        *("预期结果", "Expected"),
        "至少写一项预期；没有写的不检查。",
        "At least one number; what is not written is not tried.",
    ),
    "ExamplesText.format": ("格式", "Format", "文件格式版本，写 1。", "The version of the file format: 1."),
    "ExamplesText.examples": (
        *("例子", "Examples"),
        "每个例子一个代号，代号在本版内不得重复。",
        "Examples by their codes, each once in the edition.",
    ),
}
SCHEMA_TEXTS: Mapping[str, tuple[str, str, str, str]] = {
    **VALUE_TEXTS,
    **ITEM_TEXTS,
    **_EXAMPLE_TEXTS,
    **STAR_TEXTS,
}
TITLES: Mapping[str, Name] = {
    "book": Name("评分细则：基本情况（book.yaml）", "Rule book: whose it is and what it cites"),
    "items": Name("评分细则：一版的全部项目（items.yaml）", "Rule book: an edition with its items"),
    "stars": Name("评分细则：支部星级标准（stars.yaml）", "Rule book: the star sheet of branches"),
    "examples": Name("评分细则：例子（examples/*.yaml）", "Rule book: examples beside an edition"),
    "star_examples": Name("评分细则：星级的例子（examples/stars/*.yaml）", "Rule book: examples of rounds of branches"),
    "appraisal_examples": Name("评分细则：考核的例子（examples/appraisals/*.yaml）", "Rule book: appraisals"),
}


def titled(model: type, field: str) -> KeyText:
    """The texts of a model's field. KeyError where nobody has written them."""
    for one in model.__mro__:
        found = SCHEMA_TEXTS.get(f"{one.__name__}.{field}")
        if found is not None:
            zh, en, told_zh, told_en = found
            return KeyText(Name(zh, en), Name(told_zh, told_en))
    raise KeyError(f"{model.__name__}.{field}")
