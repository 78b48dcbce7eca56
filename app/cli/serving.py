"""Commands that stay: the HTTP service and the scheduler."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from types import FrameType
from typing import Annotated, Any

import typer
import uvicorn
from apscheduler.schedulers.background import BackgroundScheduler

from app import schedule
from app.auth import service as auth
from app.cli.context import application_address, require_migrations, secret_of, served, with_secret
from app.cli.output import either, say
from app.kit.ciphers import AesFieldCipher
from app.kit.clock import SystemClock
from app.kit.db import opened as opened_database
from app.kit.log import configure_logging
from app.kit.settings import Settings
from app.main import create_app
from app.roster import service as roster


def serve(
    host: Annotated[str | None, typer.Option(help=either("监听地址", "address to listen on"))] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help=either("端口", "port"))] = None,
    workers: Annotated[int, typer.Option(min=1, help=either("工作进程数", "processes that answer"))] = 1,
    with_scheduler: Annotated[
        bool, typer.Option("--with-scheduler", help=either("同时运行定时任务（单机）", "run the jobs too"))
    ] = False,
) -> None:
    """启动服务，Ctrl-C 结束。 / Serve until Ctrl-C."""
    asked = Settings()
    asked = asked.model_copy(update={"host": host or asked.host, "port": port or asked.port})
    configure_logging(as_json=asked.log_json)
    with _ends_on_term(), served(asked) as found:
        require_migrations(application_address(found))
        settings = with_secret(found)
        _require_key(settings)
        with _jobs_beside(settings) if with_scheduler else nullcontext():
            say(
                f"服务地址：http://{settings.host}:{settings.port}（Ctrl-C 停止）",
                f"Serving on http://{settings.host}:{settings.port} (Ctrl-C stops)",
            )
            _answer(settings, workers)


def _require_key(settings: Settings) -> None:
    """Refuse to serve over personal data that the key does not open."""
    cipher = AesFieldCipher.from_secret(secret_of(settings))
    with opened_database(application_address(settings), settings) as database:
        for district in database.run(auth.list_districts, None):
            database.run(partial(roster.require_key, district_id=district.id, cipher=cipher), district.id)


def scheduler() -> None:
    """运行定时任务，Ctrl-C 结束；同时运行多个也只做一次。 / Run the scheduled jobs until Ctrl-C."""
    asked = Settings()
    configure_logging(as_json=asked.log_json)
    with _ends_on_term(), served(asked) as settings:
        require_migrations(application_address(settings))
        with _told_to_end() as end, _jobs_beside(settings):
            say("定时任务进程已启动（Ctrl-C 停止）", "The scheduler runs (Ctrl-C stops)")
            end.wait()


def _answer(settings: Settings, workers: int) -> None:
    shared = server_options(settings)
    if workers == 1:
        uvicorn.run(create_app(settings), **shared)
        return
    os.environ["LONGWEN_DATABASE_URL"] = application_address(settings)
    os.environ["LONGWEN_SECRET_KEY"] = secret_of(settings)
    uvicorn.run("app.main:application", factory=True, workers=workers, **shared)


def server_options(settings: Settings) -> dict[str, Any]:
    """How uvicorn is run; what a proxy says of the caller is believed only of the proxies named."""
    return {
        "host": settings.host,
        "port": settings.port,
        "log_config": None,
        "access_log": False,
        "proxy_headers": bool(settings.trusted_proxies),
        "forwarded_allow_ips": settings.trusted_proxies,
        "timeout_graceful_shutdown": 10,
        "timeout_worker_healthcheck": 30,  # a worker at its start on a busy machine is not dead
    }


@contextmanager
def _jobs_beside(settings: Settings) -> Iterator[None]:
    """The scheduler in threads of the launcher, with connections of its own."""
    # Each run says itself how it ended; that a timer went off is not news.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    with opened_database(application_address(settings), schedule.for_jobs(settings)) as database:
        keeper = BackgroundScheduler(**schedule.options())
        schedule.add_jobs(keeper, database, SystemClock())
        schedule.add_rounds(
            keeper, database, SystemClock(), settings, lambda: AesFieldCipher.from_secret(secret_of(settings))
        )
        keeper.start()
        try:
            yield
        finally:
            # The job at work is one transaction and is let finish; a second Ctrl-C does not wait for it.
            keeper.shutdown(wait=True)


@contextmanager
def _told_to_end() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; an exception could be lost where a library catches all of them."""
    told = threading.Event()

    def tell(number: int, frame: FrameType | None) -> None:
        del number, frame
        if told.is_set():
            raise KeyboardInterrupt
        told.set()

    before = {number: signal.signal(number, tell) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _ends_on_term() -> Iterator[None]:
    """Let SIGTERM unwind like Ctrl-C, so that the embedded server is stopped and the job finished."""

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    except KeyboardInterrupt:
        say("已停止。", "Stopped.")
    finally:
        signal.signal(signal.SIGTERM, before)
