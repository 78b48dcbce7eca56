"""Posting to the ledger: entries, reversals and openings, each with what it did to the standings.

Every addition to the ledger comes through here: lock the quarters, then the standings in member order; decide in
``judging``; write entries, duties and standings; all in the caller's one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.kit.errors import Faults, LongwenError, NotFound
from app.points import reading_store, refusals, store
from app.points.gathering import Background, Books, held_quarters, histories_of, quarter_day
from app.points.judging import Judge
from app.points.ledger import Entry, Posting, Source
from app.points.undoing import undo_family
from app.points.views import Opening, Posted, PostedItem
from app.points.working import Work, digest_of, salted
from app.rules.adoption import NoEditionInForce


def post(
    connection: Connection,
    actor: Actor,
    postings: Sequence[Posting],
    *,
    background: Background | None = None,
    each: bool = False,
) -> Posted:
    """Post all or, with ``each``, those without fault. Raises BatchRefused naming every element at fault."""
    if not postings:
        return Posted()
    background = background or Background.read(connection, actor, {posting.member_id for posting in postings})
    work = Work.begun(connection, actor, background, {(one.member_id, one.effective_on) for one in postings})
    work.read(postings)
    judge = Judge(work.known, at=actor.at, today=actor.today)
    faults, posted = Faults(), Posted()
    for index, posting in enumerate(postings):
        words = salted(posting.reason)
        try:
            judged = judge.decide(posting, digest_of(words))
        except LongwenError as error:
            faults.add(index, error)
            posted.items.append(PostedItem(fault=error))
            continue
        if judged.replayed is not None:
            posted.items.append(_item(work, (judged.replayed,), posting.reason, replayed=True))
            continue
        for entry in judged.entries:  # what is booked along has the same reason
            work.say(entry.id, words)
        work.take(judged.entries, judged.duties)
        posted.items.append(_item(work, judged.entries, posting.reason))
    if not each:
        faults.raise_any()
    posted.effects = work.finish()
    return posted


def _item(work: Work, entries: tuple[Entry, ...], reason: str | None, *, replayed: bool = False) -> PostedItem:
    return PostedItem(entries, replayed=replayed, decimals=work.books.decimals(entries[0]), reason=reason)


def reverse(
    connection: Connection,
    actor: Actor,
    entry_id: UUID,
    reversal_id: UUID,
    reason: str,
    *,
    source: Source = Source.RECORD,
    replaced: bool = False,
) -> Posted:
    """Undo an entry, with what was posted under the same cause. The same id and content again is a retry.

    What an appeal (``source``) undoes is booked during the notice too; ``replaced``: another entry follows. Raises
    NotFound and the refusals of reversals.
    """
    original = find_entry(connection, actor, entry_id)
    histories = histories_of(connection, actor, [original.member_id])
    quarters = held_quarters(connection, actor, [original.effective_on])
    work = Work.locked(connection, actor, histories, quarters, {(original.cycle, original.member_id)})
    family = family_of(connection, actor, original)  # read under the lock; what has one cause is one member's
    asked = Posting(
        id=reversal_id,
        member_id=original.member_id,
        item=original.item,
        effective_on=original.effective_on,
        matter=str(entry_id),  # the reversal is about the entry: a retry naming another one is a conflict
        reason=reason,
        source=source,
        recorded_by=actor.account_id,
    )
    replay = store.find_entries(connection, actor.district_id, [reversal_id]).get(reversal_id)
    if replay is not None:
        if replay.input_digest != asked.input_digest():
            raise refusals.IdUsed(id=str(reversal_id), field="id")
        return Posted([_item(work, (replay,), reason, replayed=True)], work.finish())
    entries = undo_family(work, original, family, asked, replaced=replaced)
    return Posted([_item(work, entries, reason)], work.finish())


def family_of(connection: Connection, actor: Actor, entry: Entry) -> list[Entry]:
    """The entry with all that was booked under its cause."""
    return [entry] if entry.cause is None else store.find_by_cause(connection, actor.district_id, entry.cause)


def find_entry(connection: Connection, actor: Actor, entry_id: UUID) -> Entry:
    """Raises NotFound."""
    found = store.find_entries(connection, actor.district_id, [entry_id]).get(entry_id)
    if found is None:
        raise NotFound(what="entry")
    return found


def open_standings(connection: Connection, actor: Actor, cycle: str, openings: Sequence[Opening]) -> int:
    """Open a standing for each member who has none in the cycle, with its opening entry and its first duties.

    Members who belonged to no branch in the cycle so far, or had no rules, are left out; but a balance from paper that
    would be left out raises NoEditionInForce. Gives the number of standings opened.
    """
    books = Books.opened(connection, actor)
    histories = histories_of(connection, actor, {one.member_id for one in openings})
    quarters = held_quarters(connection, actor, [actor.today])
    begun = [one for one in quarters if one.cycle == cycle and one.starts_on <= actor.today]
    belonged = {
        member_id
        for member_id, history in histories.items()
        if any(quarter_day(history, quarter) is not None for quarter in begun)
    }
    ruled = {one for one in belonged if any(books.rules_in(histories[one], quarter) for quarter in begun)}
    if any(one.points is not None and one.member_id in belonged - ruled for one in openings):
        raise NoEditionInForce(day=actor.today.isoformat())
    members = {(cycle, member_id) for member_id in ruled}
    work = Work.locked(connection, actor, histories, quarters, members, books=books)
    opened = 0
    for opening in openings:
        balance = work.known.balances.get((cycle, opening.member_id))
        if balance is not None:
            opened += work.open(balance, opening.points, opening.reference)
    work.finish()
    return opened


def is_reversed(connection: Connection, actor: Actor, entry_id: UUID) -> bool:
    return store.find_reversal(connection, actor.district_id, entry_id) is not None


def entries_by_id(connection: Connection, actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Entry]:
    """Those of the ids that name an entry."""
    return store.find_entries(connection, actor.district_id, ids)


def entries_of_member(connection: Connection, actor: Actor, member_id: UUID, cycle: str) -> list[Entry]:
    """Every entry of a member in a cycle, in the order of ``seq``."""
    return [entry for entry, _ in reading_store.list_entries(connection, actor.district_id, cycle, member_id)]
