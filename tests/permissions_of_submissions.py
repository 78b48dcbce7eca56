"""What the table of ``test_permissions`` holds about submissions, hearings, evidence and vetoes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from fastapi.testclient import TestClient

from app.auth.core import Role
from app.kit.ids import new_id
from tests.files.samples import photograph
from tests.town import Desk, Json, Town

PATH = "/api/v1/submissions"


class World(Protocol):
    """Of the two towns, what is asked here."""

    client: TestClient
    submissions: dict[str, str]
    entries: dict[str, str]
    vetoes: dict[str, str]
    proof: dict[str, str]

    def town_of(self, whose: str) -> Town: ...

    def fact(self, whose: str, item: str, **facts: Any) -> Json: ...


Call = Callable[[Any, str, dict[str, str]], Any]


def fill(world: World) -> None:
    """In each town a proposal with a file about each member, and a veto that was decided."""
    for whose in ("own", "colleague", "neighbour", "elsewhere"):
        town = world.town_of(whose)
        desk = Desk(town, world.client)
        town.appoint(f"decider of {whose}".replace(" ", "-"), Role.DISTRICT_OFFICER, town.root)
        files = {"file": ("采纳通知单.jpg", photograph())}
        sent = world.client.post("/api/v1/files", files=files, headers=desk.headers("recorder"))
        proof = sent.json()["hash"]
        proposal = world.fact(whose, "EXC-A01", tier="adopted", matter=f"建议 {new_id()}", evidence=[proof])
        routine = world.fact(whose, "SRV-D02", units=1, evidence=[proof])
        desk.recorded("recorder", proposal, routine)
        world.submissions[whose], world.proof[whose] = proposal["id"], proof
        world.proof[f"entry of {whose}"] = routine["id"]
        if whose != "colleague":
            town.clock.moment -= timedelta(days=15)
            desk.forget()
            veto = world.fact(whose, "LAW-V02", effective_on="2026-11-05", reason="判决生效")
            desk.recorded("recorder", veto)
            told = {"told_on": "2026-11-06", "told_in_person": "支部活动室"}
            desk.at_submission("recorder", veto["id"], "hearing", told)
            town.clock.moment += timedelta(days=15)
            desk.forget()
            answer = desk.decide(f"decider-of-{whose}", veto["id"])
            assert answer.status_code == 200, answer.text
            world.vetoes[whose] = veto["id"]


def at(verb: str, body: Json | None = None, *, method: str = "POST", **query: str) -> Call:
    """A call at the proposal about somebody, which the recorder made."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        proof = world.proof[whose]
        path = f"{PATH}/{world.submissions[whose]}{verb.format(proof=proof)}"
        return world.client.request(method, path, json=body, params=query, headers=headers)

    return call


def at_entry(verb: str) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        path = f"/api/v1/entries/{world.proof[f'entry of {whose}']}{verb.format(proof=world.proof[whose])}"
        return world.client.get(path, headers=headers)

    return call


def drafting(world: World, whose: str, headers: dict[str, str]) -> Any:
    body = world.fact(whose, "EXC-A01", tier="adopted", matter="建议9号")
    return world.client.post(PATH, json=body, headers=headers)


def accused(verb: str, body: Json) -> Call:
    """A call at a finding about somebody that was recorded for it, so that every caller meets the same state."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        desk = Desk(world.town_of(whose), world.client)
        fact = world.fact(whose, "LAW-F01", tier="reminder", matter=f"记录 {new_id()}", reason="谈话提醒")
        desk.recorded("recorder", fact)
        return world.client.post(f"{PATH}/{fact['id']}/{verb}", json=body, headers=headers)

    return call


def deciding_many(world: World, _: str, headers: dict[str, str]) -> Any:
    body = {"decisions": [{"id": world.submissions["own"], "decision": "approve"}]}
    return world.client.post(f"{PATH}/decisions", json=body, params={"preview": "true"}, headers=headers)


def listing_vetoes(world: World, _: str, headers: dict[str, str]) -> Any:
    return world.client.get("/api/v1/vetoes", headers=headers)


def filing(world: World, whose: str, headers: dict[str, str]) -> Any:
    path = f"/api/v1/vetoes/{world.vetoes[whose]}/filing"
    return world.client.post(path, json={"under": "备〔2026〕1号"}, headers=headers)


def lifting(world: World, whose: str, headers: dict[str, str]) -> Any:
    body = {"id": str(new_id()), "why": "annulled", "reason": "判决已撤销"}
    path = f"/api/v1/vetoes/{world.vetoes[whose]}/lifting"
    return world.client.post(path, json=body, params={"preview": "true"}, headers=headers)


def declaring(world: World, whose: str, headers: dict[str, str]) -> Any:
    """A talk with colleagues, which members declare of themselves."""
    body = {"entries": [world.fact(whose, "SRV-D01", outcome="kept", reason="谈心记录存支部")]}
    return world.client.post("/api/v1/entries", json=body, params={"preview": "true"}, headers=headers)


def listing_tellings(world: World, _: str, headers: dict[str, str]) -> Any:
    return world.client.get("/api/v1/tellings", headers=headers)


def telling(world: World, whose: str, headers: dict[str, str]) -> Any:
    """Of the duty that somebody without an account has missed."""
    body = {"told_on": "2026-11-21", "told_in_person": "支部活动室，面谈"}
    path = f"/api/v1/entries/{world.entries[whose]}/telling"
    return world.client.post(path, json=body, params={"preview": "true"}, headers=headers)


#                m  g  o  d  h  s  c  d  s  s  a  n  o  s
#                e  r  r  i  r  e  o  i  y  e  u  o  u  t
#                m  o  g  s  .  c  m  s  s  c  d  b  t  r
SEEN = {
    "own": "+  +  +  +  3  +  +  +  3  3  +  3  4  1",
    "colleague": "4  +  +  +  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "4  4  4  4  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "4  4  4  4  3  4  4  4  3  3  4  3  +  1",
}
# Somebody else's: what is seen is not theirs to change, what is not seen is not there.
OF_ANOTHER = {
    "own": "3  3  3  3  4  3  3  3  3  3  3  3  4  1",
    "colleague": "4  3  3  3  4  3  3  3  3  3  3  3  4  1",
    "neighbour": "4  4  4  4  4  4  3  3  3  3  3  3  4  1",
    "elsewhere": "4  4  4  4  4  4  4  4  3  3  3  3  3  1",
}
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    (
        "POST /api/v1/entries",
        declaring,
        {
            "own": "+  3  3  3  3  +  +  +  3  3  3  3  4  1",
            "colleague": "4  3  3  3  3  +  +  +  3  3  3  3  4  1",
            "elsewhere": "4  4  4  4  4  4  4  4  3  3  3  3  +  1",
        },
    ),
    ("GET /api/v1/tellings", listing_tellings, {"any": "+  +  +  +  3  +  +  +  3  3  +  3  +  1"}),
    (
        "POST /api/v1/entries/{entry_id}/telling",
        telling,
        {
            "colleague": "4  +  +  +  4  +  +  +  3  3  3  3  4  1",
            "neighbour": "4  4  4  4  4  4  +  +  3  3  3  3  4  1",
            "elsewhere": "4  4  4  4  4  4  4  4  3  3  3  3  +  1",
        },
    ),
    (
        "POST /api/v1/submissions",
        drafting,
        {
            "own": "+  +  3  3  3  +  +  +  3  3  3  3  4  1",
            "colleague": "4  +  3  3  3  +  +  +  3  3  3  3  4  1",
            "neighbour": "4  4  4  4  4  4  +  +  3  3  3  3  4  1",
            "elsewhere": "4  4  4  4  4  4  4  4  3  3  3  3  +  1",
        },
    ),
    ("GET /api/v1/submissions/{submission_id}", at("", method="GET"), SEEN),
    (
        "GET /api/v1/submissions/{submission_id}/evidence/{content_hash}",
        at("/evidence/{proof}", method="GET"),
        SEEN,
    ),
    ("GET /api/v1/entries/{entry_id}/evidence", at_entry("/evidence"), SEEN),
    ("GET /api/v1/entries/{entry_id}/evidence/{content_hash}", at_entry("/evidence/{proof}"), SEEN),
    (
        "PUT /api/v1/submissions/{submission_id}",
        at("", {"item": "EXC-A01", "effective_on": "2026-11-05"}, method="PUT"),
        OF_ANOTHER,
    ),
    ("POST /api/v1/submissions/{submission_id}/submit", at("/submit", {}), OF_ANOTHER),
    ("POST /api/v1/submissions/{submission_id}/withdrawal", at("/withdrawal", {}), OF_ANOTHER),
    ("POST /api/v1/submissions/decisions", deciding_many, {"any": "3  +  +  +  3  +  +  +  3  3  3  3  +  1"}),
    (
        "POST /api/v1/submissions/{submission_id}/hearing",
        accused("hearing", {"told_on": "2026-11-21", "told_in_person": "支部活动室"}),
        {
            "colleague": "4  +  +  +  4  +  +  +  3  3  3  3  4  1",
            "neighbour": "4  4  4  4  4  4  +  +  3  3  3  3  4  1",
            "elsewhere": "4  4  4  4  4  4  4  4  3  3  3  3  +  1",
        },
    ),
    (
        "POST /api/v1/submissions/{submission_id}/answer",
        accused("answer", {"answer": "当日在外出差。"}),
        {
            "own": "+  3  3  3  3  3  3  3  3  3  3  3  4  1",
            "colleague": "4  3  3  3  3  3  3  3  3  3  3  3  4  1",
            "neighbour": "4  4  4  4  3  4  3  3  3  3  3  3  4  1",
        },
    ),
    ("GET /api/v1/vetoes", listing_vetoes, {"any": "+  +  +  +  3  +  +  +  3  3  +  3  +  1"}),
    (
        "POST /api/v1/vetoes/{veto_id}/filing",
        filing,
        {
            "own": "3  3  3  3  3  3  3  +  3  3  3  3  4  1",
            "elsewhere": "3  3  3  3  3  3  3  4  3  3  3  3  +  1",
        },
    ),
    (
        "POST /api/v1/vetoes/{veto_id}/lifting",
        lifting,  # the district's to decide, and so to lift
        {
            "own": "3  3  3  3  3  3  3  +  3  3  3  3  4  1",
            "neighbour": "3  3  4  4  3  4  3  +  3  3  3  3  4  1",
            "elsewhere": "3  3  4  4  3  4  4  4  3  3  3  3  +  1",
        },
    ),
]
