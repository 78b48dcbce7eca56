"""One transaction's work on cases: their steps, by when the next one is due, and whom to tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, Role
from app.cases import store_cases, store_steps
from app.cases.core_cases import (
    OFFICES,
    STEP_DAYS,
    TURN,
    Case,
    CaseAction,
    CaseStep,
    Deed,
    Moment,
    after,
)
from app.cycles import work_calendar
from app.cycles.working_days import WorkCalendar
from app.kit.ids import new_id
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import FactValue, Kind
from app.roster import service as roster
from app.roster.core import EXEMPT, OrganisationView
from app.roster.history import MemberHistory

# Of what a member is told in the same words.
_MOVES = frozenset(
    {
        CaseAction.TALK_HELD,
        CaseAction.PLANNED,
        CaseAction.HELPER_NAMED,
        CaseAction.EXTENDED,
        CaseAction.ACCEPTED,
        CaseAction.FAILED,
        CaseAction.CLOSED,
        CaseAction.LEFT,
    }
)


def is_helped(actor: Actor, history: MemberHistory) -> bool:
    """Not who has left, died or become exempt since the quarter's end."""
    there = history.on(actor.today)
    return there is not None and there.profile != EXEMPT


@dataclass(slots=True)
class Casework:
    """What was done; ``finish`` writes the steps, then tells."""

    connection: Connection
    actor: Actor
    steps: dict[UUID, CaseStep] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    _calendar: WorkCalendar | None = None
    _organisations: dict[UUID, OrganisationView] = field(default_factory=dict)
    _holders: dict[str, tuple[tuple[UUID, Role], ...]] = field(default_factory=dict)

    # What is asked.

    def working_days(self, number: int, since: date | None = None) -> date:
        """The day that many working days after today, or after a day of this or last year."""
        today = self.actor.today
        if self._calendar is None:
            first = date(today.year - 2, 1, 1)
            self._calendar = work_calendar.read(self.connection, self.actor, first)
        return self._calendar.add_working_days(since or today, number).day

    def branch_path(self, branch_id: UUID) -> str:
        return self._organisation(branch_id).path

    def branch_name(self, branch_id: UUID) -> str:
        return self._organisation(branch_id).name

    def _organisation(self, organisation_id: UUID) -> OrganisationView:
        if not self._organisations:
            found = roster.organisations(self.connection, self.actor.district_id)
            self._organisations = {one.id: one for one in found}
        return self._organisations[organisation_id]

    def holders(self, case: Case, office: Role, history: MemberHistory) -> list[UUID]:
        """Who holds the office, or where nobody does (or only the member) the next one up."""
        return self.holders_at(case.path, office, history)

    def holders_at(self, path: str, office: Role, history: MemberHistory) -> list[UUID]:
        return self.others_at(path, office, history.account_id)

    def others_at(self, path: str, office: Role, member_account: UUID | None) -> list[UUID]:
        """The same for a place, and for whom the member's account is known of."""
        if path not in self._holders:
            self._holders[path] = auth.holders(self.connection, self.actor, OFFICES, path)
        for role in OFFICES[OFFICES.index(office) :]:
            found = [one for one, held in self._holders[path] if held is role and one != member_account]
            if found:
                return list(dict.fromkeys(found))
        return []

    # What is done.

    def opened(self, case: Case, history: MemberHistory) -> None:
        """A case that is being inserted: its first step, and who is told."""
        self.steps[case.id] = CaseStep(new_id(), 1, CaseAction.OPENED.value, self.actor.at, self.actor.account_id)
        facts: dict[str, FactValue] = {"quarter": case.quarter}
        to = Recipient(member_id=case.member_id)
        self.messages.append(Message(to, Kind.CASE_OPENED, _subject(case), facts, case.due_on))
        self.ask(case, history)

    def done(self, case: Case, deed: Deed, history: MemberHistory) -> Case:
        """The case, held, after one more deed. Raises what ``after`` raises."""
        actor = self.actor
        changed = after(case, deed, Moment(actor.at, actor.today, self.working_days(STEP_DAYS)))
        if deed.action is CaseAction.MOVED:
            there = history.on(actor.today)
            branch_id = case.branch_id if there is None else there.branch_id
            changed = replace(changed, branch_id=branch_id, path=self.branch_path(branch_id))
        store_cases.update_case(self.connection, actor.district_id, changed)
        step = CaseStep(
            deed.id,
            changed.version,
            deed.action.value,
            actor.at,
            actor.account_id,
            deed.note,
            changed.talk_on if deed.action is CaseAction.TALK_HELD else None,
            deed.digest(),
        )
        self.steps[case.id] = step
        self._tell(changed, deed, history)
        if changed.is_open and (changed.state is not case.state or deed.action is CaseAction.MOVED):
            self.ask(changed, history)
        return changed

    # Whom it is told.

    def ask(self, case: Case, history: MemberHistory) -> None:
        """Whoever's turn it is, once for each state and day."""
        office, task = TURN[case.state]
        facts: dict[str, FactValue] = {"member": history.name, "task": task}
        occasion = f"{case.state.value} {case.due_on}"
        for account in self.holders(case, office, history):
            to = Recipient(account_id=account)
            self.messages.append(Message(to, Kind.CASE_ASKED, _subject(case), facts, case.due_on, occasion))

    def remind(self, case: Case, kind: Kind, accounts: Sequence[UUID], history: MemberHistory) -> None:
        _, task = TURN[case.state]
        facts: dict[str, FactValue] = {"task": task, "title": history.name}
        occasion = f"{case.state.value} {case.due_on}"
        for account in accounts:
            to = Recipient(account_id=account)
            self.messages.append(Message(to, kind, _subject(case), facts, case.due_on, occasion))

    def _tell(self, case: Case, deed: Deed, history: MemberHistory) -> None:
        member, occasion = Recipient(member_id=case.member_id), str(case.version)
        if deed.action is CaseAction.ANNULLED:
            facts: dict[str, FactValue] = {"member": history.name, "quarter": case.quarter}
            others = [Recipient(account_id=one) for one in self.holders(case, Role.SECRETARY, history)]
            told = [Message(to, Kind.CASE_ANNULLED, _subject(case), facts) for to in (member, *others)]
        elif deed.action is CaseAction.HELPER_PROPOSED:
            facts = {"member": history.name, "helper": self._name(deed.helper_id), "note": deed.note}
            asked = [Recipient(account_id=one) for one in self.holders(case, Role.SECRETARY, history)]
            told = [Message(to, Kind.HELPER_PROPOSED, _subject(case), facts, occasion=occasion) for to in asked]
        elif deed.action in _MOVES:
            facts = {"quarter": case.quarter, "move": deed.action.value, "note": deed.note}
            told = [Message(member, Kind.CASE_MOVED, _subject(case), facts, occasion=occasion)]
        else:
            told = []
        self.messages += told

    def _name(self, member_id: UUID | None) -> str | None:
        if member_id is None:
            return None
        return store_cases.names_of(self.connection, self.actor.district_id, [member_id], [])[member_id]

    def finish(self, told: Sequence[Message] = ()) -> int:
        """The cases themselves are written by now; how many messages were new."""
        store_steps.insert_case_steps(self.connection, self.actor.district_id, self.steps)
        self.steps = {}
        return messages.tell(self.connection, self.actor, [*self.messages, *told])


def _subject(case: Case) -> Subject:
    return Subject("case", case.id)
