"""What HTTP sees of rule books: texts in the caller's language, points as the book prints them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from app.handbook import phrases
from app.handbook.glossary import Glossary
from app.handbook.schemas_items import in_language, in_language_or_none, in_points
from app.handbook.telling import Change
from app.kit.http import Answer
from app.rules.adoption import Adoption, Published
from app.rules.core import Dimension, Edition, Regime
from app.rules.lines import Band, Basis, Line
from app.rules.name import Name
from app.rules.points import printed_number
from app.rules.schemas_points import Points


class PublishedAnswer(Answer):
    """A published edition."""

    book: str = Field(examples=["longwen"])
    edition: str = Field(examples=["2026"])
    digest: str
    name: str
    from_on: date
    until_on: date | None
    in_force: bool = Field(description="对您今天适用 · in force today where you hold an office")

    @classmethod
    def of(cls, one: Published, name: Name, in_force: bool, language: str) -> PublishedAnswer:
        return cls(
            book=one.book,
            edition=one.code,
            digest=one.digest,
            name=in_language(name, language),
            from_on=one.starts_on,
            until_on=one.ends_on,
            in_force=in_force,
        )


class AdoptionAnswer(Answer):
    """A book that an organisation and all below it go by."""

    organisation_id: UUID
    organisation: str | None
    book: str
    from_on: date
    until_on: date | None = Field(description="最后一天，含当日 · the last day, inclusive")
    form: str | None = Field(description="只用于这类支部 · for branches of this form only")

    @classmethod
    def of(cls, one: Adoption, organisation: str | None) -> AdoptionAnswer:
        return cls(
            organisation_id=UUID(one.path.rpartition(".")[2]),
            organisation=organisation,
            book=one.book,
            from_on=one.from_on,
            until_on=one.until_on,
            form=None if one.form is None else one.form.value,
        )


class ShelfAnswer(Answer):
    """The district's rule books."""

    editions: list[PublishedAnswer]
    adoptions: list[AdoptionAnswer]


class DimensionAnswer(Answer):
    """A dimension with the points allotted to it."""

    code: str
    name: str
    allotment: Points
    starts: str = Field(examples=["full"])

    @classmethod
    def of(cls, one: Dimension, decimals: int, language: str) -> DimensionAnswer:
        name, allotment = in_language(one.name, language), printed_number(one.allotment, decimals)
        return cls(code=one.code, name=name, allotment=allotment, starts=one.starts.value)


class BandAnswer(Answer):
    """A grade; bands are tried in order."""

    code: str
    name: str
    text: str
    basis: str | None
    relation: str | None
    bound: Points | None

    @classmethod
    def of(cls, one: Band, words: Glossary, language: str) -> BandAnswer:
        tested = one.basis is not None
        return cls(
            code=one.code,
            name=in_language(one.name, language),
            text=in_language(phrases.band(words, one), language),
            basis=one.basis.value if one.basis is not None else None,
            relation=one.relation.value if tested else None,
            bound=printed_number(one.bound, words.decimals) if tested else None,
        )


class LineAnswer(Answer):
    """A bound with a consequence. For ``pace`` the bound is a percentage."""

    code: str
    name: str
    text: str
    basis: str
    relation: str
    bound: Points
    when: str
    consequence: str
    quota: str | None = Field(examples=["1/3"])
    excludes: list[str]
    citation: str | None

    @classmethod
    def of(cls, one: Line, words: Glossary, language: str) -> LineAnswer:
        return cls(
            code=one.code,
            name=in_language(one.name, language),
            text=in_language(phrases.line(words, one), language),
            basis=one.basis.value,
            relation=one.relation.value,
            bound=printed_number(one.bound, 0 if one.basis is Basis.PACE else words.decimals),
            when=one.when.value,
            consequence=one.consequence,
            quota=None if one.quota is None else f"{one.quota[0]}/{one.quota[1]}",
            excludes=[in_language(phrases.exclusion(words, each), language) for each in one.excludes],
            citation=in_language_or_none(words.citation(one.citation), language),
        )


class ProfileAnswer(Answer):
    """A class of members; one with ``+`` is a profile in a branch of some property."""

    code: str
    name: str
    opening: Points
    ranked: bool
    graded: bool


class EditionAnswer(Answer):
    """An edition for one class of members."""

    book: str
    edition: str
    digest: str
    name: str
    from_on: date
    until_on: date | None
    profile: str
    decimals: int = Field(description="分值小数位数 · places of the points")
    period: str = Field(examples=["year"])
    first_month: int
    opening: Points
    total_high: Points | None
    dimensions: list[DimensionAnswer]
    bands: list[BandAnswer]
    lines: list[LineAnswer]
    profiles: list[ProfileAnswer]

    @classmethod
    def of(cls, edition: Edition, regime: Regime, language: str) -> EditionAnswer:
        words = Glossary(edition)
        return cls(
            book=edition.book,
            edition=edition.code,
            digest=edition.digest,
            name=in_language(edition.name, language),
            from_on=edition.starts_on,
            until_on=edition.ends_on,
            profile=regime.profile,
            decimals=regime.decimals,
            period=edition.frame.period.value,
            first_month=edition.frame.first_month,
            opening=printed_number(regime.opening, regime.decimals),
            total_high=in_points(regime.total_high, regime.decimals),
            dimensions=[DimensionAnswer.of(one, regime.decimals, language) for one in regime.dimensions],
            bands=[BandAnswer.of(one, words, language) for one in regime.bands],
            lines=[LineAnswer.of(one, words, language) for one in regime.lines],
            profiles=[
                ProfileAnswer(
                    code=code,
                    name=in_language(words.class_of_members(code), language),
                    opening=printed_number(one.opening, one.decimals),
                    ranked=one.ranked,
                    graded=one.graded,
                )
                for code, one in edition.regimes.items()
            ],
        )


class RuleChangeAnswer(Answer):
    """One change; ``profiles`` are the classes it concerns, empty for all whom its place concerns."""

    place: str = Field(examples=["items.ORG-A01.bounds.year"])
    verb: str = Field(examples=["changed"])
    text: str
    old: str | None
    new: str | None
    old_basis: str | None
    new_basis: str | None
    profiles: list[str]

    @classmethod
    def of(cls, one: Change, language: str) -> RuleChangeAnswer:
        return cls(
            place=one.place,
            verb=one.verb.value,
            text=in_language(one.text, language),
            old=in_language_or_none(one.old, language),
            new=in_language_or_none(one.new, language),
            old_basis=in_language_or_none(one.old_basis, language),
            new_basis=in_language_or_none(one.new_basis, language),
            profiles=list(one.profiles),
        )


class ChangesAnswer(Answer):
    """What changed from one edition to another, article by article."""

    book: str
    edition: str
    since: str
    changes: list[RuleChangeAnswer]
