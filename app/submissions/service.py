"""Recording points: routine matters go down to the ledger at once, proposals wait for a reviewer's decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.files.core import OwnerKind
from app.kit.errors import Faults, LongwenError
from app.messages.core import Message, Recipient
from app.messages.texts import Kind as Told
from app.points import service as points
from app.points import telling
from app.points.core_telling import Deduction, about, takes_points, titled
from app.points.ledger import Posting
from app.points.views import PostedItem
from app.rules.name import Name
from app.rules.points import printed_text
from app.submissions import store
from app.submissions.clerk import Clerk
from app.submissions.core import Papers, Recorded, Submission
from app.submissions.flowing import Flow

_NONE: Mapping[UUID, Papers] = MappingProxyType({})
_BARE = Name("记为未履行", "recorded as not done")  # where the recorder gave no words


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
    lost = _post(clerk, postings, answers, faults)
    if not each:
        faults.raise_any()
    if fresh:
        store.insert_submissions(connection, actor.district_id, list(fresh.values()))
        for one in fresh:
            clerk.attach(one, OwnerKind.SUBMISSION)
    if fresh or lost:
        flow.finish(telling.messages_of(connection, actor, lost))
    return [answers[index] for index in range(len(requests))]


def _post(
    clerk: Clerk, postings: Sequence[tuple[int, Posting]], answers: dict[int, Recorded], faults: Faults
) -> list[Deduction]:
    """Book the routine matters, and answer each at its index; what is lost by them, to be told."""
    routine = [posting for _, posting in postings]
    posted = points.post(clerk.connection, clerk.actor, routine, background=clerk.background, each=True)
    lost: list[Deduction] = []
    for (index, posting), item in zip(postings, posted.items, strict=True):
        if item.fault is not None:
            faults.add(index, item.fault)
        elif not item.replayed:
            clerk.attach(posting.id, OwnerKind.ENTRY)
            lost += deductions_of(clerk, index, posting, item)
        entry = item.entries[0] if item.entries else None
        effect = None if entry is None else posted.effects.get((entry.cycle, posting.member_id))
        if not clerk.may_see(posting.member_id):
            effect = None
        answers[index] = Recorded(posted=item, replayed=item.replayed, fault=item.fault, effect=effect)
    return lost


def deductions_of(clerk: Clerk, index: int, posting: Posting, item: PostedItem) -> list[Deduction]:
    """What the member is told of a routine matter that costs points: the reason is what the recorder says of it."""
    there, rules, _ = clerk.found(index)
    reason = posting.reason or posting.matter
    stated = {"reason": reason} if reason else {"reason": _BARE.zh, "reason_en": _BARE.en}
    found = []
    for entry in takes_points(item.entries):
        facts = {
            **titled(rules.name),
            "item": entry.item,
            "effective_on": entry.effective_on.isoformat(),
            "points": printed_text(entry.points, item.decimals),
            **stated,
        }
        message = Message(Recipient(member_id=there.id), Told.DEDUCTION_TOLD, about(entry), facts)
        account_id = clerk.background.histories[there.id].account_id
        found.append(Deduction(entry.id, there.id, account_id, there.path, message))
    return found
