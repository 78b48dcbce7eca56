"""What one entry adds, and what a duty settled by amount costs: pure functions of the rules.

Posting, preview and the examples beside the rules use these same functions: an example proves what a member gets.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from app.kit.calendar import Window
from app.kit.errors import LongwenError
from app.kit.words import Words, any_of
from app.rules.core import Duty, Item, Kind, MeasureForm, PointRange, Settlement, rounded
from app.rules.points import printed_text, smallest_unit

UNITS_MAX = 1_000_000
PERCENT_MAX = 100
HOURS, PERCENT = "hours", "percent"  # units that every book knows
HOURS_OF_DAY = 24


class Outcome(StrEnum):
    """What became of a duty."""

    KEPT = "kept"
    MISSED = "missed"


class AwardRefused(LongwenError):
    """What was sent does not fit the item; ``field`` names the part at fault."""


class PointsMissing(AwardRefused):
    """The item leaves the number of points to the recorder and none was given."""

    code = "points_missing"
    zh = "项目 {item} 由记录人在 {low} 至 {high} 分之间定分，请在 points 中写明。"
    en = "The item {item} leaves its points to you: give a number from {low} to {high} in points."


class PointsNotAsked(AwardRefused):
    """The rules fix the item's points."""

    code = "points_not_asked"
    zh = "项目 {item} 的分值由细则规定。请去掉 points。"
    en = "The rules fix the points of {item}. Leave points out."


class PointsOutOfRange(AwardRefused):
    """The number of points is not among those the item allows."""

    code = "points_out_of_range"
    zh = "项目 {item} 的 points 应在 {low} 至 {high} 之间、从 {low} 起每 {step} 一档，现为 {points}。请改正。"
    en = "The points of {item} go from {low} to {high} in steps of {step}, not {points}. Correct them."


class PointsTooFine(AwardRefused):
    """The number of points has more places than the book counts in."""

    code = "points_too_fine"
    zh = "项目 {item} 所用细则的分值最小到 {unit} 分，不能记 {points} 分。请改为 {unit} 分的整数倍。"
    en = "The rules of {item} count in steps of {unit}, so there is no {points}. Give a multiple of {unit}."


class TierMissing(AwardRefused):
    """The item has several levels and none was named."""

    code = "tier_missing"
    zh = "项目 {item} 分档计分，请在 tier 中选择一档：{choices}。"
    en = "The item {item} has several tiers. Name one in tier: {choices}."


class TierUnknown(AwardRefused):
    """The item has no such level."""

    code = "tier_unknown"
    zh = "项目 {item} 没有档次 {tier}。请从中选择：{choices}。"
    en = "The item {item} has no tier {tier}. Take one of: {choices}."


class TierNotAsked(AwardRefused):
    """The item has no levels."""

    code = "tier_not_asked"
    zh = "项目 {item} 不分档。请去掉 tier。"
    en = "The item {item} has no tiers. Leave tier out."


class UnitsMissing(AwardRefused):
    """The item is counted in units and none were given."""

    code = "units_missing"
    zh = "项目 {item} 按数量计，请在 units 中填写数量（单位：{unit}）。"
    en = "The item {item} is counted in {unit}. Give their number in units."


class UnitsNotAsked(AwardRefused):
    """The item is not counted in units."""

    code = "units_not_asked"
    zh = "项目 {item} 不按数量计。请去掉 units。"
    en = "The item {item} is not counted in units. Leave units out."


class UnitsOutOfRange(AwardRefused):
    """The number of units is impossible."""

    code = "units_out_of_range"
    zh = "项目 {item} 的 units 应为 {low} 至 {high} 的整数，现为 {units}。请改正。"
    en = "The units of {item} are a whole number from {low} to {high}, not {units}. Correct them."


class OutcomeMissing(AwardRefused):
    """A duty's entry says what became of it."""

    code = "outcome_missing"
    zh = "项目 {item} 是应尽职责，请在 outcome 中写明 kept（已履行）或 missed（未履行）。"
    en = "The item {item} is a duty. Say in outcome whether it was kept or missed."


class OutcomeNotAsked(AwardRefused):
    """The item is not a duty that is kept or missed."""

    code = "outcome_not_asked"
    zh = "项目 {item} 不记履行情况。请去掉 outcome。"
    en = "The item {item} takes no outcome. Leave outcome out."


class NotOwed(AwardRefused):
    """Members of this profile do not owe the duty."""

    code = "not_owed"
    zh = "项目 {item} 不是该类党员的应尽职责，不能记录。请核对党员类型和支部情形。"
    en = "Members of this profile do not owe {item}, so nothing can be recorded. Check the profile and the branch."


class NoTarget(AwardRefused):
    """The duty has no target for the window."""

    code = "no_target"
    zh = "该职责没有时段 {window} 的目标。请核对评分细则。"
    en = "The duty has no target for the window {window}. Check the rule book."


def points_of(
    item: Item,
    *,
    tier: str | None,
    units: int | None,
    outcome: Outcome | None,
    chosen: int | None = None,
    decimals: int = 0,
) -> tuple[int, int]:
    """The units and points that one entry of the item adds (scoring, sections 2 and 3).

    In a book that loses, a duty *kept* is (1, 0) and *missed* (0, minus the share); hours or counts done are
    (units, 0), since the settling job finds the shortfall; a rate in percent loses what is missing of the share,
    rounded so that the points kept round down. Fixed points and tiers are (1, points), or (units, units x points) for
    an item with a unit; a range takes ``chosen``, the recorder's points in the book's smallest unit, whose
    ``decimals`` a refusal is worded in; under a ladder, rate or worth the measure gives the points, so the entry has 0.
    A veto is (1, 0).
    Raises one of ``AwardRefused``.
    """
    if chosen is not None and item.chosen is None:
        raise PointsNotAsked(item=item.code, field="points")
    if item.duty is not None:
        return _duty_points(item, item.duty, tier=tier, units=units, outcome=outcome)
    if outcome is not None:
        raise OutcomeNotAsked(item=item.code, field="outcome")
    if item.chosen is not None:
        _refuse_tier(item, tier)
        _refuse_units(item, units)
        return 1, _points_chosen(item, item.chosen, chosen, decimals)
    if item.kind is Kind.VETO:
        _refuse_tier(item, tier)
        _refuse_units(item, units)
        return 1, 0
    if item.measure.form in (MeasureForm.LADDER, MeasureForm.RATE, MeasureForm.WORTH):
        _refuse_tier(item, tier)
        return _counted(item, units, 0, UNITS_MAX), 0
    points = _fixed_points(item, tier)
    if item.unit is None:
        _refuse_units(item, units)
        return 1, points
    number = _counted(item, units, 1, UNITS_MAX)
    return number, number * points


def _duty_points(
    item: Item, duty: Duty, *, tier: str | None, units: int | None, outcome: Outcome | None
) -> tuple[int, int]:
    _refuse_tier(item, tier)
    if duty.settlement in (Settlement.AMOUNT, Settlement.RATE):
        if outcome is not None:
            raise OutcomeNotAsked(item=item.code, field="outcome")
        if duty.settlement is Settlement.AMOUNT:
            return _counted(item, units, 0, UNITS_MAX), 0
        percent = _counted(item, units, 0, PERCENT_MAX)
        return percent, rounded(duty.share * percent, PERCENT_MAX, duty.rounding) - duty.share
    _refuse_units(item, units)
    if outcome is None:
        raise OutcomeMissing(item=item.code, field="outcome")
    return (1, 0) if outcome is Outcome.KEPT else (0, -duty.share)


def _fixed_points(item: Item, tier: str | None) -> int:
    if item.tiers:
        choices = any_of(Words(f"{one.code}（{one.name.zh}）", f"{one.code} ({one.name.en})") for one in item.tiers)
        if tier is None:
            raise TierMissing(item=item.code, choices=choices, field="tier")
        found = item.tier(tier)
        if found is None:
            raise TierUnknown(item=item.code, tier=tier, choices=choices, field="tier")
        return found.points
    _refuse_tier(item, tier)
    if item.points is None:  # a routine item that this profile does not owe
        raise NotOwed(item=item.code, field="item")
    return item.points


def _points_chosen(item: Item, allowed: PointRange, chosen: int | None, decimals: int) -> int:
    low, high, step = (printed_text(one, decimals) for one in (allowed.low, allowed.high, allowed.step))
    if chosen is None:
        raise PointsMissing(item=item.code, low=low, high=high, field="points")
    if not allowed.low <= chosen <= allowed.high or (chosen - allowed.low) % allowed.step:
        points = printed_text(chosen, decimals)
        raise PointsOutOfRange(item=item.code, low=low, high=high, step=step, points=points, field="points")
    return chosen


def points_sent(item: Item, sent: Decimal | None, decimals: int) -> int | None:
    """What a recorder chose, as the book prints it, in its smallest unit. Raises ``PointsTooFine``."""
    if sent is None:
        return None
    points = smallest_unit(sent, decimals)
    if points is None:
        raise PointsTooFine(item=item.code, points=f"{sent:f}", unit=printed_text(1, decimals), field="points")
    return points


def _refuse_tier(item: Item, tier: str | None) -> None:
    if tier is not None:
        raise TierNotAsked(item=item.code, field="tier")


def _refuse_units(item: Item, units: int | None) -> None:
    if units is not None:
        raise UnitsNotAsked(item=item.code, field="units")


def _counted(item: Item, units: int | None, low: int, high: int) -> int:
    if units is None:
        raise UnitsMissing(item=item.code, unit=item.unit or "", field="units")
    if not low <= units <= high:
        raise UnitsOutOfRange(item=item.code, low=low, high=high, units=units, field="units")
    return units


def units_of_day(item: Item) -> int | None:
    """The most units of the item that one member's day can have: as the book says, or what hours a day has.

    None where the book leaves it open, and for a rate, which does not add up.
    """
    if item.units_max is not None:
        return item.units_max
    return HOURS_OF_DAY if item.unit == HOURS else None


def shortfall(duty: Duty, units_done: int, window: Window) -> int:
    """Points lost at the end of ``window`` by a duty settled by amount: 0 or negative (scoring, section 3).

    ``units_done`` are all units from the cycle's first day to the window's last. With the share worth the year's full
    target, what fell due by the window's end is floor(share x target / year's target), and what was kept of it is
    floor(share x min(done, target) / year's target); lost is the difference, so kept points round down. The year's
    value replaces the half-year's: the two share one duty. Raises ``NoTarget`` where the window has none.
    """
    target = next((one.units for one in duty.targets if one.window is window), None)
    if target is None:
        raise NoTarget(window=window.value)
    full = max(one.units for one in duty.targets)
    due = rounded(duty.share * target, full, duty.rounding)
    kept = rounded(duty.share * min(max(units_done, 0), target), full, duty.rounding)
    return kept - due
