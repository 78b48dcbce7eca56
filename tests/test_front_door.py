"""What a newcomer and CI meet first: the Makefile, the lock files, the container's files, what the documents tell."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from app.cli import COMMANDS
from tests.conftest import ROOT

LOCKS = ("requirements.txt", "requirements-demo.txt", "requirements-dev.txt")
TARGETS = ("help", "demo", "demo-clean", "pictures", "test", "check", "clients", "lint", "format", "bench")
CLIENT_LOCKS = ("clients/requirements.txt", "clients/typescript/package-lock.json")
# In parts, so that this file does not name them either.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("deb", "debian", "org"),
        ("proxy", "golang", "org"),
    )
]
_INDEX = re.compile(r"--(extra-)?index-url|--find-links|--trusted-host|index-url\s*=")


def text_of(name: str) -> str:
    return (ROOT / name).read_text()


def make(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    # A make around the tests must not pass its own flags on.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments, *(f"{name}={value}" for name, value in variables.items())],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with what the Makefile looks at, and no environment yet."""
    for name in ("Makefile", "pyproject.toml", *LOCKS):
        shutil.copy(ROOT / name, tmp_path)
    for name in CLIENT_LOCKS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


# The Makefile.


def test_make_alone_lists_the_targets(clone: Path) -> None:
    listed = make(clone)
    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == list(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_can_be_planned(clone: Path, target: str) -> None:
    assert make(clone, "-n", target).returncode == 0


def test_a_path_with_a_space_is_refused(clone: Path) -> None:
    spaced = clone / "my folder"
    spaced.mkdir()
    shutil.copy(clone / "Makefile", spaced)
    refused = make(spaced, "demo")
    assert refused.returncode != 0
    assert "has a space in it" in refused.stderr


def test_a_missing_venv_module_is_named_with_its_package(clone: Path) -> None:
    bare = program(clone / "python", f'case "$*" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"')
    refused = make(clone, "demo", PYTHON=bare)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert refused.returncode != 0
    assert f"apt install python3-venv (or python{version}-venv)" in refused.stdout
    assert not (clone / ".venv").exists()


def test_an_old_python_is_refused(clone: Path) -> None:
    old = program(clone / "python", "exit 1")
    refused = make(clone, "demo", PYTHON=old)
    assert refused.returncode != 0
    assert "3.11 or newer is needed" in refused.stdout
    assert not (clone / ".venv").exists()


def test_what_is_installed_is_not_installed_again(clone: Path) -> None:
    for name in (".made", ".demo", ".project"):
        (clone / ".venv").mkdir(exist_ok=True)
        (clone / ".venv" / name).touch()
    assert "pip" not in make(clone, "-n", "demo").stdout
    os.utime(clone / "requirements-demo.txt", (2**33, 2**33))
    assert "--require-hashes -r requirements-demo.txt" in make(clone, "-n", "demo").stdout


def test_the_demo_is_forgotten_on_request(clone: Path) -> None:
    (clone / ".longwen" / "postgres").mkdir(parents=True)
    assert make(clone, "demo-clean").returncode == 0
    assert not (clone / ".longwen").exists()
    assert make(clone, "demo-clean").returncode == 0


def test_the_demo_is_not_forgotten_while_it_runs(clone: Path) -> None:
    (clone / ".longwen").mkdir()
    with (clone / ".longwen" / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = make(clone, "demo-clean")
    assert refused.returncode != 0
    assert "press Ctrl-C" in refused.stdout
    assert (clone / ".longwen").exists()


def test_ci_runs_what_the_makefile_checks() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().rstrip().endswith("exec make check")
    subprocess.run(["bash", "-n", str(script)], check=True)


# The lock files.


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text_of(name), re.MULTILINE))


def test_each_lock_holds_the_one_before_it() -> None:
    narrow, demo, wide = (pins(name) for name in LOCKS)
    assert narrow
    assert narrow.items() <= demo.items() <= wide.items()


@pytest.mark.parametrize("name", [*LOCKS, CLIENT_LOCKS[0]])
def test_everything_is_pinned_with_hashes(name: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", re.sub(r"^\s*#.*\n", "", text_of(name), flags=re.MULTILINE))
    assert all("==" in block and "--hash=sha256:" in block for block in blocks if block.strip())


def test_the_clients_packages_are_pinned_with_digests_and_without_addresses() -> None:
    packages = json.loads(text_of(CLIENT_LOCKS[1]))["packages"]
    assert all(one["integrity"].startswith("sha512-") for path, one in packages.items() if path)
    assert [path for path, one in packages.items() if "resolved" in one] == []


# What every committed file keeps to itself.


def committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_the_host_of_a_package_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in committed()
        for host in REGISTRIES
        if host.encode() in path.read_bytes()
    ]
    assert found == []


def test_no_lock_or_script_names_an_index() -> None:
    names = [*LOCKS, *CLIENT_LOCKS, "Makefile", "Dockerfile", "compose.yaml", "pyproject.toml", ".ci/run"]
    assert [name for name in names if _INDEX.search(text_of(name))] == []


# The container's files.


def test_the_image_runs_as_an_ordinary_user_and_is_watched() -> None:
    final = text_of("Dockerfile").rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (.+)$", final, re.MULTILINE) == ["longwen"]
    assert "\nEXPOSE 8000\n" in final
    assert "/healthz" in final
    assert '\nENTRYPOINT ["longwen"]\n' in final


def test_the_image_takes_only_what_is_there() -> None:
    taken = re.findall(r"^!(.+)$", text_of(".dockerignore"), re.MULTILINE)
    assert {"app", "migrations", "scoring_rules", "pyproject.toml", "requirements.txt"} <= set(taken)
    assert [name for name in taken if not (ROOT / name).exists()] == []


def test_compose_starts_the_service_the_scheduler_and_postgresql_after_the_migration() -> None:
    services = YAML(typ="safe").load(text_of("compose.yaml"))["services"]
    assert set(services) == {"service", "scheduler", "migrate", "postgres"}
    for name in ("service", "scheduler"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert "LONGWEN_OWNER_DATABASE_URL" not in services[name]["environment"]
    assert {services[name]["command"][0] for name in ("service", "scheduler", "migrate")} == {
        "serve",
        "scheduler",
        "migrate",
    }


def test_compose_has_no_secret_of_its_own() -> None:
    asked = re.findall(r"(?<!\$)\$\{(\w+)(:[?-])", text_of("compose.yaml"))
    bucket = ("LONGWEN_FILES_ACCESS_KEY", "LONGWEN_FILES_SECRET_KEY")  # empty where files lie in the volume
    assert [kind for name, kind in asked if name in bucket] == [":-", ":-"]
    secrets = {name: kind for name, kind in asked if name.endswith(("PASSWORD", "KEY")) and name not in bucket}
    assert set(secrets) == {"POSTGRES_PASSWORD", "OWNER_PASSWORD", "APPLICATION_PASSWORD", "LONGWEN_SECRET_KEY"}
    assert set(secrets.values()) == {":?"}


# What the documents tell.


def documents() -> list[Path]:
    return [*ROOT.glob("README*.md"), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_the_commands_that_a_document_tells_are_there(path: Path) -> None:
    code = "\n".join(
        block or inline for block, inline in re.findall(r"```\w*\n(.*?)```|`([^`\n]+)`", path.read_text(), re.DOTALL)
    )
    assert set(re.findall(r"^(?:\$ )?(?:\.venv/bin/)?longwen ([a-z]+)", code, re.MULTILINE)) <= set(COMMANDS)
    assert set(re.findall(r"^(?:\$ )?make ([a-z-]+)", code, re.MULTILINE)) <= set(TARGETS)
