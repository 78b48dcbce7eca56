"""Replaying a past quarter under a draft edition: who would change, and by which article."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.cycles import service as cycles
from app.cycles.core import Quarter
from app.kit.calendar import months_of, period_days
from app.kit.errors import NotFound
from app.points.duties import without_exempt_days
from app.points.gathering import cycle_days, histories_of
from app.points.ledger import DutyRow
from app.roster import service as roster
from app.rules import service as rules
from app.rules.core import Edition, Regime
from app.rules.drafting import Files, read_draft
from app.trials import store
from app.trials.rejudging import Fact, Obstacle, Unjudged, reads_entries
from app.trials.replaying import Outcome, Replay, laid_over
from app.trials.resettling import never_replayed, resettled
from app.trials.simulation import NO_PROFILE, Changed, DraftElsewhere, DraftUnclear, Simulation
from app.trials.store import Standing

_CHUNK = 500
_NOWHERE = ""  # in no quarter up to the one asked for
Take = Callable[[Changed], None]
Progress = Callable[[int, int], None]  # how many of how many standings


def simulate(
    connection: Connection,
    actor: Actor,
    draft: Edition,
    quarter: str,
    take: Take,
    *,
    whole_cycle: bool = False,
    everyone: bool = False,
    progress: Progress | None = None,
) -> Simulation:
    """Replay the quarter; ``take`` gets each member who changes band or line, with ``everyone`` also who only changes
    in points. Memory grows neither with members nor with entries.

    Raises NotFound for who may not do it in the whole district, UnknownQuarter, QuarterRunning, DraftElsewhere and,
    where the draft may not change in mid-cycle what it changes, RegimesDisagree.
    """
    _check_allowed(actor)
    asked = cycles.ended_quarter(connection, actor, quarter)
    if asked is None:
        raise cycles.UnknownQuarter(quarter=quarter, field="quarter")
    simulator = _Simulator.of(connection, actor, draft, asked, whole_cycle=whole_cycle)
    count = 0 if progress is None else store.count_standings(connection, actor.district_id, asked.cycle)
    done = 0
    standings = store.stream_standings(
        connection, actor.district_id, asked.cycle, asked.ends_on, simulator.read, openings=simulator.opens_otherwise
    )
    while chunk := list(islice(standings, _CHUNK)):
        for changed in simulator.replayed(chunk, everyone=everyone):
            take(changed)
        done += len(chunk)
        if progress is not None:
            progress(done, count)
    return simulator.simulation


def check_asked(connection: Connection, actor: Actor, digest: str | None, *, has_draft: bool) -> None:
    """That one edition is named, by who may ask; before a draft's texts are read. Raises NotFound and DraftUnclear."""
    _check_allowed(actor)
    if (digest is not None) is has_draft:
        known = rules.adopted(connection, actor.district_id).published
        raise DraftUnclear(known=", ".join(f"{one.book} {one.code} {one.digest:.12}" for one in known) or "–")


def read_texts(texts: Sequence[Files]) -> Edition:
    """The draft of these texts, with those of books that it extends; takes no connection. Raises RulesFaulty."""
    return read_draft(texts)


def _check_allowed(actor: Actor) -> None:
    if not actor.may(Permission.RULES_SIMULATE, roster.root_of(actor.district_id)):
        raise NotFound(what="district")


@dataclass(frozen=True, slots=True)
class Simulated:
    """The totals with the first of those who change."""

    totals: Simulation
    changed: tuple[Changed, ...]


def simulate_draft(
    connection: Connection,
    actor: Actor,
    digest: str | None,
    draft: Edition | None,
    quarter: str,
    *,
    whole_cycle: bool,
    everyone: bool,
    count_max: int,
) -> Simulated:
    """Replay the quarter under a draft that was read, or a published edition; keep the first ``count_max`` who change.

    Raises what ``check_asked`` and ``simulate`` do.
    """
    check_asked(connection, actor, digest, has_draft=draft is not None)
    if draft is None:
        draft = rules.edition_by_digest(connection, actor.district_id, digest or "")
    kept: list[Changed] = []

    def take(one: Changed) -> None:
        if len(kept) < count_max:
            kept.append(one)

    found = simulate(connection, actor, draft, quarter, take, whole_cycle=whole_cycle, everyone=everyone)
    return Simulated(found, tuple(kept))


@dataclass(slots=True)
class _Simulator:
    """One replay: the rules of all regimes met so far, and the totals."""

    connection: Connection
    actor: Actor
    draft: Edition
    quarters: tuple[Quarter, ...]  # of the cycle, up to the one asked for
    known: tuple[Quarter, ...]
    read: frozenset[str]
    opens_otherwise: bool
    simulation: Simulation
    branches: Mapping[UUID, str]
    windows: frozenset[str]
    replays: dict[str, Replay | str | None] = field(default_factory=dict)
    never: dict[str, tuple[tuple[Obstacle, str], ...]] = field(default_factory=dict)  # by regimes, like the replays

    @classmethod
    def of(
        cls, connection: Connection, actor: Actor, draft: Edition, asked: Quarter, *, whole_cycle: bool
    ) -> _Simulator:
        known = cycles.quarters(connection, actor)
        quarters = tuple(one for one in known if one.cycle == asked.cycle and one.code <= asked.code)
        cycle, frame = cycle_days(known, asked.cycle), draft.frame
        if period_days(asked.starts_on, frame.first_month, frame.period) != (cycle.starts_on, cycle.ends_on):
            raise DraftElsewhere(what="cycle", what_zh="考评周期", quarter=asked.code)
        begins_cycle = period_days(draft.starts_on, frame.first_month, frame.period)[0] == draft.starts_on
        laid = tuple(one.code for one in quarters) if whole_cycle or begins_cycle else (asked.code,)
        editions = [
            one
            for one in rules.editions_of(connection, actor.district_id, draft.book)
            if one.starts_on <= asked.ends_on and (one.ends_on is None or one.ends_on >= cycle.starts_on)
        ]
        return cls(
            connection,
            actor,
            draft,
            quarters,
            known,
            _read(editions, draft),
            _opens_otherwise(editions, draft),
            Simulation(asked.code, draft, laid),
            {one.id: one.name for one in roster.organisations(connection, actor.district_id)},
            frozenset(window for one in quarters for window in (one.code, *months_of(one.code))),
        )

    def replayed(self, chunk: Sequence[Standing], *, everyone: bool) -> Iterator[Changed]:
        """Count the members of a chunk; those who change are given back."""
        found = [(one, replay) for one in chunk if (replay := self._replay(one)) is not None]
        duties = self._duties([(one, replay) for one, replay in found if replay.settled])
        for one, replay in found:
            cells = replay.cells_of(one.cells, self.windows)
            unjudged: Unjudged = {}
            drafted = replay.rejudged(cells, _facts(one), unjudged)
            for row in duties.get(one.member_id, ()):
                drafted = resettled(drafted, row, self.quarters, replay.settled[row.key.item], unjudged)
            for obstacle, where in self.never[one.regimes]:
                unjudged.setdefault((obstacle, where, None), 0)
            outcome = replay.outcome(one.opening, cells, drafted, from_elsewhere=bool(one.from_elsewhere))
            self.simulation.add(outcome)
            for (obstacle, item, tier), entries in unjudged.items():
                self.simulation.omit(obstacle.value, item, tier, entries, one.number)
            if outcome is not None and (outcome.crosses or (everyone and outcome.differs)):
                yield self._changed(one, replay, outcome)

    def _changed(self, one: Standing, replay: Replay, outcome: Outcome) -> Changed:
        return Changed(
            member_id=one.member_id,
            number=one.number,
            name=one.name,
            branch=self.branches[one.branch_id],
            old=outcome.old,
            new=outcome.new,
            gained=outcome.gained,
            lost=outcome.lost,
            articles=replay.articles(outcome),
            names=self.simulation.names,
        )

    def _replay(self, one: Standing) -> Replay | None:
        """What the member is replayed by; None, and counted, for who goes by another book or has no profile in it."""
        if one.regimes not in self.replays:
            self.replays[one.regimes] = self._made(one.regimes)
        found = self.replays[one.regimes]
        if found == _NOWHERE:
            return None
        if found is None:
            self.simulation.elsewhere += 1
        elif isinstance(found, str):
            self.simulation.omit(NO_PROFILE, found, None, 0, one.number)
        else:
            return found
        return None

    def _made(self, regimes: str) -> Replay | str | None:
        """None where they go by another book, the profile's name where the draft does not have it."""
        asked, district_id = self.quarters[-1].code, self.actor.district_id
        named = {quarter: regime for quarter, regime in sorted(json.loads(regimes).items()) if quarter <= asked}
        if not named:
            return _NOWHERE
        old = {quarter: rules.regime(self.connection, district_id, *regime) for quarter, regime in named.items()}
        last = old[max(old)]
        if last.book != self.draft.book:
            return None
        new: dict[str, Regime] = {}
        for quarter, regime in laid_over(old, self.draft, self.simulation.laid).items():
            if regime is None:
                return old[quarter].profile
            new[quarter] = regime
        if new[max(new)].decimals != last.decimals:
            raise DraftElsewhere(what="decimals", what_zh="小数位数", quarter=self.simulation.quarter)
        replay = Replay.of(old, new)
        self.simulation.tell_names(replay)
        ruled = [one for one in self.quarters if one.code in named]
        cycle = cycle_days(self.known, self.quarters[-1].cycle)
        self.never[regimes] = tuple(dict.fromkeys(never_replayed(old, new, ruled, cycle)))
        return replay

    def _duties(self, found: Sequence[tuple[Standing, Replay]]) -> dict[UUID, list[DutyRow]]:
        """The members' duties that the draft settles otherwise, with targets without exempt days."""
        if not found:
            return {}
        district_id, wanted = self.actor.district_id, {one.member_id: replay.settled for one, replay in found}
        cycle = cycle_days(self.known, self.quarters[-1].cycle)
        exempt = store.list_exempt(self.connection, district_id, wanted)
        histories = histories_of(self.connection, self.actor, exempt) if exempt else {}
        items = {code for _, replay in found for code in replay.settled}
        rows: dict[UUID, list[DutyRow]] = {}
        for row in store.list_duties(self.connection, district_id, cycle.code, wanted, items):
            member_id = row.key.member_id
            if row.key.item not in wanted[member_id]:
                continue
            history = histories.get(member_id)
            if history is not None:
                since = max(cycle.starts_on, history.since(row.due_on))
                row = without_exempt_days(row, history.exemptions, since)  # noqa: PLW2901 - the same, scaled
            rows.setdefault(member_id, []).append(row)
        return rows


def _read(editions: Sequence[Edition], draft: Edition) -> frozenset[str]:
    """Items of which the ledger itself is to be read."""
    found: set[str] = set()
    for edition in editions:
        for profile, regime in edition.regimes.items():
            drafted = draft.regime(profile)
            for code, item in regime.items.items() if drafted is not None else ():
                if drafted is not None and reads_entries(item, drafted.items.get(code)):
                    found.add(code)
    return frozenset(found)


def _opens_otherwise(editions: Sequence[Edition], draft: Edition) -> bool:
    """Whether some class opens with other points, so that it matters where an opening comes from."""
    return any(
        drafted is not None and drafted.opening != regime.opening
        for edition in editions
        for profile, regime in edition.regimes.items()
        for drafted in (draft.regime(profile),)
    )


def _facts(one: Standing) -> Iterator[Fact]:
    for item, day, tier, matter, units, points in one.facts or ():
        yield Fact(item, date.fromisoformat(day), tier, matter, units, points)
