"""From an item's text to the compiled item, as one class of members has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.kit.calendar import Window
from app.rules import core
from app.rules.award import PERCENT
from app.rules.cited import Cited, NameText
from app.rules.document import ALL, BookText, BoundText, EditionText, ItemText, MeasureText, TierText
from app.rules.finds import Finds
from app.rules.name import Name
from app.rules.profiles import (
    OwedDuty,
    RegimeKey,
    allotments_of,
    duty_owed,
    is_without,
    measured_over,
    overrides_of,
    times_a_cycle,
)

ASSUMPTION = "assumption"


def citation_of(cited: Cited) -> str:
    """Where a value comes from, as one line: ``C1 第16条``, ``M1; M15`` or ``assumption``, with the note if any."""
    return f"{reference_of(cited)} ({cited.note})" if cited.note else reference_of(cited)


def reference_of(cited: Cited) -> str:
    """The citation without its note."""
    text = "; ".join(cited.keys) or ASSUMPTION
    return f"{text} {cited.clause}" if cited.clause else text


def name_of(text: NameText) -> Name:
    return Name(text.zh, text.en)


def smallest_units(value: Decimal, decimals: int) -> int:
    """Points in the book's smallest unit."""
    return int(value.scaleb(decimals))


def bounds_from(texts: Sequence[BoundText], decimals: int) -> list[core.Bound]:
    return [
        core.Bound(
            text.window,
            None if text.low is None else smallest_units(text.low, decimals),
            None if text.high is None else smallest_units(text.high, decimals),
        )
        for text in texts
    ]


@dataclass(frozen=True)
class ItemCompiler:
    """Compiles the items of one regime: the edition under one profile and overlay."""

    book: BookText
    edition: EditionText
    key: RegimeKey

    def item(self, code: str) -> core.Item:
        text = self.edition.items[code]
        owed = duty_owed(self.edition, code, self.key)
        cited = self._cited(code, text, owed)
        references = dict.fromkeys(reference_of(one) for _, one in cited if not one.assumption)
        chosen = text.chosen
        return core.Item(
            code=code,
            kind=text.kind,
            dimension=text.dimension,
            name=name_of(text.name),
            article=text.article,
            citation="; ".join(references) or ASSUMPTION,
            points=self._fixed_points(code, text),
            tiers=tuple(self._tier(code, text, tier) for tier in text.tiers or ()),
            unit=unit_of(text),
            duty=None if owed is None else self._duty(text, owed),
            measure=core.Measure() if text.measure is None else self._measure(text.measure),
            bounds=tuple(self._bounds(code, text)),
            units_max=None if text.units_max is None else text.units_max.value,
            group=text.group,
            outside=frozenset(text.outside),
            matter=text.matter or self._usual_matter(text),
            pairs=tuple(text.costs),
            record=tuple(text.record),
            review=tuple(text.review),
            evidence=tuple(map(name_of, text.evidence)),
            assumptions=tuple(key for key, one in cited if one.assumption),
            # What this class does not have keeps the points it has and takes no more, like a retired item.
            retired=text.retired
            or is_without(self.edition, code, self.key)
            or (text.duty is not None and owed is None),
            pairs_one_of=tuple(text.costs_one_of),
            citations=tuple((key, citation_of(one)) for key, one in cited),
            chosen=None if chosen is None else self._range(chosen.low, chosen.high, chosen.step),
            heard=text.heard.value if text.heard else text.kind in (core.Kind.FAULT, core.Kind.VETO),
            veto=None if text.veto is None else self._veto(text),
            finds=_finds(text),
        )

    def _points(self, value: Decimal) -> int:
        return smallest_units(value, self.book.decimals)

    def _fixed_points(self, code: str, text: ItemText) -> int | None:
        changed = [one.points for one in overrides_of(self.edition, code, self.key) if one.points is not None]
        points = changed[-1] if changed else text.points
        return None if points is None else self._points(points.value)

    def _tier(self, code: str, text: ItemText, tier: TierText) -> core.Tier:
        points: Decimal | str = tier.points
        for one in overrides_of(self.edition, code, self.key):
            if tier.code in one.tiers:
                points = one.tiers[tier.code].value
        if points == ALL:
            allotment = allotments_of(self.edition, self.edition.profiles[self.key.profile])[text.dimension]
            points = Decimal(0) if allotment is None else allotment.value
            points = -points if text.kind is core.Kind.FAULT else points
        return core.Tier(tier.code, name_of(tier.name), self._points(Decimal(points)))

    def _range(self, low: Decimal, high: Decimal, step: Decimal | None) -> core.PointRange:
        return core.PointRange(self._points(low), self._points(high), 1 if step is None else self._points(step))

    @staticmethod
    def _usual_matter(text: ItemText) -> core.Matter:
        """What counts by amount has no matter that could count once (scoring, section 2, rule 3)."""
        by_amount = text.measure is not None and text.measure.best is None
        return core.Matter.NONE if text.duty is not None or by_amount else core.Matter.OPTIONAL

    @staticmethod
    def _veto(text: ItemText) -> core.Veto | None:
        veto = text.veto
        if veto is None:
            return None
        return core.Veto(veto.effect.value, veto.ground.value, veto.band, tuple(veto.hears))

    def _bounds(self, code: str, text: ItemText) -> list[core.Bound]:
        changed = [one.bounds for one in overrides_of(self.edition, code, self.key) if one.bounds is not None]
        bounds = bounds_from(changed[-1] if changed else text.bounds, self.book.decimals)
        return bounds if text.duty is None else [*bounds, self._floor(code, text)]

    def _floor(self, code: str, text: ItemText) -> core.Bound:
        """A duty never costs more than its shares of the cycle (扣完为止).

        A duty that this class does not owe keeps the floor of the standard one, for losses of an earlier quarter.
        """
        duty = duty_owed(self.edition, code, self.key)
        share = duty.share.value if duty is not None else text.duty.share.value if text.duty else Decimal(0)
        times = times_a_cycle(self.book, text.duty.every.value) if text.duty else 0
        return core.Bound(Window.YEAR, low=-self._points(share) * times)

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
            rounding=core.Rounding.DOWN if duty.rounding is None else duty.rounding.value,
        )

    def _measure(self, text: MeasureText) -> core.Measure:
        window = measured_over(self.book, text)
        rounding = core.Rounding.DOWN if text.rounding is None else text.rounding.value
        if text.best is not None:
            return core.Measure(core.MeasureForm.BEST, window, best=text.best.value)
        if text.ladder is not None:
            rungs = tuple(core.Rung(rung.units, self._points(rung.points)) for rung in text.ladder.rungs)
            return core.Measure(core.MeasureForm.LADDER, window, rungs=rungs)
        if text.rate is not None:
            numerator, denominator = text.rate.value
            numerator *= 10**self.book.decimals
            return core.Measure(
                core.MeasureForm.RATE, window, numerator=numerator, denominator=denominator, rounding=rounding
            )
        if text.worth is not None:
            points = self._points(text.worth.points)
            return core.Measure(
                core.MeasureForm.WORTH, window, numerator=points, denominator=text.worth.of, rounding=rounding
            )
        return core.Measure()

    def _cited(self, code: str, text: ItemText, owed: OwedDuty | None) -> list[tuple[str, Cited]]:
        """Every cited value of the item under this profile: its key and where it comes from."""
        found: list[tuple[str, Cited]] = [("grounds", text.grounds)]
        whole = (("points", text.points), ("range", text.chosen), ("heard", text.heard), ("units_max", text.units_max))
        for key, one in whole:
            if one is not None:
                found.append((key, one))
        found += [(f"tiers.{tier.code}", tier) for tier in text.tiers or ()]
        found += _duty_citations(text, owed)
        found += _measure_citations(text.measure)
        found += [(f"bounds.{bound.window.value}", bound) for bound in text.bounds]
        if text.finds is not None and text.finds.in_a_row is not None:
            found.append(("finds.in_a_row", text.finds.in_a_row))
        if text.veto is not None:
            found += [("veto.effect", text.veto.effect), ("veto.ground", text.veto.ground)]
        for change in overrides_of(self.edition, code, self.key):
            if change.points is not None:
                found.append(("profile.points", change.points))
            found += [(f"profile.tiers.{tier}", one) for tier, one in change.tiers.items()]
            found += [(f"profile.bounds.{bound.window.value}", bound) for bound in change.bounds or ()]
            if change.grounds is not None:
                found.append(("profile", change.grounds))
        return found


def _duty_citations(text: ItemText, owed: OwedDuty | None) -> list[tuple[str, Cited]]:
    duty = text.duty
    if duty is None:
        return []
    found: list[tuple[str, Cited]] = [("duty.every", duty.every), ("duty.share", owed.share if owed else duty.share)]
    if owed is not None and owed.unrecorded is not None:
        found.append(("duty.unrecorded", owed.unrecorded))
    for key, one in (("duty.due", duty.due), ("duty.rounding", duty.rounding)):
        if one is not None:
            found.append((key, one))
    return found + [(f"duty.targets.{target.window.value}", target) for target in duty.targets]


def _measure_citations(text: MeasureText | None) -> list[tuple[str, Cited]]:
    if text is None:
        return []
    whole = [(f"measure.{name}", getattr(text, name)) for name in ("best", "rate", "worth", "rounding")]
    found: list[tuple[str, Cited]] = [(key, one) for key, one in whole if one is not None]
    if text.ladder is not None:
        found += [(f"measure.ladder.{rung.units}", rung) for rung in text.ladder.rungs]
    return found


def _finds(text: ItemText) -> Finds | None:
    finds = text.finds
    if finds is None:
        return None
    return Finds(finds.after, tuple(finds.sessions), 1 if finds.in_a_row is None else finds.in_a_row.value)


def unit_of(text: ItemText) -> str | None:
    """What the entries of the item count, if they count anything."""
    if text.duty is not None:
        return PERCENT if text.duty.settled is core.Settlement.RATE else text.duty.unit
    if text.measure is not None and text.measure.ladder is not None:
        return text.measure.ladder.unit
    if text.measure is not None and text.measure.unit is not None:
        return text.measure.unit
    return None if text.points is None else text.points.per
