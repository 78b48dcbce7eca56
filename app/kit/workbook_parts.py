"""The parts of a workbook under inspection: what each is listened to for, and what it may hold at most."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import ClassVar
from xml.parsers import expat

from app.kit.sheets import (
    ErrorCellRefused,
    FormulaRefused,
    MergedCellsRefused,
    SheetFault,
    TooManyRows,
    WorkbookDamaged,
    WorkbookTooLarge,
    column_letters,
)

_REFERENCE = re.compile(r"^([A-Z]{1,3})([1-9]\d{0,6})$")
_FAULTS_MAX = 200  # more than anybody corrects in one go


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a workbook is taken; sizes in bytes, text in characters, all of them inclusive."""

    file_bytes: int = 10 * 1024 * 1024
    parts: int = 400
    part_bytes: int = 24 * 1024 * 1024
    total_bytes: int = 48 * 1024 * 1024
    sheets: int = 50
    rows: int = 20_000  # in a sheet
    columns: int = 200
    cells: int = 200_000  # in the workbook
    area: int = 400_000  # rows times columns of a sheet, since the parser lays out the whole rectangle
    text: int = 4_000_000  # in all cells together; one shared text may stand in many cells


@dataclass(slots=True)
class Counts:
    """What is counted across the sheets of one workbook."""

    limits: Limits
    cells: int = 0
    text: int = 0
    strings: list[int] = field(default_factory=list)  # lengths of the shared texts
    faults: list[SheetFault] = field(default_factory=list)

    def add_cell(self) -> None:
        self.cells += 1
        if self.cells > self.limits.cells:
            raise WorkbookTooLarge(what="单元格数", what_en="the number of cells", limit=self.limits.cells)

    def add_text(self, length: int) -> None:
        self.text += length
        if self.text > self.limits.text:
            raise WorkbookTooLarge(what="文字总量", what_en="the amount of text", limit=self.limits.text)

    def add_fault(self, fault: SheetFault) -> None:
        if len(self.faults) < _FAULTS_MAX:
            self.faults.append(fault)


class Part:
    """Well-formed XML in UTF-8 without a document type; subclasses listen to elements by their local names."""

    _listens: ClassVar[bool] = False

    def parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.EntityDeclHandler = _refuse_doctype
        parser.XmlDeclHandler = _accept_declaration
        if self._listens:
            parser.StartElementHandler = lambda name, attributes: self.start(_local(name), attributes)
            parser.EndElementHandler = lambda name: self.end(_local(name))
            parser.CharacterDataHandler = self.characters
        return parser

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def characters(self, text: str) -> None:
        """Text inside the element that began last."""


class BookPart(Part):
    """The list of sheets: (name, relation)."""

    _listens = True

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith("}id")), "")
            self.sheets.append((attributes.get("name", ""), relation))


class RelationsPart(Part):
    """Which relation leads to which part."""

    _listens = True

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


class StringsPart(Part):
    """Lengths of the texts that cells share."""

    _listens = True

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002 - a listener's shape
        if name == "si":
            self._length = 0

    def end(self, name: str) -> None:
        if name == "si":
            strings = self._counts.strings
            strings.append(self._length)
            if len(strings) > self._counts.limits.cells:
                raise WorkbookTooLarge(what="文字数", what_en="the number of texts", limit=self._counts.limits.cells)

    def characters(self, text: str) -> None:
        self._length += len(text)


class SheetPart(Part):
    """Cells with values: where they are, how many, how much text; formulas, merges and error values as faults.

    The declared dimension is not looked at: it lies, and colour on a whole column makes it a million rows.
    """

    _listens = True

    def __init__(self, sheet: str, counts: Counts) -> None:
        self._sheet = sheet
        self._counts = counts
        self._row = self._column = 0
        self._rows_max = self._columns_max = 0
        self._type = ""
        self._value = ""
        self._in_value = self._has_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "is"):
            self._in_value = self._has_value = True
        elif name == "f":
            self._counts.add_fault(FormulaRefused(sheet=self._sheet, row=self._row, column=self._letters()))
        elif name == "row":
            self._begin_row(attributes.get("r"))
        elif name == "mergeCell":
            self._counts.add_fault(MergedCellsRefused(sheet=self._sheet, cells=attributes.get("ref", "")[:30]))

    def end(self, name: str) -> None:
        if name in ("v", "is"):
            self._in_value = False
        elif name == "c" and self._has_value:
            self._end_cell()

    def characters(self, text: str) -> None:
        if self._in_value:
            self._counts.add_text(len(text))
            if len(self._value) < 20:
                self._value += text

    def _begin_row(self, given: str | None) -> None:
        if given is None:
            self._row += 1
        elif given.isascii() and given.isdigit() and len(given) < 9:
            self._row = int(given)
        else:
            raise WorkbookDamaged(what=f"{self._sheet}: the row {given[:20]!r}")
        self._column = 0

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        if given is None:
            self._column += 1
        elif (match := _REFERENCE.match(given)) is not None:
            self._row, self._column = int(match[2]), _number(match[1])
        else:
            # Another reader may understand what we do not, and then see a cell far outside what was measured.
            raise WorkbookDamaged(what=f"{self._sheet}: the cell {given[:20]!r}")
        self._type = attributes.get("t", "")
        self._value = ""
        self._has_value = False

    def _end_cell(self) -> None:
        self._counts.add_cell()
        self._measure(self._row, self._column)
        if self._type == "e":
            self._counts.add_fault(ErrorCellRefused(sheet=self._sheet, row=self._row, column=self._letters()))
        elif self._type == "s":
            index = int(self._value) if self._value.isascii() and self._value.isdigit() else -1
            if not 0 <= index < len(self._counts.strings):
                raise WorkbookDamaged(what=f"{self._sheet}!{self._letters()}{self._row}")
            self._counts.add_text(self._counts.strings[index])

    def _measure(self, row: int, column: int) -> None:
        limits = self._counts.limits
        self._rows_max, self._columns_max = max(self._rows_max, row), max(self._columns_max, column)
        beyond = self._rows_max > limits.rows or self._columns_max > limits.columns
        if beyond or self._rows_max * self._columns_max > limits.area:
            raise TooManyRows(
                sheet=self._sheet, row=row, column=column_letters(column),
                rows_max=limits.rows, columns_max=limits.columns,
            )  # fmt: skip

    def _letters(self) -> str:
        return column_letters(self._column)


def _refuse_doctype(*_declared: object) -> None:
    raise WorkbookDamaged(what="XML entities or a document type")


def _accept_declaration(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() not in ("utf-8", "utf8", "us-ascii"):
        raise WorkbookDamaged(what=f"encoding {encoding[:20]}")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
