"""A PostgreSQL server of our own, from PostgreSQL's own programs: it starts and ends with the application.

One process owns the server: it holds a kernel lock (``flock``) beside the data directory, which can never be stale.
Any other process that asks for the same data attaches to the owner's server. Clients come in through a Unix socket in a
private folder (0700) and are trusted for that reason alone; there is no TCP port and no password.
"""

from __future__ import annotations

import fcntl
import functools
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from app.kit.postgres_binaries import (
    SOCKET_PORT,
    Account,
    Binaries,
    BinariesMissing,
    DataUnusable,
    DirectoryRefused,
    EmbeddedPostgresError,
    account_for,
    find_binaries,
    initdb_command,
    server_command,
    servers_of,
)

__all__ = ["Addresses", "Binaries", "BinariesMissing", "EmbeddedPostgresError", "find_binaries", "running"]

_RECORD = "postgres.address"  # where the socket is, for those who attach
_SOCKET_PATH_BYTES_MAX = 103  # macOS; Linux has 107
_LOG_BYTES_MAX = 10_000_000
_PAUSE_SECONDS = 0.02
_SILENCE_SECONDS_MAX = 30.0
_LEFTOVER_SECONDS_MAX = 120.0
_STOP_SECONDS_MAX = 60.0
_THERE_ELSE_CREATE = (
    ("SELECT FROM pg_roles WHERE rolname = 'longwen_owner'", "CREATE ROLE longwen_owner LOGIN CREATEDB CREATEROLE"),
    ("SELECT FROM pg_roles WHERE rolname = 'longwen_app'", "CREATE ROLE longwen_app LOGIN"),
    ("SELECT FROM pg_database WHERE datname = 'longwen'", "CREATE DATABASE longwen OWNER longwen_owner"),
)


class NotInMainThread(EmbeddedPostgresError):
    """The embedded server must be started from the main thread: the kernel ends it with the thread that started it.

    Enter ``running`` in the main thread, before the application starts its own threads.
    """


class ServerFailed(EmbeddedPostgresError):
    """{program} failed for {cluster} (exit status {status}). Its last words:
    {tail}

    The log: {log}. Correct what it names and start again.
    """


class ServerSilent(EmbeddedPostgresError):
    """Another process owns the database in {data}, but its server has not answered for {seconds:.0f} seconds: {cause}.

    Look at {log}; stop the process that owns the database and start again.
    """


class StillInUse(EmbeddedPostgresError):
    """A PostgreSQL server that this application does not own is at work in {cluster} (process {processes}).

    If it is ending, start again a little later; if somebody started it by hand, stop it (pg_ctl stop -D {quoted}).
    """


@dataclass(frozen=True)
class Addresses:
    """libpq URLs of one server; the port is given, so that PGPORT in the environment changes nothing."""

    admin_url: str  # superuser, database "postgres"
    owner_url: str  # owns database "longwen", makes its tables
    application_url: str  # no rights of its own


@contextmanager
def running(
    data: Path, *, binaries: Binaries | None = None, durable: bool = True, template: Path | None = None
) -> Iterator[Addresses]:
    """Own (or attach to) the server whose data directory is ``data/postgres``, making it at the first start.

    The owner must enter from its main thread; its server ends when the block does or the process dies, and with it the
    service of those who attached. ``durable=False`` risks the data for speed, for tests. ``template`` is the data
    directory of a stopped server, copied at the first start. Crash recovery is waited for without limit.

    Raises BinariesMissing, DataUnusable, DirectoryRefused, NotInMainThread, OtherMajorVersion, RootRefused,
    ServerFailed, ServerSilent or StillInUse.
    """
    data = _made(data)
    with _lock_file(data) as lock:
        addresses = _attach_or_own(data, lock)
        if addresses is not None:
            yield addresses
            return
        with _owned(data, binaries or find_binaries(), durable=durable, template=template) as addresses:
            yield addresses


@contextmanager
def _owned(data: Path, binaries: Binaries, *, durable: bool, template: Path | None) -> Iterator[Addresses]:
    if threading.current_thread() is not threading.main_thread():
        raise NotInMainThread
    cluster = data / "postgres"
    account = account_for(data, cluster, binaries)
    _clear_away(data, cluster)
    if not (cluster / "PG_VERSION").exists():
        _create(cluster, binaries, account, durable=durable, template=template)
    binaries.check_reads(cluster)
    cluster.chmod(0o700)  # the server refuses a directory that others can read
    account.own(cluster)  # root may have made it where it had another way to serve it
    # Under the lock, and with no server left in the directory, this file is stale whatever process it names.
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    socket = _private_socket_directory(data, account)
    addresses = _addresses(socket)
    owner = os.getpid()
    server = _start(cluster, socket, binaries, account, durable=durable)
    try:
        with server.first_connection(addresses) as connection:
            for is_there, create in _THERE_ELSE_CREATE:
                if connection.execute(is_there).fetchone() is None:
                    connection.execute(create)
        _record(data, socket)
        yield addresses
    finally:
        # A process forked inside the block leaves it too, and must not take the server with it.
        if os.getpid() == owner:
            (data / _RECORD).unlink(missing_ok=True)
            server.stop()
            shutil.rmtree(socket, ignore_errors=True)


# Who owns the server.


def _made(data: Path) -> Path:
    data = data.absolute()
    try:
        missing = [folder for folder in (data, *data.parents) if not folder.exists()]
        data.mkdir(parents=True, exist_ok=True)
        if missing and os.geteuid() == 0:
            # In the home of a user, root makes what that user can use and remove.
            above = missing[-1].parent.stat()
            if above.st_uid != 0 and any(user.pw_uid == above.st_uid for user in pwd.getpwall()):
                for folder in missing:
                    os.chown(folder, above.st_uid, above.st_gid)
    except OSError as error:
        raise DirectoryRefused(data=data, cause=error) from error
    return data.resolve()


_open_locks: set[int] = set()


@functools.cache
def _let_go_of_locks_in_forks() -> None:
    # A forked worker that outlives its owner would else hold the lock of a server that has ended.
    def let_go() -> None:
        while _open_locks:
            os.close(_open_locks.pop())

    os.register_at_fork(after_in_child=let_go)


@contextmanager
def _lock_file(data: Path) -> Iterator[int]:
    _let_go_of_locks_in_forks()
    try:
        lock = _open_private(data / "postgres.lock", os.O_RDWR)
    except OSError as error:
        raise DirectoryRefused(data=data, cause=error) from error
    _open_locks.add(lock)
    try:
        yield lock
    finally:
        if lock in _open_locks:
            _open_locks.remove(lock)
            os.close(lock)


def _open_private(path: Path, flags: int) -> int:
    """A file that belongs to the owner of its folder, even where root makes it: the owner may come next."""
    descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(descriptor, folder.st_uid, folder.st_gid)
    return descriptor


def _attach_or_own(data: Path, lock: int) -> Addresses | None:
    """The addresses of the server that another process owns; None when this process now holds the lock."""
    silent_since = time.monotonic()
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return None
        socket = _recorded_socket(data)
        if socket is None:
            # The owner is still starting, however long its recovery takes, or is leaving.
            silent_since = time.monotonic()
        else:
            addresses = _addresses(socket)
            trouble = _trouble_with(addresses.admin_url)
            if trouble is None or _is_final(trouble):
                return addresses
            if time.monotonic() - silent_since > _SILENCE_SECONDS_MAX:
                log = data / "postgres.log"
                raise ServerSilent(data=data, seconds=_SILENCE_SECONDS_MAX, cause=trouble, log=log) from trouble
        time.sleep(_PAUSE_SECONDS)


def _record(data: Path, socket: Path) -> None:
    new = data / f"{_RECORD}.new"  # renamed when whole, since others read it at any time
    new.write_bytes(os.fsencode(socket))
    new.replace(data / _RECORD)


def _recorded_socket(data: Path) -> Path | None:
    try:
        return Path(os.fsdecode((data / _RECORD).read_bytes()))
    except FileNotFoundError:
        return None


# What an earlier owner may have left.


def _clear_away(data: Path, cluster: Path) -> None:
    deadline = time.monotonic() + _LEFTOVER_SECONDS_MAX
    while servers := servers_of(cluster):
        if sys.platform != "linux":
            # Nothing ended this one when its application died. The lock says that nobody owns it.
            for server in servers:
                os.kill(server, signal.SIGINT)
        if time.monotonic() > deadline:
            raise StillInUse(cluster=cluster, quoted=shlex.quote(str(cluster)), processes=", ".join(map(str, servers)))
        time.sleep(_PAUSE_SECONDS)
    socket = _recorded_socket(data)
    if socket is not None and socket.name.startswith("longwen-"):
        shutil.rmtree(socket, ignore_errors=True)
    (data / _RECORD).unlink(missing_ok=True)
    for half_made in data.glob("postgres.new-*"):
        shutil.rmtree(half_made, ignore_errors=True)


# The data directory.


def _create(cluster: Path, binaries: Binaries, account: Account, *, durable: bool, template: Path | None) -> None:
    """Made beside its place and then renamed, so that an interruption never leaves half a data directory."""
    if cluster.exists() and any(cluster.iterdir()):
        raise DataUnusable(directory=cluster, cause="it has files in it, but no PG_VERSION")
    new = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=cluster.parent))
    try:
        if template is None:
            account.own(new)
            status, output = account.finish(initdb_command(binaries, new, durable=durable))
            if status != 0:
                raise ServerFailed(program="initdb", cluster=cluster, status=status, tail=output.strip(), log="above")
        else:
            if (template / "postmaster.pid").exists():
                raise DataUnusable(directory=template, cause="its server was not stopped, so a copy would be broken")
            binaries.check_reads(template)
            shutil.copytree(template, new, symlinks=True, dirs_exist_ok=True)
            account.own(new)
        new.rename(cluster)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    if durable:
        os.sync()  # the rename too, and what was copied


# The server.


def _private_socket_directory(data: Path, account: Account) -> Path:
    """Never a shared folder: who reaches the socket is trusted."""
    inside = data / "postgres.socket"
    if _can_hold_socket(inside):
        shutil.rmtree(inside, ignore_errors=True)  # with the socket and the lock file of a server that was killed
        inside.mkdir(mode=0o700)
        directory = inside
    else:
        temporary = Path(tempfile.gettempdir()).resolve()
        fits = _can_hold_socket(temporary / "longwen-12345678")
        place = temporary if fits else Path("/tmp")  # noqa: S108 - mkdtemp makes it private
        directory = Path(tempfile.mkdtemp(prefix="longwen-", dir=place))
    account.own(directory)
    return directory


def _can_hold_socket(directory: Path) -> bool:
    # A comma would separate two folders, for the server as for libpq.
    path = os.fsencode(directory / f".s.PGSQL.{SOCKET_PORT}")
    return len(path) <= _SOCKET_PATH_BYTES_MAX and b"," not in path and b'"' not in path


def _addresses(socket: Path) -> Addresses:
    at = f"?port={SOCKET_PORT}&host={quote(os.fsencode(socket))}"
    return Addresses(
        admin_url=f"postgresql://longwen_admin@/postgres{at}",
        owner_url=f"postgresql://longwen_owner@/longwen{at}",
        application_url=f"postgresql://longwen_app@/longwen{at}",
    )


def _start(cluster: Path, socket: Path, binaries: Binaries, account: Account, *, durable: bool) -> _Server:
    path = cluster.parent / "postgres.log"
    log = _open_private(path, os.O_WRONLY | os.O_APPEND)
    try:
        if os.fstat(log).st_size > _LOG_BYTES_MAX:
            os.truncate(log, 0)
        log_start = os.fstat(log).st_size
        process = account.spawn(server_command(binaries, cluster, socket, durable=durable), signal.SIGINT, log)
    finally:
        os.close(log)
    return _Server(process=process, cluster=cluster, log=path, log_start=log_start)


@dataclass(frozen=True)
class _Server:
    process: subprocess.Popen[bytes]
    cluster: Path
    log: Path
    log_start: int  # where the words of this start begin

    def first_connection(self, addresses: Addresses) -> psycopg.Connection:
        """Recovery after a crash takes as long as it takes; then a connection must succeed."""
        while not self._says_ready():
            if self.process.poll() is not None:
                raise self._failure("")
            time.sleep(_PAUSE_SECONDS)
        try:
            return psycopg.connect(addresses.admin_url, autocommit=True)
        except psycopg.OperationalError as error:
            raise self._failure(str(error)) from error

    def _says_ready(self) -> bool:
        with suppress(OSError):
            lines = (self.cluster / "postmaster.pid").read_text(errors="replace").splitlines()
            return [line.strip() for line in lines[7:8]] == ["ready"]
        return False

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)  # ends the clients' sessions, loses nothing
        try:
            self.process.wait(_STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)  # the next start recovers
            self.process.wait()

    def _failure(self, refusal: str) -> ServerFailed:
        with self.log.open("rb") as log:
            log.seek(self.log_start)
            lines = log.read().decode(errors="replace").splitlines()
        return ServerFailed(
            program="postgres",
            cluster=self.cluster,
            status=self.process.poll(),
            tail="\n".join([*lines[-20:], refusal]).strip(),
            log=self.log,
        )


def _trouble_with(url: str) -> psycopg.OperationalError | None:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError as error:
        return error
    return None


def _is_final(error: psycopg.OperationalError) -> bool:
    """Whether the server is up and refuses, rather than absent, starting, recovering or stopping."""
    return "FATAL:" in str(error) and "the database system is" not in str(error)
