"""Proof that what is shown is what the ledger adds up to: every standing is rebuilt from its entries and compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import Quarter
from app.kit.calendar import quarter_of_window
from app.kit.errors import LongwenError
from app.points import verifying_store as store
from app.points.gathering import Books, histories_of
from app.points.ledger import Balance, DutyKey
from app.points.verifying_store import StoredStanding, WrittenEntry

FINDINGS_MAX = 100
_WINDOW = re.compile(r"[0-9]{4}(Q[1-4]|-(0[1-9]|1[0-2]))")


class Witness(Protocol):
    """Who knows from elsewhere what running hashes there were. Told of them in the order of the ledger."""

    def hashed(self, cycle: str, member_id: UUID, seq: int, running_hash: bytes) -> None:
        """After the entry of the number."""

    def unreadable(self, cycle: str, member_id: UUID) -> None:
        """No more is told of this member in this cycle: that something differs is found already."""


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


def verify(
    connection: Connection,
    actor: Actor,
    progress: Callable[[int], None] | None = None,
    witness: Witness | None = None,
) -> Verified:
    """Rebuild every standing of the district from its entries; memory does not grow with their number."""
    books = Books.opened(connection, actor)
    roster = _Roster(connection, actor, books, cycles.quarters(connection, actor))
    verified = Verified()
    entries = groupby(
        store.stream_entries(connection, actor.district_id),
        key=lambda written: (written.cycle, written.member_id),
    )
    pending = next(entries, None)
    for stored in store.stream_standings(connection, actor.district_id):
        key = (stored.cycle, stored.member_id)
        while pending is not None and pending[0] < key:
            verified.add(_without_standing(*pending, witness))
            pending = next(entries, None)
        own: Iterator[WrittenEntry] = iter(())
        if pending is not None and pending[0] == key:
            own = pending[1]
        finding, count = _compare(books, roster, stored, own, witness)
        if pending is not None and pending[0] == key:
            pending = next(entries, None)
        verified.members += 1
        verified.entries += count
        if finding is not None:
            verified.add(finding)
        if progress is not None:
            progress(verified.members)
    while pending is not None:
        verified.add(_without_standing(*pending, witness))
        pending = next(entries, None)
    return verified


def duties(connection: Connection, actor: Actor) -> Iterator[tuple[DutyKey, str]]:
    """Duties that an entry is said to have decided which is not there, undone, or about something else."""
    return store.stream_unfounded_duties(connection, actor.district_id)


@dataclass(frozen=True, slots=True)
class _Roster:
    """What the dated facts make of a member's quarter now: they may have been put right after entries were posted."""

    connection: Connection
    actor: Actor
    books: Books
    quarters: Sequence[Quarter]

    def rules(self, kept: Balance, code: str) -> tuple[str, str] | None:
        """Edition and profile; None where there are none."""
        quarter = next((one for one in self.quarters if one.code == code), None)
        history = histories_of(self.connection, self.actor, [kept.member_id]).get(kept.member_id)
        if quarter is None or history is None:
            return None
        before = {one: regime for one, regime in kept.regimes.items() if one < code}
        try:
            found = self.books.regime_in(before, history, quarter)
        except (KeyError, ValueError, LongwenError):
            return None  # what no rule book knows
        return None if found is None else (found.digest, found.profile)


def _without_standing(key: tuple[str, UUID], entries: Iterator[WrittenEntry], witness: Witness | None) -> Finding:
    if witness is not None:
        witness.unreadable(*key)
    return Finding(*key, "standing", "none", f"{sum(1 for _ in entries)} entries")


def _compare(
    books: Books, roster: _Roster, stored: StoredStanding, entries: Iterator[WrittenEntry], witness: Witness | None
) -> tuple[Finding | None, int]:
    if stored.balance is None:
        unread = _without_standing((stored.cycle, stored.member_id), entries, witness)
        return replace(unread, stored="unreadable"), 0
    rebuilt = _unwritten(stored.balance)
    finding, count = _rebuild(rebuilt, roster, stored.balance, entries, witness)
    if finding is None:
        return _compare_numbers(books, stored.balance, stored, rebuilt), count
    if witness is not None:
        witness.unreadable(finding.cycle, finding.member_id)
    return finding, count


def _unwritten(kept: Balance) -> Balance:
    """The balance before its first entry."""
    return replace(kept, seq=0, opening=0, cells={}, vetoes=0, running_hash=b"")


def _rebuild(
    rebuilt: Balance, roster: _Roster, kept: Balance, entries: Iterator[WrittenEntry], witness: Witness | None
) -> tuple[Finding | None, int]:
    count = 0
    for count, written in enumerate(entries, start=1):
        entry = written.entry
        if entry is None or not _WINDOW.fullmatch(entry.window):
            return Finding(
                kept.cycle, kept.member_id, f"entry {count}", "unreadable", "as the service writes it"
            ), count
        if entry.seq != count:
            return Finding(kept.cycle, kept.member_id, "seq", str(entry.seq), str(count)), count
        if written.is_forged:
            return Finding(kept.cycle, kept.member_id, f"words of entry {count}", written.reason or "", "other"), count
        quarter = quarter_of_window(entry.window)
        regime = kept.regimes.get(quarter)
        # An exemption that was told late, or another class on a quarter's first day, leaves entries posted by then.
        is_known = regime == (entry.edition, entry.profile) or regime == roster.rules(kept, quarter)
        if regime is None or not is_known:
            shown = f"{entry.edition} {entry.profile}"
            return Finding(kept.cycle, kept.member_id, f"regime of entry {count}", str(regime), shown), count
        rebuilt.take(entry)
        if witness is not None:
            witness.hashed(kept.cycle, kept.member_id, count, rebuilt.running_hash)
    return None, count


def _compare_numbers(books: Books, kept: Balance, stored: StoredStanding, rebuilt: Balance) -> Finding | None:
    try:
        score = books.score(rebuilt)
    except (KeyError, ValueError, LongwenError) as error:
        # An item, window or regime that no rule book knows: somebody wrote it past the service.
        return Finding(kept.cycle, kept.member_id, "rules", "unknown", f"{type(error).__name__} {error}")
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
            return Finding(kept.cycle, kept.member_id, what, str(mine)[:200], str(theirs)[:200])
    return None
