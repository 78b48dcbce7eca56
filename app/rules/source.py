"""Reads a rule file strictly, keeping the line of every key.

The files are YAML 1.2 without what makes YAML dangerous or unclear: no anchors, aliases, tags or directives, one
document to a file, no key twice, bounded size and depth. Plain scalars follow the core schema of YAML 1.2 (``on`` and
``no`` are texts, ``012`` is twelve); numbers with a point are exact decimals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from app.rules.faults import FaultList, KeyPath

BYTES_MAX = 512 * 1024  # the Longwen catalogue with 72 items takes a fifth of it
DEPTH_MAX = 16
KEYS_MAX = 2_000  # of one table
VALUES_MAX = 20_000  # tables, lists and values of one file; the Longwen catalogue has about a tenth of them
DIGITS_MAX = 12
FILES_MAX = 500

# What no database column and no paper can hold: halves of a character, and control characters but tab and line ends.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+")
# What else YAML 1.2 would read as a number; refused, because a rule's value should look the same to everyone.
_OTHER_NUMBER = re.compile(
    r"0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_CONSTANTS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True)
class Source:
    """What a file says (plain values) and the line of each key in it (1-based)."""

    file: str
    data: dict[str, Any]
    lines: Mapping[KeyPath, int] = field(repr=False)

    def line(self, path: KeyPath) -> int:
        """The line of a key, or of the nearest key around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Stop(Exception):
    """Reading cannot go on after the fault just noted."""


def read_source(path: Path, shown: str, faults: FaultList) -> Source | None:
    """Read one file; None, with the reason among the faults, where nothing can be made of it.

    ``shown`` is the name by which faults call the file.
    """
    text = _text_of(path, shown, faults)
    if text is None:
        return None
    return read_text(text, shown, faults)


def read_text(text: str, shown: str, faults: FaultList) -> Source | None:
    """As ``read_source``, for a text already in memory."""
    reader = _Reader(shown, faults)
    try:
        data = reader.document(YAML(typ="safe", pure=True).parse(text))
    except _Stop:
        return None
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error).splitlines()[0]
        faults.add("yaml_syntax", shown, mark.line + 1 if mark else 1, reason=reason)
        return None
    except (ValueError, ArithmeticError) as error:  # an escape beyond Unicode, for one
        faults.add("yaml_syntax", shown, 1, reason=str(error))
        return None
    if not isinstance(data, dict):
        faults.add("not_a_mapping", shown, 1)
        return None
    return Source(shown, data, reader.lines)


def _text_of(path: Path, shown: str, faults: FaultList) -> str | None:
    try:
        with path.open("rb") as stream:
            content = stream.read(BYTES_MAX + 1)
    except OSError as error:
        faults.add("not_readable", shown, 1, reason=error.strerror or str(error))
        return None
    if len(content) > BYTES_MAX:
        faults.add("too_large", shown, 1, kilobytes=BYTES_MAX // 1024)
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.add("not_utf8", shown, content[: error.start].count(b"\n") + 1)
        return None


class _Reader:
    """Builds plain values from the parser's events, refusing what rule files do not use."""

    def __init__(self, shown: str, faults: FaultList) -> None:
        self._shown = shown
        self._faults = faults
        self.lines: dict[KeyPath, int] = {(): 1}
        self._values = 0

    def document(self, events: Iterator[Any]) -> Any:
        """The value of the one document."""
        value: Any = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if event.version not in (None, (1, 2)) or event.tags:
                    self._stop("directive", event, ())
                if documents > 1:
                    self._stop("many_documents", event, ())
            elif isinstance(event, MappingStartEvent | SequenceStartEvent | ScalarEvent | AliasEvent):
                value = self._value(event, events, ())
        return value

    def _value(self, event: Any, events: Iterator[Any], path: KeyPath) -> Any:
        if isinstance(event, AliasEvent) or event.anchor is not None:
            self._stop("alias", event, path)
        if event.tag is not None:
            self._stop("tag", event, path)
        self._values += 1
        if self._values > VALUES_MAX:
            self._stop("too_many_values", event, path[:4], limit=VALUES_MAX)
        if len(path) > DEPTH_MAX:
            self._stop("too_deep", event, path[:4], depth=DEPTH_MAX)
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        return self._scalar(event, path)

    def _mapping(self, events: Iterator[Any], path: KeyPath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            if not isinstance(event, ScalarEvent) or event.anchor is not None or event.tag is not None:
                self._stop("key_not_text", event, path)
            if _NO_TEXT.search(event.value):
                self._stop("no_text", event, path)
            if len(found) == KEYS_MAX:
                self._stop("too_many_values", event, path[:4], limit=KEYS_MAX)
            key, place = str(event.value), (*path, str(event.value))
            twice = key in found
            if twice:
                first = self.lines[place]
                self._faults.add("duplicate_key", self._shown, self._line(event), place, name=key, first=first)
                place = (*path, f"{key} ")  # read on past it without disturbing what the first one said
            self.lines[place] = self._line(event)
            value = self._value(next(events), events, place)
            if not twice:
                found[key] = value
        return found

    def _sequence(self, events: Iterator[Any], path: KeyPath) -> list[Any]:
        found: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            place = (*path, len(found))
            self.lines[place] = self._line(event)
            found.append(self._value(event, events, place))
        return found

    def _scalar(self, event: Any, path: KeyPath) -> Any:
        text: str = event.value
        plain = event.implicit[0]
        if _NO_TEXT.search(text):
            self._faults.add("no_text", self._shown, self._line(event), path)
            text = _NO_TEXT.sub("?", text)
        if not plain:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INTEGER.fullmatch(text) and len(text) <= DIGITS_MAX:
            return int(text)
        if _DECIMAL.fullmatch(text) and len(text) <= DIGITS_MAX:
            return Decimal(text)
        if _OTHER_NUMBER.fullmatch(text):
            self._faults.add("number_form", self._shown, self._line(event), path, text=text[:20])
            return 0
        return text

    def _line(self, event: Any) -> int:
        return int(event.start_mark.line) + 1

    def _stop(self, code: str, event: Any, path: KeyPath, **facts: Any) -> NoReturn:
        self._faults.add(code, self._shown, self._line(event), path, **facts)
        raise _Stop
