"""What the loader says about cycles and windows that do not fit together, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

FRAME: Mapping[str, tuple[str, str]] = {
    "first_month_off_quarter": (
        "考评年度从 {month} 月开始，不是季度的第一个月。请改为 1、4、7 或 10。",
        "Years that begin in month {month} do not begin with a quarter. Use 1, 4, 7 or 10.",
    ),
    "period_month": (
        "计分周期不能短于一个季度。请改为 year、half 或 quarter；按月限额写在各项的 bounds 中。",
        (
            "A cycle cannot be shorter than a quarter. Use year, half or quarter; what is limited per month stands in "
            "the bounds of items."
        ),
    ),
    "period_half_split": (
        "年度从 {month} 月开始的细则不能按半年计分。请把 first_month 改为 1 或 7，或把周期改为 year 或 quarter。",
        (
            "A book whose years begin in month {month} cannot score by the half-year. Let years begin in month 1 or "
            "7, or use year or quarter."
        ),
    ),
    "year_form_missing": (
        (
            "按半年或季度计分的细则须写明全年怎么算。"
            "请在 cycle 中加上 year：sum（相加）、mean（平均）或 last（取最后一期）。"
        ),
        (
            "A book that scores by a period shorter than a year says what the year comes to. Add year under cycle: "
            "sum, mean or last."
        ),
    ),
    "year_form_needless": (
        "按年计分的细则，全年就是这一个周期，year 没有意义。请删去，或写明更短的 period。",
        "A book that scores by the year needs no year form. Remove it, or give a shorter period.",
    ),
    "window_beyond_cycle": (
        "时段 {window} 比本细则的计分周期长。请改用 {period} 或更短的时段；{period} 就是整个周期。",
        (
            "The window {window} is longer than a cycle of this book. Use {period} or a shorter one; {period} is the "
            "whole cycle."
        ),
    ),
    "months_beyond_cycle": (
        "一个计分周期只有 {high} 个月，要求满 {months} 个月就排除了所有人。请改正月数。",
        "A cycle has {high} months only: asking for {months} excludes everybody. Correct the number of months.",
    ),
    "window_half_split": (
        "年度从 {month} 月开始的细则不能使用半年时段。请改用 quarter 或 year，或把 first_month 改为 1 或 7。",
        (
            "A book whose years begin in month {month} cannot use half-years. Use quarter or year, or let years begin "
            "in month 1 or 7."
        ),
    ),
}
