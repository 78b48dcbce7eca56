"""Review packs: what they are made of, how far one is, and how a copy is marked.

A pack's image is text, one fact a line: a head, then what is said of each branch in the order of the tree, then the
lists. Whatever is printed is made of these lines alone, so the same image gives the same papers on any day; and the
pack of a committee or branch is the image of the district with the lines of others left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.auth.core import within
from app.kit.digests import canonical

FORMAT = 1  # of the image: a change of its meaning takes the next number
CHUNK_BYTES = 256 * 1024
LOST_AFTER = timedelta(minutes=5)  # a maker without a sign of life for so long is given up
ATTEMPTS_MAX = 3
COPY_DAYS = 1  # how long a copy can be fetched, and its download resumed

Json = dict[str, Any]


class PackKind(StrEnum):
    """The period that a pack is about."""

    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


class PackState(StrEnum):
    """How far a pack is."""

    WAITING = "waiting"
    MAKING = "making"
    DONE = "done"
    FAILED = "failed"


class Part(StrEnum):
    """What a pack consists of beside its image."""

    WORKBOOK = "workbook"
    TABLE = "table"
    STARS = "stars"
    REPORT = "report"
    DOCUMENT = "document"


IMAGE = "image"
MEDIA_TYPES: Mapping[Part, str] = {
    Part.WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Part.TABLE: "text/csv; charset=utf-8",
    Part.STARS: "text/csv; charset=utf-8",
    Part.REPORT: "application/pdf",
    Part.DOCUMENT: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
SUFFIXES: Mapping[Part, str] = {
    Part.WORKBOOK: "xlsx",
    Part.TABLE: "csv",
    Part.STARS: "stars.csv",
    Part.REPORT: "pdf",
    Part.DOCUMENT: "docx",
}


class Fact(StrEnum):
    """What a line of an image is about."""

    HEAD = "head"
    BRANCH = "branch"
    MEMBER = "member"
    ENTRY = "entry"
    ADJUSTMENT = "adjustment"
    FINDING = "finding"
    COMMENDATION = "commendation"
    CASE = "case"
    STAR = "star"
    MENTORING = "mentoring"


@dataclass(frozen=True, slots=True)
class PartMade:
    """One of the papers; ``digest`` is the SHA-256 of its bytes in hex."""

    part: Part
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose pack it is: the district, a committee or a branch."""

    id: UUID
    path: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Pack:
    """What is known of a pack."""

    id: UUID
    kind: PackKind
    period: str
    quarter: str
    scope_id: UUID
    path: str
    state: PackState
    progress: int
    asked_at: datetime
    asked_by: UUID | None = None
    maker: UUID | None = None
    beat_at: datetime | None = None
    attempts: int = 0
    made_at: datetime | None = None
    digest: bytes | None = None
    root: bytes | None = None
    editions: tuple[str, ...] = ()
    parts: tuple[PartMade, ...] = ()
    lacking: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None

    def is_to_be_made(self, now: datetime) -> bool:
        """Whether a maker may take it up: nobody is at it, or whoever was has died."""
        if self.state is PackState.WAITING:
            return True
        if self.state is PackState.MAKING:
            return self.beat_at is None or now - self.beat_at > LOST_AFTER
        return False

    def has(self, part: Part) -> bool:
        return any(one.part is part for one in self.parts)


@dataclass(frozen=True, slots=True)
class Copy:
    """A marked copy that somebody took."""

    id: UUID
    pack_id: UUID
    part: Part
    taken_by: UUID | None
    taken_at: datetime
    reason: str
    size: int
    digest: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands on every page of a copy: who took it, when, and what for."""

    by: str
    at: str
    reason: str
    number: str

    @property
    def line(self) -> str:
        return f"{self.by} {self.at} 导出 编号 {self.number} 用途：{self.reason}"

    @property
    def short(self) -> str:
        """For the watermark across a page."""
        return f"{self.by} {self.at}"


def line_of(fact: Json) -> bytes:
    """A line of an image: canonical JSON (RFC 8785) and a line feed."""
    return canonical(fact) + b"\n"


MEMBER_HELPED = "党员"  # the kind of a mentoring that helps a person
_NOT_NAMED = "（其他党组织的党员，不列名）"


def cut(lines: Iterable[Json], scope: Scope, source: bytes) -> Iterator[Json]:
    """The image of a committee or branch: the district's without the lines of others.

    ``source`` is the digest of the district's, which the head then names. Who only leads a pairing is told that there
    is one; a member of elsewhere who is helped by it is not named: that a member needs help is for their own to know.
    """
    for one in lines:
        if one["is"] == Fact.HEAD:
            own = {"id": str(scope.id), "kind": scope.kind, "name": scope.name, "path": scope.path}
            yield {**one, "scope": own, "source": source.hex()}
        elif within(one["path"], scope.path):
            yield one
        elif within(one.get("also", ""), scope.path):
            yield {**one, "helped": _NOT_NAMED} if one.get("kind") == MEMBER_HELPED else one


# A Chinese id number of 15 or 18 places, and a mobile or fixed telephone number, however they are spaced.
_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{6}[ -]?(?:(?:19|20)\d{6}[ -]?\d{3}[0-9Xx]|\d{9})(?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|(?<!\d)0\d{2,3}[ -]\d{7,8}(?!\d)")


def scrubbed(text: str) -> str:
    """The words without id and telephone numbers: people write them into remarks, and no paper shows them."""
    return _PHONE.sub("（号码略）", _ID_NUMBER.sub("（证件号略）", text))


def range_of(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last that a ``Range`` header asks for; None: all of them.

    One span only: several are answered with everything, as RFC 9110 allows. Raises ValueError where nothing lies in it.
    """
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", (header or "").strip())
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None  # not a range at all, and so not heeded
    if start >= size or start >= end:
        raise ValueError(header)
    return start, end


def pieces(start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Of which chunk, from which byte of it to before which, the bytes from ``start`` to before ``end`` are."""
    for number in range(start // CHUNK_BYTES, (end - 1) // CHUNK_BYTES + 1):
        base = number * CHUNK_BYTES
        yield number, max(start - base, 0), min(end - base, CHUNK_BYTES)
