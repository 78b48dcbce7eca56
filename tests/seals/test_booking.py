"""What may be booked in each state, by whichever way it comes; a quarter that is named is that one or none."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.seals.conftest import DAY, Q3, Office

MEMBER = "林晓明"
Q4 = "2026Q4"


@pytest.mark.parametrize(
    ("day", "booked"), [(date(2026, 10, 10), Q3), (date(2026, 10, 11), Q4), (date(2026, 10, 16), Q4)]
)
def test_records_enter_until_the_tenth_even_where_no_scheduler_runs(office: Office, day: date, booked: str) -> None:
    office.on(day)
    office.recorded(MEMBER, "ORG-D01")
    assert office.booked(MEMBER) == [("ORG-D01", booked)]


@pytest.mark.parametrize(("day", "booked"), [(date(2026, 10, 15), Q3), (date(2026, 10, 16), Q4)])
def test_decisions_enter_until_the_fifteenth(office: Office, day: date, booked: str) -> None:
    fact = office.desk.town.praise(MEMBER, effective_on=DAY)
    office.desk.recorded(MEMBER, fact)
    office.on(day)
    assert office.desk.decide("secretary", fact["id"]).status_code == 200
    assert office.booked(MEMBER) == [("EXC-A01", booked)]


@pytest.mark.parametrize(
    ("handed_in", "booked"),
    [(datetime(2026, 10, 10, 15, 59, tzinfo=UTC), Q3), (datetime(2026, 10, 10, 16, 1, tzinfo=UTC), Q4)],
)
def test_the_check_decides_only_what_was_handed_in_by_the_tenth(
    office: Office, handed_in: datetime, booked: str
) -> None:
    """Where the district is, the eleventh begins at 16:00 UTC."""
    office.desk.town.clock.moment = handed_in
    office.desk.forget()
    fact = office.desk.town.praise(MEMBER, effective_on=DAY)
    office.desk.recorded(MEMBER, fact)
    office.on(date(2026, 10, 14))
    assert office.desk.decide("secretary", fact["id"]).status_code == 200
    assert office.booked(MEMBER) == [("EXC-A01", booked)]


def test_a_request_that_names_a_closed_quarter_is_refused_with_the_way_out(office: Office) -> None:
    town = office.desk.town
    office.on(date(2026, 10, 12))
    fact = town.missed(MEMBER, "ORG-D01", effective_on=DAY, booked_in=Q3)
    (fault,) = office.desk.faults("organisation_commissioner", fact, language="en")
    assert (fault["code"], fault["field"]) == ("quarter_closed", "booked_in")
    assert "without booked_in" in fault["detail"]
    assert Q4 in fault["detail"]
    assert office.desk.record("organisation_commissioner", fact).status_code == 409
    praise = town.praise(MEMBER, effective_on=DAY, booked_in=Q3)
    assert office.desk.codes(MEMBER, praise) == [(0, "booked_in", "quarter_closed")]
    del fact["booked_in"]
    office.desk.recorded("organisation_commissioner", fact)
    assert office.booked(MEMBER) == [("ORG-D01", Q4)]


def test_a_request_that_names_the_quarter_it_belongs_in_is_booked_and_recognised_later(office: Office) -> None:
    fact = office.desk.town.missed(MEMBER, "ORG-D01", effective_on=DAY, booked_in=Q3)
    office.desk.recorded("organisation_commissioner", fact)
    office.on(date(2026, 10, 20))
    again = office.desk.record("organisation_commissioner", fact)
    assert (again.status_code, again.headers["idempotent-replay"]) == (200, "true")
    assert office.booked(MEMBER) == [("ORG-D01", Q3)]


def test_the_clock_set_back_opens_no_quarter_again(office: Office) -> None:
    office.live(date(2026, 10, 11))
    office.on(date(2026, 10, 9))
    office.recorded(MEMBER, "ORG-D01")
    assert office.booked(MEMBER) == [("ORG-D01", Q4)]
