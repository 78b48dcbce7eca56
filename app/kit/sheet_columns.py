"""A workbook that people fill in, as they see it: sheets, headings, notes, and what a cell may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.kit.words import Words

INSTRUCTIONS = "说明"  # the sheet for people; never read
FAULTS = "问题清单"  # what was wrong, in a workbook handed back; never read


class Form(StrEnum):
    """What a cell may hold."""

    TEXT = "text"
    CODE = "code"  # text without spaces, half-width
    DAY = "day"
    WHOLE = "whole"  # a whole number from 0 on
    DECIMAL = "decimal"  # a number of at most two places, of either sign
    CHOICE = "choice"
    OFFERED = "offered"  # a list is offered; whether another text means anything is for whoever uses it


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, what it may hold, and a note for whoever fills it in; ``width`` in characters.

    ``heading_en`` stands on the heading's second line, where there is one. ``also`` are choices that are understood and
    not offered. What is ``personal`` is never repeated in a message.
    """

    key: str
    heading: str
    note: str
    form: Form = Form.TEXT
    required: bool = False
    width: int = 16
    length_max: int = 60
    choices: Mapping[str, str] = field(default_factory=dict)  # what is shown -> what is meant
    heading_en: str = ""
    also: Mapping[str, str] = field(default_factory=dict)
    whole_max: int = 100_000
    personal: bool = False

    @property
    def words(self) -> Words:
        """The heading as a message quotes it: in English with both of its lines, since the first is what is read."""
        return Words(self.heading, f"{self.heading} / {self.heading_en}" if self.heading_en else self.heading)


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """One sheet and its columns in the template's order; a reader takes them in any order."""

    key: str
    name: str
    note: str
    columns: tuple[Column, ...]
