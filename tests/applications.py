"""Applications for tests. To find its routes costs an application the better part of a second, at its first request; so
those that are built serve one test after another, each time furnished anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from fastapi import FastAPI

from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.settings import Settings
from app.main import create_app, furnish
from tests.auth.people import CHEAP

# By the one setting that an application holds in its middleware.
_idle: defaultdict[int, list[FastAPI]] = defaultdict(list)


@dataclass
class Applications:
    """What one test has borrowed."""

    _lent: list[tuple[int, FastAPI]] = field(default_factory=list)

    def lend(self, settings: Settings, database: Database, clock: Clock) -> FastAPI:
        """An application that nobody else has until the test ends."""
        kind = settings.body_bytes_max
        if _idle[kind]:
            application = _idle[kind].pop()
            furnish(application, settings, database, clock, CHEAP)
        else:
            application = create_app(settings, database=database, clock=clock, passwords=CHEAP)
        self._lent.append((kind, application))
        return application

    def take_back(self) -> None:
        for kind, application in self._lent:
            application.state.group.close()
            _idle[kind].append(application)
        self._lent.clear()


@contextmanager
def lending() -> Iterator[Applications]:
    applications = Applications()
    try:
        yield applications
    finally:
        applications.take_back()
