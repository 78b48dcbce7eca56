"""Measures that count what was done on the items that a star sheet's indicator names (``items``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Protocol
from uuid import UUID

from app.auth.core import within
from app.kit.calendar import Window, half_days, half_of, month_days, month_of, quarter_days, quarter_of
from app.ratings.measured import Measured
from app.ratings.scoring import Reading
from app.ratings.store_measures import DutyCount, Session
from app.roster.core import NO_GROUPS, OrganisationView
from app.rules.core import STANDARD, Edition, Settlement
from app.rules.stars import Indicator


class ItemScene(Protocol):
    """What these measures look at of a year."""

    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date: ...
    @property
    def edition(self) -> Edition: ...
    @property
    def held(self) -> tuple[Session, ...]: ...
    @property
    def excepted(self) -> tuple[tuple[str, str, str], ...]: ...
    @property
    def duties(self) -> Mapping[UUID, tuple[DutyCount, ...]]: ...
    @property
    def with_groups(self) -> frozenset[UUID]: ...


ItemMeasure = Callable[[ItemScene, OrganisationView, Indicator], Measured]


def windows_ended(window: Window, first: date, last: date) -> Iterator[str]:
    """The windows that lie whole between two days of one year, in order."""
    for month in range(first.month, 13):
        day = first.replace(month=month, day=1)
        code, (begins, ends) = _window(window, day)
        if begins.month == month and first <= begins and ends <= last:
            yield code


def _window(window: Window, day: date) -> tuple[str, tuple[date, date]]:
    if window is Window.MONTH:
        return month_of(day), month_days(month_of(day))
    if window is Window.QUARTER:
        return quarter_of(day), quarter_days(quarter_of(day))
    if window is Window.HALF:
        return half_of(day), half_days(half_of(day))
    return str(day.year), (day.replace(month=1, day=1), day.replace(month=12, day=31))


def _due(scene: ItemScene, branch: OrganisationView, indicator: Indicator) -> set[tuple[str, str]]:
    """Item and window of what the branch was to hold: since it was there, without what is asked of nobody."""
    regime = scene.edition.regime(STANDARD if branch.id in scene.with_groups else NO_GROUPS)
    excepted = {(item, window) for path, item, window in scene.excepted if within(branch.path, path)}
    found: set[tuple[str, str]] = set()
    for code in indicator.items:
        item = None if regime is None else regime.items.get(code)
        if item is not None and item.duty is not None and item.duty.settlement is Settlement.SESSIONS:
            first = max(scene.first, branch.from_on)
            found |= {(code, window) for window in windows_ended(item.duty.window, first, scene.last)}
    return found - excepted


def _held(scene: ItemScene, branch: OrganisationView, indicator: Indicator) -> list[Session]:
    return [one for one in scene.held if one.item in indicator.items and within(one.path, branch.path)]


def _told(sessions: list[Session]) -> list[str]:
    return sorted(str(one.id) for one in sessions)


def meetings_held(scene: ItemScene, branch: OrganisationView, indicator: Indicator) -> Measured:
    due, held = _due(scene, branch, indicator), _held(scene, branch, indicator)
    kept = due & {(one.item, one.window) for one in held}
    missing = sorted(f"{item} {window}" for item, window in due - kept)
    return Measured(
        Reading(len(kept), len(due)),
        f"有会的时段 ÷ 应有会的时段（{'、'.join(indicator.items)}；截止日前已结束、区里未免予要求的）",
        f"windows with a session, of those due ({', '.join(indicator.items)}; ended by the cut-off, not excepted)",
        {"held": len(kept), "due": len(due), "missing": missing, "sessions": _told(held)},
    )


def theme_days(scene: ItemScene, branch: OrganisationView, indicator: Indicator) -> Measured:
    held = _held(scene, branch, indicator)
    windows = sorted({f"{one.item} {one.window}" for one in held})
    return Measured(
        Reading(len(windows)),
        f"有活动的时段数（{'、'.join(indicator.items)}；同一时段多次的计一次）",
        f"windows with a session ({', '.join(indicator.items)}; several in one window count once)",
        {"windows": windows, "sessions": _told(held)},
    )


def duties_kept(scene: ItemScene, branch: OrganisationView, indicator: Indicator) -> Measured:
    """Kept of kept and missed; what is waived or not decided yet is not due."""
    own = [one for one in scene.duties.get(branch.id, ()) if one.item in indicator.items]
    kept = sum(one.is_kept for one in own)
    missed = sorted(f"{one.member_id} {one.item} {one.window}" for one in own if not one.is_kept)
    return Measured(
        Reading(kept, len(own)),
        f"已履行 ÷ 已结算（{'、'.join(indicator.items)}；免予和未结算的不计）",
        f"kept, of what is settled ({', '.join(indicator.items)}; waived and undecided ones left out)",
        {"kept": kept, "due": len(own), "missed": missed},
    )


# By name of the measure; one that names no items is not known to the service.
BY_ITEMS: Mapping[str, ItemMeasure] = {
    "meetings_held": meetings_held,
    "theme_days": theme_days,
    "dues_and_transfers": duties_kept,
    "floating_contacts": duties_kept,
}
