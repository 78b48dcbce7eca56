"""What the table of ``test_permissions`` holds about pages: who is not logged in is led to the log-in.

A form is sent empty, so that nothing is done: to be told what is wrong with it is to be let in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.auth.core import Role
from tests import permissions_of_activities as activities
from tests.auth.people import PASSWORD

Call = Callable[[Any, str, dict[str, str]], Any]
HTML = "text/html; charset=utf-8"


def visit(method: str, path: str, form: Callable[[Any, str], dict[str, str]] | dict[str, str] | None = None) -> Call:
    """A call at a page; what leads to the log-in counts as 401, and what leads on as done."""

    def call(world: Any, whose: str, headers: dict[str, str]) -> Any:
        facts = {"activity": world.activities.get(whose, "")}
        if whose != "any":
            facts |= {"member": world.member(whose), "branch": world.branch(whose)}
        sent = form(world, whose) if callable(form) else form
        answer = world.client.request(method, path.format(**facts), data=sent, headers=headers, follow_redirects=False)
        if answer.status_code == 303:
            answer.status_code = 401 if answer.headers["location"].startswith("/login") else 200
            answer.headers["content-type"] = HTML
        elif answer.status_code in (409, 422):
            answer.status_code = 200
        return answer

    return call


def visit_openly(path: str) -> Call:
    """An empty form that anybody may send from one of our pages."""

    def call(world: Any, _: str, headers: dict[str, str]) -> Any:
        origin = str(world.client.base_url).rstrip("/")
        answer = world.client.post(path, headers={**headers, "Origin": origin}, follow_redirects=False)
        answer.status_code = 200 if answer.status_code == 422 else answer.status_code
        return answer

    return call


def opening(world: Any, _: str, __: dict[str, str]) -> Any:
    """A log-in by the form; it ends nothing."""
    login = f"{world.town.district.code}/auditor"
    sent = {"login": login, "password": PASSWORD}
    origin = str(world.client.base_url).rstrip("/")
    answer = world.client.post("/login", data=sent, headers={"Origin": origin}, follow_redirects=False)
    world.client.cookies.clear()
    answer.status_code = 200 if answer.headers.get("location") == "/" else answer.status_code
    return answer


def switching(world: Any, _: str, __: dict[str, str]) -> Any:
    origin = str(world.client.base_url).rstrip("/")
    answer = world.client.post("/display", data={"large": "0"}, headers={"Origin": origin}, follow_redirects=False)
    world.client.cookies.clear()
    answer.status_code = 200 if answer.headers.get("location") == "/" else answer.status_code
    return answer


def leaving(world: Any, _: str, headers: dict[str, str]) -> Any:
    """With a token of its own, so that the caller stays logged in."""
    login = {"login": f"{world.town.district.code}/{Role.AUDITOR.value}", "password": PASSWORD}
    token = world.client.post("/api/v1/sessions", json=login).json()["access_token"]
    fresh = headers and {"Authorization": f"Bearer {token}"}
    answer = world.client.post("/logout", headers=fresh, follow_redirects=False)
    answer.status_code = 200 if headers and answer.status_code == 303 else 401
    answer.headers["content-type"] = HTML
    world.client.cookies.clear()
    return answer


#                  m  g  o  d  h  s  c  d  s  s  a  n  o  s
#                  e  r  r  i  r  e  o  i  y  e  u  o  u  t
#                  m  o  g  s  .  c  m  s  s  c  d  b  t  r
_ANYBODY = {"any": "+  +  +  +  +  +  +  +  +  +  +  +  +  +"}
_SIGNED_IN = {"any": "+  +  +  +  +  +  +  +  +  +  +  +  +  1"}
_MEETINGS = {"any": "+  +  +  +  3  +  +  +  3  3  +  3  +  1"}
_RECORDERS = {"any": "3  +  +  3  3  +  +  +  3  3  3  3  +  1"}
# Who may write down anywhere and may read this one is told that the form says nothing.
_CORRECTING = {
    "own": "3  +  +  3  3  +  +  +  3  3  3  3  4  1",
    "neighbour": "3  4  4  3  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "3  4  4  3  3  4  4  4  3  3  3  3  +  1",
}

ROWS: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /static/{name}", visit("GET", "/static/console.css"), _ANYBODY),
    ("GET /login", visit("GET", "/login"), _ANYBODY),
    ("POST /login", opening, _ANYBODY),
    ("GET /login/code", visit("GET", "/login/code"), _ANYBODY),
    ("POST /login/code", visit_openly("/login/code"), _ANYBODY),
    ("POST /display", switching, _ANYBODY),
    ("POST /logout", leaving, _SIGNED_IN),
    ("GET /", visit("GET", "/"), _SIGNED_IN),
    ("GET /still-here", visit("GET", "/still-here"), _SIGNED_IN),
    ("GET /messages", visit("GET", "/messages"), _SIGNED_IN),
    ("POST /messages/read", visit("POST", "/messages/read"), _SIGNED_IN),
    ("GET /meetings", visit("GET", "/meetings"), _MEETINGS),
    ("GET /meetings/new", visit("GET", "/meetings/new"), _RECORDERS),
    ("POST /meetings/new", visit("POST", "/meetings/new"), _RECORDERS),
    ("GET /meetings/{activity_id}", visit("GET", "/meetings/{activity}"), activities.READING),
    ("POST /meetings/{activity_id}/attendance", visit("POST", "/meetings/{activity}/attendance"), _CORRECTING),
]


def fill(_: Any) -> None:
    """Pages have nothing of their own."""


PATHS = {route.partition(" ")[2] for route, _, _ in ROWS}
