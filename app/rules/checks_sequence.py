"""What the editions of a book must be to one another: no gap, no overlap, codes that keep their meaning."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from app.rules.checks import Draft, starts_cycle, walk
from app.rules.cited import Cited
from app.rules.core import Matter
from app.rules.document import ItemText

# What stays through a cycle (scoring, section 2), in the edition and in each of its items and nodes.
_FRAME = ("base", "opening", "carried", "newcomers", "dimensions", "bands", "lines", "across", "total")
_ITEM_FRAME = ("measure", "group", "outside")


def check_sequence(drafts: list[Draft]) -> None:
    """Editions follow one another without gap or overlap; codes keep their meaning; a cycle keeps its frame."""
    for before, draft in itertools.pairwise(drafts):
        until, start = before.edition.until, draft.edition.starts
        facts: dict[str, Any] = {"before": before.edition.edition, "until": until, "start": start}
        if start == before.edition.starts:
            draft.fault("edition_overlap", "from", **{**facts, "until": until or "…"})
        elif until is not None and start <= until:
            draft.fault("edition_overlap", "from", **facts)
        elif until is not None and start > until + timedelta(days=1):
            draft.fault("edition_gap", "from", **facts)
        _check_touched(before, draft)
        if not starts_cycle(draft):
            _check_frame(before, draft)
            _check_items_stay(before, draft)
            _check_nodes_stay(before, draft)
            _check_profiles_stay(before, draft)
    for number, draft in enumerate(drafts):
        for code, item in draft.edition.items.items():
            _check_meaning(drafts[:number], draft, code, item)


def _check_touched(before: Draft, draft: Draft) -> None:
    """What an edition changes or adds says since when and on what ground: a dated document, or a reason of its own."""
    old = {path: value for path, value in walk(before.edition) if isinstance(value, Cited)}
    for path, value in walk(draft.edition):
        if not isinstance(value, Cited) or (path in old and uncited(old[path]) == uncited(value)):
            continue
        facts = {"name": ".".join(str(part) for part in path), "before": before.edition.edition}
        undated = [key for key in value.keys if key in draft.book.sources and draft.book.sources[key].date is None]
        if undated and value.note is None:
            draft.fault("touched_undated", *path, source=", ".join(undated), **facts)
        elif value.assumption and value.note is None:
            draft.fault("touched_unexplained", *path, **facts)


def _check_meaning(earlier: list[Draft], draft: Draft, code: str, item: ItemText) -> None:
    """A code once given keeps its kind, dimension and Chinese name."""
    for before in reversed(earlier):
        old = before.edition.items.get(code)
        if old is None:
            continue
        if (old.kind, old.dimension, old.name.zh) != (item.kind, item.dimension, item.name.zh):
            draft.fault(
                "code_meaning",
                "items",
                code,
                name=code,
                before=before.edition.edition,
                old=old.name.zh,
                was=f"{old.kind.value}, {old.dimension}",
                new=item.name.zh,
                now=f"{item.kind.value}, {item.dimension}",
            )
        return


def _check_frame(before: Draft, draft: Draft) -> None:
    """In mid-cycle base, opening, dimensions, bands, lines and across stay (scoring, section 2)."""
    for key in _FRAME:
        if uncited(getattr(before.edition, key)) != uncited(getattr(draft.edition, key)):
            draft.fault("changed_in_cycle", key, name=key, start=draft.edition.starts, before=before.edition.edition)


def _check_items_stay(before: Draft, draft: Draft) -> None:
    """In mid-cycle an item may be retired, not dropped: its points stay. Its measure and its place stay too."""
    facts = {"start": draft.edition.starts, "before": before.edition.edition}
    for code, old in before.edition.items.items():
        item = draft.edition.items.get(code)
        if item is None:
            if not draft.partial:
                draft.fault("item_dropped", "items", name=code, **facts)
            continue
        for key in _ITEM_FRAME:
            if uncited(getattr(old, key)) != uncited(getattr(item, key)):
                draft.fault("changed_in_cycle", "items", code, key, name=f"{code} {key}", **facts)
        if (old.matter or Matter.OPTIONAL) is not (item.matter or Matter.OPTIONAL):
            draft.fault("changed_in_cycle", "items", code, "matter", name=f"{code} matter", **facts)


def _check_nodes_stay(before: Draft, draft: Draft) -> None:
    """In mid-cycle the tree keeps its shape and weights; only bounds change."""
    facts = {"start": draft.edition.starts, "before": before.edition.edition}
    for name in {**before.edition.nodes, **draft.edition.nodes}:
        old, new = before.edition.nodes.get(name), draft.edition.nodes.get(name)
        group = name.count("/") == 2
        if group and (old is None) != (new is None):
            draft.fault("changed_in_cycle", "nodes", name, name=name, **facts)
        elif uncited(old and old.weight) != uncited(new and new.weight):
            draft.fault("changed_in_cycle", "nodes", name, "weight", name=f"{name} weight", **facts)


def _check_profiles_stay(before: Draft, draft: Draft) -> None:
    """In mid-cycle a class keeps what its members opened with."""
    facts = {"start": draft.edition.starts, "before": before.edition.edition}
    for code, old in before.edition.profiles.items():
        new = draft.edition.profiles.get(code)
        if new is None:
            if not draft.partial:
                draft.fault("profile_dropped", "profiles", name=code, **facts)
            continue
        for key in ("base", "allotments"):
            if uncited(getattr(old, key)) != uncited(getattr(new, key)):
                draft.fault("changed_in_cycle", "profiles", code, key, name=f"{code} {key}", **facts)


def uncited(value: Any) -> Any:
    """A value without where it comes from, which may be corrected at any time."""
    if isinstance(value, BaseModel):
        kept = {
            name: uncited(getattr(value, name)) for name in type(value).model_fields if name not in Cited.model_fields
        }
        return (type(value).__name__, kept)
    if isinstance(value, dict):
        return {key: uncited(part) for key, part in value.items()}
    if isinstance(value, list):
        return [uncited(part) for part in value]
    return value
