"""Every query of inboxes and what lies in them, inside one district."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Connection, Uuid, and_, any_, func, literal, or_, select, update

from app.kit.db import AnyRow, insert_rows, sent_rows, sent_values
from app.messages.core import Kept, Recipient, Subject
from app.messages.tables import inbox, message
from app.messages.texts import Kind
from app.roster.tables import member


@dataclass(frozen=True, slots=True)
class Inbox:
    """An inbox as locked: to whom it belongs, and the number given last."""

    id: UUID
    member_id: UUID | None
    account_id: UUID | None
    last_number: int


def list_members_of(connection: Connection, district_id: UUID, accounts: Collection[UUID]) -> dict[UUID, UUID]:
    """By account, the member whose it is; accounts of nobody in the roster are left out."""
    if not accounts:
        return {}
    statement = select(member.c.account_id, member.c.id).where(
        member.c.district_id == district_id, member.c.account_id == _any_of(accounts)
    )
    return {row.account_id: row.id for row in connection.execute(statement)}


def list_accounts_of(connection: Connection, district_id: UUID, members: Collection[UUID]) -> dict[UUID, UUID]:
    """By member, the account; who has none is left out."""
    if not members:
        return {}
    statement = select(member.c.account_id, member.c.id).where(
        member.c.district_id == district_id, member.c.id == _any_of(members), member.c.account_id.is_not(None)
    )
    return {row.id: row.account_id for row in connection.execute(statement)}


def lock_inboxes(
    connection: Connection, district_id: UUID, members: Collection[UUID], accounts: Collection[UUID]
) -> list[Inbox]:
    """The inboxes of these members and accounts that are there, held until the transaction ends, in order of id."""
    statement = (
        select(inbox.c.id, inbox.c.member_id, inbox.c.account_id, inbox.c.last_number)
        .where(
            inbox.c.district_id == district_id,
            or_(inbox.c.member_id == _any_of(members), inbox.c.account_id == _any_of(accounts)),
        )
        .order_by(inbox.c.id)
        .with_for_update()
    )
    return [Inbox(*row) for row in connection.execute(statement)]


def insert_inboxes(connection: Connection, district_id: UUID, fresh: Mapping[UUID, Recipient]) -> None:
    """By new id; those that somebody else made meanwhile stay theirs."""
    rows = [
        {"id": made, "member_id": to.member_id, "account_id": to.account_id, "last_number": 0}
        for made, to in fresh.items()
    ]
    insert_rows(connection, district_id, inbox, rows, unless_there=True)


def update_owner(connection: Connection, district_id: UUID, inbox_id: UUID, member_id: UUID) -> None:
    """What an account was told before it was a member's belongs to that member, whoever has the account later."""
    connection.execute(
        update(inbox)
        .where(inbox.c.district_id == district_id, inbox.c.id == inbox_id)
        .values(member_id=member_id, account_id=None)
    )


def update_last_numbers(connection: Connection, district_id: UUID, last: Mapping[UUID, int]) -> None:
    names = ("id", "last_number")
    sent = sent_rows(inbox, names)
    statement = (
        update(inbox)
        .where(inbox.c.district_id == district_id, inbox.c.id == sent.c.id)
        .values(last_number=sent.c.last_number)
    )
    rows = [{"id": one, "last_number": number} for one, number in last.items()]
    connection.execute(statement, sent_values(names, rows))


Known = tuple[UUID, str, str, UUID, str]  # inbox, kind, kind and id of the subject, occasion


def list_known(
    connection: Connection, district_id: UUID, inboxes: Collection[UUID], subjects: Collection[UUID]
) -> frozenset[Known]:
    """What these inboxes hold of these subjects."""
    columns = message.c
    statement = select(
        columns.inbox_id, columns.kind, columns.subject_kind, columns.subject_id, columns.occasion
    ).where(
        columns.district_id == district_id,
        columns.inbox_id == _any_of(inboxes),
        columns.subject_id == _any_of(subjects),
    )
    return frozenset(tuple(row) for row in connection.execute(statement))


def insert_messages(connection: Connection, district_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    insert_rows(connection, district_id, message, rows)


def find_inbox(connection: Connection, district_id: UUID, account_id: UUID) -> tuple[UUID, int] | None:
    """Id and last number of the account's inbox: that of the member whose account it is, else its own."""
    of_member = and_(member.c.district_id == district_id, member.c.id == inbox.c.member_id)
    statement = (
        select(inbox.c.id, inbox.c.last_number)
        .select_from(inbox.outerjoin(member, of_member))
        .where(
            inbox.c.district_id == district_id,
            or_(inbox.c.account_id == account_id, member.c.account_id == account_id),
        )
        .order_by(inbox.c.member_id.is_(None))
        .limit(1)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else (row.id, row.last_number)


def list_messages(
    connection: Connection, district_id: UUID, inbox_id: UUID, *, after: int, count_max: int, unread: bool
) -> list[Kept]:
    """By number, those above ``after``."""
    columns = message.c
    statement = (
        select(
            columns.id, columns.number, columns.kind, columns.subject_kind, columns.subject_id, columns.facts,
            columns.due_on, columns.created_at, columns.read_at,
        )
        .where(columns.district_id == district_id, columns.inbox_id == inbox_id, columns.number > after)
        .order_by(columns.number)
        .limit(count_max)
    )  # fmt: skip
    if unread:
        statement = statement.where(columns.read_at.is_(None))
    return [kept(row) for row in connection.execute(statement)]


def count_unread(connection: Connection, district_id: UUID, inbox_id: UUID) -> int:
    statement = select(func.count()).where(
        message.c.district_id == district_id, message.c.inbox_id == inbox_id, message.c.read_at.is_(None)
    )
    count: int = connection.execute(statement).scalar_one()
    return count


def update_read(
    connection: Connection,
    district_id: UUID,
    inbox_id: UUID,
    at: datetime,
    *,
    numbers: Collection[int] = (),
    up_to: int = 0,
) -> int:
    """Mark as read what is not yet: these numbers, and all up to a number. How many were."""
    columns = message.c
    chosen = or_(columns.number <= up_to, columns.number == any_(literal(list(numbers), ARRAY(BigInteger))))
    statement = (
        update(message)
        .where(columns.district_id == district_id, columns.inbox_id == inbox_id, columns.read_at.is_(None), chosen)
        .values(read_at=at)
    )
    count: int = connection.execute(statement).rowcount
    return count


def kept(row: AnyRow) -> Kept:
    """A message from a row with all of its columns."""
    due_on: date | None = row.due_on
    return Kept(
        id=row.id,
        number=row.number,
        kind=Kind(row.kind),
        subject=Subject(row.subject_kind, row.subject_id),
        facts=row.facts,
        due_on=due_on,
        created_at=row.created_at,
        read_at=row.read_at,
    )


def _any_of(ids: Collection[UUID]) -> Any:
    return any_(literal(list(ids), ARRAY(Uuid)))
