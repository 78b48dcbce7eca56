"""Thousands of screens on one worker: from a post to the last of them, and what they cost while nothing happens."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection as Pipe
from typing import Any

from sqlalchemy import Connection

from app.auth import service_tokens
from app.boards import playlists
from app.boards.core import Scope
from app.boards.core_playlists import Playlist, Step, StepKind
from app.kit.ids import new_id
from benchmarks.ground import Place, duty_posting, sent_as_json
from benchmarks.load import HOST, Unexpected, request
from benchmarks.results import Finding, Row
from benchmarks.server import Server, serving
from benchmarks.stage import MEMBERS, Stage

SCREENS = 2_000
POSTS = 10
APART_SECONDS = 2.5  # so that whatever follows from one post has come before the next
QUIET_SECONDS = 20.0
SECONDS_MAX = 120.0
CONNECT_SECONDS_MAX = 0.5  # for each: its first use of the day is written down, on a disk that others use too
_PATH = "/api/v1/screens/playlist/events"
_TOGETHER = 50  # connections that are opened at once
_KINDS = (StepKind.RANKING, StepKind.BRANCHES, StepKind.RADAR, StepKind.STARS, StepKind.GRIDS, StepKind.TREND)


def run(stage: Stage) -> Finding:
    """A change on the last of 2,000 screens within a second, under half a core."""
    place, count = stage.place, stage.scaled(SCREENS, 50)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # a connection is a file; the server inherits it
    stage.tell(f"{count} screens with tokens of their own")
    tokens = _screens(place, count)
    first = Row("post to the first screen", "ms", is_rate=False)
    last = Row(f"post to the last of {count} screens", "ms", is_rate=False, is_subject=True)
    quiet = Row("cores while nothing changes", "cores", is_rate=False)
    busy = Row("cores with a change a second", "cores", is_rate=False)
    with serving("longwen", stage.ground) as server, _watching() as watch:
        token = server.token_for(place)
        stage.tell(f"{count} screens connect")
        watch.open(server.port, tokens)
        stage.tell(f"{QUIET_SECONDS:.0f} s without a change")
        quiet.rounds.append(_cores(server, QUIET_SECONDS))
        for number in range(POSTS):
            stage.tell(f"post {number + 1} of {POSTS}")
            sent, answered = _post(server, place, token, number)
            seen = watch.seen(sent)
            first.rounds.append((min(seen) - answered) * 1000)
            last.rounds.append((max(seen) - answered) * 1000)
            last.latencies += [(one - answered) * 1000 for one in seen]
            _sleep_until(answered + APART_SECONDS + number * 0.07)  # at another part of the second each
        stage.tell("a post a second")
        began, cpu = time.monotonic(), server.cpu_seconds()
        for number in range(POSTS):
            _post(server, place, token, POSTS + number)
            _sleep_until(began + number + 1.0)
        busy.rounds.append((server.cpu_seconds() - cpu) / (time.monotonic() - began))
    return Finding(
        "screens",
        "screens that follow their playlist",
        {"members": MEMBERS, "screens": count, "boards of each": len(_KINDS) + 1, "posts": POSTS, "workers": 1},
        [last, first, busy, quiet],
        [
            "the moment of a post is that of its answer, so a screen that is told before it has less than 0 ms",
            "what watches takes processor time of its own; goals: at most 1,000 ms, at most 0.5 cores",
        ],
    )


def _screens(place: Place, count: int) -> list[str]:
    """Tokens of as many screens, which all show one playlist."""
    actor, playlist_id = place.actor(), new_id()
    branch = Step(StepKind.RADAR, 20, Scope.BRANCH, place.branches[0])  # where every post is seen
    steps = (*(Step(kind, 20) for kind in _KINDS), branch)

    def work(connection: Connection) -> list[str]:
        made = Playlist(playlist_id, "大厅", steps, 0, actor.at)
        playlists.set_playlist(connection, actor, made, None, request_id="benchmark")
        tokens = []
        for number in range(count):
            screen, token = service_tokens.make_screen(
                connection, actor, place.district, name=f"屏{number}", path=place.district.id.hex,
                request_id="benchmark",
            )  # fmt: skip
            playlists.choose(connection, actor, screen.id, playlist_id, request_id="benchmark")
            tokens.append(token)
        return tokens

    return place.ground.database.run(work, place.district.id)


def _post(server: Server, place: Place, token: str, number: int) -> tuple[float, float]:
    """Take points from somebody of the first branch; the moments when it was sent and answered."""
    day = place.actor().today.replace(day=number + 1)
    posting = duty_posting(place, place.members[number], "ORG-D02", day, 0)
    sent = time.monotonic()
    status, _, body = server.ask("POST", "/api/v1/entries", sent_as_json([posting]), token)
    if status != 201:
        raise Unexpected(f"screens: 201 expected, got {status}: {body[:300]!r}")
    return sent, time.monotonic()


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def _cores(server: Server, seconds: float) -> float:
    began, cpu = time.monotonic(), server.cpu_seconds()
    time.sleep(seconds)
    return (server.cpu_seconds() - cpu) / (time.monotonic() - began)


# Those who watch, in a process of their own.


@dataclass(frozen=True)
class _Watch:
    pipe: Pipe

    def open(self, port: int, tokens: list[str]) -> None:
        """Until every screen has its first board."""
        self.pipe.send((port, tokens))
        self._received(SECONDS_MAX + CONNECT_SECONDS_MAX * len(tokens))

    def seen(self, since: float) -> list[float]:
        """When each screen had its first change after the moment."""
        self.pipe.send(since)
        found: list[float] = self._received()
        return found

    def _received(self, seconds_max: float = SECONDS_MAX) -> Any:
        if not self.pipe.poll(seconds_max):
            raise Unexpected(f"screens: no answer in {seconds_max:.0f} s")
        found = self.pipe.recv()
        if isinstance(found, str):
            raise Unexpected(found)
        return found


@contextmanager
def _watching() -> Iterator[_Watch]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_watch, args=(theirs,), daemon=True)
    process.start()
    try:
        yield _Watch(ours)
    finally:
        process.terminate()
        process.join()


def _watch(pipe: Pipe) -> None:
    try:
        asyncio.run(_follow_all(pipe, *pipe.recv()))
    except Exception as error:  # noqa: BLE001 - told to the one who asks
        pipe.send(f"screens: {type(error).__name__}: {error}")


async def _follow_all(pipe: Pipe, port: int, tokens: list[str]) -> None:
    loop, gate = asyncio.get_running_loop(), asyncio.Semaphore(_TOGETHER)
    queues: list[asyncio.Queue[float]] = [asyncio.Queue() for _ in tokens]
    ready = [asyncio.Event() for _ in tokens]
    following: list[asyncio.Task[Any]] = [
        asyncio.create_task(_follow(port, token, gate, begun, queue))
        for token, begun, queue in zip(tokens, ready, queues, strict=True)
    ]
    for begun, task in zip(ready, following, strict=True):
        waiting: asyncio.Task[Any] = asyncio.create_task(begun.wait())
        await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
        if not begun.is_set():
            raise RuntimeError(task.exception() or "a stream ended before its first board")
    pipe.send(True)
    while True:
        since = await loop.run_in_executor(None, partial(pipe.recv))
        pipe.send(await asyncio.gather(*(_next(queue, since) for queue in queues)))


async def _next(changes: asyncio.Queue[float], since: float) -> float:
    while (moment := await changes.get()) < since:
        pass
    return moment


async def _follow(
    port: int, token: str, gate: asyncio.Semaphore, begun: asyncio.Event, changes: asyncio.Queue[float]
) -> None:
    async with gate:
        reader, writer = await asyncio.open_connection(HOST, port, limit=2**20)
        writer.write(request("GET", _PATH, token))
        said = []
        while not (line := await reader.readline()).startswith(b"event: board"):
            said.append(line)
            if not line:  # refused, or ended: nothing more comes
                raise RuntimeError(b"".join(said)[-500:].decode(errors="replace"))
        begun.set()
    while line := await reader.readline():
        if line.startswith((b"event: change", b"event: board")):
            changes.put_nowait(time.monotonic())
