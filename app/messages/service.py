"""Telling people, in the transaction of what they are told, and reading one's own inbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.kit.ids import new_id
from app.messages import outbox_store, store
from app.messages.core import PAGE_MAX, InboxPage, Kept, Message, Recipient
from app.messages.store import Inbox, Known

_Person = tuple[UUID | None, UUID | None]  # as a member, as an account


def tell(connection: Connection, actor: Actor, messages: Sequence[Message]) -> int:
    """Put the messages into their inboxes, in the order given, and into the outbox of every webhook that wants them.

    What was told already (same recipient, kind, subject and occasion) is left out; the number of new ones is returned.
    The inboxes stay locked until the transaction ends, so that their numbers become visible in order: call it once, at
    the end.
    """
    if not messages:
        return 0
    inboxes = _hold_inboxes(connection, actor, {message.to for message in messages})
    ids = {inbox.id for inbox in inboxes.values()}
    known = set(store.list_known(connection, actor.district_id, ids, {message.subject.id for message in messages}))
    last = {inbox.id: inbox.last_number for inbox in inboxes.values()}
    told: list[tuple[Message, Inbox, int]] = []
    for message in messages:
        inbox = inboxes[message.to]
        key = _key(inbox, message)
        if key not in known:
            known.add(key)
            last[inbox.id] += 1
            told.append((message, inbox, last[inbox.id]))
    if told:
        rows = [_row(actor, *one) for one in told]
        store.insert_messages(connection, actor.district_id, rows)
        touched = {inbox.id for _, inbox, _ in told}
        store.update_last_numbers(connection, actor.district_id, {one: last[one] for one in touched})
        _put_out(connection, actor, [(message, row["id"]) for (message, _, _), row in zip(told, rows, strict=True)])
    return len(told)


def inbox(connection: Connection, actor: Actor, *, after: int = 0, limit: int = 50, unread: bool = False) -> InboxPage:
    """The caller's messages numbered above ``after``; who goes on after the last one seen skips and repeats none."""
    found = _own_inbox(connection, actor)
    if found is None:
        return InboxPage((), 0, 0, None)
    inbox_id, last = found
    count = min(limit, PAGE_MAX)
    district_id = actor.district_id
    rows = store.list_messages(connection, district_id, inbox_id, after=after, count_max=count + 1, unread=unread)
    page: tuple[Kept, ...] = tuple(rows[:count])
    return InboxPage(
        messages=page,
        last=max(last, page[-1].number if page else 0),
        unread=store.count_unread(connection, district_id, inbox_id),
        following=page[-1].number if len(rows) > count else None,
    )


def count_unread(connection: Connection, actor: Actor) -> int:
    """How many of the caller's messages are unread."""
    found = _own_inbox(connection, actor)
    return 0 if found is None else store.count_unread(connection, actor.district_id, found[0])


def mark_read(
    connection: Connection, actor: Actor, *, numbers: Collection[int] = (), up_to: int = 0
) -> tuple[int, int]:
    """Mark these numbers, and all up to a number, as read: how many were marked now, and how many stay unread.

    What is read already keeps its time; numbers that the inbox does not have are passed over.
    """
    found = _own_inbox(connection, actor)
    if found is None:
        return 0, 0
    marked = store.update_read(connection, actor.district_id, found[0], actor.at, numbers=numbers, up_to=up_to)
    return marked, store.count_unread(connection, actor.district_id, found[0])


def _own_inbox(connection: Connection, actor: Actor) -> tuple[UUID, int] | None:
    if actor.account_id is None:
        return None
    return store.find_inbox(connection, actor.district_id, actor.account_id)


def _hold_inboxes(connection: Connection, actor: Actor, recipients: Collection[Recipient]) -> dict[Recipient, Inbox]:
    """Each recipient's inbox, locked; made where there was none."""
    people = _people(connection, actor, recipients)
    found = _lock(connection, actor, people)
    fresh = {person for person in people.values() if _find(found, *person) is None}
    if fresh:
        made = {new_id(): _owner(*person) for person in sorted(fresh, key=str)}
        store.insert_inboxes(connection, actor.district_id, made)
        found = _lock(connection, actor, people)
    held = {}
    for recipient, (member_id, account_id) in people.items():
        inbox = _find(found, member_id, account_id)
        if inbox is None:
            raise AssertionError("an inbox that was made is there")
        if member_id is not None and inbox.member_id is None:
            store.update_owner(connection, actor.district_id, inbox.id, member_id)
        held[recipient] = inbox
    return held


def _people(connection: Connection, actor: Actor, recipients: Collection[Recipient]) -> dict[Recipient, _Person]:
    """Each recipient with both ids, as far as there are both."""
    members = [one.member_id for one in recipients if one.member_id is not None]
    accounts = [one.account_id for one in recipients if one.account_id is not None]
    account_of = store.list_accounts_of(connection, actor.district_id, members)
    member_of = store.list_members_of(connection, actor.district_id, accounts)
    people: dict[Recipient, _Person] = {}
    for one in recipients:
        if one.member_id is not None:
            people[one] = (one.member_id, account_of.get(one.member_id))
        elif one.account_id is not None:
            people[one] = (member_of.get(one.account_id), one.account_id)
    return people


def _lock(connection: Connection, actor: Actor, people: dict[Recipient, _Person]) -> list[Inbox]:
    members = {member_id for member_id, _ in people.values() if member_id is not None}
    accounts = {account_id for _, account_id in people.values() if account_id is not None}
    return store.lock_inboxes(connection, actor.district_id, members, accounts)


def _find(inboxes: Sequence[Inbox], member_id: UUID | None, account_id: UUID | None) -> Inbox | None:
    """The member's, else the account's."""
    for one in inboxes:
        if member_id is not None and one.member_id == member_id:
            return one
    return next((one for one in inboxes if account_id is not None and one.account_id == account_id), None)


def _owner(member_id: UUID | None, account_id: UUID | None) -> Recipient:
    """To whom a new inbox belongs: the member, whatever the account, which may come and go."""
    return Recipient(member_id=member_id) if member_id is not None else Recipient(account_id=account_id)


def _key(inbox: Inbox, message: Message) -> Known:
    return (inbox.id, message.kind.value, message.subject.kind, message.subject.id, message.occasion)


def _row(actor: Actor, message: Message, inbox: Inbox, number: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "inbox_id": inbox.id,
        "number": number,
        "kind": message.kind.value,
        "subject_kind": message.subject.kind,
        "subject_id": message.subject.id,
        "occasion": message.occasion,
        "facts": dict(message.facts),
        "due_on": message.due_on,
        "created_at": actor.at,
    }


def _put_out(connection: Connection, actor: Actor, told: Sequence[tuple[Message, UUID]]) -> None:
    hooks = [hook for hook in outbox_store.list_webhooks(connection, actor.district_id) if hook.active]
    rows = [
        outbox_store.row_of(new_id(), hook.id, message_id, actor.at)
        for message, message_id in told
        for hook in hooks
        if hook.wants(message.kind)
    ]
    outbox_store.insert_deliveries(connection, actor.district_id, rows)
