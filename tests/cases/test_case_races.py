"""Two at once: real connections, one outcome."""

from __future__ import annotations

from datetime import date
from functools import partial

from app.kit.ids import new_id
from tests.cases.conftest import HELPER, LOW, Casebook, apply
from tests.submissions.test_retries import at_once

ROUNDS = 4


def test_two_openings_at_once_open_each_case_once(casebook: Casebook) -> None:
    casebook.add_low(**{f"低{number}": 400 for number in range(ROUNDS)})
    apply(casebook.town, "lines", "2026Q3")
    counts = at_once(*[partial(casebook.open_again, "2026Q3")] * 3)
    assert sorted(one["opened"] for one in counts) == [0, 0, ROUNDS + 1]
    assert len(casebook.cases()) == ROUNDS + 1
    assert len(casebook.told(LOW, "case_opened")) == 1


def test_an_acceptance_racing_a_reversal_ends_annulled(casebook: Casebook) -> None:
    """Whichever comes first: the line was never met, so in the end there was no case."""
    names = [f"低{number}" for number in range(ROUNDS)]
    casebook.add_low(**dict.fromkeys(names, 510))
    casebook.on(date(2026, 9, 20))
    entries = {name: casebook.lose(name, "2026-09-05") for name in names}
    casebook.on(date(2026, 10, 12))
    casebook.seal()
    helper = str(casebook.town.members[HELPER])
    for name in names:
        case = casebook.case_of(name)["id"]
        casebook.acted("secretary", "talk", case=case, held_on="2026-10-12", note="谈话")
        casebook.acted("secretary", "plan", case=case, problems="缺席", measures="补课", helper_id=helper)
        assert casebook.reverse(entries[name], "district_officer").status_code == 201
        accepting = partial(casebook.act, "committee_officer", "acceptance", case=case, note="同意")
        (answer,) = (one for one in at_once(accepting, casebook.step) if not isinstance(one, dict))
        assert answer.status_code in (200, 409), answer.text
        casebook.step()
        found = casebook.case_of(name)
        assert found["state"] == "annulled"
        numbers = [one["number"] for one in found["steps"]]
        assert numbers == list(range(1, len(numbers) + 1))
        assert found["version"] == len(numbers)


def test_the_same_step_sent_twice_at_once_is_taken_once(casebook: Casebook) -> None:
    casebook.seal()
    case, sent = casebook.case_of()["id"], str(new_id())
    call = partial(casebook.act, "secretary", "talk", case=case, id=sent, held_on="2026-10-12", note="谈话")
    answers = at_once(*[call] * 3)
    assert [one.status_code for one in answers] == [200] * 3
    assert len(casebook.case_of()["steps"]) == 2


def test_two_verdicts_at_once_leave_one(casebook: Casebook) -> None:
    casebook.seal()
    casebook.run_plan()
    case = casebook.case_of()["id"]
    casebook.desk.headers("committee_officer")
    casebook.desk.headers("district_officer")
    answers = at_once(
        partial(casebook.act, "committee_officer", "acceptance", case=case, note="同意"),
        partial(casebook.act, "district_officer", "acceptance", case=case, note="同意"),
    )
    assert sorted(one.status_code for one in answers) == [200, 409]
