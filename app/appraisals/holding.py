"""A whole round under one verb: its appraisals, their grading, and the notices that begin when all is decided."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.appraisals import refusals, service, store, store_facts, telling
from app.appraisals.core import (
    ON_NOTICE,
    Action,
    Appraisal,
    AppraisalRoundState,
    AppraisalState,
    Done,
    Round,
    RoundView,
    Sheet,
    candidate_of,
)
from app.appraisals.gathering import done, sheet_of
from app.appraisals.grading import Graded, grade_all
from app.auth.core import Actor, Permission
from app.cycles import work_calendar
from app.kit.errors import NotFound
from app.kit.words import all_of
from app.messages import service as messages
from app.messages.core import Message
from app.ratings.core import Step
from app.rules.stars import DayCount

_NAMES_MAX = 5  # of secretaries in a refusal
_RECKONED = frozenset({AppraisalState.DECIDING, AppraisalState.DECIDED, *ON_NOTICE})


@dataclass(slots=True)
class Hall:
    """A round with all its appraisals, held until the transaction ends: first the round, then the appraisals by id."""

    connection: Connection
    actor: Actor
    round: Round
    sheet: Sheet
    appraisals: list[Appraisal]
    messages: list[Message] = field(default_factory=list)

    @classmethod
    def held(cls, connection: Connection, actor: Actor, round_id: UUID) -> Hall:
        found = store.get_round(connection, actor.district_id, round_id, lock=True)
        listed = store.list_appraisals(connection, actor.district_id, round_id, lock=True)
        return cls(connection, actor, found, sheet_of(connection, actor, found), listed)

    def check_state(self, *allowed: AppraisalRoundState) -> None:
        if self.round.state not in allowed:
            raise refusals.AppraisalRoundIsPast(state=refusals.STATES[self.round.state.value], field="id")

    def read_again(self) -> None:
        self.appraisals = store.list_appraisals(self.connection, self.actor.district_id, self.round.id)

    def is_districts(self, one: Appraisal) -> bool:
        grade = self.sheet.section.grade(one.grade or "")
        return grade is not None and grade.by_district

    def waiting(self, *, district: bool | None = None) -> list[Appraisal]:
        """Whose grade waits for its decision: by the district, or by committees."""
        return [
            one
            for one in self.appraisals
            if one.state is AppraisalState.DECIDING and district in (None, self.is_districts(one))
        ]

    def refuse_open(self, left: Sequence[Appraisal]) -> None:
        """Raises AppraisalsOpen where anybody is left."""
        if left:
            names = store_facts.list_names(self.connection, self.actor.district_id, [one.account_id for one in left])
            listed = all_of(names[one.account_id] for one in left[:_NAMES_MAX])
            raise refusals.AppraisalsOpen(count=len(left), names=listed, field="id")

    def change(self, one: Appraisal, action: Action | None, values: dict[str, Any], **more: Any) -> None:
        """Write the values, and the step that they come from."""
        store.update_appraisal(self.connection, self.actor.district_id, one, values)
        if action is not None:
            store.insert_steps(
                self.connection, self.actor.district_id, [done(self.actor, action, appraisal=one, **more)]
            )

    def change_round(self, **values: Any) -> None:
        store.update_round(self.connection, self.actor.district_id, self.round, values)
        self.round = replace(self.round, version=self.round.version + 1, **values)

    def note_round(self, step: Step, action: Action, input_digest: bytes) -> None:
        made = done(self.actor, action, round_id=self.round.id, basis=step.basis, input_digest=input_digest)
        store.insert_steps(self.connection, self.actor.district_id, [replace(made, id=step.id)])

    def reckon(self) -> None:
        """Grade everybody again, from the beginning, and write down what changed.

        A grade that its decider has confirmed stays so as long as it comes out the same.
        """
        self.read_again()
        parts = store.list_parts(self.connection, self.actor.district_id, [one.id for one in self.appraisals])
        candidates = [candidate_of(self.sheet.section, one, parts.get(one.id, {})) for one in self.appraisals]
        graded = grade_all(self.sheet.section, self.sheet.frame, candidates)
        for one in self.appraisals:
            self._write(one, graded[one.id])
        self.read_again()

    def _write(self, one: Appraisal, found: Graded) -> None:
        before = [one.score, one.grade, one.scored_as, one.reasons]
        after = [found.score, found.grade, found.scored_as, found.reasons]
        if before == after and (one.state in _RECKONED or one.state is AppraisalState.UNGRADED):
            return
        values: dict[str, Any] = {
            "score": found.score,
            "grade": found.grade,
            "scored_as": found.scored_as,
            "reasons": found.reasons,
        }
        if found.grade is not None and one.decided_grade != found.grade:
            waits = {"state": AppraisalState.DECIDING, "decided_grade": None}
            values |= waits | {"notice_from": None, "notice_until": None}
        self.change(one, Action.RECKONED, values, grade=found.grade)

    def open_notices(self) -> None:
        """When nothing waits for a decision any more, the notice begins for who has none running."""
        self.read_again()
        if self.waiting():
            return
        last = self._last_day()
        for one in self.appraisals:
            if one.state is AppraisalState.DECIDED and one.grade is not None:
                values = {"state": AppraisalState.NOTICE, "notice_from": self.actor.today, "notice_until": last}
                self.change(one, Action.NOTICED, values, grade=one.grade)
                on_notice = replace(one, notice_from=self.actor.today, notice_until=last)
                self.messages.append(telling.decided(self.round, self.sheet, on_notice, one.grade))
        if self.round.state is not AppraisalRoundState.NOTICE:
            self.change_round(state=AppraisalRoundState.NOTICE)

    def _last_day(self) -> date:
        frame = self.sheet.stars.round
        if frame.notice_counts is DayCount.WORKING:
            return work_calendar.add_working_days(self.connection, self.actor, self.actor.today, frame.notice_days).day
        return self.actor.today + timedelta(days=frame.notice_days)

    def tell(self) -> None:
        """Once, at the end of the verb: inboxes stay locked from here on."""
        messages.tell(self.connection, self.actor, self.messages)
        self.messages.clear()

    def view(self, *, replayed: bool) -> RoundView:
        found = store.get_round(self.connection, self.actor.district_id, self.round.id)
        return service.round_view(self.connection, self.actor, found, replayed=replayed)


def hall_of(connection: Connection, actor: Actor, appraisal_id: UUID, permission: Permission) -> Hall:
    """The hall of an appraisal's round, held. Raises NotFound."""
    found = store.find_appraisal(connection, actor.district_id, appraisal_id)
    if found is None or not actor.may(permission, found.path):
        raise NotFound(what="appraisal", field="appraisal")
    return Hall.held(connection, actor, found.round_id)


def open_objections(connection: Connection, actor: Actor, appraisals: Collection[UUID]) -> list[Done]:
    """Those that nobody has answered yet."""
    steps = store.list_steps(connection, actor.district_id, appraisals=appraisals)
    answered = {one.answers for one in steps}
    return [one for one in steps if one.action is Action.OBJECTED and one.id not in answered]
