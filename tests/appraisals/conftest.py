"""A town whose stars of 2025 are named, six branches with their secretaries, and the way to their appraisal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, insert

from app.auth import service as auth
from app.auth.core import Role
from app.kit.ids import new_id
from app.ratings import store as ratings
from app.ratings.core import Rating, RatingState, Round, RoundState, Value
from app.ratings.measured import Measured
from app.ratings.scoring import Reading
from app.roster.tables import organisation
from tests.auth.people import CHEAP, PASSWORD
from tests.ratings.conftest import Jury
from tests.town import BOOK, FOUNDED, Town, client, desk, town

__all__ = ["client", "desk", "town"]

OFFICER, DISTRICT = "committee_officer", "district_officer"


@dataclass
class Panel(Jury):
    """A jury that also gives, signs and decides on secretaries; ``branches`` by the log-in of who leads them."""

    branches: dict[str, UUID] = field(default_factory=dict)
    ratings: dict[str, UUID] = field(default_factory=dict)
    proofs: dict[str, str] = field(default_factory=dict)

    def file(self, login: str) -> str:
        """One picture of each person proves everything that they say."""
        if login not in self.proofs:
            self.proofs[login] = super().file(login)
        return self.proofs[login]

    def open_appraisal(self, year: int = 2025) -> str:
        found: str = self.step(DISTRICT, "appraisal-rounds", year=year)["id"]
        return found

    def appraisals(self, round_id: str, login: str = DISTRICT) -> dict[str, Any]:
        """By the log-in of the secretary, as the caller sees them."""
        found = self.done("GET", login, f"appraisal-rounds/{round_id}/appraisals", limit=200)["appraisals"]
        return {one["secretary"]: one for one in found}

    def read_appraisal(self, appraisal: str, login: str = DISTRICT) -> Any:
        return self.done("GET", login, f"appraisals/{appraisal}")

    def give(self, appraisal: str, part: str, login: str = OFFICER, **body: Any) -> Any:
        sent = {"id": str(new_id()), "note": "会议研究", **body}
        return self.done("PUT", login, f"appraisals/{appraisal}/parts/{part}", sent)

    def vote(self, appraisal: str, login: str = OFFICER, **votes: int) -> Any:
        return self.give(appraisal, "masses", login, votes=votes, files=[self.file(login)])

    def signed(self, appraisal: str, points: float = 20, login: str = OFFICER, **votes: int) -> Any:  # type: ignore[override]
        self.give(appraisal, "organisation", login, points=points)
        self.vote(appraisal, login, **(votes or {"excellent": 10}))
        return self.step(login, f"appraisals/{appraisal}/signature")

    def on(self, day: date) -> None:
        self.desk.town.on(day)
        self.desk.forget()


def _appoint(town: Town, login: str, role: Role, path: str, since: date) -> UUID:
    def work(connection: Connection, actor: Any) -> UUID:
        found = town.accounts.get(login)
        if found is None:
            found = auth.open_account(connection, actor, login, login, PASSWORD, passwords=CHEAP)
            town.accounts[login] = found
        auth.appoint(connection, actor, found, role, path, since)
        return found

    found: UUID = town.run(work)
    return found


@pytest.fixture
def panel(desk: Any) -> Panel:
    """Secretary of the own branch since its founding; four more since 2023, one only since July 2025.

    Everybody's branch has five stars and full points but that of ``third``, which has three. 2025 is before the books
    of the town, so what members had is written as it would have been measured.
    """
    town: Town = desk.town
    town.appoint("other_officer", Role.COMMITTEE_OFFICER, town.path(town.committee))
    town.appoint("other_district", Role.DISTRICT_OFFICER, town.root)
    panel = Panel(desk, branches={"secretary": town.branch, "second": town.neighbour})
    panel.branches |= {name: new_id() for name in ("third", "fourth", "fifth", "newcomer")}
    (edition,) = BOOK.editions
    held = Round(
        new_id(), "2025", edition.digest, date(2025, 12, 31), True, RoundState.NAMED, None,
        datetime(2026, 1, 20, tzinfo=UTC), b"", named_on=date(2026, 3, 1),
    )  # fmt: skip

    def work(connection: Connection, _actor: Any) -> None:
        district = town.district.id
        for number, name in enumerate(("third", "fourth", "fifth", "newcomer")):
            row = {
                "district_id": district,
                "id": panel.branches[name],
                "path": town.path(town.committee, panel.branches[name]),
                "parent_id": town.committee,
                "kind": "branch",
                "code": f"ZB1{number}",
                "name": f"第{number + 3}支部",
                "from_on": FOUNDED,
            }
            connection.execute(insert(organisation), row)
        ratings.insert_round(connection, district, held)
        for name, branch in panel.branches.items():
            star = 3 if name == "third" else 5
            made = Rating(
                new_id(), held.id, branch, town.path(town.committee, branch), town.committee, "p", None, None,
                RatingState.NAMED, 1, 9000, star, named_star=star,
                valid_from=date(2026, 3, 1), valid_until=date(2027, 2, 28),
            )  # fmt: skip
            ratings.insert_ratings(connection, district, [made])
            measured = Measured(Reading(9_400, 10), "均值", "mean", {"members": 10})
            ratings.insert_values(connection, district, [Value(new_id(), made.id, "S3.1", measured)])
            panel.ratings[name] = made.id

    town.run(work)
    for name in ("second", "third", "fourth", "fifth"):
        path = town.path(town.committee, panel.branches[name])
        _appoint(town, name, Role.SECRETARY, path, date(2023, 5, 1))
    _appoint(town, "newcomer", Role.SECRETARY, town.path(town.committee, panel.branches["newcomer"]), date(2025, 7, 1))
    return panel
