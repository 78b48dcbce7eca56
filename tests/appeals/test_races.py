"""Two at once: real connections, one outcome."""

from __future__ import annotations

from functools import partial

from app.kit.ids import new_id
from tests.appeals.conftest import Counter
from tests.appeals.test_filing import MEMBER
from tests.submissions.test_retries import at_once

ROUNDS = 4
ITEMS = ("ORG-D01", "ORG-D02", "ORG-D03", "ORG-D04")


def entries(counter: Counter) -> list[str]:
    """One entry for each round, and everybody logged in."""
    for login in (MEMBER, "secretary", "committee_officer", "district_officer"):
        counter.desk.headers(login)
    return [counter.missed(login="secretary", item=item) for item in ITEMS[:ROUNDS]]


def test_two_appeals_at_once_against_one_entry_are_one(counter: Counter) -> None:
    for entry in entries(counter):
        answers = at_once(*[lambda entry=entry: counter.file(MEMBER, entry)] * 2)
        assert sorted(one.status_code for one in answers) == [201, 409]
        assert {one.json().get("code") for one in answers} == {None, "appeal_open"}


def test_the_same_appeal_sent_twice_at_once_is_filed_once(counter: Counter) -> None:
    for entry in entries(counter):
        sent = str(new_id())
        answers = at_once(*[lambda entry=entry, sent=sent: counter.file(MEMBER, entry, id=sent)] * 3)
        assert sorted(one.status_code for one in answers) == [200, 200, 201]
    assert len(counter.waiting("committee_officer")) == ROUNDS


def test_an_appeal_racing_a_reversal_never_stands_against_what_was_gone_before(counter: Counter) -> None:
    """Whichever comes first: after the reversal there is no appeal, before it the appeal is answered by it."""
    for entry in entries(counter):
        filing, reversal = partial(counter.file, MEMBER, entry), partial(counter.reverse, "committee_officer", entry)
        codes = sorted(one.status_code for one in at_once(filing, reversal))
        assert codes in ([201, 201], [201, 409])
    assert counter.desk.total(MEMBER) == 1000
    for appeal in counter.waiting("committee_officer"):
        assert counter.decided("committee_officer", appeal)["entries"] == []
    assert counter.desk.standing(MEMBER)["disputed"] is None
    assert counter.desk.total(MEMBER) == 1000


def test_a_decision_racing_a_withdrawal_leaves_one_of_them(counter: Counter) -> None:
    for entry in entries(counter):
        appeal = counter.filed(MEMBER, entry)["id"]
        before = counter.desk.total(MEMBER)
        decision = partial(counter.decide, "committee_officer", appeal)
        answers = at_once(decision, partial(counter.withdraw, MEMBER, appeal))
        assert sorted(one.status_code for one in answers) == [200, 409]
        state = counter.call("GET", MEMBER, f"appeals/{appeal}").json()["state"]
        assert (counter.desk.total(MEMBER) > before) == (state == "decided")
        assert counter.desk.standing(MEMBER)["disputed"] is None


def test_two_deciders_at_once_decide_once(counter: Counter, second: str) -> None:
    counter.desk.headers(second)
    for entry in entries(counter):
        appeal = counter.filed(MEMBER, entry)["id"]
        answers = at_once(
            partial(counter.decide, "committee_officer", appeal), partial(counter.decide, second, appeal, "refused")
        )
        assert sorted(one.status_code for one in answers) == [200, 409]


def test_filing_again_while_the_first_is_decided_does_not_wait_for_ever(counter: Counter) -> None:
    for entry in entries(counter):
        appeal = counter.filed(MEMBER, entry)["id"]
        answers = at_once(
            partial(counter.decide, "committee_officer", appeal, "refused"), partial(counter.file, MEMBER, entry)
        )
        assert {one.status_code for one in answers} <= {200, 201, 409}
        assert 200 in {one.status_code for one in answers}
