"""A load generator of little cost, in a process of its own: prepared bytes over kept-alive connections.

Each connection sends its next request when the answer to the last one has come whole (a closed loop).
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

HOST = "127.0.0.1"
_END = b"\r\n\r\n"  # of an answer's head
SECONDS_MAX = 60.0  # one round never takes longer; what was not sent by then is not sent


class Unexpected(Exception):
    """A server answered otherwise than the benchmark asks; what it would tell is not what it is named for."""


@dataclass(frozen=True)
class Job:
    """Requests for one port, sent over this many connections."""

    port: int
    requests: Sequence[bytes]
    connections: int


@dataclass
class Loaded:
    """What came back: how many of each status, how long each took, and one answer of each status to look at."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)  # seconds
    statuses: Counter[int] = field(default_factory=Counter)
    samples: dict[int, bytes] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def require(self, what: str, status: int, count: int) -> None:
        """Raise Unexpected unless every request was answered with the status: else something else was measured."""
        if self.statuses != Counter({status: count}):
            told = "; ".join(
                f"{times} × {code} {self.samples[code].partition(_END)[2][:300].decode(errors='replace')}"
                for code, times in self.statuses.items()
            )
            raise Unexpected(f"{what}: {count} × {status} expected in {SECONDS_MAX:.0f} s; {told}")


def request(
    method: str, path: str, token: str | None, body: Any = None, more: Mapping[str, str] | None = None
) -> bytes:
    """One HTTP/1.1 request as bytes; a body is sent as JSON."""
    sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    headers = {"Host": HOST, "Accept": "application/json", **(more or {})}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if body is not None:
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(sent))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + sent


class _Client(asyncio.Protocol):
    """One connection; takes its requests from what all of them share."""

    def __init__(self, waiting: Iterator[bytes], loaded: Loaded, until: float) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting = waiting
        self._loaded = loaded
        self._until = until
        self._received = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        assert self._transport is not None
        self._sent_at = time.perf_counter()
        following = next(self._waiting, None) if self._sent_at < self._until else None
        if following is None:
            self._transport.close()
        else:
            self._transport.write(following)

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(_END)
        if end < 0:
            return
        status = int(self._received[9:12])
        length = self._received.find(b"content-length: ", 0, end)
        body = 0 if length < 0 else int(self._received[length + 16 : self._received.index(b"\r\n", length)])
        if len(self._received) < end + 4 + body:
            return
        loaded = self._loaded
        loaded.latencies.append(time.perf_counter() - self._sent_at)
        loaded.statuses[status] += 1
        if status not in loaded.samples:
            loaded.samples[status] = self._received
        self._received = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)
        if self._received:
            raise RuntimeError(f"the server went away in the middle of an answer: {exc}")


async def _work_off(job: Job) -> Loaded:
    loaded = Loaded()
    waiting = iter(job.requests)
    loop = asyncio.get_running_loop()
    began, cpu = time.perf_counter(), time.process_time()
    clients = [_Client(waiting, loaded, began + SECONDS_MAX) for _ in range(job.connections)]
    for client in clients:
        await loop.create_connection(lambda made=client: made, HOST, job.port)  # type: ignore[misc]
    await asyncio.gather(*(client.done for client in clients))
    loaded.seconds, loaded.cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
    return loaded


def _serve_jobs(pipe: Connection) -> None:
    try:
        while (job := pipe.recv()) is not None:
            pipe.send(asyncio.run(_work_off(job)))
    except (EOFError, KeyboardInterrupt):
        return  # the run was broken off


@dataclass(frozen=True)
class Load:
    """The way to the generator's process."""

    pipe: Connection

    def run(self, port: int, requests: Sequence[bytes], connections: int = 1) -> Loaded:
        self.pipe.send(Job(port, requests, connections))
        loaded = self.pipe.recv()
        assert isinstance(loaded, Loaded)
        return loaded


@contextmanager
def load_generator() -> Iterator[Load]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve_jobs, args=(theirs,), daemon=True)
    process.start()
    try:
        yield Load(ours)
    finally:
        ours.close()
        theirs.close()
        process.terminate()
        process.join()
