"""Proof that what is shown is what the ledger adds up to: every standing is rebuilt from its entries and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.kit.calendar import quarter_of_window
from app.kit.errors import LongwenError
from app.points import verifying_store as store
from app.points.gathering import Books
from app.points.ledger import Balance
from app.points.verifying_store import StoredStanding, WrittenEntry

FINDINGS_MAX = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that differs for one member in one cycle."""

    cycle: str
    member_id: UUID
    what: str
    stored: str
    rebuilt: str


@dataclass(slots=True)
class Verified:
    """What was looked at, and every difference (at most ``FINDINGS_MAX`` are kept)."""

    members: int = 0
    entries: int = 0
    differing: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return self.differing == 0

    def add(self, finding: Finding) -> None:
        self.differing += 1
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(finding)


def verify(connection: Connection, actor: Actor, progress: Callable[[int], None] | None = None) -> Verified:
    """Rebuild every standing of the district from its entries; memory does not grow with their number."""
    books = Books.opened(connection, actor)
    verified = Verified()
    entries = groupby(
        store.stream_entries(connection, actor.district_id),
        key=lambda written: (written.entry.cycle, written.entry.member_id),
    )
    pending = next(entries, None)
    for stored in store.stream_standings(connection, actor.district_id):
        key = (stored.balance.cycle, stored.balance.member_id)
        while pending is not None and pending[0] < key:
            verified.add(Finding(*pending[0], "standing", "none", f"{sum(1 for _ in pending[1])} entries"))
            pending = next(entries, None)
        own: Iterator[WrittenEntry] = iter(())
        if pending is not None and pending[0] == key:
            own = pending[1]
        finding, count = _compare(books, stored, own)
        if pending is not None and pending[0] == key:
            pending = next(entries, None)
        verified.members += 1
        verified.entries += count
        if finding is not None:
            verified.add(finding)
        if progress is not None:
            progress(verified.members)
    while pending is not None:
        verified.add(Finding(*pending[0], "standing", "none", f"{sum(1 for _ in pending[1])} entries"))
        pending = next(entries, None)
    return verified


def _compare(books: Books, stored: StoredStanding, entries: Iterator[WrittenEntry]) -> tuple[Finding | None, int]:
    kept = stored.balance
    rebuilt = Balance(
        cycle=kept.cycle,
        member_id=kept.member_id,
        branch_id=kept.branch_id,
        seq=0,
        version=kept.version,
        opening=0,
        cells={},
        regimes=kept.regimes,
        vetoes=0,
        ranked=kept.ranked,
        running_hash=b"",
    )
    count = 0
    for count, written in enumerate(entries, start=1):
        entry = written.entry
        if entry.seq != count:
            return Finding(kept.cycle, kept.member_id, "seq", str(entry.seq), str(count)), count
        if written.is_forged:
            return Finding(kept.cycle, kept.member_id, f"words of entry {count}", written.reason or "", "other"), count
        regime = kept.regimes.get(quarter_of_window(entry.window))
        if regime != (entry.edition, entry.profile):
            shown = f"{entry.edition} {entry.profile}"
            return Finding(kept.cycle, kept.member_id, f"regime of entry {count}", str(regime), shown), count
        rebuilt.take(entry)
    try:
        score = books.score(rebuilt)
    except (KeyError, ValueError, LongwenError) as error:
        # An item, window or regime that no rule book knows: somebody wrote it past the service.
        return Finding(kept.cycle, kept.member_id, "rules", "unknown", f"{type(error).__name__} {error}"), count
    numbers = (score.daily, score.innovation, score.fault, score.total, score.effective, score.decimals)
    for what, mine, theirs in (
        ("seq", kept.seq, rebuilt.seq),
        ("opening", kept.opening, rebuilt.opening),
        ("vetoes", kept.vetoes, rebuilt.vetoes),
        ("cells", kept.cells, rebuilt.cells),
        ("running hash", kept.running_hash.hex(), rebuilt.running_hash.hex()),
        ("daily, innovation, fault, total, effective, decimals", stored.numbers, numbers),
        ("matrix", stored.matrix, store.matrix_of(score)),
        ("band", stored.band or "", score.band),
    ):
        if mine != theirs:
            return Finding(kept.cycle, kept.member_id, what, str(mine)[:200], str(theirs)[:200]), count
    return None, count
