"""Who may reverse an entry, and doing so."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.auth.wording import any_role
from app.kit.errors import NotFound
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import Kind as Told
from app.points import refusals
from app.points import service as points
from app.points.core_telling import titled
from app.points.gathering import Background
from app.points.ledger import Entry, Source
from app.rules.core import Item, Kind
from app.rules.points import printed_text
from app.submissions import store, vetoes
from app.submissions.core import NotYourReview, OwnRecording, Reversed, may_record, may_see
from app.submissions.core_reviewing import may_review, steps_of
from app.submissions.core_vetoes import LiftedWhy


def reverse(
    connection: Connection,
    actor: Actor,
    entry_id: UUID,
    reversal_id: UUID,
    reason: str,
    *,
    source: Source = Source.RECORD,
) -> Reversed:
    """Undo an entry, for a caller who could have decided it; ``source`` says where it is refused in the check.

    A routine entry is undone by whoever may record or review its item where the member is now, or was on the day; an
    addition, fault or veto by whoever may decide it, and not by who recorded it. Raises NotFound outside that scope,
    OwnRow for the own record, NotYourReview, OwnRecording and the refusals of reversals.
    """
    entry = points.find_entry(connection, actor, entry_id)
    background = Background.read(connection, actor, [entry.member_id])
    require_right(connection, actor, entry, background)
    if store.find_submissions(connection, actor.district_id, [reversal_id]):
        raise refusals.IdUsed(id=str(reversal_id), field="id")
    store.lock_submissions(connection, actor.district_id, [entry_id])  # before the ledger, as whoever decides it
    posted = points.reverse(connection, actor, entry_id, reversal_id, reason, source=source)
    effects = tuple(posted.effects.values()) if may_see(actor, background.histories[entry.member_id]) else ()
    if not posted.items[0].replayed:
        _tell(connection, actor, background, entry, reason)
    return Reversed(posted.items[0], effects)


def require_right(connection: Connection, actor: Actor, entry: Entry, background: Background) -> None:
    """Raises NotFound outside the caller's scope, OwnRow, NotYourReview and OwnRecording."""
    history = background.histories[entry.member_id]
    places = [there.path for day in (actor.today, entry.effective_on) if (there := history.on(day)) is not None]
    paths = [path for path in places if actor.may(Permission.ENTRY_REVERSE, path)]
    if not paths and not actor.is_service:
        raise NotFound(what="entry", field="id")
    if actor.account_id is not None and history.account_id == actor.account_id:
        raise refusals.OwnRow(field="id")
    for one in points.family_of(connection, actor, entry):
        item = background.books.regime(one.edition, one.profile).items.get(one.item)
        if item is not None and one.reverses is None:
            _check(actor, one, item, paths, has_finding=entry.cause is not None)


def _tell(connection: Connection, actor: Actor, background: Background, entry: Entry, reason: str) -> None:
    """The member learns what counts no longer."""
    if entry.kind is Kind.VETO and vetoes.lift_reversed(connection, actor, [entry.id], LiftedWhy.ANNULLED, reason):
        return
    messages.tell(connection, actor, [message_of(background, entry, reason)])


def message_of(background: Background, entry: Entry, reason: str) -> Message:
    """What the member is told of an entry that counts no longer."""
    regime = background.books.regime(entry.edition, entry.profile)
    facts: dict[str, str | int | None] = {
        **(titled(regime.items[entry.item].name) if entry.item in regime.items else {"title": entry.item}),
        "item": entry.item,
        "effective_on": entry.effective_on.isoformat(),
        "points": printed_text(entry.points, regime.decimals),
        "reason": reason,
    }
    return Message(Recipient(member_id=entry.member_id), Told.ENTRY_REVERSED, Subject("entry", entry.id), facts)


def _check(actor: Actor, entry: Entry, item: Item, paths: list[str], *, has_finding: bool) -> None:
    """Whoever undoes one entry of a cause undoes all of it; a finding's share goes with the finding's reviewer."""
    if has_finding and item.kind is Kind.ROUTINE:
        return
    roles = frozenset(role for path in paths for role in actor.roles_at(path))
    decides = may_review(item, roles, is_service=actor.is_service)
    if item.kind is Kind.ROUTINE:
        # What a job settled, or a finding cost, is nobody's recording: it is a reviewer's to undo.
        allowed = decides or (entry.recorded_by is not None and may_record(item, roles, is_service=actor.is_service))
    else:
        allowed = decides
        if actor.account_id is not None and actor.account_id == entry.recorded_by:
            raise OwnRecording(field="id")
    if not allowed:
        raise NotYourReview(item=item.code, roles=any_role(one.value for one in steps_of(item)), field="id")
