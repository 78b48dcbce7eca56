"""Backup and restore with PostgreSQL's own tools: one file in pg_dump's custom format, written as the owner."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy.engine import make_url

from app.kit.errors import ErrorKind, LongwenError
from app.kit.postgres_binaries import BinariesMissing, find_binaries

_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_CLIENT_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/libpq/bin",
    "usr/local/opt/libpq/bin",
)
_TAIL_LINES = 12
_SCRATCH = "longwen_scratch_"

_RELATIONS = """
    SELECT count(*) FROM pg_catalog.pg_class AS relation
    JOIN pg_catalog.pg_namespace AS space ON space.oid = relation.relnamespace
    WHERE relation.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      AND space.nspname <> 'information_schema' AND space.nspname NOT LIKE 'pg\\_%'
      AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS part
        WHERE part.classid = 'pg_class'::regclass AND part.objid = relation.oid AND part.deptype = 'e')
"""


class ToolsMissing(LongwenError):
    """No pg_dump or pg_restore that is new enough for the server."""

    kind = ErrorKind.UNAVAILABLE
    code = "postgres_tools_missing"
    zh = (
        "没有找到可用于 PostgreSQL {major} 的 {program}（已找到：{found}）。"
        "请安装 {major} 或更新版本的 PostgreSQL 客户端（Debian/Ubuntu：apt install postgresql-client）。"
    )
    en = (
        "There is no {program} for PostgreSQL {major} (found: {found}). Install the client programs of that version"
        " or a newer one (Debian, Ubuntu: apt install postgresql-client)."
    )


class BackupFileExists(LongwenError):
    """The file is there already; a backup is not overwritten by accident."""

    kind = ErrorKind.CONFLICT
    code = "backup_exists"
    zh = "文件 {file} 已存在，未覆盖。请换一个文件名，或加 --force。"
    en = "{file} exists and was not overwritten. Choose another name, or add --force."


class BackupFolderMissing(LongwenError):
    """The folder that the backup should go to is not there or cannot be written."""

    code = "backup_folder"
    zh = "无法写入 {folder}：{cause}。请先建好该文件夹并确认有写入权限。"
    en = "Cannot write into {folder}: {cause}. Make the folder first, and see that you may write there."


class NotABackup(LongwenError):
    """The file is not one of pg_dump's archives, or is damaged."""

    code = "not_a_backup"
    zh = "{file} 不是可用的备份文件：{tail}"
    en = "{file} is not a usable backup: {tail}"


class DatabaseNotEmpty(LongwenError):
    """There is something in the database; restoring over it could mix two histories."""

    kind = ErrorKind.CONFLICT
    code = "database_not_empty"
    zh = "目标数据库“{database}”不是空库（已有 {count} 个表等对象），未做任何改动。请另建一个空库再恢复。"
    en = (
        "The database {database} is not empty ({count} tables and the like); nothing was changed."
        " Restore into an empty one."
    )


class ToolFailed(LongwenError):
    """PostgreSQL's program failed; the database is as it was."""

    kind = ErrorKind.UNAVAILABLE
    code = "postgres_tool_failed"
    zh = "{program} 失败，数据库未改动，未留下文件。其最后输出：\n{tail}"
    en = "{program} failed; the database is as it was, and no file was left. Its last words:\n{tail}"


class ScratchRefused(LongwenError):
    """The owner may not make the scratch database that a trial restore needs."""

    kind = ErrorKind.UNAVAILABLE
    code = "scratch_refused"
    zh = "属主角色 {owner} 无权新建临时库。请由数据库管理员执行：ALTER ROLE {owner} CREATEDB，然后重试。"
    en = "The owner {owner} may not create a scratch database. Let the administrator run: ALTER ROLE {owner} CREATEDB"


@dataclass(frozen=True)
class Tools:
    """A folder with pg_dump and pg_restore, and their major version."""

    directory: Path
    major: int


def list_tools() -> list[Tools]:
    """The client programs of the package and of the machine, oldest version first."""
    folders: list[Path] = []
    with suppress(BinariesMissing):  # a container has the client programs only
        folders.append(find_binaries().directory)
    if (found := shutil.which("pg_dump")) is not None:
        folders.append(Path(found).parent)
    folders += [folder for pattern in _CLIENT_FOLDERS for folder in Path("/").glob(pattern)]
    majors = {folder: _major_of(folder) for folder in dict.fromkeys(folders)}
    return sorted((Tools(folder, major) for folder, major in majors.items() if major), key=lambda tools: tools.major)


def server_major(address: str) -> int:
    with psycopg.connect(address, connect_timeout=5) as connection:
        return connection.info.server_version // 10_000


def dump(owner_address: str, file: Path, *, force: bool = False) -> int:
    """Write the whole database to the file (mode 0600), which appears only when it is complete; its size in bytes.

    Raises BackupFileExists, BackupFolderMissing, ToolFailed, ToolsMissing.
    """
    if file.exists() and not force:
        raise BackupFileExists(file=file)
    major = server_major(owner_address)
    tools = next((tools for tools in list_tools() if tools.major >= major), None)
    if tools is None:
        raise _tools_missing("pg_dump", major)
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BackupFolderMissing(folder=file.parent, cause=error.strerror or error) from error
    try:
        # By name, not to standard output: only then does pg_dump go back and note where each table's data begins.
        _run(tools, "pg_dump", ["--format=custom", "--no-password", f"--file={part}"], owner_address)
        os.fsync(descriptor)
        part.replace(file)
    finally:
        os.close(descriptor)
        part.unlink(missing_ok=True)
    return file.stat().st_size


def restore(owner_address: str, file: Path) -> None:
    """Fill an empty database from the file, whole or not at all.

    What the file's tables grant is granted again, so the application's role must exist under the name that it had.
    Raises DatabaseNotEmpty, NotABackup, ToolFailed, ToolsMissing.
    """
    with psycopg.connect(owner_address, connect_timeout=5) as connection:
        major = connection.info.server_version // 10_000
        row = connection.execute(_RELATIONS).fetchone()
        if row is not None and row[0]:
            raise DatabaseNotEmpty(database=connection.info.dbname, count=row[0])
    # The newest reads the files of all others.
    tools = next(iter(reversed(list_tools())), None)
    if tools is None or tools.major < major:
        raise _tools_missing("pg_restore", major)
    check_file(file, tools)
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-password"]
    _run(tools, "pg_restore", [*options, str(file)], owner_address)
    with psycopg.connect(owner_address, connect_timeout=5, autocommit=True) as connection:
        connection.execute("ANALYZE")


def check_file(file: Path, tools: Tools) -> None:
    """Raise NotABackup unless the file is an archive that can be listed."""
    listed = subprocess.run(  # noqa: S603 - PostgreSQL's own program on a file that the operator names
        [tools.directory / "pg_restore", "--list", file], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if listed.returncode != 0:
        raise NotABackup(file=file, tail=_tail(listed.stderr))


@contextmanager
def scratch(owner_address: str) -> Iterator[str]:
    """The name of an empty database on the same server, dropped at the end."""
    name = _SCRATCH + secrets.token_hex(6)
    with psycopg.connect(owner_address, connect_timeout=5, autocommit=True) as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise ScratchRefused(owner=connection.info.user) from error
    try:
        yield name
    finally:
        with psycopg.connect(owner_address, connect_timeout=5, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def address_of(address: str, database: str) -> str:
    """The same server and role, another database."""
    return make_url(address).set(database=database).render_as_string(hide_password=False)


def _run(tools: Tools, program: str, arguments: Sequence[str], address: str) -> None:
    where: dict[str, Any] = dict(conninfo_to_dict(address))
    password = where.pop("password", None)
    environment = {**os.environ, "LC_ALL": "C"}
    if password is not None:
        environment["PGPASSWORD"] = str(password)  # an argument could be read by every user of the machine
    finished = subprocess.run(  # noqa: S603 - PostgreSQL's own program, with options of ours
        [tools.directory / program, "--dbname", make_conninfo(**where), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=environment,
        check=False,
    )
    if finished.returncode != 0:
        raise ToolFailed(program=program, tail=_tail(finished.stderr))


def _tail(output: bytes) -> str:
    return "\n".join(output.decode(errors="replace").strip().splitlines()[-_TAIL_LINES:])


def _major_of(folder: Path) -> int | None:
    programs = [folder / "pg_dump", folder / "pg_restore"]
    if not all(os.access(program, os.X_OK) for program in programs):
        return None
    try:
        said = subprocess.run([programs[0], "--version"], capture_output=True, timeout=30, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = _VERSION.search(said.stdout.decode(errors="replace"))
    return int(version[1]) if version else None


def _tools_missing(program: str, major: int) -> ToolsMissing:
    found = ", ".join(f"{tools.major} ({tools.directory})" for tools in list_tools()) or "–"
    return ToolsMissing(program=program, major=major, found=found)
