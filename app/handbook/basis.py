"""Where a compiled value comes from: its citation, found by the value's place."""

from __future__ import annotations

from collections.abc import Mapping

from app.handbook.differing import ABSENT, Place, stands_at
from app.rules.core import Edition, Item, Regime

# The keys under which an item's values are cited, by the value's place in the item.
_OF_ITEM = {
    ("duty", "window"): "duty.every",
    ("duty", "share"): "duty.share",
    ("duty", "unrecorded"): "duty.unrecorded",
    ("duty", "due"): "duty.due",
    ("duty", "rounding"): "duty.rounding",
    ("duty", "settlement"): "profile",
    ("chosen",): "range",
    ("heard",): "heard",
    ("veto", "effect"): "veto.effect",
    ("veto", "ground"): "veto.ground",
    ("veto", "band"): "veto.effect",
}
# What is not cited by itself stands on the ground of the whole article.
_ON_GROUNDS = frozenset({"name", "article", "kind", "dimension"})
_OF_EDITION = {"carried": "carried", "newcomers": "newcomers", "total_high": "total"}


def basis_keys(place: Place, profile: str = "") -> tuple[str, ...]:
    """The keys of the citations that may belong to a place, the nearest first."""
    if place[0] == "items" and len(place) > 2:
        return _item_keys(place[2:])
    if place[0] == "stars":
        inner = place[1:]
        return tuple(".".join(inner[:length]) for length in range(len(inner), 0, -1))
    if place[0] == "profiles":
        return f"profiles.{place[1]}", f"overlays.{place[1]}"
    if place[0] in ("ranked", "graded"):
        return (f"profiles.{profile}.{place[0]}",)
    if place[0] == "opening":
        return f"profiles.{profile}.base", "base"
    return (_OF_EDITION[place[0]],) if place[0] in _OF_EDITION else ()


def place_of_key(key: str) -> Place:
    """The place in an item of the value that is cited under the key."""
    inner = tuple(part for part in key.split(".") if part != "profile")
    return next((place for place, known in _OF_ITEM.items() if known == ".".join(inner)), inner)


def _item_keys(place: Place) -> tuple[str, ...]:
    if place[0] in ("points", "tiers", "bounds"):
        key = ".".join(part.split("#")[0] for part in place)
        return f"profile.{key}", key
    if place[0] == "measure":
        return "measure.best", "measure.rate", "measure.worth", "measure.rounding", "measure.ladder"
    if place[:2] == ("duty", "targets") and len(place) == 3:
        return (f"duty.targets.{place[2]}",)
    if place == ("duty",):
        return "duty.share", "duty.every", "duty.unrecorded"
    if place in _OF_ITEM:
        return (_OF_ITEM[place],)
    return ("grounds",) if place[0] in _ON_GROUNDS else ()


def basis_text(edition: Edition, regime: Regime | None, place: Place) -> str:
    """The citation of what stands at a place, as the book writes it; "" where it has none of its own."""
    if place[0] == "items":
        item = None if regime is None or len(place) < 2 else regime.items.get(place[1])
        return "" if item is None else item_basis(item, place[2:])
    if place[0] in ("nodes", "dimensions", "across", "bands", "lines") and regime is not None:
        return _nearest_citation(regime, place)
    cited: Mapping[str, str] = dict(edition.citations)
    if place[0] == "stars":
        cited = {} if edition.stars is None else edition.stars.citations
    return next((cited[key] for key in basis_keys(place, regime.profile if regime else "") if key in cited), "")


def item_basis(item: Item, place: Place) -> str:
    """The same within an item; its ground for the item as a whole."""
    cited = dict(item.citations)
    if not place:
        return cited.get("grounds", item.citation)
    if place[0] == "measure":
        keys = [key for key in cited if key.startswith("measure.")]
        return "; ".join(dict.fromkeys(cited[key] for key in keys))
    return next((cited[key] for key in _item_keys(place) if key in cited), "")


def _nearest_citation(regime: Regime, place: Place) -> str:
    """That of the value's own part, or of the nearest one around it."""
    for length in range(len(place), 1, -1):
        at = stands_at(regime, place[:length])
        if at is not ABSENT and isinstance(getattr(at, "citation", None), str):
            return str(at.citation)
    return ""
