"""Values of a rule book's files and where they come from: numbers, days, fractions, and the citation beside each."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.kit.calendar import Window
from app.rules.core import Effect, Newcomers, Rounding, Starts, Unrecorded, VetoGround, YearForm
from app.rules.lines import When

POINTS_MAX = 1_000_000
YEARS = range(1900, 3000)  # of days: far enough from both ends of the calendar to reckon in cycles


def whole_or_decimal(value: Any) -> Decimal:
    """Points as they are written: a whole number, or one with decimals."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("points_form", "not a number")
    number = Decimal(value)
    if abs(number) > POINTS_MAX:
        raise PydanticCustomError("out_of_range", "too large", {"low": -POINTS_MAX, "high": POINTS_MAX})
    return number


def _day(value: Any) -> date:
    try:
        day = date.fromisoformat(value if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) else "")
    except (TypeError, ValueError):
        raise PydanticCustomError("day_form", "not a day") from None
    if day.year not in YEARS:
        raise PydanticCustomError("day_far", "too early or too late")
    return day


def _assumed(value: Any) -> bool:
    """Only true itself: to Python 1 is as much as true."""
    if value is not True:
        raise PydanticCustomError("literal_error", "not true", {"expected": "true"})
    return True


def _fraction(value: Any) -> tuple[int, int]:
    match = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", value) if isinstance(value, str) else None
    if match is None:
        raise PydanticCustomError("fraction_form", "not a fraction")
    return int(match[1]), int(match[2])


def _month_day(value: Any) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{2})-(\d{2})", value) if isinstance(value, str) else None
    try:
        month, day = (int(match[1]), int(match[2])) if match else (0, 0)
        date(2023, month, day)
    except ValueError:
        raise PydanticCustomError("month_day_form", "not a month and day") from None
    return month, day


Points = Annotated[Decimal, BeforeValidator(whole_or_decimal)]
Day = Annotated[date, BeforeValidator(_day)]
Fraction = Annotated[tuple[int, int], BeforeValidator(_fraction), Field(strict=False)]
Assumed = Annotated[Literal[True], BeforeValidator(_assumed)]
MonthDay = Annotated[tuple[int, int], BeforeValidator(_month_day), Field(strict=False)]
Count = Annotated[int, Field(ge=1, le=POINTS_MAX)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
NodeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+){0,2}$", max_length=120)]
InWindow = Annotated[Window, Field(strict=False)]


class Strict(BaseModel):
    """Nothing unknown, nothing converted silently, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NameText(Strict):
    zh: Text
    en: Text


class Cited(Strict):
    """Where a value comes from: one source or several, or our own assumption; never both, never neither."""

    source: str | list[str] | None = None
    clause: Text | None = None
    assumption: Assumed | None = None
    note: Text | None = None

    @property
    def keys(self) -> list[str]:
        """The keys of the sources."""
        return [self.source] if isinstance(self.source, str) else list(self.source or ())

    @model_validator(mode="after")
    def _cited_once(self) -> Cited:
        if not self.keys and not self.assumption:
            raise PydanticCustomError("uncited", "no citation")
        if self.keys and self.assumption:
            raise PydanticCustomError("source_and_assumption", "both a source and an assumption")
        return self


class CitedPoints(Cited):
    value: Points


class CitedCount(Cited):
    value: Count


class CitedFlag(Cited):
    value: bool


class CitedWindow(Cited):
    value: InWindow


class CitedFraction(Cited):
    value: Fraction


class CitedDue(Cited):
    value: MonthDay


class CitedMonth(Cited):
    value: Annotated[int, Field(ge=1, le=12)]


class CitedPeriod(Cited):
    value: InWindow


class CitedYearForm(Cited):
    value: Annotated[YearForm, Field(strict=False)]


class CitedWhen(Cited):
    value: Annotated[When, Field(strict=False)]


class CitedUnrecorded(Cited):
    value: Annotated[Unrecorded, Field(strict=False)]


class CitedRounding(Cited):
    value: Annotated[Rounding, Field(strict=False)]


class CitedStarts(Cited):
    value: Annotated[Starts, Field(strict=False)]


class CitedNewcomers(Cited):
    value: Annotated[Newcomers, Field(strict=False)]


class CitedPercent(Cited):
    value: Annotated[int, Field(ge=1, le=100)]


class CitedEffect(Cited):
    value: Annotated[Effect, Field(strict=False)]


class CitedVetoGround(Cited):
    value: Annotated[VetoGround, Field(strict=False)]
