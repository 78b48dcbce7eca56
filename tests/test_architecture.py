"""The house keeps its laws, and each law finds what breaks it.

What import-linter can see (the staircase of rooms, pure cores) stands in pyproject.toml; here is what it cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from app.kit.db import Database
from app.kit.settings import Settings
from app.main import create_app
from app.tables import metadata
from tests import architecture
from tests.architecture import NOT_ROOMS, Law, Source
from tests.parts import PARTS

ROOT = Path(__file__).resolve().parent.parent

KINDS = {path: kind for path, (kind, _) in PARTS.items()}

# Where a framework lives beside the files whose kind it belongs to.
HOMES = {
    "fastapi": {"app/main.py", "app/kit/http.py"},
    "starlette": {"app/main.py", "app/kit/http.py", "app/kit/sending.py"},
    "sqlalchemy": {
        "app/kit/db.py",
        "app/kit/migrate.py",
        "app/kit/writes.py",  # hears what an engine is sent
        "app/kit/backup.py",  # takes addresses apart
        "app/kit/metrics.py",  # the pool is among what is measured
        "app/kit/http.py",  # a value that the database cannot hold is the caller's fault
        "app/cli/database.py",  # takes addresses apart
        "app/job_runs/service.py",  # a slot that another process is at work on is news, not a failure
    },
    "psycopg": {
        "app/kit/embedded.py",
        "app/kit/backup.py",
        "app/kit/migrate.py",  # quotes names
        "app/cli/context.py",  # looks whether the embedded server's database is there
        "app/cli/doctor.py",  # looks at servers that may be wrong in any way
    },
    "pydantic": {
        "app/kit/settings.py",
        "app/kit/http.py",
        "app/kit/days.py",
        "app/kit/naming.py",
        "app/cli/context.py",
    },
    "pydantic_core": {"app/kit/http.py", "app/kit/days.py"},
}


@cache
def sources() -> list[Source]:
    return [read(path) for folder in ("app", "tests", "migrations") for path in sorted((ROOT / folder).rglob("*.py"))]


def read(path: Path) -> Source:
    return Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"), KINDS)


def of_app() -> list[Source]:
    return [source for source in sources() if source.path.startswith("app/")]


def of_tests() -> list[Source]:
    return [source for source in sources() if source.path.startswith("tests/")]


def made_up(path: str, text: str) -> Source:
    return Source(path, text, KINDS)


def hold(law: Law, among: list[Source]) -> None:
    """Fail with every breach of the law, one a line."""
    if breaches := dict.fromkeys(f"{source.path}: {fault}" for source in among for fault in law(source)):
        pytest.fail("\n".join(breaches), pytrace=False)


def owners() -> dict[str, str]:
    """By table, the room whose ``tables.py`` makes it."""
    rooms = {source.room: source.text for source in of_app() if source.path.endswith("/tables.py")}
    return {
        table: room
        for table in metadata.tables
        for room, text in rooms.items()
        if room is not None and (f'district_table(\n    "{table}"' in text or f'Table(\n    "{table}"' in text)
    }


writes_elsewhere = partial(architecture.foreign_writes, owners=owners())
misplaced = partial(architecture.misplaced_frameworks, homes=HOMES)
too_long = partial(architecture.lengths, lines_max=400, function_lines_max=70)
too_long_for_a_test = partial(architecture.lengths, lines_max=600, function_lines_max=70)


def test_a_room_has_the_standard_files_and_others_only_with_a_reason() -> None:
    hold(architecture.unlisted, of_app())
    assert [path for path in PARTS if not (ROOT / "app" / path).exists()] == []
    assert list(architecture.unlisted(made_up("app/points/thoughts.py", "")))


def test_files_import_what_their_kind_may() -> None:
    hold(architecture.foreign_imports, of_app())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/points/service.py", "from app.roster import store"),
        ("app/points/service.py", "from app.roster.store import get_member"),
        ("app/points/service.py", "import app.points.tables"),
        ("app/points/store.py", "from app.roster.store import get_member"),
        ("app/points/api.py", "from app.points import store"),
        ("app/boards/api.py", "from app.points import service"),
        ("app/points/jobs.py", "from app.points.store import list_entries"),
        ("app/points/schemas.py", "from app.points.service import post"),
        ("app/points/core.py", "def f():\n    from app.points.store import get_entry"),
        ("app/points/tables.py", "from app.roster.tables import member"),
        ("app/points/judging.py", "from app.points import service"),
    ],
)
def test_a_path_around_a_service_is_found(path: str, text: str) -> None:
    assert list(architecture.foreign_imports(made_up(path, text)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/points/service.py", "from app.points import store\nfrom app.roster import service as roster"),
        ("app/points/store.py", "from app.roster.tables import member"),
        ("app/points/api.py", "from app.auth.api import permit"),
    ],
)
def test_the_ways_of_the_house_are_open(path: str, text: str) -> None:
    assert list(architecture.foreign_imports(made_up(path, text))) == []


def test_outside_the_rooms_nobody_imports_stores_or_tables() -> None:
    hold(architecture.tables_and_stores_elsewhere, of_app())
    for text in ("from app.auth import store", "from app.auth.tables import district"):
        assert list(architecture.tables_and_stores_elsewhere(made_up("app/cli/doctor.py", text)))


def test_cores_are_pure() -> None:
    hold(architecture.impure_cores, of_app())
    for text in ("from app.kit.db import Database", "from app.kit import http", "import os", "print(1)"):
        assert list(architecture.impure_cores(made_up("app/points/core.py", text)))
    assert not list(architecture.impure_cores(made_up("app/points/core.py", "from app.kit.errors import NotFound")))


def test_frameworks_stay_where_they_belong() -> None:
    hold(misplaced, of_app())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/points/service.py", "from fastapi import HTTPException"),
        ("app/points/service.py", "from sqlalchemy import select"),
        ("app/points/service.py", "from pydantic import BaseModel"),
        ("app/points/core.py", "from sqlalchemy import Connection"),
        ("app/points/jobs.py", "import psycopg"),
        ("app/kit/ids.py", "from starlette.requests import Request"),
        ("app/schedule.py", "from sqlalchemy import text"),
    ],
)
def test_a_misplaced_framework_is_found(path: str, text: str) -> None:
    assert list(misplaced(made_up(path, text)))


def test_a_service_may_name_the_connection_it_is_handed() -> None:
    assert not list(misplaced(made_up("app/points/service.py", "from sqlalchemy import Connection")))


def test_only_the_clock_knows_the_time() -> None:
    # The doctor tells whether the machine's clock and the database's differ.
    law = partial(architecture.clocks, compares=frozenset({"app/cli/doctor.py"}))
    hold(law, [source for source in sources() if not source.path.startswith("tests/")])


@pytest.mark.parametrize(
    "text",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "time.time()",
        "from time import time",
        "make = datetime.now",
        "func.now()",
        "func.current_date()",
        'text("SELECT CURRENT_DATE")',
        'text("UPDATE duty SET at = now()")',
    ],
)
def test_a_second_clock_is_found(text: str) -> None:
    assert list(architecture.clocks(made_up("app/points/store.py", text)))


def test_words_about_clocks_are_no_clocks() -> None:
    text = '"""Never calls now() or CURRENT_DATE."""\nactor.today\nclock.now()'
    assert not list(architecture.clocks(made_up("app/points/store.py", text)))


def test_a_room_writes_its_own_tables_only() -> None:
    assert set(owners()) == set(metadata.tables)
    hold(writes_elsewhere, of_app())


@pytest.mark.parametrize(
    "text",
    [
        "from app.roster.tables import member\nconnection.execute(insert(member), rows)",
        "from app.roster.tables import member as m\nupdate(m).values(name='x')",
        "from app.roster.tables import member\nmember.delete().where(x)",
        "from app.roster.tables import member\ninsert_or_keep(member)",
        'connection.execute(text("DELETE FROM member WHERE district_id = :d"))',
        'cursor.copy("COPY member (district_id) FROM STDIN")',
    ],
)
def test_a_write_to_another_room_is_found(text: str) -> None:
    assert list(writes_elsewhere(made_up("app/points/store.py", text)))
    assert not list(writes_elsewhere(made_up("app/roster/store.py", text)))


def test_reading_a_lower_room_is_no_write() -> None:
    text = "from app.roster.tables import member\nselect(member).where(member.c.district_id == district)"
    assert not list(writes_elsewhere(made_up("app/points/store.py", text)))


def test_transactions_end_in_one_place() -> None:
    hold(architecture.commits, of_app())
    for text in ("connection.commit()", "connection.rollback()", "with engine.begin() as c: pass"):
        assert list(architecture.commits(made_up("app/points/service.py", text)))
    assert not list(architecture.commits(made_up("app/points/service.py", "with connection.begin_nested(): pass")))


def test_files_and_functions_are_short() -> None:
    hold(too_long, of_app())
    hold(too_long_for_a_test, of_tests())
    assert list(too_long(made_up("app/points/core.py", "x = 1\n" * 400)))
    assert list(too_long(made_up("app/points/core.py", "def f():\n" + "    x = 1\n" * 69)))


def test_names_tell_what_a_thing_is_for() -> None:
    hold(architecture.empty_names, of_app())
    for path, text in (
        ("app/kit/utils.py", ""),
        ("app/kit/db.py", "class SessionManager: pass"),
        ("app/kit/db.py", "def date_helper(): pass"),
    ):
        assert list(architecture.empty_names(made_up(path, text)))


def test_each_rule_of_ruff_that_is_switched_off_has_a_reason() -> None:
    assert list(architecture.unreasoned_rules((ROOT / "pyproject.toml").read_text(encoding="utf-8"))) == []
    for text in (
        '[tool.ruff.lint]\nignore = [\n    "E501",  # long\n    "E502",\n]',
        '[tool.ruff.lint]\nignore = ["E501"]',
        '[tool.ruff.lint.per-file-ignores]\n"tests/**" = ["S101"]',
        '[tool.ruff.lint.per-file-ignores]\n"tests/**" = [\n    "S101",\n]',
    ):
        assert list(architecture.unreasoned_rules(text))


def test_every_room_is_on_the_staircase() -> None:
    """Import-linter refuses a room that its layers do not name; here only that the file list sees the same rooms."""
    folders = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}
    assert {source.room for source in of_app()} - {None} == folders - NOT_ROOMS


def doors(app: FastAPI) -> Iterator[tuple[str, bool]]:
    """Each route, and whether it has a permission or says that it is open."""
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        yield f"{sorted(context.methods or ())} {context.path}", dependant is not None and _has_door(dependant)


def _has_door(dependant: Dependant) -> bool:
    call = dependant.call
    is_door = hasattr(call, "permission") or getattr(call, "open", False) is True
    return is_door or any(_has_door(inner) for inner in dependant.dependencies)


def test_every_route_has_a_permission_or_is_marked_open(settings: Settings, database: Database) -> None:
    found = list(doors(create_app(settings, database=database)))
    assert len(found) > 5
    assert [route for route, has_door in found if not has_door] == []


def test_a_route_without_a_door_is_found() -> None:
    def permitted() -> None: ...

    permitted.permission = "entry:record"  # type: ignore[attr-defined]  # as auth marks its gates

    def nested(outer: None = Depends(permitted)) -> None: ...

    def answer() -> None: ...

    router = APIRouter()
    router.get("/forgotten")(answer)
    router.get("/guarded", dependencies=[Depends(permitted)])(answer)
    router.get("/guarded-further-in", dependencies=[Depends(nested)])(answer)
    app = FastAPI(openapi_url=None)
    app.include_router(router, prefix="/api")
    assert {path.split()[-1]: has_door for path, has_door in doors(app)} == {
        "/api/forgotten": False,
        "/api/guarded": True,
        "/api/guarded-further-in": True,
    }


def test_the_application_is_not_built_at_import() -> None:
    """Settings, engines and applications are made by functions, not by modules."""
    hold(architecture.built_at_import, of_app())
    for text in ("app = FastAPI()", "settings = Settings()", "engine = create_engine(x)"):
        assert list(architecture.built_at_import(made_up("app/main.py", text)))
