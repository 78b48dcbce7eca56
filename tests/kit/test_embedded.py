"""The embedded server, with real processes: each way in which such a server is known to fail, and what happens here."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from app.kit import embedded, postgres_binaries
from app.kit.embedded import Addresses, find_binaries, running
from app.kit.postgres_binaries import (
    DataUnusable,
    DirectoryRefused,
    OtherMajorVersion,
    RootRefused,
    account_for,
    machine_binaries,
    server_command,
    servers_of,
)

PROJECT = Path(__file__).parents[2]
IS_ROOT = os.geteuid() == 0
NOBODY = 65534

# An application of its own: it says where its server is, and goes on until its input ends.
APPLICATION = """
import os, signal, sys
from pathlib import Path
import psycopg
from app.kit.embedded import running

def served():
    template = Path(sys.argv[2]) if sys.argv[2] else None
    return running(Path(sys.argv[1]), durable="durable" in sys.argv, template=template)

def say(word):
    print(word, flush=True)
"""
SERVES = "with served() as addresses:\n    say(addresses.admin_url)\n    sys.stdin.read()\n"


def until(condition: Callable[[], object], claim: str, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {claim}"
        time.sleep(0.01)


@contextmanager
def application(
    data: Path, template: Path | str, source: str = SERVES, durable: str = ""
) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", APPLICATION + source, str(data), str(template), durable]
    with subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()
    if process.returncode == -signal.SIGKILL and not is_locked(data):
        until(lambda: not servers_of(data / "postgres"), "the server has ended with its application")


def is_locked(data: Path) -> bool:
    with (data / "postgres.lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


def ask(url: str, query: LiteralString) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def socket_directory(addresses: Addresses) -> Path:
    return Path(str(psycopg.conninfo.conninfo_to_dict(addresses.admin_url)["host"]))


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    with folder() as place:
        with running(place, durable=False):
            pass
        yield place / "postgres"


@contextmanager
def folder() -> Iterator[Path]:
    """With a short name, and on a way that is open to every user, unlike pytest's own."""
    place = Path(tempfile.mkdtemp(prefix="lw"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def place() -> Iterator[Path]:
    with folder() as place:
        yield place


@pytest.fixture
def data(place: Path) -> Path:
    return place / ".longwen"


def others_reach(path: Path) -> bool:
    return all(above.stat().st_mode & stat.S_IXOTH for above in path.parents)


HAS_NAMESPACES = (
    shutil.which("unshare") is not None
    and subprocess.run(["unshare", *postgres_binaries._NAMESPACE, "true"], check=False).returncode == 0
)
programs_in_reach = pytest.mark.skipif(
    IS_ROOT and not others_reach(find_binaries().program("postgres")),
    reason="PostgreSQL's programs lie where only root reaches them",
)


# What it is for.


def test_the_first_start_makes_the_roles_and_the_database(data: Path) -> None:
    with running(data) as addresses:
        rights = "SELECT array[rolsuper, rolcreatedb, rolcreaterole] FROM pg_roles WHERE rolname = current_user"
        assert ask(addresses.admin_url, "SELECT current_database()") == "postgres"
        assert ask(addresses.owner_url, "SELECT current_database()") == "longwen"
        assert ask(addresses.admin_url, rights) == [True, True, True]
        assert ask(addresses.owner_url, rights) == [False, True, True]
        assert ask(addresses.application_url, rights) == [False, False, False]
        assert ask(addresses.owner_url, "CREATE TABLE made (a int)") is None
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(addresses.application_url, "CREATE TABLE refused (a int)")
        assert ask(addresses.admin_url, "SHOW timezone") == "UTC"
        assert ask(addresses.admin_url, "SHOW fsync") == "on"
        assert ask(addresses.admin_url, "SHOW listen_addresses") == ""
        # The builtin locale: the order of strings is the same on every machine.
        assert ask(addresses.admin_url, "SELECT count(*) FROM pg_database WHERE datcollate <> 'C'") == 0


def test_a_role_that_was_dropped_is_there_again_at_the_next_start(data: Path, template: Path) -> None:
    with running(data, durable=False, template=template) as addresses:
        assert ask(addresses.admin_url, "SHOW fsync") == "off"
        ask(addresses.admin_url, "DROP ROLE longwen_app")
    with running(data, durable=False) as addresses:
        assert ask(addresses.application_url, "SELECT current_user") == "longwen_app"


def test_a_second_process_attaches_and_leaves_without_stopping_the_server(data: Path, template: Path) -> None:
    with running(data, durable=False, template=template) as addresses:
        ask(addresses.owner_url, "CREATE TABLE mark AS SELECT 7 AS number")
        source = (
            "with served() as a:\n    say(a)\n    say(psycopg.connect(a.owner_url).execute('TABLE mark').fetchone())"
        )
        with application(data, "", source) as second:
            assert said(second) == str(addresses)
            assert said(second) == "(7,)"
            assert second.wait() == 0
        assert ask(addresses.owner_url, "TABLE mark") == 7
    assert servers_of(data / "postgres") == []


def test_who_starts_while_the_first_is_starting_waits_and_attaches(data: Path) -> None:
    with application(data, "") as first:
        until(lambda: list(data.glob("postgres.new-*")), "initdb has begun")
        with running(data, durable=False) as addresses:
            assert said(first) == addresses.admin_url
            assert ask(addresses.application_url, "SELECT 1") == 1


# How applications end.


def test_a_server_ends_when_its_application_is_killed(data: Path, template: Path) -> None:
    with application(data, template) as owner:
        said(owner)
        assert servers_of(data / "postgres")
        kill(owner)
        until(lambda: not servers_of(data / "postgres"), "the server has ended")
        assert not (data / "postgres" / "postmaster.pid").exists(), "it was asked to stop, not killed"


def test_after_a_kill_the_next_start_has_the_data_and_its_end_ends_the_server(data: Path, template: Path) -> None:
    with application(data, template) as owner:
        ask(said(owner), "CREATE TABLE kept AS SELECT 7 AS number")
        kill(owner)
        with running(data, durable=False) as addresses:
            assert ask(addresses.admin_url, "TABLE kept") == 7
    assert servers_of(data / "postgres") == []


def test_a_server_that_was_killed_itself_recovers(data: Path, template: Path) -> None:
    with application(data, template, durable="durable") as owner:
        ask(said(owner), "CREATE TABLE kept AS SELECT 7 AS number")
        os.kill(int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        kill(owner)
        with running(data) as addresses:
            assert ask(addresses.admin_url, "TABLE kept") == 7
    assert "was not properly shut down" in (data / "postgres.log").read_text()


def test_an_interrupted_first_start_leaves_nothing_half_made(data: Path) -> None:
    with application(data, "") as owner:
        until(lambda: list(data.glob("postgres.new-*/base")), "initdb is at work")
        kill(owner)
    assert not (data / "postgres").exists()
    with running(data, durable=False) as addresses:
        assert ask(addresses.application_url, "SELECT 1") == 1
    assert not list(data.glob("postgres.new-*"))


def test_ctrl_c_reaches_the_application_only(data: Path, template: Path) -> None:
    # Written past print's buffer: the signal may come while a line is being printed.
    source = "signal.signal(signal.SIGINT, lambda *_: os.write(1, b'interrupted\\n'))\n" + SERVES
    with application(data, template, source) as owner:
        url = said(owner)
        os.killpg(owner.pid, signal.SIGINT)  # what a terminal does
        assert said(owner) == "interrupted"
        assert ask(url, "SELECT 1") == 1
        owner.communicate()
        assert owner.returncode == 0
    assert servers_of(data / "postgres") == []


def test_a_forked_worker_that_outlives_its_application_blocks_no_start(data: Path, template: Path) -> None:
    source = "with served() as a:\n    worker = os.fork()\n    say(worker) if worker else 0\n    sys.stdin.read()\n"
    with application(data, template, source) as owner:
        worker = int(said(owner))
        kill(owner)
        with running(data, durable=False) as addresses:
            assert ask(addresses.admin_url, "SELECT 1") == 1
            os.kill(worker, 0)  # it is still there
        os.kill(worker, signal.SIGKILL)


def test_a_forked_worker_that_leaves_does_not_stop_the_server(data: Path, template: Path) -> None:
    source = """
with served() as a:
    worker = os.fork()
    if not worker:
        sys.exit(0)
    os.waitpid(worker, 0)
    say(psycopg.connect(a.admin_url).execute("SELECT 7").fetchone())
"""
    with application(data, template, source) as owner:
        assert said(owner) == "(7,)"


# What lies about.


def test_a_stale_pid_file_that_names_an_innocent_process_harms_nobody(data: Path, template: Path) -> None:
    with subprocess.Popen(["sleep", "600"]) as innocent:
        try:
            with running(data, durable=False, template=template):
                lines = (data / "postgres" / "postmaster.pid").read_text().splitlines()
            (data / "postgres" / "postmaster.pid").write_text("\n".join([str(innocent.pid), *lines[1:], ""]))
            with running(data, durable=False) as addresses:
                assert ask(addresses.admin_url, "SELECT 1") == 1
            assert innocent.poll() is None
        finally:
            innocent.kill()


@pytest.mark.parametrize("left", ["", "1", "12\n/some", "not a number\n"])
def test_a_truncated_pid_file_does_not_block_the_start(data: Path, template: Path, left: str) -> None:
    shutil.copytree(template, data / "postgres")
    (data / "postgres" / "postmaster.pid").write_text(left)
    (data / "postgres.socket").mkdir()
    (data / "postgres.socket" / ".s.PGSQL.5432.lock").write_text(left)
    (data / "postgres.address").write_text("/nowhere")
    with running(data, durable=False) as addresses:
        assert ask(addresses.admin_url, "SELECT 1") == 1


def test_a_server_started_by_hand_is_named_and_left_alone(
    data: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_LEFTOVER_SECONDS_MAX", 0.2)
    shutil.copytree(template, data / "postgres")
    socket = data / "by hand"
    socket.mkdir()
    account = account_for(data, data / "postgres", find_binaries())
    account.own(data)
    command = server_command(find_binaries(), data / "postgres", socket, durable=False)
    with account.spawn(command, signal.SIGINT, subprocess.DEVNULL) as server:
        until((socket / ".s.PGSQL.5432").exists, "it serves")
        with pytest.raises(embedded.StillInUse, match=rf"\b{server.pid}\b"), running(data):
            pass
        assert server.poll() is None
        server.send_signal(signal.SIGINT)


def test_servers_are_found_where_there_is_no_proc(data: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not Path("/bin/ps").exists():
        pytest.skip("this machine has no ps")
    with running(data, durable=False, template=template):
        monkeypatch.setattr(postgres_binaries, "_PROCESSES", data)
        process = int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        assert servers_of(data / "postgres") == [process]
        assert servers_of(data) == []


# Where it lies.


@pytest.mark.parametrize("name", ["a space", "龙文 区", "com,ma", "quo\"te's", "per%cent & co"])
def test_a_path_may_hold_any_character(place: Path, template: Path, name: str) -> None:
    with running(place / name / "data", durable=False, template=template) as addresses:
        assert ask(addresses.application_url, "SELECT 1") == 1
        assert mode(socket_directory(addresses)) == 0o700
    assert not socket_directory(addresses).exists()


def test_a_path_with_a_space_can_be_initialised(place: Path) -> None:
    with running(place / "a space", durable=False) as addresses:
        assert ask(addresses.application_url, "SELECT 1") == 1


def test_a_path_of_over_107_characters_keeps_its_socket_private(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = place / ("l" * 120)
    long.mkdir()
    monkeypatch.setenv("TMPDIR", str(long))
    monkeypatch.setattr(tempfile, "tempdir", None)
    with running(long / "data", durable=False) as addresses:
        assert ask(addresses.application_url, "SELECT 1") == 1
        directory = socket_directory(addresses)
        assert mode(directory) == 0o700
        assert directory.stat().st_uid == (long / "data" / "postgres").stat().st_uid
        assert len(os.fsencode(directory)) < 90
        with application(long / "data", "") as second:
            assert said(second) == addresses.admin_url
    assert not directory.exists()


def test_a_data_directory_open_to_others_is_closed_and_used(data: Path, template: Path) -> None:
    shutil.copytree(template, data / "postgres")
    (data / "postgres").chmod(0o755)
    with running(data, durable=False) as addresses:
        assert ask(addresses.application_url, "SELECT 1") == 1
        assert mode(data / "postgres") == 0o700


@pytest.mark.skipif(IS_ROOT and not HAS_NAMESPACES, reason="this kernel allows root no user namespaces")
def test_no_directory_above_is_opened_and_nobody_else_gets_in(place: Path) -> None:
    """As root too, where the server runs as somebody else."""
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    above = [closed, *closed.parents]
    before = [(path.stat().st_mode, path.stat().st_uid) for path in above]
    with running(closed / "deep" / "data", durable=False) as addresses:
        assert ask(addresses.application_url, "SELECT 1") == 1
        assert [(path.stat().st_mode, path.stat().st_uid) for path in above] == before
        assert mode(socket_directory(addresses)) == 0o700
        assert mode(closed / "deep" / "data" / "postgres") == 0o700
        assert mode(closed / "deep" / "data" / "postgres.log") == 0o600


def test_a_language_that_the_machine_does_not_know_is_no_matter(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANG", "LC_ALL", "LANGUAGE", "LC_MESSAGES"):
        monkeypatch.setenv(name, "xx_XX.nonsense")
    with running(data, durable=False) as addresses:
        assert ask(addresses.application_url, "SELECT '龙文区' < '中'") is False


def test_settings_for_other_servers_in_the_environment_are_no_matter(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGPORT": "1", "PGDATA": "/nowhere", "PGHOST": "nowhere", "PGUSER": "x"}.items():
        monkeypatch.setenv(name, value)
    with running(data, durable=False) as addresses:
        assert ask(addresses.application_url, "SELECT 1") == 1


def test_little_shared_memory_is_enough(data: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_binaries, "_SHARED_MEMORY_BYTES_MIN", 1 << 62)
    with running(data, durable=False, template=template) as addresses:
        assert ask(addresses.admin_url, "SHOW dynamic_shared_memory_type") == "mmap"


def test_a_long_log_is_begun_anew(data: Path, template: Path) -> None:
    data.mkdir()
    (data / "postgres.log").write_bytes(b"x" * 10_000_001)
    with running(data, durable=False, template=template):
        assert (data / "postgres.log").stat().st_size < 10_000


# As whom it runs.


@programs_in_reach
def test_an_ordinary_user_starts_and_stops_it(place: Path) -> None:
    data = place / "home" / "data"
    data.parent.mkdir(mode=0o700)
    become = ""
    if IS_ROOT:
        os.chown(data.parent, NOBODY, NOBODY)
        become = f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
    source = "    say(psycopg.connect(a.application_url).execute('SELECT current_user').fetchone())\n"
    with application(data, "", become + "with served() as a:\n" + source) as owner:
        assert said(owner) == "('longwen_app',)"
        assert owner.wait() == 0
    assert servers_of(data / "postgres") == []
    assert (data / "postgres").stat().st_uid == (NOBODY if IS_ROOT else os.geteuid())


@programs_in_reach
@pytest.mark.skipif(not IS_ROOT, reason="only root can act for others")
class TestRoot:
    def test_root_serves_the_directory_of_a_user_as_that_user(self, place: Path) -> None:
        home = place / "home"
        home.mkdir(mode=0o700)
        os.chown(home, NOBODY, NOBODY)
        with running(home / "data", durable=False) as addresses:
            assert ask(addresses.application_url, "SELECT 1") == 1
        assert {path.stat().st_uid for path in (home / "data").rglob("*")} == {NOBODY}

    @pytest.mark.parametrize("earlier", ["nothing", "a start in a namespace", "a copy by root"])
    def test_root_becomes_an_ordinary_user_where_there_are_no_namespaces(
        self, data: Path, template: Path, monkeypatch: pytest.MonkeyPatch, earlier: str
    ) -> None:
        monkeypatch.setattr(postgres_binaries, "_UNPRIVILEGED_USERS", ("nobody",))
        if earlier == "a start in a namespace":
            with running(data, durable=False, template=template):
                pass
        if earlier == "a copy by root":
            shutil.copytree(template, data / "postgres")
        monkeypatch.setattr(postgres_binaries, "_NAMESPACE", ("--no-such-option",))
        for _ in range(2):
            with running(data, durable=False) as addresses:
                assert ask(addresses.application_url, "SELECT 1") == 1
        assert {path.stat().st_uid for path in (data / "postgres").rglob("*")} == {NOBODY}

    def test_the_server_of_a_killed_root_ends_though_it_runs_as_another_user(self, place: Path, template: Path) -> None:
        data = place / "data"
        data.mkdir()
        os.chown(data, NOBODY, NOBODY)
        with application(data, template) as owner:
            said(owner)
            assert servers_of(data / "postgres")
            kill(owner)
            until(lambda: not servers_of(data / "postgres"), "the server has ended")

    def test_root_without_any_way_is_told_what_to_do(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(postgres_binaries, "_NAMESPACE", ("--no-such-option",))
        monkeypatch.setattr(postgres_binaries, "_UNPRIVILEGED_USERS", ())
        with pytest.raises(RootRefused, match=r"(?s)no-such-option.*ordinary user"), running(data):
            pass


# What is refused.


def test_data_of_another_major_version_is_refused_and_left_as_it_was(data: Path, template: Path) -> None:
    shutil.copytree(template, data / "postgres")
    (data / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(OtherMajorVersion, match=r"(?s)PostgreSQL 12.*pg_dump.*pg_restore"), running(data):
        pass
    assert (data / "postgres" / "PG_VERSION").read_text() == "12\n"


def test_a_folder_of_other_files_is_not_overwritten(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "letter.txt").write_text("dear")
    with pytest.raises(DataUnusable, match="no PG_VERSION"), running(data):
        pass
    assert (data / "postgres" / "letter.txt").read_text() == "dear"


def test_a_place_that_is_no_directory_is_refused(place: Path) -> None:
    (place / "file").write_text("")
    with pytest.raises(DirectoryRefused, match="file"), running(place / "file" / "data"):
        pass


def test_the_template_of_a_running_server_is_refused(place: Path, data: Path, template: Path) -> None:
    with (
        running(place / "first", durable=False, template=template),
        pytest.raises(DataUnusable, match="was not stopped"),
        running(data, durable=False, template=place / "first" / "postgres"),
    ):
        pass
    assert not list(data.glob("postgres*[!k]"))


def test_a_failed_start_shows_the_end_of_the_log(data: Path, template: Path) -> None:
    shutil.copytree(template, data / "postgres")
    with (data / "postgres" / "postgresql.conf").open("a") as configuration:
        configuration.write("no_such_setting = 1\n")
    with pytest.raises(embedded.ServerFailed, match="no_such_setting"), running(data):
        pass
    # And the lock is free again.
    shutil.copy(template / "postgresql.conf", data / "postgres")
    with running(data, durable=False) as addresses:
        assert ask(addresses.application_url, "SELECT 1") == 1


def test_an_owner_must_start_it_from_its_main_thread(data: Path) -> None:
    errors: list[BaseException] = []

    def start() -> None:
        try:
            with running(data):
                pass
        except embedded.NotInMainThread as error:
            errors.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert len(errors) == 1


def test_an_owner_whose_server_is_gone_is_named_as_silent(
    data: Path, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_SILENCE_SECONDS_MAX", 0.2)
    with application(data, template) as owner:
        said(owner)
        os.kill(int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        until(lambda: not servers_of(data / "postgres"), "the server is gone")
        with pytest.raises(embedded.ServerSilent, match="not answered"), running(data):
            pass


# Which programs.


def test_the_machines_own_postgresql_serves_too(data: Path) -> None:
    binaries = machine_binaries()
    if binaries is None:
        pytest.skip("this machine has no PostgreSQL of its own")
    assert binaries.source == "machine"
    with running(data, durable=False, binaries=binaries) as addresses:
        assert ask(addresses.application_url, "SHOW server_version").startswith(str(binaries.major))
        assert ask(addresses.admin_url, "SHOW server_encoding") == "UTF8"
    if find_binaries().major != binaries.major:
        with pytest.raises(OtherMajorVersion, match=f"written by PostgreSQL {binaries.major}"), running(data):
            pass
