"""What the clamp tree of an edition must look like: nodes, groups, bounds, and items that stand outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.kit.calendar import WINDOW_LENGTH, Window
from app.rules.checks import Draft
from app.rules.core import SCORED_KINDS, Kind
from app.rules.document import BoundText, EditionText, ItemText
from app.rules.profiles import measured_over


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
        check_bounds(draft, ("nodes", name, "bounds"), node.bounds)
        check_side(draft, ("nodes", name, "bounds"), node.bounds, name)
        check_no_months(draft, ("nodes", name, "bounds"), node.bounds)
    _check_groups(draft)
    for code, item in draft.edition.items.items():
        check_bounds(draft, ("items", code, "bounds"), item.bounds)
        check_side(draft, ("items", code, "bounds"), item.bounds, above_item(item)[0])
        if item.group is not None and above_item(item)[0] not in known and not draft.partial:
            draft.fault("group_unknown", "items", code, "group", name=item.group, node=above_item(item)[0])
        _check_outside(draft, code, item, known)
    _check_windows(draft)


def check_bounds(draft: Draft, place: tuple[str, ...], bounds: Sequence[BoundText]) -> None:
    """Bounds have a side, hold 0, and go from the shorter window to the longer."""
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


def check_side(draft: Draft, place: tuple[str, ...], bounds: Sequence[BoundText], node: str) -> None:
    """What only loses has floors, what only adds has ceilings: the other side would never hold anything.

    ``node`` is the one bounded, or the one above the item that is.
    """
    kind, *rest = node.split("/")
    idle = {Kind.FAULT.value: "high", Kind.INNOVATION.value: "low"}.get(kind)
    if kind == Kind.ROUTINE.value and rest:
        idle = "high" if draft.loses(rest[0]) else "low"
    for number, bound in enumerate(bounds):
        if idle is not None and getattr(bound, idle) is not None:
            other = "low" if idle == "high" else "high"
            draft.fault("bound_idle", *place, number, idle, side=idle, other=other)


def check_no_months(draft: Draft, place: tuple[str, ...], bounds: Sequence[BoundText]) -> None:
    """A month is bounded at the item, where its measure is clamped first (scoring, section 2, rule 4)."""
    for number, bound in enumerate(bounds):
        if bound.window is Window.MONTH:
            draft.fault("month_at_node", *place, number, "window")


def _check_groups(draft: Draft) -> None:
    """A group holds an item, of any class of members."""
    held = {above_item(item)[0] for item in draft.edition.items.values() if item.group is not None}
    for name in draft.edition.nodes:
        if name.count("/") == 2 and name not in held and not draft.partial:
            draft.fault("group_empty", "nodes", name, name=name)


def _check_outside(draft: Draft, code: str, item: ItemText, known: set[str]) -> None:
    """An item passes by the lowest nodes above it, never by its kind: there every item meets."""
    above = above_item(item)[:-1]
    choices = ", ".join(above)
    for number, name in enumerate(item.outside):
        place = ("items", code, "outside", number)
        if name not in known:
            draft.fault("outside_unknown", *place, name=name, above=choices)
        elif name not in above or any(lower not in item.outside for lower in above[: above.index(name)]):
            draft.fault("outside_not_above", *place, name=name, above=choices, lower=above[0])


def _held_by(item: ItemText) -> list[str]:
    return [name for name in above_item(item) if name not in item.outside]


def _longest_below(draft: Draft) -> Iterator[tuple[str, str, Window]]:
    """For every node what stands below it with a bound or measure: (node, the lower one, its longest window)."""
    edition = draft.edition
    for code, item in edition.items.items():
        windows = [bound.window for bound in item.bounds]
        if item.measure is not None:
            windows.append(measured_over(draft.book, item.measure))
        if windows:
            longest = max(windows, key=WINDOW_LENGTH.__getitem__)
            yield from ((name, code, longest) for name in _held_by(item))
    for lower, node in edition.nodes.items():
        if node.bounds:
            longest = max((bound.window for bound in node.bounds), key=WINDOW_LENGTH.__getitem__)
            name = parent_of(lower)
            while name is not None:
                yield name, lower, longest
                name = parent_of(name)


def _check_measure_windows(draft: Draft) -> None:
    """What is measured over a window cannot be bounded by a shorter one; months clamp sums and monthly measures."""
    for code, item in draft.edition.items.items():
        measured = None if item.measure is None else measured_over(draft.book, item.measure)
        for number, bound in enumerate(item.bounds if measured else ()):
            if measured is not None and WINDOW_LENGTH[bound.window] < WINDOW_LENGTH[measured]:
                place = ("items", code, "bounds", number, "window")
                draft.fault("window_shorter", *place, window=bound.window, below=code, longer=measured)


def _check_windows(draft: Draft) -> None:
    """A ceiling's window is never shorter than one below it (scoring, section 2, rule 5)."""
    _check_measure_windows(draft)
    told: set[tuple[str, int]] = set()
    for name, below, longest in _longest_below(draft):
        node = draft.edition.nodes.get(name)
        for number, bound in enumerate(node.bounds if node else ()):
            if WINDOW_LENGTH[bound.window] < WINDOW_LENGTH[longest] and (name, number) not in told:
                told.add((name, number))
                place = ("nodes", name, "bounds", number, "window")
                draft.fault("window_shorter", *place, window=bound.window, below=below, longer=longest)
