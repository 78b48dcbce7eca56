"""What the table of ``test_permissions`` holds about assistance cases, commendations and the list of key work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from fastapi.testclient import TestClient
from sqlalchemy import insert, select

from app.cases.tables import assistance_case, case_step, commendation, reminder_talk
from app.kit.ids import new_id
from app.rules.tables import edition
from tests.town import Json, Town

NOTE = {"note": "理由"}


class World(Protocol):
    """Of the two towns, what is asked here."""

    client: TestClient
    cases: dict[str, str]

    def town_of(self, whose: str) -> Town: ...

    def member(self, whose: str) -> str: ...

    def branch(self, whose: str) -> str: ...


Call = Callable[[Any, str, dict[str, str]], Any]


def fill(world: World) -> None:
    """A case, a reminder talk and a commendation about each, as the jobs of the third quarter would have made them."""
    for whose in ("own", "colleague", "neighbour", "elsewhere"):
        town = world.town_of(whose)
        branch = UUID(world.branch(whose))
        of_both = {
            "district_id": town.district.id, "member_id": UUID(world.member(whose)), "branch_id": branch,
            "path": town.path(town.committee, branch), "quarter": "2026Q3", "cycle": "2026", "version": 1,
            "value": 480, "bound": 500,
        }  # fmt: skip
        case, listed, talk = new_id(), new_id(), new_id()
        world.cases[whose], world.cases[f"list of {whose}"] = str(case), str(listed)
        world.cases[f"talk of {whose}"] = str(talk)

        def work(
            connection: Any,
            actor: Any,
            of_both: Json = of_both,
            case: UUID = case,
            listed: UUID = listed,
            talk: UUID = talk,
        ) -> None:
            district_id = of_both["district_id"]
            digest = connection.execute(select(edition.c.digest).where(edition.c.district_id == district_id)).scalar()
            opened = {
                **of_both, "id": case, "line": "assist", "edition": digest, "state": "opened",
                "opened_at": actor.at, "opened_on": date(2026, 11, 9), "due_on": date(2026, 11, 23),
            }  # fmt: skip
            made = {
                **of_both, "id": listed, "line": "commend", "edition": digest, "state": "listed", "pool": "p",
                "places": 9, "position": 1, "grounds": [], "listed_at": actor.at, "objections": 0,
            }  # fmt: skip
            connection.execute(insert(assistance_case), opened)
            connection.execute(insert(commendation), made)
            asked = {name: value for name, value in of_both.items() if name not in ("cycle", "version")}
            asked |= {
                "id": talk, "line": "talk-pace", "basis": "pace", "edition": digest, "state": "asked",
                "asked_at": actor.at, "asked_on": date(2026, 11, 9), "due_on": date(2026, 11, 23),
            }  # fmt: skip
            connection.execute(insert(reminder_talk), asked)
            step = {
                "district_id": district_id, "case_id": case, "commendation_id": None, "number": 1,
                "action": "opened", "at": actor.at, "sent_digest": b"",
            }  # fmt: skip
            connection.execute(insert(case_step), {**step, "id": new_id()})
            listing = {**step, "id": new_id(), "case_id": None, "commendation_id": listed, "action": "listed"}
            connection.execute(insert(case_step), listing)

        town.run(work)


def at_case(verb: str, **body: Any) -> Call:
    """A call at the case about somebody; a preview, where it writes."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        path = f"/api/v1/cases/{world.cases[whose]}"
        if not verb:
            return world.client.get(path, headers=headers)
        sent = {"id": str(new_id()), **body}
        return world.client.post(f"{path}/{verb}", json=sent, params={"preview": "true"}, headers=headers)

    return call


def at_talk(world: World, whose: str, headers: dict[str, str]) -> Any:
    """Writing down the reminder talk with somebody."""
    path = f"/api/v1/reminder-talks/{world.cases[f'talk of {whose}']}/talk"
    sent = {"id": str(new_id()), "held_on": "2026-11-20", **NOTE}
    return world.client.post(path, json=sent, params={"preview": "true"}, headers=headers)


def about_one(verb: str, **body: Any) -> Call:
    """A call at the commendation of somebody."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        path = f"/api/v1/commendations/{world.cases[f'list of {whose}']}"
        if not verb:
            return world.client.get(path, headers=headers)
        sent = {"id": str(new_id()), **NOTE, **body}
        return world.client.post(f"{path}/{verb}", json=sent, params={"preview": "true"}, headers=headers)

    return call


def about_a_branch(verb: str, key: str, **body: Any) -> Call:
    """A call at the list of the branch that somebody belongs to."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        sent = {"id": str(new_id()), "quarter": "2026Q3", key: world.branch(whose), **body}
        if verb == "decisions":
            listed = world.cases[f"list of {whose}"]
            sent["choices"] = [{"commendation_id": listed, "recommend": False, "votes_for": 0, **NOTE}]
        path = f"/api/v1/commendations/{verb}"
        return world.client.post(path, json=sent, params={"preview": "true"}, headers=headers)

    return call


def listing(path: str) -> Call:
    return lambda world, _, headers: world.client.get(f"/api/v1/{path}", headers=headers)


def issuing(world: World, _: str, headers: dict[str, str]) -> Any:
    entries = [{"number": "1", "text": "园区建设", "responsible": "园区党委"}]
    body = {"id": str(new_id()), "year": 2026, "from_on": "2026-11-21", "document": "2号", "entries": entries}
    return world.client.post("/api/v1/key-work", json=body, params={"preview": "true"}, headers=headers)


def proposing(world: World, whose: str, headers: dict[str, str]) -> Any:
    """A colleague of the town as helper, or for them the member who has an account."""
    other = {"own": "colleague", "colleague": "own", "neighbour": "colleague"}.get(whose)
    helper = str(world.town_of(whose).add_member(f"帮 {new_id()}")) if other is None else world.member(other)
    return at_case("helper-proposal", helper_id=helper)(world, whose, headers)


#                m  g  o  d  h  s  c  d  s  s  a  n  o  s
#                e  r  r  i  r  e  o  i  y  e  u  o  u  t
#                m  o  g  s  .  c  m  s  s  c  d  b  t  r
SEEN = {
    "own": "+  3  3  3  3  +  +  +  3  3  +  3  4  1",
    "colleague": "4  3  3  3  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "4  3  3  3  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "4  3  3  3  3  4  4  4  3  3  4  3  +  1",
}
LISTED = {"any": "+  3  3  3  3  +  +  +  3  3  +  3  +  1"}
KEPT = {
    "own": "3  3  3  3  3  +  +  +  3  3  3  3  4  1",
    "neighbour": "3  3  3  3  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  4  4  4  3  3  3  3  +  1",
}
DECIDED = {
    "own": "3  3  3  3  3  3  +  +  3  3  3  3  4  1",
    "neighbour": "3  3  3  3  3  3  +  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  3  4  4  3  3  3  3  +  1",
}
# A warning is for whoever is to talk, and for nobody further up.
TALKED = {
    "own": "3  3  3  3  3  +  4  4  3  3  3  3  4  1",
    "neighbour": "3  3  3  3  3  4  4  4  3  3  3  3  4  1",  # which has a secretary of its own
    "elsewhere": "3  3  3  3  3  4  4  4  3  3  3  3  4  1",  # a committee's officer is there
}
# What does not follow from where it stands is refused to those who might do it otherwise, and to nobody else so.
NOT_YET = {whose: expected.replace("+", "409") for whose, expected in DECIDED.items()}
NOT_YET_KEPT = {whose: expected.replace("+", "409") for whose, expected in KEPT.items()}
OF_DECIDERS = {"any": "3  3  3  3  3  3  +  +  3  3  3  3  +  1"}
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /api/v1/cases", listing("cases"), LISTED),
    ("GET /api/v1/cases/failures", listing("cases/failures"), OF_DECIDERS),
    ("GET /api/v1/cases/{case_id}", at_case(""), SEEN),
    ("POST /api/v1/cases/{case_id}/talk", at_case("talk", held_on="2026-11-20", **NOTE), KEPT),
    ("POST /api/v1/cases/{case_id}/plan", at_case("plan", problems="缺席", measures="补课"), NOT_YET_KEPT),
    (
        "POST /api/v1/cases/{case_id}/helper",
        at_case("helper", helper_id=str(new_id())),
        {whose: expected.replace("+", "422") for whose, expected in KEPT.items()},
    ),
    ("POST /api/v1/cases/{case_id}/helper-proposal", proposing, DECIDED),
    *(
        (f"POST /api/v1/cases/{{case_id}}/{verb}", at_case(verb, **NOTE), NOT_YET)
        for verb in ("extension", "acceptance", "failure", "closing")
    ),
    ("GET /api/v1/reminder-talks", listing("reminder-talks"), LISTED),
    ("POST /api/v1/reminder-talks/{talk_id}/talk", at_talk, TALKED),
    ("GET /api/v1/commendations", listing("commendations?quarter=2026Q3"), LISTED),
    ("GET /api/v1/commendations/notices", listing("commendations/notices"), LISTED),
    ("GET /api/v1/commendations/withdrawals", listing("commendations/withdrawals"), OF_DECIDERS),
    ("GET /api/v1/commendations/{commendation_id}", about_one(""), SEEN),
    (
        "POST /api/v1/commendations/decisions",
        about_a_branch("decisions", "branch_id", held_on="2026-11-21", votes_cast=7),
        KEPT,
    ),
    ("POST /api/v1/commendations/notices", about_a_branch("notices", "branch_id"), NOT_YET_KEPT),
    ("POST /api/v1/commendations/confirmations", about_a_branch("confirmations", "organisation_id"), NOT_YET),
    ("POST /api/v1/commendations/hand-overs", about_a_branch("hand-overs", "organisation_id", document="1号"), NOT_YET),
    ("POST /api/v1/commendations/{commendation_id}/striking", about_one("striking"), DECIDED),
    (
        "POST /api/v1/commendations/{commendation_id}/objection-answers",
        about_one("objection-answers", upheld=False),
        NOT_YET,
    ),
    ("POST /api/v1/commendations/{commendation_id}/withdrawal", about_one("withdrawal", withdraw=True), NOT_YET),
    (
        "POST /api/v1/commendations/{commendation_id}/objections",
        about_one("objections"),  # by whoever belongs there; and nobody is on notice yet
        {
            "own": "409  3  3  3  3  409  409  409  3  3  4  3  4  1",
            "neighbour": "4  3  3  3  3  4  409  409  3  3  4  3  4  1",
            "elsewhere": "4  3  3  3  3  4  4  4  3  3  4  3  409  1",
        },
    ),
    ("GET /api/v1/key-work/{year}", listing("key-work/2026"), {"any": "+  +  +  +  +  +  +  +  +  +  +  3  +  1"}),
    ("POST /api/v1/key-work", issuing, {"any": "3  3  3  3  3  3  3  +  3  3  3  3  +  1"}),
]
