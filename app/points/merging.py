"""Postings of several callers in one transaction, each judged as if it were alone.

The callers share the locks, the reading and the writing. What one of them is refused, and what one of them did to a
standing, is that caller's only: postings are taken one after the other, each with its own effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.kit.errors import LongwenError
from app.points import store
from app.points.gathering import Background, later_standings
from app.points.judging import Judge, Known
from app.points.ledger import Posting
from app.points.placing import Placed
from app.points.views import Effect, PostedItem
from app.points.working import Work, digest_of, salted


@dataclass(slots=True)
class Merged:
    """The ledger, locked for the postings of several callers of one district."""

    work: Work
    judge: Judge

    @classmethod
    def begun(
        cls,
        connection: Connection,
        actor: Actor,
        background: Background,
        postings: Sequence[Posting],
    ) -> Merged:
        """Lock what is free of the standings concerned, and read what the postings need.

        Nobody waits for a standing that another transaction holds, and none is made or opened here: ``takes`` says no
        to such a posting, and it is posted in a transaction of its own.
        """
        placed = Placed.on(connection, actor, background, {(one.member_id, one.effective_on) for one in postings})
        books = background.books
        wanted: dict[str, set[UUID]] = {}
        for cycle, member_id in placed.members:
            wanted.setdefault(cycle, set()).add(member_id)
        if later_standings(books, placed.quarters, wanted, actor.today):
            wanted = {}  # other standings would follow, which must be locked along
        balances = store.lock_balances(connection, actor.district_id, wanted, skip_held=True)
        known = Known(placed.quarters, placed.facts, balances, books.regime, {}, {})
        work = Work(connection, actor, books, background.histories, known)
        work.before = {key: books.score(balance) for key, balance in balances.items()}
        work.read(postings)
        return cls(work, Judge(known, at=actor.at, today=actor.today))

    def takes(self, posting: Posting) -> bool:
        """Whether the posting can be judged here: its standing is locked and has entered the quarter.

        One that will be refused without any standing can be, too.
        """
        known = self.work.known
        facts = known.members.get((posting.member_id, posting.effective_on))
        if facts is None:
            return posting.id not in known.used
        quarter = next(one for one in known.quarters if one.starts_on <= posting.effective_on <= one.ends_on)
        balance = known.balances.get((quarter.cycle, posting.member_id))
        return balance is not None and balance.seq > 0 and quarter.code in balance.regimes

    def post(self, posting: Posting) -> tuple[PostedItem, Effect | None]:
        """One posting that ``takes`` has admitted: what became of it, and what it did to its member's standing."""
        work, words = self.work, salted(posting.reason)
        try:
            judged = self.judge.decide(posting, digest_of(words))
        except LongwenError as error:
            return PostedItem(fault=error), None
        entries = judged.entries if judged.replayed is None else (judged.replayed,)
        if judged.replayed is None:
            for entry in judged.entries:  # what is booked along has the same reason
                work.say(entry.id, words)
            work.take(judged.entries, judged.duties)
        key = (entries[0].cycle, posting.member_id)
        balance = work.known.balances[key]
        work.follow(balance)
        effect = work.effect_on(key)
        decimals = work.books.decimals(entries[0])
        return PostedItem(entries, judged.replayed is not None, decimals=decimals, reason=posting.reason), effect

    def write(self) -> None:
        """Everything that was posted."""
        self.work.write()
