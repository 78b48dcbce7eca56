"""(c) Boards and the own rank, against constant bytes behind the same door: fresh, revalidated, in large districts."""

from __future__ import annotations

import json
from datetime import date
from functools import partial

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Role
from app.kit.ids import new_id
from app.roster.tables import member
from benchmarks.ground import PASSWORD, Place, found_place, settled
from benchmarks.load import request
from benchmarks.results import Finding, Row
from benchmarks.server import Server, serving
from benchmarks.stage import CONNECTIONS, MEMBERS, Contender, Stage, in_turns
from benchmarks.standings import make_standings

ROUNDS = 5
REQUESTS = 1_000
SIZES = (10_000, 1_000_000)  # members of the districts in which ranks are asked for, at full scale
ASKING = 50  # members who ask for their rank
TOP = 50
_BOARD = "/api/v1/boards/district"
_OWN = "/api/v1/me/position"
_FIRST = date(2020, 1, 1)


def run(stage: Stage) -> Finding:
    """The board of 50 → at least 90 % of the constant route; 304 no slower; the own rank within 1.2 times, and flat."""
    place = stage.place
    count = stage.scaled(REQUESTS, 200)
    sizes = [stage.scaled(size, 400) for size in SIZES]
    asking = {size: _large(stage, size) for size in sizes}
    with serving("longwen", stage.ground) as server:
        token = server.token_for(place)
        body = {"reach": "district", "top": TOP, "names": "masked"}
        status, _, _ = server.ask("PUT", "/api/v1/boards/policies/district", body, token)
        assert status == 200
        contenders = _of_board(server, token, count)
        for size in sizes:
            contenders += _of_ranks(server, asking[size], size, count)
        for contender in contenders:
            contender.go(stage, -1, warm=True)
        for number, contender in in_turns(ROUNDS, contenders):
            stage.tell(f"board: round {number + 1} of {ROUNDS}, {contender.row.name}")
            contender.go(stage, number)
        read = len(server.ask("GET", _BOARD, token=token)[2])
    return Finding(
        "board",
        "boards and ranks",
        {
            "members": MEMBERS, "top": TOP, "bytes": read, "ranks among": sizes, "connections": CONNECTIONS,
            "requests a round": count, "rounds": ROUNDS,
        },
        [contender.row for contender in contenders],
    )  # fmt: skip


def _of_board(server: Server, token: str, count: int) -> list[Contender]:
    _, _, body = server.ask("GET", _BOARD, token=token)
    constant = f"/bench/constant?size={len(body)}"
    contenders = []
    for revalidated in (False, True):
        for path, name in ((_BOARD, f"GET {_BOARD}"), (constant, "constant bytes")):
            status, headers, _ = server.ask("GET", path, token=token)
            assert status == 200, path
            more = {"If-None-Match": headers["etag"]} if revalidated else {"X-Request-Id": f"bench-{new_id()}"}
            sent = request("GET", path, token, more=more)
            answered = 304 if revalidated else 200
            row = Row(f"{name} → {answered}", "requests/s", is_rate=True, is_subject=path == _BOARD)
            contenders.append(Contender(row, server, partial(_again, [sent], count), answered))
    return contenders


def _of_ranks(server: Server, place: Place, size: int, count: int) -> list[Contender]:
    """Each of so many members in turn, so that what is kept of one is of no use to the next."""
    tokens = [_token(server, place, number) for number in range(ASKING)]
    status, _, body = server.ask("GET", _OWN, token=tokens[0])
    assert status == 200, body
    constant = f"/bench/constant?size={len(body)}"
    found = []
    for path, name in ((_OWN, f"GET {_OWN}, {size:,} members"), (constant, "constant bytes")):
        row = Row(name, "requests/s", is_rate=True, is_subject=path == _OWN)
        found.append(
            Contender(row, server, partial(_again, [request("GET", path, token) for token in tokens], count), 200)
        )
    return found


def _again(sent: list[bytes], count: int, _: int) -> list[bytes]:
    return [sent[number % len(sent)] for number in range(count)]


def _login(number: int) -> str:
    return f"asks{number:03d}"


def _token(server: Server, place: Place, number: int) -> str:
    login = {"login": f"{place.district.code}/{_login(number)}", "password": PASSWORD}
    status, _, body = server.ask("POST", "/api/v1/sessions", login)
    assert status == 201, body
    token: str = json.loads(body)["access_token"]
    return token


def _large(stage: Stage, size: int) -> Place:
    """A district with standings but no entries: ranks ask for nothing else. Some of its members have accounts."""
    stage.tell(f"a district of {size} members with their standings")
    place = found_place(stage.ground, f"ranks{size}", size)
    make_standings(place)
    district_id, actor = place.district.id, place.actor()

    def work(connection: Connection) -> None:
        for number in range(ASKING):
            account = auth.open_account(connection, actor, _login(number), f"某{number}", PASSWORD)
            branch = place.branch_of(number * 7)
            auth.appoint(connection, actor, account, Role.MEMBER, f"{district_id.hex}.{branch.hex}", _FIRST)
            connection.execute(
                member.update()
                .where(member.c.district_id == district_id, member.c.id == place.members[number * 7])
                .values(account_id=account)
            )

    stage.ground.database.run(work, district_id)
    settled(stage.ground)
    return place
