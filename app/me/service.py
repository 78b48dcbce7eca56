"""The own record in few calls: what the app opens with, and the views that the rooms below have by member."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection

from app.activities import service as activities
from app.activities.core import Record
from app.appeals import service as appeals
from app.appeals.core import OFFICES, AppealPage, AppealState
from app.auth.core import Actor, within
from app.boards.core import OwnPlaces
from app.cycles import service as cycles
from app.cycles.core import NoCycle, Quarter, quarter_on
from app.kit.naming import Names, Whose
from app.me import store
from app.me.core import (
    EVIDENCE_PAGE_MAX,
    HOME_LIST_MAX,
    HOME_MESSAGES_MAX,
    HOME_OFFICES_MAX,
    EvidenceCursor,
    EvidencePage,
    Home,
    ItemBook,
    NoRulesNow,
    NotAMember,
    Office,
    OwnRecord,
    Task,
    Tasks,
)
from app.messages import service as messages
from app.messages.core import InboxPage
from app.points import reading
from app.points.gathering import Background, Books
from app.points.reading import NoStanding
from app.points.views import DutiesView, EntryPage
from app.roster import service as roster
from app.roster.core import MemberView, OrganisationView
from app.roster.naming import names as names_of
from app.rules import service as rules
from app.rules.core import Item
from app.rules.name import Name
from app.submissions import reading as submissions
from app.submissions.core import Sought, Submission, SubmissionPage
from app.submissions.core_states import SubmissionState

_ATTENDANCE_LOOKED_AT = 50


def require_member(connection: Connection, actor: Actor) -> MemberView:
    """The caller as a member; NotAMember."""
    found = roster.own_member(connection, actor)
    if found is None:
        raise NotAMember
    return found


class Places(Protocol):
    """Who knows where the caller stands on boards."""

    def own_places(self, connection: Connection, actor: Actor, cycle: str) -> OwnPlaces: ...


# The first screen.


def home(connection: Connection, actor: Actor, boards: Places) -> Home:
    """All that the app opens with, in a number of queries that no record makes grow."""
    every = roster.organisations(connection, actor.district_id)
    member = roster.own_member(connection, actor)
    quarter = _quarter_today(connection, actor)
    tasks = _Desk(connection, actor, Books.opened(connection, actor))
    returned = submissions.own(
        connection, actor, Sought(state=SubmissionState.RETURNED), after=None, count_max=HOME_LIST_MAX
    )
    under_way = submissions.own(
        connection, actor, Sought(state=SubmissionState.SUBMITTED), after=None, count_max=HOME_LIST_MAX
    )
    return Home(
        today=actor.today,
        offices=offices(actor, every),
        member=member,
        organisations=_around(member, every),
        quarter=quarter,
        record=None if member is None or quarter is None else _record_now(connection, actor, member, quarter, boards),
        inbox=_latest(connection, actor),
        hearings=tasks.hearings(member),
        reviews=tasks.reviews(member),
        appeals_to_answer=tasks.appeals_to_answer(),
        own_submissions=tasks.listed((*returned.submissions, *under_way.submissions), returned, under_way),
        own_appeals=tasks.own_appeals(),
        absences=() if member is None else _absences(connection, actor, member),
    )


def offices(actor: Actor, every: Sequence[OrganisationView]) -> tuple[Office, ...]:
    """What the caller is appointed to, with the organisation of each."""
    by_path = {one.path: one for one in every}
    appointed = (one for one in actor.appointments if not one.stands_in)
    held = sorted(appointed, key=lambda one: (one.path, one.role.value))
    return tuple(Office(one.role, one.path, by_path.get(one.path)) for one in held[:HOME_OFFICES_MAX])


def _around(member: MemberView | None, every: Sequence[OrganisationView]) -> dict[UUID, OrganisationView]:
    return {} if member is None else {one.id: one for one in every if within(member.path, one.path)}


def _quarter_today(connection: Connection, actor: Actor) -> Quarter | None:
    with suppress(NoCycle):
        return quarter_on(cycles.quarters(connection, actor), actor.today)
    return None


def _record_now(
    connection: Connection, actor: Actor, member: MemberView, quarter: Quarter, boards: Places
) -> OwnRecord | None:
    with suppress(NoStanding):
        found = _record(connection, actor, member, quarter.cycle, boards)
        return OwnRecord(
            found.standing, found.regime, found.places, reading.duties(connection, actor, member.id, quarter.cycle)
        )
    return None


def _record(connection: Connection, actor: Actor, member: MemberView, cycle: str | None, boards: Places) -> OwnRecord:
    standing = reading.standing(connection, actor, member.id, cycle)
    balance = standing.balance
    regime = rules.regime(connection, actor.district_id, *balance.regimes[max(balance.regimes)])
    places = boards.own_places(connection, actor, balance.cycle)
    return OwnRecord(standing, regime, places)


def _latest(connection: Connection, actor: Actor) -> InboxPage:
    """The latest messages, read or not, and how many are unread."""
    last = messages.inbox(connection, actor, limit=1).last
    return messages.inbox(connection, actor, after=max(0, last - HOME_MESSAGES_MAX), limit=HOME_MESSAGES_MAX)


def _absences(connection: Connection, actor: Actor, member: MemberView) -> tuple[Record, ...]:
    """Those that can still be made up."""
    page = activities.attendance_of(connection, actor, member.id, count_max=_ATTENDANCE_LOOKED_AT)
    open_ones = [one for one in page.records if one.attendance.waits and one.attendance.deadline >= actor.today]
    return tuple(open_ones[:HOME_LIST_MAX])


@dataclass(frozen=True, slots=True)
class _Desk:
    """Makes tasks of what waits for the caller."""

    connection: Connection
    actor: Actor
    books: Books

    def hearings(self, member: MemberView | None) -> Tasks:
        """Findings about the caller that wait for their answer."""
        if member is None:
            return Tasks()
        sought = Sought(member_id=member.id, waiting=True)
        found = submissions.own(self.connection, self.actor, sought, after=None, count_max=HOME_LIST_MAX)
        return self.listed(found.submissions, found)

    def reviews(self, member: MemberView | None) -> Tasks:
        """Proposals about others that the caller is asked to decide."""
        found = submissions.page(
            self.connection, self.actor, Sought(waiting=True), after=None, count_max=HOME_LIST_MAX * 2
        )
        own = None if member is None else member.id
        return self.listed([one for one in found.submissions if one.posting.member_id != own], found)

    def listed(self, found: Sequence[Submission], *pages: SubmissionPage) -> Tasks:
        names = self._names(one.posting.member_id for one in found)
        listed = [
            Task(
                id=one.posting.id,
                item=one.posting.item,
                title=self._title(one),
                member=names.get(one.posting.member_id),
                kind=one.kind.value,
                state=one.state.value,
                due_on=one.due_on,
                since=one.submitted_at or one.recorded_at,
            )
            for one in found[:HOME_LIST_MAX]
        ]
        more = len(found) > HOME_LIST_MAX or any(page.following is not None for page in pages)
        return Tasks(tuple(listed), more)

    def appeals_to_answer(self) -> Tasks:
        if not any(held.role in OFFICES for held in self.actor.appointments):
            return Tasks()
        page = appeals.appeals(
            self.connection, self.actor, state=None, waits_for_me=True, after=None, count_max=HOME_LIST_MAX
        )
        return self._of_appeals(page)

    def own_appeals(self) -> Tasks:
        page = appeals.own_appeals(self.connection, self.actor, state=AppealState.OPEN, count_max=HOME_LIST_MAX)
        return self._of_appeals(page)

    def _of_appeals(self, page: AppealPage) -> Tasks:
        listed = [
            Task(
                id=one.appeal.id,
                item=one.entry.item,
                title=self._item_title(one.entry.edition, one.entry.item),
                member=one.member,
                kind=one.entry.kind.value,
                state=one.appeal.state.value,
                due_on=one.appeal.due_on,
                since=one.appeal.filed_at,
            )
            for one in page.appeals
        ]
        return Tasks(tuple(listed), page.following is not None)

    def _names(self, ids: Iterable[UUID]) -> Names:
        wanted = set(ids)  # of those who have left, too
        return names_of(self.connection, self.actor, {Whose.MEMBER: wanted}) if wanted else {}

    def _title(self, one: Submission) -> Name | None:
        digest = self.books.adopted.find_digest(one.path, one.posting.effective_on)
        return None if digest is None else self._item_title(digest, one.posting.item)

    def _item_title(self, digest: str, code: str) -> Name | None:
        regimes = self.books.edition(digest).regimes.values()
        item: Item | None = next((one.items[code] for one in regimes if code in one.items), None)
        return None if item is None else item.name


# By its parts.


def record(connection: Connection, actor: Actor, cycle: str | None, boards: Places) -> OwnRecord:
    """The standing of a cycle (the present one unless named), with places. Raises NotAMember and NoStanding."""
    member = require_member(connection, actor)
    return _record(connection, actor, member, cycle, boards)


def entries(connection: Connection, actor: Actor, cycle: str | None, after: int, count_max: int) -> EntryPage:
    """The own entries numbered above ``after``; who goes on after the last one seen skips and repeats none.

    Raises NotAMember.
    """
    member = require_member(connection, actor)
    return reading.entries(connection, actor, member.id, cycle, after, count_max)


def duties(connection: Connection, actor: Actor, cycle: str | None) -> DutiesView:
    """Raises NotAMember and NoStanding."""
    member = require_member(connection, actor)
    return reading.duties(connection, actor, member.id, cycle)


def item_book(connection: Connection, actor: Actor) -> ItemBook:
    """The items as they judge the caller today. Raises NotAMember, NoRulesNow, NoCycle and NoEditionInForce."""
    member = require_member(connection, actor)
    background = Background.read(connection, actor, [member.id])
    regime = background.regime_of(member.id, actor.today)
    if regime is None:
        raise NoRulesNow
    return ItemBook(background.books.edition(regime.digest), regime)


def evidence(connection: Connection, actor: Actor, *, before: EvidenceCursor | None, count_max: int) -> EvidencePage:
    """What the own record rests on, the latest first, and on the first page what waits to be attached.

    Raises NotAMember.
    """
    member = require_member(connection, actor)
    count = min(count_max, EVIDENCE_PAGE_MAX)
    found = store.list_evidence(connection, actor.district_id, member.id, before=before, count_max=count + 1)
    waiting = (
        ()
        if before is not None or actor.account_id is None
        else tuple(store.list_waiting(connection, actor.district_id, actor.account_id, EVIDENCE_PAGE_MAX))
    )
    page = tuple(found[:count])
    last = page[-1] if len(found) > count else None
    following = None if last is None else (last.attached_at, last.owner.id, last.content.hash)
    return EvidencePage(page, waiting, following)


def own_submissions(
    connection: Connection, actor: Actor, after: tuple[datetime, UUID] | None, count_max: int
) -> SubmissionPage:
    """Those that the caller made or is the subject of; an account without a member may have made some too."""
    return submissions.own(connection, actor, Sought(), after=after, count_max=count_max)


def own_appeals(
    connection: Connection, actor: Actor, after: tuple[datetime, UUID] | None, count_max: int
) -> AppealPage:
    """Those of the own record. Raises NotAMember."""
    require_member(connection, actor)
    return appeals.own_appeals(connection, actor, after=after, count_max=count_max)
