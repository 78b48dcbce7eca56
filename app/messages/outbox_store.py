"""Every query of webhooks and of the outbox, inside one district."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Connection, Uuid, and_, any_, func, insert, literal, select, update

from app.auth.tables import account
from app.kit.db import AnyRow, insert_rows
from app.messages.core import (
    ATTEMPTS_MAX,
    Address,
    DeliveryState,
    DeliveryView,
    Kept,
    Webhook,
)
from app.messages.store import kept
from app.messages.tables import delivery, inbox, message, webhook
from app.messages.texts import Kind
from app.roster.tables import member

_WEBHOOK = (webhook.c.id, webhook.c.url, webhook.c.kinds, webhook.c.active, webhook.c.created_at)


# Webhooks.


def insert_webhook(
    connection: Connection, district_id: UUID, hook: Webhook, *, secret: bytes, created_by: UUID | None
) -> None:
    """``secret`` is encrypted already."""
    row = {
        "district_id": district_id,
        "id": hook.id,
        "url": hook.url,
        "secret": secret,
        "kinds": None if hook.kinds is None else [kind.value for kind in hook.kinds],
        "active": hook.active,
        "created_at": hook.created_at,
        "created_by": created_by,
    }
    connection.execute(insert(webhook), row)


def list_webhooks(connection: Connection, district_id: UUID) -> list[Webhook]:
    """From the earliest on, those taken away too."""
    statement = select(*_WEBHOOK).where(webhook.c.district_id == district_id)
    return [_webhook(row) for row in connection.execute(statement.order_by(webhook.c.created_at, webhook.c.id))]


def find_webhook(connection: Connection, district_id: UUID, webhook_id: UUID) -> Webhook | None:
    statement = select(*_WEBHOOK).where(webhook.c.district_id == district_id, webhook.c.id == webhook_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _webhook(row)


def update_closed(connection: Connection, district_id: UUID, webhook_id: UUID, at: datetime) -> None:
    """Nothing is sent there any more; what waits is dropped."""
    connection.execute(
        update(webhook).where(webhook.c.district_id == district_id, webhook.c.id == webhook_id).values(active=False)
    )
    connection.execute(
        update(delivery)
        .where(
            delivery.c.district_id == district_id,
            delivery.c.webhook_id == webhook_id,
            delivery.c.state == DeliveryState.WAITING.value,
        )
        .values(state=DeliveryState.DROPPED.value, ended_at=at)
    )


# Deliveries.


def row_of(key: UUID, webhook_id: UUID, message_id: UUID | None, at: datetime) -> dict[str, Any]:
    """A delivery that is due at once."""
    return {
        "id": key,
        "webhook_id": webhook_id,
        "message_id": message_id,
        "state": DeliveryState.WAITING.value,
        "attempts": 0,
        "next_attempt_at": at,
        "created_at": at,
    }


def insert_deliveries(connection: Connection, district_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    insert_rows(connection, district_id, delivery, rows)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this worker sends now; ``attempt`` counts from 1. Without a message it is a test."""

    key: UUID
    webhook_id: UUID
    attempt: int
    url: str
    secret: bytes
    created_at: datetime
    message: Kept | None
    to: Address | None


def update_given_up(connection: Connection, district_id: UUID, at: datetime) -> int:
    """Whoever sent these for the last time died before saying how it went. How many there were."""
    statement = (
        update(delivery)
        .where(
            delivery.c.district_id == district_id,
            delivery.c.state == DeliveryState.WAITING.value,
            delivery.c.next_attempt_at <= at,
            delivery.c.attempts >= ATTEMPTS_MAX,
        )
        .values(state=DeliveryState.DEAD.value, ended_at=at)
    )
    count: int = connection.execute(statement).rowcount
    return count


def lock_due(
    connection: Connection, district_id: UUID, at: datetime, *, webhooks: Collection[UUID], count_max: int
) -> list[UUID]:
    """Deliveries to these that are due, the longest waiting first, which nobody else is claiming at this moment."""
    statement = (
        select(delivery.c.id)
        .where(
            delivery.c.district_id == district_id,
            delivery.c.state == DeliveryState.WAITING.value,
            delivery.c.next_attempt_at <= at,
            delivery.c.attempts < ATTEMPTS_MAX,
            delivery.c.webhook_id == _any_of(webhooks),
        )
        .order_by(delivery.c.next_attempt_at, delivery.c.id)
        .limit(count_max)
        .with_for_update(skip_locked=True)
    )
    return list(connection.execute(statement).scalars())


def update_claimed(connection: Connection, district_id: UUID, keys: Collection[UUID], until: datetime) -> None:
    """Count the attempt; if nothing is heard of it until then, the delivery is due again."""
    statement = (
        update(delivery)
        .where(delivery.c.district_id == district_id, delivery.c.id == _any_of(keys))
        .values(attempts=delivery.c.attempts + 1, next_attempt_at=until)
    )
    connection.execute(statement)


def list_claimed(connection: Connection, district_id: UUID, keys: Collection[UUID]) -> list[Claimed]:
    """All that is needed to send them."""
    columns = (
        delivery.c.id.label("key"), delivery.c.webhook_id, delivery.c.attempts, delivery.c.message_id,
        delivery.c.created_at.label("put_out_at"), webhook.c.url, webhook.c.secret,
        message.c.id, message.c.number, message.c.kind, message.c.subject_kind, message.c.subject_id,
        message.c.facts, message.c.due_on, message.c.created_at, message.c.read_at,
        inbox.c.member_id, inbox.c.account_id, member.c.number.label("member_number"),
        member.c.account_id.label("account_of_member"), account.c.login,
    )  # fmt: skip
    own_account = func.coalesce(member.c.account_id, inbox.c.account_id)
    of_webhook = and_(webhook.c.district_id == district_id, webhook.c.id == delivery.c.webhook_id)
    of_message = and_(message.c.district_id == district_id, message.c.id == delivery.c.message_id)
    of_inbox = and_(inbox.c.district_id == district_id, inbox.c.id == message.c.inbox_id)
    of_member = and_(member.c.district_id == district_id, member.c.id == inbox.c.member_id)
    of_account = and_(account.c.district_id == district_id, account.c.id == own_account)
    joined = (
        delivery.join(webhook, of_webhook)
        .outerjoin(message, of_message)
        .outerjoin(inbox, of_inbox)
        .outerjoin(member, of_member)
        .outerjoin(account, of_account)
    )
    statement = (
        select(*columns)
        .select_from(joined)
        .where(delivery.c.district_id == district_id, delivery.c.id == _any_of(keys))
        .order_by(delivery.c.created_at, delivery.c.id)
    )
    return [_claimed(row) for row in connection.execute(statement)]


def update_sent(connection: Connection, district_id: UUID, key: UUID, at: datetime) -> None:
    """It was taken, by whichever attempt."""
    statement = (
        update(delivery)
        .where(
            delivery.c.district_id == district_id,
            delivery.c.id == key,
            delivery.c.state == DeliveryState.WAITING.value,
        )
        .values(state=DeliveryState.SENT.value, ended_at=at, last_error=None)
    )
    connection.execute(statement)


def update_failed(
    connection: Connection,
    district_id: UUID,
    claimed: Claimed,
    error: str,
    *,
    state: DeliveryState,
    next_attempt_at: datetime,
) -> None:
    """Unless a later attempt is under way already, which then says how it went."""
    statement = (
        update(delivery)
        .where(
            delivery.c.district_id == district_id,
            delivery.c.id == claimed.key,
            delivery.c.state == DeliveryState.WAITING.value,
            delivery.c.attempts == claimed.attempt,
        )
        .values(
            state=state.value,
            next_attempt_at=next_attempt_at,
            last_error=error,
            ended_at=next_attempt_at if state is DeliveryState.DEAD else None,
        )
    )
    connection.execute(statement)


def list_deliveries(
    connection: Connection,
    district_id: UUID,
    *,
    webhook_id: UUID | None,
    state: DeliveryState | None,
    before: UUID | None,
    count_max: int,
) -> list[DeliveryView]:
    """The latest first; ``before`` is the last one of the page before."""
    of_message = and_(message.c.district_id == district_id, message.c.id == delivery.c.message_id)
    columns = delivery.c
    statement = (
        select(
            columns.id, columns.message_id, message.c.kind, columns.state, columns.attempts, columns.next_attempt_at,
            columns.last_error, columns.created_at, columns.ended_at,
        )
        .select_from(delivery.outerjoin(message, of_message))
        .where(columns.district_id == district_id)
        .order_by(columns.id.desc())
        .limit(count_max)
    )  # fmt: skip
    if webhook_id is not None:
        statement = statement.where(columns.webhook_id == webhook_id)
    if state is not None:
        statement = statement.where(columns.state == state.value)
    if before is not None:
        statement = statement.where(columns.id < before)
    return [_delivery(row) for row in connection.execute(statement)]


def update_revived(connection: Connection, district_id: UUID, webhook_id: UUID, at: datetime) -> int:
    """Let those that were given up be tried anew. How many there were."""
    statement = (
        update(delivery)
        .where(
            delivery.c.district_id == district_id,
            delivery.c.webhook_id == webhook_id,
            delivery.c.state == DeliveryState.DEAD.value,
        )
        .values(state=DeliveryState.WAITING.value, attempts=0, next_attempt_at=at, ended_at=None)
    )
    count: int = connection.execute(statement).rowcount
    return count


def _webhook(row: AnyRow) -> Webhook:
    kinds = None if row.kinds is None else tuple(Kind(one) for one in row.kinds)
    return Webhook(row.id, row.url, kinds, row.active, row.created_at)


def _claimed(row: AnyRow) -> Claimed:
    found = row.message_id is not None
    account_id = row.account_of_member or row.account_id
    return Claimed(
        key=row.key,
        webhook_id=row.webhook_id,
        attempt=row.attempts,
        url=row.url,
        secret=row.secret,
        created_at=row.put_out_at,
        message=kept(row) if found else None,
        to=Address(row.member_id, row.member_number, account_id, row.login) if found else None,
    )


def _delivery(row: AnyRow) -> DeliveryView:
    state = DeliveryState(row.state)
    return DeliveryView(
        id=row.id,
        message_id=row.message_id,
        kind=None if row.kind is None else Kind(row.kind),
        state=state,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at if state is DeliveryState.WAITING else None,
        last_error=row.last_error,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )


def _any_of(ids: Collection[UUID]) -> Any:
    return any_(literal(list(ids), ARRAY(Uuid)))
