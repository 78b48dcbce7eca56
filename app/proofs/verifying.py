"""The proof of all that is kept: ledger, standings, checkpoints, frozen standings, rule books, certificates.

Everything is read in streams in one order and in one snapshot, so memory does not grow with the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles.core import QuarterState
from app.kit.digests import digest as digest_of
from app.points import verifying as points
from app.points.verifying import Verified
from app.proofs import certifying, store
from app.proofs.core import Checkpoint, Differences, LeafKey, Root, Seal, Tree, leaf_hash, row_line, standing_leaf
from app.proofs.refolding import refold
from app.rules import service as rules

Label = TypeVar("Label")
Told = Callable[[LeafKey, Label, bytes, bytes | None], None]


@dataclass(slots=True)
class Proven:
    """What was looked at, and every difference. ``unproven``: quarters frozen that no checkpoint has taken in yet."""

    ledger: Verified = field(default_factory=Verified)
    checkpoints: int = 0
    leaves: int = 0
    frozen: int = 0
    rebuilt: int = 0  # of the frozen rows, from the entries booked up to their quarter
    put_right: int = 0  # those that cannot be: edition or class of one of their quarters is another by now
    roots: int = 0  # compared with those kept outside
    unproven: list[str] = field(default_factory=list)
    differences: Differences = field(default_factory=Differences)

    @property
    def members(self) -> int:
        return self.ledger.members

    @property
    def entries(self) -> int:
        return self.ledger.entries

    @property
    def differing(self) -> int:
        return self.ledger.differing + self.differences.count

    @property
    def is_sound(self) -> bool:
        return self.differing == 0


def verify(
    connection: Connection,
    actor: Actor,
    roots: Sequence[Root] = (),
    progress: Callable[[int], None] | None = None,
) -> Proven:
    """Recompute everything of the district, and compare it with what is stored and with the roots kept outside."""
    proven = Proven()
    for name, what, stored, ought in rules.altered_editions(connection, actor.district_id):
        proven.differences.add(f"edition {name}", what, stored, ought)
    chain = _Chain(connection, actor.district_id, proven)
    chain.walk(roots)
    witness = _Witness(connection, actor.district_id, chain)
    proven.ledger = points.verify(connection, actor, progress, witness)
    witness.end()
    told = witness.broken | chain.changed_members | {(one.cycle, one.member_id) for one in proven.ledger.findings}
    proven.rebuilt, proven.put_right = refold(connection, actor, told, proven.differences)
    for key, state in points.duties(connection, actor):
        row = f"duty {key.cycle} {key.member_id} {key.item} {key.window}"
        proven.differences.add(row, "entry", f"{state}, by an entry that decides it not", "a live entry of its own")
    for quarter, kept in store.list_certificates(connection, actor.district_id).items():
        body = certifying.body(connection, actor, quarter) or b"none"
        if body != kept:
            # Digests, because the bodies are long and alike.
            proven.differences.add(f"certificate {quarter}", "digest of the body", digest_of(kept), digest_of(body))
    return proven


class _Chain:
    """The checkpoints, each recomputed from what it took in and put behind the one before, recomputed too."""

    def __init__(self, connection: Connection, district_id: UUID, proven: Proven) -> None:
        self.connection = connection
        self.district_id = district_id
        self.proven = proven
        self.differences = proven.differences
        self.unsound: set[int] = set()  # whose leaves are others than those that made its root
        self.changed: set[tuple[str, UUID]] = set()  # quarter and member, whose frozen row is another
        self.changed_members: set[tuple[str, UUID]] = set()  # of those, by cycle

    def walk(self, roots: Sequence[Root]) -> None:
        outside = {one.number: one for one in roots}
        is_found = False
        leaves = _Leaves(store.stream_leaves_by_checkpoint(self.connection, self.district_id))
        due, before, rebuilt_before = 1, b"", b""
        seals = []
        for stored, root in store.stream_checkpoints(self.connection, self.district_id):
            row = f"checkpoint {stored.number}"
            if stored.number != due:
                self.differences.add(f"checkpoint {due}", "row", "missing", f"before {stored.number}")
            rebuilt = replace(self._rebuilt(stored, leaves.of(stored.number)), previous=rebuilt_before)
            if stored.previous != before:
                self.differences.add(row, "root before", stored.previous, before)
            if stored.root != root:
                self.differences.add(row, "root", root, stored.root)
            kept = outside.pop(stored.number, None)
            if kept is not None:
                self.proven.roots += 1
                if kept.root != rebuilt.root and not is_found:
                    is_found = True  # from here on every root is another
                    self.differences.add(row, "root kept outside", rebuilt.root, kept.root)
            if stored.seal is not None:
                seals.append(stored.seal.quarter)
            due, before, rebuilt_before = stored.number + 1, root, rebuilt.root
            self.proven.checkpoints += 1
        if outside and not is_found:
            first = min(outside)
            self.differences.add(f"checkpoint {first}", "root kept outside", "missing", outside[first].root)
        self._look_around(seals)

    def _rebuilt(self, stored: Checkpoint, leaves: Iterator[tuple[LeafKey, bytes]]) -> Checkpoint:
        tree = Tree(standing_leaf(key, running) for key, running in leaves)
        self.proven.leaves += tree.count
        if (tree.count, tree.root) != (stored.leaves, stored.leaves_root):
            self.unsound.add(stored.number)
            row, ought = f"checkpoint {stored.number}", _pair(stored.leaves, stored.leaves_root)
            self.differences.add(row, "leaves", _pair(tree.count, tree.root), ought)
        seal = None if stored.seal is None else self._resealed(stored.number, stored.seal)
        return replace(stored, leaves=tree.count, leaves_root=tree.root, seal=seal)

    def _resealed(self, number: int, stored: Seal) -> Seal:
        """Each frozen row against the leaf of it, and all of them against their root."""
        leaves = store.stream_leaves_of(self.connection, self.district_id, number, store.FROZEN)
        is_sound = Tree(found for _, found in leaves).root == stored.rows_root
        changed = _Changed(self, number, stored.quarter, is_sound=is_sound)
        tree = Tree()
        leaves = store.stream_leaves_of(self.connection, self.district_id, number, store.FROZEN)
        leaf = next(leaves, None)
        for key, row in store.stream_frozen(self.connection, self.district_id, stored.quarter):
            while leaf is not None and _member(leaf[0]) < _member(key):
                changed.say(leaf[0], "missing", leaf[1])
                leaf = next(leaves, None)
            found = _row_hash(row)
            tree.add(found)
            if leaf is None or _member(leaf[0]) != _member(key):
                changed.say(key, found, "none")
                continue
            if leaf[1] != found:
                changed.say(key, found, leaf[1])
            elif leaf[0].seq != key.seq:
                # The row's hash is over its number too, so it is the leaf's own that is another.
                name = f"checkpoint_leaf {number} {stored.quarter} {key.member_id}"
                self.differences.add(name, "seq", leaf[0].seq, key.seq)
            leaf = next(leaves, None)
        while leaf is not None:
            changed.say(leaf[0], "missing", leaf[1])
            leaf = next(leaves, None)
        self.proven.frozen += tree.count
        if (tree.count, tree.root) != (stored.rows, stored.rows_root) and (not is_sound or not changed.count):
            # Rows and leaves agree, and are both others than those that were sealed; or no longer say which it was.
            ought = _pair(stored.rows, stored.rows_root)
            self.differences.add(f"checkpoint {number}", "rows", _pair(tree.count, tree.root), ought)
        return replace(stored, rows=tree.count, rows_root=tree.root)

    def _look_around(self, seals: list[str]) -> None:
        """What no single checkpoint shows: leaves of none, editions that are gone, quarters opened again."""
        for number, about in store.list_orphans(self.connection, self.district_id):
            self.differences.add(f"checkpoint {number}", f"row, of which there are leaves ({about})", "missing", "one")
        known = {(one.book, one.code, one.digest) for one in store.list_editions(self.connection, self.district_id)}
        states = store.list_quarter_states(self.connection, self.district_id)
        for quarter in seals:
            if states.get(quarter) != QuarterState.SEALED.value:
                self.differences.add(f"quarter {quarter}", "state", states.get(quarter, "missing"), "sealed")
            sealed = store.find_seal(self.connection, self.district_id, quarter)
            for mark in sealed.seal.editions if sealed is not None and sealed.seal is not None else ():
                if (mark.book, mark.code, mark.digest) not in known:
                    row = f"edition {mark.digest}"
                    self.differences.add(row, f"in force in {quarter}", "missing", f"{mark.book} {mark.code}")
        self.proven.unproven = [
            code
            for code in sorted(set(states) - set(seals))
            if store.has_frozen(self.connection, self.district_id, code)
        ]


class _Changed:
    """Frozen rows that are not as their leaves say; with leaves that are sound the row is another, else the leaf."""

    def __init__(self, chain: _Chain, number: int, quarter: str, *, is_sound: bool) -> None:
        self._chain = chain
        self._number = number
        self._quarter = quarter
        self._is_sound = is_sound
        self.count = 0

    def say(self, key: LeafKey, row: object, leaf: object) -> None:
        self.count += 1
        self._chain.changed.add((self._quarter, key.member_id))
        self._chain.changed_members.add(_member(key))
        if self._is_sound:
            self._chain.differences.add(f"quarter_standing {self._quarter} {key.member_id}", "row", row, leaf)
        else:
            name = f"checkpoint_leaf {self._number} {self._quarter} {key.member_id}"
            self._chain.differences.add(name, "row", leaf, row)


class _Leaves:
    """A stream of leaves by checkpoint, handed out one checkpoint after the other."""

    def __init__(self, rows: Iterator[tuple[int, LeafKey, bytes]]) -> None:
        self._rows = rows
        self._head = next(rows, None)

    def of(self, number: int) -> Iterator[tuple[LeafKey, bytes]]:
        """Those of a checkpoint; what stands before it is of none, which is said elsewhere."""
        while self._head is not None and self._head[0] <= number:
            at, key, running = self._head
            self._head = next(self._rows, None)
            if at == number:
                yield key, running


class _Line(Generic[Label]):
    """What is known from elsewhere about running hashes, in the order of the ledger, met by the ledger's own."""

    def __init__(self, rows: Iterator[tuple[LeafKey, Label, bytes]], told: Told[Label]) -> None:
        self._rows = rows
        self._told = told
        self._head = next(rows, None)
        self.matched = 0  # the last number at which the present member's hash was the one known

    def turn_to(self, member: tuple[str, UUID], *, is_last_broken: bool, last: tuple[str, UUID] | None) -> None:
        """Everything about those before the member speaks of entries that are not there."""
        while self._head is not None and _member(self._head[0]) < member:
            key, label, stored = self._head
            if not (is_last_broken and _member(key) == last):
                self._told(key, label, stored, None)
            self._head = next(self._rows, None)
        self.matched = 0

    def meet(self, member_id: UUID, cycle: str, seq: int, running: bytes) -> None:
        while self._head is not None:
            key, label, stored = self._head
            if key.seq != seq or key.member_id != member_id or key.cycle != cycle:
                return
            if stored == running:
                self.matched = seq
            else:
                self._told(key, label, stored, running)
            self._head = next(self._rows, None)


class _Witness:
    """Holds the ledger's running hashes against the leaves of checkpoints and against the frozen standings."""

    def __init__(self, connection: Connection, district_id: UUID, chain: _Chain) -> None:
        self._chain = chain
        self._leaves = _Line(store.stream_leaves_by_member(connection, district_id), self._leaf_differs)
        self._frozen = _Line(store.stream_frozen_hashes(connection, district_id), self._frozen_differs)
        self._member: tuple[str, UUID] | None = None
        self._is_broken = False
        self.broken: set[tuple[str, UUID]] = set()  # of whom something differs
        self._told_of: tuple[str, UUID] | None = None  # the member of whom it was said that an entry is another

    def hashed(self, cycle: str, member_id: UUID, seq: int, running_hash: bytes) -> None:
        if self._member is None or self._member[1] is not member_id:
            self._turn_to((cycle, member_id))
        self._leaves.meet(member_id, cycle, seq, running_hash)
        self._frozen.meet(member_id, cycle, seq, running_hash)

    def unreadable(self, cycle: str, member_id: UUID) -> None:
        if self._member != (cycle, member_id):
            self._turn_to((cycle, member_id))
        self._is_broken = True
        self.broken.add((cycle, member_id))

    def end(self) -> None:
        """All that is left speaks of entries that are not there."""
        self._turn_to(("\U0010ffff", UUID(int=0)))

    def _turn_to(self, member: tuple[str, UUID]) -> None:
        for line in (self._leaves, self._frozen):
            line.turn_to(member, is_last_broken=self._is_broken, last=self._member)
        self._member, self._is_broken = member, False

    def _leaf_differs(self, key: LeafKey, number: int, stored: bytes, rebuilt: bytes | None) -> None:
        if number in self._chain.unsound:
            row = f"checkpoint_leaf {number} {key.cycle} {key.member_id} {key.seq}"
            self._chain.differences.add(row, "running hash", stored, rebuilt or "no such entry")
        else:
            self._say_entry(key, f"running hash at checkpoint {number}", stored, rebuilt)

    def _frozen_differs(self, key: LeafKey, quarter: str, stored: bytes, rebuilt: bytes | None) -> None:
        if (quarter, key.member_id) in self._chain.changed:
            return
        if quarter in self._chain.proven.unproven:
            row = f"quarter_standing {quarter} {key.member_id}"
            self._chain.differences.add(row, "running hash", stored, rebuilt or "no such entry")
        else:
            self._say_entry(key, f"running hash when {quarter} was sealed", stored, rebuilt)

    def _say_entry(self, key: LeafKey, what: str, stored: bytes, rebuilt: bytes | None) -> None:
        """Once a member: what follows an entry that is another has another hash too."""
        self.broken.add(_member(key))
        if self._told_of == _member(key):
            return
        self._told_of = _member(key)
        first = 1
        if self._member == _member(key):
            first += max(self._leaves.matched, self._frozen.matched)
        numbers = str(key.seq) if first >= key.seq else f"{first}-{key.seq}"
        # The checkpoint says what was; the ledger is what is found.
        self._chain.differences.add(f"entry {key.cycle} {key.member_id} {numbers}", what, rebuilt or "missing", stored)


def _member(key: LeafKey) -> tuple[str, UUID]:
    return key.cycle, key.member_id


def _pair(number: int, found: bytes) -> str:
    return f"{number} {found.hex()}"


def _row_hash(row: dict[str, object]) -> bytes:
    try:
        return leaf_hash(row_line(row))
    except ValueError:
        return b""  # what JSON cannot say was never sealed
