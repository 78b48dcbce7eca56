"""From a frozen digest to its paper: one self-contained HTML file, made of the snapshot alone and so always the same.

What comes from the snapshot is data to the template, never markup.
"""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from app.digests.core import Snapshot
from app.digests.wording import NUMBERS, TASKS, TITLES, number_name, period_name, shown_numbers
from app.rules.name import Name

_TEMPLATES = files("app.digests") / "templates"
# What a line of the table beneath shows, where anybody has it; every number stands in the JSON.
_COLUMNS = (
    "members",
    "ranked",
    "daily",
    "total",
    "entries_routine",
    "entries_innovation",
    "entries_fault",
    "duties_missed",
    "activities",
    "insufficient",
)
_HEADINGS = {
    "unit": Name("组织", "Organisation"),
    "due": Name("待办", "Due"),
    "late": Name("逾期", "Late"),
    "number": Name("指标", "Number"),
    "value": Name("数值", "Value"),
    "task": Name("事项", "Matter"),
    "next": Name("最近期限", "Next day"),
    "oldest": Name("最早逾期", "Oldest"),
    "numbers": Name("数据", "Numbers"),
    "tasks": Name("待办与逾期", "Due and late"),
    "lines": Name("各下级组织", "Organisations right below"),
    "sample": Name("抽查记录", "The sample"),
    "entry": Name("记录编号", "Entry"),
    "member": Name("党员编号", "Member's number"),
    "item": Name("积分项", "Item"),
    "day": Name("日期", "Day"),
    "points": Name("分值", "Points"),
    "made": Name("生成时间", "Made at"),
    "digest": Name("内容摘要", "Digest"),
    "seed": Name("抽样种子", "Seed"),
    "ledger": Name("封账结果摘要", "Digest of the sealed standings"),
}


def html(snapshot: Snapshot, language: str) -> str:
    """The paper in ``zh`` or ``en``."""
    environment = Environment(
        loader=FunctionLoader(lambda name: (_TEMPLATES / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("digest.html.j2").render(facts(snapshot, language))


def facts(snapshot: Snapshot, language: str) -> dict[str, Any]:
    """What the paper says, in words of the language; the console's page says the same."""

    def said(name: Name) -> str:
        return name.zh if language == "zh" else name.en

    def day(text: str | None) -> str:
        if text is None or language != "zh":
            return text or ""
        found = date.fromisoformat(text)
        return f"{found.year}年{found.month}月{found.day}日"

    content, decimals = snapshot.content, snapshot.content["decimals"]
    period = said(period_name(snapshot.kind, snapshot.period))
    rows = [(one, dict(shown_numbers(one["numbers"], decimals))) for one in content["lines"]]
    lines = content.get("line_names", {})
    columns = [code for code in _COLUMNS if any(code in shown for _, shown in rows)]
    return {
        "language": "zh-CN" if language == "zh" else "en",
        "title": f"{content['scope']['name']} {period} {said(TITLES[snapshot.kind])}",
        "words": {key: said(name) for key, name in _HEADINGS.items()},
        "sentences": content["sentences"][language],
        "numbers": [
            (said(number_name(code, lines)), value) for code, value in shown_numbers(content["numbers"], decimals)
        ],
        "tasks": [
            (said(TASKS[one["task"]]), one["due"], day(one["next_on"]), one["late"], day(one["oldest_on"]))
            for one in content["tasks"]
        ],
        "columns": [said(NUMBERS[code]) for code in columns],
        "lines": [
            (one["name"], one["due"], one["late"], [shown.get(code, "") for code in columns]) for one, shown in rows
        ],
        "sample": content.get("sample"),
        "day": day,
        "made_at": content["made_at"],
        "digest": snapshot.digest.hex(),
    }
