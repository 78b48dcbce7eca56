"""The arithmetic of proof: Merkle trees, the chain of checkpoints behind one another, and what is said to differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from app.kit.digests import canonical, digest

# What is hashed begins with a byte that says what it is, so that no node passes for a leaf (RFC 6962, section 2.1).
LEAF, NODE, CHECKPOINT = b"\x00", b"\x01", b"\x02"
NOTHING = digest(b"")  # the root of a tree without leaves
DIFFERENCES_MAX = 100


def leaf_hash(data: bytes) -> bytes:
    return digest(LEAF + data)


class Tree:
    """The Merkle tree of RFC 6962, leaf after leaf, in memory that grows with the logarithm of their number.

    An odd leaf is not doubled: it hangs by itself until a root is asked for.
    """

    __slots__ = ("_peaks", "count")

    def __init__(self, hashes: Iterable[bytes] = ()) -> None:
        self.count = 0
        self._peaks: list[tuple[int, bytes]] = []  # whole trees from left to right, each smaller than the one before
        for one in hashes:
            self.add(one)

    def add(self, leaf: bytes) -> None:
        """``leaf`` is a leaf's hash."""
        size = 1
        while self._peaks and self._peaks[-1][0] == size:
            leaf = digest(NODE + self._peaks.pop()[1] + leaf)
            size *= 2
        self._peaks.append((size, leaf))
        self.count += 1

    @property
    def root(self) -> bytes:
        if not self._peaks:
            return NOTHING
        found = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            found = digest(NODE + left + found)
        return found


@dataclass(frozen=True, slots=True, order=True)
class LeafKey:
    """A member's standing after the entry of the number."""

    cycle: str
    member_id: UUID
    seq: int


def standing_leaf(key: LeafKey, running_hash: bytes) -> bytes:
    """The leaf's hash: over the canonical ``[cycle, member, seq, running hash]``."""
    return leaf_hash(canonical([key.cycle, str(key.member_id), key.seq, running_hash.hex()]))


def row_line(row: Mapping[str, Any]) -> bytes:
    """A frozen standing as it is hashed and handed out: canonical JSON (RFC 8785). ValueError where JSON has none."""
    line = dict(row)
    for name, value in row.items():
        plain = _PLAIN.get(type(value))
        if plain is not None:
            line[name] = plain(value)
    return canonical(line)


@lru_cache(maxsize=8)
def _moment(at: datetime) -> str:
    """Rows that were frozen together bear one moment."""
    return moment(at)


_PLAIN: Mapping[type, Callable[[Any], Any]] = {UUID: str, bytes: bytes.hex, datetime: _moment}


def moment(at: datetime) -> str:
    """UTC, to the microsecond, in one form only."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class EditionMark:
    """A rule book's edition by the digest of its content."""

    book: str
    code: str
    digest: str

    def plain(self) -> dict[str, str]:
        return {"book": self.book, "code": self.code, "digest": self.digest}


@dataclass(frozen=True, slots=True)
class Seal:
    """What the checkpoint of a seal adds: the tree over the quarter's frozen standings, and the editions in force."""

    quarter: str
    rows: int
    rows_root: bytes
    editions: tuple[EditionMark, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One link of a district's chain; ``previous`` is the root before it, empty before the first."""

    district_id: UUID
    number: int
    made_at: datetime
    previous: bytes
    leaves: int
    leaves_root: bytes
    seal: Seal | None = None

    def header(self) -> dict[str, Any]:
        """What the root is the digest of."""
        seal = None
        if self.seal is not None:
            seal = {
                "quarter": self.seal.quarter,
                "rows": {"count": self.seal.rows, "root": self.seal.rows_root.hex()},
                "editions": [one.plain() for one in self.seal.editions],
            }
        return {
            "district": str(self.district_id),
            "number": self.number,
            "made_at": moment(self.made_at),
            "previous": self.previous.hex(),
            "leaves": {"count": self.leaves, "root": self.leaves_root.hex()},
            "seal": seal,
        }

    @property
    def root(self) -> bytes:
        return root_of(self.header())


def root_of(header: Mapping[str, Any]) -> bytes:
    return digest(CHECKPOINT + canonical(header))


@dataclass(frozen=True, slots=True)
class Root:
    """A checkpoint's root as it is kept outside."""

    number: int
    made_at: str
    quarter: str | None
    root: bytes


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not what it ought to be. ``row`` names it: its table, and what it is about."""

    row: str
    what: str
    stored: str
    ought: str


@dataclass(slots=True)
class Differences:
    """All of them counted, the first kept."""

    count: int = 0
    first: list[Difference] = field(default_factory=list)

    def add(self, row: str, what: str, stored: object, ought: object) -> None:
        self.count += 1
        if len(self.first) < DIFFERENCES_MAX:
            self.first.append(Difference(row, what, _shown(stored), _shown(ought)))


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)[:200]
