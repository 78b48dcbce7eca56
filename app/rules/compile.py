"""From a checked edition to the compiled one: a regime for every profile, in the book's smallest unit of points."""

from __future__ import annotations

from decimal import Decimal

from app.kit.calendar import Window
from app.rules import core
from app.rules.checks import walk
from app.rules.checks_tree import node_names, parent_of
from app.rules.content import content_of, edition_from_content
from app.rules.document import (
    BookText,
    BoundText,
    Cited,
    EditionText,
    ItemText,
    LineText,
    MeasureText,
    NameText,
    SourceText,
)
from app.rules.profiles import OwedDuty, RegimeKey, allotments_of, duty_owed, regime_keys, times_a_year

ASSUMPTION = "assumption"

_KIND_NAMES = {
    core.Kind.ROUTINE: core.Name("日常工作积分", "Routine"),
    core.Kind.INNOVATION: core.Name("创新工作加分", "Additions"),
    core.Kind.FAULT: core.Name("工作失误扣分", "Deductions"),
}


def compile_edition(book: BookText, edition: EditionText) -> core.Edition:
    """The compiled edition under its digest. Only sound documents come here: the checks have found nothing."""
    regimes = {key.code: _Compiler(book, edition, key).regime() for key in regime_keys(edition)}
    cited = {key for _, value in walk(edition) if isinstance(value, Cited) for key in value.keys}
    compiled = core.Edition(
        book=book.book,
        code=edition.edition,
        digest="",
        name=_name(edition.name),
        starts_on=edition.starts,
        ends_on=edition.until,
        regimes=regimes,
        citations=_edition_citations(edition),
        sources={key: _source(book.sources[key]) for key in sorted(cited)},
    )
    # Through the stored form and back, so that a loaded edition and a published one cannot differ.
    return edition_from_content(content_of(compiled))


def citation_of(cited: Cited) -> str:
    """Where a value comes from, as one line: ``C1 第16条``, ``M1; M15`` or ``assumption``, with the note if any."""
    return f"{_reference(cited)} ({cited.note})" if cited.note else _reference(cited)


def _reference(cited: Cited) -> str:
    text = "; ".join(cited.keys) or ASSUMPTION
    return f"{text} {cited.clause}" if cited.clause else text


def _edition_citations(edition: EditionText) -> tuple[tuple[str, str], ...]:
    found = [("base", edition.base), ("opening", edition.opening), ("total", edition.total)]
    for code, profile in edition.profiles.items():
        found.append((f"profiles.{code}", profile.grounds))
        for name in ("ranked", "graded"):
            flag = getattr(profile, name)
            if flag is not None:
                found.append((f"profiles.{code}.{name}", flag))
    found += [(f"overlays.{code}", overlay.grounds) for code, overlay in edition.overlays.items()]
    return tuple((key, citation_of(value)) for key, value in found)


def _source(text: SourceText) -> str:
    return f"{text.title} ({text.date})" if text.date else text.title


def _name(text: NameText) -> core.Name:
    return core.Name(text.zh, text.en)


class _Compiler:
    """Compiles one regime: the edition under one profile and overlay."""

    def __init__(self, book: BookText, edition: EditionText, key: RegimeKey) -> None:
        self._book = book
        self._edition = edition
        self._key = key
        self._profile = edition.profiles[key.profile]
        self._allotments = allotments_of(edition, self._profile)
        self._loses = edition.opening.value == "full"

    def regime(self) -> core.Regime:
        edition = self._edition
        ranked, graded = self._profile.ranked, self._profile.graded
        return core.Regime(
            book=self._book.book,
            edition=edition.edition,
            digest="",
            profile=self._key.code,
            opening=self._points(edition.base.value) if self._loses else 0,
            decimals=self._book.decimals,
            dimensions=tuple(
                core.Dimension(code, _name(text.name), self._points(allotment.value), citation_of(allotment))
                for (code, text), allotment in zip(edition.dimensions.items(), self._allotments.values(), strict=True)
            ),
            items={code: self._item(code, text) for code, text in edition.items.items()},
            nodes=tuple(self._node(name) for name in node_names(edition)),
            across=tuple(self._across(code) for code in edition.across),
            total_high=None if edition.total.high is None else self._points(edition.total.high),
            bands=tuple(
                core.Band(band.code, _name(band.name))
                if band.test is None
                else core.Band(
                    band.code,
                    _name(band.name),
                    core.Basis(band.test.basis),
                    band.test.relation,
                    self._points(band.test.bound),
                    citation_of(band.test),
                )
                for band in edition.bands
            ),
            lines=tuple(self._line(code, text) for code, text in edition.lines.items()),
            ranked=ranked is None or ranked.value,
            graded=graded is None or graded.value,
        )

    def _points(self, value: Decimal) -> int:
        """Points in the book's smallest unit."""
        return int(value.scaleb(self._book.decimals))

    def _item(self, code: str, text: ItemText) -> core.Item:
        owed = duty_owed(self._edition, code, self._key)
        cited = self._cited(text, owed)
        references = dict.fromkeys(_reference(one) for _, one in cited if not one.assumption)
        bounds = [self._bound(bound) for bound in text.bounds]
        if text.duty is not None:
            bounds = [*bounds, *self._floor(code, text)]
        return core.Item(
            code=code,
            kind=text.kind,
            dimension=text.dimension,
            name=_name(text.name),
            article=text.article,
            citation="; ".join(references) or ASSUMPTION,
            points=None if text.points is None else self._points(text.points.value),
            tiers=tuple(core.Tier(tier.code, _name(tier.name), self._points(tier.points)) for tier in text.tiers or ()),
            unit=_unit(text),
            duty=None if owed is None else self._duty(text, owed),
            measure=core.Measure() if text.measure is None else self._measure(text.measure),
            bounds=tuple(bounds),
            group=text.group,
            outside=frozenset(text.outside),
            matter=text.matter or (core.Matter.NONE if text.duty is not None else core.Matter.OPTIONAL),
            pairs=tuple(text.costs),
            record=tuple(text.record),
            review=tuple(text.review),
            evidence=tuple(text.evidence),
            assumptions=tuple(key for key, one in cited if one.assumption),
            # What this profile does not owe keeps the points it has and takes no more, like a retired item.
            retired=text.retired or (text.duty is not None and owed is None),
            pairs_one_of=tuple(text.costs_one_of),
            citations=tuple((key, citation_of(one)) for key, one in cited),
        )

    def _floor(self, code: str, text: ItemText) -> list[core.Bound]:
        """A duty never costs more than its shares of the year (扣完为止).

        A duty that this class does not owe keeps the floor of the standard one, for losses of an earlier quarter.
        """
        duty = duty_owed(self._edition, code, self._key)
        share = duty.share.value if duty is not None else text.duty.share.value if text.duty else Decimal(0)
        times = times_a_year(text.duty.every.value) if text.duty else 0
        return [core.Bound(Window.YEAR, low=-self._points(share) * times)]

    def _duty(self, text: ItemText, owed: OwedDuty) -> core.Duty | None:
        duty = text.duty
        if duty is None or owed.unrecorded is None:
            return None
        return core.Duty(
            window=duty.every.value,
            share=self._points(owed.share.value),
            settlement=owed.settled,
            unrecorded=owed.unrecorded.value,
            unit=duty.unit,
            targets=tuple(core.Target(target.window, target.units) for target in duty.targets),
            due=None if duty.due is None else duty.due.value,
        )

    def _measure(self, text: MeasureText) -> core.Measure:
        window = text.window
        if text.best is not None:
            return core.Measure(core.MeasureForm.BEST, window, best=text.best.value)
        if text.ladder is not None:
            rungs = tuple(core.Rung(rung.units, self._points(rung.points)) for rung in text.ladder.rungs)
            return core.Measure(core.MeasureForm.LADDER, window, rungs=rungs)
        if text.rate is not None:
            numerator, denominator = text.rate.value
            numerator *= 10**self._book.decimals
            return core.Measure(core.MeasureForm.RATE, window, numerator=numerator, denominator=denominator)
        if text.worth is not None:
            points = self._points(text.worth.points)
            return core.Measure(core.MeasureForm.WORTH, window, numerator=points, denominator=text.worth.of)
        return core.Measure()

    def _bound(self, text: BoundText) -> core.Bound:
        low, high = text.low, text.high
        return core.Bound(
            text.window,
            None if low is None else self._points(low),
            None if high is None else self._points(high),
        )

    def _node(self, name: str) -> core.Node:
        text = self._edition.nodes.get(name)
        kind, *rest = name.split("/")
        label = _KIND_NAMES[core.Kind(kind)]
        bounds = [self._bound(bound) for bound in text.bounds] if text else []
        if rest:
            dimension = self._edition.dimensions[rest[0]].name
            label = core.Name(f"{dimension.zh}·{label.zh}", f"{dimension.en}: {label.en}")
        if text is not None and text.name is not None:
            label = _name(text.name)
        if kind == core.Kind.ROUTINE.value and len(rest) == 1 and not bounds:
            bounds = [self._allotment_bound(rest[0])]
        cited: list[Cited] = [*text.bounds, *([text.weight] if text.weight else [])] if text else []
        return core.Node(
            name=name,
            parent=parent_of(name),
            label=label,
            bounds=tuple(bounds),
            weight=text.weight.value if text and text.weight else (1, 1),
            citation="; ".join(dict.fromkeys(citation_of(one) for one in cited)),
        )

    def _allotment_bound(self, dimension: str) -> core.Bound:
        """A dimension loses, or in a book that earns gains, its allotment at most."""
        allotment = self._points(self._allotments[dimension].value)
        if self._loses:
            return core.Bound(Window.YEAR, low=-allotment)
        return core.Bound(Window.YEAR, low=0, high=allotment)

    def _across(self, code: str) -> core.Across:
        text = self._edition.across[code]
        return core.Across(code, text.kind, frozenset(text.items), self._points(text.per_quarter), citation_of(text))

    def _line(self, code: str, text: LineText) -> core.Line:
        pace = text.basis is core.Basis.PACE
        cited: list[Cited] = [text.bound, text.when, *(one for one in (text.due_min, text.quota) if one is not None)]
        return core.Line(
            code=code,
            name=_name(text.name),
            basis=text.basis,
            relation=text.relation,
            bound=int(text.bound.value) if pace else self._points(text.bound.value),
            when=text.when.value,
            consequence=text.consequence,
            citation="; ".join(dict.fromkeys(citation_of(one) for one in cited)),
            due_min=0 if text.due_min is None else self._points(text.due_min.value),
            quota=None if text.quota is None else text.quota.value,
        )

    @staticmethod
    def _cited(text: ItemText, owed: OwedDuty | None) -> list[tuple[str, Cited]]:
        """Every cited value of the item under this profile: its key and where it comes from."""
        found: list[tuple[str, Cited]] = [("grounds", text.grounds)]
        if text.points is not None:
            found.append(("points", text.points))
        found += [(f"tiers.{tier.code}", tier) for tier in text.tiers or ()]
        if text.duty is not None:
            found.append(("duty.every", text.duty.every))
            found.append(("duty.share", owed.share if owed else text.duty.share))
            if owed is not None and owed.unrecorded is not None:
                found.append(("duty.unrecorded", owed.unrecorded))
            if text.duty.due is not None:
                found.append(("duty.due", text.duty.due))
            found += [(f"duty.targets.{target.window.value}", target) for target in text.duty.targets]
        found += _measure_citations(text.measure)
        found += [(f"bounds.{bound.window.value}", bound) for bound in text.bounds]
        found += [("profile", one) for one in owed.grounds] if owed else []
        return found


def _measure_citations(text: MeasureText | None) -> list[tuple[str, Cited]]:
    if text is None:
        return []
    whole = [(f"measure.{name}", getattr(text, name)) for name in ("best", "rate", "worth")]
    found: list[tuple[str, Cited]] = [(key, one) for key, one in whole if one is not None]
    if text.ladder is not None:
        found += [(f"measure.ladder.{rung.units}", rung) for rung in text.ladder.rungs]
    return found


def _unit(text: ItemText) -> str | None:
    """What the entries of the item count, if they count anything."""
    if text.duty is not None:
        return "percent" if text.duty.settled is core.Settlement.RATE else text.duty.unit
    if text.measure is not None and text.measure.ladder is not None:
        return text.measure.ladder.unit
    return None if text.points is None else text.points.per
