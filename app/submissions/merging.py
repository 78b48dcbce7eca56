"""Routine matters of several callers in one transaction, each answered as if it had come alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.auth.core import Actor
from app.kit.errors import LongwenError
from app.messages import service as messages
from app.points import telling
from app.points.gathering import Background
from app.points.ledger import Posting
from app.points.merging import Merged
from app.submissions import store
from app.submissions.clerk import Clerk
from app.submissions.core import Recorded
from app.submissions.service import deductions_of


@dataclass(frozen=True, slots=True)
class Asked:
    """One fact that comes without papers, and who records it."""

    actor: Actor
    posting: Posting


def record_merged(connection: Connection, asked: Sequence[Asked]) -> list[Recorded | None]:
    """Book each, in the order given; a refusal stands in the answer's ``fault``.

    None for one that needs a transaction of its own, as every proposal does, with its steps and those whom it is told:
    nothing was done about it. All callers are of one district and act at one moment.
    """
    actor, postings = asked[0].actor, [one.posting for one in asked]
    background = Background.read(connection, actor, {posting.member_id for posting in postings})
    known = store.find_submissions(connection, actor.district_id, [posting.id for posting in postings])
    clerks = [Clerk(connection, one.actor, [one.posting], {}, background=background, known=known) for one in asked]
    routine = [clerk.is_routine(0) for clerk in clerks]
    merged = Merged.begun(
        connection, actor, background, [posting for posting, is_here in zip(postings, routine, strict=True) if is_here]
    )
    answers = [
        _recorded(clerk, posting, merged) if is_here else None
        for clerk, posting, is_here in zip(clerks, postings, routine, strict=True)
    ]
    merged.write()
    lost = [
        deductions_of(clerk, 0, posting, answer.posted)
        for clerk, posting, answer in zip(clerks, postings, answers, strict=True)
        if answer is not None and answer.posted is not None and not answer.replayed
    ]
    messages.tell(connection, actor, telling.messages_of_each(connection, actor, lost))
    return answers


def _recorded(clerk: Clerk, posting: Posting, merged: Merged) -> Recorded | None:
    try:
        clerk.route(0, posting)
    except LongwenError as error:
        return Recorded(fault=error)
    if not merged.takes(posting):
        return None
    item, effect = merged.post(posting)
    seen = effect if clerk.may_see(posting.member_id) else None
    return Recorded(posted=item, replayed=item.replayed, fault=item.fault, effect=seen)
