"""Invented people who log in: for the tests of every room that has routes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fastapi.testclient import TestClient
from sqlalchemy import Connection

from app.auth import service
from app.auth.core import Actor, Role
from app.auth.core_districts import District
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.passwords import Passwords

PASSWORD = "correct horse battery"
# The least that Argon2 takes: a test of a log-in is not a test of its cost.
CHEAP = Passwords(memory_kib=8, passes=1)


def found_district(owner_database: Database, time_zone: str = "Asia/Shanghai") -> District:
    """A district that no other test knows, whose code can be typed."""
    code = f"d{new_id().hex[-12:]}"
    made = owner_database.run(lambda connection: service.create_district(connection, code, "测试区", time_zone), None)
    return District(made, code, "测试区", time_zone)


@dataclass(frozen=True)
class People:
    """Opens accounts in one district and logs them in."""

    database: Database
    district: District
    clock: Clock

    @property
    def service_actor(self) -> Actor:
        return Actor.service(self.district.id, self.clock.now(), self.district.time_zone)

    def open(self, login: str, role: Role | None = None, path: str = "1", from_on: date = date(2026, 1, 1)) -> UUID:
        """An account with one role at the path, or with none."""

        def work(connection: Connection) -> UUID:
            account_id = service.open_account(
                connection, self.service_actor, login, "某同志", PASSWORD, passwords=CHEAP
            )
            if role is not None:
                service.appoint(connection, self.service_actor, account_id, role, path, from_on)
            return account_id

        return self.database.run(work, self.district.id)

    def appoint(self, account_id: UUID, role: Role, path: str = "1") -> None:
        """One more role, from the first of January on."""
        self.database.run(
            lambda connection: service.appoint(
                connection, self.service_actor, account_id, role, path, date(2026, 1, 1)
            ),
            self.district.id,
        )

    def log_in(self, client: TestClient, login: str, password: str = PASSWORD) -> dict[str, str]:
        """The headers with which the account is known from now on."""
        answer = client.post("/api/v1/sessions", json={"login": f"{self.district.code}/{login}", "password": password})
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}
