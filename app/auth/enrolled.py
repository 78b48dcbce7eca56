"""Accounts and appointments as an enrolment sees and makes them: many at once, and without passwords."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.auth.core import Role


@dataclass(frozen=True, slots=True)
class Account:
    """An account by its login."""

    id: UUID
    login: str
    name: str
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A role at an organisation's path, from a day on; ``until_on`` is the first day on which it is no longer held."""

    id: UUID
    account_id: UUID
    role: Role
    path: str
    from_on: date
    until_on: date | None = None
