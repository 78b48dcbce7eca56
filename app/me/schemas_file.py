"""How each thing is written in one's own file: as its own route shows it."""

from __future__ import annotations

from datetime import date
from functools import singledispatch
from uuid import UUID

from pydantic import BaseModel

from app.activities.core import Record
from app.activities.schemas import MemberSessionAnswer
from app.appeals.core import AppealView, Complaint
from app.appeals.schemas import AppealAnswer, ComplaintAnswer
from app.kit.http import Answer
from app.kit.problems import Language
from app.me.core import EntryLine, EvidenceLine, Profile
from app.me.schemas import OfficeAnswer, OwnDutiesAnswer
from app.messages.core import Kept
from app.messages.schemas import MessageAnswer
from app.points.schemas import EntryAnswer, StandingAnswer
from app.points.views import DutiesView, StandingView
from app.submissions.core import SubmissionView
from app.submissions.schemas_flow import SubmissionViewAnswer


class SpellAnswer(Answer):
    """A membership."""

    branch: str
    from_on: date
    until_on: date | None
    profile: str


class ExemptionAnswer(Answer):
    """Days without assessment; their ground is not kept here."""

    from_on: date
    until_on: date | None


class ProfileAnswer(Answer):
    """The person, as roster and accounts have them."""

    account_id: UUID
    login: str
    name: str
    offices: list[OfficeAnswer]
    member_id: UUID | None
    number: str | None
    member_name: str | None
    joined_on: date | None
    id_number: str | None
    phone: str | None
    memberships: list[SpellAnswer]
    exemptions: list[ExemptionAnswer]


class EvidenceLineAnswer(Answer):
    """A file of the archive."""

    path: str
    name: str
    hash: str
    media_type: str
    size: int
    owner: str | None
    owner_id: UUID | None


@singledispatch
def shown(value: object, language: Language) -> BaseModel:
    """One value as it is written down."""
    raise TypeError(f"{type(value).__name__} has no form in {language}")


@shown.register
def _profile(value: Profile, language: Language) -> BaseModel:  # noqa: ARG001 - names have one language here
    member = value.member
    return ProfileAnswer(
        account_id=value.account_id,
        login=value.login,
        name=value.name,
        offices=[OfficeAnswer.of(one) for one in value.offices],
        member_id=None if member is None else member.id,
        number=None if member is None else member.number,
        member_name=None if member is None else member.name,
        joined_on=None if member is None else member.joined_on,
        id_number=value.id_number,
        phone=value.phone,
        memberships=[
            SpellAnswer(branch=branch, from_on=first, until_on=last, profile=profile)
            for branch, first, last, profile in value.spells
        ],
        exemptions=[ExemptionAnswer(from_on=first, until_on=last) for first, last in value.exemptions],
    )


@shown.register
def _standing(value: StandingView, language: Language) -> BaseModel:  # noqa: ARG001 - it tells both
    return StandingAnswer.of_view(value)


@shown.register
def _duties(value: DutiesView, language: Language) -> BaseModel:
    return OwnDutiesAnswer.of(value, language)


@shown.register
def _entry(value: EntryLine, language: Language) -> BaseModel:  # noqa: ARG001 - it tells no text of ours
    return EntryAnswer.of(value.entry, value.decimals, value.reason)


@shown.register
def _attendance(value: Record, language: Language) -> BaseModel:  # noqa: ARG001 - the same
    return MemberSessionAnswer.of(value)


@shown.register
def _evidence(value: EvidenceLine, language: Language) -> BaseModel:  # noqa: ARG001 - the same
    content, owner = value.content, value.owner
    return EvidenceLineAnswer(
        path=value.path,
        name=value.name,
        hash=content.hash,
        media_type=content.media_type,
        size=content.size,
        owner=None if owner is None else owner.kind.value,
        owner_id=None if owner is None else owner.id,
    )


@shown.register
def _submission(value: SubmissionView, language: Language) -> BaseModel:  # noqa: ARG001 - the same
    return SubmissionViewAnswer.of(value)


@shown.register
def _appeal(value: AppealView, language: Language) -> BaseModel:
    return AppealAnswer.of(value, language)


@shown.register
def _complaint(value: Complaint, language: Language) -> BaseModel:  # noqa: ARG001 - the same
    return ComplaintAnswer.of(value)


@shown.register
def _message(value: Kept, language: Language) -> BaseModel:
    return MessageAnswer.of(value, language)
