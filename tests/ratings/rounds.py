"""Branches of the Longwen sheet for tests of the rating: full points unless something is said."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.kit.ids import new_id
from app.ratings.scoring import BONUS, Reading
from app.ratings.starring import Candidate
from app.rules.stars import Fact, Stars
from app.trials.rounds import full_reading
from tests.town import BOOK

_STARS = BOOK.editions[-1].edition.stars
assert _STARS is not None
SHEET: Stars = _STARS
CUT_OFF = date(2026, 12, 31)


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
    found: dict[str, Reading | None] = {one.code: full_reading(one) for one in SHEET.indicators}
    found |= {code: Reading(0, found[code].whole if found[code] else 1) for code in without}  # type: ignore[union-attr]
    found |= readings or {}
    found[BONUS] = Reading(bonus * 10**SHEET.decimals)
    facts = {Fact.INNOVATION_PROJECT} if innovation else set()
    facts |= set() if open_rectification else {Fact.NO_OPEN_RECTIFICATION}
    return Candidate(new_id(), pool, readings=found, facts=frozenset(facts), **more)
