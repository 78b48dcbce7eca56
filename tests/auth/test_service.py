"""Districts, accounts and appointments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from app.auth import service, sessions
from app.auth.core import Actor, Appointment, Role
from app.auth.core_accounts import AlreadyAppointed
from app.auth.core_districts import (
    BadDistrictCode,
    BadLogin,
    DistrictExists,
    LoginTaken,
    UnknownTimeZone,
)
from app.auth.logins import Terms
from app.auth.password_policy import WeakPassword
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.errors import Forbidden, NotFound
from app.kit.ids import new_id
from app.kit.passwords import Passwords
from tests.auth.people import CHEAP, PASSWORD, People, found_district
from tests.statements import count_statements

TERMS = Terms(access=timedelta(hours=1), refresh=timedelta(days=30))


def run(people: People, work: Callable[..., Any], *facts: Any, actor: Actor | None = None, **more: Any) -> Any:
    acting = actor or people.service_actor
    return people.database.run(lambda connection: work(connection, acting, *facts, **more), people.district.id)


def officer(people: People, *roles: Role) -> Actor:
    held = tuple(Appointment(role, "1") for role in roles)
    service_actor = people.service_actor
    return Actor(people.district.id, new_id(), service_actor.at, service_actor.today, held)


def test_a_district_is_found_by_its_code(owner_database: Database, database: Database) -> None:
    made = found_district(owner_database)
    assert database.run(lambda connection: service.find_district(connection, made.code), None) == made
    assert made in database.run(service.list_districts, None)


def test_a_district_code_is_taken_once(owner_database: Database) -> None:
    made = found_district(owner_database)
    with pytest.raises(DistrictExists):
        owner_database.run(lambda connection: service.create_district(connection, made.code, "又一区"), None)


@pytest.mark.parametrize("code", ["", "a", "Longwen", "龙文", "a.b", "a/b", "x" * 33])
def test_a_district_code_is_plain(owner_database: Database, code: str) -> None:
    with pytest.raises(BadDistrictCode):
        owner_database.run(lambda connection: service.create_district(connection, code, "某区"), None)


def test_a_district_needs_a_time_zone_that_exists(owner_database: Database) -> None:
    with pytest.raises(UnknownTimeZone):
        owner_database.run(lambda connection: service.create_district(connection, "somewhere", "某区", "Asia/X"), None)


def test_a_known_district_is_not_asked_for_again(owner_database: Database, database: Database) -> None:
    districts = service.Districts(database)
    code = "d" + new_id().hex[-12:]
    with count_statements(database) as statements:
        assert districts.find(code) is None
        assert districts.find(code) is None
        assert len(statements) == 2, "what was not found may exist the next time"
    owner_database.run(lambda connection: service.create_district(connection, code, "某区"), None)
    with count_statements(database) as statements:
        first = districts.find(code)
        assert first is not None
        assert districts.find(code) is first
        assert len(statements) == 1


def test_a_login_is_one_whatever_its_case_and_width(people: People) -> None:
    people.open("Li.Ming")
    with pytest.raises(LoginTaken):
        people.open("ｌｉ.MING")


@pytest.mark.parametrize("login", ["", "a", "a b", "a/b", "x" * 65, "a\x00b"])
def test_a_login_can_be_typed(people: People, login: str) -> None:
    with pytest.raises(BadLogin):
        people.open(login)


@pytest.mark.parametrize("password", ["", "short", "123456789", "x" * 129, "my-secretary-1"])
def test_a_weak_password_opens_no_account(people: People, password: str) -> None:
    with pytest.raises(WeakPassword):
        run(people, service.open_account, "secretary", "某同志", password, passwords=CHEAP)


def test_whoever_opens_accounts_does_not_appoint(people: People) -> None:
    system = officer(people, Role.SYSTEM_ADMINISTRATOR)
    security = officer(people, Role.SECURITY_ADMINISTRATOR)
    account_id = run(people, service.open_account, "new", "某同志", PASSWORD, passwords=CHEAP, actor=system)
    with pytest.raises(Forbidden):
        run(people, service.appoint, account_id, Role.SECRETARY, "1.2", date(2026, 11, 1), actor=system)
    run(people, service.appoint, account_id, Role.SECRETARY, "1.2", date(2026, 11, 1), actor=security)
    with pytest.raises(Forbidden):
        run(people, service.close_account, account_id, actor=security)
    run(people, service.close_account, account_id, actor=system)


def test_nobody_appoints_outside_the_own_reach(people: People) -> None:
    account_id = people.open("secretary")
    security = officer(people, Role.SECURITY_ADMINISTRATOR)
    with pytest.raises(Forbidden):
        run(people, service.appoint, account_id, Role.SECRETARY, "10", date(2026, 11, 1), actor=security)


def test_a_role_is_held_once_at_a_time(people: People) -> None:
    account_id = people.open("secretary", Role.SECRETARY, "1.2")
    with pytest.raises(AlreadyAppointed):
        run(people, service.appoint, account_id, Role.SECRETARY, "1.2", date(2026, 11, 1))
    run(people, service.appoint, account_id, Role.SECRETARY, "1.3", date(2026, 11, 1))


def test_a_stranger_is_not_appointed(people: People, strangers: People) -> None:
    account_id = strangers.open("secretary")
    with pytest.raises(NotFound):
        run(people, service.appoint, account_id, Role.SECRETARY, "1", date(2026, 11, 1))
    with pytest.raises(NotFound):
        run(people, service.end_appointment, new_id())
    with pytest.raises(NotFound):
        run(people, service.close_account, account_id)


def test_a_caller_is_known_by_one_query(people: People, clock: FixedClock) -> None:
    people.open("secretary", Role.SECRETARY, "1.2")

    def enter(connection: Any) -> sessions.Caller | None:
        login = sessions.log_in(
            connection, people.district, "secretary", PASSWORD, clock.now(), terms=TERMS, passwords=CHEAP
        )
        assert isinstance(login, sessions.Login)
        with count_statements(people.database) as statements:
            caller = sessions.authenticate(connection, people.district, login.token, clock.now())
        assert len(statements) == 1
        return caller

    caller = people.database.run(enter, people.district.id)
    assert caller is not None
    assert caller.actor.appointments == (Appointment(Role.SECRETARY, "1.2"),)
    assert caller.actor.today == date(2026, 11, 21)


def test_a_password_hashed_at_another_cost_is_hashed_again(people: People, clock: FixedClock) -> None:
    people.open("secretary")
    dearer = Passwords(memory_kib=16, passes=1)
    for expected in (True, False):
        with count_statements(people.database) as statements:
            people.database.run(
                lambda connection: sessions.log_in(
                    connection, people.district, "secretary", PASSWORD, clock.now(), terms=TERMS, passwords=dearer
                ),
                people.district.id,
            )
        assert any("password_hash=" in statement for statement in statements) is expected
