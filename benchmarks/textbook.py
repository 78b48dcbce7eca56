"""The comparator: the same deed as FastAPI's and SQLAlchemy's tutorials would write it.

One ORM session per request from a dependency; the token is looked up, the member and the standing are selected, an
entry is inserted, the standing updated, then commit. No rule book, no duties, no idempotency beyond the primary key, no
hash, no isolation by district: what an application has that keeps a running total and nothing else. Its one departure
from the tutorials is the lock on the standing, without which concurrent requests would lose points.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine, ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

POINTS = {"ORG-D02": {"kept": 0, "missed": -10}}
FULL = 1000


class Base(DeclarativeBase):
    """Tables of the comparator's own database."""


class Account(Base):
    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    closed_at: Mapped[datetime | None]


class Appointment(Base):
    __tablename__ = "appointment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str]


class AccessToken(Base):
    __tablename__ = "access_token"

    token_digest: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    expires_at: Mapped[datetime]


class Member(Base):
    __tablename__ = "member"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class Standing(Base):
    __tablename__ = "standing"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    cycle: Mapped[str] = mapped_column(primary_key=True)
    total: Mapped[int]
    version: Mapped[int]


class Entry(Base):
    __tablename__ = "entry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"), index=True)
    item: Mapped[str]
    effective_on: Mapped[date]
    outcome: Mapped[str]
    points: Mapped[int]
    reason: Mapped[str | None]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]


class EntryIn(BaseModel):
    id: UUID
    member_id: UUID
    item: str = Field(max_length=32)
    effective_on: date
    outcome: str
    reason: str | None = None


class EntriesIn(BaseModel):
    entries: list[EntryIn] = Field(min_length=1, max_length=1000)


class EntryOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    member_id: UUID
    item: str
    effective_on: date
    outcome: str
    points: int
    reason: str | None
    recorded_by: UUID
    recorded_at: datetime


class RecordedOut(BaseModel):
    entry: EntryOut
    before: int
    after: int
    version: int


def get_session(request: Request) -> Iterator[Session]:
    with request.app.state.make_session() as session:
        yield session


def get_account(session: Annotated[Session, Depends(get_session)], authorization: Annotated[str, Header()]) -> Account:
    """Whom the token stands for, with the roles, in one query."""
    digest = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).digest()
    statement = (
        select(Account, Appointment.role)
        .join(AccessToken, AccessToken.account_id == Account.id)
        .outerjoin(Appointment, Appointment.account_id == Account.id)
        .where(AccessToken.token_digest == digest, AccessToken.expires_at > datetime.now(UTC).replace(tzinfo=None))
        .where(Account.closed_at.is_(None))
    )
    rows = session.execute(statement).all()
    if not rows:
        raise HTTPException(401)
    if "officer" not in {role for _, role in rows}:
        raise HTTPException(403)
    account: Account = rows[0][0]
    return account


def create_app(address: str) -> FastAPI:
    """With a pool as large as the service's."""
    app = FastAPI()
    app.state.make_session = sessionmaker(create_engine(address, pool_size=10, max_overflow=0))

    @app.post("/entries", status_code=201)
    def create_entries(
        body: EntriesIn,
        session: Annotated[Session, Depends(get_session)],
        account: Annotated[Account, Depends(get_account)],
    ) -> list[RecordedOut]:
        recorded = [_record(session, account, one) for one in body.entries]
        answers = [
            RecordedOut(
                entry=EntryOut.model_validate(entry), before=before, after=standing.total, version=standing.version
            )
            for entry, standing, before in recorded
        ]
        session.commit()
        return answers

    return app


def _record(session: Session, account: Account, one: EntryIn) -> tuple[Entry, Standing, int]:
    member = session.get(Member, one.member_id)
    if member is None or one.item not in POINTS:
        raise HTTPException(404)
    standing = session.get_one(Standing, (one.member_id, str(one.effective_on.year)), with_for_update=True)
    before = standing.total
    entry = Entry(
        **one.model_dump(),
        points=POINTS[one.item][one.outcome],
        recorded_by=account.id,
        recorded_at=datetime.now(UTC).replace(tzinfo=None),
    )
    session.add(entry)
    standing.total += entry.points
    standing.version += 1
    session.flush()
    return entry, standing, before


def make_database(engine: Engine, members: list[UUID], account_id: UUID, token: str, year: str) -> None:
    """Its tables, the same members each with a standing, and one officer with a token."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Account(id=account_id, name="测量员", closed_at=None))
        session.flush()
        session.add(Appointment(id=account_id, account_id=account_id, role="officer"))
        session.add(
            AccessToken(
                token_digest=hashlib.sha256(token.encode()).digest(),
                account_id=account_id,
                expires_at=datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1),
            )
        )
        session.add_all(Member(id=member_id, name=f"党员{number:06d}") for number, member_id in enumerate(members))
        session.flush()
        session.add_all(Standing(member_id=member_id, cycle=year, total=FULL, version=1) for member_id in members)
        session.commit()
