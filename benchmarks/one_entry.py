"""(a) One entry per request over HTTP, against the same request without the ledger and against a textbook's way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import uuid4

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from app.kit.db import sqlalchemy_url
from benchmarks import textbook
from benchmarks.ground import YEAR, Ground, Place, duty_posting, sent_as_json
from benchmarks.load import request
from benchmarks.results import Finding, Row
from benchmarks.server import serving
from benchmarks.stage import CONNECTIONS, Contender, Stage, in_turns

ROUNDS = 5
REQUESTS = 1_000
WARM = 300
_MEMBERS = 1_000  # the others are left to the batches
_MONTHS = 11


def run(stage: Stage) -> Finding:
    place, ground = stage.place, stage.ground
    count = stage.scaled(REQUESTS, 200)
    assert 2 * (WARM + ROUNDS * count) <= _MEMBERS * _MONTHS, "every duty is decided once"
    finding = Finding(
        "one_entry",
        "one entry per request",
        {"connections": CONNECTIONS, "requests a round": count, "rounds": ROUNDS},
    )
    token = "a token of the textbook's only officer"
    address = _textbook_database(ground, place, token)
    with (
        serving("longwen", ground) as longwen,
        serving("longwen", ground, LONGWEN_GROUP_COMMIT="false") as alone,
        serving("textbook", ground, TEXTBOOK_DATABASE_URL=address) as book,
        serving("bare", ground) as bare,
    ):
        bodies = _Bodies(place, count, longwen.token_for(place), token)
        contenders = [
            Contender(_row("POST /api/v1/entries", is_subject=True), longwen, bodies.entries, 201),
            Contender(_row("each in a transaction of its own"), alone, bodies.alone, 201),
            Contender(_row("same door, same bodies, no ledger"), longwen, bodies.unposted, 201),
            Contender(_row("textbook: ORM session per request"), book, bodies.textbook, 201),
            Contender(_row("GET /healthz"), longwen, lambda _: [request("GET", "/healthz", None)] * count),
            Contender(_row("load generator's ceiling, bare socket"), bare, bodies.bare),
        ]
        for contender in contenders:
            stage.tell(f"one_entry: warm-up, {contender.row.name}")
            contender.go(stage, -1, warm=True)
        for number, contender in in_turns(ROUNDS, contenders):
            stage.tell(f"one_entry: round {number + 1} of {ROUNDS}, {contender.row.name}")
            contender.go(stage, number)
    finding.rows = [contender.row for contender in contenders]
    finding.notes.append("no access log in the textbook's server; the service writes one line a request, as in life")
    return finding


def _row(name: str, *, is_subject: bool = False) -> Row:
    return Row(name, "requests/s", is_rate=True, is_subject=is_subject)


class _Bodies:
    """Duties of different members and months, each decided once.

    The same round is the same for every contender, but for the second one that posts to the ledger.
    """

    def __init__(self, place: Place, count: int, token: str, textbook_token: str) -> None:
        days = [date(YEAR, month, 5) for month in range(1, _MONTHS + 1)]
        pairs = [(member_id, day) for day in days for member_id in place.members[:_MEMBERS]]
        self._bodies = [
            sent_as_json([duty_posting(place, member_id, "ORG-D02", day, number)])
            for number, (member_id, day) in enumerate(pairs[: 2 * (WARM + ROUNDS * count)])
        ]
        self._half = WARM + ROUNDS * count
        self._count, self._token, self._textbook_token = count, token, textbook_token

    def _round(self, path: str, token: str, number: int, *, first: int = 0) -> Sequence[bytes]:
        start = first + (0 if number < 0 else WARM + number * self._count)
        chosen = self._bodies[start : start + (WARM if number < 0 else self._count)]
        return [request("POST", path, token, body) for body in chosen]

    def entries(self, number: int) -> Sequence[bytes]:
        return self._round("/api/v1/entries", self._token, number)

    def alone(self, number: int) -> Sequence[bytes]:
        return self._round("/api/v1/entries", self._token, number, first=self._half)

    def unposted(self, number: int) -> Sequence[bytes]:
        return self._round("/bench/entries", self._token, number)

    def textbook(self, number: int) -> Sequence[bytes]:
        return self._round("/entries", self._textbook_token, number)

    def bare(self, number: int) -> Sequence[bytes]:
        return self._round("/", self._token, number)


def _textbook_database(ground: Ground, place: Place, token: str) -> str:
    """The comparator's own database on the same server, with the same members."""
    with psycopg.connect(ground.addresses.owner_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE textbook")
    url = make_url(ground.addresses.owner_url).set(database="textbook").render_as_string(hide_password=False)
    engine = create_engine(sqlalchemy_url(url))
    textbook.make_database(engine, list(place.members), uuid4(), token, str(YEAR))
    engine.dispose()
    address: str = sqlalchemy_url(url).render_as_string(hide_password=False)
    return address
