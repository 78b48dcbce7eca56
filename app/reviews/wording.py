"""What a pack says in words: its parts, the states that it lists, and the sentences of its summary."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from app.kit.calendar import half_days
from app.kit.words import Words
from app.reviews.core import quarter_name
from app.reviews.core_packs import MEMBER_HELPED, PackKind, Part

PART_WORDS: Mapping[Part, Words] = {
    Part.WORKBOOK: Words("工作簿", "workbook"),
    Part.TABLE: Words("CSV 表", "CSV table"),
    Part.STARS: Words("星级依据 CSV 表", "CSV table of the grounds of stars"),
    Part.REPORT: Words("PDF 报告", "PDF report"),
    Part.DOCUMENT: Words("可编辑文档", "editable document"),
}

# The papers are Chinese, whoever asks for them: they are the office's own.
LIST_STATES = {
    "listed": "列入名单",
    "waiting": "申诉未结，保留名额",
    "reserve": "候补",
    "excluded": "不予列入",
    "recommended": "支部大会同意推荐",
    "struck": "未列入推荐",
    "noticed": "公示中",
    "confirmed": "已确认",
    "handed_over": "已上报",
    "withdrawn": "已撤回",
}
CASE_STATES = {
    "opened": "待谈话",
    "talk_held": "已谈话",
    "planned": "已制定计划",
    "running": "帮扶中",
    "extended": "延长帮扶",
    "accepted": "已通过验收",
    "failed": "未通过验收",
    "closed": "已办结",
}
EXCLUSIONS = {
    "veto": "一票否决",
    "appeal": "申诉未结",
    "dimension_fault": "指标内有失误扣分",
    "heavy_fault": "有较重失误扣分",
    "short_time": "在册时间不足",
    "insufficient": "依据不足",
    "in_assistance": "帮扶整改中",
    "over_quota": "超出名额",
    "line_not_met": "已不达线",
}
HELPED = {"branch": "党支部", "enterprise": "两新组织", "member": MEMBER_HELPED}
MENTORING_STATES = {"proposed": "待双方同意", "agreed": "已同意", "active": "帮带中", "ended": "已结束"}
FORMS = {"single": "单独组建", "joint": "联合组建", "trade": "行业组建"}
STARS = ("一星", "二星", "三星", "四星", "五星")


def said(words: Mapping[str, str], code: str) -> str:
    return words.get(code, code)


def star_text(star: int | None) -> str:
    """四星 ★★★★☆; a dash where a branch has none."""
    return "—" if star is None else f"{STARS[star - 1]} {'★' * star}{'☆' * (5 - star)}"


def period_text(kind: PackKind, period: str) -> str:
    """2026年第3季度, 2026年上半年, 2026年度."""
    if kind is PackKind.QUARTER:
        return quarter_name(period, "zh")
    if kind is PackKind.HALF:
        first, _ = half_days(period)
        return f"{first.year}年{'上' if first.month == 1 else '下'}半年"
    return f"{period}年度"


def moment_text(iso: str, zone: str) -> str:
    """2026年7月1日 09:30（北京时间）: a reader of paper does not reckon from UTC."""
    at = datetime.fromisoformat(iso).astimezone(ZoneInfo(zone))
    told = "北京时间" if zone == "Asia/Shanghai" else zone
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}（{told}）"


def day_text(iso: str | None) -> str:
    """2026年7月1日; empty for none."""
    if not iso:
        return ""
    year, month, day = iso[:10].split("-")
    return f"{int(year)}年{int(month)}月{int(day)}日"
