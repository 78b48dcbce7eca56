"""What an edition's values must mean together: citations, sums, dates, profiles, lines and bands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from app.kit.calendar import quarter_days, quarter_of
from app.rules.core import STANDARD, Basis, Relation, Settlement, When
from app.rules.document import BookText, Cited, EditionText
from app.rules.faults import FaultList, KeyPath
from app.rules.profiles import allotments_of, cited_parts, duty_owed, regime_keys, shares_of
from app.rules.source import Source


@dataclass(frozen=True)
class Draft:
    """An edition read but not yet compiled. ``partial``: parts at fault were left out, so sums cannot be judged."""

    book: BookText
    edition: EditionText
    source: Source
    faults: FaultList
    partial: bool

    def fault(self, code: str, *path: str | int, **facts: Any) -> None:
        self.faults.add(code, self.source.file, self.source.line(path), path, **facts)

    @property
    def loses(self) -> bool:
        """Whether members open at the full base and lose what they do not do."""
        return self.edition.opening.value == "full"


def walk(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every part of a document with its place in the file."""
    yield path, value
    if isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            yield from walk(getattr(value, name), (*path, info.alias or name))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from walk(part, (*path, str(key)))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from walk(part, (*path, number))


def check_citations(draft: Draft) -> None:
    """Every cited source is listed, and no value is finer than the book's smallest unit."""
    places = draft.book.decimals
    for path, value in walk(draft.edition):
        if isinstance(value, Cited):
            for key in value.keys:
                if key not in draft.book.sources:
                    draft.fault("unknown_citation", *path, "source", name=key)
        elif isinstance(value, Decimal) and value.scaleb(places) % 1:
            draft.fault("decimals_exceeded", *path, value=value, decimals=places)


def check_dates(draft: Draft) -> None:
    """An edition lives from the first day of a quarter to the last day of one (scoring, section 2, rule 2)."""
    starts, until = draft.edition.starts, draft.edition.until
    if quarter_days(quarter_of(starts))[0] != starts:
        draft.fault("quarter_start", "from", day=starts)
    if until is None:
        return
    if until < starts:
        draft.fault("until_before_from", "until", until=until, start=starts)
    elif quarter_days(quarter_of(until))[1] != until:
        draft.fault("quarter_end", "until", day=until)


def starts_cycle(draft: Draft) -> bool:
    """Whether the edition starts on a cycle's first day."""
    starts: date = draft.edition.starts
    return (starts.month, starts.day) == (draft.book.cycle.first_month.value, 1)


def check_allotments(draft: Draft) -> None:
    """Under every profile the allotments add up to the base, and the shares of the duties to the allotments."""
    edition = draft.edition
    base = edition.base.value
    for code, profile in edition.profiles.items():
        allotments = allotments_of(edition, profile)
        sums = sum((allotment.value for allotment in allotments.values()), Decimal(0))
        place: tuple[str, ...] = ("profiles", code, "allotments") if profile.allotments else ("dimensions",)
        if sums != base and not draft.partial:
            draft.fault("allotments_sum", *place, sum=sums, base=base)
        for name in profile.allotments:
            if name not in edition.dimensions:
                draft.fault("unknown_dimension", "profiles", code, "allotments", name, name=name)
    if draft.loses and not draft.partial:
        _check_shares(draft)


def _check_shares(draft: Draft) -> None:
    """The year's duties of a dimension are worth its allotment, for every class of members."""
    edition = draft.edition
    told: set[tuple[str, Decimal, Decimal]] = set()  # a fault of the items is told once, not once per profile
    for key in regime_keys(edition):
        profile = edition.profiles[key.profile]
        if profile.duties == "none":
            continue
        allotments = allotments_of(edition, profile)
        for dimension, share in shares_of(edition, key).items():
            allotment = allotments[dimension].value
            if share == allotment or (dimension, share, allotment) in told:
                continue
            told.add((dimension, share, allotment))
            place = ("overlays", key.overlay) if key.overlay else ("profiles", key.profile)
            if key.code == STANDARD:
                place = ("dimensions", dimension)
            draft.fault("shares_sum", *place, profile=key.code, dimension=dimension, sum=share, allotment=allotment)


def check_profiles(draft: Draft) -> None:
    """Profiles and overlays change duties that exist, in ways that the items allow."""
    edition = draft.edition
    if STANDARD not in edition.profiles and not draft.partial:
        draft.fault("profile_standard", "profiles")
    for code in edition.overlays:
        if code in edition.profiles:
            draft.fault("profile_code_taken", "overlays", code, name=code)
    for place, part in cited_parts(edition):
        for name in part.without:
            _check_override(draft, (*place, "without"), name)
        for name, change in part.items.items():
            _check_override(draft, (*place, "items", name), name)
            if change.share is not None and change.share.value <= 0:
                draft.fault("share_sign", *place, "items", name, "share")
            if change.settled in (Settlement.AMOUNT, Settlement.RATE):
                draft.fault("settled_needs_more", *place, "items", name, name=name, settled=change.settled.value)
    _check_unrecorded(draft)


def _check_override(draft: Draft, place: tuple[str, ...], name: str) -> None:
    item = draft.edition.items.get(name)
    if item is None:
        if not draft.partial:
            draft.fault("override_unknown", *place, name=name)
    elif item.duty is None:
        draft.fault("override_not_duty", *place, name=name)


def _check_unrecorded(draft: Draft) -> None:
    """It is said for every duty what becomes of it when nobody records anything (scoring, section 3)."""
    for code, item in draft.edition.items.items():
        for key in regime_keys(draft.edition):
            duty = duty_owed(draft.edition, code, key)
            if duty is not None and duty.unrecorded is None and item.duty is not None:
                draft.fault("unrecorded_missing", "items", code, "duty", settled=duty.settled.value)


def check_lines(draft: Draft) -> None:
    """Lines fit the number they test; low lines of an earning book wait for the year's end (scoring, section 4)."""
    for code, line in draft.edition.lines.items():
        place = ("lines", code)
        if line.basis is Basis.PACE:
            percent = line.bound.value % 1 == 0 and 1 <= line.bound.value <= 100
            if not percent or line.relation is not Relation.AT_LEAST or line.due_min is None:
                draft.fault("line_pace", *place)
        elif line.due_min is not None:
            draft.fault("line_pace", *place, "due_min")
        low = line.relation is not Relation.AT_LEAST and line.basis is not Basis.PACE
        if low and not draft.loses and line.when.value is not When.YEAR_END:
            draft.fault("line_early_low", *place, "when")
        if line.quota is not None and line.quota.value[0] > line.quota.value[1]:
            draft.fault("quota_above_one", *place, "quota")


def check_bands(draft: Draft) -> None:
    """Bands are tried in order; only the last has no test."""
    bands = draft.edition.bands
    seen: set[str] = set()
    for number, band in enumerate(bands):
        if band.code in seen:
            draft.fault("band_repeated", "bands", number, "code", name=band.code)
        seen.add(band.code)
        if (band.test is None) != (number == len(bands) - 1):
            draft.fault("band_last", "bands", number)


def check_across(draft: Draft) -> None:
    """At most one ceiling per kind across groups, over items of that kind (scoring, section 2, rule 7)."""
    edition = draft.edition
    kinds: set[str] = set()
    for code, across in edition.across.items():
        if across.kind in kinds:
            draft.fault("across_twice", "across", code, kind=across.kind.value)
        kinds.add(across.kind)
        if across.per_quarter == 0:
            draft.fault("zero_points", "across", code, "per_quarter")
        for number, name in enumerate(across.items):
            item = edition.items.get(name)
            if item is None or item.kind is not across.kind:
                if item is not None or not draft.partial:
                    draft.fault("across_item", "across", code, "items", number, name=name, kind=across.kind.value)
            elif item.measure is not None and item.measure.window.value in ("half", "year"):
                draft.fault("across_measure", "across", code, "items", number, name=name)
