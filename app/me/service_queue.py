"""One errand of the phone's queue, by the verb that its own route calls."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from app.activities import service as activities
from app.activities.core import Meeting
from app.appeals import complaints
from app.appeals import service as appeals
from app.appeals.core import Concern, Filing
from app.auth.core import Actor
from app.me.core import Answering, Done, Errand, Marking, Recording
from app.messages import service as messages
from app.submissions import hearing
from app.submissions import service as submissions


def carry_out(connection: Connection, actor: Actor, errand: Errand) -> Done:
    """Do it, or find that it was done before. Raises what the verb raises."""
    match errand:
        case Recording():
            return _record(connection, actor, errand)
        case Meeting():
            view = activities.record(connection, actor, errand)
            return Done(view.activity.state.value, view.replayed)
        case Answering():
            heard, _, replayed = hearing.answer(
                connection, actor, errand.submission_id, errand.text, number=errand.number
            )
            return Done(heard.state.value, replayed, heard.due_on)
        case Filing():
            filed = appeals.file(connection, actor, errand)
            return Done(filed.view.appeal.state.value, filed.replayed, filed.view.appeal.due_on)
        case Concern():
            taken, replayed = complaints.file(connection, actor, errand)
            return Done(taken.state.value, replayed, taken.due_on, taken.reference)
        case Marking():
            marked, _ = messages.mark_read(connection, actor, numbers=errand.numbers, up_to=errand.up_to)
            return Done("read", replayed=marked == 0)


def _record(connection: Connection, actor: Actor, errand: Recording) -> Done:
    """As ``POST /entries`` with one fact; its fault is told as it is, not as that of a batch."""
    posting = replace(errand.posting, recorded_by=actor.account_id)
    (recorded,) = submissions.record(connection, actor, [posting], each=True, papers={posting.id: errand.papers})
    if recorded.fault is not None:
        raise recorded.fault
    if recorded.submission is not None:
        return Done(recorded.submission.state.value, recorded.replayed, recorded.submission.due_on)
    return Done("posted", recorded.replayed)
