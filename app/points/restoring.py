"""Losses that the service gave back because of the roster, booked again where the roster is put right."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles.core import Act, booking_quarter
from app.messages.core import Message, Recipient
from app.messages.texts import Kind
from app.points import store
from app.points.core_telling import Deduction, about, titled
from app.points.ledger import DutyRow, Entry, Hand, Source, by_hand, duty_window
from app.points.undoing import restored_id
from app.points.working import Work
from app.rules.core import Item
from app.rules.points import printed_text

_REASON = "组织关系或免评日期已更正，此前因此冲正的这一项恢复"
_REASON_EN = "the roster was put right, and what had been given back for it is taken again"


def restored(work: Work, item: Item, row: DutyRow) -> tuple[Entry, Deduction] | None:
    """The loss that was the last word on the duty before the roster took it out, booked again, with what is told of it.

    None where there was none, where somebody else than the service undid it, and for a day on which the member
    belongs nowhere. It stands as it stood: with its points, and as its recorder's.
    """
    found = _last_word(work, item, row)
    if found is None:
        return None
    original, undone = found
    history = work.histories[original.member_id]
    there = history.on(original.effective_on)
    if there is None:
        return None
    balance = work.known.balances[original.cycle, original.member_id]
    quarter = booking_quarter(work.known.quarters, original.effective_on, Act.DECISION, not_before=undone.booked_in)
    hand = Hand(
        quarter.code, work.actor.at, original.recorded_by, original.approved_by, original.source, None, None,
        input_digest=original.input_digest,
    )  # fmt: skip
    again = replace(original, id=restored_id(undone.id, original.id), text_digest=None)
    entry = by_hand(again, hand, balance.seq + 1)
    balance.take(entry)
    work.take((entry,), ())
    facts = {
        **titled(item.name),
        "item": entry.item,
        "effective_on": entry.effective_on.isoformat(),
        "points": printed_text(entry.points, work.books.decimals(entry)),
        "reason": _REASON,
        "reason_en": _REASON_EN,
    }
    message = Message(Recipient(member_id=entry.member_id), Kind.DEDUCTION_TOLD, about(entry), facts)
    return entry, Deduction(entry.id, entry.member_id, history.account_id, there.path, message)


def standing_for(connection: Connection, actor: Actor, entry_id: UUID) -> UUID:
    """The entry that stands in the place of this one since the roster was put right; itself where there is none."""
    while True:
        undone = store.find_reversal(connection, actor.district_id, entry_id)
        if undone is None:
            return entry_id
        following = restored_id(undone.id, entry_id)
        if not store.find_entries(connection, actor.district_id, [following]):
            return entry_id
        entry_id = following


def _last_word(work: Work, item: Item, row: DutyRow) -> tuple[Entry, Entry] | None:
    """The loss that decided the duty last, and the service's reversal of it."""
    duty, key = item.duty, row.key
    if duty is None:
        return None
    every = store.list_entries_of_item(work.connection, work.actor.district_id, key.cycle, key.member_id, key.item)
    own = [one for one in every if duty_window(duty, one.effective_on, key.cycle) == key.window]
    last = next((one for one in reversed(own) if one.reverses is None), None)
    if last is None or last.points >= 0 or last.cause is not None:
        return None
    undone = next((one for one in own if one.reverses == last.id), None)
    if undone is None or undone.source is not Source.JOB or undone.input_digest != last.input_digest:
        return None  # the service's own reversals bear what was sent for the original; anybody else's their own
    return last, undone
