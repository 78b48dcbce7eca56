"""Deciding: each step of a review approves on, the last one posts; or the proposal is returned, or refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, Permission, Role
from app.auth.wording import any_role
from app.cycles.core import QuarterState
from app.kit.errors import LongwenError, NotFound
from app.messages.texts import Kind as Told
from app.points import service as points
from app.points.gathering import Background
from app.points.ledger import Posting
from app.points.views import Effect, PostedItem
from app.rules.core import Item, Kind
from app.rules.points import printed_text
from app.submissions import store, store_steps, vetoes, wording
from app.submissions.core import (
    Decided,
    NotYourReview,
    OwnRecording,
    Submission,
    Verdict,
    excluded_from_review,
    may_see,
)
from app.submissions.core_hearing import Hearing, HearingOpen, NotToldYet
from app.submissions.core_reviewing import STANDING_IN, offices_of, stage_after, steps_of
from app.submissions.core_states import (
    ACTION_OF,
    AlreadyDecided,
    Decision,
    Moved,
    NoteMissing,
    SeenMissing,
    Step,
    SubmissionState,
)
from app.submissions.flowing import Flow


def decide(connection: Connection, actor: Actor, verdict: Verdict) -> Decided:
    """Approve, return or refuse one submission. The same again by the same person changes nothing.

    Raises NotFound outside the caller's scope, NotYourReview, OwnRecording, AlreadyDecided, Moved, SeenMissing,
    NoteMissing, HearingOpen, NotToldYet, and the ledger's refusal.
    """
    (decided,) = _Bench(connection, actor, [verdict]).decide(each=False)
    return decided


def decide_each(connection: Connection, actor: Actor, verdicts: Sequence[Verdict]) -> list[Decided]:
    """The same for many, of different submissions, each by itself; what is wrong with one stands in its answer."""
    return _Bench(connection, actor, verdicts).decide(each=True)


@dataclass(slots=True)
class _Ruling:
    """What a verdict makes of its submission, before the ledger is asked."""

    verdict: Verdict
    submission: Submission
    item: Item | None = None
    stage: int = 0  # how many steps of the review are done with an approval
    posts: bool = False
    replayed: bool = False
    steps: list[Step] = field(default_factory=list)


class _Bench:
    """Locks the submissions in the order of their ids, then lets the ledger take all that post at once."""

    def __init__(self, connection: Connection, actor: Actor, verdicts: Sequence[Verdict]) -> None:
        self.connection = connection
        self.actor = actor
        self.verdicts = verdicts
        ids = [one.submission_id for one in verdicts]
        self.submissions = store.lock_submissions(connection, actor.district_id, ids)
        self.steps: Mapping[UUID, list[Step]] = store_steps.list_steps(connection, actor.district_id, ids)
        self.hearings = store_steps.list_hearings(connection, actor.district_id, ids)
        members = {one.posting.member_id for one in self.submissions.values()}
        self.flow = Flow(connection, actor, Background.read(connection, actor, members))

    def decide(self, *, each: bool) -> list[Decided]:
        rulings: list[_Ruling | LongwenError] = []
        for verdict in self.verdicts:
            try:
                rulings.append(self._rule(verdict))
            except LongwenError as error:
                if not each:
                    raise
                rulings.append(error)
        posted, effects = self._post([one for one in rulings if isinstance(one, _Ruling) and one.posts], each=each)
        counted = _counted(posted.values(), effects)
        answers = []
        for ruling in rulings:
            if isinstance(ruling, LongwenError):
                answers.append(Decided(fault=ruling))
                continue
            item = posted.get(ruling.submission.id)
            if item is not None and item.fault is not None:
                answers.append(Decided(fault=item.fault))
                continue
            after = ruling.submission
            if not ruling.replayed:
                after = self._carry_out(ruling, item, "" if item is None else counted[_cycle_of(item)])
            seen = () if item is None else self._effects(item, effects)
            steps = [*self.steps[after.id], *(one for one in self.flow.steps if one.submission_id == after.id)]
            answers.append(Decided(after, item, seen, ruling.replayed, steps=tuple(steps)))
        self.flow.finish()
        return answers

    def _rule(self, verdict: Verdict) -> _Ruling:
        found = self.submissions.get(verdict.submission_id)
        if found is None or found.submitted_at is None:
            raise NotFound(what="submission", field="id")
        if not self.actor.may(Permission.SUBMISSION_DECIDE, found.path):
            raise NotFound(what="submission", field="id")
        steps = self.steps[found.id]
        excluded = excluded_from_review(found, self.flow.about(found), ())
        if self.actor.account_id in excluded:
            raise OwnRecording(field="id")
        if self._is_replay(verdict, found, steps):
            posts = found.state is SubmissionState.POSTED and verdict.decision is Decision.APPROVE
            return _Ruling(verdict, found, posts=posts, replayed=True)
        item = self.flow.item_of(found.posting)
        stage = self._stage_after(found, item, steps)
        if found.state is not SubmissionState.SUBMITTED:
            raise AlreadyDecided(found.state, field="decision")
        if verdict.seen is not None and verdict.seen != found.version:
            raise Moved(seen=verdict.seen, now=found.version, field="seen")
        if verdict.seen is None and found.round > 1 and not self.actor.is_service:
            raise SeenMissing(now=found.version, field="seen")
        if verdict.decision is not Decision.APPROVE:
            if verdict.note is None:
                raise NoteMissing(field="note")
            return _Ruling(verdict, found, item, steps=steps)
        if item.heard:
            self._check_heard(self.hearings[found.id])
        return _Ruling(verdict, found, item, stage, posts=stage >= len(steps_of(item)), steps=steps)

    def _is_replay(self, verdict: Verdict, found: Submission, steps: Sequence[Step]) -> bool:
        """Whether the caller has done this already: right after the step they saw, or else in this round."""
        action = ACTION_OF[verdict.decision]
        if verdict.seen is not None:
            candidates = [one for one in steps if one.number == verdict.seen + 1]
        elif self.actor.is_service and found.state is SubmissionState.SUBMITTED:
            return False  # the service may take one step after the other
        else:
            candidates = [one for one in steps if one.round == found.round]
        return any(one.action is action and one.by == self.actor.account_id for one in candidates)

    def _stage_after(self, found: Submission, item: Item, steps: Sequence[Step]) -> int:
        """How many steps are done with the caller's approval. Raises OwnRecording and NotYourReview."""
        if self.actor.is_service:
            return found.stage + 1
        excluded = excluded_from_review(found, self.flow.about(found), steps)
        if self.actor.account_id in excluded and found.state is SubmissionState.SUBMITTED:
            raise OwnRecording(field="id")
        roles = self.actor.roles_at(found.path)
        after = stage_after(item, found.stage, roles, self.flow.holders(found.path), excluded)
        if after is None:
            raise NotYourReview(item=item.code, roles=any_role(one.value for one in steps_of(item)), field="id")
        return after

    def _check_heard(self, hearings: Sequence[Hearing]) -> None:
        hearing = hearings[-1] if hearings else None
        if hearing is None or hearing.due_on is None:
            raise NotToldYet(field="id")
        if not hearing.is_over(self.actor.today):
            raise HearingOpen(due_on=hearing.due_on.isoformat(), field="id")

    def _post(
        self, rulings: Sequence[_Ruling], *, each: bool
    ) -> tuple[dict[UUID, PostedItem], Mapping[tuple[str, UUID], Effect]]:
        postings = [self._posting(one) for one in rulings]
        answer = points.post(self.connection, self.actor, postings, background=self.flow.background, each=True)
        if not each:  # there is one, and what is wrong with it is what is wrong
            for item in answer.items:
                if item.fault is not None:
                    raise item.fault
        return dict(zip([one.id for one in postings], answer.items, strict=True)), answer.effects

    def _posting(self, ruling: _Ruling) -> Posting:
        found = ruling.submission
        approved_by = found.decided_by if ruling.replayed else self.actor.account_id
        return replace(found.posting, approved_by=approved_by, handed_in=self._handed_in(found))

    def _handed_in(self, found: Submission) -> date | None:
        """The day of handing in, in the days of a check: only what came by the tenth is decided in that quarter."""
        quarters = self.flow.background.quarters
        if found.submitted_at is None or all(one.state is not QuarterState.CHECK for one in quarters):
            return None
        return auth.day_of(self.connection, self.actor.district_id, found.submitted_at)

    def _effects(self, item: PostedItem, effects: Mapping[tuple[str, UUID], Effect]) -> tuple[Effect, ...]:
        """What it did to the standings, where the caller may read them."""
        member = item.entries[0].member_id
        if not may_see(self.actor, self.flow.background.histories[member]):
            return ()
        return tuple(one for (_, whose), one in effects.items() if whose == member)

    def _carry_out(self, ruling: _Ruling, item: PostedItem | None, counting: str) -> Submission:
        """The submission after the decision, written, and whom it concerns told."""
        flow, verdict, found, rules = self.flow, ruling.verdict, ruling.submission, ruling.item
        if rules is None:
            raise AssertionError("what is not a replay has its item")
        at, by, note = self.actor.at, self.actor.account_id, verdict.note
        action = ACTION_OF[verdict.decision]
        if verdict.decision is Decision.APPROVE:
            after = replace(flow.step(found, action, note, stage=ruling.stage), stage=ruling.stage)
            if item is None:
                after = flow.ask_reviewers(after, rules, [*ruling.steps, flow.steps[-1]])
            else:
                after = replace(after, state=SubmissionState.POSTED, decided_at=at, decided_by=by, decision_note=note)
                after = replace(after, asked=(), due_on=None)
                self._tell_posted(after, rules, item, counting)
        else:
            returned = verdict.decision is Decision.RETURN
            state = SubmissionState.RETURNED if returned else SubmissionState.REFUSED
            after = replace(flow.step(found, action, note), state=state, asked=(), due_on=None, decision_note=note)
            if not returned:
                after = replace(after, decided_at=at, decided_by=by)
                flow.drop_hearing(after, rules)
            flow.tell_recorder(
                Told.SUBMISSION_RETURNED if returned else Told.SUBMISSION_REFUSED, after, rules, note=note
            )
        store.update_submission(self.connection, self.actor.district_id, after)
        if item is not None and found.kind is Kind.VETO:
            vetoes.enter(flow, after, rules, item.entries[0])
        return after

    def _tell_posted(self, after: Submission, rules: Item, item: PostedItem, counting: str) -> None:
        flow, reason = self.flow, after.posting.reason
        points_text = printed_text(sum(one.points for one in item.entries), item.decimals)
        flow.tell_recorder(Told.SUBMISSION_POSTED, after, rules, points=points_text, counting=counting)
        if after.kind is Kind.FAULT:
            entry = item.entries[0]
            regime = flow.background.books.regime(entry.edition, entry.profile)
            parts = wording.parts(item.entries, regime, item.decimals)
            flow.tell_member(Told.DEDUCTION_TOLD, after, rules, points=points_text, reason=reason, **parts)
        elif after.kind is Kind.VETO:
            flow.tell_member(Told.VETO_DECIDED, after, rules, reason=reason, office=self._office(after, rules).value)
        elif flow.about(after) != after.posting.recorded_by:
            flow.tell_member(Told.SUBMISSION_POSTED, after, rules, points=points_text, counting=counting)

    def _office(self, found: Submission, item: Item) -> Role:
        """The office in which the caller took the last step: the nearest of those that may."""
        roles, offices = self.actor.roles_at(found.path), offices_of(item, len(steps_of(item)) - 1)
        return next((one for one in offices if one in roles and one in STANDING_IN), offices[-1])


def _cycle_of(item: PostedItem) -> tuple[str, UUID]:
    entry = item.entries[0]
    return entry.cycle, entry.member_id


def _counted(posted: Iterable[PostedItem], effects: Mapping[tuple[str, UUID], Effect]) -> dict[tuple[str, UUID], str]:
    """Of each standing how far what was posted at once counts in its total."""
    found: dict[tuple[str, UUID], list[PostedItem]] = {}
    for item in posted:
        if item.fault is None and not item.replayed:
            found.setdefault(_cycle_of(item), []).append(item)
    return {key: wording.counting(items, effects.get(key)) for key, items in found.items()}
