"""What holds for every answer in JSON, whatever the room: asked of each route that reads."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.kit import naming
from app.kit.sending import may_hold_a_secret
from tests.test_permissions import TABLE
from tests.world import CALLERS, World

# Their reading is written down where they read from, so that the second answer is another one.
CHANGED_BY_READING = {"/api/v1/access-log"}


@dataclass(frozen=True)
class Asked:
    """An answer, and the next one for who has the first already."""

    path: str
    answer: Any
    again: Any


@pytest.fixture(scope="module")
def asked(world: World) -> list[Asked]:
    """Each route that reads, of every object that the table has, asked by the first who may."""
    found = []
    for row in TABLE:
        method, path = row.route.split()
        for whose, expected in row.expected.items() if method == "GET" and path.startswith("/api/") else ():
            caller = dict(zip(expected.split(), CALLERS, strict=True)).get("+", "district_officer")

            headers = world.headers[caller]
            answer = row.call(world, whose, headers)
            known = {"If-None-Match": answer.headers.get("etag", "none")}
            found.append(Asked(path, answer, row.call(world, whose, headers | known)))
    return found


def reading_routes(app: FastAPI) -> set[str]:
    """The addresses that are described as answering a GET in JSON."""
    return {
        path
        for path, methods in app.openapi()["paths"].items()
        if path.startswith("/api/")
        and "get" in methods
        and "application/json" in methods["get"]["responses"].get("200", {}).get("content", {})
    }


def test_whatever_is_read_in_json_is_not_sent_twice(world: World, asked: list[Asked]) -> None:
    tagged = set()
    for one in asked:
        answer = one.answer
        if answer.status_code != 200 or answer.headers["content-type"] != "application/json":
            continue
        if may_hold_a_secret(one.path):
            assert (one.path, answer.headers["cache-control"]) == (one.path, "no-store")
        else:
            assert answer.headers["etag"]
            is_same = (
                one.again.url == answer.url and one.path not in CHANGED_BY_READING
            )  # some calls make what they read
            assert (one.path, one.again.status_code) == (one.path, 304 if is_same else 200)
        tagged.add(one.path)
    missed = reading_routes(cast("FastAPI", world.client.app)) - tagged
    assert {path for path in missed if not may_hold_a_secret(path)} == set()


def test_whatever_is_long_goes_out_compressed(asked: list[Asked]) -> None:
    long = [one for one in asked if len(one.answer.content) > 4096 and not may_hold_a_secret(one.path)]
    assert len({one.path for one in long}) > 3
    for one in long:
        if one.answer.headers["content-type"] == "application/json":
            assert (one.path, one.answer.headers.get("content-encoding")) == (one.path, "gzip")


# Ids of what has no name of its own: a reader follows them, or sends them back.
WITHOUT_A_NAME = {
    *(
        "id",
        "following",
        "delivery",
        "message_id",
        "rating_id",
        "round_id",
        "rating_round_id",
        "mentoring_id",
        "before_id",
        "parent_id",
    ),
    *("entry_id", "entries", "cause", "reverses", "reversed_by", "reversal_id", "replacement_id", "finding_id"),
    *(
        "activity_id",
        "commendation_id",
        "submission_id",
        "veto_id",
        "answers",
        "owner_id",
        "lead_id",
        "grid_id",
        "grid",
        "neighbours",
    ),
    *("without", "without_deputy", "plan_id", "screens"),  # ratings, and leads
}
# Where the name beside an id is called otherwise.
CALLED = {
    ("AccessAnswer", "account_id"): "name",
    ("AppointmentAnswer", "account_id"): "name",
    ("AppraisalAnswer", "account_id"): "secretary",
    ("AppraisalLineAnswer", "account_id"): "secretary",
    ("DigestAnswer", "scope_id"): "scope",
    ("DigestLineAnswer", "scope_id"): "scope",
    ("PlayAnswer", "playlist_id"): "name",
    ("PlaylistStepAnswer", "place_id"): "title",  # for whoever sets it; what a screen shows carries its heading
    ("ShownStepAnswer", "place_id"): "heading",
    ("SurveySubjectAnswer", "organisation_id"): "name",
    ("TransferAnswer", "from_branch_id"): "from_branch",
    ("TransferAnswer", "to_branch_id"): "to",
    ("WaivedAnswer", "lifted_by"): None,  # an activity
    ("WaiverAnswer", "lifted_by"): None,
    ("OwnMemberAnswer", "branch_id"): "places",
    ("OwnMemberAnswer", "group_id"): "places",
}


def test_beside_each_id_of_somebody_or_somewhere_there_is_room_for_the_name(world: World) -> None:
    bare = []
    for schema, described in cast("FastAPI", world.client.app).openapi()["components"]["schemas"].items():
        fields = described.get("properties", {})
        for name, field in fields.items() if schema.endswith("Answer") else ():
            if "'format': 'uuid'" not in str(field) or name in WITHOUT_A_NAME:
                continue
            stem = name.removesuffix("_id").removesuffix("s") if name != "homeless" else name
            called = {f"{stem}_name", f"{stem}_names", f"{name}_names", stem, *(("name",) if stem == "member" else ())}
            beside = CALLED.get((schema, name), called)
            if beside is not None and not fields.keys() & ({beside} if isinstance(beside, str) else beside - {name}):
                bare.append((schema, name))
    assert bare == [], bare


def test_every_route_with_room_for_names_has_them_looked_up(world: World) -> None:
    app = cast("FastAPI", world.client.app)
    unnamed = [
        context.path
        for context in iter_route_contexts(app.routes)
        if naming.has_names(getattr(context, "response_model", None)) and not looks_names_up(context.endpoint)
    ]
    assert unnamed == ["/api/v1/entries"], "whoever records knows whom; it must cost nothing there"


def looks_names_up(endpoint: Any) -> bool:
    """Whether the route, or a function of its module that it calls, runs with the names."""
    if {"run_named", "run_and_name"} & set(endpoint.__code__.co_names):
        return True
    called = (vars(inspect.getmodule(endpoint)).get(name) for name in endpoint.__code__.co_names)
    return any(
        looks_names_up(one) for one in called if inspect.isfunction(one) and one.__module__ == endpoint.__module__
    )


def rooms(value: Any, names: dict[str, set[str | None]]) -> None:
    """Which names stand beside an id that is there."""
    if isinstance(value, list):
        for one in value:
            rooms(one, names)
    elif isinstance(value, dict):
        for name, one in value.items():
            stem = name.removesuffix("_name")
            of = next((key for key in (f"{stem}_id", stem) if name != stem and key in value), None)
            if of is not None and value[of] is not None and not isinstance(one, dict):  # words of both languages
                names.setdefault(name, set()).add(one)
            rooms(one, names)


def test_whoever_reads_an_id_reads_the_name(asked: list[Asked]) -> None:
    names: dict[str, set[str | None]] = {}
    for one in asked:
        if one.answer.status_code == 200 and one.answer.headers["content-type"] == "application/json":
            rooms(one.answer.json(), names)
    assert {name for name, told in names.items() if None in told} == set()
    assert {"recorded_by_name", "member_name", "branch_name", "organisation_name", "by_name"} <= names.keys()


def test_a_key_is_told_of_no_person_unless_its_list_has_the_roster(world: World) -> None:
    member = world.member("own")
    for listed, knows in ((["standing:read"], False), (["standing:read", "roster:read"], True)):
        made = world.client.post(
            "/api/v1/api-keys",
            json={
                "name": f"大屏对接 {knows}",
                "path": world.town.root,
                "permissions": listed,
                "expires_on": "2027-06-30",
            },
            headers=world.headers["system_administrator"],
        )
        headers = {"Authorization": f"Bearer {made.json()['token']}"}
        entries = world.client.get(f"/api/v1/members/{member}/entries", headers=headers).json()["entries"]
        entry = next(one for one in entries if one["recorded_by"] is not None)
        assert entry["branch_name"] is not None
        assert (entry["member_name"] is not None, entry["recorded_by_name"] is not None) == (knows, knows)
