"""Reading submissions and their evidence, for those who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.files import service as files
from app.files.core import Evidence, OwnerKind
from app.kit.errors import LongwenError, NotFound
from app.points import service as points
from app.points.gathering import Background
from app.roster import service as roster
from app.submissions import store, store_steps
from app.submissions.core import PAGE_MAX, Sought, Submission, SubmissionPage, SubmissionView, is_visible
from app.submissions.core_reviewing import steps_of
from app.submissions.flowing import Flow


def page(
    connection: Connection, actor: Actor, sought: Sought, *, after: tuple[datetime, UUID] | None, count_max: int
) -> SubmissionPage:
    """Those in the caller's reach, and those the caller made, while they record there, or is the subject of."""
    paths = None if actor.is_service else actor.reach(Permission.SUBMISSION_READ)
    return _page(connection, actor, paths, sought, after, count_max)


def own(
    connection: Connection, actor: Actor, sought: Sought, *, after: tuple[datetime, UUID] | None, count_max: int
) -> SubmissionPage:
    """Those that the caller made or is the subject of, whatever the caller's offices reach."""
    return _page(connection, actor, (), sought, after, count_max)


def _page(
    connection: Connection,
    actor: Actor,
    paths: Sequence[str] | None,
    sought: Sought,
    after: tuple[datetime, UUID] | None,
    count_max: int,
) -> SubmissionPage:
    count = min(count_max, PAGE_MAX)
    found = store.list_submissions(
        connection,
        actor.district_id,
        paths=paths,
        own_account=actor.account_id,
        recording=actor.reach(Permission.ENTRY_RECORD),
        sought=sought,
        after=after,
        count_max=count + 1,
    )
    submissions = tuple(found[:count])
    following = (submissions[-1].recorded_at, submissions[-1].id) if len(found) > count else None
    return SubmissionPage(submissions, following)


def own_views(
    connection: Connection, actor: Actor, *, after: tuple[datetime, UUID] | None, count_max: int
) -> tuple[tuple[SubmissionView, ...], tuple[datetime, UUID] | None]:
    """A page of the same with what was done to each, as ``view`` shows one; and where the next page goes on."""
    found = own(connection, actor, Sought(), after=after, count_max=count_max)
    ids = [one.id for one in found.submissions]
    if not ids:
        return (), None
    steps = store_steps.list_steps(connection, actor.district_id, ids)
    hearings = store_steps.list_hearings(connection, actor.district_id, ids)
    kept = files.files_of(connection, actor, OwnerKind.SUBMISSION, ids)
    views = tuple(
        SubmissionView(one, (), tuple(steps[one.id]), tuple(hearings[one.id]), _present(one, kept.get(one.id, ())))
        for one in found.submissions
    )
    return views, found.following


def view(connection: Connection, actor: Actor, submission_id: UUID) -> SubmissionView:
    """One with its history, its hearings and its evidence. Raises NotFound."""
    found, background = _visible(connection, actor, submission_id)
    try:
        review = steps_of(Flow(connection, actor, background).item_of(found.posting))
    except LongwenError:
        review = ()  # what the book of the day no longer knows is shown all the same
    ids = [submission_id]
    steps = tuple(store_steps.list_steps(connection, actor.district_id, ids)[submission_id])
    hearings = tuple(store_steps.list_hearings(connection, actor.district_id, ids)[submission_id])
    return SubmissionView(found, review, steps, hearings, _evidence(connection, actor, found))


def evidence(
    connection: Connection, actor: Actor, submission_id: UUID, content_hash: str, *, request_id: str
) -> Evidence:
    """A file of a submission that the caller may see. Raises NotFound."""
    found, _ = _visible(connection, actor, submission_id)
    return files.hand_out(connection, actor, _evidence(connection, actor, found), content_hash, request_id=request_id)


def evidence_of_entry(connection: Connection, actor: Actor, entry_id: UUID) -> tuple[Evidence, ...]:
    """What an entry rests on, for whoever may read it: a branch that the member has left, that of its own days.

    Raises NotFound.
    """
    entry = points.find_entry(connection, actor, entry_id)
    try:
        _, there = roster.find_member_for(connection, actor, entry.member_id, Permission.STANDING_READ)
    except NotFound:
        raise NotFound(what="entry", field="id") from None
    if there is not None and not any(
        one.branch_id == entry.branch_id and one.holds(entry.effective_on) for one in there
    ):
        raise NotFound(what="entry", field="id")
    own = files.files_of(connection, actor, OwnerKind.ENTRY, [entry_id]).get(entry_id, ())
    proposed = store.find_submissions(connection, actor.district_id, [entry_id]).get(entry_id)
    return own if proposed is None else (*own, *_evidence(connection, actor, proposed))


def evidence_of_entries(
    connection: Connection, actor: Actor, entry_ids: Sequence[UUID]
) -> dict[UUID, tuple[Evidence, ...]]:
    """The same of many, for who has shown the caller these entries; those that rest on no file are left out."""
    own = files.files_of(connection, actor, OwnerKind.ENTRY, entry_ids)
    proposed = files.files_of(connection, actor, OwnerKind.SUBMISSION, entry_ids)
    found = store.find_submissions(connection, actor.district_id, list(proposed)) if proposed else {}
    both = {one: (*own.get(one, ()), *_present(found[one], kept)) for one, kept in proposed.items() if one in found}
    return {one: files_ for one, files_ in {**own, **both}.items() if files_}


def file_of_entry(
    connection: Connection, actor: Actor, entry_id: UUID, content_hash: str, *, request_id: str
) -> Evidence:
    """One of them. Raises NotFound."""
    among = evidence_of_entry(connection, actor, entry_id)
    return files.hand_out(connection, actor, among, content_hash, request_id=request_id)


def _visible(connection: Connection, actor: Actor, submission_id: UUID) -> tuple[Submission, Background]:
    found = store.find_submissions(connection, actor.district_id, [submission_id]).get(submission_id)
    if found is None:
        raise NotFound(what="submission", field="id")
    background = Background.read(connection, actor, [found.posting.member_id])
    if not is_visible(actor, found, background.histories[found.posting.member_id]):
        raise NotFound(what="submission", field="id")
    return found, background


def _evidence(connection: Connection, actor: Actor, found: Submission) -> tuple[Evidence, ...]:
    """The files that it has now; those that an edit took away are kept, and not shown."""
    if not found.papers.evidence:
        return ()
    kept = files.files_of(connection, actor, OwnerKind.SUBMISSION, [found.id]).get(found.id, ())
    return _present(found, kept)


def _present(found: Submission, kept: Sequence[Evidence]) -> tuple[Evidence, ...]:
    return tuple(one for one in kept if one.content.hash in found.papers.evidence)
