"""From a file's plain values to its document, with every fault of form noted.

What is at fault is taken out and the rest read again, so that a misspelt key does not hide the faults behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.rules.faults import FaultList, KeyPath
from app.rules.source import Source

Document = TypeVar("Document", bound=BaseModel)

ROUNDS_MAX = 4  # a part taken out may uncover a fault in what stays

# Entries of these tables can be left out one by one; ``bands`` is a list and only makes sense whole.
_TABLES = (
    *("items", "profiles", "overlays", "lines", "nodes", "across", "sources", "examples"),
    *("modules", "indicators", "stars", "gates", "quotas", "vetoes", "downgrades"),  # of a star sheet
)
# Sections of a star sheet that can be left out whole; that they are there is checked later.
_SECTIONS = ("full", "round", "bonus", "order", "step", "rectification", "appraisal", "surveys")

_OUR_OWN = frozenset(
    {"uncited", "source_and_assumption", "points_form", "fraction_form", "day_form", "month_day_form", "windows_form"}
    | {"indicator_form", "day_far"}
)
_TYPE_NAMES: Mapping[str, tuple[str, str]] = {
    "string_type": ("文字", "a text"),
    "int_type": ("整数", "a whole number"),
    "bool_type": ("true 或 false", "true or false"),
    "dict_type": ("键值表", "a table of keys"),
    "list_type": ("列表", "a list"),
}


@dataclass(frozen=True)
class Parsed(Generic[Document]):
    """A document and whether parts of it were left out because they are at fault."""

    document: Document
    partial: bool


def parse(model: type[Document], source: Source, faults: FaultList) -> Parsed[Document] | None:
    """The document of a file; None where too little of it is sound. Every fault of form is among ``faults``."""
    data = deepcopy(source.data)
    partial = False
    for number in range(ROUNDS_MAX):
        found, details = _tried(model, data)
        if not number:
            _note_nulls(data, details, source, faults)
        if found is not None:
            return Parsed(found, partial)
        for detail in details:
            emptied = partial and detail["type"] == "too_short" and len(detail["loc"]) == 1  # by us
            if not emptied:
                _note(detail, source, faults)
        taken = [_take_out(data, detail) for detail in details]
        if not all(taken):
            return None
        partial = partial or any(detail["type"] != "extra_forbidden" for detail in details)
    return None


def _tried(model: type[Document], data: Any) -> tuple[Document | None, list[ErrorDetails]]:
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _note_nulls(data: Any, details: list[ErrorDetails], source: Source, faults: FaultList) -> None:
    """A key without a value is left out or filled in, also where it could stay away; what is at fault already stays."""
    told = {detail["loc"] for detail in details}
    for path in _nulls(data, ()):
        if not any(path[:length] in told for length in range(1, len(path) + 1)):
            faults.add("null_value", source.file, source.line(path), path, name=path[-1])


def _nulls(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    if value is None:
        yield path
    elif isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _nulls(one, (*path, key))


def _note(detail: ErrorDetails, source: Source, faults: FaultList) -> None:
    path: KeyPath = tuple(part for part in detail["loc"] if part != "[key]")
    kind, facts = detail["type"], detail.get("ctx") or {}
    name = str(path[-1]) if path else ""
    line = source.line(path)

    def add(code: str, **more: Any) -> None:
        faults.add(code, source.file, line, path, **more)

    if kind == "extra_forbidden":
        add("unknown_key", name=name)
    elif kind == "missing":
        add("missing_key", name=name)
    elif kind in _OUR_OWN:
        add(kind, value=_short(detail["input"]))
    elif kind == "model_type" and str(facts.get("class_name", "")).startswith("Cited"):
        add("uncited_bare", value=_short(detail["input"]))
    elif kind == "model_type":
        add("wrong_type", zh_type="键值表", en_type="a table of keys", value=_short(detail["input"]))
    elif kind in _TYPE_NAMES:
        zh_type, en_type = _TYPE_NAMES[kind]
        add("wrong_type", zh_type=zh_type, en_type=en_type, value=_short(detail["input"]))
    elif kind in {"enum", "literal_error"}:
        choices = str(facts.get("expected", ""))  # 'a', 'b' or 'c'
        add("not_one_of", value=_short(detail["input"]), choices=choices, zh_choices=_zh_choices(choices))
    elif kind in {"greater_than_equal", "less_than_equal", "out_of_range"}:
        add("out_of_range", value=_short(detail["input"]), limit=_limit(kind, facts))
    elif kind == "string_pattern_mismatch":
        add("code_form", value=_short(detail["input"]))
    elif kind in {"string_too_short", "too_short"}:
        add("empty")
    else:
        add("other_form", value=_short(detail["input"]), reason=detail["msg"])


def _zh_choices(choices: str) -> str:
    return "、".join(re.findall(r"[^\s',]+", choices.replace("' or '", "' '")))


def _limit(kind: str, facts: Mapping[str, Any]) -> str:
    if kind == "greater_than_equal":
        return f"≥ {facts['ge']}"
    if kind == "less_than_equal":
        return f"≤ {facts['le']}"
    return f"{facts['low']} … {facts['high']}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _take_out(data: dict[str, Any], detail: ErrorDetails) -> bool:
    """Remove what the fault is about; False where the document cannot do without it."""
    path = detail["loc"]
    if detail["type"] == "extra_forbidden":
        holder: Any = data
        for part in path[:-1]:
            if not isinstance(holder, dict | list):
                return True  # already taken out with what was around it
            try:
                holder = holder[part]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                return True
        if isinstance(holder, dict):
            holder.pop(path[-1], None)
        return True
    # What an extension tightens are tables in a table.
    tables, place = (data["tighten"], path[1:]) if len(path) > 2 and path[0] == "tighten" else (data, path)
    if len(place) > 1 and place[0] in _TABLES and isinstance(tables.get(str(place[0])), dict):
        tables[str(place[0])].pop(place[1], None)
        return True
    if path and path[0] in _SECTIONS:
        data.pop(str(path[0]), None)
        return True
    return False
