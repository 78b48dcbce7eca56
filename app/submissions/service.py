"""Recording points: routine matters go down to the ledger at once, proposals wait for a reviewer's decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.files.core import OwnerKind
from app.kit.errors import Faults, LongwenError
from app.points import service as points
from app.points.ledger import Posting
from app.submissions import store
from app.submissions.clerk import Clerk
from app.submissions.core import Papers, Recorded, Submission
from app.submissions.flowing import Flow

_NONE: Mapping[UUID, Papers] = MappingProxyType({})


def record(
    connection: Connection,
    actor: Actor,
    requests: Sequence[Posting],
    *,
    each: bool = False,
    papers: Mapping[UUID, Papers] = _NONE,
) -> list[Recorded]:
    """Book routine matters and hand the rest in as submissions, in the order asked; ``papers`` come with their ids.

    All or nothing, unless ``each``. Raises BatchRefused with every element at fault.
    """
    clerk = Clerk(connection, actor, requests, papers)
    flow = Flow(connection, actor, clerk.background)
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
            submission = flow.hand_in(submission, flow.item_of(request))
            fresh[request.id] = submission
        clerk.remember(submission)
        answers[index] = Recorded(submission=submission, replayed=replayed)
    routine = [posting for _, posting in postings]
    posted = points.post(connection, actor, routine, background=clerk.background, each=True)
    for (index, posting), item in zip(postings, posted.items, strict=True):
        if item.fault is not None:
            faults.add(index, item.fault)
        elif not item.replayed:
            clerk.attach(posting.id, OwnerKind.ENTRY)
        entry = item.entries[0] if item.entries else None
        effect = None if entry is None else posted.effects.get((entry.cycle, posting.member_id))
        if not clerk.may_see(posting.member_id):
            effect = None
        answers[index] = Recorded(posted=item, replayed=item.replayed, fault=item.fault, effect=effect)
    if not each:
        faults.raise_any()
    if fresh:
        store.insert_submissions(connection, actor.district_id, list(fresh.values()))
        for one in fresh:
            clerk.attach(one, OwnerKind.SUBMISSION)
        flow.finish()
    return [answers[index] for index in range(len(requests))]
