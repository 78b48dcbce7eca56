"""Clients in two languages, generated from the description that a running server serves, and a conversation over each.

``make clients`` installs the generators; without them these tests are passed over, but not in CI.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from app.kit.clock import FixedClock
from tests.auth.people import PASSWORD
from tests.conftest import ROOT, Addresses
from tests.town import Town

CLIENTS = ROOT / "clients"
PROGRAMS = CLIENTS / ".venv" / "bin"
MODULES = CLIENTS / "typescript" / "node_modules"
SECONDS_MAX = 60.0
NAMES = ("林晓明", "陈建国", "黄志强")


@pytest.fixture(scope="module", autouse=True)
def generators() -> None:
    missing = [path for path in (PROGRAMS / "openapi-python-client", PROGRAMS / "node", MODULES) if not path.exists()]
    if missing and not os.environ.get("CI"):
        pytest.skip("the generators are not installed; 'make clients' does it")
    assert missing == []


@dataclass(frozen=True)
class Server:
    """A process that serves the town, and how to talk to it."""

    url: str
    environment: dict[str, str]
    description: Path


@pytest.fixture
def served(addresses: Addresses, town: Town, clock: FixedClock, tmp_path: Path) -> Iterator[Server]:
    """The town's secretary is to speak, about three members."""
    today = town.actor().today
    town.on(date(2026, 1, 5))
    for name in NAMES:
        town.add_member(name)
    town.appoint_cast()
    town.on(today)
    town.live_through("2026Q2", "2026Q3", "2026Q4")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "tests.contract.served", str(port), clock.now().isoformat()]
    environment = os.environ | {
        "LONGWEN_DATABASE_URL": addresses.application_url,
        "LONGWEN_SECRET_KEY": "a secret that only the tests know",
        "LONGWEN_DATA": str(tmp_path),
    }
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            description = tmp_path / "openapi.json"
            description.write_bytes(described(url, process))
            spoken = {
                "LONGWEN_URL": url,
                "LONGWEN_LOGIN": f"{town.district.code}/secretary",
                "LONGWEN_PASSWORD": PASSWORD,
                "LONGWEN_DAY": "2026-11-05",
            }
            yield Server(url, os.environ | spoken, description)
        finally:
            process.terminate()


def described(url: str, process: subprocess.Popen[bytes]) -> bytes:
    """What the server says of itself, as soon as it answers."""
    deadline = time.monotonic() + SECONDS_MAX
    while True:
        try:
            with urllib.request.urlopen(f"{url}/openapi.json", timeout=10) as answer:  # noqa: S310 - of our own server
                found: bytes = answer.read()
                return found
        except urllib.error.URLError:
            assert process.poll() is None, "the server ended"
            if time.monotonic() > deadline:
                raise


def run(*command: object, folder: Path, environment: dict[str, str] | None = None) -> str:
    """What the command wrote; anything but success fails the test with it."""
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**(environment or os.environ), "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def test_a_generated_python_client_holds_a_conversation(served: Server, tmp_path: Path) -> None:
    source = CLIENTS / "python"
    run(
        *(PROGRAMS / "openapi-python-client", "generate", "--fail-on-warning", "--meta", "none"),
        *("--path", served.description, "--config", source / "config.yaml", "--output-path", "longwen_client"),
        folder=tmp_path,
    )
    environment = {**served.environment, "PYTHONPATH": str(tmp_path)}
    said = run(PROGRAMS / "python", "-W", "error", source / "conversation.py", folder=tmp_path, environment=environment)
    assert said == "python: done\n"


def test_a_generated_typescript_client_holds_a_conversation(served: Server, tmp_path: Path) -> None:
    folder = tmp_path / "typescript"
    shutil.copytree(CLIENTS / "typescript", folder, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "node_modules").symlink_to(MODULES)
    generated = run(
        *(PROGRAMS / "node", MODULES / "openapi-typescript" / "bin" / "cli.js"),
        *(served.description, "--output", "longwen.d.ts"),
        folder=folder,
    )
    assert "⚠" not in generated, generated
    run(PROGRAMS / "node", MODULES / "typescript" / "bin" / "tsc", folder=folder)
    said = run(PROGRAMS / "node", Path("built") / "conversation.js", folder=folder, environment=served.environment)
    assert said == "typescript: done\n"
