"""Roots, certificates and the offline check as an operator, an officer and a stranger use them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.conftest import Longwen, environment, longwen
from tests.conftest import ROOT, Addresses
from tests.proofs.conftest import MEMBER, Owner, Registry
from tests.seals.conftest import Q3

__all__ = ["environment", "longwen"]

GUIDE = ROOT / "docs" / "guide"
PAGES = ("proof.md", "proof.zh-CN.md")


@pytest.fixture
def there(addresses: Addresses) -> Addresses:
    """The commands speak to the database of the town."""
    return addresses


@dataclass(frozen=True)
class Papers:
    """What an office hands out, in one folder."""

    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "2026Q3.json"

    @property
    def rows(self) -> Path:
        return self.folder / "2026Q3.jsonl"

    @property
    def private(self) -> Path:
        return self.folder / "officer.pem"

    @property
    def public(self) -> Path:
        return self.folder / "officer.pem.pub"

    @property
    def arguments(self) -> tuple[object, ...]:
        return ("verify", "--certificate", self.certificate, "--rows", self.rows, "--key", self.public)


@pytest.fixture
def papers(sealed: Registry, longwen: Longwen, tmp_path: Path) -> Papers:
    """Made where the service is, and signed without it."""
    made, district = Papers(tmp_path), ("--district", sealed.town.district.code)
    assert longwen("certificate", "make", Q3, "-o", made.certificate, *district).status == 0
    assert longwen("certificate", "rows", Q3, "-o", made.rows, *district).status == 0
    assert longwen("certificate", "key", made.private).status == 0
    assert longwen("certificate", "sign", made.certificate, "--key", made.private).status == 0
    return made


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No database answers any more."""
    monkeypatch.setenv("LONGWEN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    monkeypatch.delenv("LONGWEN_OWNER_DATABASE_URL", raising=False)


def test_a_certificate_is_checked_without_a_database(
    papers: Papers, longwen: Longwen, sealed: Registry, nowhere: None
) -> None:
    said = longwen(*papers.arguments)
    assert said.status == 0, said.err
    assert f"{sealed.town.district.code} 2026Q3, 3 rows" in said.err
    root = next(one for one in sealed.kept if one.quarter == Q3)
    assert root.root.hex() in said.err


def test_it_names_nobody_and_the_key_is_its_owners_alone(papers: Papers) -> None:
    for file in (papers.certificate, papers.rows):
        assert MEMBER not in file.read_text(encoding="utf-8")
    assert [oct(one.stat().st_mode & 0o777) for one in (papers.private, papers.rows)] == ["0o600", "0o600"]


def lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def put(file: Path, text: list[str]) -> None:
    file.write_text("".join(f"{one}\n" for one in text), encoding="utf-8")


def rewritten(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def forge(papers: Papers, what: str) -> str:
    """Do it, and say what has to be said of it."""
    rows = lines(papers.rows)
    if what == "row changed":
        put(papers.rows, [re.sub(r'"total":\d+', '"total":999999', rows[0]), *rows[1:]])
    elif what == "row missing":
        put(papers.rows, rows[1:])
    elif what == "row added":
        put(papers.rows, [*rows, rows[-1]])
    elif what == "rows swapped":
        put(papers.rows, [rows[1], rows[0], *rows[2:]])
    elif what == "quarter":
        rewritten(papers.certificate, '"quarter": "2026Q3"', '"quarter": "2026Q4"')
        return "changed after it was signed"
    elif what == "count":
        rewritten(papers.certificate, '"count": 3', '"count": 2')
        return "changed after it was signed"
    elif what == "unsigned":
        document = json.loads(papers.certificate.read_text(encoding="utf-8"))
        papers.certificate.write_text(json.dumps({**document, "signatures": []}), encoding="utf-8")
        return "No signature"
    return "The rows are not those"


FORGED = ("row changed", "row missing", "row added", "rows swapped", "quarter", "count", "unsigned")


@pytest.mark.parametrize("what", FORGED)
def test_what_was_forged_is_said(papers: Papers, longwen: Longwen, nowhere: None, what: str) -> None:
    wanted = forge(papers, what)
    said = longwen(*papers.arguments)
    assert said.status == 1
    assert wanted in said.err


def test_a_body_made_up_and_signed_anew_still_has_to_fit_together(papers: Papers, longwen: Longwen) -> None:
    rewritten(papers.certificate, '"number": 4', '"number": 5')
    assert longwen("certificate", "sign", papers.certificate, "--key", papers.private).status == 0
    said = longwen(*papers.arguments)
    assert (said.status, "contradicts itself (root)" in said.err) == (1, True)


def test_another_officers_key_is_no_signature_and_two_may_sign(papers: Papers, longwen: Longwen) -> None:
    other = papers.folder / "other.pem"
    assert longwen("certificate", "key", other).status == 0
    theirs = (*papers.arguments[:-1], f"{other}.pub")
    assert "No signature" in longwen(*theirs).err
    assert longwen("certificate", "sign", papers.certificate, "--key", other).status == 0
    assert (longwen(*theirs).status, longwen(*papers.arguments).status) == (0, 0)


def test_a_guarded_key_asks_for_its_password(papers: Papers, longwen: Longwen, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["correct horse", "correct horse", "wrong"])
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    guarded = papers.folder / "guarded.pem"
    assert longwen("certificate", "key", guarded, "--protect").status == 0
    assert guarded.read_text().startswith("-----BEGIN ENCRYPTED")
    assert longwen("certificate", "sign", papers.certificate, "--key", guarded).status == 0
    said = longwen("certificate", "sign", papers.certificate, "--key", guarded)
    assert (said.status, "not usable" in said.err) == (1, True)


@pytest.mark.parametrize("text", ["", "[]", '{"certificate": 1, "signatures": []}', '{"certificate": {"format": "x"}}'])
def test_what_is_no_certificate_is_refused(papers: Papers, longwen: Longwen, text: str) -> None:
    papers.certificate.write_text(text, encoding="utf-8")
    for arguments in (papers.arguments, ("certificate", "sign", papers.certificate, "--key", papers.private)):
        said = longwen(*arguments)
        assert (said.status, "Traceback" in said.err) == (1, False)


def test_nothing_is_written_over(papers: Papers, longwen: Longwen, sealed: Registry) -> None:
    district = ("--district", sealed.town.district.code)
    before = papers.private.read_bytes()
    for arguments in (
        ("certificate", "key", papers.private),
        ("certificate", "make", Q3, "-o", papers.certificate, *district),
        ("certificate", "rows", Q3, "-o", papers.rows, *district),
    ):
        assert longwen(*arguments).status == 1
    assert papers.private.read_bytes() == before


def test_a_quarter_without_a_seal_is_not_certified_and_leaves_no_file(
    sealed: Registry, longwen: Longwen, tmp_path: Path
) -> None:
    for verb in ("make", "rows"):
        file = tmp_path / verb
        said = longwen("certificate", verb, "2026Q4", "-o", file, "--district", sealed.town.district.code)
        assert (said.status, "no checkpoint of its seal" in said.err, file.exists()) == (1, True, False)


def test_rows_are_written_as_a_table_too(sealed: Registry, longwen: Longwen, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    said = longwen("certificate", "rows", Q3, "-o", file, "--format", "csv", "--district", sealed.town.district.code)
    assert said.status == 0
    head, *rest = lines(file)
    assert head.startswith("quarter,member_id,")
    assert {one.split(",")[0] for one in rest} == {Q3}
    assert len(rest) == 3


# Roots.


def test_roots_are_kept_outside_and_compared(sealed: Registry, longwen: Longwen, tmp_path: Path) -> None:
    file, district = tmp_path / "roots.jsonl", ("--district", sealed.town.district.code)
    assert longwen("roots", "export", file, *district).status == 0
    assert len(lines(file)) == 6
    said = longwen("verify", "--roots", file, *district)
    assert (said.status, "6 roots from outside, 0 differ" in said.err) == (0, True), said.err
    assert "Not compared" in longwen("verify", *district).err
    assert longwen("roots", "export", file, *district).status == 0  # goes on


def test_a_file_with_other_roots_is_not_written_over(sealed: Registry, longwen: Longwen, tmp_path: Path) -> None:
    file, district = tmp_path / "roots.jsonl", ("--district", sealed.town.district.code)
    longwen("roots", "export", file, *district)
    put(file, [re.sub(r'"root":"..', '"root":"00', lines(file)[0]), *lines(file)[1:]])
    before = file.read_bytes()
    said = longwen("roots", "export", file, *district)
    assert (said.status, "another root of checkpoint 1" in said.err) == (1, True)
    assert file.read_bytes() == before
    told = longwen("verify", "--roots", file, *district)
    assert (told.status, "checkpoint 1 root kept outside" in told.err) == (1, True)


def test_a_district_that_is_gone_is_missed(sealed: Registry, longwen: Longwen, tmp_path: Path) -> None:
    file = tmp_path / "roots.jsonl"
    put(file, ['{"district":"gone","number":1,"root":"00"}'])
    said = longwen("verify", "--roots", file)
    assert (said.status, "gone: there are roots" in said.err) == (1, True)
    put(file, ["not a root"])
    assert "Line 1" in longwen("verify", "--roots", file).err


def test_a_certificate_of_another_history_is_known_by_the_roots(
    papers: Papers, sealed: Registry, longwen: Longwen, tmp_path: Path
) -> None:
    file = tmp_path / "roots.jsonl"
    assert longwen("roots", "export", file, "--district", sealed.town.district.code).status == 0
    said = longwen(*papers.arguments, "--roots", file)
    assert (said.status, "agrees with" in said.err) == (0, True)
    put(file, [re.sub(r'"root":"..', '"root":"zz'.replace("zz", "00"), one) for one in lines(file)])
    assert "another history" in longwen(*papers.arguments, "--roots", file).err


def test_a_tampered_row_is_named_at_the_command_line_and_in_json(
    sealed: Registry, owner: Owner, longwen: Longwen
) -> None:
    member = sealed.town.members[MEMBER]
    change = "UPDATE quarter_standing SET total = total + 1 WHERE district_id = :d AND quarter = :q AND member_id = :m"
    assert owner.execute(change, q=Q3, m=member)
    said = longwen("verify", "--district", sealed.town.district.code, "--json")
    assert said.status == 1
    assert f"quarter_standing 2026Q3 {member} row" in said.err
    found = json.loads(said.out)[sealed.town.district.code]
    assert [one["row"] for one in found["differences"]] == [f"quarter_standing 2026Q3 {member}"]


# The guide.


def recipe(page: str) -> str:
    found = re.search(r"```python\n(.*?)```", (GUIDE / page).read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("what", [None, *FORGED])
def test_a_stranger_checks_a_certificate_by_the_recipe_of_the_guide(papers: Papers, what: str | None) -> None:
    if what is not None:
        forge(papers, what)
    program = papers.folder / "check.py"
    program.write_text(recipe(PAGES[0]), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-I", program, papers.certificate, papers.rows, papers.public],
        capture_output=True,
        encoding="utf-8",
        cwd=papers.folder,
        check=False,
    )
    assert (ran.returncode == 0) is (what is None), ran.stderr
    assert ran.stdout.startswith("good:") is (what is None)


def test_the_recipe_is_short_and_the_same_in_both_languages() -> None:
    program = recipe(PAGES[0])
    assert sum(bool(line.strip()) for line in program.splitlines()) <= 30
    assert recipe(PAGES[1]) == program
    assert set(re.findall(r"^(?:from|import) (\w+)", program, re.MULTILINE)) == {"hashlib", "cryptography"}


def test_the_guides_script_changes_a_sealed_row_and_it_is_named(sealed: Registry, environment: None) -> None:
    ran = subprocess.run(
        [sys.executable, GUIDE / "tamper.py", "--district", sealed.town.district.code],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "    quarter_standing 2026Q3 " in ran.stdout
    assert sealed.verify().is_sound
