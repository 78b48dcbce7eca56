"""The town and the way to it over HTTP, and a server that stands for a bridge."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.town import client, desk, town

__all__ = ["client", "desk", "town"]


@dataclass(frozen=True)
class Received:
    """One request as the bridge got it."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        return self.headers["longwen-delivery"]


@dataclass
class Bridge:
    """A real HTTP server; ``answer`` says with which status it answers, and may hang up (0) or wait."""

    port: int
    received: list[Received] = field(default_factory=list)
    answer: Callable[[Received], int] = lambda _: 204

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.origin}/longwen?to=wecom"

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self.received]


@pytest.fixture
def bridge() -> Iterator[Bridge]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got = Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            made.received.append(got)
            status = made.answer(got)
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{made.origin}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        made = Bridge(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
