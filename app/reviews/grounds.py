"""Why each branch has its star, as a pack's image says it: what the page of its rating shows, line by line.

Nothing is reckoned here: points, reasons and formulas are those that the room of ratings gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor
from app.auth.wording import ROLE_WORDS
from app.ratings import recalling
from app.ratings.core import Action, RatingView
from app.ratings.explaining import IndicatorPoints, MeasuredPoints, ReasonTold, SaidPoints, indicators_of, reasons_of
from app.ratings.scoring import BONUS
from app.ratings.wording import INPUTS, REMARKS
from app.reviews.core_packs import Fact, Json, scrubbed
from app.reviews.wording import FORMS, said, star_text
from app.rules import service as rules
from app.rules.points import printed_text
from app.rules.stars import BY_HAND, Cause, Stars

HEADINGS = (
    *("党支部", "年度", "指标", "名称", "满分"),
    *("系统取数", "自评", "党委核正", "最终得分", "依据", "星级"),
)
NUMBERS = frozenset({4, 5, 6, 7, 8})
# Windows, items and lines are told one by one; what has a longer name (a session, a member) is counted.
_TOLD_MAX, _NAME_MAX = 24, 16
# Said beside points, and no step of the way to the star.
_BESIDE = frozenset({Cause.SURVEY_INVALID.value, Cause.NOT_SUPPLIED.value})


def facts(connection: Connection, actor: Actor, paths: Mapping[UUID, str]) -> Iterator[Json]:
    """A line of the image for each branch of the last named round; ``paths`` are where the branches lie now."""
    held = recalling.last_named(connection, actor)
    if held is None:
        return
    edition = rules.edition_by_digest(connection, actor.district_id, held.edition)
    told = f"{edition.book} {edition.code} {edition.digest}"
    day = cache(partial(auth.day_of, connection, actor.district_id))
    for view in recalling.explained(connection, actor, held):
        reasons, rating = reasons_of(view), view.rating
        beside = (view.branch, held.code)
        score = "" if rating.score is None else printed_text(rating.score, view.sheet.decimals)
        lowered = _lowered(view)
        way = [*(one.zh for one in reasons), *lowered]
        steps = "".join(f"{at}. {text}。" for at, text in enumerate(way, start=1))
        full = printed_text(view.sheet.full, view.sheet.decimals)
        basis = scrubbed(f"{steps}评分细则：{told}")
        sums = ("合计", "总分和星级", full, "", "", "", score, basis, star_text(rating.star))
        yield {
            "is": Fact.STAR.value,
            "path": paths.get(view.rating.branch_id, view.rating.path),
            "branch": view.branch,
            "year": held.code,
            "edition": told,
            "score": score,
            "star": rating.star,
            "why": scrubbed("；".join(lowered[-1:] or deciding(reasons))),
            "rows": [
                *([*beside, *_indicator(view.sheet, one, day), ""] for one in indicators_of(view)),
                [*beside, *sums],
            ],
        }


def deciding(reasons: Sequence[ReasonTold]) -> list[str]:
    """The reasons from the one on that left the star as it is; what was above it then is the rest of the way."""
    steps = [one for one in reasons if one.cause not in _BESIDE]
    at = len(steps)
    while at and steps[at - 1].star == steps[-1].star:
        at -= 1
    return [one.zh for one in steps[at:]]


def _lowered(view: RatingView) -> list[str]:
    """What a decision took from the star after its naming, in the order of the decisions."""
    names = {one.code: one.name.zh for one in view.sheet.downgrades}
    return [
        f"{one.effective_on.isoformat()}因“{names.get(one.ground or '', one.ground)}”降为 "
        f"{'无星级' if one.star is None else f'{one.star} 星'}：{one.basis or '—'}"
        for one in view.steps
        if one.action is Action.DOWNGRADED
    ]


def _indicator(sheet: Stars, one: IndicatorPoints, day: Callable[[datetime], date]) -> list[str]:
    basis = scrubbed(_basis(sheet, one, day))
    if one.indicator != BONUS and sheet.indicator(one.indicator) is None:
        return ["—", "创新项目", "", "", "", "", "", basis]  # a fact that a gate asks for: there, or not, and no points
    measured = "" if one.measured is None or one.measured.part is None else str(one.measured.points)
    entered = ["" if given is None else str(given.points) for given in (one.own, one.committee)]
    code = "—" if one.indicator == BONUS else one.indicator
    return [code, one.name_zh, str(one.points_max), measured, *entered, str(one.points), basis]


def _basis(sheet: Stars, one: IndicatorPoints, day: Callable[[datetime], date]) -> str:
    """Formula and inputs of what was measured, evidence of what was entered, and each one's words."""
    told = []
    if one.measured is not None:
        told.append(_measured(one.measured, day))
    elif one.measure == BY_HAND or one.own is not None or one.committee is not None:
        told.append(_by_hand(sheet, one.indicator))
    is_fact = one.indicator != BONUS and sheet.indicator(one.indicator) is None
    for who, given in (("自评", one.own), ("党委核正", one.committee)):
        words = "" if given is None else _said(given, is_fact=is_fact)
        told += [f"{who}{words}"] if words else []
    if one.files:
        told.append(f"证明材料 {len(one.files)} 份")
    if one.remark is not None:
        told.append(REMARKS[one.remark].zh if one.remark in REMARKS else one.remark)
    return "；".join(told)


def _by_hand(sheet: Stars, code: str) -> str:
    indicator = sheet.indicator(code)
    proofs = sheet.bonus.evidence if code == BONUS else () if indicator is None else indicator.evidence
    names = "、".join(proof.zh for proof in proofs)
    return f"人工填报（应附{names}）" if names else "人工填报"


def _measured(one: MeasuredPoints, day: Callable[[datetime], date]) -> str:
    reading = "" if one.part is None else f"系统取数 {one.part}" + ("：" if one.whole == 1 else f"/{one.whole}：")
    names = {key: INPUTS[key].zh if key in INPUTS else key for key in one.inputs}
    inputs = "，".join(f"{names[key]} {_input(found)}" for key, found in one.inputs.items())
    at = "" if one.at is None else f"，取数于 {day(one.at).isoformat()}"
    return f"{reading}{one.formula_zh}" + (f"（{inputs}）" if inputs else "") + at


def _input(found: Any) -> str:
    if isinstance(found, list | dict):
        if not found:
            return "无"
        told = [ROLE_WORDS[str(one)].zh if str(one) in ROLE_WORDS else str(one) for one in found]
        is_short = isinstance(found, list) and len(told) <= _TOLD_MAX and all(len(one) <= _NAME_MAX for one in told)
        return "、".join(told) if is_short else f"{len(found)} 项"
    return "未登记" if found is None else said(FORMS, str(found))


def _said(one: SaidPoints, *, is_fact: bool) -> str:
    """What stands behind the points: so much of so much, whether there is one, and the words."""
    reading = ("有" if one.part else "无") if is_fact else "" if one.whole == 1 else f" {one.part}/{one.whole}"
    return reading + (f"（{one.note}）" if one.note else "")
