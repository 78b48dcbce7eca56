"""A backup holds everything, and comes back only where nothing is."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from app.cli import verify
from app.kit import backup
from app.kit.clock import Clock
from app.kit.db import Database
from app.points.verifying import Verified
from app.proofs.verifying import Proven
from tests.cli.conftest import Longwen
from tests.conftest import Addresses, Server

_CATALOGUE = {
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "policies": "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies",
    "isolated": "SELECT relname, relrowsecurity FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    "rights": "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "districts": "SELECT id::text, code FROM district",
    "accounts": "SELECT id::text, login FROM account",
}


def catalogue(address: str) -> dict[str, list[Any]]:
    with psycopg.connect(address) as connection:
        return {name: sorted(connection.execute(query).fetchall(), key=str) for name, query in _CATALOGUE.items()}


@pytest.fixture
def filled(there: Addresses, longwen: Longwen) -> Addresses:
    """A database with a district and an account."""
    assert longwen("district", "create", "longwen", "龙文区").status == 0
    assert longwen("account", "open", "chen", "陈一", "--generate").status == 0
    return there


@pytest.fixture
def file(filled: Addresses, longwen: Longwen, tmp_path: Path) -> Path:
    """Its backup."""
    path = tmp_path / "today.dump"
    assert longwen("backup", path).status == 0
    return path


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, fresh_database: Callable[..., Addresses], file: Path) -> Addresses:
    """An empty database, to which the commands now turn."""
    empty = fresh_database(empty=True)
    monkeypatch.setenv("LONGWEN_DATABASE_URL", empty.application_url)
    monkeypatch.setenv("LONGWEN_OWNER_DATABASE_URL", empty.owner_url)
    return empty


def test_what_was_backed_up_comes_back_with_its_guards(
    longwen: Longwen, filled: Addresses, elsewhere: Addresses, file: Path
) -> None:
    said = longwen("restore", file)
    assert said.status == 0, said.err
    before, after = catalogue(filled.owner_url), catalogue(elsewhere.owner_url)
    assert before == after
    assert any(table == "entry" for table, *_ in after["triggers"])
    assert len(after["accounts"]) == 1
    with psycopg.connect(elsewhere.application_url) as connection:
        # Row-level security: no district set, nothing seen.
        assert connection.execute("SELECT count(*) FROM account").fetchone() == (0,)
    with (
        psycopg.connect(elsewhere.owner_url) as connection,
        pytest.raises(psycopg.errors.RestrictViolation),
    ):
        connection.execute("TRUNCATE entry CASCADE")


def test_who_backs_up_and_who_restores_is_in_the_access_log(
    longwen: Longwen, filled: Addresses, elsewhere: Addresses, file: Path
) -> None:
    assert longwen("restore", file).status == 0
    query = "SELECT action, object_id FROM access_log WHERE operator IS NOT NULL AND object_kind = 'database'"
    for address, expected in ((filled, "backup:make"), (elsewhere, "backup:restore")):
        with psycopg.connect(address.owner_url) as connection:
            assert connection.execute(query).fetchall() == [(expected, file.name)]


def test_a_backup_is_readable_by_its_owner_only(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [other.name for other in file.parent.iterdir()] == [file.name]


def test_it_is_said_that_the_files_of_evidence_are_not_in_it(
    longwen: Longwen, tmp_path: Path, filled: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGWEN_FILES", "file:///srv/evidence")
    assert "copy /srv/evidence now" in longwen("backup", tmp_path / "today.dump").err


def test_it_is_said_where_the_files_belong_after_a_restore(
    longwen: Longwen, elsewhere: Addresses, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGWEN_FILES", "file:///srv/evidence")
    assert "put their copy back to /srv/evidence" in longwen("restore", file).err


def test_a_backup_is_not_overwritten_unless_told(longwen: Longwen, file: Path) -> None:
    before = file.read_bytes()
    said = longwen("backup", file)
    assert said.status == 1
    assert "--force" in said.err
    assert file.read_bytes() == before
    assert longwen("backup", file, "--force").status == 0


def test_a_backup_into_a_missing_folder_is_refused(longwen: Longwen, tmp_path: Path) -> None:
    said = longwen("backup", tmp_path / "missing" / "today.dump")
    assert said.status == 1
    assert "Make the folder first" in said.err


def test_a_failed_backup_leaves_no_file(filled: Addresses, tmp_path: Path) -> None:
    # The application sees one district at a time, so it cannot back all of them up.
    with pytest.raises(backup.ToolFailed, match="row-level security"):
        backup.dump(filled.application_url, tmp_path / "today.dump")
    assert list(tmp_path.iterdir()) == []


def test_only_an_empty_database_is_restored_into(longwen: Longwen, filled: Addresses, file: Path) -> None:
    before = catalogue(filled.owner_url)
    said = longwen("restore", file)
    assert said.status == 1
    assert "is not empty" in said.err
    assert catalogue(filled.owner_url) == before


@pytest.mark.parametrize("damage", ["garbage", "cut off", "missing"])
def test_a_damaged_backup_changes_nothing(longwen: Longwen, elsewhere: Addresses, file: Path, damage: str) -> None:
    if damage == "garbage":
        file.write_bytes(b"not a backup")
    elif damage == "cut off":
        file.write_bytes(file.read_bytes()[:-2000])
    else:
        file.unlink()
    said = longwen("restore", file)
    assert said.status == 1
    assert "Traceback" not in said.err
    assert catalogue_is_empty(elsewhere)


def catalogue_is_empty(there: Addresses) -> bool:
    with psycopg.connect(there.owner_url) as connection:
        found = connection.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        return found.fetchone() == (0,)


@pytest.mark.parametrize("is_sound", [True, False])
def test_a_trial_restore_verifies_every_district_and_leaves_nothing(
    longwen: Longwen, server: Server, filled: Addresses, file: Path, monkeypatch: pytest.MonkeyPatch, is_sound: bool
) -> None:
    server.execute("ALTER ROLE {} CREATEDB", server.owner_role)
    seen: list[str] = []

    def verify_all(database: Database, clock: Clock) -> dict[str, Proven]:
        seen.append(
            database.run(lambda connection: connection.exec_driver_sql("SELECT current_database()").scalar_one(), None)
        )
        found = verify.verify_all(database, clock)
        return found if is_sound else {code: Proven(Verified(differing=1)) for code in found}

    monkeypatch.setattr("app.cli.backup.verify_all", verify_all)
    said = longwen("restore", "--verify", file)
    assert said.status == (0 if is_sound else 1), said.err
    assert "longwen: 0 members" in said.err
    (scratch,) = seen
    assert scratch.startswith("longwen_scratch_")
    with psycopg.connect(server.admin_url) as connection:
        left = connection.execute("SELECT count(*) FROM pg_database WHERE datname = %s", (scratch,)).fetchone()
    assert left == (0,)


def test_a_password_is_not_an_argument(filled: Addresses, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[Any] = []

    def look(command: list[str], **options: Any) -> Any:
        if "--dbname" in command:
            seen.append((command, options["env"]["PGPASSWORD"]))
            return SimpleNamespace(returncode=1, stderr=b"looked at")
        return real(command, **options)

    real = subprocess.run
    monkeypatch.setattr("app.kit.backup.subprocess.run", look)
    address = (
        filled.owner_url.replace("@", ":open-sesame@", 1) if ":" not in filled.owner_url[13:] else filled.owner_url
    )
    with pytest.raises(backup.ToolFailed, match="looked at"):
        backup.dump(address, tmp_path / "today.dump")
    ((command, password),) = seen
    assert password
    assert password not in " ".join(map(str, command))
