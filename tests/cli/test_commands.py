"""How the command line answers: help, languages, exit statuses, districts and accounts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from importlib.metadata import version

import psycopg
import pytest

from app import schedule
from app.auth import service as auth
from app.auth import sessions
from app.auth.logins import Stage, Terms
from app.cli import COMMANDS
from app.job_runs.wording import in_words, titled
from app.kit.clock import FixedClock
from app.kit.db import opened
from app.kit.passwords import Passwords
from tests.cli.conftest import Longwen
from tests.conftest import Addresses, settings_for


def test_help_names_every_command_in_both_languages(longwen: Longwen, monkeypatch: pytest.MonkeyPatch) -> None:
    for language, text in (("en_GB.UTF-8", "back the database up"), ("zh_CN.UTF-8", "备份"), ("C", "备份")):
        monkeypatch.setenv("LANG", language)
        said = longwen("--help")
        assert said.status == 0
        assert text in said.out
        assert all(f"  {name} " in said.out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(longwen: Longwen, command: str) -> None:
    said = longwen(command, "--help")
    assert (said.status, said.err) == (0, "")
    assert "Usage: longwen " + command in said.out


@pytest.mark.parametrize(
    "command", [("district", "create"), ("district", "list"), ("account", "open"), ("jobs", "run"), ("jobs", "runs")]
)
def test_every_part_of_a_command_has_help(longwen: Longwen, command: tuple[str, str]) -> None:
    assert longwen(*command, "--help").status == 0


def test_help_waits_for_nothing_heavy() -> None:
    heavy = {"sqlalchemy", "psycopg", "fastapi", "alembic", "rich"}
    program = f"import sys, app.cli; print(sorted({heavy!r} & set(sys.modules)))"
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert finished.stdout == "[]\n"


@pytest.mark.parametrize(
    "arguments", [("nothing",), ("jobs", "run"), ("jobs", "run", "nothing"), ("serve", "--port", "0"), ("--nothing",)]
)
def test_what_is_not_understood_ends_with_2(longwen: Longwen, arguments: tuple[str, ...]) -> None:
    said = longwen(*arguments)
    assert said.status == 2
    assert "Traceback" not in said.err


def test_a_refusal_is_one_text_without_a_traceback(longwen: Longwen, monkeypatch: pytest.MonkeyPatch) -> None:
    said = longwen("jobs", "runs")
    assert (said.status, said.out) == (1, "")
    assert said.err == "There is no district yet. Create one: longwen district create CODE NAME\n"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert longwen("jobs", "runs").err.startswith("还没有区县")


def test_an_unreachable_database_is_said(longwen: Longwen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGWEN_DATABASE_URL", "postgresql://nobody@/nothing?host=/nowhere")
    said = longwen("district", "list")
    assert said.status == 1
    assert said.err.startswith("The database cannot be reached: ")


def test_a_database_without_the_schema_is_refused(
    longwen: Longwen, monkeypatch: pytest.MonkeyPatch, fresh_database: Callable[..., Addresses]
) -> None:
    empty = fresh_database(empty=True)
    monkeypatch.setenv("LONGWEN_DATABASE_URL", empty.application_url)
    monkeypatch.setenv("LONGWEN_OWNER_DATABASE_URL", empty.owner_url)
    for command in (("district", "list"), ("serve",), ("scheduler",)):
        said = longwen(*command)
        assert said.status == 1
        assert "Run longwen migrate first" in said.err
    assert longwen("migrate").status == 0
    assert longwen("district", "list").status == 0


def test_a_service_without_a_secret_key_is_refused(longwen: Longwen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LONGWEN_SECRET_KEY")
    said = longwen("serve")
    assert said.status == 1
    assert said.err.startswith("There is no secret key.")
    monkeypatch.setenv("LONGWEN_SECRET_KEY", "short")
    said = longwen("serve")
    assert said.status == 1
    assert said.err.startswith("The secret key is not usable")


def test_districts_are_created_once_and_listed(longwen: Longwen) -> None:
    assert longwen("district", "create", "longwen", "龙文区").status == 0
    again = longwen("district", "create", "longwen", "龙文区")
    assert again.status == 1
    listed = json.loads(longwen("district", "list", "--json").out)
    assert [(one["code"], one["name"], one["time_zone"]) for one in listed] == [("longwen", "龙文区", "Asia/Shanghai")]


def test_one_of_several_districts_must_be_named(longwen: Longwen) -> None:
    for code in ("east", "west"):
        assert longwen("district", "create", code, code).status == 0
    said = longwen("jobs", "runs")
    assert said.status == 1
    assert "--district: east, west" in said.err
    assert longwen("jobs", "runs", "--district", "west").status == 0
    assert longwen("jobs", "runs", "--district", "north").status == 1


def test_an_account_is_opened_with_a_password_that_is_shown_once(
    longwen: Longwen, there: Addresses, clock: FixedClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    longwen("district", "create", "longwen", "龙文区")
    said = longwen("account", "open", "chen", "陈一", "--role", "district_officer", "--generate")
    assert said.status == 0
    password = said.out.strip()
    with opened(there.application_url, settings_for(there, tmp_path_factory.mktemp("data"))) as database:
        district = database.run(lambda connection: auth.find_district(connection, "longwen"), None)
        assert district is not None
        opened_by = database.run(
            lambda connection: sessions.log_in(
                connection,
                district,
                "chen",
                password,
                clock.now(),
                terms=Terms(timedelta(hours=1), timedelta(days=30)),
                passwords=Passwords(),
            ),
            district.id,
        )
    assert isinstance(opened_by, sessions.Login)
    assert opened_by.stage is Stage.PASSWORD, "whoever opened the account knows the password"


def test_a_password_comes_from_standard_input(longwen: Longwen) -> None:
    longwen("district", "create", "longwen", "龙文区")
    opened = longwen("account", "open", "lin", "林二", "--password-stdin", stdin="correct horse battery staple\n")
    assert (opened.status, opened.out) == (0, "")
    refused = longwen("account", "open", "wu", "吴三", "--password-stdin", stdin="short\n")
    assert refused.status == 1


def test_a_new_password_is_said_to_stand(longwen: Longwen, monkeypatch: pytest.MonkeyPatch) -> None:
    longwen("district", "create", "longwen", "龙文区")
    longwen("account", "open", "lin", "林二", "--password-stdin", stdin="correct horse battery staple\n")
    said = longwen("account", "password", "lin", "--password-stdin", stdin="another horse battery staple\n")
    assert (said.status, said.out) == (0, "")
    assert said.err == "longwen/lin has a new password; its log-ins have ended.\n"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    said = longwen("account", "password", "lin", "--generate")
    assert (said.status, said.err) == (0, "已为 longwen/lin 设置新口令，原有登录均已失效。\n")
    assert len(said.out.strip()) == 20
    said = longwen("account", "password", "wu", "--generate")
    assert (said.status, said.out) == (1, "")


def test_an_account_is_not_opened_at_an_unknown_organisation(longwen: Longwen) -> None:
    longwen("district", "create", "longwen", "龙文区")
    said = longwen("account", "open", "lin", "林二", "--role", "secretary", "--at", "nowhere", "--generate")
    assert (said.status, said.out) == (1, "")


def test_a_slot_that_cannot_be_is_refused_before_anything_is_recorded(longwen: Longwen) -> None:
    longwen("district", "create", "longwen", "龙文区")
    for slot in ("2026Q9", "9999Q1"):
        said = longwen("jobs", "run", "lines", "--slot", slot)
        assert said.status == 2
        assert slot in said.err
        assert "--slot" not in said.err, "it is not sent on to another job that cannot do it either"
    assert longwen("jobs", "runs", "--json").out.strip() == "[]"


def test_a_failed_job_is_tried_again_until_nothing_is_left_to_try(
    longwen: Longwen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> dict[str, int]:
        raise RuntimeError("not today")

    monkeypatch.setattr("app.points.jobs.settle", fails)
    assert longwen("district", "create", "longwen", "龙文区").status == 0
    assert longwen("jobs", "retry").err.startswith("Nothing failed")
    assert longwen("jobs", "run", "settle", "--slot", "2020Q1").status == 1
    (again,) = json.loads(longwen("jobs", "retry", "settle", "--json").out)
    assert (again["job"], again["slot"], again["outcome"]) == ("settle", "2020Q1", "failed")
    assert longwen("jobs", "retry", "nothing").status == 2
    attempts = json.loads(longwen("jobs", "runs", "--json").out)
    assert [(one["state"], one["attempt"]) for one in attempts] == [("failed", 2), ("failed", 1)]


def test_the_version_is_told(longwen: Longwen) -> None:
    said = longwen("--version")
    assert (said.status, said.out) == (0, f"longwen {version('longwen')}\n")


def test_the_jobs_are_listed_in_words_of_either_language(longwen: Longwen, monkeypatch: pytest.MonkeyPatch) -> None:
    english = longwen("jobs", "list").out
    assert "freeze\tstandings of the seal\tevery day at 02:05" in english
    assert "on day 11 of January, April, July, October at 01:00" in english
    assert "every hour at minute 50" in english
    assert "hour=" not in english
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    chinese = longwen("jobs", "list").out
    assert "freeze\t留存封账结果\t每日 02:05" in chinese
    assert "每月 1 日 06:00" in chinese


def test_every_job_has_a_title_and_times_in_both_languages() -> None:
    for job in schedule.JOBS:
        title, times = titled(job.name, job.title), in_words(job.times)
        assert title.en != job.name, "its English title stands in app/job_runs/wording.py"
        assert not {"="} & {*times.zh, *times.en}


def test_who_opens_accounts_is_in_the_access_log(longwen: Longwen, there: Addresses) -> None:
    assert longwen("district", "create", "longwen", "龙文区").status == 0
    opened = longwen("account", "open", "chen", "陈一", "--role", "district_officer", "--generate")
    assert opened.status == 0
    assert longwen("account", "password", "chen", "--generate").status == 0
    with psycopg.connect(there.owner_url) as connection:
        log = connection.execute("SELECT action, operator IS NOT NULL FROM access_log ORDER BY at, id").fetchall()
    assert log == [("account:open", True), ("appointment:set", True), ("password:set", True)]
