"""The service and the scheduler as processes: they come up, answer, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.kit.postgres_binaries import servers_of
from tests.cli.conftest import SECRET
from tests.conftest import ROOT, Addresses

_SERVED = "Uvicorn running on http"
_WORKER_STARTED = "Application startup complete"
SECONDS_MAX = 60.0


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    return number


def environment(**given: object) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LONGWEN_")}
    return {**kept, "LANG": "en_GB.UTF-8", "LC_ALL": "", "LONGWEN_RULES": str(ROOT / "scoring_rules")} | {
        f"LONGWEN_{name.upper()}": str(value) for name, value in given.items()
    }


@contextmanager
def started(*arguments: object, env: dict[str, str], until: str, times: int = 1) -> Iterator[subprocess.Popen[str]]:
    """The command, once it has written ``until`` so many times; killed if the test does not end it."""
    command = [sys.executable, "-c", "from app.cli import main; main()", *map(str, arguments)]
    with subprocess.Popen(command, env=env, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        too_long = threading.Timer(SECONDS_MAX, process.kill)
        too_long.start()
        try:
            written = []
            assert process.stderr is not None
            for line in process.stderr:
                written.append(line)
                times -= until in line
                if times == 0:
                    break
            else:
                pytest.fail("".join(written))
            yield process
        finally:
            too_long.cancel()
            if process.poll() is None:
                process.kill()


def ended(process: subprocess.Popen[str], by: signal.Signals) -> tuple[int, str]:
    """Its status, and what it wrote on the way out, for the message of a failure."""
    process.send_signal(by)
    _, written = process.communicate(timeout=SECONDS_MAX)
    return process.returncode, written


def status_of(port: int, path: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        status: int = answer.status
    return status


def first_status_of(port: int, path: str) -> int:
    """Several workers do not say when the first of them listens, which is a moment after it has started."""
    deadline = time.monotonic() + SECONDS_MAX
    while True:
        try:
            return status_of(port, path)
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_embedded_server_comes_and_goes_with_the_service(tmp_path: Path, port: int, by: signal.Signals) -> None:
    env = environment(data=tmp_path)
    subprocess.run([sys.executable, "-c", "from app.cli import main; main()", "migrate"], env=env, cwd=ROOT, check=True)
    with started("serve", "--port", port, "--with-scheduler", env=env, until=_SERVED) as process:
        assert status_of(port, "/readyz") == 200
        assert servers_of(tmp_path / "postgres") != []
        status, written = ended(process, by)
        assert status == 0, written
    assert servers_of(tmp_path / "postgres") == []
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_several_workers_answer_and_end_together(
    fresh_database: Callable[..., Addresses], tmp_path: Path, port: int
) -> None:
    there = fresh_database()
    env = environment(data=tmp_path, database_url=there.application_url, secret_key=SECRET)
    with started("serve", "--port", port, "--workers", 2, env=env, until=_WORKER_STARTED, times=2) as process:
        assert first_status_of(port, "/readyz") == 200
        status, written = ended(process, signal.SIGTERM)
        assert status == 0, written
    with pytest.raises(OSError, match="refused"):
        status_of(port, "/healthz")


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_scheduler_ends_when_it_is_told(
    fresh_database: Callable[..., Addresses], tmp_path: Path, by: signal.Signals
) -> None:
    env = environment(data=tmp_path, database_url=fresh_database().application_url)
    with started("scheduler", env=env, until="The scheduler runs") as process:
        status, written = ended(process, by)
        assert status == 0, written


def test_a_job_run_by_hand_is_done_once_and_says_so(fresh_database: Callable[..., Addresses], tmp_path: Path) -> None:
    there = fresh_database()
    env = environment(data=tmp_path, database_url=there.application_url, owner_database_url=there.owner_url)

    def longwen(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from app.cli import main; main()", *arguments]
        return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)

    assert longwen("district", "create", "longwen", "龙文区").returncode == 0
    first, second = (longwen("jobs", "run", "quarters") for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0)
    assert "\tdone\t" in first.stdout
    assert "\talready_done\t" in second.stdout
    assert "Done already" in second.stderr
