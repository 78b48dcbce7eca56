"""Rates: counted by address, login and account, for a window, and never beyond it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from app.kit.clock import FixedClock
from app.kit.ids import new_id
from app.kit.rates import Rates, TooManyRequests, network_of
from app.kit.settings import OFF, Settings


@pytest.fixture
def settings() -> Settings:
    return Settings(login_rate="2/minute", login_address_rate="3/minute", write_rate="2/minute", survey_rate="2/minute")


@pytest.fixture
def rates(settings: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Rates:
    """Counted by the test's clock."""

    def moment() -> float:
        return clock.now().timestamp()

    monkeypatch.setattr("limits.storage.memory.time", SimpleNamespace(time=moment))
    monkeypatch.setattr("app.kit.rates.SystemClock", lambda: clock)
    return Rates(settings)


def test_what_is_beyond_the_rate_is_refused_until_its_window_ends(rates: Rates, clock: FixedClock) -> None:
    account = new_id()
    rates.count_write(account)
    clock.moment = clock.moment.replace(second=20)
    rates.count_write(account)
    with pytest.raises(TooManyRequests) as refused:
        rates.count_write(account)
    assert refused.value.facts == {"seconds": 40}
    rates.count_write(new_id())
    clock.moment = clock.moment.replace(minute=1, second=0)
    rates.count_write(account)


def test_a_login_is_counted_by_its_address_and_an_address_by_itself(rates: Rates) -> None:
    for _ in range(2):
        rates.count_log_in("192.0.2.1", "longwen/a")
    with pytest.raises(TooManyRequests):
        rates.count_log_in("192.0.2.1", "longwen/a")
    with pytest.raises(TooManyRequests):  # the fourth of this address
        rates.count_log_in("192.0.2.1", "longwen/b")
    rates.count_log_in("192.0.2.2", "longwen/a")


def test_slips_are_counted_by_address_apart_from_log_ins(rates: Rates) -> None:
    rates.count_log_in("192.0.2.1", "longwen/a")
    for _ in range(2):
        rates.count_survey("192.0.2.1")
    with pytest.raises(TooManyRequests):
        rates.count_survey("192.0.2.1")
    rates.count_survey("192.0.2.2")


def test_one_network_of_ipv6_counts_as_one_address() -> None:
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:3::4") != network_of("2001:db8:1:2::4")
    assert (network_of("192.0.2.1"), network_of("testclient"), network_of("")) == ("192.0.2.1", "testclient", "")


def test_a_rate_can_be_switched_off() -> None:
    rates = Rates(Settings(login_rate=OFF, login_address_rate=OFF, write_rate=OFF))
    account = new_id()
    for _ in range(1000):
        rates.count_write(account)
        rates.count_log_in("192.0.2.1", "longwen/a")


@pytest.mark.parametrize("rate", ["", "many", "10", "0.5/second", "10/fortnight"])
def test_a_rate_that_cannot_be_read_is_refused_at_the_start(rate: str) -> None:
    with pytest.raises(ValidationError):
        Settings(write_rate=rate)
