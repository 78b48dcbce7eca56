"""Where two values of the rules differ: by field, and in lists by what their elements are called.

Nothing is passed over: what this module does not know by its parts it tells as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any

from app.rules import core
from app.rules.finds import Finds
from app.rules.lines import Band, Exclusion
from app.rules.name import Name

ORDER = "#order"  # the last part of a place where only the order differs


class Absent(Enum):
    """Stands for what one of two values does not have at all."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT

# Told in one piece, because their parts say nothing alone.
_WHOLE = (Name, core.Bound, core.Tier, core.Rung, core.PointRange, core.Target, core.Measure, Finds, Exclusion, Band)
# What an element of a list is called, by the first of these that it has.
_CALLED = ("code", "name", "window", "units", "ground", "star")

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place with what stands there in each of the two; ``ABSENT`` where there is nothing."""

    place: Place
    old: Any
    new: Any


def plain(value: Any) -> Any:
    """The value as nested tuples, every field of it, fit to be compared and to be a key."""
    if is_dataclass(value) and not isinstance(value, type):
        return type(value).__name__, tuple((one.name, plain(getattr(value, one.name))) for one in fields(value))
    if isinstance(value, Mapping):
        return tuple(sorted((str(key), plain(part)) for key, part in value.items()))
    if isinstance(value, frozenset):
        return tuple(sorted(plain(part) for part in value))
    if isinstance(value, tuple | list):
        return tuple(plain(part) for part in value)
    return value.value if isinstance(value, Enum) else value


def same(old: Any, new: Any) -> bool:
    """Whether two values agree in every field, also in those that their own equality leaves out."""
    return old is new or bool(plain(old) == plain(new))


def differences(old: Any, new: Any, place: Place = ()) -> Iterator[Difference]:
    """Every place where the two differ, in the order of the fields."""
    if same(old, new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _of_named({str(key): one for key, one in old.items()}, new, place)
    elif _has_parts(old) and type(old) is type(new):
        for one in fields(old):
            yield from differences(getattr(old, one.name), getattr(new, one.name), (*place, one.name))
    elif _is_list(old, place) and _is_list(new, place):
        mine, other = named(old), named(new)
        yield from _of_named(mine, other, place)
        yield from order_difference(tuple(mine), tuple(other), place)
    else:
        yield Difference(place, old, new)


def order_difference(old: tuple[str, ...], new: tuple[str, ...], place: Place) -> Iterator[Difference]:
    """Whether what both have stands in another order."""
    kept, moved = [one for one in old if one in new], [one for one in new if one in old]
    if kept != moved:
        yield Difference((*place, ORDER), tuple(kept), tuple(moved))


def named(values: tuple[Any, ...]) -> dict[str, Any]:
    """A list's elements by what they are called; one called like an earlier one gets a number."""
    found: dict[str, Any] = {}
    for value in values:
        name = _called(value)
        key, number = name, 1
        while key in found:
            number += 1
            key = f"{name}#{number}"
        found[key] = value
    return found


def stands_at(value: Any, place: Place) -> Any:
    """What stands at a place of a value, ``ABSENT`` if nothing does."""
    for part in place:
        if isinstance(value, Mapping):
            value = value.get(part, ABSENT)
        elif isinstance(value, tuple):
            value = named(value).get(part, ABSENT)
        else:
            value = getattr(value, part, ABSENT)
        if value is None or value is ABSENT:
            return ABSENT
    return value


def _of_named(old: Mapping[str, Any], new: Mapping[str, Any], place: Place) -> Iterator[Difference]:
    for key in [*old, *(key for key in new if key not in old)]:
        mine, other = old.get(key, ABSENT), new.get(key, ABSENT)
        if mine is ABSENT or other is ABSENT:
            yield Difference((*place, key), mine, other)
        else:
            yield from differences(mine, other, (*place, key))


def _has_parts(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, _WHOLE)


def _is_list(value: Any, place: Place) -> bool:
    """A tuple of things that are called something; pairs are citations by their key."""
    if not isinstance(value, tuple):
        return False
    if place and place[-1] == "citations":
        return True
    return all(is_dataclass(one) for one in value)


def _called(value: Any) -> str:
    if isinstance(value, tuple):
        return str(value[0])
    for name in _CALLED:
        if hasattr(value, name):
            called = getattr(value, name)
            return str(called.value if isinstance(called, Enum) else called)
    return type(value).__name__
