"""What the values of a star sheet must mean together: sums, levels, scales, gates, quotas, references, citations.

Sums and references are judged on all that the file says, also on parts that were left out because something else in
them is at fault: so that one fault does not call forth others, nor hide them.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, get_args

from app.rules.appraisal_checks import check_appraisal
from app.rules.checks import walk
from app.rules.cited import Cited
from app.rules.document import BookText
from app.rules.faults import FaultList
from app.rules.source import Source
from app.rules.stars import BY_HAND, BY_SCORE, MEASURES, Quantity, ScaleForm, forms_of
from app.rules.stars_document import SECTIONS, IndicatorText, StarKey, StarsText
from app.rules.surveys_checks import check_surveys

# The keys of a scale that its form asks for; all others must be absent.
_SCALE_KEYS: Mapping[ScaleForm, frozenset[str]] = {
    ScaleForm.MET: frozenset(),
    ScaleForm.RATE: frozenset(),
    ScaleForm.EACH: frozenset({"per_unit"}),
    ScaleForm.LINEAR: frozenset({"low", "high"}),
    ScaleForm.GIVEN: frozenset(),
}


@dataclass(frozen=True)
class StarsDraft:
    """A star sheet read but not yet compiled."""

    book: BookText
    sheet: StarsText
    source: Source
    faults: FaultList
    items: frozenset[str] | None = None  # of the edition; None where they cannot be read

    def fault(self, code: str, *path: str | int, **facts: Any) -> None:
        self.faults.add(code, self.source.file, self.source.line(path), path, **facts)

    def written(self, section: str) -> dict[str, Any]:
        """The entries of a table as the file has them, sound or not."""
        table = self.source.data.get(section)
        return table if isinstance(table, dict) else {}

    def points_written(self, section: str, code: str) -> Decimal | None:
        """The points of a module or indicator as the file has them; None where no number can be made out."""
        entry = self.written(section).get(code)
        points = entry.get("points") if isinstance(entry, dict) else None
        value = points.get("value") if isinstance(points, dict) else points
        return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def check_stars(draft: StarsDraft) -> None:
    """Every fault of the sheet's meaning."""
    _check_sections(draft)
    _check_citations(draft)
    _check_modules(draft)
    _check_sums(draft)
    for code, indicator in draft.sheet.indicators.items():
        _check_indicator(draft, code, indicator)
    _check_bonus(draft)
    _check_levels(draft)
    _check_gates(draft)
    _check_quotas(draft)
    _check_order(draft)
    _check_named_stars(draft)
    if draft.sheet.appraisal is not None:
        full = None if draft.sheet.full is None else draft.sheet.full.value
        check_appraisal(draft.sheet.appraisal, full, partial(_fault_inside, draft, "appraisal"))
    if draft.sheet.surveys is not None:
        check_surveys(draft.sheet.surveys, draft.sheet.appraisal, partial(_fault_inside, draft, "surveys"))


def _fault_inside(draft: StarsDraft, section: str, code: str, *path: str | int, **facts: Any) -> None:
    draft.fault(code, section, *path, **facts)


def check_meaning(earlier: list[StarsDraft], draft: StarsDraft) -> None:
    """An indicator's code, once given, keeps its module and its Chinese name in later editions."""
    for code, indicator in draft.sheet.indicators.items():
        for before in reversed(earlier):
            old = before.sheet.indicators.get(code)
            if old is None:
                continue
            if (old.module, old.name.zh) != (indicator.module, indicator.name.zh):
                draft.fault(
                    "code_meaning",
                    "indicators",
                    code,
                    name=code,
                    before=before.sheet.edition,
                    old=old.name.zh,
                    was=old.module,
                    new=indicator.name.zh,
                    now=indicator.module,
                )
            break


def _check_sections(draft: StarsDraft) -> None:
    for name in SECTIONS:
        if name not in draft.source.data:
            draft.fault("missing_key", name, name=name)
        elif draft.source.data[name] in (None, {}):
            draft.fault("empty", name)


def _check_citations(draft: StarsDraft) -> None:
    """Every cited source is listed in the book; no value is finer than the sheet's smallest unit."""
    frame = draft.sheet.round
    for path, value in walk(draft.sheet):
        if isinstance(value, Cited):
            for key in value.keys:
                if key not in draft.book.sources:
                    draft.fault("unknown_citation", *path, "source", name=key)
        elif isinstance(value, Decimal) and frame is not None and value.scaleb(frame.decimals.value) % 1:
            draft.fault("star_decimals", *path, value=value, decimals=frame.decimals.value)


def _check_modules(draft: StarsDraft) -> None:
    """What is called by one name is one thing: tie-breakers name modules and indicators alike."""
    for code, module in draft.sheet.modules.items():
        if module.points.value <= 0:
            draft.fault("star_points", "modules", code, "points", value=module.points.value)
        if code in draft.written("indicators") or code == BY_SCORE:
            draft.fault("star_code_taken", "modules", code, name=code)
    if BY_SCORE in draft.sheet.indicators:
        draft.fault("star_code_taken", "indicators", BY_SCORE, name=BY_SCORE)


def _check_sums(draft: StarsDraft) -> None:
    """A module is worth its indicators together, and the sheet its modules."""
    for code in draft.written("modules"):
        points = draft.points_written("modules", code)
        inside = [
            draft.points_written("indicators", name)
            for name, entry in draft.written("indicators").items()
            if isinstance(entry, dict) and entry.get("module") == code
        ]
        total = _sum(inside)
        if points is not None and total is not None and total != points:
            draft.fault("star_module_sum", "modules", code, "points", name=code, points=points, sum=total)
    total = _sum([draft.points_written("modules", code) for code in draft.written("modules")])
    if draft.sheet.full is not None and total is not None and total != draft.sheet.full.value:
        draft.fault("star_full_sum", "full", sum=total, full=draft.sheet.full.value)


def _sum(values: list[Decimal | None]) -> Decimal | None:
    """The sum, or None where one of the values is not known."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None


def _check_indicator(draft: StarsDraft, code: str, indicator: IndicatorText) -> None:
    place = ("indicators", code)
    if indicator.points.value <= 0:
        draft.fault("star_points", *place, "points", value=indicator.points.value)
    if indicator.module not in draft.written("modules"):
        draft.fault("star_module_unknown", *place, "module", name=indicator.module)
    if indicator.measure == BY_HAND and not indicator.evidence:
        draft.fault("star_evidence", *place, name=code)
    forms = forms_of(indicator.measure)
    if not forms:
        draft.fault("star_measure_unknown", *place, "measure", name=indicator.measure, choices=_choices())
        return
    if indicator.scale.form not in forms:
        choices = ", ".join(form.value for form in forms)
        draft.fault("star_form", *place, "scale", measure=indicator.measure, choices=choices)
    else:
        _check_scale(draft, code, indicator)
    _check_limits(draft, code, indicator)
    _check_items(draft, code, indicator)


def _choices() -> str:
    return ", ".join([BY_HAND, *MEASURES])


def _check_scale(draft: StarsDraft, code: str, indicator: IndicatorText) -> None:
    """A scale has the keys of its form and no others; a line rises."""
    scale, place = indicator.scale, ("indicators", code, "scale")
    asked = set(_SCALE_KEYS[scale.form])
    if indicator.measure == BY_HAND and scale.form is ScaleForm.RATE:
        asked.add("of")
    for key in ("per_unit", "low", "high", "of"):
        if key in asked and getattr(scale, key) is None:
            draft.fault("star_scale_missing", *place, name=key, form=scale.form.value)
        elif key not in asked and getattr(scale, key) is not None:
            draft.fault("star_scale_extra", *place, key, name=key, form=scale.form.value)
    if scale.low is not None and scale.high is not None and scale.low >= scale.high:
        draft.fault("star_line", *place, low=scale.low, high=scale.high)
    if scale.per_unit is not None and scale.per_unit <= 0:
        draft.fault("star_points", *place, "per_unit", value=scale.per_unit)
    known = MEASURES.get(indicator.measure)
    percent = known is not None and known.quantity in (Quantity.RATE, Quantity.SURVEY)
    if percent and scale.high is not None and scale.high > 100:
        draft.fault("out_of_range", *place, "high", value=scale.high, limit="≤ 100")


def _check_items(draft: StarsDraft, code: str, indicator: IndicatorText) -> None:
    """A measure that counts by items names such as the edition has, each once; another one names none."""
    known, place = MEASURES.get(indicator.measure), ("indicators", code)
    if known is not None and known.needs_items and not indicator.items:
        draft.fault("star_items_missing", *place, name=code, measure=indicator.measure)
    if indicator.items and (known is None or not known.by_items):
        draft.fault("star_items_extra", *place, "items", name=code, measure=indicator.measure)
    for number, item in enumerate(indicator.items):
        if item in indicator.items[:number] or (draft.items is not None and item not in draft.items):
            draft.fault("star_item_unknown", *place, "items", number, name=item)


def _check_limits(draft: StarsDraft, code: str, indicator: IndicatorText) -> None:
    """A measure's numbers are all set by the sheet, and no others."""
    known = MEASURES.get(indicator.measure)
    asked = known.limits if known else frozenset()
    for name in sorted(asked - set(indicator.limits)):
        draft.fault("star_limit_missing", "indicators", code, name=name, measure=indicator.measure)
    for name in indicator.limits:
        if name not in asked:
            draft.fault("star_limit_extra", "indicators", code, "limits", name, name=name, measure=indicator.measure)


def _check_bonus(draft: StarsDraft) -> None:
    bonus = draft.sheet.bonus
    if bonus is not None and bonus.cap.value <= 0:
        draft.fault("star_points", "bonus", "cap", value=bonus.cap.value)


def _check_levels(draft: StarsDraft) -> None:
    """Stars go from 5 down without a gap, each from a lower score on than the one above it."""
    written = draft.written("stars")
    stars = sorted((key for key in written if key in get_args(StarKey)), reverse=True)
    if not stars:
        return
    for star in range(5, int(stars[-1]), -1):
        if str(star) not in stars:
            draft.fault("star_gap", "stars", star=star)
    levels = sorted(draft.sheet.stars.items(), reverse=True)
    full = draft.sheet.full
    for key, level in levels:
        if level.low.value < 0 or (full is not None and level.low.value > full.value):
            draft.fault("star_low", "stars", key, "low", value=level.low.value, full=full.value if full else "…")
    for (above, upper), (below, lower) in itertools.pairwise(levels):
        if lower.low.value >= upper.low.value:
            facts = {"star": below, "low": lower.low.value, "above": above, "high": upper.low.value}
            draft.fault("star_order", "stars", below, "low", **facts)


def _check_gates(draft: StarsDraft) -> None:
    """A gate asks for one thing, which there is, and takes away a star that there is."""
    for code, gate in draft.sheet.gates.items():
        if (gate.fact is None) == (gate.survey is None):
            draft.fault("star_gate_form", "gates", code)
        if gate.at_most.value >= 5:
            draft.fault("star_gate_idle", "gates", code, "at_most")
        if gate.survey is None:
            continue
        name = gate.survey.indicator
        entry = draft.written("indicators").get(name)
        measure = MEASURES.get(str(entry.get("measure"))) if isinstance(entry, dict) else None
        if entry is None:
            draft.fault("star_indicator_unknown", "gates", code, "survey", "indicator", name=name)
        elif measure is not None and measure.quantity is not Quantity.SURVEY:
            draft.fault("star_gate_survey", "gates", code, "survey", "indicator", name=name)


def _check_quotas(draft: StarsDraft) -> None:
    for key, quota in draft.sheet.quotas.items():
        numerator, denominator = quota.share.value
        if numerator > denominator:
            draft.fault("quota_above_one", "quotas", key, "share")


def _check_order(draft: StarsDraft) -> None:
    """Tie-breakers are the score, modules and indicators of the sheet, each once."""
    order = draft.sheet.order
    seen: set[str] = set()
    for number, name in enumerate(order.value if order else []):
        place = ("order", "value", number)
        if name != BY_SCORE and name not in draft.written("modules") and name not in draft.written("indicators"):
            draft.fault("star_order_unknown", *place, name=name)
        if name in seen:
            draft.fault("star_order_twice", *place, name=name)
        seen.add(name)


def _check_named_stars(draft: StarsDraft) -> None:
    """Stars that gates, quotas, the step and the list speak of are stars of the sheet."""
    sheet, written = draft.sheet, draft.written("stars")
    named: list[tuple[tuple[str, ...], int]] = [(("quotas", key), int(key)) for key in sheet.quotas]
    named += [(("gates", code, "at_most"), gate.at_most.value) for code, gate in sheet.gates.items()]
    if sheet.step is not None:
        named.append((("step", "first"), sheet.step.first.value))
    if sheet.rectification is not None:
        named.append((("rectification", "listed_at_most"), sheet.rectification.listed_at_most.value))
    for place, star in named:
        if written and str(star) not in written:
            draft.fault("star_unknown", *place, star=star)
