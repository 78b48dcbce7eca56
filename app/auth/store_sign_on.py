"""The queries of identities and invitations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.auth.core_sign_on import Identity
from app.auth.tables import account, credential, identity, invitation, session


@dataclass(frozen=True, slots=True)
class Person:
    """An account whose row is held."""

    id: UUID
    login: str
    name: str
    closed_at: datetime | None


def lock_person(connection: Connection, district_id: UUID, account_id: UUID) -> Person | None:
    """Held to the transaction's end: log-ins, links and their end come one after another."""
    row = connection.execute(
        select(account.c.id, account.c.login, account.c.name, account.c.closed_at)
        .where(account.c.district_id == district_id, account.c.id == account_id, account.c.kind == "person")
        .with_for_update()
    ).one_or_none()
    return None if row is None else Person(row.id, row.login, row.name, row.closed_at)


def has_password(connection: Connection, district_id: UUID, account_id: UUID) -> bool:
    statement = select(credential.c.account_id).where(
        credential.c.district_id == district_id, credential.c.account_id == account_id
    )
    return connection.execute(statement).one_or_none() is not None


# Identities.


def find_identity(
    connection: Connection, district_id: UUID, issuer: str, subject_digest: bytes
) -> tuple[UUID, UUID] | None:
    """Its id, and whose it is."""
    row = connection.execute(
        select(identity.c.id, identity.c.account_id).where(
            identity.c.district_id == district_id,
            identity.c.issuer == issuer,
            identity.c.subject_digest == subject_digest,
        )
    ).one_or_none()
    return None if row is None else (row.id, row.account_id)


def insert_identity(
    connection: Connection, district_id: UUID, account_id: UUID, made: Identity, subject_digest: bytes
) -> bool:
    """False if the identity is linked, or the account has another at the provider."""
    statement = insert(identity).values(
        district_id=district_id,
        id=made.id,
        account_id=account_id,
        issuer=made.issuer,
        subject_digest=subject_digest,
        linked_at=made.linked_at,
    )
    return connection.execute(statement.on_conflict_do_nothing().returning(identity.c.id)).one_or_none() is not None


def list_identities(connection: Connection, district_id: UUID, account_id: UUID) -> tuple[Identity, ...]:
    statement = (
        select(identity.c.id, identity.c.issuer, identity.c.linked_at)
        .where(identity.c.district_id == district_id, identity.c.account_id == account_id)
        .order_by(identity.c.linked_at, identity.c.id)
    )
    return tuple(Identity(row.id, row.issuer, row.linked_at) for row in connection.execute(statement))


def delete_identity(connection: Connection, district_id: UUID, account_id: UUID, identity_id: UUID) -> bool:
    """With the log-ins made by it; False if the account has no such."""
    connection.execute(
        delete(session).where(
            session.c.district_id == district_id,
            session.c.account_id == account_id,
            session.c.identity_id == identity_id,
        )
    )
    statement = delete(identity).where(
        identity.c.district_id == district_id, identity.c.account_id == account_id, identity.c.id == identity_id
    )
    return connection.execute(statement).rowcount == 1


# Invitations.


def upsert_invitation(
    connection: Connection, district_id: UUID, account_id: UUID, token_digest: bytes, expires_at: datetime
) -> None:
    """The one before is void."""
    values = {"token_digest": token_digest, "expires_at": expires_at}
    statement = insert(invitation).values(district_id=district_id, account_id=account_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["district_id", "account_id"], set_=values))


def find_invited(connection: Connection, district_id: UUID, token_digest: bytes, at: datetime) -> UUID | None:
    """Whom the invitation in force is for."""
    statement = select(invitation.c.account_id).where(
        invitation.c.district_id == district_id,
        invitation.c.token_digest == token_digest,
        invitation.c.expires_at > at,
    )
    return connection.execute(statement).scalar_one_or_none()


def delete_invitation(connection: Connection, district_id: UUID, account_id: UUID) -> None:
    connection.execute(
        delete(invitation).where(invitation.c.district_id == district_id, invitation.c.account_id == account_id)
    )
