"""``longwen doctor``: what is missing or wrong, line by line, and what to do about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psycopg
import typer

from app import schedule
from app.cli.context import application_address, owner_address, secret_of, served
from app.cli.database import Json
from app.cli.output import either, language, print_json
from app.cycles.working_days import announced
from app.kit import backup, migrate
from app.kit.blobs import open_blobs, try_blobs
from app.kit.clock import SystemClock, business_day
from app.kit.errors import LongwenError
from app.kit.postgres_binaries import MAJOR_MIN, EmbeddedPostgresError, find_binaries
from app.kit.settings import Settings
from app.rules.book import book_folders, load_book

PYTHON_MIN = (3, 11)
DRIFT_SECONDS_MAX = 5.0


class Grade(StrEnum):
    """How a check ended."""

    GOOD = "good"
    ADVICE = "advice"  # the service runs without it
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, what was found, and what to do if it is not good."""

    check: str
    grade: Grade
    found: str
    remedy: str = ""

    @property
    def line(self) -> str:
        sign = {Grade.GOOD: "✓", Grade.ADVICE: "!", Grade.WRONG: "✗"}[self.grade]
        return f"{sign} {self.check}：{self.found}" + (f"\n    → {self.remedy}" if self.remedy else "")


def doctor(as_json: Json = False) -> None:
    """检查运行环境，逐项说明缺什么、怎么办；有必须处理的问题时返回 1。 / Tell what is missing or wrong."""
    found: list[Finding] = []
    for finding in examine(Settings()):
        found.append(finding)
        if not as_json:
            typer.echo(finding.line)
    if as_json:
        print_json([asdict(finding) for finding in found])
    if any(finding.grade is Grade.WRONG for finding in found):
        raise typer.Exit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check in turn; what cannot be reached is one finding and leaves out what hangs on it."""
    yield _python()
    yield _time_zones()
    yield _fonts()
    yield _data_folder(settings)
    if settings.database_url is None:
        yield _embedded_programs()
    with ExitStack() as stack:
        there = settings
        try:
            there = stack.enter_context(served(settings))
        except (LongwenError, EmbeddedPostgresError) as error:
            text = error.text(language()) if isinstance(error, LongwenError) else str(error)
            yield Finding(either("数据库", "database"), Grade.WRONG, text)
        else:
            yield from of_database(there)
        yield _secret(there)
    yield _files(settings)
    yield _rule_books(settings)
    yield _working_days()


def _graded(check: str, wrong: bool, found: str, remedy: str, grade: Grade = Grade.WRONG) -> Finding:
    return Finding(check, grade if wrong else Grade.GOOD, found, remedy if wrong else "")


def _python() -> Finding:
    least = ".".join(map(str, PYTHON_MIN))
    return _graded(
        "Python",
        sys.version_info[:2] < PYTHON_MIN,
        ".".join(map(str, sys.version_info[:3])),
        either(f"请安装 Python {least} 或更新版本。", f"Install Python {least} or newer."),
    )


def _time_zones() -> Finding:
    check = either("时区数据", "time zone data")
    try:
        ZoneInfo(schedule.TIME_ZONE)
    except ZoneInfoNotFoundError:
        return Finding(check, Grade.WRONG, schedule.TIME_ZONE + " ?", "pip install tzdata")
    return Finding(check, Grade.GOOD, schedule.TIME_ZONE)


def _fonts() -> Finding:
    check, package = either("中文字体", "Chinese fonts"), "fonts-noto-cjk"
    remedy = either(
        f"只影响以后的 PDF：apt install {package}（生僻字姓名也能显示）。",
        f"Only later PDFs need it: apt install {package} (it has the rare characters of names).",
    )
    lister = shutil.which("fc-list")
    if lister is None:
        return Finding(check, Grade.ADVICE, either("没有 fc-list，无法查看", "no fc-list to ask"), remedy)
    listed = subprocess.run([lister, ":lang=zh", "family"], capture_output=True, check=False)  # noqa: S603 - no input of anyone
    families = listed.stdout.decode(errors="replace").splitlines()
    has_noto = any("Noto" in family and "CJK" in family for family in families)
    found = "Noto CJK" if has_noto else either(f"{len(families)} 种，无 Noto CJK", f"{len(families)}, but no Noto CJK")
    return _graded(check, not has_noto, found, remedy, Grade.ADVICE)


def _data_folder(settings: Settings) -> Finding:
    check, folder = either("数据目录", "data folder"), settings.data.absolute()
    there = next(path for path in (folder, *folder.parents) if path.exists())
    writable = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    return _graded(
        check,
        not writable,
        str(folder),
        either(
            f"{there} 不可写；请改权限，或用 LONGWEN_DATA 另选目录。", f"{there} is not writable; set LONGWEN_DATA."
        ),
    )


def _files(settings: Settings) -> Finding:
    """Not only asked: a file is kept, read and removed again."""
    check = either("凭证文件", "files of evidence")
    remedy = either(
        "请检查 LONGWEN_FILES、目录权限、剩余空间，或存储桶、地址和密钥。",
        "Check LONGWEN_FILES, the folder's rights and room, or the bucket, its address and keys.",
    )
    place = settings.files or ""
    try:
        blobs = open_blobs(settings)
        place = blobs.place
        try_blobs(blobs, Path(__file__))
    except LongwenError as error:
        cause = f" ({error.__cause__})".splitlines()[0] if error.__cause__ is not None else ""
        return Finding(check, Grade.WRONG, f"{place}: {error.text(language())}{cause}", remedy)
    return Finding(check, Grade.GOOD, place)


def _embedded_programs() -> Finding:
    check = either("内置 PostgreSQL 程序", "embedded PostgreSQL")
    try:
        found = find_binaries()
    except EmbeddedPostgresError as error:
        return Finding(check, Grade.WRONG, str(error))
    source = (
        either("来自 Python 包", "from the package") if found.source == "package" else either("本机", "of the machine")
    )
    return Finding(check, Grade.GOOD, f"{found.major}, {source}: {found.directory}")


def of_database(settings: Settings) -> Iterator[Finding]:
    """The checks of a database that answers."""
    application = application_address(settings)
    with psycopg.connect(application, connect_timeout=5) as connection:
        major = connection.info.server_version // 10_000
        yield _server(major)
        yield _application_role(connection)
        yield _drift(connection)
    yield _owner_role(settings)
    yield _migrations(application)
    yield _tools(major)


def _server(major: int) -> Finding:
    return _graded(
        "PostgreSQL",
        major < MAJOR_MIN,
        str(major),
        either(f"请升级到 PostgreSQL {MAJOR_MIN} 或更新版本。", f"Upgrade to PostgreSQL {MAJOR_MIN} or newer."),
    )


_ROLE_FAULTS = """
    SELECT current_user, rolsuper, rolbypassrls, ARRAY(
        SELECT relation.relname::text FROM pg_catalog.pg_class AS relation
        JOIN pg_catalog.pg_namespace AS space ON space.oid = relation.relnamespace
        WHERE relation.relkind IN ('r', 'p') AND space.nspname = 'public'
          AND pg_catalog.pg_has_role(current_user, relation.relowner, 'MEMBER'))
    FROM pg_catalog.pg_roles WHERE rolname = current_user
"""


def _application_role(connection: psycopg.Connection[Any]) -> Finding:
    check = either("应用角色", "application role")
    row = connection.execute(_ROLE_FAULTS).fetchone()
    role, is_superuser, bypasses, owned = row if row is not None else ("?", False, False, [])
    faults = []
    if is_superuser:
        faults.append(either("是超级用户", "is a superuser"))
    if bypasses:
        faults.append(either("可绕过行级安全", "bypasses row-level security"))
    if owned:
        faults.append(either(f"拥有 {len(owned)} 张表", f"owns {len(owned)} tables") + f" ({', '.join(owned[:3])} …)")
    return _graded(
        check,
        bool(faults),
        f"{role} " + either("，", ", ").join(faults) if faults else role,
        either(
            "这样区县之间不再隔离，积分记录也可被改动。请为 LONGWEN_DATABASE_URL 另建普通角色（CREATE ROLE … LOGIN）。",
            "Districts are not kept apart and the ledger can be changed. Make an ordinary role (CREATE ROLE … LOGIN)"
            " and name it in LONGWEN_DATABASE_URL.",
        ),
    )


def _owner_role(settings: Settings) -> Finding:
    check = either("属主角色", "owner role")
    try:
        address = owner_address(settings)
    except LongwenError as error:
        return Finding(check, Grade.ADVICE, either("未设置", "not set"), error.text(language()))
    try:
        with psycopg.connect(address, connect_timeout=5) as connection:
            return Finding(check, Grade.GOOD, connection.info.user)
    except psycopg.OperationalError as error:
        remedy = either("请检查 LONGWEN_OWNER_DATABASE_URL。", "Check LONGWEN_OWNER_DATABASE_URL.")
        return Finding(check, Grade.WRONG, str(error).strip(), remedy)


def _migrations(application: str) -> Finding:
    current, head = migrate.current(application), migrate.head()
    return _graded(
        either("数据库结构", "schema"),
        current != head,
        current or either("空库", "empty"),
        either(f"应为 {head}：请运行 longwen migrate。", f"It should be {head}: run longwen migrate."),
    )


def _drift(connection: psycopg.Connection[Any]) -> Finding:
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    drift = abs((SystemClock().now() - row[0]).total_seconds()) if row is not None else 0.0
    return _graded(
        either("时钟", "clock"),
        drift > DRIFT_SECONDS_MAX,
        either(f"与数据库相差 {drift:.1f} 秒", f"{drift:.1f} s from the database's"),
        either("请为两台机器启用时间同步（NTP）。", "Keep both machines' time by NTP."),
    )


def _tools(major: int) -> Finding:
    known = backup.list_tools()
    found = ", ".join(f"{tools.major} ({tools.directory})" for tools in known) or either("没有", "none")
    return _graded(
        "pg_dump",
        not any(tools.major >= major for tools in known),
        found,
        either(
            f"备份需要 {major} 或更新版本：apt install postgresql-client。",
            f"Backups need version {major} or newer: apt install postgresql-client.",
        ),
        Grade.ADVICE,
    )


def _secret(settings: Settings) -> Finding:
    check = either("密钥", "secret key")
    try:
        secret_of(settings)
    except LongwenError as error:
        return Finding(check, Grade.WRONG, error.text(language()))
    file = settings.secret_key_file
    if settings.secret_key is None and file is not None and file.stat().st_mode & 0o077:
        return Finding(
            check,
            Grade.ADVICE,
            str(file),
            either(f"他人可读：chmod 600 {file}", f"Others can read it: chmod 600 {file}"),
        )
    return Finding(check, Grade.GOOD, either("已设置", "set"))


def _working_days() -> Finding:
    """The next year's days off are announced early in November."""
    today = business_day(SystemClock().now(), schedule.TIME_ZONE)
    years = [today.year, today.year + 1] if today.month >= 11 else [today.year]
    unknown = ", ".join(str(year) for year in years if not announced(year))
    return _graded(
        either("工作日历", "working days"),
        bool(unknown),
        either(f"没有 {unknown} 年的安排", f"nothing known of {unknown}") if unknown else ", ".join(map(str, years)),
        either(
            "期限暂按周一至周五计，不含放假与调休；请升级，或用 longwen calendar set 录入。",
            "Deadlines are counted by weekdays alone; upgrade, or enter the days with longwen calendar set.",
        ),
        Grade.ADVICE,
    )


def _rule_books(settings: Settings) -> Finding:
    check = either("评分细则", "rule books")
    folders = book_folders(settings.rules)
    if not folders:
        remedy = either("请用 LONGWEN_RULES 指明细则目录。", "Name their folder in LONGWEN_RULES.")
        return Finding(check, Grade.WRONG, f"{settings.rules.absolute()}: {either('没有', 'none')}", remedy)
    loaded = []
    for folder in folders:
        try:
            book = load_book(folder)
        except LongwenError as error:
            return Finding(check, Grade.WRONG, f"{folder}: {error.text(language())}", "longwen rules check")
        loaded.append(f"{book.code} ({', '.join(one.edition.code for one in book.editions)})")
    return Finding(check, Grade.GOOD, ", ".join(loaded))
