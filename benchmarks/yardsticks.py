"""Routes beside the service's own, in the same application: all that a request costs before and after the work."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.auth.api import Door, permit
from app.auth.core import Actor, Permission
from app.kit.calendar import quarter_of
from app.kit.sending import conditional
from app.points.core import Score
from app.points.ledger import Entry, Posting
from app.points.views import Effect, PostedItem
from app.rules.core import Kind
from app.submissions.core import Recorded
from app.submissions.schemas import RecordAnswer, RecordedAnswer, RecordRequest

router = APIRouter(prefix="/bench", tags=["benchmarks"])

_BEFORE = Score(1000, 990, 0, 0, 990, 990, "recommended", {("ORG", Kind.ROUTINE): -10}, ())
_AFTER = Score(1000, 980, 0, 0, 980, 980, "recommended", {("ORG", Kind.ROUTINE): -20}, ())
_EDITION = "0" * 64


@router.post("/entries", status_code=201)
def answer_entries(
    body: RecordRequest, door: Annotated[Door, Depends(permit(Permission.ENTRY_RECORD))]
) -> RecordAnswer:
    """Reads the same bodies behind the same door and answers as if they had been posted; the ledger is not touched."""
    recorded = door.run(lambda _, actor: [_as_if_posted(posting, actor) for posting in body.postings(actor.account_id)])
    return RecordAnswer(preview=False, results=[RecordedAnswer.of(one, door.language) for one in recorded])


def _as_if_posted(posting: Posting, actor: Actor) -> Recorded:
    quarter, cycle = quarter_of(posting.effective_on), str(posting.effective_on.year)
    entry = Entry(
        id=posting.id, cycle=cycle, member_id=posting.member_id, seq=14, branch_id=posting.member_id,
        item=posting.item, kind=Kind.ROUTINE, dimension="ORG", tier=None, matter=None, cause=None, edition=_EDITION,
        profile="standard", window=quarter, units=0, points=-10, effective_on=posting.effective_on,
        booked_in=quarter, recorded_at=actor.at, recorded_by=actor.account_id, approved_by=None,
        source=posting.source, batch=None, reverses=None, input_digest=b"", text_digest=None,
    )  # fmt: skip
    effect = Effect(cycle, posting.member_id, 14, 9, _BEFORE, _AFTER)
    return Recorded(posted=PostedItem((entry,)), effect=effect)


@router.get("/constant")
def answer_constant(
    request: Request, size: int, door: Annotated[Door, Depends(permit(Permission.BOARD_READ))]
) -> Response:
    """So many bytes for who may read boards, under a tag of their own; 304 for who has them."""
    door.run(lambda _, __: None)
    return conditional(request, b"x" * size, media_type="application/json")
