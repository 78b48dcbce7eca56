"""One transaction's work on submissions: their steps, the hearings, and whom they wait for; told at the end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, Role
from app.cycles import work_calendar
from app.cycles.working_days import Reckoned, WorkCalendar
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import FactValue
from app.messages.texts import Kind as Told
from app.points import refusals
from app.points.core_telling import titled
from app.points.gathering import Background
from app.points.ledger import Posting
from app.rules.core import Item
from app.submissions import store_steps, wording
from app.submissions.core import Submission, excluded_from_review
from app.submissions.core_hearing import HEARING_DAYS, REVIEW_DAYS, Hearing, ToldHow
from app.submissions.core_reviewing import OFFICES, RANK, STANDING_IN, Holders, turn
from app.submissions.core_states import Action, Step, SubmissionState


@dataclass(slots=True)
class Flow:
    """What was done, and whom to tell of it; ``finish`` writes the steps and the hearings, then tells."""

    connection: Connection
    actor: Actor
    background: Background
    steps: list[Step] = field(default_factory=list)
    hearings: list[Hearing] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    _holders: dict[str, Holders] = field(default_factory=dict)
    _calendar: WorkCalendar | None = None

    def about(self, submission: Submission) -> UUID | None:
        """The account of the member whom it is about."""
        return self.background.histories[submission.posting.member_id].account_id

    def name_of(self, submission: Submission) -> str:
        return self.background.histories[submission.posting.member_id].name

    def item_of(self, posting: Posting) -> Item:
        """The item by the book of the day. Raises NotAMemberThen and UnknownItem."""
        regime = self.background.regime_of(posting.member_id, posting.effective_on)
        if regime is None:
            raise refusals.NotAMemberThen(day=posting.effective_on.isoformat(), field="member_id")
        item = regime.items.get(posting.item)
        if item is None:
            raise refusals.UnknownItem(item=posting.item, book=regime.book, edition=regime.edition, field="item")
        return item

    def holders(self, path: str) -> Holders:
        """Who holds an office there or above today, nearest first."""
        if path not in self._holders:
            self._holders[path] = auth.holders(self.connection, self.actor, OFFICES, path)
        return self._holders[path]

    def working_days(self, number: int, since: date | None = None) -> Reckoned:
        """The day that many working days after today, or after a day of this or last year."""
        today = self.actor.today
        if self._calendar is None:
            self._calendar = work_calendar.read(self.connection, self.actor, today.replace(year=today.year - 1, day=1))
        return self._calendar.add_working_days(since or today, number)

    # What is done.

    def step(
        self, submission: Submission, action: Action, note: str | None = None, *, stage: int | None = None
    ) -> Submission:
        """The submission after one more thing was done to it."""
        number = submission.version + 1
        self.steps.append(
            Step(submission.id, number, submission.round, action, self.actor.at, self.actor.account_id, stage, note)
        )
        return replace(submission, version=number)

    def hand_in(self, submission: Submission, item: Item) -> Submission:
        """Under review: the member is told and may answer where the item says so, else the first step is asked."""
        handed = replace(
            submission,
            state=SubmissionState.SUBMITTED,
            round=submission.round + 1,
            stage=0,
            submitted_at=submission.submitted_at or self.actor.at,
            decision_note=None,
        )
        handed = self.step(handed, Action.SUBMITTED)
        return self._ask_member(handed, item) if item.heard else self.ask_reviewers(handed, item)

    def _ask_member(self, submission: Submission, item: Item) -> Submission:
        facts = self.proposal(submission, item)
        hearing = Hearing(submission.id, submission.round, self.actor.today)
        about = self.about(submission)
        if about is None:
            self.hearings.append(hearing)
            facts["member"] = self.name_of(submission)
            for account in self.tellers(submission, item):
                self.tell(Recipient(account_id=account), Told.TELLING_ASKED, submission, facts)
            return replace(submission, asked=(), due_on=None)
        due = self.working_days(HEARING_DAYS)
        self.hearings.append(
            replace(
                hearing,
                told_at=self.actor.at,
                told_how=ToldHow.MESSAGE,
                told_by=self.actor.account_id,
                told_on=self.actor.today,
                due_on=due.day,
                assumed=due.assumed,
            )
        )
        self.tell(self.member(submission), Told.HEARING_ASKED, submission, facts, due_on=due.day)
        return replace(submission, asked=(about,), due_on=due.day)

    def proposal(self, submission: Submission, item: Item) -> dict[str, str | int | None]:
        """What the member is told of it, before it is decided: with what it costs, and why."""
        regime = self.background.regime_of(submission.posting.member_id, submission.posting.effective_on)
        proposed = {} if regime is None else wording.proposed(submission, item, regime)
        return {**facts_of(submission, item), **proposed, "reason": submission.posting.reason}

    def tellers(self, submission: Submission, item: Item) -> tuple[UUID, ...]:
        """Who is asked to tell the member, or hears what they answered: those whom a veto's rule names, else the
        secretary; where there is none, the next office above."""
        named = [Role(code) for code in item.veto.hears] if item.veto is not None else []
        first = min((RANK[role] for role in named), default=RANK[Role.SECRETARY])
        offices = sorted({*named, *(role for role in STANDING_IN if RANK[role] >= first)}, key=RANK.__getitem__)
        holders = self.holders(submission.path)
        found = ([account for account, role in holders if role is office] for office in offices)
        return tuple(dict.fromkeys(next((accounts for accounts in found if accounts), [])))

    def ask_reviewers(self, submission: Submission, item: Item, steps: Collection[Step] = ()) -> Submission:
        """Ask whoever's turn it is; those who were asked before are not told again."""
        asked = self.reviewers(submission, item, steps)
        due_on = self.working_days(REVIEW_DAYS).day
        facts = {**facts_of(submission, item), "member": self.name_of(submission)}
        for account in asked:
            self.tell(Recipient(account_id=account), Told.REVIEW_ASKED, submission, facts, due_on=due_on, at_stage=True)
        return replace(submission, asked=asked, due_on=due_on)

    def reviewers(self, submission: Submission, item: Item, steps: Iterable[Step]) -> tuple[UUID, ...]:
        """The accounts whose turn it is; none where nobody may."""
        excluded = excluded_from_review(submission, self.about(submission), list(steps))
        found = turn(item, submission.stage, self.holders(submission.path), excluded)
        return () if found is None else found[1]

    # Whom it is told.

    def member(self, submission: Submission) -> Recipient:
        return Recipient(member_id=submission.posting.member_id)

    def tell(
        self,
        to: Recipient,
        kind: Told,
        submission: Submission,
        facts: dict[str, str | int | None],
        *,
        due_on: date | None = None,
        at_stage: bool = False,
    ) -> None:
        """Once for each round of the submission, or for each step of its review."""
        occasion = f"{submission.round}.{submission.stage}" if at_stage else str(submission.round)
        subject = Subject("submission", submission.id)
        self.messages.append(Message(to, kind, subject, facts, due_on, occasion))

    def tell_recorder(self, kind: Told, submission: Submission, item: Item, **more: FactValue) -> None:
        """Who recorded it, unless that is who acts now."""
        recorder = submission.posting.recorded_by
        if recorder is not None and recorder != self.actor.account_id:
            self.tell(Recipient(account_id=recorder), kind, submission, {**facts_of(submission, item), **more})

    def tell_member(self, kind: Told, submission: Submission, item: Item, **more: FactValue) -> None:
        """Whom it is about, with or without an account."""
        self.tell(self.member(submission), kind, submission, {**facts_of(submission, item), **more})

    def drop_hearing(self, submission: Submission, item: Item) -> None:
        """A member who was told of what was proposed learns that it is off."""
        if item.heard and submission.submitted_at is not None:
            self.tell_member(Told.HEARING_ENDED, submission, item)

    def finish(self, told: Sequence[Message] = ()) -> None:
        """The submissions themselves are written by now."""
        store_steps.insert_steps(self.connection, self.actor.district_id, self.steps)
        store_steps.insert_hearings(self.connection, self.actor.district_id, self.hearings)
        messages.tell(self.connection, self.actor, [*self.messages, *told])


def facts_of(submission: Submission, item: Item) -> dict[str, str | int | None]:
    """What every message about a submission names."""
    return {**titled(item.name), "item": item.code, "effective_on": submission.posting.effective_on.isoformat()}
