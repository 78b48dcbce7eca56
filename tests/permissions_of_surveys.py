"""What the table of ``test_permissions`` holds about anonymous surveys."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Protocol
from uuid import UUID

from fastapi.testclient import TestClient

from app.kit.ids import new_id
from app.rules.surveys import SurveyKind, SurveySubject
from app.surveys import service
from app.surveys.core import Calling
from tests.town import Town

PATH = "/api/v1/surveys"


class World(Protocol):
    """Of the two towns, what is asked here."""

    client: TestClient
    town: Town
    headers: dict[str, dict[str, str]]
    surveys: dict[str, Any]

    def town_of(self, whose: str) -> Town: ...

    def branch(self, whose: str) -> str: ...


Call = Callable[[Any, str, dict[str, str]], Any]


def fill(world: World) -> None:
    """About each branch one survey that is still to come and one that is over; and one that takes answers."""
    for whose in ("own", "neighbour", "elsewhere"):
        town, branch = world.town_of(whose), world.branch(whose)
        for life, first, last in (("to come", 25, 28), ("over", 2, 20)):
            world.surveys[f"{life} {whose}"] = called(town, branch, first, last)
    town, officer = world.town, world.headers["district_officer"]
    opened = called(town, world.branch("own"), 21, 28)
    slips = world.client.post(f"{PATH}/{opened}/codes", headers=officer).text
    number = world.client.get(f"{PATH}/{opened}", headers=officer).json()["number"]
    world.surveys["codes"] = re.findall(r'class="code">([^<]+)<', slips)
    world.surveys["form"] = f"/api/v1/survey-forms/{town.district.code}/{number}"


def called(town: Town, branch: str, first: int, last: int) -> str:
    wanted = Calling(
        new_id(), "职工满意度测评", SurveyKind.STAFF, SurveySubject.BRANCH, (UUID(branch),), 200,
        date(2026, 11, first), date(2026, 11, last), 2026,
    )  # fmt: skip
    actor = town.actor(datetime(2026, 11, 1, tzinfo=UTC))
    made = town.database.run(lambda connection: service.call(connection, actor, wanted), town.district.id)
    return str(made.survey.id)


def calling(world: World, whose: str, headers: dict[str, str]) -> Any:
    body = {"id": str(new_id()), "title": "党员测评", "kind": "members", "about": [world.branch(whose)], "voters": 9}
    body |= {"opens_on": "2026-11-25", "closes_on": "2026-11-30"}
    return world.client.post(PATH, json=body, params={"preview": "true"}, headers=headers)


def at(life: str, method: str, part: str = "", body: dict[str, Any] | None = None) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        path = f"{PATH}/{world.surveys[f'{life} {whose}']}{part}"
        params = {"preview": "true"} if body is not None else {}
        return world.client.request(method, path, json=body, params=params, headers=headers)

    return call


def answering(world: World, _: str, headers: dict[str, str]) -> Any:
    sheet = {"code": world.surveys["codes"].pop()}
    sheet |= {"answers": [{"about": 1, "question": "overall", "choice": "satisfied"}]}
    return world.client.post(f"{world.surveys['form']}/answers", json=sheet, headers=headers)


#            m  g  o  d  h  s  c  d  s  s  a  n  o  s
#            e  r  r  i  r  e  o  i  y  e  u  o  u  t
#            m  o  g  s  .  c  m  s  s  c  d  b  t  r
_CALLING = {
    "own": "3  3  3  3  3  3  +  +  3  3  3  3  4  1",
    "neighbour": "3  3  3  3  3  3  +  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  3  4  4  3  3  3  3  +  1",
}
_READING = {
    "own": "3  3  3  3  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "3  3  3  3  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "3  3  3  3  3  4  4  4  3  3  4  3  +  1",
}
_ANYBODY = {"any": "+  +  +  +  +  +  +  +  +  +  +  +  +  +"}
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    (f"POST {PATH}", calling, _CALLING),
    (
        f"GET {PATH}",
        lambda world, _, headers: world.client.get(PATH, headers=headers),
        {"any": "3  3  3  3  3  +  +  +  3  3  +  3  +  1"},
    ),
    (f"GET {PATH}/{{survey_id}}", at("to come", "GET"), _READING),
    (f"POST {PATH}/{{survey_id}}/codes", at("to come", "POST", "/codes"), _CALLING),
    (f"POST {PATH}/{{survey_id}}/withdrawal", at("to come", "POST", "/withdrawal", {"reason": "改期"}), _CALLING),
    (f"POST {PATH}/{{survey_id}}/closing", at("over", "POST", "/closing"), _CALLING),
    (
        "GET /api/v1/survey-forms/{district}/{survey_number}",
        lambda world, _, headers: world.client.get(world.surveys["form"], headers=headers),
        _ANYBODY,
    ),
    ("POST /api/v1/survey-forms/{district}/{survey_number}/answers", answering, _ANYBODY),
]
