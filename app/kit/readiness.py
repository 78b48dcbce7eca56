"""Whether a process may be sent requests: what is missing, in words."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Connection

from app.kit import migrate
from app.kit.db import Database
from app.kit.errors import ErrorKind, LongwenError


class NotReady(LongwenError):
    """The process lives, but should be sent no requests yet."""

    kind = ErrorKind.UNAVAILABLE
    code = "not_ready"
    zh = "系统尚未就绪：{reasons}"
    en = "Not ready: {reasons}"

    def __init__(self, reasons: list[LongwenError]) -> None:
        self.reasons = reasons
        super().__init__(reasons="")

    def text(self, language: str) -> str:
        reasons = " ".join(reason.text(language) for reason in self.reasons)
        return (self.zh if language.startswith("zh") else self.en).format(reasons=reasons)


class DatabaseSilent(LongwenError):
    """No connection, no free connection, or no answer in time."""

    kind = ErrorKind.UNAVAILABLE
    code = "database_silent"
    zh = "数据库没有应答，请检查数据库服务及 LONGWEN_DATABASE_URL。"
    en = "The database does not answer. Check its server and LONGWEN_DATABASE_URL."


class WrongMigration(LongwenError):
    """The database's schema is not that of this version."""

    kind = ErrorKind.UNAVAILABLE
    code = "wrong_migration"
    zh = "数据库结构版本为 {found}，本程序需要 {wanted}，请执行 longwen migrate。"
    en = "The database is at migration {found}, this version needs {wanted}. Run: longwen migrate."


def ready(database: Database) -> list[LongwenError]:
    """Every reason why not; none: ready. Costs one connection and two small queries (about a millisecond)."""
    try:
        found = database.run(_revision, None)
    except LongwenError:
        return [DatabaseSilent()]
    wanted = _head()
    return [] if found == wanted else [WrongMigration(found=found or "-", wanted=wanted)]


def _revision(connection: Connection) -> str | None:
    return migrate.revision_of(connection)


@cache
def _head() -> str:
    # Reading the folder of migrations takes some ten milliseconds, and it cannot change under a running process.
    return migrate.head()
