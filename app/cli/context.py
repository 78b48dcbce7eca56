"""What a command works with: the settings, the database (its own server if none is named), the clock, one district."""

from __future__ import annotations

import os
import pwd
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import psycopg
from pydantic import SecretStr
from sqlalchemy import Connection

from app.auth import service as auth
from app.auth import service_access
from app.auth.core import Actor
from app.auth.core_access import Access, Action, ObjectKind
from app.auth.core_districts import District
from app.kit import migrate
from app.kit.ciphers import AesFieldCipher
from app.kit.clock import Clock, SystemClock
from app.kit.db import Database
from app.kit.db import opened as opened_database
from app.kit.embedded import running
from app.kit.errors import ErrorKind, LongwenError
from app.kit.ids import new_id
from app.kit.settings import Settings

KEY_CHARACTERS_MIN = 32


class DatabaseUnreachable(LongwenError):
    """Nobody answers at the address, or refuses us."""

    kind = ErrorKind.UNAVAILABLE
    code = "database_unreachable"
    zh = "无法连接数据库：{cause}\n请检查 {variable}，或运行 longwen doctor。"
    en = "The database cannot be reached: {cause}\nCheck {variable}, or run longwen doctor."


class OwnerAddressMissing(LongwenError):
    """The command works as the database's owner, whose address was not given."""

    code = "owner_address_missing"
    zh = "此命令需要以属主角色连接数据库。请设置 LONGWEN_OWNER_DATABASE_URL。"
    en = "This command connects as the database's owner. Set LONGWEN_OWNER_DATABASE_URL."


class MigrationsMissing(LongwenError):
    """The database does not have this version's schema."""

    kind = ErrorKind.UNAVAILABLE
    code = "migrations_missing"
    zh = "数据库结构不是本版本的（现为 {current}，应为 {head}）。请先运行 longwen migrate。"
    en = "The database is not at this version's schema (it is at {current}, not {head}). Run longwen migrate first."


class SecretKeyMissing(LongwenError):
    """Personal data is encrypted with a key that the operator keeps; none was given."""

    code = "secret_key_missing"
    zh = (
        "没有设置密钥。请设置 LONGWEN_SECRET_KEY 或 LONGWEN_SECRET_KEY_FILE（至少 32 个字符，"
        "可用 openssl rand -base64 48 生成），并另行妥善保管：丢失后已加密的个人信息无法恢复。"
    )
    en = (
        "There is no secret key. Set LONGWEN_SECRET_KEY or LONGWEN_SECRET_KEY_FILE (at least 32 characters; make one"
        " with openssl rand -base64 48) and keep it safe elsewhere too: without it encrypted personal data is lost."
    )


class SecretKeyUnusable(LongwenError):
    """The key is too short, or its file cannot be read."""

    code = "secret_key_unusable"
    zh = "密钥不可用（{where}）：{cause}"
    en = "The secret key is not usable ({where}): {cause}"


class NoDistrict(LongwenError):
    """There is no district yet."""

    kind = ErrorKind.MISSING
    code = "no_district"
    zh = "还没有区县。请先新建：longwen district create CODE 名称"
    en = "There is no district yet. Create one: longwen district create CODE NAME"


class DistrictUnknown(LongwenError):
    """No district has this code."""

    kind = ErrorKind.MISSING
    code = "district_unknown"
    zh = "没有代码为 {district} 的区县。现有：{known}"
    en = "No district has the code {district}. There are: {known}"


class DistrictUnclear(LongwenError):
    """Several districts, and the command was not told which."""

    code = "district_unclear"
    zh = "库中有多个区县，请用 --district 指定其一：{known}"
    en = "There are several districts; choose one with --district: {known}"


@dataclass(frozen=True)
class Context:
    """A database at work under the application's role, and the district that the command is about."""

    settings: Settings
    database: Database
    clock: Clock
    district: District

    @property
    def owner_address(self) -> str:
        return owner_address(self.settings)

    @cached_property
    def cipher(self) -> AesFieldCipher:
        """SecretKeyMissing or SecretKeyUnusable if there is no good key."""
        return AesFieldCipher.from_secret(secret_of(self.settings))

    def actor(self) -> Actor:
        """The service itself, now: an operator at the command line may do everything inside the district."""
        return operating(self.district, self.clock)


def operating(district: District, clock: Clock) -> Actor:
    """The service itself at the hands of whoever sits at the command line, by the name that the system knows."""
    return Actor.service(district.id, clock.now(), district.time_zone, operator=_operator())


def note(
    connection: Connection, actor: Actor, action: Action, kind: ObjectKind, what: str, reason: str | None = None
) -> None:
    """Write into the access log what the operator does, in its transaction."""
    access = Access(action, kind, what, actor.district_id.hex, f"cli-{new_id()}", reason)
    service_access.write_down(connection, actor, access)


def note_everywhere(settings: Settings, action: Action, what: str) -> bool:
    """Write into every district's access log what is done to the database as a whole.

    False where it is not at this version's schema, whose log cannot be written.
    """
    if migrate.current(owner_address(settings)) != migrate.head():
        return False
    with opened_database(owner_address(settings), settings) as database:
        for district in database.run(auth.list_districts, None):
            work = partial(
                note, actor=operating(district, SystemClock()), action=action, kind=ObjectKind.DATABASE, what=what
            )
            database.run(work, district.id)
    return True


def _operator() -> str:
    """The user of the process; where somebody became that user by sudo, who they were."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    before = os.environ.get("SUDO_USER")
    return name if before in (None, name) else f"{name} (sudo: {before})"


@contextmanager
def served(settings: Settings | None = None, *, as_owner: bool = False) -> Iterator[Settings]:
    """Settings that name a database which answers: the one that the operator named, else the embedded server.

    ``as_owner``: it is asked as the owner, since the application's role may not exist yet.
    """
    settings = settings or Settings()
    if settings.database_url is not None:
        if as_owner:
            _reach(owner_address(settings), "LONGWEN_OWNER_DATABASE_URL")
        else:
            _reach(settings.database_url, "LONGWEN_DATABASE_URL")
        yield settings
        return
    with running(settings.data) as addresses:
        yield settings.model_copy(
            update={
                "database_url": addresses.application_url,
                "owner_database_url": addresses.owner_url,
                "secret_key_file": settings.secret_key_file or _own_key_file(settings.data.absolute()),
            }
        )


@contextmanager
def connected(settings: Settings | None = None) -> Iterator[tuple[Settings, Database]]:
    """The database under the application's role, at this version's schema."""
    with served(settings) as found:
        address = application_address(found)
        require_migrations(address)
        with opened_database(address, found) as database:
            yield found, database


@contextmanager
def opened(settings: Settings | None = None, district: str | None = None) -> Iterator[Context]:
    """The same with a district: the one of the code, or the only one."""
    with connected(settings) as (found, database):
        yield Context(found, database, SystemClock(), find_district(database, district))


def find_district(database: Database, code: str | None) -> District:
    """NoDistrict, DistrictUnknown or DistrictUnclear if it is not one."""
    districts = database.run(auth.list_districts, None)
    known = ", ".join(district.code for district in districts)
    if not districts:
        raise NoDistrict
    if code is None:
        if len(districts) > 1:
            raise DistrictUnclear(known=known)
        return districts[0]
    for district in districts:
        if district.code == code:
            return district
    raise DistrictUnknown(district=code, known=known)


def application_address(settings: Settings) -> str:
    if settings.database_url is None:
        raise AssertionError("served() gives an address")
    return settings.database_url


def owner_address(settings: Settings) -> str:
    """OwnerAddressMissing if the operator named only the application's."""
    if settings.owner_database_url is None:
        raise OwnerAddressMissing
    return settings.owner_database_url


def require_migrations(address: str) -> None:
    current, head = migrate.current(address), migrate.head()
    if current != head:
        raise MigrationsMissing(current=current or "–", head=head)


def secret_of(settings: Settings) -> str:
    """The secret key, from the setting or its file."""
    if settings.secret_key is not None:
        secret, where = settings.secret_key.get_secret_value(), "LONGWEN_SECRET_KEY"
    elif settings.secret_key_file is not None:
        where = str(settings.secret_key_file)
        try:
            secret = settings.secret_key_file.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SecretKeyUnusable(where=where, cause=error) from error
    else:
        raise SecretKeyMissing
    if len(secret) < KEY_CHARACTERS_MIN:
        raise SecretKeyUnusable(where=where, cause=f"{len(secret)} < {KEY_CHARACTERS_MIN}")
    return secret


def with_secret(settings: Settings) -> Settings:
    """The same settings with the key itself in them, for who must not read files."""
    return settings.model_copy(update={"secret_key": SecretStr(secret_of(settings))})


def _own_key_file(data: Path) -> Path:
    """The key of an embedded database: made once, readable by its owner only."""
    file = data / "secret.key"
    if not file.exists():
        new = data / f"secret.key.{os.getpid()}"
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as output:
            output.write(secrets.token_urlsafe(48) + "\n")
            output.flush()
            os.fsync(descriptor)
        try:
            os.link(new, file)  # never over a key that another process made meanwhile
        except FileExistsError:
            pass
        finally:
            new.unlink()
    return file


def _reach(address: str, variable: str) -> None:
    try:
        psycopg.connect(address, connect_timeout=5).close()
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        raise DatabaseUnreachable(cause=str(error).strip(), variable=variable) from error
