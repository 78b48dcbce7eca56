"""How often somebody may log in or write: counted in the memory of each process.

With N workers each counts for itself, so what gets through is at most N times the rate. That keeps off a guesser and a
client gone wild; it is no quota. A fixed window from the first hit on: at its edge twice the rate can pass.
"""

from __future__ import annotations

import ipaddress
import math
from uuid import UUID

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from app.kit.clock import SystemClock
from app.kit.errors import ErrorKind, LongwenError
from app.kit.settings import OFF, Settings


class TooManyRequests(LongwenError):
    """A rate is used up; nothing was done."""

    kind = ErrorKind.TOO_MANY
    code = "too_many_requests"
    zh = "操作过于频繁，本次没有执行。请在 {seconds} 秒后重试。"
    en = "Too many requests; nothing was done. Try again in {seconds} seconds."


class Rates:
    """The rates of one application: log-ins by address and by address and login, writes by account, surveys."""

    def __init__(self, settings: Settings) -> None:
        self._clock = SystemClock()  # by which the library counts, whatever the day is inside the service
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._log_in = _rate(settings.login_rate)
        self._log_in_from = _rate(settings.login_address_rate)
        self._write = _rate(settings.write_rate)
        self._survey = _rate(settings.survey_rate)

    def count_log_in(self, address: str, login: str) -> None:
        """Before the password is looked at; TooManyRequests."""
        network = network_of(address)
        self._count(self._log_in_from, "log-in", network)
        self._count(self._log_in, "log-in", network, login)

    def count_write(self, account_id: UUID) -> None:
        """Once a request, whatever it holds; TooManyRequests."""
        self._count(self._write, "write", account_id.hex)

    def count_survey(self, address: str) -> None:
        """Of whoever reads or answers a question sheet without logging in; TooManyRequests."""
        self._count(self._survey, "survey", network_of(address))

    def _count(self, rate: RateLimitItem | None, *key: str) -> None:
        if rate is None or self._limiter.hit(rate, *key):
            return
        ends = self._limiter.get_window_stats(rate, *key).reset_time
        raise TooManyRequests(seconds=max(1, math.ceil(ends - self._clock.now().timestamp())))


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the /64, which one caller has whole."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address  # a Unix socket, or nothing at all
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else address


def _rate(text: str) -> RateLimitItem | None:
    return None if text == OFF else parse(text)
