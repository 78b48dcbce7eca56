"""A book that extends another: its documents laid over those of the other one.

What comes out are the documents of a whole book, which are checked and compiled like any. Nothing here can loosen:
of two bounds over one window the narrower holds on each side, for every class of members.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from app.kit.calendar import WINDOW_LENGTH
from app.rules.cited import CitedPoints
from app.rules.compile_items import reference_of
from app.rules.core import Kind, Starts
from app.rules.document import (
    BookText,
    BoundText,
    EditionText,
    ItemOverride,
    ItemText,
    NodeOverride,
    NodeText,
    OverlayText,
    ProfileText,
)
from app.rules.extension_document import BookExtensionText, ExtensionText, TightenedText
from app.rules.profiles import allotted_bounds, cycle_window, starts_of

Part = TypeVar("Part", bound=OverlayText)
_NOTE_MAX = 2000


def extended_book(parent: BookText, own: BookExtensionText) -> BookText:
    """The whole book: its own names, the cycle and decimals of the one extended, the units and sources of both."""
    return parent.model_copy(
        update={
            "book": own.book,
            "name": own.name,
            "issuer": own.issuer,
            "applies_to": own.applies_to,
            "units": {**parent.units, **own.units},
            "sources": {**parent.sources, **own.sources},
        }
    )


def extended_edition(book: BookText, parent: EditionText, own: ExtensionText) -> EditionText:
    """The whole edition: what the parent says, with what ``own`` adds and tightens."""
    nodes = {name: one.bounds for name, one in own.tighten.nodes.items()}
    implied = {name: dimension for name in nodes if (dimension := dimension_of_allotment(parent, name)) is not None}
    profiles = {code: _profile(book, parent, one, own, implied) for code, one in parent.profiles.items()}
    return parent.model_copy(
        update={
            "edition": own.edition,
            "name": own.name,
            "starts": own.starts,
            "until": own.until,
            "items": {**_items(parent.items, own.tighten.items), **own.items},
            "nodes": {**parent.nodes, **{name: _node(book, parent, name, by) for name, by in nodes.items()}},
            "profiles": profiles,
            "overlays": {code: _part(one, own) for code, one in parent.overlays.items()},
        }
    )


def bounds_of_node(book: BookText, parent: EditionText, name: str) -> Sequence[BoundText]:
    """A node's bounds as they stand for whoever belongs to no special class."""
    dimension = dimension_of_allotment(parent, name)
    if dimension is not None:
        return _allotted(book, parent, dimension, parent.dimensions[dimension].allotment)
    return parent.nodes[name].bounds if name in parent.nodes else []


def dimension_of_allotment(parent: EditionText, name: str) -> str | None:
    """The dimension whose allotment bounds the node, where the edition names no bounds of its own for it."""
    kind, _, dimension = name.partition("/")
    bounded = name in parent.nodes and parent.nodes[name].bounds
    return dimension if kind == Kind.ROUTINE.value and dimension in parent.dimensions and not bounded else None


def narrowed(bounds: Sequence[BoundText], by: Sequence[BoundText]) -> list[BoundText]:
    """``bounds`` with those of ``by`` laid over them: on each side the narrower one, from the shortest window on."""
    found = {bound.window: bound for bound in bounds}
    for bound in by:
        known = found.get(bound.window)
        found[bound.window] = bound if known is None else _narrower(known, bound)
    return sorted(found.values(), key=lambda bound: WINDOW_LENGTH[bound.window])


def _items(items: Mapping[str, ItemText], by: Mapping[str, TightenedText]) -> dict[str, ItemText]:
    return {
        code: item.model_copy(update={"bounds": narrowed(item.bounds, by[code].bounds)}) if code in by else item
        for code, item in items.items()
    }


def _node(book: BookText, parent: EditionText, name: str, by: Sequence[BoundText]) -> NodeText:
    node = parent.nodes.get(name) or NodeText()
    return node.model_copy(update={"bounds": narrowed(bounds_of_node(book, parent, name), by)})


def _allotted(
    book: BookText, parent: EditionText, dimension: str, allotment: CitedPoints | None
) -> Sequence[BoundText]:
    """The bound that follows from an allotment, as a file would write it: over a cycle, and without an idle side."""
    changes: dict[str, object] = {"window": cycle_window(book)}
    if starts_of(parent, dimension) is not Starts.FULL:
        changes["low"] = None  # what earns never falls below 0
    found = allotted_bounds(starts_of(parent, dimension), allotment)
    return [bound.model_copy(update=changes) for bound in found]


def _part(part: Part, own: ExtensionText) -> Part:
    """A profile or overlay, with its own bounds kept inside the tightened ones."""
    items, nodes = own.tighten.items, own.tighten.nodes
    return part.model_copy(
        update={
            "items": {code: _override(one, items.get(code)) for code, one in part.items.items()},
            "nodes": {
                name: NodeOverride(bounds=narrowed(one.bounds, nodes[name].bounds)) if name in nodes else one
                for name, one in part.nodes.items()
            },
        }
    )


def _override(change: ItemOverride, by: TightenedText | None) -> ItemOverride:
    if by is None or change.bounds is None:
        return change
    return change.model_copy(update={"bounds": narrowed(change.bounds, by.bounds)})


def _profile(
    book: BookText, parent: EditionText, profile: ProfileText, own: ExtensionText, implied: Mapping[str, str]
) -> ProfileText:
    """As ``_part``; where the class's own allotment bounds a node, that bound is written out to be narrowed too."""
    nodes: dict[str, NodeOverride] = {}
    for name, dimension in implied.items():
        if dimension in profile.allotments:
            found = _allotted(book, parent, dimension, profile.allotments[dimension])
            nodes[name] = NodeOverride(bounds=narrowed(found, own.tighten.nodes[name].bounds))
    part = _part(profile, own)
    return part.model_copy(update={"nodes": {**part.nodes, **nodes}}) if nodes else part


def _narrower(known: BoundText, by: BoundText) -> BoundText:
    """One bound over the window of both. Where each gives one side, its note tells which side stands where."""
    low = _inner(known.low, by.low, max)
    high = _inner(known.high, by.high, min)
    if (low, high) == (known.low, known.high):
        return known
    if (low, high) == (by.low, by.high):
        return by
    kept, taken = ("low", "high") if low == known.low else ("high", "low")
    is_assumed = by.assumption or known.assumption
    return BoundText(
        window=known.window,
        low=low,
        high=high,
        source=None if is_assumed else list(dict.fromkeys([*by.keys, *known.keys])),
        assumption=is_assumed,
        note=f"{taken}: {reference_of(by)}; {kept}: {reference_of(known)}"[:_NOTE_MAX],
    )


def _inner(one: Decimal | None, other: Decimal | None, of: Callable[[Decimal, Decimal], Decimal]) -> Decimal | None:
    """The narrower of two limits of one side; None is no limit."""
    if one is None or other is None:
        return other if one is None else one
    return of(one, other)
