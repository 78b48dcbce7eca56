"""Who sends the requests that Schemathesis makes, and about what.

An id drawn at random names nothing, and what names nothing is refused before anything is done. So in requests that the
description allows, half of what can name something in the town does.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import schemathesis
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from starlette.types import ASGIApp, Receive, Scope, Send

from app.auth import service_tokens
from app.auth.api import Gate, OpenGate
from app.auth.core import GRANTS, OWN_GRANTS, Role
from app.kit.ids import new_id
from tests.auth.people import PASSWORD
from tests.files.samples import photograph
from tests.town import BOOK
from tests.world import NAMES, World

STRANGER = "stranger"
CALLERS = (
    STRANGER,
    "member",
    "secretary",
    "district_officer",
    "system_administrator",
    "security_administrator",
    "auditor",
)
CHANCE = 0.6
LOCKED_OUT = timedelta(minutes=16)
Known = dict[str, list[Any]]
AnyOperation = APIOperation[Any, Any, Any, Any]


class Callers:
    """The callers of one world; each is logged in again where a request has logged it out."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._app = kept_alive(world.client.app)
        self._known = known_in(world)
        self._random: dict[str, random.Random] = {}
        self._doors = doors_of(cast("FastAPI", world.client.app))
        self._refused: set[tuple[str, str]] = set()

    def send(self, case: schemathesis.Case[Any]) -> Iterator[tuple[str, Response]]:
        """The request and its answer: as each of the callers, or as one of them where any would be refused alike."""
        draw = self._random.setdefault(case.operation.label, random.Random(case.operation.label))
        is_allowed = case.meta is not None and case.meta.generation.mode.is_positive
        if is_allowed:
            self._ground(case, draw)
        for caller in self._senders(case.operation) if is_allowed else (draw.choice(CALLERS),):
            answer = case.call(app=self._app, headers=self._world.headers[caller])
            if answer.status_code == 401 and caller != STRANGER:
                self._log_in(caller)
            yield caller, answer

    def _senders(self, operation: AnyOperation) -> Iterator[str]:
        """Whoever the door lets in, and once each of the others: whatever they send, it refuses them alike."""
        for caller in CALLERS:
            at = (operation.label, caller)
            if self._is_let_in(caller, operation):
                yield caller
            elif at not in self._refused:
                self._refused.add(at)
                yield caller

    def _is_let_in(self, caller: str, operation: AnyOperation) -> bool:
        door = self._doors[f"{operation.method.upper()} {operation.path}"]
        if isinstance(door, OpenGate) or caller == STRANGER:
            return isinstance(door, OpenGate)
        granted = OWN_GRANTS if caller == "member" else GRANTS[Role(caller)]
        return door.permission is None or door.permission in granted

    def _log_in(self, caller: str) -> None:
        """Again, where the log-in has ended by what was tried; past the lock-out of whose password was tried too."""
        world = self._world
        current = world.client.get("/api/v1/sessions/current", headers=world.headers[caller])
        if current.status_code == 401:
            login = NAMES["own"] if caller == "member" else caller
            body = {"login": f"{world.town.district.code}/{login}", "password": PASSWORD}
            if world.client.post("/api/v1/sessions", json=body).status_code != 201:
                world.town.clock.moment += LOCKED_OUT
            world.headers[caller] = world.town.log_in(world.client, login)

    def _ground(self, case: schemathesis.Case[Any], draw: random.Random) -> None:
        """Let a request that the description allows name what is there."""
        for container in (case.path_parameters, case.query):
            for name in list(container or {}):
                container[name] = self._known_for(name, container[name], draw)
        # A form's file is bytes, which Schemathesis would take for a mistake once it looks at the body again.
        if case.media_type == "application/json":
            case.body = self._with_known(case.body, draw)

    def _with_known(self, part: Any, draw: random.Random, name: str = "") -> Any:
        if isinstance(part, dict):
            return {key: self._with_known(value, draw, key) for key, value in part.items()}
        if isinstance(part, list):
            return [self._with_known(one, draw, name.removesuffix("s")) for one in part]
        return self._known_for(name, part, draw)

    def _known_for(self, name: str, value: Any, draw: random.Random) -> Any:
        if name == "id":
            return str(new_id())
        values = self._known.get(name)
        return draw.choice(values) if values and isinstance(value, str) and draw.random() < CHANCE else value


def doors_of(app: FastAPI) -> dict[str, Gate | OpenGate]:
    found: dict[str, Gate | OpenGate] = {}
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        door = next(doors_in(dependant), None) if dependant is not None else None
        if door is not None:
            found |= dict.fromkeys((f"{method} {context.path}" for method in context.methods or ()), door)
    return found


def doors_in(dependant: Dependant) -> Iterator[Gate | OpenGate]:
    if isinstance(dependant.call, Gate | OpenGate):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from doors_in(inner)


def kept_alive(app: ASGIApp) -> ASGIApp:
    """The same application past one test: Schemathesis ends what it began after each, and an ended service refuses."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        for part in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{part}.complete"})

    return serve


def known_in(world: World) -> Known:
    """By the name of a field: what would make it say something in this town."""
    town = world.town
    headers = world.headers["member"]
    digest = BOOK.editions[-1].digest
    members = [str(one) for one in town.members.values()]
    branches = [str(town.branch), str(town.neighbour)]
    files = {"file": ("签到表.jpg", photograph())}
    proof = world.client.post("/api/v1/files", files=files, headers=headers).json()["hash"]
    return {
        "member_id": members,
        "member": members,
        "branch_id": branches,
        "branch": branches,
        "organisation_id": [*branches, str(town.committee), str(town.group)],
        # Whoever calls keeps the account: it may be closed.
        "account_id": [str(town.accounts[name]) for name in ("hr", "discipline_commissioner")],
        "entry_id": list(world.entries.values()),
        "submission_id": list(world.submissions.values()),
        "veto_id": list(world.vetoes.values()),
        "appeal_id": list(world.appeals.values()),
        "complaint_id": list(world.complaints.values()),
        "survey_id": [world.surveys[name] for name in ("to come own", "over own")],
        "about": branches,
        "district": [town.district.code],
        "survey_number": [world.surveys["form"].rpartition("/")[2]],
        "question": ["overall"],
        "choice": ["satisfied"],
        "content_hash": [proof, *world.proof.values()],
        "evidence": [proof],
        "file": [proof],
        "path": [town.root, town.branch_path],
        "item": ["ORG-D01", "ORG-D02", "ORG-D03", "SRV-D02", "EXC-A01", "EXC-A04", "LAW-V02"],
        "effective_on": ["2026-11-19", "2026-11-20", "2026-10-08"],
        "held_on": ["2026-11-19", "2026-11-20"],
        "quarter": ["2026Q3", "2026Q4"],
        "cycle": ["2026"],
        "book": ["longwen"],
        "edition": ["2026", digest],
        "profile": ["standard"],
        "audience": ["members", "branch", "district", "screens"],
        "screen_id": [str(one.id) for one in town.run(service_tokens.screens)],
        "playlist_id": [world.playlists["own"]],
        "committee_id": [str(town.committee)],
        "measure": ["total", "daily", "innovation", "ORG", "LAW"],
        "on": ["2026-11-20", "2026-09-30"],
    }
