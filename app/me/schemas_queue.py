"""What HTTP sees of the queue: each element names its kind and has the body that the kind's own route takes.

An element that cannot be read is one that is refused, and no reason to refuse the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from app.activities.schemas import ActivityRequest
from app.appeals.schemas import AppealRequest, ComplaintRequest
from app.kit.http import Answer, Model
from app.kit.problems import Problem
from app.me.core import QUEUE_MAX, Answering, Done, Errand, Marking, Recording
from app.messages.schemas import ReadRequest
from app.submissions.schemas import RecordItem
from app.submissions.schemas_flow import HearingAnswerRequest

FAULTS_TOLD_MAX = 20


class QueuedEntry(Model):
    """As one of ``POST /entries``."""

    kind: Literal["entry"]
    body: RecordItem

    def errand(self) -> Errand:
        return Recording(self.body.posting(None), self.body.papers)


class QueuedActivity(Model):
    """As ``POST /activities``."""

    kind: Literal["activity"]
    body: ActivityRequest

    def errand(self) -> Errand:
        return self.body.meeting()


class QueuedHearingAnswer(Model):
    """As ``POST /submissions/{submission_id}/answer``."""

    kind: Literal["hearing_answer"]
    submission_id: UUID
    body: HearingAnswerRequest

    def errand(self) -> Errand:
        return Answering(self.submission_id, self.body.answer, self.body.round)


class QueuedAppeal(Model):
    """As ``POST /entries/{entry_id}/appeals``."""

    kind: Literal["appeal"]
    entry_id: UUID
    body: AppealRequest

    def errand(self) -> Errand:
        return self.body.filing(self.entry_id)


class QueuedComplaint(Model):
    """As ``POST /complaints``."""

    kind: Literal["complaint"]
    body: ComplaintRequest

    def errand(self) -> Errand:
        return self.body.concern()


class QueuedReading(Model):
    """As ``POST /me/messages/read``."""

    kind: Literal["messages_read"]
    body: ReadRequest

    def errand(self) -> Errand:
        return Marking(tuple(self.body.numbers), self.body.up_to or 0)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An element that is not what its kind asks for, with what is wrong as Pydantic tells it."""

    errors: tuple[dict[str, Any], ...]


def _each_by_itself(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return Unreadable(tuple({**one, "loc": _place(one["loc"])} for one in found[:FAULTS_TOLD_MAX]))


def _place(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Without the kind, which stands before the place in an element that is told by its kind."""
    return location[1:] if location and location[0] in _KINDS else location


Queued: TypeAlias = Annotated[
    QueuedEntry | QueuedActivity | QueuedHearingAnswer | QueuedAppeal | QueuedComplaint | QueuedReading,
    Field(discriminator="kind"),
]
_KINDS = {"entry", "activity", "hearing_answer", "appeal", "complaint", "messages_read"}


class QueueRequest(Model):
    """What was written while there was no connection, in the order in which it was written."""

    items: list[Annotated[Queued, WrapValidator(_each_by_itself)]] = Field(min_length=1, max_length=QUEUE_MAX)

    @property
    def elements(self) -> list[Errand | Unreadable]:
        # What the wrapping validator gives back is no model where the element cannot be read.
        given: list[Any] = list(self.items)
        return [one if isinstance(one, Unreadable) else one.errand() for one in given]


class QueuedAnswer(Answer):
    """What became of one element, in the order sent."""

    status: int = Field(
        description="如同单独提交时的状态码：201 已办，200 此前已办 · as its own route would have answered",
        examples=[201],
    )
    replayed: bool = Field(description="此前已办 · done before")
    state: str | None = Field(None, description="办成后的状态 · of what was made", examples=["posted"])
    due_on: date | None = None
    reference: str | None = Field(None, description="意见建议的编号 · a complaint's number", examples=["2026-0042"])
    problem: dict[str, Any] | None = Field(
        None, description="未办的原因（RFC 9457）；5xx 和 429 的可原样重发 · why it was not done"
    )

    @classmethod
    def of(cls, done: Done) -> QueuedAnswer:
        return cls(
            status=200 if done.replayed else 201,
            replayed=done.replayed,
            state=done.state,
            due_on=done.due_on,
            reference=done.reference,
        )

    @classmethod
    def refused(cls, problem: Problem) -> QueuedAnswer:
        document = dict(problem.document)
        if "faults" in document:
            document["faults"] = document["faults"][:FAULTS_TOLD_MAX]
        return cls(status=problem.status, replayed=False, problem=document)


class QueueAnswer(Answer):
    """One answer for each element."""

    results: list[QueuedAnswer]
