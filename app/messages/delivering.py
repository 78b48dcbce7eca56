"""Emptying the outbox: claim, send, and say how it went, each in its own step.

No transaction is open while a call is made. A claim counts the attempt and lets nobody else have the delivery for
``LEASE``; a worker that dies in between leaves it to be sent again, under the same key.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core_districts import District
from app.kit.ciphers import FieldCipher
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.errors import LongwenError
from app.messages import outbox_store
from app.messages.core import (
    LEASE,
    Address,
    DeliveryState,
    Kept,
    after_failure,
    body_of,
    check_origin,
    signature,
)
from app.messages.outbox_store import Claimed
from app.messages.sending import Parcel, send_all
from app.messages.webhooks import secret_context

AT_ONCE = 8
SECONDS_OF_A_RUN = 50.0  # the next run begins a minute after this one

Send = Callable[[Sequence[Parcel]], list[str | None]]


def deliver(
    database: Database,
    clock: Clock,
    district: District,
    cipher: Callable[[], FieldCipher],
    origins: Collection[str],
    *,
    send: Send = send_all,
) -> dict[str, int]:
    """Send what is due, until nothing is or the run has lasted long enough. How many were sent, failed and given up.

    A webhook that failed once is left alone for the rest of the run. Several at once, on as many machines, deliver each
    once for each attempt. Raises WrongKey where the secrets do not open, before anything is claimed.
    """
    counts = Counter({"sent": 0, "failed": 0, "dead": 0})
    failing: set[UUID] = set()
    until = time.monotonic() + SECONDS_OF_A_RUN
    while time.monotonic() < until:
        dead, claimed = database.run(
            partial(_claim, district=district, clock=clock, cipher=cipher, failing=failing), district.id
        )
        counts["dead"] += dead
        if not claimed:
            break
        errors = _send(claimed, district, clock, origins, send)
        failing |= {one.webhook_id for one, error in zip(claimed, errors, strict=True) if error is not None}
        counts += database.run(
            partial(_record, district=district, clock=clock, claimed=claimed, errors=errors), district.id
        )
    return {name: counts[name] for name in ("sent", "failed", "dead")}


def _claim(
    connection: Connection,
    *,
    district: District,
    clock: Clock,
    cipher: Callable[[], FieldCipher],
    failing: set[UUID],
) -> tuple[int, list[Claimed]]:
    at = clock.now()
    dead = outbox_store.update_given_up(connection, district.id, at)
    active = {hook.id for hook in outbox_store.list_webhooks(connection, district.id) if hook.active}
    keys = outbox_store.lock_due(connection, district.id, at, webhooks=active - failing, count_max=AT_ONCE)
    if not keys:
        return dead, []
    outbox_store.update_claimed(connection, district.id, keys, at + LEASE)
    opened = cipher()
    return dead, [
        replace(one, secret=opened.decrypt(one.secret, secret_context(district.id, one.webhook_id)).encode())
        for one in outbox_store.list_claimed(connection, district.id, keys)
    ]


def _send(
    claimed: Sequence[Claimed], district: District, clock: Clock, origins: Collection[str], send: Send
) -> list[str | None]:
    """What went wrong with each, in the order given; what may not be sent is not."""
    errors: dict[UUID, str | None] = {}
    parcels: dict[UUID, Parcel] = {}
    for one in claimed:
        try:
            check_origin(one.url, origins)
        except LongwenError as error:
            errors[one.key] = error.code
            continue
        parcels[one.key] = _parcel(one, district, clock)
    errors |= zip(parcels, send(list(parcels.values())), strict=True)
    return [errors[one.key] for one in claimed]


def _parcel(claimed: Claimed, district: District, clock: Clock) -> Parcel:
    message: Kept | None = claimed.message
    to: Address | None = claimed.to
    body = body_of(claimed.key, district.code, claimed.created_at, message, to)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Longwen",
        "Longwen-Delivery": str(claimed.key),
        "Longwen-Attempt": str(claimed.attempt),
        "Longwen-Signature": signature(claimed.secret.decode(), clock.now(), body),
    }
    return Parcel(claimed.url, headers, body)


def _record(
    connection: Connection,
    *,
    district: District,
    clock: Clock,
    claimed: Sequence[Claimed],
    errors: Sequence[str | None],
) -> Counter[str]:
    at = clock.now()
    counts: Counter[str] = Counter()
    for one, error in zip(claimed, errors, strict=True):
        if error is None:
            outbox_store.update_sent(connection, district.id, one.key, at)
            counts["sent"] += 1
            continue
        state, next_at = after_failure(one.attempt, at)
        outbox_store.update_failed(connection, district.id, one, error, state=state, next_attempt_at=next_at)
        counts["dead" if state is DeliveryState.DEAD else "failed"] += 1
    return counts
