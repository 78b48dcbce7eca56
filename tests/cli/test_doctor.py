"""``longwen doctor`` finds what would do harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Longwen
from tests.conftest import Addresses, Server

Doctor = Callable[[], tuple[int, dict[str, dict[str, Any]]]]


@pytest.fixture
def doctor(longwen: Longwen) -> Doctor:
    def examine() -> tuple[int, dict[str, dict[str, Any]]]:
        said = longwen("doctor", "--json")
        return said.status, {finding["check"]: finding for finding in json.loads(said.out)}

    return examine


def test_a_sound_installation_has_nothing_wrong(doctor: Doctor) -> None:
    status, found = doctor()
    assert {check: finding for check, finding in found.items() if finding["grade"] == "wrong"} == {}
    assert status == 0
    assert {"PostgreSQL", "application role", "owner role", "schema", "clock", "secret key", "rule books"} <= set(found)


def test_every_line_says_what_was_found_and_what_to_do(longwen: Longwen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGWEN_RULES", "/nowhere")
    said = longwen("doctor")
    assert said.status == 1
    assert "✓ PostgreSQL：" in said.out
    assert "✗ rule books：/nowhere: none\n    → Name their folder in LONGWEN_RULES.\n" in said.out


def test_an_application_role_that_is_a_superuser_is_wrong(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, there: Addresses, server: Server
) -> None:
    superuser = server.admin_url.replace("/postgres?", f"/{there.name}?")
    monkeypatch.setenv("LONGWEN_DATABASE_URL", superuser)
    status, found = doctor()
    assert status == 1
    assert found["application role"]["grade"] == "wrong"
    assert "is a superuser" in found["application role"]["found"]


def test_an_application_role_that_owns_tables_is_wrong(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, there: Addresses
) -> None:
    monkeypatch.setenv("LONGWEN_DATABASE_URL", there.owner_url)
    status, found = doctor()
    assert status == 1
    assert "owns" in found["application role"]["found"]


def test_a_missing_schema_is_wrong(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, fresh_database: Callable[..., Addresses]
) -> None:
    monkeypatch.setenv("LONGWEN_DATABASE_URL", fresh_database(empty=True).application_url)
    status, found = doctor()
    assert status == 1
    assert "longwen migrate" in found["schema"]["remedy"]


def test_a_database_that_does_not_answer_is_one_finding(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGWEN_DATABASE_URL", "postgresql://nobody@/nothing?host=/nowhere")
    status, found = doctor()
    assert status == 1
    assert found["database"]["grade"] == "wrong"
    assert "schema" not in found


def test_a_missing_owner_address_is_advice_only(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LONGWEN_OWNER_DATABASE_URL")
    status, found = doctor()
    assert (status, found["owner role"]["grade"]) == (0, "advice")


def test_a_file_store_that_takes_nothing_is_wrong(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LONGWEN_FILES", f"file://{tmp_path}/files")
    assert doctor()[1]["files of evidence"] == {
        "check": "files of evidence",
        "grade": "good",
        "found": f"{tmp_path}/files",
        "remedy": "",
    }
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    (tmp_path / "blocked").touch()
    for address in (f"file://{tmp_path}/blocked", "s3://", "s3://bucket?endpoint=http://127.0.0.1:9"):
        monkeypatch.setenv("LONGWEN_FILES", address)
        status, found = doctor()
        assert (status, found["files of evidence"]["grade"]) == (1, "wrong")
        assert "LONGWEN_FILES" in found["files of evidence"]["remedy"]


def test_a_key_file_that_others_can_read_is_told(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_text("k" * 40)
    key.chmod(0o644)
    monkeypatch.delenv("LONGWEN_SECRET_KEY")
    monkeypatch.setenv("LONGWEN_SECRET_KEY_FILE", str(key))
    assert doctor()[1]["secret key"]["grade"] == "advice"
    key.chmod(0o600)
    assert doctor()[1]["secret key"]["grade"] == "good"
    key.unlink()
    status, found = doctor()
    assert (status, found["secret key"]["grade"]) == (1, "wrong")
