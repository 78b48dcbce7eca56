"""Where and when postings fall: in which quarters, and whose standings they concern."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles.core import Quarter
from app.points.gathering import Background, held_quarters
from app.points.ledger import MemberFacts


@dataclass(frozen=True, slots=True)
class Placed:
    """What members did on days: in which quarters, as members of which branches. The quarters are held."""

    quarters: Sequence[Quarter]
    facts: dict[tuple[UUID, date], MemberFacts]
    entering: set[tuple[Quarter, UUID]]
    unruled: set[tuple[str, UUID]]  # cycle and member, where no book rules the quarter: nothing is opened for it

    @property
    def members(self) -> set[tuple[str, UUID]]:
        """Whose standings of which cycles are concerned."""
        return {(quarter.cycle, member_id) for quarter, member_id in self.entering}

    @classmethod
    def on(
        cls, connection: Connection, actor: Actor, background: Background, wanted: Iterable[tuple[UUID, date]]
    ) -> Placed:
        """Days on which a member belonged nowhere, or that lie in no cycle, are left out."""
        histories = background.histories
        wanted = {(member_id, day) for member_id, day in wanted if member_id in histories}
        days = [day for _, day in wanted] or [actor.today]
        placed = cls(held_quarters(connection, actor, days, background.quarters), {}, set(), set())
        for member_id, day in wanted:
            quarter = next((one for one in placed.quarters if one.starts_on <= day <= one.ends_on), None)
            there = histories[member_id].on(day)
            if quarter is not None and there is not None:
                placed.facts[member_id, day] = MemberFacts(member_id, there.account_id, there.branch_id, there.path)
                if background.books.rules_in(histories[member_id], quarter):
                    placed.entering.add((quarter, member_id))
                else:
                    placed.unruled.add((quarter.cycle, member_id))
        return placed
