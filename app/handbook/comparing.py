"""What changed from one edition to another, article by article, in words.

Nothing that differs is left unsaid, but the editions' codes and what follows from a change that is told (the list of
an item's assumptions, the aggregate of its citations).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from app.handbook.basis import basis_keys, basis_text
from app.handbook.differing import ABSENT, ORDER, Difference, Place, differences, order_difference, plain, stands_at
from app.handbook.glossary import Glossary
from app.handbook.telling import Change, Found, Teller, is_citation
from app.rules.core import STANDARD, Edition, Regime

_OF_NO_ACCOUNT = frozenset({"code", "digest", "regimes"})
_SAID_BY_EDITION = frozenset({"book", "edition", "digest", "profile"})
_DERIVED = frozenset({"citation", "assumptions"})  # of an item: they follow from its citations
# In the order in which an officer reads a book.
_SECTIONS = (
    "book", "name", "starts_on", "ends_on",
    "frame", "decimals", "opening", "carried", "newcomers", "total_high", "profiles", "class_names", "ranked",
    "graded", "dimensions", "items", "nodes", "across", "bands", "lines", "units", "citations", "sources", "stars",
)  # fmt: skip


def compare(old: Edition, new: Edition) -> tuple[Change, ...]:
    """Every change from the old edition to the new one, in the order of the book."""
    teller = Teller(Glossary(old), Glossary(new))
    in_regimes = [*_of_profiles(old, new), *_of_regimes(old, new)]
    told_keys = {
        key
        for one in in_regimes
        for edition, regime in ((old, one.old_regime), (new, one.new_regime))
        for key in _edition_key_shown(edition, regime, one.place)
    }
    classes = {one.place[1] for one in in_regimes if one.place[0] == "profiles"}
    beside = _of_edition(old, new, told_keys)
    found = [one for one in beside if one.place[0] != "class_names" or one.place[1] not in classes]
    found += in_regimes
    order = {code: number for number, code in enumerate([*_catalogue(new), *_catalogue(old)][::-1])}
    found.sort(key=lambda one: (_section(one.place), -order.get(one.place[1], 0) if one.place[0] == "items" else 0))
    return tuple(teller.told(one) for one in found)


def changes_for_profile(edition: Edition, usual: str, profile: str, item: str | None = None) -> tuple[Change, ...]:
    """What a class of members has otherwise than the usual one, within one edition; of items only one, if named."""
    one, other = edition.regimes[usual], edition.regimes[profile]
    if item is not None:
        one, other = (replace(each, items={item: each.items[item]}) for each in (one, other))
    teller = Teller(Glossary(edition), Glossary(edition))
    return tuple(teller.told(found) for found in _between(one, other, edition, edition))


def _section(place: Place) -> int:
    return _SECTIONS.index(place[0]) if place[0] in _SECTIONS else len(_SECTIONS)


def _catalogue(edition: Edition) -> list[str]:
    """The items' codes in the order of the catalogue."""
    return list(dict.fromkeys(code for regime in edition.regimes.values() for code in regime.items))


def _of_edition(old: Edition, new: Edition, told_keys: set[str]) -> Iterator[Found]:
    """What stands beside the regimes: frame, units, sources, star sheet, and citations of what did not change."""
    for field in fields(Edition):
        if field.name in _OF_NO_ACCOUNT:
            continue
        found = list(differences(getattr(old, field.name), getattr(new, field.name), (field.name,)))
        if field.name == "stars":
            told = {key for one in found for key in basis_keys(one.place)}
            found = [one for one in found if one.place[:2] != ("stars", "citations") or one.place[2] not in told]
        for one in found:
            if one.place[0] != "citations" or one.place[1] not in told_keys:
                yield Found(one, None, None, basis_text(old, None, one.place), basis_text(new, None, one.place))
    for one in order_difference(tuple(_catalogue(old)), tuple(_catalogue(new)), ("items",)):
        yield Found(one, None, None, "", "")


def _edition_key_shown(edition: Edition, regime: Regime | None, place: Place) -> list[str]:
    """The citation of the edition that is shown with the change of a value."""
    known = dict(edition.citations)
    if place[0] == "items" or (regime is None and place[0] != "profiles"):
        return []
    return [key for key in basis_keys(place, regime.profile if regime else "") if key in known][:1]


def _of_profiles(old: Edition, new: Edition) -> Iterator[Found]:
    """Classes of members that came or went, and for those that came what they have otherwise than the usual one.

    A profile under an overlay is not told by itself where either of the two comes or goes.
    """
    mine, other = _by_profile(old), _by_profile(new)
    for one in order_difference(tuple(mine), tuple(other), ("profiles",)):
        yield Found(one, None, None, "", "")
    changed = [code for code in [*mine, *other] if (code in mine) != (code in other)]
    usual = next((code for code in (STANDARD, *other) if code in mine and code in other), None)
    for code in changed:
        if any(part in changed for part in code.split("+") if part != code):
            continue
        before, after = mine.get(code, ABSENT), other.get(code, ABSENT)
        cited = basis_text(old, None, ("profiles", code)), basis_text(new, None, ("profiles", code))
        yield Found(Difference(("profiles", code), before, after), mine.get(code), other.get(code), *cited)
        if isinstance(after, Regime) and usual is not None:
            also = tuple(one for one in changed if one == code or code in one.split("+"))
            yield from _otherwise(_between(other[usual], after, new, new), also)


def _otherwise(found: Iterable[Found], codes: tuple[str, ...]) -> Iterator[Found]:
    """What a class has otherwise, without citations by themselves, and without the parts of what it does not have."""
    values = [one for one in found if not is_citation(one.place) and one.place[-1] != "assumptions"]
    without = {one.place[1] for one in values if one.place[-1] == "retired" and one.difference.new is True}
    for one in values:
        if one.place[0] != "items" or one.place[1] not in without or one.place[-1] == "retired":
            yield replace(one, profiles=codes, is_of_class=True)


def _by_profile(edition: Edition) -> dict[str, Regime]:
    return {regime.profile: regime for regime in edition.regimes.values()}


def _of_regimes(old: Edition, new: Edition) -> Iterator[Found]:
    """The changes of all classes that both have: what is the same change for several is told once."""
    mine, other = _by_profile(old), _by_profile(new)
    both = [code for code in mine if code in other]
    grouped: dict[Any, list[tuple[str, Found]]] = {}
    for code in both:
        for found in _between(mine[code], other[code], old, new):
            one = found.difference
            key = (one.place, plain(one.old), plain(one.new), found.old_cited, found.new_cited)
            grouped.setdefault(key, []).append((code, found))
    shown = [
        (one.place[1], basis_keys(one.place), one.old_cited, one.new_cited)
        for ((_, one), *_) in grouped.values()
        if one.place[0] == "items" and len(one.place) > 2 and not is_citation(one.place)
    ]
    for same in _merged(grouped.values()):
        found = same[0][1]
        if _is_shown(found, shown):
            continue
        codes = [code for code, _ in same]
        concerned = [code for code in both if _concerns(mine[code], other[code], found.place)]
        profiles = () if set(codes) >= set(concerned) else tuple(codes)
        yield replace(found, profiles=profiles)
        if found.difference.old is ABSENT and found.place[0] == "items" and len(found.place) == 2:
            yield from _variants_of_new(found, same)


def _is_shown(found: Found, shown: Sequence[tuple[str, tuple[str, ...], str, str]]) -> bool:
    """Whether a citation of an item changes as it is told with the value's change for other classes of members."""
    place, one = found.place, found.difference
    if place[0] != "items" or place[2:3] != ("citations",) or one.old is ABSENT or one.new is ABSENT:
        return False
    return any(
        code == place[1] and place[3] in keys and (old, new) == (one.old[1], one.new[1])
        for code, keys, old, new in shown
    )


def _merged(groups: Iterable[list[tuple[str, Found]]]) -> list[list[tuple[str, Found]]]:
    """An item that came or went is told once, however it differs from class to class."""
    kept: list[list[tuple[str, Found]]] = []
    whole: dict[tuple[Place, bool], list[tuple[str, Found]]] = {}
    for group in groups:
        place, is_new = group[0][1].place, group[0][1].difference.old is ABSENT
        is_whole = place[0] == "items" and len(place) == 2 and place[1] != ORDER
        if is_whole and (place, is_new) in whole:
            whole[place, is_new] += group
            continue
        if is_whole:
            whole[place, is_new] = group
        kept.append(group)
    return kept


def _variants_of_new(first: Found, same: Sequence[tuple[str, Found]]) -> Iterator[Found]:
    """What some classes of members have otherwise in an item that came."""
    variants: dict[Any, list[tuple[str, Found]]] = {}
    for code, found in same:
        variants.setdefault(plain(found.difference.new), []).append((code, found))
    for group in list(variants.values())[1:]:
        other = group[0][1]
        otherwise = [
            Found(one, first.new_regime, other.new_regime, "", "")
            for one in differences(first.difference.new, other.difference.new, first.place)
        ]
        yield from _otherwise(otherwise, tuple(code for code, _ in group))


def _concerns(old: Regime, new: Regime, place: Place) -> bool:
    at = place[:-1] if place[-1] == ORDER else place
    return stands_at(old, at) is not ABSENT or stands_at(new, at) is not ABSENT


def _between(old: Regime, new: Regime, old_edition: Edition, new_edition: Edition) -> Iterator[Found]:
    """What differs between two regimes, each with its citations; citations by themselves only where nothing else is."""
    found: list[Difference] = []
    for field in fields(Regime):
        if field.name not in _SAID_BY_EDITION:
            found += differences(getattr(old, field.name), getattr(new, field.name), (field.name,))
    values = [one for one in found if not is_citation(one.place)]
    told = {
        key
        for one in values
        for regime, at in ((old, one.old), (new, one.new))
        for key in _keys_shown(regime, one.place, at)
    }
    changed = {one.place[:2] for one in values if len(one.place) > 2}
    cited_items = {one.place[1] for one in found if one.place[0] == "items" and one.place[2:3] == ("citations",)}
    for one in found:
        if is_citation(one.place) and _is_told(one.place, told, changed, cited_items):
            continue
        if one.place[-1] == "assumptions" and one.place[1] in cited_items:
            continue
        yield Found(one, old, new, basis_text(old_edition, old, one.place), basis_text(new_edition, new, one.place))


def _is_told(place: Place, told: set[tuple[str, str]], changed: set[Place], cited_items: set[str]) -> bool:
    """Whether a citation's change is told with the value that it belongs to, or follows from one that is told."""
    if place[0] != "items":
        return place[:2] in changed
    if place[-1] in _DERIVED:
        return place[1] in cited_items
    return (place[1], place[3]) in told


def _keys_shown(regime: Regime, place: Place, value: Any) -> Iterator[tuple[str, str]]:
    """The citations of an item that are shown with the change of a value."""
    if place[0] == "items" and len(place) > 2 and value is not ABSENT:
        item = regime.items.get(place[1])
        cited = dict(item.citations) if item is not None else {}
        yield from ((place[1], key) for key in basis_keys(place) if key in cited)
