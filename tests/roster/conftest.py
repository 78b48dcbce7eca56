"""The small roster of enrolment's tests, in a district with people who log in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from app.auth.core import Actor, Appointment, Role
from app.enrolment import service as enrolment
from app.kit.ciphers import AesFieldCipher
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.settings import Settings
from app.roster import service as roster
from app.roster.core import MemberView, OrganisationView
from tests.applications import Applications
from tests.auth.people import People, found_district
from tests.enrolment.conftest import Rows, small_roster, workbook_of

CIPHER = AesFieldCipher.from_secret("a secret that only the tests know")


@dataclass(frozen=True)
class Place:
    """A district with a roster: its organisations and members by code and number."""

    people: People
    organisations: dict[str, OrganisationView]
    members: dict[str, MemberView]

    @property
    def district_id(self) -> UUID:
        return self.people.district.id

    @property
    def service(self) -> Actor:
        return self.people.service_actor

    def holding(self, role: Role, code: str | None = None) -> Actor:
        """Somebody with one role at the organisation of the code, or at the root."""
        path = roster.root_of(self.district_id) if code is None else self.organisations[code].path
        return replace(self.service, account_id=new_id(), appointments=(Appointment(role, path),))


def settle(people: People, rows: Rows) -> Place:
    """Import the rows; anew after each further import, since members move."""
    records = enrolment.read_roster(workbook_of(rows))
    actor = people.service_actor
    people.database.run(
        lambda connection: enrolment.import_roster(connection, actor, CIPHER, records), people.district.id
    )
    return people.database.run(
        lambda connection: Place(
            people,
            {one.code: one for one in roster.organisations(connection, people.district.id)},
            {one.number: one for one in roster.page_members(connection, actor, count_max=200).members},
        ),
        people.district.id,
    )


@pytest.fixture
def people(database: Database, owner_database: Database, clock: FixedClock) -> People:
    return People(database, found_district(owner_database), clock)


@pytest.fixture
def place(people: People) -> Place:
    return settle(people, small_roster())


@pytest.fixture
def elsewhere(database: Database, owner_database: Database, clock: FixedClock) -> Place:
    """Another district with the same roster."""
    return settle(People(database, found_district(owner_database), clock), small_roster())


@pytest.fixture
def client(applications: Applications, settings: Settings, database: Database, clock: FixedClock) -> TestClient:
    return TestClient(applications.lend(settings, database, clock))
