"""What a book that extends another may say: add items and tighten bounds, and never loosen.

What is at fault here is left out of the merged edition, which then goes through the checks of every edition; their
faults are told at the place in the extension's own file that they come from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from operator import gt, lt
from typing import Any

from app.kit.calendar import Window
from app.rules.checks import Draft
from app.rules.checks_sequence import uncited
from app.rules.checks_tree import check_bounds, node_names
from app.rules.core import Kind, YearForm
from app.rules.document import BookText, BoundText, CycleText, EditionText, ItemText
from app.rules.extension_document import EXTENDS, BookExtensionText, ExtensionText, TightenedText, TightenText
from app.rules.faults import FaultList, KeyPath
from app.rules.inheritance import bounds_of_node, extended_edition
from app.rules.source import Source

_OWN = frozenset({"edition", "name", "from", "until", EXTENDS, "tighten"})


@dataclass(frozen=True)
class ExtensionDraft(Draft):
    """An edition that extends another; ``edition`` is the parent's until what it adds is laid over it."""

    extension: ExtensionText

    def fault(self, code: str, *path: str | int, **facts: Any) -> None:
        place = self._place(path, str(facts.get("below", "")))
        self.faults.add(code, self.source.file, self.source.line(place), place, **facts)

    def _place(self, path: KeyPath, below: str) -> KeyPath:
        """Where in the extension's file a part of the merged edition comes from.

        A fault of the parent's own values can only come of what was added: ``below`` tells of what, else the file's
        ``extends`` stands for them.
        """
        if not path or path[0] in _OWN or (path[0] == "items" and path[1:2] and path[1] in self.extension.items):
            return path
        changed = path[2:] if path[0] in ("profiles", "overlays") and len(path) > 3 else path
        tightened = _table(self.extension.tighten, str(changed[0]))
        if len(changed) > 1 and changed[1] in tightened:
            place = ("tighten", *changed[:2])
            number = self._number(changed, tightened[str(changed[1])])
            if number is not None:
                return (*place, "bounds", number, *changed[4:])
            if not self._is_below(below):
                return place
        if below in self.extension.items:
            return "items", below
        for table in ("items", "nodes"):
            if below in _table(self.extension.tighten, table):
                return "tighten", table, below
        return EXTENDS, *path

    def _is_below(self, name: str) -> bool:
        tighten = self.extension.tighten
        return name in self.extension.items or name in tighten.items or name in tighten.nodes

    def _number(self, path: KeyPath, tightened: TightenedText) -> int | None:
        """The place of a merged bound in the extension's own list; None where the bound is the parent's."""
        if len(path) < 4 or path[2] != "bounds":
            return None
        holder = self.edition.items if path[0] == "items" else self.edition.nodes
        merged = holder[str(path[1])].bounds
        window = merged[int(path[3])].window if int(path[3]) < len(merged) else None
        return next((number for number, one in enumerate(tightened.bounds) if one.window is window), None)


def _table(tighten: TightenText, name: str) -> Mapping[str, TightenedText]:
    return tighten.items if name == "items" else tighten.nodes if name == "nodes" else {}


def check_book(parent: BookText, own: BookExtensionText, source: Source, faults: FaultList) -> None:
    """What the book takes over from the one it extends is the same, where it is said again."""

    def fault(code: str, *path: str, **facts: Any) -> None:
        faults.add(code, source.file, source.line(path), path, parent=parent.book, **facts)

    if own.decimals not in (None, parent.decimals):
        fault("extension_differs", "decimals", name="decimals")
    if own.cycle is not None and _frame(own.cycle) != _frame(parent.cycle):
        fault("extension_differs", "cycle", name="cycle")
    for code, name in own.units.items():
        if code in parent.units and parent.units[code] != name:
            fault("extension_differs", "units", code, name=f"units.{code}")
    for code, text in own.sources.items():
        if code in parent.sources and parent.sources[code] != text:
            fault("extension_source", "sources", code, name=code, title=parent.sources[code].title)


def _frame(cycle: CycleText) -> tuple[int, Window, YearForm]:
    period = Window.YEAR if cycle.period is None else cycle.period.value
    return cycle.first_month.value, period, YearForm.LAST if cycle.year is None else cycle.year.value


def extended(
    book: BookText, parents: Sequence[EditionText], own: ExtensionText, source: Source, faults: FaultList, partial: bool
) -> ExtensionDraft | None:
    """The whole edition, to be checked like any; None where the edition that it extends is not among ``parents``."""
    parent = next((one for one in parents if one.edition == own.extends), None)
    if parent is None:
        known = ", ".join(one.edition for one in parents)
        faults.add(
            "extension_edition",
            source.file,
            source.line((EXTENDS,)),
            (EXTENDS,),
            name=own.extends,
            choices=known,
        )
        return None
    draft = ExtensionDraft(book, parent, source, faults, partial, own)
    items = {code: item for code, item in own.items.items() if _is_item_sound(draft, parents, code, item)}
    tighten = TightenText(items=dict(_sound_items(draft)), nodes=dict(_sound_nodes(draft)))
    sound = own.model_copy(update={"items": items, "tighten": tighten})
    is_whole = len(items) == len(own.items) and tighten == own.tighten
    return replace(draft, edition=extended_edition(book, parent, sound), partial=partial or not is_whole)


def check_days(parents: Sequence[EditionText], drafts: Sequence[ExtensionDraft]) -> None:
    """On every day of an edition the one that it extends is in force. Both go from the earliest on."""
    for number, draft in enumerate(drafts):
        own = draft.extension
        at = next(place for place, one in enumerate(parents) if one.edition == own.extends)
        first, last = parents[at].starts, _last_day(parents[at], parents[at + 1 :])
        facts = {"parent": own.extends, "first": first, "last": last or "…"}
        if own.starts < first or (last is not None and own.starts > last):
            draft.fault("extension_days", "from", day=own.starts, **facts)
            continue
        ends = _last_day(draft.edition, [one.edition for one in drafts[number + 1 :]])
        if last is not None and (ends is None or ends > last):
            place = "until" if own.until is not None else EXTENDS
            draft.fault("extension_outlives", place, following=last + timedelta(days=1), **facts)


def _last_day(edition: EditionText, later: Sequence[EditionText]) -> date | None:
    """The last day on which the edition is in force; None if it goes on."""
    replaced = [one.starts - timedelta(days=1) for one in later if one.starts > edition.starts][:1]
    return min([*replaced, *([] if edition.until is None else [edition.until])], default=None)


def _is_item_sound(draft: ExtensionDraft, parents: Sequence[EditionText], code: str, item: ItemText) -> bool:
    """Whether a new item takes nobody's code, no member's allotment, and passes by no ceiling."""
    before = draft.faults.count
    place = ("items", code)
    if code in draft.edition.items:
        draft.fault("extension_code_taken", *place, name=code, parent=draft.edition.edition)
    else:
        for other in parents:
            old = other.items.get(code)
            if old is not None and _meaning(old) != _meaning(item):
                draft.fault("extension_code_meaning", *place, name=code, parent=other.edition, old=old.name.zh)
                break
    if item.duty is not None or (item.kind is Kind.ROUTINE and draft.loses(item.dimension)):
        draft.fault("extension_duty", *place, "duty" if item.duty is not None else "kind")
    if item.outside:
        draft.fault("extension_outside", *place, "outside", names=", ".join(item.outside))
    for name, across in draft.edition.across.items():
        every = {one for one, text in draft.edition.items.items() if text.kind is across.kind}
        if across.kind is item.kind and every <= set(across.items):
            draft.fault("extension_across", *place, name=name, kind=item.kind.value)
    return draft.faults.count == before


def _meaning(item: ItemText) -> tuple[object, ...]:
    """What a code stands for, and what of it stays through a cycle."""
    frame = (uncited(item.measure), item.group, frozenset(item.outside))
    return item.kind, item.dimension, item.name.zh, frame


def _sound_items(draft: ExtensionDraft) -> Iterator[tuple[str, TightenedText]]:
    for code, one in draft.extension.tighten.items.items():
        place = ("tighten", "items", code)
        item = draft.edition.items.get(code)
        if item is None:
            known = "items" if code in draft.extension.items else ""
            draft.fault("tighten_own" if known else "tighten_unknown", *place, name=code)
        elif _is_narrower(draft, place, item.bounds, one.bounds):
            yield code, one


def _sound_nodes(draft: ExtensionDraft) -> Iterator[tuple[str, TightenedText]]:
    known = set(node_names(draft.edition))
    for name, one in draft.extension.tighten.nodes.items():
        place = ("tighten", "nodes", name)
        if name not in known:
            draft.fault("tighten_unknown", *place, name=name)
        elif _is_narrower(draft, place, bounds_of_node(draft.book, draft.edition, name), one.bounds):
            yield name, one


def _is_narrower(
    draft: ExtensionDraft, place: tuple[str, ...], bounds: Sequence[BoundText], by: Sequence[BoundText]
) -> bool:
    """Whether the bounds are sound in themselves and none is wider than the parent's over the same window."""
    before = draft.faults.count
    check_bounds(draft, (*place, "bounds"), by)
    known = {bound.window: bound for bound in bounds}
    for number, bound in enumerate(by):
        old = known.get(bound.window)
        if old is None:
            continue
        for side, value, limit, is_wider in (
            ("low", bound.low, old.low, lt),
            ("high", bound.high, old.high, gt),
        ):
            if value is not None and limit is not None and is_wider(value, limit):
                facts = {"side": side, "value": value, "old": limit, "window": bound.window.value}
                draft.fault("tighten_wider", *place, "bounds", number, side, **facts)
    return draft.faults.count == before


def check_siblings(books: Sequence[tuple[str, str, Sequence[Draft]]]) -> None:
    """Codes added by books that extend the same one mean the same: members move between their branches.

    Of each book: that at the head of those which it extends, its code, its editions.
    """
    seen: dict[tuple[str, str], tuple[str, ItemText]] = {}
    for root, book, drafts in books:
        for draft in drafts:
            for code, item in draft.extension.items.items() if isinstance(draft, ExtensionDraft) else ():
                other, old = seen.setdefault((root, code), (book, item))
                if other != book and _meaning(old) != _meaning(item):
                    draft.fault("extension_sibling", "items", code, name=code, other=other, old=old.name.zh)
