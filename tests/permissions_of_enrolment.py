"""What the table of ``test_permissions`` holds about transfers, changes of members, and branches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from fastapi.testclient import TestClient

from app.kit.ids import new_id
from tests.town import Json, Town


class World(Protocol):
    """Of the two towns, what is asked here."""

    client: TestClient
    enrolled: dict[str, str]

    def town_of(self, whose: str) -> Town: ...

    def member(self, whose: str) -> str: ...


Call = Callable[[Any, str, dict[str, str]], Any]


def fill(world: World) -> None:
    """A transfer under way from the branch to its neighbour, others out of the district; exemptions still to come."""
    for whose in ("own", "neighbour", "elsewhere"):
        town = world.town_of(whose)
        headers = town.log_in(world.client, "recorder")
        target = {"to_branch_id": str(town.neighbour)} if whose == "own" else {"destination": "某市某街道党工委"}
        wish = {"id": str(new_id()), "member_id": world.member(whose), **target}
        answer = world.client.post("/api/v1/transfers", json=wish, headers=headers)
        assert answer.status_code == 201, answer.text
        world.enrolled[whose] = wish["id"]
        body = {"id": str(new_id()), "ground": "age", "from_on": "2027-06-01"}
        path = f"/api/v1/members/{world.member(whose)}/exemptions"
        answer = world.client.post(path, json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        world.enrolled[f"exemption of {whose}"] = body["id"]


def _sent(world: World, path: str, body: Json, headers: dict[str, str]) -> Any:
    """A preview under a new id, so that every caller meets the same state."""
    asked = {"id": str(new_id()), **body}
    return world.client.post(f"/api/v1/{path}", json=asked, params={"preview": "true"}, headers=headers)


def proposing(world: World, whose: str, headers: dict[str, str]) -> Any:
    """Of whom no transfer is under way; of the neighbour's member one is, which is told after who may ask."""
    town = world.town_of(whose)
    to = town.branch if whose == "neighbour" else town.neighbour
    return _sent(world, "transfers", {"member_id": world.member(whose), "to_branch_id": str(to)}, headers)


def at_transfer(verb: str = "", body: Json | None = None) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        path = f"/api/v1/transfers/{world.enrolled[whose]}"
        if body is None:
            return world.client.get(path, headers=headers)
        return world.client.post(f"{path}/{verb}", json=body, params={"preview": "true"}, headers=headers)

    return call


def listing(world: World, _: str, headers: dict[str, str]) -> Any:
    return world.client.get("/api/v1/transfers", headers=headers)


def at_member(verb: str, body: Json) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        return _sent(world, f"members/{world.member(whose)}/{verb}", body, headers)

    return call


def reading(world: World, whose: str, headers: dict[str, str]) -> Any:
    return world.client.get(f"/api/v1/members/{world.member(whose)}/memberships", headers=headers)


def enrolling(world: World, whose: str, headers: dict[str, str]) -> Any:
    """By the code of the branch, which every district has one of."""
    cells = {
        "number": "X1", "name": "王䶮", "joined_on": "2015-07-01", "profile": "普通党员", "entered_on": "2026-11-20",
        "branch": "ZB02" if whose == "neighbour" else "ZB01",
    }  # fmt: skip
    return _sent(world, "members", cells, headers)


def ending(world: World, whose: str, headers: dict[str, str]) -> Any:
    return _sent(
        world, f"exemptions/{world.enrolled[f'exemption of {whose}']}/end", {"until_on": "2027-07-01"}, headers
    )


def at_branch(verb: str) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        town = world.town_of(whose)
        bodies: dict[str, Json] = {
            "merger": {"into_id": str(town.neighbour)},
            "division": {
                "branch": {"id": str(new_id()), "code": "ZB09", "name": "第九支部"},
                "members": [world.member(whose)],
            },
            "move": {"committee_id": str(town.committee), "successor_id": str(new_id())},
            "closing": {},
        }
        return _sent(world, f"branches/{town.branch}/{verb}", bodies[verb], headers)

    return call


#                m  g  o  d  h  s  c  d  s  s  a  n  o  s
#                e  r  r  i  r  e  o  i  y  e  u  o  u  t
#                m  o  g  s  .  c  m  s  s  c  d  b  t  r
SEEN = {
    "own": "+  3  3  3  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "4  3  3  3  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "4  3  3  3  3  4  4  4  3  3  4  3  +  1",
}
# The other side answers: the neighbour's secretary, or who stands above both.
ANSWERING = {
    "own": "3  3  3  3  3  3  +  +  3  3  3  3  4  1",
    "neighbour": "3  3  3  3  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  4  4  4  3  3  3  3  +  1",
}
LEADING = {
    "colleague": "3  3  3  3  3  +  +  +  3  3  3  3  4  1",
    "neighbour": "3  3  3  3  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  4  4  4  3  3  3  3  +  1",
}
FILING = {
    "own": "3  3  3  3  3  3  +  +  3  3  3  3  4  1",
    "neighbour": "3  3  3  3  3  3  +  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  3  4  4  3  3  3  3  +  1",
}
REFORMING = {key: FILING[key] for key in ("own", "elsewhere")}
# Whoever may is told why this branch cannot: it is under that committee, it has members.
NOT_THIS_ONE = {"own": "3  3  3  3  3  3  409  409  3  3  3  3  4  1"}
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    (
        "POST /api/v1/transfers",
        proposing,
        {
            "colleague": "3  3  3  3  3  +  +  +  3  3  3  3  4  1",
            # Under way already; the secretary, to whose branch it would be, may ask for it.
            "neighbour": "3  3  3  3  3  409  409  409  3  3  3  3  4  1",
            "elsewhere": "3  3  3  3  3  4  4  4  3  3  3  3  409  1",
        },
    ),
    ("GET /api/v1/transfers", listing, {"any": "+  3  3  3  3  +  +  +  3  3  +  3  +  1"}),
    ("GET /api/v1/transfers/{transfer_id}", at_transfer(), SEEN),
    ("POST /api/v1/transfers/{transfer_id}/acceptance", at_transfer("acceptance", {}), ANSWERING),
    ("POST /api/v1/transfers/{transfer_id}/refusal", at_transfer("refusal", {"reason": "不在本辖区"}), ANSWERING),
    (
        "POST /api/v1/transfers/{transfer_id}/withdrawal",
        at_transfer("withdrawal", {}),
        {"own": LEADING["colleague"], "neighbour": LEADING["neighbour"], "elsewhere": LEADING["elsewhere"]},
    ),
    (
        "POST /api/v1/members",
        enrolling,
        {
            "own": "3  3  3  3  3  +  +  +  3  3  3  3  +  1",
            "neighbour": "3  3  3  3  3  4  +  +  3  3  3  3  +  1",
        },
    ),
    (
        "GET /api/v1/members/{member_id}/memberships",
        reading,
        {
            "own": "3  +  +  +  3  +  +  +  3  3  +  3  4  1",
            "colleague": "3  +  +  +  3  +  +  +  3  3  +  3  4  1",
            "neighbour": "3  4  4  4  3  4  +  +  3  3  +  3  4  1",
            "elsewhere": "3  4  4  4  3  4  4  4  3  3  4  3  +  1",
        },
    ),
    ("POST /api/v1/members/{member_id}/class", at_member("class", {"profile": "流动党员"}), LEADING),
    (
        "POST /api/v1/members/{member_id}/exemptions",
        at_member("exemptions", {"ground": "illness", "from_on": "2026-11-01", "until_on": "2026-11-30"}),
        FILING,
    ),
    ("POST /api/v1/exemptions/{exemption_id}/end", ending, FILING),
    (
        "POST /api/v1/members/{member_id}/leaving",
        at_member("leaving", {"ground": "removed", "left_on": "2026-11-20"}),
        FILING,
    ),
    ("POST /api/v1/branches/{branch_id}/merger", at_branch("merger"), REFORMING),
    ("POST /api/v1/branches/{branch_id}/division", at_branch("division"), {"own": FILING["own"]}),
    ("POST /api/v1/branches/{branch_id}/move", at_branch("move"), NOT_THIS_ONE),
    ("POST /api/v1/branches/{branch_id}/closing", at_branch("closing"), NOT_THIS_ONE),
]

# Of whom each caller sees anything in two lists that go by the branch.
LISTED: dict[str, dict[str, str]] = {
    "/api/v1/transfers?limit=200": {
        "member": "own",
        "secretary": "own",
        "committee_officer": "own neighbour",
        "district_officer": "own neighbour",
        "auditor": "own neighbour",
        "outsider": "elsewhere",
    },
    "/api/v1/appeals?limit=200": {
        "member": "own",
        "secretary": "own colleague",
        "committee_officer": "own colleague neighbour",
        "district_officer": "own colleague neighbour",
        "auditor": "own colleague neighbour",
        "outsider": "elsewhere",
    },
}
