"""Webhooks of a district: set up and taken away by the system administrator, looked at by the auditor too."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.auth.core_permitted import NotGranted
from app.kit.ciphers import FieldCipher
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.messages import outbox_store
from app.messages.core import (
    PAGE_MAX,
    DeliveryState,
    DeliveryView,
    Webhook,
    WebhookClosed,
    WebhookDiffers,
    check_origin,
)
from app.roster.core import root_path

_SECRET_BYTES = 32


def secret_context(district_id: UUID, webhook_id: UUID) -> bytes:
    """What a secret is bound to: it decrypts for no other webhook."""
    return b"webhook.secret." + district_id.bytes + webhook_id.bytes


def add(
    connection: Connection, actor: Actor, cipher: FieldCipher, wanted: Webhook, origins: Collection[str]
) -> tuple[Webhook, str | None]:
    """The webhook and its secret, which is told this once; None for the secret where the same was added before.

    Raises Forbidden, BadWebhookUrl, OriginNotAllowed, WebhookDiffers.
    """
    _require(actor, Permission.WEBHOOK_SET)
    check_origin(wanted.url, origins)
    found = outbox_store.find_webhook(connection, actor.district_id, wanted.id)
    if found is not None:
        if (found.url, found.kinds) != (wanted.url, wanted.kinds):
            raise WebhookDiffers(id=wanted.id, field="id")
        return found, None
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    made = replace(wanted, active=True, created_at=actor.at)
    encrypted = cipher.encrypt(secret, secret_context(actor.district_id, made.id))
    outbox_store.insert_webhook(connection, actor.district_id, made, secret=encrypted, created_by=actor.account_id)
    return made, secret


def webhooks(connection: Connection, actor: Actor) -> list[Webhook]:
    """From the earliest on, those taken away too. Raises Forbidden."""
    _require(actor, Permission.WEBHOOK_READ)
    return outbox_store.list_webhooks(connection, actor.district_id)


def close(connection: Connection, actor: Actor, webhook_id: UUID) -> None:
    """Send nothing there any more; what waits is dropped. Closing it again changes nothing. Raises NotFound."""
    _require(actor, Permission.WEBHOOK_SET)
    if _get(connection, actor, webhook_id).active:
        outbox_store.update_closed(connection, actor.district_id, webhook_id, actor.at)


def test(connection: Connection, actor: Actor, webhook_id: UUID) -> UUID:
    """Put a test into the outbox, which the next run sends: its key. Raises NotFound and WebhookClosed."""
    _require(actor, Permission.WEBHOOK_SET)
    if not _get(connection, actor, webhook_id).active:
        raise WebhookClosed
    key = new_id()
    outbox_store.insert_deliveries(
        connection, actor.district_id, [outbox_store.row_of(key, webhook_id, None, actor.at)]
    )
    return key


def deliveries(
    connection: Connection,
    actor: Actor,
    webhook_id: UUID | None,
    *,
    state: DeliveryState | None = None,
    before: UUID | None = None,
    count_max: int = 50,
) -> tuple[list[DeliveryView], UUID | None]:
    """Of one webhook or of all, the latest first, and the cursor of the next page. Raises NotFound."""
    _require(actor, Permission.WEBHOOK_READ)
    if webhook_id is not None:
        _get(connection, actor, webhook_id)
    count = min(count_max, PAGE_MAX)
    found = outbox_store.list_deliveries(
        connection, actor.district_id, webhook_id=webhook_id, state=state, before=before, count_max=count + 1
    )
    page = found[:count]
    return page, page[-1].id if len(found) > count else None


def revive(connection: Connection, actor: Actor, webhook_id: UUID) -> int:
    """Try anew what was given up, with all its attempts before it. How many there were. Raises as ``test`` does."""
    _require(actor, Permission.WEBHOOK_SET)
    if not _get(connection, actor, webhook_id).active:
        raise WebhookClosed
    return outbox_store.update_revived(connection, actor.district_id, webhook_id, actor.at)


def _get(connection: Connection, actor: Actor, webhook_id: UUID) -> Webhook:
    found = outbox_store.find_webhook(connection, actor.district_id, webhook_id)
    if found is None:
        raise NotFound(what="webhook", field="webhook_id")
    return found


def _require(actor: Actor, permission: Permission) -> None:
    if not actor.may(permission, root_path(actor.district_id)):
        raise NotGranted(permission)
