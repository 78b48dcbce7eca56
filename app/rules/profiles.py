"""What a class of members has otherwise: an edition under a profile and a property of the branch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.kit.calendar import WINDOW_LENGTH, Window
from app.rules.cited import CitedPoints, CitedUnrecorded
from app.rules.core import Kind, Settlement, Starts, overlaid
from app.rules.document import BookText, BoundText, EditionText, ItemOverride, MeasureText, OverlayText, ProfileText


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
    """An item's duty as a class of members owes it."""

    share: CitedPoints
    settled: Settlement
    unrecorded: CitedUnrecorded | None


def regime_keys(edition: EditionText) -> list[RegimeKey]:
    """Every profile alone and under every overlay."""
    overlays: list[str | None] = [None, *edition.overlays]
    return [RegimeKey(profile, overlay) for profile in edition.profiles for overlay in overlays]


def parts_of(edition: EditionText, key: RegimeKey) -> list[OverlayText]:
    """What is laid over the items, the overlay first: the member's profile has the last word."""
    overlay = [] if key.overlay is None else [edition.overlays[key.overlay]]
    return [*overlay, edition.profiles[key.profile]]


def overrides_of(edition: EditionText, code: str, key: RegimeKey) -> list[ItemOverride]:
    """What the parts laid over an item change in it, in their order."""
    return [part.items[code] for part in parts_of(edition, key) if code in part.items]


def is_without(edition: EditionText, code: str, key: RegimeKey) -> bool:
    """Whether the class does not have the item at all."""
    return any(code in part.without for part in parts_of(edition, key))


def duty_owed(edition: EditionText, code: str, key: RegimeKey) -> OwedDuty | None:
    """The item's duty under the regime; None where its members do not owe it."""
    item = edition.items[code]
    if item.duty is None or item.retired or is_without(edition, code, key):
        return None
    if edition.profiles[key.profile].duties == "none":
        return None
    share, settled, unrecorded = item.duty.share, item.duty.settled, item.duty.unrecorded
    for change in overrides_of(edition, code, key):
        share = change.share or share
        if change.settled is not None and change.settled is not settled:
            settled, unrecorded = change.settled, None
    return OwedDuty(share, settled, unrecorded or edition.unrecorded.get(settled))


def cycle_window(book: BookText) -> Window:
    """How long a cycle of the book lasts."""
    return Window.YEAR if book.cycle.period is None else book.cycle.period.value


def measured_over(book: BookText, measure: MeasureText) -> Window:
    """The window of a measure; one that names none is taken over the whole cycle."""
    return min(measure.window, cycle_window(book), key=WINDOW_LENGTH.__getitem__)


def times_a_cycle(book: BookText, window: Window) -> int:
    """How often a window comes round in one cycle of the book; once where it is (wrongly) longer than the cycle."""
    return max(1, WINDOW_LENGTH[cycle_window(book)] // WINDOW_LENGTH[window])


def basic_points_of(edition: EditionText, profile: ProfileText) -> Decimal:
    """What the allotments of the profile add up to, or what its members open with."""
    return (profile.base or edition.base).value


def starts_of(edition: EditionText, dimension: str) -> Starts:
    """Whether the dimension loses from full or earns from zero; BASE where nothing is allotted."""
    opens = edition.dimensions[dimension].opens
    return edition.opening.value if opens is None else opens.value


def allotments_of(edition: EditionText, profile: ProfileText) -> dict[str, CitedPoints | None]:
    """Each dimension's allotment under the profile, before its weight; None where nothing is allotted."""
    return {code: profile.allotments.get(code, text.allotment) for code, text in edition.dimensions.items()}


def allotted_bounds(starts: Starts, allotment: CitedPoints | None) -> list[BoundText]:
    """A dimension loses, or where it earns gains, its allotment at most."""
    if allotment is None:
        return []
    low, high = (-allotment.value, None) if starts is Starts.FULL else (Decimal(0), allotment.value)
    return [BoundText(window=Window.YEAR, low=low, high=high, assumption=True)]


def weighted_allotments(edition: EditionText, profile: ProfileText) -> dict[str, Decimal]:
    """Each dimension's allotment as it counts in the daily score: times its weight."""
    found: dict[str, Decimal] = {}
    for code, allotment in allotments_of(edition, profile).items():
        node = edition.nodes.get(f"{Kind.ROUTINE.value}/{code}")
        numerator, denominator = node.weight.value if node and node.weight else (1, 1)
        found[code] = (Decimal(0) if allotment is None else allotment.value) * numerator / denominator
    return found


def opening_of(edition: EditionText, profile: ProfileText) -> Decimal:
    """What the book gives at the start of a cycle: the base, or the allotments of the dimensions that lose."""
    if edition.opening.value is Starts.BASE:
        return basic_points_of(edition, profile)
    weighted = weighted_allotments(edition, profile)
    return sum((value for code, value in weighted.items() if starts_of(edition, code) is Starts.FULL), Decimal(0))


def shares_of(book: BookText, edition: EditionText, key: RegimeKey) -> dict[str, Decimal]:
    """What a cycle's duties of each dimension are worth together under the regime."""
    sums = dict.fromkeys(edition.dimensions, Decimal(0))
    for code, item in edition.items.items():
        duty = duty_owed(edition, code, key)
        if duty is not None and item.duty is not None and item.dimension in sums:
            sums[item.dimension] += duty.share.value * times_a_cycle(book, item.duty.every.value)
    return sums


def cited_parts(edition: EditionText) -> Iterator[tuple[tuple[str, ...], OverlayText]]:
    """Every profile and overlay with its place in the file."""
    for code, profile in edition.profiles.items():
        yield ("profiles", code), profile
    for code, overlay in edition.overlays.items():
        yield ("overlays", code), overlay
