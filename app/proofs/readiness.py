"""Whether the newest checkpoints are what they say, for the probes that ask every few seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Lock

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core_districts import District
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.errors import ErrorKind, LongwenError
from app.proofs import store

# How long an answer holds: what is broken stays so until somebody has looked at it.
HOLDS = timedelta(minutes=1)


class BrokenCheckpoint(LongwenError):
    """The newest checkpoint of a district is not what its root is over, or does not stand behind the one before."""

    kind = ErrorKind.UNAVAILABLE
    code = "broken_checkpoint"
    zh = "{district}第 {number} 号校验点与其内容不符。请运行 longwen verify 查明。"
    en = "Checkpoint {number} of {district} is not what its root is over. Run longwen verify to see what differs."


@dataclass(slots=True)
class Checkpoints:
    """Recomputes two roots a district, at most once a minute in a process; it never reads leaves or entries."""

    database: Database
    clock: Clock
    _asked_at: datetime | None = None
    _found: list[LongwenError] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def broken(self) -> list[LongwenError]:
        """The districts whose newest checkpoint is broken. Raises Unavailable where the database cannot serve."""
        now = self.clock.now()
        with self._lock:
            if self._asked_at is None or not timedelta() <= now - self._asked_at < HOLDS:
                districts = self.database.run(auth.list_districts, None)
                each = [self.database.run(partial(broken_in, district=one), one.id) for one in districts]
                self._found = [one for one in each if one is not None]
                self._asked_at = now
            return self._found


def broken_in(connection: Connection, district: District) -> BrokenCheckpoint | None:
    """By the two newest rows alone."""
    rows = store.list_newest(connection, district.id, 2)
    if not rows:
        return None
    newest, _ = rows[0]
    before = rows[1:]
    # Each is asked of its own row; of the newest also that it stands behind the other, or else is the first.
    follows = (
        newest.previous == before[0][1] and newest.number == before[0][0].number + 1
        if before
        else (newest.number, newest.previous) == (1, b"")
    )
    if follows and all(one.root == stored for one, stored in rows):
        return None
    return BrokenCheckpoint(district=district.name, number=newest.number)
