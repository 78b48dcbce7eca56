"""Recording points: routine matters go down to the ledger at once, proposals wait for a reviewer's decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission, Role
from app.kit.errors import Faults, LongwenError, NotFound
from app.points import refusals
from app.points import service as points
from app.points.gathering import Background
from app.points.ledger import Posting
from app.points.views import Effect
from app.roster.core import MemberOn
from app.rules.award import points_of, points_sent
from app.rules.core import Item, Kind, Matter
from app.submissions import store
from app.submissions.core import (
    PAGE_MAX,
    AlreadyDecided,
    Decided,
    Decision,
    NotYourReview,
    OwnRecording,
    Recorded,
    Submission,
    SubmissionPage,
    SubmissionState,
    in_scope,
    may_record,
    may_review,
    may_see,
)


def record(connection: Connection, actor: Actor, requests: Sequence[Posting], *, each: bool = False) -> list[Recorded]:
    """Book routine matters and store the rest as submissions, in the order asked.

    All or nothing, unless ``each``. Raises BatchRefused with every element at fault.
    """
    clerk = _Clerk(connection, actor, requests)
    faults = Faults()
    answers: dict[int, Recorded] = {}
    postings: list[tuple[int, Posting]] = []
    fresh: dict[UUID, Submission] = {}
    for index, request in enumerate(requests):
        try:
            submission = clerk.route(index, request)
        except LongwenError as error:
            faults.add(index, error)
            answers[index] = Recorded(fault=error)
            continue
        if submission is None:
            postings.append((index, request))
            continue
        replayed = request.id in clerk.known
        if not replayed:
            fresh[request.id] = submission
        clerk.remember(submission)
        answers[index] = Recorded(submission=submission, replayed=replayed)
    routine = [posting for _, posting in postings]
    posted = points.post(connection, actor, routine, background=clerk.background, each=True)
    for (index, posting), item in zip(postings, posted.items, strict=True):
        if item.fault is not None:
            faults.add(index, item.fault)
        entry = item.entries[0] if item.entries else None
        effect = None if entry is None else posted.effects.get((entry.cycle, posting.member_id))
        if not clerk.may_see(posting.member_id):
            effect = None
        answers[index] = Recorded(posted=item, replayed=item.replayed, fault=item.fault, effect=effect)
    if not each:
        faults.raise_any()
    store.insert_submissions(connection, actor.district_id, list(fresh.values()))
    return [answers[index] for index in range(len(requests))]


class _Clerk:
    """Says which way each request of a batch goes; reads what it needs once for all of them."""

    def __init__(self, connection: Connection, actor: Actor, requests: Sequence[Posting]) -> None:
        self.actor = actor
        self.background = Background.read(connection, actor, {request.member_id for request in requests})
        self._found = [self._find(request) for request in requests]
        ids = [request.id for request in requests]
        self.known = store.find_submissions(connection, actor.district_id, ids)
        others = [one.id for at, one in enumerate(requests) if one.id not in self.known and not self._is_routine(at)]
        self._used = points.entries_by_id(connection, actor, others) if others else {}
        self._seen: dict[UUID, bytes] = {}

    def _is_routine(self, index: int) -> bool:
        found = self._found[index]
        return not isinstance(found, LongwenError) and found[1].kind is Kind.ROUTINE

    def _find(self, request: Posting) -> tuple[MemberOn, Item, int] | LongwenError:
        """The member on the day, the item of the book in force then and the places of its points, or what is wrong."""
        try:
            return self._member_and_item(request)
        except LongwenError as error:
            return error

    def _member_and_item(self, request: Posting) -> tuple[MemberOn, Item, int]:
        day = request.effective_on
        history = self.background.histories.get(request.member_id)
        there = None if history is None else history.on(day)
        is_own = there is not None and there.account_id is not None and there.account_id == self.actor.account_id
        if there is None or not in_scope(self.actor, there.path, is_own=is_own):
            raise refusals.NotAMemberThen(day=day.isoformat(), field="member_id")
        regime = self.background.regime_of(request.member_id, day)
        item = None if regime is None else regime.items.get(request.item)
        if regime is None:
            raise refusals.NotAMemberThen(day=day.isoformat(), field="member_id")
        if item is None or item.retired:
            raise refusals.UnknownItem(item=request.item, book=regime.book, edition=regime.edition, field="item")
        return there, item, regime.decimals

    def route(self, index: int, request: Posting) -> Submission | None:
        """None for the ledger, or the submission to store (the one stored before, on a retry). Raises the refusals."""
        self._check_id(index, request)
        found = self._found[index]
        if isinstance(found, LongwenError):
            if isinstance(found, refusals.UnknownItem) and request.id in self._used:
                return None  # posted before the roster or the book changed: the ledger answers the retry
            raise found
        there, item, decimals = found
        is_own = there.account_id is not None and there.account_id == self.actor.account_id
        if is_own and (item.kind is not Kind.INNOVATION or Role.MEMBER.value not in item.record):
            raise refusals.OwnRow(field="member_id")
        # As a member one acts for the own record only, wherever in the branch the membership is held.
        roles = (self.actor.roles_at(there.path) - {Role.MEMBER}) | ({Role.MEMBER} if is_own else set())
        if not may_record(item, roles, is_service=self.actor.is_service):
            raise refusals.NotYourItem(item=item.code, roles="、".join(item.record), field="item")
        if item.kind is Kind.ROUTINE:
            return None
        before = self.known.get(request.id)
        if before is not None:
            return before
        if request.id in self._used:
            raise refusals.IdUsed(id=str(request.id), field="id")
        self._check(item, request, decimals)
        return Submission(request, there.branch_id, there.path, item.kind, SubmissionState.SUBMITTED, self.actor.at)

    def _check_id(self, index: int, request: Posting) -> None:
        """One id names one thing, be it an entry or a submission, also within a batch."""
        sent = request.input_digest()
        before = self.known.get(request.id)
        if before is not None and (self._is_routine(index) or before.posting.input_digest() != sent):
            raise refusals.IdUsed(id=str(request.id), field="id")
        if self._seen.setdefault(request.id, sent) != sent:
            raise refusals.IdUsed(id=str(request.id), field="id")

    def remember(self, submission: Submission) -> None:
        """The same id again in one batch is a retry."""
        self.known[submission.posting.id] = submission

    def may_see(self, member_id: UUID) -> bool:
        history = self.background.histories.get(member_id)
        return history is not None and may_see(self.actor, history)

    def _check(self, item: Item, request: Posting, decimals: int) -> None:
        """A proposal is tested by what the ledger will test when it is posted."""
        if request.effective_on > self.actor.today:
            raise refusals.DayToCome(day=request.effective_on.isoformat(), field="effective_on")
        points_of(
            item,
            tier=request.tier,
            units=request.units,
            outcome=request.outcome,
            chosen=points_sent(item, request.chosen, decimals),
            decimals=decimals,
        )
        if request.matter is None and item.matter is Matter.REQUIRED:
            raise refusals.MatterMissing(item=item.code, field="matter")
        if request.matter is not None and item.matter is Matter.NONE:
            raise refusals.MatterNotAsked(item=item.code, field="matter")


def decide(connection: Connection, actor: Actor, submission_id: UUID, decision: Decision, note: str | None) -> Decided:
    """Post or refuse a submission. The same decision again changes nothing.

    Raises NotFound outside the caller's scope, NotYourReview, OwnRecording, AlreadyDecided and the ledger's refusals.
    """
    submission = store.lock_submission(connection, actor.district_id, submission_id)
    if submission is None or not actor.may(Permission.SUBMISSION_DECIDE, submission.path):
        raise NotFound(what="submission", field="id")
    background = Background.read(connection, actor, [submission.posting.member_id])
    item = _item_of(submission, background)
    _check_reviewer(actor, submission, item, background)
    wanted = SubmissionState.POSTED if decision is Decision.POST else SubmissionState.REFUSED
    if submission.state is not SubmissionState.SUBMITTED and submission.state is not wanted:
        raise AlreadyDecided(state=submission.state.value, field="decision")
    replayed = submission.state is wanted
    posted = None
    effects: tuple[Effect, ...] = ()
    if wanted is SubmissionState.POSTED:
        posting = replace(submission.posting, approved_by=submission.decided_by if replayed else actor.account_id)
        answer = points.post(connection, actor, [posting], background=background)
        posted = answer.items[0]
        if may_see(actor, background.histories[submission.posting.member_id]):
            effects = tuple(answer.effects.values())
    if not replayed:
        store.update_decided(
            connection, actor.district_id, submission_id, state=wanted, at=actor.at, by=actor.account_id, note=note
        )
        submission = replace(
            submission, state=wanted, decided_at=actor.at, decided_by=actor.account_id, decision_note=note
        )
    return Decided(submission, posted, effects, replayed)


def _item_of(submission: Submission, background: Background) -> Item:
    posting = submission.posting
    regime = background.regime_of(posting.member_id, posting.effective_on)
    if regime is None:
        raise refusals.NotAMemberThen(day=posting.effective_on.isoformat(), field="member_id")
    item = regime.items.get(posting.item)
    if item is None:
        raise refusals.UnknownItem(item=posting.item, book=regime.book, edition=regime.edition, field="item")
    return item


def _check_reviewer(actor: Actor, submission: Submission, item: Item, background: Background) -> None:
    about = background.histories[submission.posting.member_id].account_id
    if actor.account_id is not None and actor.account_id in (about, submission.posting.recorded_by):
        raise OwnRecording(field="id")
    if not may_review(item, actor.roles_at(submission.path), is_service=actor.is_service):
        raise NotYourReview(item=item.code, roles="、".join(item.review), field="id")


def submissions(
    connection: Connection,
    actor: Actor,
    *,
    state: SubmissionState | None,
    after: tuple[datetime, UUID] | None,
    count_max: int,
) -> SubmissionPage:
    """Those in the caller's reach, and those the caller made or is the subject of."""
    paths = None if actor.is_service else actor.reach(Permission.SUBMISSION_READ)
    count = min(count_max, PAGE_MAX)
    found = store.list_submissions(
        connection,
        actor.district_id,
        paths=paths,
        own_account=actor.account_id,
        state=state,
        after=after,
        count_max=count + 1,
    )
    page = tuple(found[:count])
    following = (page[-1].recorded_at, page[-1].posting.id) if len(found) > count else None
    return SubmissionPage(page, following)
