"""What scheduled work is called, and when it is due, in words."""

from __future__ import annotations

import calendar
from collections.abc import Mapping

from app.kit.words import Words

# Beside the Chinese title that stands in the table of jobs.
_TITLES = {
    "files": "files that nothing rests on",
    "appeals": "deadlines of appeals and complaints",
    "quarters": "states of quarters",
    "absences": "absences not made up",
    "grids": "changes of grids and proposed pairings",
    "submissions": "deadlines of submissions",
    "duties": "duties of the quarter",
    "rank": "ranking as exemptions begin and end",
    "settle": "settling of duties",
    "check": "check and notice of the quarter",
    "seal": "seal of the quarter",
    "freeze": "standings of the seal",
    "prove": "checkpoint of the seal",
    "checkpoint": "hourly checkpoint",
    "lines": "lines of 900 and 500",
    "cases": "assistance and commendations",
    "stars": "measured indicators of stars",
    "mentoring": "the quarter's end in mentoring",
    "rating_plans": "deadlines of rectification and cultivation",
    "case_steps": "deadlines of assistance cases",
    "digest_month": "monthly digest",
    "digest_quarter": "quarterly check of the district",
    "digest_half": "half-year analysis",
    "digest_year": "year result",
    "pack": "pack of the quarter",
}
_FIELDS = frozenset({"month", "day", "hour", "minute"})


def titled(name: str, zh: str) -> Words:
    """The job's title in both languages."""
    return Words(zh, _TITLES.get(name, name))


def in_words(times: Mapping[str, str | int]) -> Words:
    """When a job is due, of its cron fields; a field without words is told as it is."""
    strange = [f"{field}={value}" for field, value in times.items() if field not in _FIELDS]
    minute = int(times.get("minute", 0))
    if strange:
        return Words(" ".join(strange), " ".join(strange))
    if "hour" not in times:
        return Words(f"每小时第 {minute} 分", f"every hour at minute {minute}")
    at = f"{int(times['hour']):02}:{minute:02}"
    if "day" not in times:
        return Words(f"每日 {at}", f"every day at {at}")
    day = times["day"]
    if "month" not in times:
        return Words(f"每月 {day} 日 {at}", f"on day {day} of every month at {at}")
    months = [int(one) for one in str(times["month"]).split(",")]
    zh, en = "、".join(map(str, months)), ", ".join(calendar.month_name[one] for one in months)
    return Words(f"{zh}月的 {day} 日 {at}", f"on day {day} of {en} at {at}")
