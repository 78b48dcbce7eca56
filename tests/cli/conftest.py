"""The command line in this process, over a database of the test's own."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from app import cli
from tests.conftest import ROOT, Addresses

SECRET = "a secret that only the tests know"


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str


Longwen = Callable[..., Said]


@pytest.fixture
def there(fresh_database: Callable[..., Addresses]) -> Addresses:
    """A migrated database without a district."""
    return fresh_database()


@pytest.fixture
def environment(there: Addresses, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name, value in {
        "LONGWEN_DATABASE_URL": there.application_url,
        "LONGWEN_OWNER_DATABASE_URL": there.owner_url,
        "LONGWEN_SECRET_KEY": SECRET,
        "LONGWEN_DATA": str(tmp_path_factory.mktemp("data")),
        "LONGWEN_RULES": str(ROOT / "scoring_rules"),
        "LANG": "en_GB.UTF-8",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def longwen(environment: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Longwen:
    def run(*arguments: object, stdin: str = "") -> Said:
        monkeypatch.setattr("sys.argv", ["longwen", *map(str, arguments)])
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        written = capsys.readouterr()
        code = ended.value.code
        return Said(code if isinstance(code, int) else 0 if code is None else 1, written.out, written.err)

    return run
