"""What HTTP sees of the own record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.appeals.schemas import AppealPageAnswer as AppealPageAnswer  # noqa: PLC0414 - the routes answer with it
from app.boards.core import OwnPlaces, Place
from app.files.core import OwnerKind
from app.handbook.glossary import Glossary
from app.handbook.schemas_items import ItemAnswer, in_language
from app.kit.http import Answer
from app.kit.problems import Language
from app.me.core import (
    EvidenceCursor,
    EvidencePage,
    ItemBook,
    Office,
    OwnEvidence,
    OwnRecord,
)
from app.points.ledger import DutyState
from app.points.schemas import DutyCountAnswer, StandingAnswer
from app.points.schemas import EntryPageAnswer as EntryPageAnswer  # noqa: PLC0414 - the same
from app.points.views import DutiesView, DutyLine
from app.roster.core import OrganisationView
from app.rules.core import Kind, Regime
from app.rules.points import printed_number
from app.rules.schemas_points import Points
from app.submissions.schemas import SubmissionPageAnswer as SubmissionPageAnswer  # noqa: PLC0414 - the same
from app.submissions.schemas import after_cursor as after_cursor  # noqa: PLC0414 - the same

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EVIDENCE_CURSOR = r"^[0-9]{1,16}\.[0-9a-f]{32}\.[0-9a-f]{64}$"


class PlaceNameAnswer(Answer):
    """An organisation by name."""

    id: UUID
    kind: str = Field(examples=["branch"])
    name: str


class OfficeAnswer(Answer):
    """An office, and where it is held."""

    role: str = Field(examples=["secretary"])
    organisation: PlaceNameAnswer | None

    @classmethod
    def of(cls, office: Office) -> OfficeAnswer:
        there = office.organisation
        return cls(role=office.role.value, organisation=None if there is None else place_name(there))


class OwnDimensionAnswer(Answer):
    """One of the dimensions: its allotment, what is left or earned of it, and the points by kind, uncut."""

    code: str = Field(examples=["ORG"])
    name: str
    allotment: Points
    held: Points = Field(description="现有分值 · what is left or earned, after every bound")
    routine: Points
    innovation: Points
    fault: Points


class RankAnswer(Answer):
    """A rank among those who are ranked."""

    rank: int
    of: int


class PlacesAnswer(Answer):
    """The own places, seen by nobody else; null where the policy shows none, one is not ranked, or a veto stands."""

    reach: Literal["off", "branch", "district"]
    branch: RankAnswer | None
    district: RankAnswer | None

    @classmethod
    def of(cls, places: OwnPlaces) -> PlacesAnswer:
        def rank(place: Place | None) -> RankAnswer | None:
            return None if place is None else RankAnswer(rank=place.rank, of=place.of)

        return cls(reach=places.reach.value, branch=rank(places.branch), district=rank(places.district))


class OwnStandingAnswer(Answer):
    """The own standing, its dimensions by name, and the own places."""

    standing: StandingAnswer
    dimensions: list[OwnDimensionAnswer]
    places: PlacesAnswer

    @classmethod
    def of(cls, record: OwnRecord, language: Language) -> OwnStandingAnswer:
        return cls(
            standing=StandingAnswer.of_view(record.standing),
            dimensions=dimensions_of(record, language),
            places=PlacesAnswer.of(record.places),
        )


class OwnDutyAnswer(Answer):
    """One thing due, and what became of it."""

    item: str = Field(examples=["ORG-D02"])
    name: str
    window: str = Field(examples=["2026-11"])
    due_on: date
    share: Points = Field(description="未尽则失去的分值 · lost where it is not done")
    state: DutyState
    target: int | None = Field(description="应达数量 · units due; null where it is not counted")
    done: int | None
    entry_id: UUID | None

    @classmethod
    def of(cls, line: DutyLine, decimals: int, language: Language) -> OwnDutyAnswer:
        row = line.row
        return cls(
            item=row.key.item,
            name=row.key.item if line.item is None else in_language(line.item.name, language),
            window=row.key.window,
            due_on=row.due_on,
            share=printed_number(row.share, decimals),
            state=row.state,
            target=row.target,
            done=line.done,
            entry_id=row.entry_id,
        )


class OwnDutiesAnswer(Answer):
    """All duties of a cycle, by the day on which they are due."""

    cycle: str
    count: DutyCountAnswer
    duties: list[OwnDutyAnswer]

    @classmethod
    def of(cls, view: DutiesView, language: Language) -> OwnDutiesAnswer:
        duties = [OwnDutyAnswer.of(one, view.decimals, language) for one in view.lines]
        return cls(cycle=view.cycle, count=DutyCountAnswer.of(view.count), duties=duties)


class OwnItemAnswer(ItemAnswer):
    """An item as it judges the caller; ``proposes``: the caller may propose it themselves."""

    proposes: bool


class OwnItemBookAnswer(Answer):
    """The items that judge the caller today, in the order of the book."""

    book: str
    edition: str
    digest: str
    profile: str
    decimals: int
    items: list[OwnItemAnswer]

    @classmethod
    def of(cls, found: ItemBook, language: Language) -> OwnItemBookAnswer:
        edition, regime = found.edition, found.regime
        words = Glossary(edition)
        items = [one for one in regime.items.values() if not one.retired]
        return cls(
            book=edition.book,
            edition=edition.code,
            digest=edition.digest,
            profile=regime.profile,
            decimals=regime.decimals,
            items=[
                OwnItemAnswer(**ItemAnswer.of(one, words, language).model_dump(), proposes="member" in one.record)
                for one in items
            ],
        )


class OwnEvidenceAnswer(Answer):
    """A file that the own record rests on; its bytes are under ``href``."""

    hash: str
    name: str
    media_type: str
    size: int
    owner: OwnerKind
    owner_id: UUID
    attached_at: datetime
    href: str

    @classmethod
    def of(cls, one: OwnEvidence) -> OwnEvidenceAnswer:
        content, owner = one.content, one.owner
        folder = {OwnerKind.ENTRY: "entries", OwnerKind.SUBMISSION: "submissions", OwnerKind.APPEAL: "appeals"}
        part = "files" if owner.kind is OwnerKind.APPEAL else "evidence"
        return cls(
            hash=content.hash,
            name=one.name,
            media_type=content.media_type,
            size=content.size,
            owner=owner.kind,
            owner_id=owner.id,
            attached_at=one.attached_at,
            href=f"/api/v1/{folder[owner.kind]}/{owner.id}/{part}/{content.hash}",
        )


class WaitingFileAnswer(Answer):
    """A file sent in that is not attached to anything yet; it goes seven days after it was sent."""

    hash: str
    name: str
    media_type: str
    size: int
    uploaded_at: datetime


class EvidencePageAnswer(Answer):
    """The latest first; ask again with ``cursor`` = ``following`` until it is null."""

    evidence: list[OwnEvidenceAnswer]
    waiting: list[WaitingFileAnswer] = Field(description="已上传未使用的，仅首页 · not attached yet; on the first page")
    following: str | None

    @classmethod
    def of(cls, page: EvidencePage) -> EvidencePageAnswer:
        following = None
        if page.following is not None:
            at, owner_id, last = page.following
            following = f"{(at - _EPOCH) // timedelta(microseconds=1)}.{owner_id.hex}.{last}"
        waiting = [
            WaitingFileAnswer(
                hash=one.content.hash,
                name=one.name,
                media_type=one.content.media_type,
                size=one.content.size,
                uploaded_at=one.uploaded_at,
            )
            for one in page.waiting
        ]
        return cls(evidence=[OwnEvidenceAnswer.of(one) for one in page.evidence], waiting=waiting, following=following)


def before_cursor(cursor: str | None) -> EvidenceCursor | None:
    """Where ``following`` of the page before leads."""
    if cursor is None:
        return None
    at, owner_id, last = cursor.split(".")
    return _EPOCH + timedelta(microseconds=int(at)), UUID(hex=owner_id), last


def place_name(one: OrganisationView) -> PlaceNameAnswer:
    return PlaceNameAnswer(id=one.id, kind=one.kind.value, name=one.name)


def dimensions_of(record: OwnRecord, language: Language) -> list[OwnDimensionAnswer]:
    regime: Regime = record.regime
    score = record.standing.score

    def points(code: str, kind: Kind) -> Points:
        return printed_number(score.matrix.get((code, kind), 0), score.decimals)

    return [
        OwnDimensionAnswer(
            code=one.code,
            name=in_language(one.name, language),
            allotment=printed_number(one.allotment, regime.decimals),
            held=printed_number(score.dimensions.get(one.code, 0), score.decimals),
            routine=points(one.code, Kind.ROUTINE),
            innovation=points(one.code, Kind.INNOVATION),
            fault=points(one.code, Kind.FAULT),
        )
        for one in regime.dimensions
    ]
