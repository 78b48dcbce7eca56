"""Concurrent requests share a transaction, and nobody can tell from the answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid5

import psycopg
import pytest
from sqlalchemy import select

from app.auth import service as auth
from app.auth.core import Role
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.settings import Settings
from app.messages.tables import message
from app.points import service as points
from app.points.tables import telling
from app.points.views import Opening
from app.submissions import group as grouping
from tests.statements import count_statements
from tests.submissions.crowd import NAMES, SECONDS_MAX, Ask, held_up, until, waiting
from tests.town import Desk, Json, Town, client_of, found_town, staffed

UUIDS = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def comparable(answer: Any) -> tuple[int, str | None, str]:
    """Status and body, without the ids, which no two towns share."""
    return answer.status_code, answer.headers.get("idempotent-replay"), UUIDS.sub("*", answer.text)


def forge(desk: Desk) -> None:
    """A token that nobody was given."""
    desk._known["nobody"] = {"Authorization": f"Bearer {desk.town.district.code}.not-a-token"}


def hours(town: Town, units: int, name: str = "林晓明", **more: Any) -> Json:
    """So many hours, on a day by their number: no day has more than it can have."""
    return town.fact(name, "SRV-D02", units=units, effective_on=f"2026-10-{units:02d}", **more)


def everything(desk: Desk) -> list[Ask]:
    """Requests about few members: good ones, wrong ones, and those of callers who may not."""
    town = desk.town
    forge(desk)
    good: list[Ask] = [
        ("secretary", hours(town, units, name, reason="社区服务")) for units in range(1, 21) for name in NAMES
    ]
    conflict = town.missed("林晓明", "ORG-D01")
    wrong: list[Ask] = [
        ("secretary", good[0][1]),  # again
        ("secretary", {**good[1][1], "reason": "另一个理由"}),  # the id of another
        ("secretary", conflict),
        ("secretary", {**conflict, "item": "ORG-D03"}),
        ("secretary", town.missed("林晓明", "ORG-D99")),
        ("secretary", town.missed("林晓明", "ORG-D01")),  # decided already
        ("secretary", town.missed("周美玲")),  # of another branch
        ("secretary", town.missed("陈建国", effective_on="2026-11-30")),
        ("secretary", town.missed("陈建国", effective_on="2019-01-01")),
        ("secretary", {**town.missed("陈建国"), "member_id": str(new_id())}),
        ("nobody", town.missed("陈建国")),
        ("auditor", town.missed("陈建国")),
        ("hr", town.missed("陈建国", "ORG-D02")),
        ("林晓明", town.missed("林晓明", "ORG-D03")),
        ("林晓明", town.fact("林晓明", "EXC-A01", tier="adopted", matter="建议")),
        ("secretary", town.fact("陈建国", "EXC-A05", tier="outstanding", matter="防汛")),
        ("secretary", town.fact("陈建国", "EXC-A05", tier="outstanding")),
        ("committee_officer", town.missed("周美玲", "ORG-D01")),
    ]
    wrong += [
        ("secretary", town.fact("林晓明", "SRV-D02", units=3, costs="ORG-D02")),
        ("organisation_commissioner", town.fact("陈建国", "PUB-D02", units=70)),
        ("discipline_commissioner", town.fact("陈建国", "LAW-V01")),
        ("group_leader", town.missed("林晓明", "ORG-D02")),
    ]
    return [*good, *wrong]


def test_answers_are_those_of_requests_that_come_alone(
    desk: Desk,
    together: Callable[[Sequence[Ask]], list[Any]],
    groups: list[int],
    settings: Settings,
    owner_database: Database,
    clock: FixedClock,
) -> None:
    asked = everything(desk)
    answers = together(asked)
    assert groups == [1, 60], "all but those whom the door turns away"

    client = client_of(settings.model_copy(update={"group_commit": False}), desk.town.database, clock)
    alone = staffed(found_town(desk.town.database, owner_database, clock), client)
    forge(alone)
    expected = [alone.record(login, translated(fact, desk, alone)) for login, fact in asked]
    for (login, fact), found, single in zip(asked, answers, expected, strict=True):
        assert comparable(found) == comparable(single), (login, fact)
    assert {one.status_code for one in answers} == {200, 201, 401, 403, 404, 409, 422}
    first = Counter({"deduction_told": 1, "tellings_asked": 1, "in person": 1})  # of who came before all of these
    assert told(desk) == told(alone) + first
    for name in (*NAMES, "周美玲"):
        entries = desk.entries(name)
        assert [one["seq"] for one in entries] == list(range(1, len(entries) + 1))
        assert [one["points"] for one in entries] == [one["points"] for one in alone.entries(name)]
        before, after = desk.standing(name), alone.standing(name)
        for what in ("seq", "version", "total", "daily", "duties", "matrix", "cuts"):
            assert before[what] == after[what]


def told(desk: Desk) -> Counter[str]:
    """How often the town's people were told what; and who is to be told in person."""
    kinds = select(message.c.kind).where(message.c.district_id == desk.town.district.id)
    asked = select(telling.c.entry_id).where(telling.c.district_id == desk.town.district.id)
    found: Counter[str] = desk.town.run(lambda connection, _: Counter(connection.execute(kinds).scalars()))
    in_person = desk.town.run(lambda connection, _: connection.execute(asked).all())
    return found + Counter({"in person": len(in_person)})


def translated(fact: Json, desk: Desk, other: Desk) -> Json:
    """The same fact in the other town; what had one id has one there."""
    members = {str(one): str(other.town.members.get(name, one)) for name, one in desk.town.members.items()}
    made = str(uuid5(other.town.district.id, fact["id"]))
    return {**fact, "id": made, "member_id": members.get(fact["member_id"], fact["member_id"])}


def test_what_comes_while_a_group_is_under_way_goes_together_in_the_order_of_coming(
    desk: Desk, together: Callable[[Sequence[Ask]], list[Any]], groups: list[int]
) -> None:
    facts = [hours(desk.town, units) for units in range(1, 21)]
    answers = together([("secretary", fact) for fact in facts])
    assert groups == [1, 20]
    assert [one.json()["results"][0]["entry"]["seq"] for one in answers] == list(range(2, 22))
    effects = [one.json()["results"][0]["effect"] for one in answers]
    assert [one["version"] for one in effects] == list(range(effects[0]["version"], effects[0]["version"] + 20))
    assert [one["after"] for one in effects[:-1]] == [one["before"] for one in effects[1:]]


def test_the_statements_of_a_group_do_not_grow_with_its_size(
    desk: Desk, together: Callable[[Sequence[Ask]], list[Any]]
) -> None:
    sent = {}
    together([("secretary", desk.town.fact(name, "SRV-D02", units=3)) for name in NAMES])
    for size in (1, 30):
        asked = [("secretary", hours(desk.town, 1 + at % 20, NAMES[at % 2], reason="活动")) for at in range(size)]
        with count_statements(desk.town.database) as statements:
            together(asked)
        sent[size] = len(statements)
    assert abs(sent[30] - sent[1]) <= 1, "a refresh of what is remembered may fall into either"
    with count_statements(desk.town.database) as statements:
        desk.recorded("secretary", desk.town.fact("林晓明", "SRV-D02", units=4, reason="活动"))
    assert len(statements) <= 13
    with count_statements(desk.town.database) as statements:
        desk.recorded("secretary", desk.town.missed("林晓明", reason="缺席"))
    assert len(statements) <= 21, "the member is told"


def test_a_large_group_is_split(
    desk: Desk,
    together: Callable[[Sequence[Ask]], list[Any]],
    groups: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(grouping, "GROUP_MAX", 4)
    together([("secretary", hours(desk.town, units)) for units in range(1, 11)])
    assert groups == [1, 4, 4, 2]
    assert [one["units"] for one in desk.entries("林晓明")] == list(range(11))


def test_who_comes_when_too_many_wait_is_told_to_come_again(
    desk: Desk,
    together: Callable[[Sequence[Ask]], list[Any]],
    elsewhere: Callable[..., psycopg.Connection[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(grouping, "WAITING_MAX", 0)
    for login in ("secretary", "group_leader"):
        desk.headers(login)
    with ThreadPoolExecutor(2) as pool, held_up(desk, pool, elsewhere):
        refused = desk.record("secretary", desk.town.missed("林晓明"))
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert "retry-after" in refused.headers
    assert desk.total("林晓明") == 1000


def test_a_standing_held_elsewhere_keeps_nobody_else_waiting(
    desk: Desk, elsewhere: Callable[..., psycopg.Connection[Any]]
) -> None:
    town = desk.town
    desk.headers("secretary")
    statement = "SELECT 1 FROM standing WHERE district_id = %(district)s AND member_id = %(member)s FOR UPDATE"
    holder = elsewhere(statement, district=town.district.id, member=town.members["林晓明"])
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(desk.record, "secretary", town.missed("林晓明"))
        assert desk.record("secretary", town.missed("陈建国")).status_code == 201
        assert not held.done()
        holder.rollback()
        assert held.result(SECONDS_MAX).status_code == 201
    assert desk.total("林晓明") == 990


def test_a_members_first_entry_opens_the_standing_as_ever(desk: Desk, settings: Settings, clock: FixedClock) -> None:
    alone = Desk(desk.town, client_of(settings.model_copy(update={"group_commit": False}), desk.town.database, clock))
    answers = []
    for one in (desk, alone):
        name = f"新来{new_id()}"
        desk.town.add_member(name, standing=False)
        answers.append(one.record("secretary", desk.town.fact(name, "SRV-D02", units=2)))
        assert [entry["item"] for entry in desk.entries(name)] == ["OPENING", "SRV-D02"]
    assert comparable(answers[0]) == comparable(answers[1])
    desk.town.add_member("补开", standing=False)
    refused = desk.record("secretary", desk.town.missed("补开", effective_on="2026-11-30"))
    assert refused.status_code == 422
    opening = Opening(desk.town.members["补开"])
    opened = desk.town.run(lambda connection, actor: points.open_standings(connection, actor, "2026", [opening]))
    assert opened == 1, "the refusal opened none"


def test_batches_and_previews_keep_a_transaction_of_their_own(desk: Desk, groups: list[int]) -> None:
    facts = [desk.town.missed(name) for name in NAMES]
    assert desk.record("secretary", facts[0], preview="true").status_code == 200
    assert desk.record("secretary", *facts).status_code == 201
    assert desk.record("secretary", *facts, mode="each").status_code == 200
    assert groups == []
    assert desk.record("secretary", desk.town.missed("林晓明", "ORG-D01"), mode="each").status_code == 201
    assert groups == [1]


def test_a_single_refusal_with_mode_each_is_an_answer(desk: Desk, groups: list[int]) -> None:
    answer = desk.record("secretary", desk.town.missed("林晓明", "ORG-D99"), mode="each")
    assert (answer.status_code, answer.json()["results"][0]["fault"]["code"]) == (200, "unknown_item")
    assert groups == [1]


# What a group asks anew.


def test_a_rule_book_given_up_in_another_process_judges_nothing_more(
    desk: Desk, elsewhere: Callable[..., psycopg.Connection[Any]], groups: list[int]
) -> None:
    """But whoever is in a quarter keeps its rules."""
    desk.town.add_member("新来", standing=False)
    assert desk.record("secretary", desk.town.missed("林晓明")).status_code == 201
    elsewhere("DELETE FROM adoption WHERE district_id = %(district)s", district=desk.town.district.id).commit()
    refused = desk.record("secretary", desk.town.missed("新来", "ORG-D01"))
    assert (refused.status_code, refused.json()["faults"][0]["code"]) == (409, "no_edition_in_force")
    assert desk.record("secretary", desk.town.missed("林晓明", "ORG-D01")).status_code == 201
    assert groups == [1, 1, 1]


def test_a_right_taken_away_while_a_request_waits_is_gone(
    desk: Desk, elsewhere: Callable[..., psycopg.Connection[Any]]
) -> None:
    desk.town.appoint("second", Role.SECRETARY, desk.town.branch_path)
    for login in ("second", "group_leader"):
        desk.headers(login)
    assert desk.record("second", desk.town.missed("陈建国")).status_code == 201
    with ThreadPoolExecutor(2) as pool:
        with held_up(desk, pool, elsewhere):
            late = pool.submit(desk.record, "second", desk.town.missed("林晓明"))
            until(lambda: waiting(desk) == 1)
            closed = desk.town.accounts["second"]
            desk.town.run(lambda connection, actor: auth.close_account(connection, actor, closed))
        assert late.result(SECONDS_MAX).status_code == 401
    assert desk.total("林晓明") == 1000
