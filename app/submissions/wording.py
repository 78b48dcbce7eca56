"""What a proposal costs, and what a decision has cost, in the words of messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.messages.texts import FactValue
from app.points.ledger import Entry, costed
from app.points.views import Effect, PostedItem
from app.rules.core import Item, Kind, Regime
from app.rules.name import Name
from app.rules.points import json_number, printed_text
from app.submissions.core import Submission


def proposed(submission: Submission, item: Item, regime: Regime) -> dict[str, FactValue]:
    """The points that it would be booked with, the tier, and the shares that would be lost along with it."""
    if item.kind is Kind.VETO:
        return {"proposed": "，拟一票否决", "proposed_en": ": a veto"}
    zh, en = "", ""
    posting = submission.posting
    if submission.worth is not None:
        zh, en = f"，拟记 {json_number(submission.worth)} 分", f": {json_number(submission.worth)} points"
    tier = None if posting.tier is None else item.tier(posting.tier)
    if tier is not None:
        zh, en = f"{zh}，档次为“{tier.name.zh}”", f"{en}, tier “{tier.name.en}”"
    for code in costed(item, posting.costs):
        duty = regime.items.get(code)
        if duty is not None and duty.duty is not None:
            share = printed_text(-duty.duty.share, regime.decimals)
            zh += f"，连同“{duty.name.zh}”（{code}）的份额 {share} 分"
            en += f", and the share of “{duty.name.en}” ({code}), {share} points"
    return {"proposed": zh or None, "proposed_en": en or None}


def parts(entries: Sequence[Entry], regime: Regime, decimals: int) -> dict[str, FactValue]:
    """Each entry with its points, where several cost something together."""
    costing = [one for one in entries if one.points < 0 and one.reverses is None]
    if len(costing) < 2:
        return {}
    zh, en = [], []
    for one in costing:
        name = regime.items[one.item].name if one.item in regime.items else Name(one.item, one.item)
        points = printed_text(one.points, decimals)
        zh.append(f"“{name.zh}”（{one.item}）{points} 分")
        en.append(f"“{name.en}” ({one.item}) {points}")
    return {"parts": f"（其中{'、'.join(zh)}）", "parts_en": f", of which {', '.join(en)}"}


def counting(items: Iterable[PostedItem], effect: Effect | None) -> str:
    """Whether what was posted about a member at once counts in the total whole, in part, or not at all."""
    posted = sum(one.points for item in items for one in item.entries)
    grown = posted if effect is None else effect.after.total - effect.before.total
    return "whole" if grown == posted else "part" if grown else "none"
