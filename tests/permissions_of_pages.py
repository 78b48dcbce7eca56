"""What the table of ``test_permissions`` holds about the pages of the office: each is as open as its twin of the API.

Forms are sent empty, as in ``permissions_of_web``.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests import permissions_of_cases as cases
from tests import permissions_of_grids as grids
from tests import permissions_of_office as office
from tests import permissions_of_packs as packs
from tests import permissions_of_ratings as ratings
from tests import permissions_of_web as web
from tests.permissions_of_web import HTML, Call, visit

__all__ = ["HTML", "PATHS", "ROWS", "fill"]

_C = "/cases/{case}"
_L = "/commendations/{listed}"
# Whoever may open the list and decide is told beside the empty form what it lacks; the list itself is nobody's.
_KEPT_LISTS = {"any": "3  3  3  3  3  +  +  +  3  3  3  3  +  1"}


def at(method: str, path: str) -> Call:
    """A page about a thing of somebody."""

    def call(world: Any, whose: str, headers: dict[str, str]) -> Any:
        facts = {
            "case": world.cases.get(whose, ""),
            "talk": world.cases.get(f"talk of {whose}", ""),
            "listed": world.cases.get(f"list of {whose}", ""),
            "rating": world.ratings.get(whose, ""),
            "round": world.ratings.get(f"round {whose}", ""),
            "plan": world.ratings.get(f"plan {whose}", ""),
            "proof": world.ratings["proof"],
            "survey": world.surveys.get(f"to come {whose}", ""),
            "form": world.surveys["form"].removeprefix("/api/v1/survey-forms"),
            **world.grids.get(whose, {}),
            "playlist": world.playlists.get(whose, ""),
        }
        filled = path
        for name, value in facts.items():
            filled = filled.replace("{" + name + "}", value)
        return visit(method, filled)(world, whose, headers)

    return call


CASES: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /cases", at("GET", "/cases"), cases.LISTED),
    ("GET /cases/{case_id}", at("GET", _C), cases.SEEN),
    *(
        (f"POST /cases/{{case_id}}/{verb}", at("POST", f"{_C}/{verb}"), cases.KEPT)
        for verb in ("talk", "plan", "helper")
    ),
    *(
        (f"POST /cases/{{case_id}}/{verb}", at("POST", f"{_C}/{verb}"), cases.DECIDED)
        for verb in ("helper-proposal", "extension", "acceptance", "failure", "closing")
    ),
    ("POST /cases/reminder-talks/{talk_id}", at("POST", "/cases/reminder-talks/{talk}"), cases.TALKED),
    ("GET /commendations", at("GET", "/commendations"), cases.LISTED),
    ("GET /commendations/{commendation_id}", at("GET", _L), cases.SEEN),
    *(
        (f"POST /commendations/{verb}", at("POST", f"/commendations/{verb}"), _KEPT_LISTS)
        for verb in ("decisions", "notices")
    ),
    *(
        (f"POST /commendations/{verb}", at("POST", f"/commendations/{verb}"), cases.OF_DECIDERS)
        for verb in ("confirmations", "hand-overs")
    ),
    *(
        (f"POST /commendations/{{commendation_id}}/{verb}", at("POST", f"{_L}/{verb}"), cases.DECIDED)
        for verb in ("objection-answers", "striking", "withdrawal")
    ),
    (
        "POST /commendations/{commendation_id}/objections",
        at("POST", f"{_L}/objections"),
        dict.fromkeys(("own", "elsewhere"), cases.LISTED["any"]),
    ),
]

_R = "/ratings/{rating}"
# Plans are shown as a list, which says nothing of whose the plan of an empty form was.
_PLANS = {"any": "3  3  3  3  3  3  +  +  3  3  3  3  +  1"}
RATINGS: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /ratings", at("GET", "/ratings"), ratings.READERS),
    ("POST /ratings", at("POST", "/ratings"), {"any": "3  3  3  3  3  3  3  +  3  3  3  3  +  1"}),
    ("GET /ratings/rounds/{round_id}", at("GET", "/ratings/rounds/{round}"), ratings.PUBLISHED),
    *(
        (f"POST /ratings/rounds/{{round_id}}/{verb}", at("POST", f"/ratings/rounds/{{round}}/{verb}"), ratings.DECIDING)
        for verb in ("reckoning", "naming", "withdrawal", "measurement")
    ),
    ("POST /ratings/rounds/{round_id}/filing", at("POST", "/ratings/rounds/{round}/filing"), ratings.SIGNING_ROUND),
    ("GET /ratings/{rating_id}", at("GET", _R), ratings.PAPERS),
    (
        "GET /ratings/{rating_id}/files/{indicator}/{content_hash}",
        at("GET", f"{_R}/files/S1.4/{{proof}}"),
        {"own": ratings.PAPERS["own"]},
    ),
    *(
        (f"POST /ratings/{{rating_id}}/{verb}", at("POST", f"{_R}/{verb}"), ratings.FILLING)
        for verb in ("indicators", "submission", "taking-back")
    ),
    *(
        (f"POST /ratings/{{rating_id}}/{verb}", at("POST", f"{_R}/{verb}"), ratings.SIGNING)
        for verb in ("return", "corrections", "signature", "downgrade", "plans")
    ),
    *(
        (f"POST /ratings/{{rating_id}}/{verb}", at("POST", f"{_R}/{verb}"), ratings.DECIDING)
        for verb in ("exception", "decision", "veto")
    ),
    (
        "POST /ratings/{rating_id}/objections/{objection_id}",
        at("POST", f"{_R}/objections/{UUID(int=7)}"),
        ratings.DECIDING,
    ),
    ("POST /ratings/{rating_id}/objections", at("POST", f"{_R}/objections"), ratings.OBJECTING),
    ("GET /rating-plans", at("GET", "/rating-plans"), ratings.READERS),
    *(
        (f"POST /rating-plans/{{plan_id}}/{verb}", at("POST", f"/rating-plans/{UUID(int=7)}/{verb}"), _PLANS)
        for verb in ("struck", "extension", "closing")
    ),
]

_NONE = UUID(int=7)
_GRIDS = {"any": "3  3  3  3  3  3  3  +  3  3  3  3  +  1"}
_M = "/mentorings/{mentoring}"
GRIDS: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /grids", at("GET", "/grids"), grids.SEEN),
    ("POST /grids/standard", at("POST", "/grids/standard"), _GRIDS),
    ("POST /grids/assignment", at("POST", "/grids/assignment"), _GRIDS),
    ("POST /grids/leads/{lead_id}/end", at("POST", f"/grids/leads/{_NONE}/end"), _GRIDS),
    ("GET /grids/{grid_id}", at("GET", "/grids/{grid}"), grids.SEEN_THERE),
    (
        "POST /grids/{grid_id}/plans",
        at("POST", "/grids/{grid}/plans"),
        {
            "own": "3  3  3  3  3  +  +  +  3  3  3  3  4  1",
            "elsewhere": "3  3  3  3  3  4  4  4  3  3  3  3  +  1",
        },
    ),
    ("GET /mentorings/{mentoring_id}", at("GET", _M), grids.FOLLOWED),
    *(
        (f"POST /mentorings/{{mentoring_id}}/{verb}", at("POST", f"{_M}/{verb}"), grids.RECORDED)
        for verb in ("agreement", "visits", "end")
    ),
]

#                m  g  o  d  h  s  c  d  s  s  a  n  o  s
#                e  r  r  i  r  e  o  i  y  e  u  o  u  t
#                m  o  g  s  .  c  m  s  s  c  d  b  t  r
_JOBS = {"any": "3  3  3  3  3  3  3  +  +  3  +  3  +  1"}
_ACCOUNTS = {"any": "3  3  3  3  3  3  3  3  +  +  +  3  3  1"}
_OPENING = {"any": "3  3  3  3  3  3  3  3  +  3  3  3  3  1"}
_OPENING_NONE = {"any": "3  3  3  3  3  3  3  3  4  3  3  3  3  1"}
_OFFICES = {"any": "3  3  3  3  3  3  3  3  3  +  +  3  3  1"}
_APPOINTING = {"any": "3  3  3  3  3  3  3  3  3  +  3  3  3  1"}
_APPOINTING_NONE = {"any": "3  3  3  3  3  3  3  3  3  4  3  3  3  1"}
_LOG = {"any": "3  3  3  3  3  3  3  3  3  3  +  3  3  1"}
_KEYS = {"any": "3  3  3  3  3  3  3  3  +  3  +  3  3  1"}
_SCREENS = {"any": "3  3  3  3  3  3  3  +  3  3  +  3  +  1"}
_SCREEN_NONE = {"any": "3  3  3  3  3  3  3  4  3  3  3  3  4  1"}
OFFICE: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /jobs", at("GET", "/jobs"), _JOBS),
    ("GET /accounts", at("GET", "/accounts"), _ACCOUNTS),
    ("POST /accounts", at("POST", "/accounts"), _OPENING),
    ("POST /accounts/{account_id}/close", at("POST", f"/accounts/{_NONE}/close"), _OPENING_NONE),
    ("POST /accounts/{account_id}/reopening", at("POST", f"/accounts/{_NONE}/reopening"), _OPENING_NONE),
    ("POST /accounts/{account_id}/password", at("POST", f"/accounts/{_NONE}/password"), _OPENING),
    ("GET /appointments", at("GET", "/appointments"), _OFFICES),
    ("POST /appointments", at("POST", "/appointments"), _APPOINTING),
    ("POST /appointments/{appointment_id}/end", at("POST", f"/appointments/{_NONE}/end"), _APPOINTING_NONE),
    ("GET /access-log", at("GET", "/access-log"), _LOG),
    ("GET /api-keys", at("GET", "/api-keys"), _KEYS),
    ("POST /api-keys/{key_id}/end", at("POST", f"/api-keys/{_NONE}/end"), _OPENING_NONE),
    ("GET /screens", at("GET", "/screens"), _SCREENS),
    ("POST /screens/{screen_id}/end", at("POST", f"/screens/{_NONE}/end"), _SCREEN_NONE),
]

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
_S = "/surveys/{survey}"
SURVEYS: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /surveys", at("GET", "/surveys"), {"any": "3  3  3  3  3  +  +  +  3  3  +  3  +  1"}),
    ("POST /surveys", at("POST", "/surveys"), {"any": "3  3  3  3  3  3  +  +  3  3  3  3  +  1"}),
    ("GET /surveys/{survey_id}", at("GET", _S), _READING),
    *(
        (f"POST /surveys/{{survey_id}}/{verb}", at("POST", f"{_S}/{verb}"), _CALLING)
        for verb in ("slips", "withdrawal", "closing")
    ),
    ("GET /answer/{district}/{survey_number}", at("GET", "/answer{form}"), _ANYBODY),
    ("POST /answer/{district}/{survey_number}", at("POST", "/answer{form}"), _ANYBODY),
]


def of_pack(method: str, path: str) -> Call:
    """A page about somebody's pack."""

    def call(world: Any, whose: str, headers: dict[str, str]) -> Any:
        return visit(method, f"/packs/{packs.id_of(world, whose)}{path}")(world, "any", headers)

    return call


def hanging(world: Any, whose: str, headers: dict[str, str]) -> Any:
    branch = world.town_of(whose).branch
    return visit("GET", f"/packs/wall?quarter=2026Q3&branch={branch}")(world, "any", headers)


_EXPORTING = {"any": "3  3  3  3  3  +  +  +  3  3  3  3  +  1"}
PACKS: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /packs", at("GET", "/packs"), _EXPORTING),
    ("POST /packs", at("POST", "/packs"), _EXPORTING),
    ("GET /packs/wall", hanging, packs.OF_BRANCH),
    ("GET /packs/{pack_id}", of_pack("GET", ""), packs.PACK),
    ("GET /packs/{pack_id}/progress", of_pack("GET", "/progress"), packs.PACK),
    ("POST /packs/{pack_id}/cancel", of_pack("POST", "/cancel"), packs.PACK),
    ("POST /packs/{pack_id}/copies", of_pack("POST", "/copies"), packs.PACK),
]

_OFFICE = {"any": "3  3  3  3  3  3  3  +  3  3  3  3  +  1"}
_PLAYLIST = {
    "own": "3  3  3  3  3  3  3  +  3  3  +  3  4  1",
    "elsewhere": "3  3  3  3  3  3  3  4  3  3  4  3  +  1",
}
_PLAYLIST_SET = {
    "own": "3  3  3  3  3  3  3  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  3  3  4  3  3  3  3  +  1",
}
BOARDS: list[tuple[str, Call, dict[str, str]]] = [
    ("POST /board/own", at("POST", "/board/own"), {"any": "+  4  4  4  3  4  4  4  3  3  4  3  4  1"}),
    ("GET /board-policies", at("GET", "/board-policies"), _OFFICE),
    ("GET /board-policies/{audience}", at("GET", "/board-policies/screens"), _OFFICE),
    ("POST /board-policies/{audience}", at("POST", "/board-policies/screens"), _OFFICE),
    ("POST /screens", at("POST", "/screens"), _OFFICE),
    ("POST /screens/{screen_id}/playlist", at("POST", f"/screens/{_NONE}/playlist"), _SCREEN_NONE),
    ("GET /playlists", at("GET", "/playlists"), _SCREENS),
    ("GET /playlists/new", at("GET", "/playlists/new"), _OFFICE),
    ("GET /playlists/{playlist_id}", at("GET", "/playlists/{playlist}"), _PLAYLIST),
    ("POST /playlists/{playlist_id}", at("POST", "/playlists/{playlist}"), _PLAYLIST_SET),
]

ROWS: list[tuple[str, Call, dict[str, str]]] = [*web.ROWS, *CASES, *RATINGS, *GRIDS, *OFFICE, *SURVEYS, *PACKS, *BOARDS]
ROWS += office.ROWS


def fill(_: Any) -> None:
    """Pages have nothing of their own."""


PATHS = {route.partition(" ")[2] for route, _, _ in ROWS}
