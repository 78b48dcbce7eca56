"""The whole flow, played at random over HTTP against a small model that knows nothing of how it is built.

The model keeps what was proposed, posted, reversed and appealed, predicts whether each act is allowed, and says what
each member's uncut sums must be. After every act the service is compared with it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck
from hypothesis import settings as budget
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.auth.core import Role
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.settings import Settings
from tests.applications import Applications
from tests.asking import asking
from tests.town import Desk, Json, found_town

MEMBERS = ("林晓明", "陈建国", "周美玲")
LEADER, SECRETARY = Role.GROUP_LEADER.value, Role.SECRETARY.value
COMMITTEE, DISTRICT = Role.COMMITTEE_OFFICER.value, Role.DISTRICT_OFFICER.value
THEME_DAY, ADVICE, AWAY = "ORG-D02", "EXC-A01", "ORG-F04"
POINTS = {ADVICE: 10, AWAY: -20}
CELLS = {THEME_DAY: ("ORG", "routine"), ADVICE: ("EXC", "innovation"), AWAY: ("ORG", "fault")}
LOST_FOR_A_THEME_DAY = 10
FIRST_DAY = date(2026, 11, 21)
members = st.sampled_from(MEMBERS)


@dataclass
class Proposal:
    """What waits for review, or waited; ``day`` is when it was handed in."""

    fact: Json
    member: str
    recorder: str
    day: date
    state: str = "submitted"
    is_answered: bool = False
    went_along: bool = False  # with the member, to the branch next door

    @property
    def is_heard(self) -> bool:
        return bool(self.fact["item"] == AWAY)


@dataclass
class Posted:
    """An entry, with who took part in it."""

    member: str
    item: str
    points: int
    recorder: str
    reviewer: str | None
    window: str | None = None
    is_reversed: bool = False
    appeals: int = 0
    open_appeal: str | None = None


class Flow(RuleBasedStateMachine):
    """Members, their officers, and the model beside them."""

    sent: Bundle[tuple[str, Json]] = Bundle("sent")

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.posted: dict[str, Posted] = {}
        self.proposed: dict[str, Proposal] = {}
        self.missed: set[tuple[str, str]] = set()  # member and month of a theme day that was decided
        self.gone: set[str] = set()  # who belongs to the branch next door by now

    @property
    def today(self) -> date:
        return self.desk.town.actor().today

    def ask(self, login: str, path: str, body: Json) -> Any:
        return self.desk.client.post(f"/api/v1{path}", json=body, headers=self.desk.headers(login))

    # Acts. Each predicts what comes of it.

    @rule(
        target=sent, member=members, month=st.sampled_from(["10", "11"]), recorder=st.sampled_from([LEADER, SECRETARY])
    )
    def miss_a_theme_day(self, member: str, month: str, recorder: str) -> tuple[str, Json]:
        recorder = COMMITTEE if member in self.gone else recorder
        fact = self.desk.town.missed(member, THEME_DAY, effective_on=f"2026-{month}-05", reason="未到会")
        answer = self.desk.record(recorder, fact)
        if (member, month) in self.missed:
            assert answer.status_code == 409, answer.text
            assert answer.json()["faults"][0]["code"] == "duty_decided"
            return recorder, fact
        assert answer.status_code == 201, answer.text
        self.missed.add((member, month))
        entry = Posted(member, THEME_DAY, -LOST_FOR_A_THEME_DAY, recorder, None, window=month)
        self.posted[fact["id"]] = entry
        return recorder, fact

    @rule(target=sent, member=members, item=st.sampled_from([ADVICE, AWAY]))
    def propose(self, member: str, item: str) -> tuple[str, Json]:
        more = {"tier": "adopted", "matter": f"建议{uuid4()}"} if item == ADVICE else {"reason": "外出未报告"}
        fact = self.desk.town.fact(member, item, **more)
        recorder = COMMITTEE if member in self.gone else LEADER
        answer = self.desk.record(recorder, fact)
        assert answer.status_code == 201, answer.text
        self.proposed[fact["id"]] = Proposal(fact, member, recorder, self.today)
        return recorder, fact

    @rule(sent=sent)
    def send_again(self, sent: tuple[str, Json]) -> None:
        """A retry of what was taken is the same thing; of what was refused, the same refusal or a first success."""
        recorder, fact = sent
        known = self.posted.get(fact["id"]) or self.proposed.get(fact["id"])
        if known is not None and known.member in self.gone and recorder != COMMITTEE:
            return  # out of the sender's reach by now, where nothing is told of it
        if fact["id"] in self.posted or fact["id"] in self.proposed:
            (result,) = self.desk.recorded(recorder, fact)
            assert result["replayed"], result

    @rule(data=st.data())
    @precondition(lambda self: any(one.is_heard for one in self.proposed.values()))
    def answer_hearing(self, data: st.DataObject) -> None:
        heard = sorted(key for key, one in self.proposed.items() if one.is_heard)
        key = data.draw(st.sampled_from(heard))
        proposal = self.proposed[key]
        answer = self.ask(proposal.member, f"/submissions/{key}/answer", {"answer": f"事先报告过 {uuid4()}"})
        is_open = proposal.state == "submitted" and not proposal.is_answered and not self.is_over(proposal)
        assert answer.status_code == (200 if is_open else 409), answer.text
        proposal.is_answered = proposal.is_answered or is_open

    @rule(
        data=st.data(),
        reviewer=st.sampled_from([LEADER, SECRETARY, COMMITTEE, DISTRICT]),
        decision=st.sampled_from(["approve", "refuse"]),
    )
    @precondition(lambda self: bool(self.proposed))
    def review(self, data: st.DataObject, reviewer: str, decision: str) -> None:
        key = data.draw(st.sampled_from(sorted(self.proposed)))
        proposal = self.proposed[key]
        answer = self.desk.decide(reviewer, key, decision)
        if proposal.went_along and reviewer in (LEADER, SECRETARY):
            assert answer.status_code in {403, 404}, answer.text
            return
        if reviewer in (proposal.recorder, LEADER):
            assert answer.status_code == 403, answer.text
            return
        if proposal.state != "submitted":
            assert answer.status_code in {200, 409}, answer.text  # one's own decision again is a retry
            return
        if decision == "approve" and proposal.is_heard and not (proposal.is_answered or self.is_over(proposal)):
            assert answer.status_code == 409, answer.text
            return
        assert answer.status_code == 200, answer.text
        proposal.state = "posted" if decision == "approve" else "refused"
        if decision == "approve":
            item = proposal.fact["item"]
            self.posted[key] = Posted(proposal.member, item, POINTS[item], proposal.recorder, reviewer)

    @rule(data=st.data())
    @precondition(lambda self: bool(self.proposed))
    def withdraw(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.proposed)))
        proposal = self.proposed[key]
        answer = self.ask(proposal.recorder, f"/submissions/{key}/withdrawal", {})
        assert answer.status_code == (200 if proposal.state in {"submitted", "withdrawn"} else 409), answer.text
        if proposal.state == "submitted":
            proposal.state = "withdrawn"

    @rule(data=st.data())
    @precondition(lambda self: bool(self.posted))
    def appeal(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.posted)))
        entry = self.posted[key]
        body = {"id": str(uuid4()), "text": "情况不属实"}
        stranger = next(name for name in MEMBERS if name != entry.member)
        assert self.ask(stranger, f"/entries/{key}/appeals", body).status_code == 404
        answer = self.ask(entry.member, f"/entries/{key}/appeals", body)
        may = not entry.is_reversed and entry.open_appeal is None and entry.appeals < 2
        assert answer.status_code == (201 if may else 409), answer.text
        if may:
            entry.appeals += 1
            entry.open_appeal = body["id"]

    @rule(data=st.data(), outcome=st.sampled_from(["upheld", "refused"]))
    @precondition(lambda self: any(one.open_appeal for one in self.posted.values()))
    def answer_appeal(self, data: st.DataObject, outcome: str) -> None:
        """Never by who recorded or reviewed; a second time never by who answered the first."""
        key = data.draw(st.sampled_from(sorted(key for key, one in self.posted.items() if one.open_appeal)))
        entry = self.posted[key]
        path = f"/appeals/{entry.open_appeal}/decision"
        body = {"outcome": outcome, "answer": "经核实"}
        concerned = {entry.recorder, entry.reviewer}
        for one in concerned - {None, LEADER}:
            refused = self.ask(str(one), path, body).status_code
            assert refused == 403 or (refused == 404 and one == SECRETARY and entry.member in self.gone)
        if {COMMITTEE, DISTRICT} <= concerned:
            return  # nobody is left to answer it here
        first = COMMITTEE if COMMITTEE not in concerned else DISTRICT
        answer = self.ask(first if entry.appeals == 1 else DISTRICT, path, body)
        if answer.status_code == 403:  # the district answered the first time or approved; nobody stands above it
            assert entry.appeals == 2, answer.text
            assert DISTRICT in {first, *concerned}, answer.text
            return
        assert answer.status_code == 200, answer.text
        entry.open_appeal = None
        if outcome == "upheld" and not entry.is_reversed:
            self.reversed(entry, for_good=True)

    @rule(data=st.data())
    @precondition(lambda self: bool(self.posted))
    def reverse(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.posted)))
        entry = self.posted[key]
        answer = self.ask(COMMITTEE, f"/entries/{key}/reversal", {"id": str(uuid4()), "reason": "录入有误"})
        assert answer.status_code == (409 if entry.is_reversed else 201), answer.text
        if not entry.is_reversed:
            self.reversed(entry, for_good=False)

    @rule(data=st.data())
    @precondition(lambda self: len(self.gone) < len(MEMBERS))
    def transfer(self, data: st.DataObject) -> None:
        """What was booked stays with the branch of its day, what is open goes along, and no number changes. What is
        proposed later about earlier days lies where these days were.
        """
        member = data.draw(st.sampled_from([one for one in MEMBERS if one not in self.gone]))
        town = self.desk.town
        wish = {"id": str(uuid4()), "member_id": str(town.members[member]), "to_branch_id": str(town.neighbour)}
        asked = self.ask(SECRETARY, "/transfers", wish)
        assert asked.status_code == 201, asked.text
        accepted = self.ask(COMMITTEE, f"/transfers/{wish['id']}/acceptance", {})
        assert accepted.status_code == 200, accepted.text
        assert self.ask(SECRETARY, f"/transfers/{wish['id']}/withdrawal", {}).status_code == 409
        self.gone.add(member)
        for proposal in self.proposed.values():
            proposal.went_along |= proposal.member == member and proposal.state == "submitted"

    @rule()
    @precondition(lambda self: self.today < FIRST_DAY + timedelta(days=20))
    def let_days_pass(self) -> None:
        self.desk.town.on(self.today + timedelta(days=8))
        self.desk.forget()

    # The model's own reckoning.

    def is_over(self, proposal: Proposal) -> bool:
        """Eight days hold five working days, whatever weekday they begin on."""
        return self.today >= proposal.day + timedelta(days=8)

    def reversed(self, entry: Posted, *, for_good: bool) -> None:
        entry.is_reversed = True
        if entry.window is not None and not for_good:  # upheld, the duty is waived and stays decided
            self.missed.discard((entry.member, entry.window))

    @invariant()
    def standings_are_the_sums_of_what_stands(self) -> None:
        for member in MEMBERS:
            standing = self.desk.standing(member)
            sums: Counter[tuple[str, str]] = Counter()
            for entry in self.posted.values():
                if entry.member == member and not entry.is_reversed:
                    sums[CELLS[entry.item]] += entry.points
            shown = {(row, kind): value for row, kinds in standing["matrix"].items() for kind, value in kinds.items()}
            assert {key: value for key, value in shown.items() if value} == {
                key: value for key, value in sums.items() if value
            }
            entries = self.desk.entries(member)
            assert [one["seq"] for one in entries] == list(range(1, len(entries) + 1))
            reversals = [one["reverses"] for one in entries if one["reverses"] is not None]
            assert len(reversals) == len(set(reversals))
            own = [one for one in self.posted.values() if one.member == member]
            assert len(reversals) == sum(one.is_reversed for one in own)
            assert len(entries) == 1 + len(own) + len(reversals)  # and the opening
            # All days told of here lie before any transfer.
            assert {one["branch_id"] for one in entries} == {str(self.desk.town.branch)}

    @invariant()
    def proposals_are_where_the_model_has_them(self) -> None:
        if self.proposed:
            found = {one["id"]: one["state"] for one in self.desk.submissions(DISTRICT)}
            assert found == {key: one.state for key, one in self.proposed.items()}


def test_the_flow_does_what_the_model_says(
    applications: Applications, database: Database, owner_database: Database, clock: FixedClock, settings: Settings
) -> None:
    lent = applications.lend(settings, database, clock)

    def founded() -> Desk:
        clock.moment = clock.moment.replace(year=2026, month=1, day=5)
        town = found_town(database, owner_database, clock)
        for name in MEMBERS:
            town.add_member(name, account=True)
        town.appoint_cast()
        town.on(FIRST_DAY)
        town.live_through("2026Q1", "2026Q2", "2026Q3", "2026Q4")
        return Desk(town, asking(lent))

    class Played(Flow):
        def __init__(self) -> None:
            super().__init__(founded())

    run_state_machine_as_test(
        Played,
        settings=budget(
            max_examples=10,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
