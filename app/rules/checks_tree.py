"""What the clamp tree of an edition must look like: nodes, groups, bounds, and items that stand outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.kit.calendar import WINDOW_LENGTH, Window
from app.rules.checks import Draft
from app.rules.core import SCORED_KINDS
from app.rules.document import BoundText, EditionText, ItemText


def node_names(edition: EditionText) -> list[str]:
    """Every node, parents first: the kinds, the dimensions in each, and the groups that the edition lists."""
    kinds = [kind.value for kind in SCORED_KINDS]
    dimensions = [f"{kind}/{dimension}" for kind in kinds for dimension in edition.dimensions]
    groups = [name for name in edition.nodes if name.count("/") == 2 and name.rpartition("/")[0] in dimensions]
    return [*kinds, *dimensions, *groups]


def parent_of(name: str) -> str | None:
    return name.rpartition("/")[0] or None


def above_item(item: ItemText) -> list[str]:
    """The nodes that hold an item, from the lowest up, before ``outside`` is looked at."""
    path = [f"{item.kind.value}/{item.dimension}", item.kind.value]
    return [f"{path[0]}/{item.group}", *path] if item.group else path


def check_tree(draft: Draft) -> None:
    known = set(node_names(draft.edition))
    for name, node in draft.edition.nodes.items():
        if name not in known:
            draft.fault("node_unknown", "nodes", name, name=name)
        elif name.count("/") == 2 and node.name is None:
            draft.fault("group_unnamed", "nodes", name)
        _check_bounds(draft, ("nodes", name, "bounds"), node.bounds)
    for code, item in draft.edition.items.items():
        _check_bounds(draft, ("items", code, "bounds"), item.bounds)
        if item.group is not None and above_item(item)[0] not in known and not draft.partial:
            draft.fault("group_unknown", "items", code, "group", name=item.group, node=above_item(item)[0])
        _check_outside(draft, code, item, known)
    _check_windows(draft)


def _check_bounds(draft: Draft, place: tuple[str, ...], bounds: Sequence[BoundText]) -> None:
    for number, bound in enumerate(bounds):
        low, high = bound.low, bound.high
        if low is None and high is None:
            draft.fault("bound_empty", *place, number)
        if low is not None and high is not None and low > high:
            draft.fault("bounds_reversed", *place, number, low=low, high=high)
        elif (low is not None and low > 0) or (high is not None and high < 0):
            draft.fault("bound_no_zero", *place, number)
        if number and WINDOW_LENGTH[bound.window] <= WINDOW_LENGTH[bounds[number - 1].window]:
            draft.fault("bounds_order", *place, number, "window")


def _check_outside(draft: Draft, code: str, item: ItemText, known: set[str]) -> None:
    """An item passes by the lowest nodes above it, never by its kind: there every item meets."""
    above = above_item(item)[:-1]
    choices = ", ".join(above)
    for number, name in enumerate(item.outside):
        place = ("items", code, "outside", number)
        if name not in known:
            draft.fault("outside_unknown", *place, name=name, above=choices)
        elif name not in above or any(lower not in item.outside for lower in above[: above.index(name)]):
            draft.fault("outside_not_above", *place, name=name, above=choices)


def _held_by(item: ItemText) -> list[str]:
    return [name for name in above_item(item) if name not in item.outside]


def _longest_below(draft: Draft) -> Iterator[tuple[str, str, Window]]:
    """For every node what stands below it with a bound: (node, the lower one, its longest window)."""
    edition = draft.edition
    for code, item in edition.items.items():
        if item.bounds:
            longest = max((bound.window for bound in item.bounds), key=WINDOW_LENGTH.__getitem__)
            yield from ((name, code, longest) for name in _held_by(item))
    for lower, node in edition.nodes.items():
        if node.bounds:
            longest = max((bound.window for bound in node.bounds), key=WINDOW_LENGTH.__getitem__)
            name = parent_of(lower)
            while name is not None:
                yield name, lower, longest
                name = parent_of(name)


def _check_windows(draft: Draft) -> None:
    """A ceiling's window is never shorter than one below it (scoring, section 2, rule 5)."""
    told: set[tuple[str, int]] = set()
    for name, below, longest in _longest_below(draft):
        node = draft.edition.nodes.get(name)
        for number, bound in enumerate(node.bounds if node else ()):
            if WINDOW_LENGTH[bound.window] < WINDOW_LENGTH[longest] and (name, number) not in told:
                told.add((name, number))
                place = ("nodes", name, "bounds", number, "window")
                draft.fault("window_shorter", *place, window=bound.window, below=below, longer=longest)
