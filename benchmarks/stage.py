"""What benchmarks share in a run: the ground, the load generator, one district with a year behind it, and how far to
go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from benchmarks.ground import Ground, Place, found_place, live_a_year, settled
from benchmarks.ledger import ENTRIES_A_MEMBER, make_ledger
from benchmarks.load import Load, Loaded
from benchmarks.results import Row
from benchmarks.server import Server, Stopwatch

MEMBERS = 1_300  # about what Longwen has
LARGE, LARGE_MEMBERS = "large", 100_000
CONNECTIONS = 32


@dataclass
class Stage:
    """``scale`` multiplies how much is done; ``tell`` shows progress."""

    ground: Ground
    load: Load
    scale: float
    tell: Callable[[str], None]

    @cached_property
    def place(self) -> Place:
        self.tell(f"a district of {MEMBERS} members, 13 entries each")
        place = found_place(self.ground, "longwen", MEMBERS)
        live_a_year(place)
        settled(self.ground)
        return place

    @cached_property
    def large(self) -> Place:
        """A district of 100,000 members at full scale, with a sound ledger of 20 entries each."""
        members, done = self.scaled(LARGE_MEMBERS, 500), 0
        self.tell(f"a district of {members} members")
        place = found_place(self.ground, LARGE, members)

        def advance(count: int) -> None:
            nonlocal done
            done += count
            self.tell(f"{done} of {members} members, {ENTRIES_A_MEMBER} entries each")

        make_ledger(place, advance)
        settled(self.ground)
        return place

    def scaled(self, count: int, at_least: int) -> int:
        return max(at_least, round(count * self.scale))


@dataclass
class Contender:
    """A route under load, the row that it fills, and the status with which it answers."""

    row: Row
    server: Server
    requests: Callable[[int], Sequence[bytes]]  # of a round
    status: int = 200
    connections: int = CONNECTIONS
    seen: list[Loaded] = field(default_factory=list)

    def go(self, stage: Stage, number: int, *, warm: bool = False) -> None:
        """One round; a warm-up leaves no trace."""
        sent = self.requests(number)
        watch = Stopwatch(stage.ground, self.server)
        loaded = stage.load.run(self.server.port, sent, self.connections)
        _, server, database = watch.read()
        loaded.require(self.row.name, self.status, len(sent))
        if warm:
            return
        self.row.rounds.append(loaded.per_second)
        self.row.latencies += [one * 1000 for one in loaded.latencies]
        for who, seconds in (("app", server), ("database", database), ("load", loaded.cpu_seconds)):
            self.row.add_cost(who, seconds / len(sent) * 1000)


def in_turns(rounds: int, contenders: Sequence[Contender]) -> Iterator[tuple[int, Contender]]:
    """Every contender once a round, each time another one first, so that none has the better place."""
    for number in range(rounds):
        first = number % len(contenders)
        for contender in (*contenders[first:], *contenders[:first]):
            yield number, contender
