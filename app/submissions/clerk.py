"""Which way each request of a batch goes: to the ledger, or to a reviewer; tested before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Role
from app.auth.wording import any_role
from app.cycles import key_work
from app.cycles.core import Act, booking_quarter
from app.files import service as files
from app.files.core import Owner, OwnerKind
from app.kit.errors import LongwenError
from app.points import refusals
from app.points import service as points
from app.points.gathering import Background, histories_of
from app.points.judging import check_quarter
from app.points.ledger import Entry, Posting
from app.roster.core import MemberOn
from app.rules.award import Outcome
from app.rules.core import Item, Kind
from app.submissions import store
from app.submissions.core import (
    Papers,
    Submission,
    in_scope,
    is_visible,
    may_declare,
    may_record,
    may_see,
    sent_digest,
)
from app.submissions.core_content import check_content, worth_of
from app.submissions.core_states import SubmissionState

_NO_PAPERS = Papers()


class Clerk:
    """Reads what a batch needs once for all its requests, and says of each which way it goes.

    ``background`` and ``known`` (the submissions under the requests' ids) are given where others need them as well.
    """

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        requests: Sequence[Posting],
        papers: Mapping[UUID, Papers],
        *,
        background: Background | None = None,
        known: dict[UUID, Submission] | None = None,
    ) -> None:
        self.connection = connection
        self.actor = actor
        self.papers = papers
        self.background = background or Background.read(connection, actor, {one.member_id for one in requests})
        self._found = [self._find(request) for request in requests]
        self._ids = [request.id for request in requests]
        self.known = store.find_submissions(connection, actor.district_id, self._ids) if known is None else known
        self._seen: dict[UUID, bytes] = {}

    @cached_property
    def _used(self) -> Mapping[UUID, Entry]:
        """The entries under the ids of what is no routine matter."""
        others = [one for at, one in enumerate(self._ids) if one not in self.known and not self.is_routine(at)]
        return points.entries_by_id(self.connection, self.actor, others) if others else {}

    def is_routine(self, index: int) -> bool:
        """Whether it goes to the ledger at once, if to anywhere."""
        found = self._found[index]
        return not isinstance(found, LongwenError) and found[1].kind is Kind.ROUTINE and not self.is_own(found[0])

    def route(self, index: int, request: Posting) -> Submission | None:
        """None for the ledger, or the submission to store (the one stored before, on a retry). Raises the refusals."""
        self._check_id(index, request)
        found = self._found[index]
        if isinstance(found, LongwenError):
            if isinstance(found, refusals.UnknownItem) and request.id in self._used:
                return None  # posted before the roster or the book changed: the ledger answers the retry
            raise found
        there, item, decimals = found
        self.check_rights(there, item)
        self.check_declared(request, there, item)
        papers = self.papers_of(request)
        if item.kind is Kind.ROUTINE and not self.is_own(there):
            self._check_files(request.id, papers, OwnerKind.ENTRY)
            return None
        before = self.known.get(request.id)
        if before is not None:
            return before
        if request.id in self._used:
            raise refusals.IdUsed(id=str(request.id), field="id")
        check_content(item, request, papers, decimals, self.actor.today)
        self.check_cited(request, papers)
        if request.booked_in is not None:
            # It is booked when it is decided; whether that is in time nobody knows, but a closed quarter is closed.
            check_quarter(request, booking_quarter(self.background.quarters, request.effective_on, Act.RECORD))
        return self.proposal(request, there, item, decimals)

    def proposal(self, request: Posting, there: MemberOn, item: Item, decimals: int) -> Submission:
        """A fresh one, to which nothing was done yet. Raises NotFound for a file that the caller may not attach."""
        papers = self.papers_of(request)
        self._check_files(request.id, papers, OwnerKind.SUBMISSION)
        return Submission(
            request,
            there.branch_id,
            there.path,
            item.kind,
            SubmissionState.DRAFT,
            self.actor.at,
            sent_digest(request, papers),
            papers=papers,
            version=0,
            worth=worth_of(item, request, decimals),
        )

    def found(self, index: int) -> tuple[MemberOn, Item, int]:
        """The member on the day, the item of the book in force then and the places of its points, or what is wrong."""
        found = self._found[index]
        if isinstance(found, LongwenError):
            raise found
        return found

    def check_rights(self, there: MemberOn, item: Item) -> None:
        """Whether the caller records the item about this member. Raises OwnRow and NotYourItem."""
        is_own = self.is_own(there)
        if is_own and not may_declare(item):
            raise refusals.OwnRow(field="member_id")
        # As a member one acts for the own record only, wherever in the branch the membership is held.
        roles = (self.actor.roles_at(there.path) - {Role.MEMBER}) | ({Role.MEMBER} if is_own else set())
        if not may_record(item, roles, is_service=self.actor.is_service):
            raise refusals.NotYourItem(item=item.code, roles=any_role(item.record), field="item")

    def check_cited(self, request: Posting, papers: Papers) -> None:
        """A veto on key work cites an entry of the list in force on the day. Raises NoKeyWorkList, UnknownKeyWork."""
        if papers.key_work is not None:
            key_work.cited(self.connection, self.actor, request.effective_on, papers.key_work)

    def is_own(self, there: MemberOn) -> bool:
        """Whether it is about the caller: then it waits for a reviewer, whatever its kind."""
        return there.account_id is not None and there.account_id == self.actor.account_id

    def check_declared(self, request: Posting, there: MemberOn, item: Item) -> None:
        """A member declares what was done; what was not is for others to say. Raises OwnRow."""
        if item.kind is Kind.ROUTINE and self.is_own(there) and request.outcome is Outcome.MISSED:
            raise refusals.OwnRow(field="outcome")

    def attach(self, posting_id: UUID, kind: OwnerKind) -> None:
        """Make the files that came with the request evidence of what was made of it; ``route`` has tested them."""
        papers = self.papers.get(posting_id, _NO_PAPERS)
        if papers.evidence:
            owner = Owner(kind, posting_id)
            files.attach(self.connection, self.actor, papers.evidence, owner, may_see=self._may_see_owner)

    def is_used(self, posting_id: UUID) -> bool:
        """Whether the id is an entry's."""
        return posting_id in self._used

    def papers_of(self, request: Posting) -> Papers:
        return self.papers.get(request.id, _NO_PAPERS)

    def remember(self, submission: Submission) -> None:
        """The same id again in one batch is a retry."""
        self.known[submission.id] = submission

    def may_see(self, member_id: UUID) -> bool:
        history = self.background.histories.get(member_id)
        return history is not None and may_see(self.actor, history)

    def _find(self, request: Posting) -> tuple[MemberOn, Item, int] | LongwenError:
        try:
            return self._member_and_item(request)
        except LongwenError as error:
            return error

    def _member_and_item(self, request: Posting) -> tuple[MemberOn, Item, int]:
        day = request.effective_on
        history = self.background.histories.get(request.member_id)
        there = None if history is None else history.on(day)
        is_own = there is not None and self.is_own(there)
        if there is None or not in_scope(self.actor, there.path, is_own=is_own):
            raise refusals.NotAMemberThen(day=day.isoformat(), field="member_id")
        regime = self.background.regime_of(request.member_id, day)
        item = None if regime is None else regime.items.get(request.item)
        if regime is None:
            raise refusals.NotAMemberThen(day=day.isoformat(), field="member_id")
        if item is None or item.retired:
            raise refusals.UnknownItem(item=request.item, book=regime.book, edition=regime.edition, field="item")
        return there, item, regime.decimals

    def _check_id(self, index: int, request: Posting) -> None:
        """One id names one thing, be it an entry or a submission, also within a batch."""
        sent = sent_digest(request, self.papers_of(request))
        before = self.known.get(request.id)
        if before is not None and (self.is_routine(index) or before.sent_digest != sent):
            raise refusals.IdUsed(id=str(request.id), field="id")
        if self._seen.setdefault(request.id, sent) != sent:
            raise refusals.IdUsed(id=str(request.id), field="id")

    def _check_files(self, posting_id: UUID, papers: Papers, kind: OwnerKind) -> None:
        if papers.evidence:
            owner = Owner(kind, posting_id)
            files.names_of(self.connection, self.actor, papers.evidence, owner, may_see=self._may_see_owner)

    def _may_see_owner(self, owner: Owner) -> bool:
        """Whether the caller may see another submission, whose file is to be evidence here too."""
        if owner.kind is not OwnerKind.SUBMISSION:
            return False
        found = store.find_submissions(self.connection, self.actor.district_id, [owner.id]).get(owner.id)
        if found is None:
            return False
        histories = histories_of(self.connection, self.actor, {found.posting.member_id})
        return is_visible(self.actor, found, histories[found.posting.member_id])
