"""Who may call what, about whom: every route, every office, beside what is expected of it.

A route that is not in the table fails. What a caller may not see is not found, and no refusal tells a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from openpyxl import load_workbook

from app.auth import service as auth
from app.auth.core import GRANTS, TOKEN_ROLES, Permission, Role
from app.enrolment.template import write_template
from app.kit.ids import new_id
from tests import permissions_of_activities as activities
from tests import permissions_of_appraisals as appraisals
from tests import permissions_of_boards as boards
from tests import permissions_of_cases as cases
from tests import permissions_of_digests as digests
from tests import permissions_of_enrolment as enrolment
from tests import permissions_of_grids as grids
from tests import permissions_of_imports as imports
from tests import permissions_of_me as own_record
from tests import permissions_of_packs as packs
from tests import permissions_of_pages as web
from tests import permissions_of_ratings as ratings
from tests import permissions_of_seals as seals
from tests import permissions_of_submissions as submissions
from tests import permissions_of_surveys as surveys
from tests.auth.administering import ADMINISTERING, TOKENS
from tests.auth.log_ins import LOG_INS
from tests.auth.people import PASSWORD
from tests.town import BOOK
from tests.world import CALLERS, NAMES, World, sending_a_file

MEANING = {"+": range(200, 300), "1": (401,), "3": (403,), "4": (404,)}


@dataclass(frozen=True)
class Row:
    """One call, and what each caller is answered: by whose object it is about, or for ``any``."""

    route: str
    call: Callable[[World, str, dict[str, str]], Any]
    expected: dict[str, str]


def get(path: str) -> Callable[[World, str, dict[str, str]], Any]:
    """A call that reads; ``{member_id}`` and ``{branch_id}`` are those of the object."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        facts = {} if whose == "any" else {"member_id": world.member(whose), "branch_id": world.branch(whose)}
        return world.client.get(path.format(**facts), headers=headers)

    return call


def asking_readiness(world: World, _: str, headers: dict[str, str]) -> Any:
    """Answered to anybody, be it that the checkpoints which other tests have broken are not ready."""
    answer = world.client.get("/readyz", headers=headers)
    answer.status_code = 200 if answer.status_code == 503 else answer.status_code
    return answer


def put(path: str, body: dict[str, Any]) -> Callable[[World, str, dict[str, str]], Any]:
    return lambda world, _, headers: world.client.put(path, json=body, headers=headers)


def recording(item: str, **facts: Any) -> Callable[[World, str, dict[str, str]], Any]:
    """A preview, so that every caller meets the same state."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        body = {"entries": [world.fact(whose, item, **facts)]}
        return world.client.post("/api/v1/entries", json=body, params={"preview": "true"}, headers=headers)

    return call


def deciding(world: World, whose: str, headers: dict[str, str]) -> Any:
    path = f"/api/v1/submissions/{world.submissions[whose]}/decision"
    return world.client.post(path, json={"decision": "approve"}, params={"preview": "true"}, headers=headers)


def reversing(world: World, whose: str, headers: dict[str, str]) -> Any:
    body = {"id": str(new_id()), "reason": "记错"}
    path = f"/api/v1/entries/{world.entries[whose]}/reversal?preview=true"
    return world.client.post(path, json=body, headers=headers)


def importing(world: World, _: str, headers: dict[str, str]) -> Any:
    book = BytesIO()
    write_template(book)
    files = {"file": ("roster.xlsx", book.getvalue())}
    return world.client.post("/api/v1/roster-imports", params={"preview": "true"}, files=files, headers=headers)


def simulating(world: World, _: str, headers: dict[str, str]) -> Any:
    (edition,) = BOOK.editions
    body = {"edition": edition.digest, "quarter": "2026Q3"}
    return world.client.post("/api/v1/rule-books/simulations", json=body, headers=headers)


def marking_read(world: World, _: str, headers: dict[str, str]) -> Any:
    return world.client.post("/api/v1/me/messages/read", json={"up_to": 0}, headers=headers)


def adding_webhook(world: World, _: str, headers: dict[str, str]) -> Any:
    body = {"id": str(new_id()), "url": "https://bridge.example/in"}
    return world.client.post("/api/v1/webhooks", json=body, headers=headers)


def at_webhook(method: str, part: str = "") -> Callable[[World, str, dict[str, str]], Any]:
    """A call at a webhook of the town, made for it."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        made = adding_webhook(world, whose, world.headers["system_administrator"]).json()["id"]
        return world.client.request(method, f"/api/v1/webhooks/{made}{part}", headers=headers)

    return call


def appealing(world: World, whose: str, headers: dict[str, str]) -> Any:
    path, body = f"/api/v1/entries/{world.entries[whose]}/appeals", {"id": str(new_id()), "text": "当天在场"}
    return world.client.post(path, json=body, params={"preview": "true"}, headers=headers)


def at_appeal(
    method: str, part: str = "", body: dict[str, Any] | None = None
) -> Callable[[World, str, dict[str, str]], Any]:
    """A call at an appeal; a preview, where it writes."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        path = f"/api/v1/appeals/{world.appeals[whose]}{part.format(evidence=world.evidence)}"
        params = {"preview": "true"} if method == "POST" else {}
        return world.client.request(method, path, json=body, params=params, headers=headers)

    return call


def complaining(world: World, _: str, headers: dict[str, str]) -> Any:
    return world.client.post("/api/v1/complaints", json={"id": str(new_id()), "text": "通知太晚"}, headers=headers)


def replying(world: World, whose: str, headers: dict[str, str]) -> Any:
    path, params = f"/api/v1/complaints/{world.complaints[whose]}/answer", {"preview": "true"}
    return world.client.post(path, json={"answer": "下次提前"}, params=params, headers=headers)


def logging_in(world: World, _: str, headers: dict[str, str]) -> Any:
    body = {"login": f"{world.town.district.code}/auditor", "password": PASSWORD}
    return world.client.post("/api/v1/sessions", json=body, headers=headers)


def logging_out(world: World, whose: str, headers: dict[str, str]) -> Any:
    """With a token of its own, so that the caller stays logged in."""
    fresh = headers and {"Authorization": f"Bearer {logging_in(world, whose, {}).json()['access_token']}"}
    return world.client.delete("/api/v1/sessions/current", headers=fresh)


#                  m  g  o  d  h  s  c  d  s  s  a  n  o  s
#                  e  r  r  i  r  e  o  i  y  e  u  o  u  t
#                  m  o  g  s  .  c  m  s  s  c  d  b  t  r
ANYBODY = {"any": "+  +  +  +  +  +  +  +  +  +  +  +  +  +"}
SIGNED_IN = {"any": "+  +  +  +  +  +  +  +  +  +  +  +  +  1"}
OFFICES = {"any": "+  +  +  +  +  +  +  +  +  +  +  3  +  1"}  # whoever holds any office
DISTRICT = {"any": "3  3  3  3  3  3  3  +  3  3  3  3  +  1"}
SYSTEM = {"any": "3  3  3  3  3  3  3  3  +  3  3  3  3  1"}
SYSTEM_SEEN = {"any": "3  3  3  3  3  3  3  3  +  3  +  3  3  1"}
LINES = {"any": "3  3  3  3  3  +  +  +  3  3  +  3  +  1"}
ORGANISATIONS = {"any": "3  +  +  +  3  +  +  +  +  +  +  3  +  1"}
ROSTER = {"any": "3  +  +  +  3  +  +  +  3  3  +  3  +  1"}
STANDING = {
    "own": "+  +  +  +  3  +  +  +  3  3  +  3  4  1",
    "colleague": "4  +  +  +  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "4  4  4  4  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "4  4  4  4  3  4  4  4  3  3  4  3  +  1",
}
APPEAL = {
    "own": "+  3  3  3  3  +  +  +  3  3  +  3  4  1",
    "colleague": "4  3  3  3  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "4  3  3  3  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "4  3  3  3  3  4  4  4  3  3  4  3  +  1",
}
# By the member, or of one without an account by who decides appeals there.
FILING = {
    "own": "+  3  3  3  3  3  3  3  3  3  3  3  4  1",
    "colleague": "4  3  3  3  3  +  +  +  3  3  3  3  4  1",
    "neighbour": "4  3  3  3  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "4  3  3  3  3  4  4  4  3  3  3  3  +  1",
}
ANSWERING = {
    "own": "3  3  3  3  3  +  +  +  3  3  3  3  4  1",
    "neighbour": "3  3  3  3  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  4  4  4  3  3  3  3  +  1",
}
EDITION = "/api/v1/rule-books/longwen/editions/2026"
ROOMS: Any = (boards, submissions, seals, own_record, imports, activities, enrolment, cases, ratings, grids, digests)
ROOMS += (surveys, packs, web, appraisals)
TABLE = [
    *(Row(f"GET {path}", get(path), ANYBODY) for path in ("/healthz", "/metrics", "/openapi.json", "/docs")),
    Row("GET /readyz", asking_readiness, ANYBODY),
    Row("GET /docs/{name}", get("/docs/docs.js"), ANYBODY),
    Row("POST /api/v1/sessions", logging_in, ANYBODY),
    Row("GET /api/v1/sessions/current", get("/api/v1/sessions/current"), SIGNED_IN),
    Row("DELETE /api/v1/sessions/current", logging_out, SIGNED_IN),
    Row("GET /api/v1/calendar/{year}", get("/api/v1/calendar/2026"), SIGNED_IN),
    Row("GET /api/v1/me/messages", get("/api/v1/me/messages"), SIGNED_IN),
    Row("POST /api/v1/me/messages/read", marking_read, SIGNED_IN),
    Row("POST /api/v1/webhooks", adding_webhook, SYSTEM),
    Row("GET /api/v1/webhooks", get("/api/v1/webhooks"), SYSTEM_SEEN),
    Row("DELETE /api/v1/webhooks/{webhook_id}", at_webhook("DELETE"), SYSTEM),
    Row("POST /api/v1/webhooks/{webhook_id}/test", at_webhook("POST", "/test"), SYSTEM),
    Row("GET /api/v1/webhooks/{webhook_id}/deliveries", at_webhook("GET", "/deliveries"), SYSTEM_SEEN),
    *(Row(*row) for row in ADMINISTERING),
    *(Row(*row) for row in LOG_INS),
    Row("GET /api/v1/organisations", get("/api/v1/organisations"), ORGANISATIONS),
    Row("GET /api/v1/members", get("/api/v1/members"), ROSTER),
    Row(
        "GET /api/v1/members/{member_id}",
        get("/api/v1/members/{member_id}"),
        {
            "own": "3  +  +  +  3  +  +  +  3  3  +  3  4  1",
            "colleague": "3  +  +  +  3  +  +  +  3  3  +  3  4  1",
            "neighbour": "3  4  4  4  3  4  +  +  3  3  +  3  4  1",
            "elsewhere": "3  4  4  4  3  4  4  4  3  3  4  3  +  1",
        },
    ),
    Row("POST /api/v1/roster-imports", importing, DISTRICT),
    Row("POST /api/v1/files", sending_a_file, {"any": "+  +  +  +  +  +  +  +  3  3  3  3  +  1"}),
    Row("GET /api/v1/roster-imports/template", get("/api/v1/roster-imports/template"), DISTRICT),
    *(
        Row(f"GET /api/v1/members/{{member_id}}/{part}", get(f"/api/v1/members/{{member_id}}/{part}"), STANDING)
        for part in ("standing", "entries", "explanation")
    ),
    Row(
        "POST /api/v1/entries",
        recording("ORG-D02", outcome="missed"),  # a group leader's
        {
            "own": "3  +  3  3  3  +  +  +  3  3  3  3  4  1",
            "colleague": "4  +  3  3  3  +  +  +  3  3  3  3  4  1",
            "neighbour": "4  4  4  4  4  4  +  +  3  3  3  3  4  1",
            "elsewhere": "4  4  4  4  4  4  4  4  3  3  3  3  +  1",
        },
    ),
    Row(
        "POST /api/v1/entries",
        recording("ORG-D01", outcome="missed"),  # an organisation commissioner's
        {
            "own": "3  3  +  3  3  +  +  +  3  3  3  3  4  1",
            "neighbour": "4  4  4  4  4  4  +  +  3  3  3  3  4  1",
        },
    ),
    Row(
        "POST /api/v1/entries",
        recording("PUB-D03", units=80),  # the enterprise's
        {
            "own": "3  3  3  3  +  +  +  +  3  3  3  3  4  1",
            "neighbour": "4  4  4  4  4  4  +  +  3  3  3  3  4  1",
        },
    ),
    Row(
        "POST /api/v1/entries",
        recording("EXC-A01", tier="adopted", matter="建议9号"),  # the member's own to propose
        {
            "own": "+  +  3  3  3  +  +  +  3  3  3  3  4  1",
            "colleague": "4  +  3  3  3  +  +  +  3  3  3  3  4  1",
            "neighbour": "4  4  4  4  4  4  +  +  3  3  3  3  4  1",
            "elsewhere": "4  4  4  4  4  4  4  4  3  3  3  3  +  1",
        },
    ),
    Row(
        "POST /api/v1/entries",
        recording("LAW-V01", reason="处分决定〔2026〕1号"),  # a discipline commissioner's; a group leader proposes
        {
            "own": "3  +  3  +  3  +  +  +  3  3  3  3  4  1",
            "neighbour": "4  4  4  4  4  4  +  +  3  3  3  3  4  1",
        },
    ),
    Row(
        "GET /api/v1/submissions",
        get("/api/v1/submissions"),
        {"any": "+  +  +  +  3  +  +  +  3  3  +  3  +  1"},
    ),
    Row(
        "POST /api/v1/submissions/{submission_id}/decision",
        deciding,  # a suggestion adopted: the secretary's to decide
        {
            "own": "3  3  3  3  3  +  +  +  3  3  3  3  4  1",
            "colleague": "3  3  3  3  3  +  +  +  3  3  3  3  4  1",
            "neighbour": "3  4  4  4  3  4  +  +  3  3  3  3  4  1",
            "elsewhere": "3  4  4  4  3  4  4  4  3  3  3  3  +  1",
        },
    ),
    Row(
        "POST /api/v1/entries/{entry_id}/reversal",
        reversing,  # a group meeting: the group leader's to record, the organisation commissioner's to review
        {
            "own": "3  3  +  3  3  +  +  +  3  3  3  3  4  1",
            "colleague": "3  3  +  3  3  +  +  +  3  3  3  3  4  1",
            "neighbour": "3  3  4  4  3  4  +  +  3  3  3  3  4  1",
            "elsewhere": "3  3  4  4  3  4  4  4  3  3  3  3  +  1",
        },
    ),
    Row("POST /api/v1/entries/{entry_id}/appeals", appealing, FILING),
    Row("GET /api/v1/appeals", get("/api/v1/appeals"), {"any": "+  3  3  3  3  +  +  +  3  3  +  3  +  1"}),
    Row("GET /api/v1/appeals/{appeal_id}", at_appeal("GET"), APPEAL),
    Row("GET /api/v1/appeals/{appeal_id}/files/{content_hash}", at_appeal("GET", "/files/{evidence}"), APPEAL),
    Row("POST /api/v1/appeals/{appeal_id}/withdrawal", at_appeal("POST", "/withdrawal", {"wish": "当面提出"}), FILING),
    Row("POST /api/v1/appeals/{appeal_id}/extension", at_appeal("POST", "/extension", {"reason": "核实"}), ANSWERING),
    Row(
        "POST /api/v1/appeals/{appeal_id}/decision",
        at_appeal("POST", "/decision", {"outcome": "upheld", "answer": "属实"}),
        ANSWERING,
    ),
    Row("POST /api/v1/complaints", complaining, SIGNED_IN),
    Row("GET /api/v1/me/complaints", get("/api/v1/me/complaints"), SIGNED_IN),
    Row("GET /api/v1/complaints", get("/api/v1/complaints"), {"any": "3  3  3  3  3  3  3  +  3  3  +  3  +  1"}),
    Row(
        "POST /api/v1/complaints/{complaint_id}/answer",
        replying,
        {
            "own": "3  3  3  3  3  3  3  +  3  3  3  3  4  1",
            "elsewhere": "3  3  3  3  3  3  3  4  3  3  3  3  +  1",
        },
    ),
    *(Row(*row) for room in ROOMS for row in room.ROWS),
    Row("GET /api/v1/lines/quarters/{quarter}", get("/api/v1/lines/quarters/2026Q3"), LINES),
    Row("GET /api/v1/lines/setting", get("/api/v1/lines/setting"), LINES),
    Row("PUT /api/v1/lines/setting", put("/api/v1/lines/setting", {"half_year_decides": False}), DISTRICT),
    Row("POST /api/v1/rule-books/simulations", simulating, DISTRICT),
    Row("GET /api/v1/rule-books", get("/api/v1/rule-books"), OFFICES),
    Row("GET /api/v1/rule-books/{book}/editions/{edition}", get(EDITION), OFFICES),
    Row("GET /api/v1/rule-books/{book}/editions/{edition}/items", get(f"{EDITION}/items"), OFFICES),
    Row("GET /api/v1/rule-books/{book}/editions/{edition}/items/{item}", get(f"{EDITION}/items/ORG-D02"), OFFICES),
    Row("GET /api/v1/rule-books/{book}/editions/{edition}/changes", get(f"{EDITION}/changes?since=2026"), OFFICES),
    Row(
        "GET /api/v1/quarters/{quarter}/sheet",
        get("/api/v1/quarters/2026Q4/sheet"),
        {"any": "3  3  3  3  3  +  +  +  3  3  3  3  +  1"},
    ),
]


def routes(app: FastAPI) -> Iterator[str]:
    for context in iter_route_contexts(app.routes):
        yield from (f"{method} {context.path}" for method in context.methods or () if method != "HEAD")


def test_every_route_has_a_row(world: World) -> None:
    app = world.client.app
    assert isinstance(app, FastAPI)
    assert set(routes(app)) == {row.route for row in TABLE}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.route)
def test_each_caller_gets_what_is_expected_and_no_refusal_tells_a_name(world: World, row: Row) -> None:
    for whose, expected in row.expected.items():
        found = {}
        for caller in CALLERS:
            answer = row.call(world, whose, world.headers[caller])
            found[caller] = next(
                (mark for mark, statuses in MEANING.items() if answer.status_code in statuses), str(answer.status_code)
            )
            if answer.status_code >= 400:
                is_page = row.route.partition(" ")[2] in web.PATHS
                assert answer.headers["content-type"] == (web.HTML if is_page else "application/problem+json")
                # A form that is refused comes back on its page, which the caller may see.
                if not (is_page and answer.status_code == 403):
                    assert not any(name in answer.text for name in NAMES.values())
        wanted = dict(zip(CALLERS, expected.split(), strict=True))
        assert (whose, found) == (whose, wanted)


# Of whom each caller sees anything in the lists. Callers that are not named are refused above.
SEEN: dict[str, dict[str, str]] = {
    "/api/v1/members?limit=200": {
        "group_leader": "own colleague",
        "organisation_commissioner": "own colleague",
        "discipline_commissioner": "own colleague",
        "secretary": "own colleague",
        "committee_officer": "own colleague neighbour",
        "district_officer": "own colleague neighbour",
        "auditor": "own colleague neighbour",
        "outsider": "elsewhere",
    },
    "/api/v1/submissions?limit=200": {
        "member": "own",
        "group_leader": "own colleague",
        "organisation_commissioner": "own colleague",
        "discipline_commissioner": "own colleague",
        "secretary": "own colleague",
        "committee_officer": "own colleague neighbour",
        "district_officer": "own colleague neighbour",
        "auditor": "own colleague neighbour",
        "outsider": "elsewhere",
    },
    **enrolment.LISTED,
    "/api/v1/quarters/2026Q4/sheet": {
        "secretary": "own colleague",
        "committee_officer": "own colleague neighbour",
        "district_officer": "own colleague neighbour",
        "outsider": "elsewhere",
    },
}


def contents(answer: Any) -> str:
    """The text of an answer, or of the cells of a workbook."""
    if not answer.content.startswith(b"PK"):
        return str(answer.text)
    book = load_workbook(BytesIO(answer.content))
    return "\n".join(str(cell) for page in book.worksheets for row in page.values for cell in row)


@pytest.mark.parametrize("path", SEEN)
def test_a_list_holds_only_what_is_in_reach(world: World, path: str) -> None:
    for caller, seen in SEEN[path].items():
        text = contents(world.client.get(path, headers=world.headers[caller]))
        found = [whose for whose, name in NAMES.items() if name in text or world.member(whose) in text]
        assert (caller, found) == (caller, seen.split())


def test_the_organisations_in_reach_are_those_of_the_own_office(world: World) -> None:
    codes = {}
    for caller in ("group_leader", "secretary", "committee_officer", "district_officer", "auditor"):
        answer = world.client.get("/api/v1/organisations", headers=world.headers[caller])
        codes[caller] = [one["code"] for one in answer.json()["organisations"]]
    assert codes["group_leader"] == ["XZ01"]
    assert codes["secretary"] == ["ZB01", "XZ01"]
    assert set(codes["committee_officer"]) == {"DW01", "ZB01", "XZ01", "ZB02"}
    assert set(codes["district_officer"]) == set(codes["auditor"]) == {"QU", "DW01", "ZB01", "XZ01", "ZB02"}


def test_a_token_opens_only_the_district_that_gave_it(world: World) -> None:
    """The district's code in the token is a claim, and the secret behind it proves it."""
    secret = world.headers["outsider"]["Authorization"].partition(".")[2]
    headers = {"Authorization": f"Bearer {world.town.district.code}.{secret}"}
    for path in ("/api/v1/members", "/api/v1/sessions/current", f"/api/v1/members/{world.member('own')}/standing"):
        assert world.client.get(path, headers=headers).status_code == 401


def test_an_account_that_was_closed_opens_nothing_from_then_on(world: World) -> None:
    account = world.town.appoint("former", Role.SECRETARY, world.town.branch_path)
    headers = world.town.log_in(world.client, "former")
    assert world.client.get("/api/v1/members", headers=headers).status_code == 200
    world.town.run(lambda connection, actor: auth.close_account(connection, actor, account))
    assert world.client.get("/api/v1/members", headers=headers).status_code == 401


def permission_of(dependant: Dependant) -> Permission | None:
    """What the route's gate asks for."""
    own = getattr(dependant.call, "permission", None)
    return own or next((found for inner in dependant.dependencies if (found := permission_of(inner))), None)


@pytest.mark.parametrize("role", sorted(TOKEN_ROLES))
def test_a_token_opens_no_route_beyond_its_list(world: World, role: Role) -> None:
    """A key that lists all that keys may, and a screen: every route that asks for another permission refuses them."""
    headers = {"Authorization": f"Bearer {TOKENS[role](world)}"}
    asked = {
        f"{method} {context.path}": permission_of(context.dependant)
        for context in iter_route_contexts(cast("FastAPI", world.client.app).routes)
        for method in context.methods or ()
        if getattr(context, "dependant", None) is not None
    }
    opened = {permission for permission in asked.values() if permission in GRANTS[role]}
    assert opened
    for row in TABLE:
        permission = asked.get(row.route)
        for whose in row.expected if permission is not None and permission not in opened else ():
            assert (row.route, whose, row.call(world, whose, headers).status_code) == (row.route, whose, 403)
