"""Which duties a class of members owes: the items of an edition under a profile and a property of the branch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.kit.calendar import WINDOW_LENGTH, Window
from app.rules.core import Settlement, overlaid
from app.rules.document import Cited, CitedPoints, CitedUnrecorded, EditionText, OverlayText, ProfileText


@dataclass(frozen=True)
class RegimeKey:
    """A profile, alone or under an overlay; ``code`` is what a regime is called by."""

    profile: str
    overlay: str | None

    @property
    def code(self) -> str:
        return overlaid(self.profile, self.overlay)


@dataclass(frozen=True)
class OwedDuty:
    """An item's duty as a class of members owes it; ``grounds`` cites what the class changes in it."""

    share: CitedPoints
    settled: Settlement
    unrecorded: CitedUnrecorded | None
    grounds: tuple[Cited, ...]


def regime_keys(edition: EditionText) -> list[RegimeKey]:
    """Every profile alone and under every overlay."""
    overlays: list[str | None] = [None, *edition.overlays]
    return [RegimeKey(profile, overlay) for profile in edition.profiles for overlay in overlays]


def parts_of(edition: EditionText, key: RegimeKey) -> list[OverlayText]:
    """What is laid over the items, the overlay first: the member's profile has the last word."""
    overlay = [] if key.overlay is None else [edition.overlays[key.overlay]]
    return [*overlay, edition.profiles[key.profile]]


def duty_owed(edition: EditionText, code: str, key: RegimeKey) -> OwedDuty | None:
    """The item's duty under the regime; None where its members do not owe it."""
    item = edition.items[code]
    parts = parts_of(edition, key)
    if item.duty is None or item.retired or any(code in part.without for part in parts):
        return None
    if edition.profiles[key.profile].duties == "none":
        return None
    share, settled, unrecorded = item.duty.share, item.duty.settled, item.duty.unrecorded
    grounds: list[Cited] = []
    for part in parts:
        change = part.items.get(code)
        if change is None:
            continue
        share = change.share or share
        if change.settled is not None and change.settled is not settled:
            settled, unrecorded = change.settled, None
        if change.grounds is not None:
            grounds.append(change.grounds)
    return OwedDuty(share, settled, unrecorded or edition.unrecorded.get(settled), tuple(grounds))


def times_a_year(window: Window) -> int:
    return 12 // WINDOW_LENGTH[window]


def allotments_of(edition: EditionText, profile: ProfileText) -> dict[str, CitedPoints]:
    """Each dimension's allotment under the profile."""
    return {code: profile.allotments.get(code, text.allotment) for code, text in edition.dimensions.items()}


def shares_of(edition: EditionText, key: RegimeKey) -> dict[str, Decimal]:
    """What a year's duties of each dimension are worth together under the regime."""
    sums = dict.fromkeys(edition.dimensions, Decimal(0))
    for code, item in edition.items.items():
        duty = duty_owed(edition, code, key)
        if duty is not None and item.duty is not None and item.dimension in sums:
            sums[item.dimension] += duty.share.value * times_a_year(item.duty.every.value)
    return sums


def cited_parts(edition: EditionText) -> Iterator[tuple[tuple[str, ...], OverlayText]]:
    """Every profile and overlay with its place in the file."""
    for code, profile in edition.profiles.items():
        yield ("profiles", code), profile
    for code, overlay in edition.overlays.items():
        yield ("overlays", code), overlay
