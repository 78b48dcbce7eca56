"""Branches of the Longwen sheet for tests of the rating: full points unless something is said."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from app.kit.ids import new_id
from app.ratings.scoring import BONUS, Reading
from app.ratings.starring import Candidate, Veto
from app.rules.stars import MEASURES, Fact, Indicator, Quantity, ScaleForm, Stars
from tests.town import BOOK

_STARS = BOOK.editions[-1].edition.stars
assert _STARS is not None
SHEET: Stars = _STARS
CUT_OFF = date(2026, 12, 31)


def best(indicator: Indicator) -> Reading:
    """Full points on the indicator."""
    known = MEASURES.get(indicator.measure)
    scale = indicator.scale
    if known is not None and known.quantity is Quantity.SURVEY:
        return Reading(100, 100)
    if scale.form is ScaleForm.LINEAR:
        return Reading(scale.high)
    if scale.form is ScaleForm.EACH:
        return Reading(-(-indicator.points // scale.per_unit))
    if scale.form is ScaleForm.GIVEN:
        return Reading(indicator.points)
    return Reading(1)


def branch(
    *,
    without: tuple[str, ...] = (),
    readings: dict[str, Reading | None] | None = None,
    bonus: int = 0,
    innovation: bool = True,
    open_rectification: bool = False,
    pool: str = "党工委",
    **more: Any,
) -> Candidate:
    """A branch that lacks the indicators in ``without`` altogether; ``bonus`` in printed points."""
    found: dict[str, Reading | None] = {one.code: best(one) for one in SHEET.indicators}
    found |= {code: Reading(0, found[code].whole if found[code] else 1) for code in without}  # type: ignore[union-attr]
    found |= readings or {}
    found[BONUS] = Reading(bonus * 10**SHEET.decimals)
    facts = {Fact.INNOVATION_PROJECT} if innovation else set()
    facts |= set() if open_rectification else {Fact.NO_OPEN_RECTIFICATION}
    return Candidate(new_id(), pool, readings=found, facts=frozenset(facts), **more)


def from_text(text: dict[str, Any]) -> list[tuple[UUID, Candidate]]:
    """The branches of one line of an example file."""
    said = {key: value for key, value in text.items() if key not in ("name", "count", "expect", "founded", "vetoes")}
    said["without"] = tuple(said.get("without", ()))
    said["readings"] = {code: Reading(*pair) for code, pair in said.get("readings", {}).items()}
    said["founded_on"] = text.get("founded")
    said["vetoes"] = tuple(Veto(ground, day) for ground, day in text.get("vetoes", {}).items())
    made = [branch(**said) for _ in range(text.get("count", 1))]
    return [(one.branch_id, one) for one in made]
