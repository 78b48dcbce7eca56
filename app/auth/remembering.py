"""Whom tokens stand for, remembered between requests.

The rule by which a right that is taken away is gone:

- in this process at once: any transaction of the process that writes to one of auth's tables in a district makes all
  that is remembered of that district void, before its caller learns that it is done (``kit.writes``);
- in any other process after ``KEPT_SECONDS`` at the latest, since nothing is remembered longer;
- by the passing of time at the very moment: a log-in's end is tested at each use, and what was read on one of the
  district's days is not used on another, since appointments and keys begin and end with the day.

Refusals are not remembered, nor a key or a screen whose use on the day is still to be written down.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service_tokens, sessions, store
from app.auth.core_districts import District
from app.auth.logins import SessionKind
from app.auth.service_tokens import Holder
from app.auth.sessions import Caller
from app.kit.clock import business_day

KEPT_SECONDS = 2.0
_KEPT_MAX = 10_000

Found = TypeVar("Found", Caller, Holder)
_Key = tuple[UUID, str, bytes]  # district, how the token came, its digest


@dataclass(frozen=True, slots=True)
class _Kept:
    found: Any  # a Caller or a Holder, by the key
    seconds: float  # of the monotonic clock, when it was asked
    writes: tuple[int, int]  # before it was asked


class Callers:
    """Of one application. ``seconds`` is a clock that only goes forward; its moment means nothing."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._lock = Lock()

    def caller(
        self, connection: Connection, district: District, token: str, at: datetime, kind: SessionKind
    ) -> Caller | None:
        """As ``sessions.authenticate``, without asking the database where the answer is known."""
        key = (district.id, kind.value, sessions.token_digest(token))

        def ask() -> Caller | None:
            return sessions.authenticate(connection, district, token, at, kind)

        return self._recall(key, district, at, ask, lambda caller: caller.expires_at > at)

    def holder(self, connection: Connection, district: District, token: str, at: datetime) -> Holder | None:
        """As ``service_tokens.find_holder``, likewise."""
        key = (district.id, "token", sessions.token_digest(token))

        def ask() -> Holder | None:
            return service_tokens.find_holder(connection, district, token, at)

        return self._recall(key, district, at, ask, lambda holder: holder.is_noted)

    def _recall(
        self,
        key: _Key,
        district: District,
        at: datetime,
        ask: Callable[[], Found | None],
        is_good: Callable[[Found], bool],
    ) -> Found | None:
        writes, seconds = store.WRITES.seen(district.id), self._seconds()
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and kept.writes == writes and seconds - kept.seconds < KEPT_SECONDS:
            known: Found = kept.found
            if is_good(known) and known.actor.today == business_day(at, district.time_zone):
                return replace(known, actor=replace(known.actor, at=at))
        found = ask()
        with self._lock:
            self._kept.pop(key, None)
            if found is not None and is_good(found):
                self._kept[key] = _Kept(found, seconds, writes)
                if len(self._kept) > _KEPT_MAX:
                    self._kept.popitem(last=False)
        return found
