"""(g) Pages for people, against what an API client asks for to show the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Role
from app.kit.ids import new_id
from benchmarks.ground import LOGIN, PASSWORD, YEAR, Place
from benchmarks.load import HOST, Unexpected, request
from benchmarks.results import Finding, Row
from benchmarks.server import Server, Stopwatch, serving
from benchmarks.stage import MEMBERS, Stage

ROUNDS = 5
TIMES = 200  # each page in a round
CONNECTIONS = 4  # people look at pages one by one
PROPOSED = 60
_PROPOSER = "proposer"


@dataclass(frozen=True)
class _Shown:
    """A page, or its twin: all of the requests that it takes."""

    row: Row
    requests: Sequence[bytes]

    def go(self, stage: Stage, server: Server, times: int, *, warm: bool = False) -> None:
        sent = [one for _ in range(times) for one in self.requests]
        watch = Stopwatch(stage.ground, server)
        loaded = stage.load.run(server.port, sent, CONNECTIONS)
        _, app, database = watch.read()
        loaded.require(self.row.name, 200, len(sent))
        if warm:
            return
        self.row.rounds.append(loaded.seconds / times * 1000)
        for who, seconds in (("app", app), ("database", database)):
            self.row.add_cost(who, seconds / times * 1000)


def run(stage: Stage) -> Finding:
    """Each page within twice its twin's time."""
    place, times = stage.place, stage.scaled(TIMES, 20)
    with serving("longwen", stage.ground) as server:
        token, cookie = server.token_for(place), _cookie(server, place)
        waiting = _propose(server, place, token)
        member = f"/members/{place.members[0]}"
        pages: list[tuple[str, str, Sequence[str]]] = [
            ("home", "/", ["/api/v1/me"]),
            ("a member", member, [f"/api/v1{member}/{one}" for one in ("standing", "explanation", "quarters")]),
            ("what waits for review", "/reviews", ["/api/v1/submissions?waits_for_me=true"]),
            ("the board", f"/board?place={place.district.id}", ["/api/v1/boards/district", "/api/v1/me/position"]),
        ]
        shown = [one for page in pages for one in _pair(*page, token, cookie)]
        for one in shown:
            stage.tell(f"pages: warm-up, {one.row.name}")
            one.go(stage, server, times, warm=True)
        for number in range(ROUNDS):
            stage.tell(f"pages: round {number + 1} of {ROUNDS}")
            for one in shown if number % 2 else reversed(shown):
                one.go(stage, server, times)
    sizes = {"members": MEMBERS, "waiting": waiting, "connections": CONNECTIONS, "times": times, "rounds": ROUNDS}
    notes = [
        "the time of a page with so many others asked for at once; its twin's is that of all its requests",
        "goal: at most twice the twin's",
    ]
    return Finding("pages", "pages for people", sizes, [one.row for one in shown], notes)


def _pair(name: str, page: str, twins: Sequence[str], token: str, cookie: str) -> list[_Shown]:
    asked = request("GET", page, None, more={"Cookie": cookie, "Accept": "text/html"})
    return [
        _Shown(Row(f"{name}: page", "ms", is_rate=False, is_subject=True), [asked]),
        _Shown(Row(f"{name}: {' + '.join(map(_short, twins))}", "ms", is_rate=False), [
            request("GET", one, token) for one in twins
        ]),
    ]  # fmt: skip


def _short(path: str) -> str:
    return "…/" + path.partition("?")[0].rpartition("/")[2]


def _cookie(server: Server, place: Place) -> str:
    """Of the officer's log-in by browser; plain http is allowed to the own machine."""
    connection = HTTPConnection(HOST, server.port, timeout=60)
    login = json.dumps({"login": f"{place.district.code}/{LOGIN}", "password": PASSWORD})
    headers = {"Content-Type": "application/json", "Host": HOST, "Origin": f"http://{HOST}"}
    connection.request("POST", "/api/v1/sessions?cookie=true", login, headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 201:
        raise Unexpected(f"pages: 201 expected, got {answer.status}: {body[:300]!r}")
    return "; ".join(one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie") or [])


def _propose(server: Server, place: Place, token: str) -> int:
    """Somebody else proposes additions, a member each; how many of them wait for the officer."""
    actor = place.actor()

    def work(connection: Connection) -> None:
        account = auth.open_account(connection, actor, _PROPOSER, "申报员", PASSWORD)
        auth.appoint(connection, actor, account, Role.DISTRICT_OFFICER, place.district.id.hex, date(2020, 1, 1))

    place.ground.database.run(work, place.district.id)
    login = {"login": f"{place.district.code}/{_PROPOSER}", "password": PASSWORD}
    proposer = json.loads(server.ask("POST", "/api/v1/sessions", login)[2])["access_token"]
    proposed = [
        {
            "id": str(new_id()), "member_id": str(one), "item": "SRV-A05", "effective_on": f"{YEAR}-11-16",
            "reason": "周末在社区义诊，居民反映很好",
        }
        for one in place.members[:PROPOSED]
    ]  # fmt: skip
    status, _, body = server.ask("POST", "/api/v1/entries", {"entries": proposed}, proposer)
    if status not in (200, 201, 202):
        raise Unexpected(f"pages: proposals were answered {status}: {body[:500]!r}")
    _, _, body = server.ask("GET", "/api/v1/submissions?waits_for_me=true", token=token)
    return len(json.loads(body)["submissions"])
