"""The queries of second factors and recovery codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from app.auth.tables import recovery_code, second_factor


@dataclass(frozen=True, slots=True)
class StoredFactor:
    """The secret is encrypted."""

    secret: bytes
    confirmed_at: datetime | None
    last_step: int | None


def find_factor(connection: Connection, district_id: UUID, account_id: UUID) -> StoredFactor | None:
    row = connection.execute(
        select(second_factor.c.secret, second_factor.c.confirmed_at, second_factor.c.last_step).where(
            second_factor.c.district_id == district_id, second_factor.c.account_id == account_id
        )
    ).one_or_none()
    return None if row is None else StoredFactor(bytes(row.secret), row.confirmed_at, row.last_step)


def has_confirmed_factor(connection: Connection, district_id: UUID, account_id: UUID) -> bool:
    found = find_factor(connection, district_id, account_id)
    return found is not None and found.confirmed_at is not None


def insert_factor(connection: Connection, district_id: UUID, account_id: UUID, secret: bytes, at: datetime) -> None:
    connection.execute(
        insert(second_factor).values(district_id=district_id, account_id=account_id, secret=secret, created_at=at)
    )


def update_factor(connection: Connection, district_id: UUID, account_id: UUID, **values: Any) -> None:
    connection.execute(
        update(second_factor)
        .where(second_factor.c.district_id == district_id, second_factor.c.account_id == account_id)
        .values(**values)
    )


def delete_factor(connection: Connection, district_id: UUID, account_id: UUID) -> bool:
    """With its recovery codes; False if there is none."""
    connection.execute(
        delete(recovery_code).where(
            recovery_code.c.district_id == district_id, recovery_code.c.account_id == account_id
        )
    )
    statement = delete(second_factor).where(
        second_factor.c.district_id == district_id, second_factor.c.account_id == account_id
    )
    return connection.execute(statement).rowcount == 1


def insert_codes(connection: Connection, district_id: UUID, account_id: UUID, digests: Sequence[bytes]) -> None:
    connection.execute(
        insert(recovery_code),
        [{"district_id": district_id, "account_id": account_id, "digest": digest} for digest in digests],
    )


def delete_code(connection: Connection, district_id: UUID, account_id: UUID, digest: bytes) -> bool:
    """Take a recovery code; False if the account has no such (or no longer)."""
    statement = delete(recovery_code).where(
        recovery_code.c.district_id == district_id,
        recovery_code.c.account_id == account_id,
        recovery_code.c.digest == digest,
    )
    return connection.execute(statement).rowcount == 1


def count_codes(connection: Connection, district_id: UUID, account_id: UUID) -> int:
    statement = select(func.count()).where(
        recovery_code.c.district_id == district_id, recovery_code.c.account_id == account_id
    )
    return connection.execute(statement).scalar_one()
