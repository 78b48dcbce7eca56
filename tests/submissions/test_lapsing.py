"""What was never handed in before its cycle was sealed has lapsed; what waits for a reviewer has not."""

from __future__ import annotations

from datetime import date

from app.cycles import service as cycles
from app.cycles import store as cycles_store
from app.cycles.core import QuarterState
from app.submissions import jobs
from tests.submissions.flows import actions, code, draft, edit, finding, praise, state, told
from tests.town import Desk


def seal(desk: Desk, *quarters: str) -> None:
    """As the room of seals will do it."""
    for quarter in quarters:
        desk.town.run(
            lambda connection, actor, quarter=quarter: cycles_store.update_state(
                connection, actor.district_id, quarter, QuarterState.SEALED, actor.at
            )
        )


def run_job(desk: Desk) -> int:
    counts: dict[str, int] = desk.town.run(lambda connection, actor: jobs.keep(connection, actor, "2027-02-01"))
    return counts["lapsed"]


def test_drafts_and_returned_ones_lapse_when_the_cycles_last_quarter_is_sealed(desk: Desk) -> None:
    kept, returned, waits, accused = praise(desk), praise(desk), praise(desk), finding(desk)
    draft(desk, "林晓明", kept)
    desk.recorded("林晓明", returned, waits)
    desk.recorded("organisation_commissioner", accused)
    for one in (returned, accused):
        assert desk.decide("secretary", one["id"], "return").status_code == 200
    seal(desk, "2026Q1", "2026Q2", "2026Q3")
    assert run_job(desk) == 0
    desk.town.run(lambda connection, actor: cycles.open_cycle(connection, actor, date(2027, 1, 1)))
    desk.town.on(date(2027, 2, 1))
    desk.forget()
    seal(desk, "2026Q4")
    assert (run_job(desk), run_job(desk)) == (3, 0)
    assert [state(desk, one["id"]) for one in (returned, accused, waits)] == ["lapsed", "lapsed", "submitted"]
    assert state(desk, kept["id"], "林晓明") == "lapsed"
    assert actions(desk, returned["id"])[-1] == "lapsed"
    assert told(desk, "林晓明", returned["id"]) == ["submission_returned", "submission_lapsed"]
    assert told(desk, "林晓明", accused["id"]) == ["hearing_asked", "hearing_ended"]
    assert code(edit(desk, "林晓明", kept["id"])) == (409, "state_forbids")
    assert code(desk.at_submission("林晓明", returned["id"], "submit")) == (409, "state_forbids")


def test_what_was_handed_in_is_booked_in_the_quarter_that_is_open_when_it_is_decided(desk: Desk) -> None:
    fact = praise(desk)
    desk.recorded("林晓明", fact)
    desk.town.run(lambda connection, actor: cycles.open_cycle(connection, actor, date(2027, 1, 1)))
    desk.town.on(date(2027, 2, 1))
    desk.forget()
    seal(desk, "2026Q1", "2026Q2", "2026Q3", "2026Q4")
    assert run_job(desk) == 0
    decided = desk.decide("secretary", fact["id"])
    assert decided.status_code == 200, decided.text
    (entry,) = decided.json()["entries"]
    assert (entry["cycle"], entry["booked_in"], entry["effective_on"]) == ("2026", "2027Q1", "2026-11-05")
