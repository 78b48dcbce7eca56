"""Two towns full of objects, and everybody of the permission table logged in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.auth import service as auth
from app.auth.core import Role
from app.auth.remembering import Callers
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.settings import Settings
from tests import permissions_of_activities as activities
from tests import permissions_of_appraisals as appraisals
from tests import permissions_of_boards as boards
from tests import permissions_of_cases as cases
from tests import permissions_of_digests as digests
from tests import permissions_of_enrolment as enrolment
from tests import permissions_of_grids as grids
from tests import permissions_of_imports as imports
from tests import permissions_of_packs as packs
from tests import permissions_of_ratings as ratings
from tests import permissions_of_seals as seals
from tests import permissions_of_submissions as submissions
from tests import permissions_of_surveys as surveys
from tests.auth.people import CHEAP, PASSWORD
from tests.files.samples import photograph
from tests.town import Town, client_of, found_town

# Whom an object is about: the member who calls, somebody in the same group, somebody next door, somebody of another
# district (whose officer is the outsider).
NAMES = {"own": "林晓明", "colleague": "陈建国", "neighbour": "周美玲", "elsewhere": "吴德胜"}
CALLERS = (  # in the order of the columns below
    *("member", "group_leader", "organisation_commissioner", "discipline_commissioner"),
    *("hr", "secretary", "committee_officer"),
    *("district_officer", "system_administrator", "security_administrator", "auditor"),
    *("nobody", "outsider", "stranger"),  # without any office; the district officer of another district; without token
)


@dataclass
class World:
    """Two towns, everyone logged in, and a pending submission, a live entry and an appeal about each of the four."""

    client: TestClient
    town: Town
    other: Town
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    submissions: dict[str, str] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)
    vetoes: dict[str, str] = field(default_factory=dict)
    proof: dict[str, str] = field(default_factory=dict)  # of submissions and entries
    appeals: dict[str, str] = field(default_factory=dict)
    complaints: dict[str, str] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    activities: dict[str, str] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    enrolled: dict[str, str] = field(default_factory=dict)  # transfers, and exemptions still to come
    ratings: dict[str, str] = field(default_factory=dict)  # with rounds, plans and a file
    appraisals: dict[str, str] = field(default_factory=dict)  # with rounds, items of duty lists and a file
    evidence: str = ""  # of every appeal
    sign_in_sheet: str = ""  # of every activity
    playlists: dict[str, str] = field(default_factory=dict)
    grids: dict[str, dict[str, str]] = field(default_factory=dict)  # a grid, its lead, and whom it helps
    surveys: dict[str, Any] = field(default_factory=dict)  # with the codes and the form of one

    def town_of(self, whose: str) -> Town:
        return self.other if whose == "elsewhere" else self.town

    def member(self, whose: str) -> str:
        return str(self.town_of(whose).members[NAMES[whose]])

    def branch(self, whose: str) -> str:
        town = self.town_of(whose)
        return str(town.neighbour if whose == "neighbour" else town.branch)

    def fact(self, whose: str, item: str, **facts: Any) -> dict[str, Any]:
        return self.town_of(whose).fact(NAMES[whose], item, **facts)


def found_world(settings: Settings, database: Database, owner_database: Database) -> World:
    """With something of every room in it."""
    clock = FixedClock(datetime(2026, 11, 21, 2, tzinfo=UTC))
    town, other = (found_town(database, owner_database, clock) for _ in range(2))
    world = World(client_of(settings, database, clock), town, other)
    # Who calls is looked up anew after any write that concerns it, and not every other second as well.
    cast("FastAPI", world.client.app).state.callers = Callers(lambda: 0.0)
    for whose, name in NAMES.items():
        town = world.town_of(whose)
        branch = town.neighbour if whose == "neighbour" else town.branch
        town.add_member(name, branch=branch, account=whose == "own")
    world.town.appoint_cast()
    world.town.run(lambda c, a: auth.open_account(c, a, "nobody", "某同志", PASSWORD, passwords=CHEAP))
    logins = {caller: caller for caller in CALLERS if caller != "stranger"} | {"member": NAMES["own"]}
    for town in (world.town, world.other):
        town.appoint("recorder", Role.COMMITTEE_OFFICER, town.root)
        recorder = town.log_in(world.client, "recorder")
        for whose, name in NAMES.items():
            if world.town_of(whose) is town:
                entry = town.missed(name, "ORG-D03")
                answer = world.client.post("/api/v1/entries", json={"entries": [entry]}, headers=recorder)
                assert answer.status_code == 201, answer.text
                world.entries[whose] = entry["id"]
    fill_rooms(world, submissions, imports, activities, grids, cases)
    world.other.appoint("outsider", Role.DISTRICT_OFFICER, world.other.root)
    for caller, login in logins.items():
        town = world.other if caller == "outsider" else world.town
        world.headers[caller] = town.log_in(world.client, login)
    world.headers["stranger"] = {}
    fill_appeals(world)
    fill_rooms(world, seals, packs, enrolment, ratings, appraisals, digests, boards, surveys)
    return world


def fill_rooms(world: World, *rooms: Any) -> None:
    for room in rooms:
        room.fill(world)


def fill_appeals(world: World) -> None:
    """An appeal about each, written down from paper but for the member who has an account; a complaint in each town."""
    client = world.client
    for town in (world.town, world.other):
        recorder = town.log_in(client, "recorder")
        town.appoint("writer", Role.COMMITTEE_OFFICER, town.root)
        writer = town.log_in(client, "writer")
        answer = client.post("/api/v1/complaints", json={"id": str(new_id()), "text": "太晚"}, headers=recorder)
        world.complaints["own" if town is world.town else "elsewhere"] = answer.json()["id"]
        for whose, name in NAMES.items():
            if world.town_of(whose) is town:
                entry = town.missed(name, "ORG-D03", effective_on="2026-10-08")
                client.post("/api/v1/entries", json={"entries": [entry]}, headers=recorder)
                headers = world.headers["member"] if whose == "own" else writer
                world.evidence = sending_a_file(world, whose, headers).json()["hash"]
                body = {"id": str(new_id()), "text": "当天在场", "files": [world.evidence]}
                answer = client.post(f"/api/v1/entries/{entry['id']}/appeals", json=body, headers=headers)
                assert answer.status_code == 201, answer.text
                world.appeals[whose] = answer.json()["id"]


def sending_a_file(world: World, _: str, headers: dict[str, str]) -> Any:
    files = {"file": ("签到表.jpg", photograph())}
    return world.client.post("/api/v1/files", files=files, headers=headers)
