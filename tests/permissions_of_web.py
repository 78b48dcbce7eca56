"""What the table of ``test_permissions`` holds about pages: who is not logged in is led to the log-in.

A form is sent empty, so that nothing is done: to be told what is wrong with it is to be let in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.auth.core import Role
from tests import permissions_of_activities as activities
from tests import permissions_of_boards as boards
from tests import permissions_of_enrolment as enrolment
from tests import permissions_of_imports as imports
from tests.auth.people import PASSWORD

Call = Callable[[Any, str, dict[str, str]], Any]
HTML = "text/html; charset=utf-8"


def visit(method: str, path: str, form: Callable[[Any, str], dict[str, str]] | dict[str, str] | None = None) -> Call:
    """A call at a page; what leads to the log-in counts as 401, and what leads on as done."""

    def call(world: Any, whose: str, headers: dict[str, str]) -> Any:
        facts = {
            "activity": world.activities.get(whose, ""),
            "submission": world.submissions.get(whose, ""),
            "proven": world.proof.get(f"entry of {whose}", ""),
            "proof": world.proof.get(whose, ""),
            "entry": world.entries.get(whose, ""),
            "import": world.imports.get(whose, ""),
            "transfer": world.enrolled.get(whose, ""),
            "exemption": world.enrolled.get(f"exemption of {whose}", ""),
        }
        facts |= {"sheet": world.sign_in_sheet, "file": world.evidence, "appeal": world.appeals.get(whose, "")}
        facts["veto"] = world.vetoes.get(whose, "")
        facts["complaint"] = world.complaints.get(whose, "")
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

_MEMBERS = {"any": "3  +  +  +  3  +  +  +  3  3  +  3  +  1"}
_MEMBER = {
    "own": "+  +  +  +  3  +  +  +  3  3  +  3  4  1",
    "colleague": "4  +  +  +  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "4  4  4  4  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "4  4  4  4  3  4  4  4  3  3  4  3  +  1",
}
_RECORD = {"any": "+  +  +  +  +  +  +  +  3  3  3  3  +  1"}
_DECIDERS = {"any": "3  +  +  +  3  +  +  +  3  3  3  3  +  1"}
_SUBMISSIONS = {"any": "+  +  +  +  3  +  +  +  3  3  +  3  +  1"}
# What is one's own or one made oneself; else by the office.
_SUBMISSION = {
    "own": "+  +  +  +  3  +  +  +  3  3  +  3  4  1",
    "colleague": "4  +  +  +  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "4  4  4  4  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "4  4  4  4  3  4  4  4  3  3  4  3  +  1",
}
_DECISION = {
    "colleague": "3  +  +  +  3  +  +  +  3  3  3  3  4  1",
    "neighbour": "3  4  4  4  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "3  4  4  4  3  4  4  4  3  3  3  3  +  1",
}
# Whoever may record and see it is told that the form says nothing; it is withdrawn by who handed it in only.
_OWN_PART = {
    "own": "+  +  +  +  4  +  +  +  3  3  3  3  4  1",
    "colleague": "4  +  +  +  4  +  +  +  3  3  3  3  4  1",
    "neighbour": "4  4  4  4  4  4  +  +  3  3  3  3  4  1",
    "elsewhere": "4  4  4  4  4  4  4  4  3  3  3  3  +  1",
}
_FILING = {
    "own": "3  3  3  3  3  3  3  +  3  3  3  3  +  1",
    "elsewhere": "3  3  3  3  3  3  3  +  3  3  3  3  +  1",
}
_LIFTING = {"own": "3  3  +  +  3  +  +  +  3  3  3  3  +  1"}
_UNDOING = {  # of whose it is not the page says so, and the form is refused
    "colleague": "3  3  +  +  3  +  +  +  3  3  3  3  4  1",
    "neighbour": "3  3  4  4  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "3  3  4  4  3  4  4  4  3  3  3  3  +  1",
}
_WITHDRAWAL = {whose: expected.replace("+", "3") for whose, expected in _OWN_PART.items()}
_CHECKS = {"any": "3  3  +  +  3  +  +  +  3  3  +  3  +  1"}
_CHECK = {
    "own": "3  3  +  +  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "3  3  4  4  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "3  3  4  4  3  4  4  4  3  3  4  3  +  1",
}
_CONFIRM = {
    "own": "3  3  +  +  3  +  +  +  3  3  3  3  4  1",
    "neighbour": "3  3  4  4  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "3  3  4  4  3  4  4  4  3  3  3  3  +  1",
}
_ORGANISATIONS = {"any": "3  +  +  +  3  +  +  +  +  +  +  3  +  1"}
_ENROLLING = {"any": "3  3  3  3  3  +  +  +  3  3  3  3  +  1"}
_MEMBERSHIP = {
    "own": "3  +  +  +  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "3  4  4  4  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "3  4  4  4  3  4  4  4  3  3  4  3  +  1",
}
_TRANSFERS = {"any": "+  3  3  3  3  +  +  +  3  3  +  3  +  1"}
# Whoever sees it and may answer some is told that the form says nothing.
_ANSWERED = {
    "own": "3  3  3  3  3  +  +  +  3  3  3  3  4  1",
    "neighbour": "3  3  3  3  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  4  4  4  3  3  3  3  +  1",
}
# Whoever may file some is told why not this one, or that the form says nothing.
_APPEALING = {
    "own": "+  3  3  3  3  +  +  +  3  3  3  3  4  1",
    "colleague": "4  3  3  3  3  +  +  +  3  3  3  3  4  1",
    "neighbour": "4  3  3  3  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "4  3  3  3  3  4  4  4  3  3  3  3  +  1",
}
_APPEAL = {
    "own": "+  3  3  3  3  +  +  +  3  3  +  3  4  1",
    "colleague": "4  3  3  3  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "4  3  3  3  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "4  3  3  3  3  4  4  4  3  3  4  3  +  1",
}
_OF_THE_DISTRICT = {"any": "3  3  3  3  3  3  3  +  3  3  3  3  +  1"}
_IMPORTS = {"any": "3  +  +  +  +  +  +  +  3  3  +  3  +  1"}
_IMPORT = {
    "own": "3  +  +  +  4  +  +  +  3  3  +  3  4  1",
    "neighbour": "3  4  4  4  4  4  +  +  3  3  +  3  4  1",
    "elsewhere": "3  4  4  4  4  4  4  4  3  3  4  3  +  1",
}

ROWS: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /static/{name}", visit("GET", "/static/console.css"), _ANYBODY),
    ("GET /screen", visit("GET", "/screen"), _ANYBODY),
    ("GET /login", visit("GET", "/login"), _ANYBODY),
    ("POST /login", opening, _ANYBODY),
    ("GET /login/code", visit("GET", "/login/code"), _ANYBODY),
    ("POST /login/code", visit_openly("/login/code"), _ANYBODY),
    ("POST /display", switching, _ANYBODY),
    ("POST /logout", leaving, _SIGNED_IN),
    ("GET /", visit("GET", "/"), _SIGNED_IN),
    ("GET /still-here", visit("GET", "/still-here"), _SIGNED_IN),
    ("GET /account", visit("GET", "/account"), _SIGNED_IN),
    ("GET /account/password", visit("GET", "/account/password"), _SIGNED_IN),
    ("POST /account/password", visit("POST", "/account/password"), _SIGNED_IN),
    ("GET /account/second-factor", visit("GET", "/account/second-factor"), _SIGNED_IN),
    ("POST /account/second-factor", visit("POST", "/account/second-factor"), _SIGNED_IN),
    ("POST /account/second-factor/confirmation", visit("POST", "/account/second-factor/confirmation"), _SIGNED_IN),
    (
        "POST /account/sessions/{session_id}/end",
        visit("POST", f"/account/sessions/{UUID(int=7)}/end"),
        {"any": "4  4  4  4  4  4  4  4  4  4  4  4  4  1"},
    ),
    ("GET /messages", visit("GET", "/messages"), _SIGNED_IN),
    ("POST /messages/read", visit("POST", "/messages/read"), _SIGNED_IN),
    ("POST /account/first-steps", visit("POST", "/account/first-steps"), _SIGNED_IN),
    ("GET /meetings", visit("GET", "/meetings"), _MEETINGS),
    ("GET /meetings/new", visit("GET", "/meetings/new"), _RECORDERS),
    ("POST /meetings/new", visit("POST", "/meetings/new"), _RECORDERS),
    ("GET /meetings/not-held", visit("GET", "/meetings/not-held"), _RECORDERS),
    ("POST /meetings/not-held", visit("POST", "/meetings/not-held"), _RECORDERS),
    ("POST /meetings/{activity_id}/make-ups", visit("POST", "/meetings/{activity}/make-ups"), _CORRECTING),
    ("GET /meetings/{activity_id}", visit("GET", "/meetings/{activity}"), activities.READING),
    (
        "GET /meetings/{activity_id}/files/{content_hash}",
        visit("GET", "/meetings/{activity}/files/{sheet}"),
        activities.READING,
    ),
    ("POST /meetings/{activity_id}/attendance", visit("POST", "/meetings/{activity}/attendance"), _CORRECTING),
    ("GET /members", visit("GET", "/members"), _MEMBERS),
    ("GET /my", visit("GET", "/my"), {"any": "+  4  4  4  4  4  4  4  4  4  4  4  4  1"}),
    ("GET /members/{member_id}", visit("GET", "/members/{member}"), _MEMBER),
    ("GET /entries/{entry_id}/evidence/{content_hash}", visit("GET", "/entries/{proven}/evidence/{proof}"), _MEMBER),
    ("GET /record", visit("GET", "/record"), _RECORD),
    ("POST /record", visit("POST", "/record"), _RECORD),
    ("GET /reviews", visit("GET", "/reviews"), _DECIDERS),
    ("POST /reviews", visit("POST", "/reviews"), _DECIDERS),
    ("GET /submissions", visit("GET", "/submissions"), _SUBMISSIONS),
    ("GET /submissions/{submission_id}", visit("GET", "/submissions/{submission}"), _SUBMISSION),
    (
        "GET /submissions/{submission_id}/evidence/{content_hash}",
        visit("GET", "/submissions/{submission}/evidence/{proof}"),
        _SUBMISSION,
    ),
    ("POST /submissions/{submission_id}/decision", visit("POST", "/submissions/{submission}/decision"), _DECISION),
    ("POST /submissions/{submission_id}/answer", visit("POST", "/submissions/{submission}/answer"), _OWN_PART),
    ("POST /submissions/{submission_id}/telling", visit("POST", "/submissions/{submission}/telling"), _OWN_PART),
    ("POST /submissions/{submission_id}/again", visit("POST", "/submissions/{submission}/again"), _WITHDRAWAL),
    (
        "POST /submissions/{submission_id}/withdrawal",
        visit("POST", "/submissions/{submission}/withdrawal"),
        _WITHDRAWAL,
    ),
    ("GET /vetoes", visit("GET", "/vetoes"), {"any": "+  +  +  +  3  +  +  +  3  3  +  3  +  1"}),
    ("POST /vetoes/{veto_id}/filing", visit("POST", "/vetoes/{veto}/filing"), _FILING),
    ("POST /vetoes/{veto_id}/lifting", visit("POST", "/vetoes/{veto}/lifting"), _LIFTING),
    ("GET /tellings", visit("GET", "/tellings"), {"any": "+  +  +  +  3  +  +  +  3  3  +  3  +  1"}),
    ("POST /tellings", visit("POST", "/tellings"), {"any": "+  +  +  +  +  +  +  +  3  3  3  3  +  1"}),
    ("GET /checks", visit("GET", "/checks"), _CHECKS),
    ("GET /checks/{quarter}/{branch_id}", visit("GET", "/checks/2026Q4/{branch}"), _CHECK),
    ("POST /checks/{quarter}/{branch_id}", visit("POST", "/checks/2026Q4/{branch}"), _CONFIRM),
    ("GET /appeals", visit("GET", "/appeals"), _TRANSFERS),
    ("GET /entries/{entry_id}/appeal", visit("GET", "/entries/{entry}/appeal"), _APPEALING),
    ("POST /entries/{entry_id}/appeal", visit("POST", "/entries/{entry}/appeal"), _APPEALING),
    ("GET /entries/{entry_id}/reversal", visit("GET", "/entries/{entry}/reversal"), _UNDOING),
    ("POST /entries/{entry_id}/reversal", visit("POST", "/entries/{entry}/reversal"), _UNDOING),
    ("GET /appeals/{appeal_id}", visit("GET", "/appeals/{appeal}"), _APPEAL),
    ("GET /appeals/{appeal_id}/files/{content_hash}", visit("GET", "/appeals/{appeal}/files/{file}"), _APPEAL),
    ("POST /appeals/{appeal_id}/decision", visit("POST", "/appeals/{appeal}/decision"), _ANSWERED),
    ("POST /appeals/{appeal_id}/extension", visit("POST", "/appeals/{appeal}/extension"), _ANSWERED),
    ("POST /appeals/{appeal_id}/withdrawal", visit("POST", "/appeals/{appeal}/withdrawal"), _APPEALING),
    ("POST /meetings/{activity_id}/undoing", visit("POST", "/meetings/{activity}/undoing"), _CORRECTING),
    ("GET /complaints/new", visit("GET", "/complaints/new"), _SIGNED_IN),
    ("POST /complaints/new", visit("POST", "/complaints/new"), _SIGNED_IN),
    ("GET /complaints", visit("GET", "/complaints"), {"any": "3  3  3  3  3  3  3  +  3  3  +  3  +  1"}),
    (
        "POST /complaints/{complaint_id}/answer",
        visit("POST", "/complaints/{complaint}/answer"),
        {"own": "3  3  3  3  3  3  3  +  3  3  3  3  +  1"},
    ),
    ("GET /notices", visit("GET", "/notices"), boards.BOARDS),
    ("GET /notices/{quarter}/{branch_id}", visit("GET", "/notices/2026Q3/{branch}"), boards.INSIDE),
    ("GET /board", visit("GET", "/board"), boards.BOARDS),
    ("GET /board", visit("GET", "/board?place={branch}"), boards.INSIDE),
    ("GET /roster", visit("GET", "/roster"), _ORGANISATIONS),
    ("GET /members/new", visit("GET", "/members/new"), _ENROLLING),
    ("POST /members/new", visit("POST", "/members/new"), _ENROLLING),
    ("GET /members/{member_id}/membership", visit("GET", "/members/{member}/membership"), _MEMBERSHIP),
    ("POST /members/{member_id}/class", visit("POST", "/members/{member}/class"), enrolment.LEADING),
    ("POST /members/{member_id}/exemptions", visit("POST", "/members/{member}/exemptions"), enrolment.FILING),
    (
        "POST /members/{member_id}/exemptions/{exemption_id}/end",
        visit("POST", "/members/{member}/exemptions/{exemption}/end"),
        enrolment.FILING,
    ),
    ("POST /members/{member_id}/leaving", visit("POST", "/members/{member}/leaving"), enrolment.FILING),
    ("GET /transfers", visit("GET", "/transfers"), _TRANSFERS),
    ("GET /transfers/new", visit("GET", "/transfers/new"), _ENROLLING),
    ("POST /transfers/new", visit("POST", "/transfers/new"), _ENROLLING),
    ("GET /transfers/{transfer_id}", visit("GET", "/transfers/{transfer}"), enrolment.SEEN),
    *(
        (f"POST /transfers/{{transfer_id}}/{verb}", visit("POST", f"/transfers/{{transfer}}/{verb}"), _ANSWERED)
        for verb in ("acceptance", "refusal", "withdrawal")
    ),
    ("GET /imports", visit("GET", "/imports"), _IMPORTS),
    ("GET /imports/new", visit("GET", "/imports/new"), imports.IMPORTING),
    ("POST /imports/new", visit("POST", "/imports/new"), imports.IMPORTING),
    ("GET /imports/template", visit("GET", "/imports/template"), imports.IMPORTING),
    ("GET /imports/{import_id}", visit("GET", "/imports/{import}"), _IMPORT),
    (
        "POST /imports/{import_id}/reversal",
        visit("POST", "/imports/{import}/reversal"),
        {
            "own": "3  3  +  +  3  +  +  +  3  3  3  3  4  1",
            "neighbour": "3  3  4  4  3  4  +  +  3  3  3  3  4  1",
            "elsewhere": "3  3  4  4  3  4  4  4  3  3  3  3  +  1",
        },
    ),
    ("GET /roster/import", visit("GET", "/roster/import"), _OF_THE_DISTRICT),
    ("POST /roster/import", visit("POST", "/roster/import"), _OF_THE_DISTRICT),
    ("GET /roster/import/template", visit("GET", "/roster/import/template"), _OF_THE_DISTRICT),
    ("POST /checks/{quarter}/{branch_id}/{entry_id}", visit("POST", "/checks/2026Q4/{branch}/{entry}"), _CONFIRM),
]


def fill(_: Any) -> None:
    """Pages have nothing of their own."""


PATHS = {route.partition(" ")[2] for route, _, _ in ROWS}
