"""A small invented town for tests: two branches under a committee, a cast of people, the Longwen rule book, and the
way to all of it over HTTP.

The fixtures are re-exported by the conftest of each folder that tests in a town.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, and_, insert, update

from app.auth import service as auth
from app.auth.core import Actor, Role
from app.auth.core_districts import District
from app.cycles import service as cycles
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.settings import Settings
from app.main import create_app
from app.points import service as points
from app.points import settling
from app.points.views import Opening
from app.roster.tables import exemption, member, membership, organisation
from app.rules import service as rules
from app.rules.book import load_book
from app.seals import checking
from tests.applications import Applications
from tests.asking import asking
from tests.auth.people import CHEAP, PASSWORD, found_district

BOOK = load_book(Path(__file__).resolve().parent.parent / "scoring_rules" / "longwen")
FOUNDED = date(2020, 1, 1)
Json = dict[str, Any]
OF_THE_BRANCH = (Role.ORGANISATION_COMMISSIONER, Role.DISCIPLINE_COMMISSIONER, Role.HR, Role.SECRETARY)
OF_THE_DISTRICT = (
    Role.DISTRICT_OFFICER,
    Role.SYSTEM_ADMINISTRATOR,
    Role.SECURITY_ADMINISTRATOR,
    Role.AUDITOR,
)


@dataclass
class Town:
    """One district with a committee, a branch with a group, a neighbour branch, and members in both."""

    database: Database
    owner_database: Database
    clock: FixedClock
    district: District
    committee: UUID = field(default_factory=new_id)
    branch: UUID = field(default_factory=new_id)
    group: UUID = field(default_factory=new_id)
    neighbour: UUID = field(default_factory=new_id)
    members: dict[str, UUID] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)

    @property
    def root(self) -> str:
        return self.district.id.hex

    def path(self, *ids: UUID) -> str:
        return ".".join([self.root, *(one.hex for one in ids)])

    @property
    def branch_path(self) -> str:
        return self.path(self.committee, self.branch)

    @property
    def neighbour_path(self) -> str:
        return self.path(self.committee, self.neighbour)

    def actor(self, at: datetime | None = None) -> Actor:
        return Actor.service(self.district.id, at or self.clock.now(), self.district.time_zone)

    def run(self, work: Any, **options: Any) -> Any:
        """Call ``work(connection, actor)`` as the service, in a transaction of its own."""
        return self.database.run(lambda connection: work(connection, self.actor()), self.district.id, **options)

    def on(self, day: date) -> None:
        """Put the clock to ten in the morning of a day, where the district is."""
        self.clock.moment = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)

    def add_member(
        self,
        name: str,
        *,
        branch: UUID | None = None,
        profile: str = "standard",
        since: date = FOUNDED,
        until: date | None = None,
        joined: date = date(2010, 7, 1),
        account: bool = False,
        standing: bool = True,
    ) -> UUID:
        """A member of the branch (its group) or of another branch; ``account`` opens one with the role of a member."""
        branch = branch or self.branch
        group = self.group if branch == self.branch else None
        path = self.path(self.committee, branch, *([group] if group else []))
        member_id = new_id()

        def work(connection: Connection) -> None:
            account_id = None
            if account:
                account_id = auth.open_account(connection, self.actor(), name, name, PASSWORD, passwords=CHEAP)
                branch_path = self.path(self.committee, branch)
                auth.appoint(connection, self.actor(), account_id, Role.MEMBER, branch_path, since)
                self.accounts[name] = account_id
            row = {
                "district_id": self.district.id,
                "id": member_id,
                "number": f"N{len(self.members):04d}",
                "name": name,
                "pinyin": "x",
                "joined_on": joined,
                "account_id": account_id,
                "created_at": self.clock.now(),
            }
            connection.execute(insert(member), row)
            spell = {
                "district_id": self.district.id,
                "id": new_id(),
                "member_id": member_id,
                "branch_id": branch,
                "group_id": group,
                "path": path,
                "profile": profile,
                "from_on": since,
                "until_on": until,
            }
            connection.execute(insert(membership), spell)
            if standing:
                points.open_standings(connection, self.actor(), "2026", [Opening(member_id)])

        self.database.run(work, self.district.id)
        self.members[name] = member_id
        return member_id

    def live_through(self, *quarters: str) -> None:
        """Give present members the duties of quarters that have begun, as the job of each would have done."""
        for quarter in quarters:
            self.run(lambda connection, actor, quarter=quarter: settling.enter_members(connection, actor, quarter))

    def confirm(self, *quarters: str) -> None:
        """Confirm every routine entry of both branches, as those who may would have done."""
        for quarter in quarters:
            for branch in (self.branch, self.neighbour):
                self.run(lambda c, actor, q=quarter, b=branch: checking.confirm(c, actor, q, b))

    def leave(self, name: str, last: date) -> None:
        """End the open membership; ``last`` is its last day."""
        columns = membership.c
        open_one = and_(
            columns.district_id == self.district.id,
            columns.member_id == self.members[name],
            columns.until_on.is_(None),
        )
        statement = update(membership).where(open_one).values(until_on=last)
        self.database.run(lambda connection: connection.execute(statement), self.district.id)

    def move(self, name: str, branch: UUID, since: date) -> None:
        """From one branch to another, without a gap."""
        self.leave(name, since - timedelta(days=1))
        self.rejoin(name, since, branch)

    def rejoin(self, name: str, since: date, branch: UUID | None = None) -> None:
        """A member of a branch again, without a group."""
        branch = branch or self.branch
        row = {
            "district_id": self.district.id,
            "id": new_id(),
            "member_id": self.members[name],
            "branch_id": branch,
            "path": self.path(self.committee, branch),
            "profile": "standard",
            "from_on": since,
        }
        self.database.run(lambda connection: connection.execute(insert(membership), row), self.district.id)

    def exempt(self, name: str, since: date) -> None:
        row = {
            "district_id": self.district.id,
            "id": new_id(),
            "member_id": self.members[name],
            "ground": "age",
            "from_on": since,
        }
        self.database.run(lambda connection: connection.execute(insert(exemption), row), self.district.id)

    def appoint(self, login: str, role: Role, path: str) -> UUID:
        """An account with one role; if a member of that name exists without account, it is another person."""

        def work(connection: Connection) -> UUID:
            account_id = self.accounts.get(login)
            if account_id is None:
                account_id = auth.open_account(connection, self.actor(), login, login, PASSWORD, passwords=CHEAP)
                self.accounts[login] = account_id
            auth.appoint(connection, self.actor(), account_id, role, path, FOUNDED)
            return account_id

        return self.database.run(work, self.district.id)

    def appoint_cast(self) -> None:
        """One account for each office, under the office's name, in the branch and above it."""
        places = {Role.GROUP_LEADER: self.path(self.committee, self.branch, self.group)}
        places |= dict.fromkeys(OF_THE_BRANCH, self.branch_path)
        places |= {Role.COMMITTEE_OFFICER: self.path(self.committee)}
        places |= dict.fromkeys(OF_THE_DISTRICT, self.root)
        for role, path in places.items():
            self.appoint(role.value, role, path)

    def fact(self, name: str, item: str = "ORG-D02", **more: Any) -> dict[str, Any]:
        """What ``POST /entries`` takes for one matter of the fifth of November."""
        made = {"id": str(new_id()), "member_id": str(self.members[name]), "item": item, "effective_on": "2026-11-05"}
        return {**made, **more}

    def missed(self, name: str, item: str = "ORG-D02", **more: Any) -> dict[str, Any]:
        """A duty not done."""
        return self.fact(name, item, outcome="missed", **more)

    def praise(self, name: str, **more: Any) -> dict[str, Any]:
        """An addition of 10 points that waits for the secretary."""
        return self.fact(name, "EXC-A01", **{"tier": "adopted", "matter": f"建议 {new_id()}", **more})

    def log_in(self, client: TestClient, login: str) -> dict[str, str]:
        answer = client.post("/api/v1/sessions", json={"login": f"{self.district.code}/{login}", "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def found_town(database: Database, owner_database: Database, clock: FixedClock, *, with_rules: bool = True) -> Town:
    """A town on the clock's day, with the cycle of 2026 open and nobody in it yet; or before it has any rule book."""
    town = Town(database, owner_database, clock, found_district(owner_database))

    def work(connection: Connection) -> None:
        actor = town.actor()
        for kind, code, name, ids in (
            ("district", "QU", "测试区", ()),
            ("committee", "DW01", "城东街道党工委", (town.committee,)),
            ("branch", "ZB01", "第一支部", (town.committee, town.branch)),
            ("group", "XZ01", "第一党小组", (town.committee, town.branch, town.group)),
            ("branch", "ZB02", "第二支部", (town.committee, town.neighbour)),
        ):
            connection.execute(
                insert(organisation),
                {
                    "district_id": town.district.id,
                    "id": ids[-1] if ids else town.district.id,
                    "path": town.path(*ids),
                    "parent_id": None if not ids else (ids[-2] if len(ids) > 1 else town.district.id),
                    "kind": kind,
                    "code": code,
                    "name": name,
                    "from_on": FOUNDED,
                },
            )
        if not with_rules:
            return
        rules.publish(connection, town.district.id, BOOK, at=actor.at, by=None)
        rules.adopt(connection, town.district.id, book="longwen", path=town.root, from_on=date(2026, 1, 1))
        cycles.open_cycle(connection, town.actor(datetime(2026, 1, 5, 2, tzinfo=UTC)), date(2026, 1, 1))

    database.run(work, town.district.id)
    return town


@dataclass
class Desk:
    """Sends requests under the log-in of whoever is named; each is logged in once."""

    town: Town
    client: TestClient
    _known: dict[str, dict[str, str]] = field(default_factory=dict)

    def headers(self, login: str) -> dict[str, str]:
        if login not in self._known:
            self._known[login] = self.town.log_in(self.client, login)
        return self._known[login]

    def forget(self) -> None:
        """Let everyone log in anew: after the clock was put forward their tokens have expired."""
        self._known.clear()

    def record(self, login: str, *facts: Json, language: str = "zh", **query: str) -> Any:
        headers = {**self.headers(login), "Accept-Language": language}
        return self.client.post("/api/v1/entries", json={"entries": list(facts)}, params=query, headers=headers)

    def recorded(self, login: str, *facts: Json, **query: str) -> list[Json]:
        """The results of a request that is expected to succeed."""
        answer = self.record(login, *facts, **query)
        assert answer.status_code in {200, 201}, answer.text
        results: list[Json] = answer.json()["results"]
        return results

    def faults(self, login: str, *facts: Json, language: str = "zh", **query: str) -> list[Json]:
        """The faults of a request that is expected to be refused."""
        answer = self.record(login, *facts, language=language, **query)
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        found: list[Json] = answer.json()["faults"]
        return found

    def codes(self, login: str, *facts: Json, **query: str) -> list[tuple[int, str | None, str]]:
        """Index, field and code of each fault."""
        return [(one["index"], one["field"], one["code"]) for one in self.faults(login, *facts, **query)]

    def at_submission(self, login: str, submission: str, verb: str, body: Json | None = None, **query: str) -> Any:
        """One of the verbs of a submission."""
        path = f"/api/v1/submissions/{submission}/{verb}"
        return self.client.post(path, json=body or {}, params=query, headers=self.headers(login))

    def decide(self, login: str, submission: str, decision: str = "approve", **query: str) -> Any:
        body = {"decision": decision} if decision == "approve" else {"decision": decision, "note": "材料不足"}
        return self.at_submission(login, submission, "decision", body, **query)

    def hear(self, submission: str) -> None:
        """Let the member's time to answer pass, if they have any: told in person where there is no account, and two
        weeks on.
        """
        body = {"told_on": self.town.actor().today.isoformat(), "told_in_person": "支部活动室，面谈"}
        told = self.at_submission("district_officer", submission, "hearing", body)
        if told.status_code != 200 and told.json()["code"] == "no_hearing":
            return
        assert told.status_code == 200 or told.json()["code"] == "told_already", told.text
        self.town.clock.moment += timedelta(days=14)
        self.forget()

    def posted(self, login: str, fact: Json, *reviewers: str) -> Any:
        """Recorded by one, heard where the item says so, approved step by step by the others: the last answer.

        The clock then stands where it stood.
        """
        moment = self.town.clock.moment
        (result,) = self.recorded(login, fact)
        assert result["status"] == "submitted", result
        self.hear(fact["id"])
        answers = [self.decide(reviewer, fact["id"]) for reviewer in reviewers]
        assert [one.status_code for one in answers] == [200] * len(reviewers), answers[-1].text
        assert answers[-1].json()["submission"]["state"] == "posted"
        if self.town.clock.moment != moment:
            self.town.clock.moment = moment
            self.forget()
        return answers[-1]

    def standing(self, name: str, login: str = "district_officer") -> Json:
        path = f"/api/v1/members/{self.town.members[name]}/standing"
        answer = self.client.get(path, headers=self.headers(login))
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def total(self, name: str) -> int:
        total: int = self.standing(name)["total"]
        return total

    def entries(self, name: str) -> list[Json]:
        path = f"/api/v1/members/{self.town.members[name]}/entries"
        answer = self.client.get(path, params={"limit": 500}, headers=self.headers("district_officer"))
        found: list[Json] = answer.json()["entries"]
        return found

    def downloads(self) -> list[tuple[str, str]]:
        """Who took which file of what: what the auditor reads, the newest first."""
        query = {"action": "file:read"}
        rows = self.client.get("/api/v1/access-log", params=query, headers=self.headers("auditor")).json()["rows"]
        return [(row["login"], row["object_id"]) for row in rows]

    def submissions(self, login: str, **query: Any) -> list[Json]:
        """Every page of what the person may see."""
        found: list[Json] = []
        while True:
            page = self.client.get("/api/v1/submissions", params=query, headers=self.headers(login))
            assert page.status_code == 200, page.text
            found += page.json()["submissions"]
            if page.json()["following"] is None:
                return found
            query["cursor"] = page.json()["following"]


@pytest.fixture
def town(database: Database, owner_database: Database, clock: FixedClock) -> Town:
    """On the clock's day, and nobody in it yet."""
    return found_town(database, owner_database, clock)


@pytest.fixture
def client(applications: Applications, settings: Settings, database: Database, clock: FixedClock) -> TestClient:
    """The application under the town's clock, over real HTTP semantics."""
    return asking(applications.lend(settings, database, clock))


@pytest.fixture
def desk(town: Town, client: TestClient) -> Desk:
    """林晓明 and 陈建国 in the branch, the first with an account; 周美玲 next door; an account for each office.

    They have been there since January; it is 21 November.
    """
    return staffed(town, client)


def staffed(town: Town, client: TestClient) -> Desk:
    """The desk's people in a town of their own."""
    today = town.actor().today
    town.on(date(2026, 1, 5))
    town.add_member("林晓明", account=True)
    town.add_member("陈建国")
    town.add_member("周美玲", branch=town.neighbour)
    town.appoint_cast()
    town.on(today)
    town.live_through("2026Q2", "2026Q3", "2026Q4")
    return Desk(town, client)


def client_of(settings: Settings, database: Database, clock: FixedClock) -> TestClient:
    """Of an application of its own, for as long as one likes."""
    return asking(create_app(settings, database=database, clock=clock, passwords=CHEAP))
