"""Servers under measurement: each a real uvicorn in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from app.kit.postgres_binaries import servers_of
from benchmarks.ground import LOGIN, PASSWORD, ROOT, Ground, Place
from benchmarks.load import HOST

_TICKS = os.sysconf("SC_CLK_TCK")
_STOP_SECONDS_MAX = 15


@dataclass(frozen=True)
class Server:
    """A process that answers on a port of this machine."""

    process: subprocess.Popen[bytes]
    port: int

    def cpu_seconds(self) -> float:
        return cpu_seconds_of(self.process.pid)

    def ask(
        self, method: str, path: str, body: Any = None, token: str | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """One request outside of any measurement: status, headers (names in lower case) and body."""
        connection = HTTPConnection(HOST, self.port, timeout=60)
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        connection.close()
        return found

    def token_for(self, place: Place) -> str:
        """An access token of the place's officer; the clock of a run stands still, so it does not expire."""
        login = {"login": f"{place.district.code}/{LOGIN}", "password": PASSWORD}
        status, _, body = self.ask("POST", "/api/v1/sessions", login)
        assert status == 201, body
        token = json.loads(body)["access_token"]
        assert isinstance(token, str)
        return token


@contextmanager
def serving(kind: str, ground: Ground, **environment: str) -> Iterator[Server]:
    """``kind`` is one of ``benchmarks.served``; what it logs goes into a file, as in real life."""
    log = ground.folder / f"{kind}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.served", kind],
            cwd=ROOT,
            env={**ground.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=output,
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"the server {kind} did not start:\n{_tail(log)}")
        yield Server(process, int(line))
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-30:])


def cpu_seconds_of(process: int) -> float:
    """Processor time that the process and its ended children have used so far, in user and kernel; 0 where it has
    ended or cannot be asked."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(ticks) for ticks in fields[11:15]) / _TICKS


def database_cpu_seconds(ground: Ground) -> float:
    """The same of all processes of the database's server."""
    return sum(cpu_seconds_of(process) for process in servers_of(ground.cluster))


@dataclass
class Stopwatch:
    """Elapsed time and processor time of the server and of the database, from its making on."""

    ground: Ground
    server: Server | None = None

    def __post_init__(self) -> None:
        self._database = database_cpu_seconds(self.ground)
        self._server = self.server.cpu_seconds() if self.server is not None else 0.0
        self._began = time.perf_counter()

    def read(self) -> tuple[float, float, float]:
        """Seconds elapsed, of the server's processor, of the database's processors."""
        elapsed = time.perf_counter() - self._began
        server = self.server.cpu_seconds() - self._server if self.server is not None else 0.0
        return elapsed, server, database_cpu_seconds(self.ground) - self._database
