"""What every benchmark stands on: a durable embedded PostgreSQL in a folder of its own, and districts founded in it."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from pydantic import SecretStr
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from app.auth import service as auth
from app.auth.core import Actor, Role
from app.auth.core_districts import District
from app.cycles import service as cycles
from app.kit import migrate
from app.kit.clock import FixedClock
from app.kit.db import Database, insert_rows, opened
from app.kit.embedded import Addresses, running
from app.kit.ids import new_id
from app.kit.settings import Settings
from app.points import service as points
from app.points import settling
from app.points.ledger import Posting
from app.roster.tables import member, membership, organisation
from app.rules import service as rules
from app.rules.award import Outcome
from app.rules.book import load_book

ROOT = Path(__file__).resolve().parent.parent
YEAR = 2026
# All services of a run share one moment that stands still, so that a run next year measures the same.
CLOCK = FixedClock(datetime(YEAR, 11, 21, 2, tzinfo=UTC))
_BEGUN = datetime(YEAR, 1, 5, 2, tzinfo=UTC)  # the district opens its year
LOGIN, PASSWORD = "office", "a-benchmark-of-2026"
BRANCH_MEMBERS = 22  # about what a branch of Longwen has
_FIRST = date(2020, 1, 1)
_CHUNK = 10_000
_BATCH = 1_000


@dataclass(frozen=True)
class Ground:
    """A migrated database under both roles, and where its server keeps its files."""

    folder: Path
    addresses: Addresses
    settings: Settings
    database: Database
    owner: Database

    @property
    def cluster(self) -> Path:
        return self.folder / "postgres"

    @property
    def superuser_address(self) -> str:
        """The superuser in the service's own database."""
        name = make_url(self.addresses.owner_url).database
        return make_url(self.addresses.admin_url).set(database=name).render_as_string(hide_password=False)

    @property
    def environment(self) -> dict[str, str]:
        """For a process of the service over this database."""
        key = self.settings.secret_key
        assert key is not None
        return {
            **os.environ,
            "LONGWEN_DATABASE_URL": self.addresses.application_url,
            "LONGWEN_SECRET_KEY": key.get_secret_value(),
        }


@contextmanager
def grounds() -> Iterator[Ground]:
    """A server of its own, as safe and as slow as in real life; its folder is removed at the end."""
    for name in [name for name in os.environ if name.startswith("LONGWEN_")]:
        del os.environ[name]  # what is measured are the defaults
    with tempfile.TemporaryDirectory(prefix="lw-bench-") as made, running(Path(made), durable=True) as addresses:
        migrate.upgrade(addresses.owner_url)
        settings = Settings(
            database_url=addresses.application_url,
            owner_database_url=addresses.owner_url,
            secret_key=SecretStr(secrets.token_urlsafe(48)),
            data=Path(made),
            rules=ROOT / "scoring_rules",
        )
        with (
            opened(addresses.application_url, settings) as database,
            opened(addresses.owner_url, settings) as owner,
        ):
            yield Ground(Path(made), addresses, settings, database, owner)


@dataclass(frozen=True)
class Place:
    """A district with its branches, each with one group, and members; the officer ``LOGIN`` records and reads
    everywhere in it."""

    ground: Ground
    district: District
    branches: tuple[UUID, ...]
    groups: tuple[UUID, ...]
    members: tuple[UUID, ...]
    officer: UUID

    def actor(self) -> Actor:
        return Actor.service(self.district.id, CLOCK.now(), self.district.time_zone)

    def branch_of(self, index: int) -> UUID:
        return self.branches[index // BRANCH_MEMBERS]


def found_place(ground: Ground, code: str, members: int) -> Place:
    """A district with this many members, the Longwen rule book and an open year, but no standing yet."""
    district_id = ground.owner.run(lambda connection: auth.create_district(connection, code, "测量区"), None)
    district = District(district_id, code, "测量区", "Asia/Shanghai")
    actor = Actor.service(district_id, _BEGUN, district.time_zone)
    branches = -(-members // BRANCH_MEMBERS)
    place = Place(
        ground,
        district,
        branches=tuple(new_id() for _ in range(branches)),
        groups=tuple(new_id() for _ in range(branches)),
        members=tuple(sorted(new_id() for _ in range(members))),
        officer=ground.database.run(
            lambda connection: auth.open_account(connection, actor, LOGIN, "测量员", PASSWORD), district_id
        ),
    )

    def work(connection: Connection) -> None:
        root = district_id.hex
        auth.appoint(connection, actor, place.officer, Role.DISTRICT_OFFICER, root, _FIRST)
        insert_rows(connection, district_id, organisation, _organisations(place))
        rules.publish(connection, district_id, load_book(ROOT / "scoring_rules" / "longwen"), at=actor.at, by=None)
        rules.adopt(connection, district_id, book="longwen", path=root, from_on=date(YEAR, 1, 1))
        cycles.open_cycle(connection, actor, date(YEAR, 1, 1))
        for start in range(0, members, _CHUNK):
            chosen = range(start, min(start + _CHUNK, members))
            insert_rows(connection, district_id, member, [_member(place, index) for index in chosen])
            insert_rows(connection, district_id, membership, [_membership(place, index) for index in chosen])

    ground.database.run(work, district_id)
    return place


def _organisations(place: Place) -> list[dict[str, Any]]:
    root = place.district.id
    rows: list[dict[str, Any]] = [
        {"id": root, "path": root.hex, "parent_id": None, "kind": "district", "code": "QU", "name": "测量区"}
    ]
    for number, (branch, group) in enumerate(zip(place.branches, place.groups, strict=True)):
        path = f"{root.hex}.{branch.hex}"
        for identifier, parent, kind, place_path in (
            (branch, root, "branch", path),
            (group, branch, "group", f"{path}.{group.hex}"),
        ):
            name = f"第{number + 1}党支部" + ("第一党小组" if kind == "group" else "")
            code = f"{kind[0].upper()}{number:05d}"
            rows.append(
                {"id": identifier, "path": place_path, "parent_id": parent, "kind": kind, "code": code, "name": name}
            )
    return [{**row, "from_on": _FIRST} for row in rows]


def _member(place: Place, index: int) -> dict[str, Any]:
    return {
        "id": place.members[index],
        "number": f"M{index:06d}",
        "name": f"党员{index:06d}",
        "pinyin": "dangyuan dy",
        "joined_on": date(1990 + index % 30, 7, 1),
        "created_at": CLOCK.now(),
    }


def _membership(place: Place, index: int) -> dict[str, Any]:
    branch, group = place.branch_of(index), place.groups[index // BRANCH_MEMBERS]
    return {
        "id": new_id(),
        "member_id": place.members[index],
        "branch_id": branch,
        "group_id": group,
        "path": f"{place.district.id.hex}.{branch.hex}.{group.hex}",
        "profile": "standard",
        "from_on": _FIRST,
    }


def live_a_year(place: Place) -> None:
    """Enter each quarter on its fifth day, and post twelve entries for every member, through the service itself."""
    run, district_id, actor = place.ground.database.run, place.district.id, place.actor()
    for number, month in enumerate((1, 4, 7, 10), start=1):
        then = Actor.service(district_id, datetime(YEAR, month, 5, 2, tzinfo=UTC), place.district.time_zone)
        run(partial(settling.enter_members, actor=then, code=f"{YEAR}Q{number}"), district_id)
    days = [("ORG-D03", date(YEAR, month, 12)) for month in range(1, 10)]
    days += [("ORG-D01", date(YEAR, month, 20)) for month in (1, 4, 7)]
    postings = [
        duty_posting(place, member_id, item, day, number)
        for item, day in days
        for number, member_id in enumerate(place.members)
    ]
    for start in range(0, len(postings), _BATCH):
        run(partial(points.post, actor=actor, postings=postings[start : start + _BATCH]), district_id)


def duty_posting(place: Place, member_id: UUID, item: str, day: date, number: int) -> Posting:
    """A duty kept, or missed by one in nine; the reason is as long as people write them."""
    outcome = Outcome.MISSED if number % 9 == 0 else Outcome.KEPT
    return Posting(
        id=new_id(), member_id=member_id, item=item, effective_on=day, outcome=outcome,
        reason=f"{day.month}月组织生活，支部考勤表第{number}行", recorded_by=place.officer,
    )  # fmt: skip


def settled(ground: Ground) -> None:
    """Let the server do now what it owes: statistics, dead rows, dirty pages."""
    with psycopg.connect(ground.superuser_address, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def sent_as_json(postings: Sequence[Posting]) -> dict[str, Any]:
    """The postings as a client sends them."""
    return {
        "entries": [
            {
                "id": str(one.id),
                "member_id": str(one.member_id),
                "item": one.item,
                "effective_on": one.effective_on.isoformat(),
                "outcome": one.outcome,
                "reason": one.reason,
            }
            for one in postings
        ]
    }
