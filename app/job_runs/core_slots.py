"""How the slots of jobs are written, and which are there already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from app.kit.errors import ErrorKind, LongwenError


class SlotUnreadable(LongwenError):
    """The slot is not written as those of the job are."""

    code = "slot_unreadable"
    zh = "{slot} 不是任务 {job} 的时段：应写作 {example}（{what_zh}）。"
    en = "{slot} is no slot of the job {job}: it is written {example} ({what_en})."


class SlotToCome(LongwenError):
    """The slot lies in the future: done now, it would not be done when its time comes."""

    kind = ErrorKind.CONFLICT
    code = "slot_to_come"
    zh = "时段 {slot} 尚未到来，现在不能运行：任务 {job} 现在最晚到 {latest}（{what_zh}）。"
    en = "The slot {slot} is still to come: {latest} is the latest that the job {job} can do now ({what_en})."


class Form(NamedTuple):
    """How a slot is written, and what it is; ``first_day`` raises ValueError for a text that is none."""

    first_day: Callable[[str], date]
    zh: str
    en: str


def check_form(job: str, slot: str, form: Form, latest: str) -> None:
    """``latest`` is the job's present slot. Raises SlotUnreadable, SlotToCome."""
    facts = {"slot": slot, "job": job, "what_zh": form.zh, "what_en": form.en}
    try:
        form.first_day(slot)
    except ValueError as error:
        raise SlotUnreadable(example=latest, **facts) from error
    if len(slot) != len(latest):
        raise SlotUnreadable(example=latest, **facts)  # another way of writing a day would be another slot
    if slot > latest:  # codes are ordered as time is
        raise SlotToCome(latest=latest, **facts)
