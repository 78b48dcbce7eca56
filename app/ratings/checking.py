"""Whether what somebody enters for an indicator fits the sheet: a decision of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from app.kit.errors import Faults, LongwenError
from app.kit.words import Words, any_of
from app.ratings import refusals
from app.ratings.core import Entry, Value
from app.ratings.scoring import BONUS, Reading
from app.rules.name import Name
from app.rules.points import smallest_unit
from app.rules.stars import BY_HAND, MEASURES, Fact, Indicator, Quantity, ScaleForm, Stars

FACT = Fact.INNOVATION_PROJECT.value  # entered beside the indicators, where a gate asks for it


def codes_of(sheet: Stars) -> tuple[str, ...]:
    """Everything that is entered of a branch: the indicators, the bonus, and the fact that a gate asks for."""
    facts = [FACT] if any(gate.fact is Fact.INNOVATION_PROJECT for gate in sheet.gates) else []
    return (*(one.code for one in sheet.indicators), BONUS, *facts)


def missing(sheet: Stars, values: Mapping[str, Value]) -> tuple[str, ...]:
    """The indicators entered by hand on which the branch has said nothing."""
    by_hand = [one.code for one in sheet.indicators if one.measure == BY_HAND]
    return tuple(code for code in by_hand if code not in values or values[code].own is None)


def in_units(sheet: Stars, entry: Entry) -> Entry:
    """Printed points as a reading; what is finer than the sheet's unit fits no indicator, and is refused as such."""
    if entry.points is None:
        return entry
    units = smallest_unit(entry.points, sheet.decimals)
    return replace(entry, reading=Reading(-1 if units is None else units))


def check_entries(sheet: Stars, entries: Collection[Entry], known: Mapping[str, Value], *, as_committee: bool) -> None:
    """Raises BatchRefused with every entry at fault."""
    faults = Faults()
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        try:
            if entry.indicator not in codes_of(sheet):
                raise refusals.UnknownIndicator(indicator=entry.indicator, field="indicator")
            if entry.indicator in seen:
                raise refusals.IndicatorTwice(indicator=entry.indicator, field="indicator")
            seen.add(entry.indicator)
            value = known.get(entry.indicator)
            is_measured = value is not None and value.measured is not None and value.measured.reading is not None
            if is_measured and not as_committee:
                raise refusals.IndicatorMeasured(indicator=entry.indicator, field="indicator")
            if as_committee and not entry.note:
                raise refusals.NoteMissing(indicator=entry.indicator, field="note")
            _check_range(sheet, entry)
        except LongwenError as error:
            faults.add(index, error)
    faults.raise_any()


def evidence_wanted(sheet: Stars, entry: Entry, *, as_committee: bool) -> Words | None:
    """What has to prove the value; None where nothing has to. What claims nothing proves nothing."""
    if entry.indicator == BONUS:
        proofs: tuple[Name, ...] = sheet.bonus.evidence
    else:
        indicator = sheet.indicator(entry.indicator)
        proofs = () if indicator is None else indicator.evidence
    if as_committee:
        return _any(proofs) or Words("核正依据", "what shows the correction")
    if entry.reading.part == 0:
        return None
    return _any(proofs) or Words("证明材料", "what shows it")


def _any(proofs: Sequence[Name]) -> Words | None:
    return any_of(Words(one.zh, one.en) for one in proofs) if proofs else None


def _check_range(sheet: Stars, entry: Entry) -> None:
    reading = entry.reading
    hint = _fault(sheet, entry.indicator, reading)
    if hint is not None:
        zh, en = hint
        raise refusals.ReadingOutOfRange(
            indicator=entry.indicator, part=reading.part, whole=reading.whole, hint_zh=zh, hint_en=en, field="part"
        )


def _fault(sheet: Stars, code: str, reading: Reading) -> tuple[str, str] | None:
    if reading.part < 0 or reading.whole < 0:
        return "不能为负数", "it is not negative"
    if code == BONUS:
        most = sheet.full
        return _single(reading, most, "加分", "a bonus")
    if code == FACT:
        return _single(reading, 1, "有为1，无为0", "1 if so, 0 if not")
    indicator = sheet.indicator(code)
    return None if indicator is None else _indicator_fault(indicator, reading)


_SINGLE = {
    ScaleForm.GIVEN: ("给分", "points given"),
    ScaleForm.MET: ("达到为1，未达到为0", "1 if met, 0 if not"),
}


def _indicator_fault(indicator: Indicator, reading: Reading) -> tuple[str, str] | None:
    scale = indicator.scale
    known = MEASURES.get(indicator.measure)
    if scale.form in _SINGLE:
        zh, en = _SINGLE[scale.form]
        return _single(reading, indicator.points if scale.form is ScaleForm.GIVEN else 1, zh, en)
    if scale.form is ScaleForm.EACH:
        return None if reading.whole == 1 else ("次数的整体数为1", "a count is of 1")
    if known is not None and known.quantity is Quantity.MEAN:
        return None if reading.whole or not reading.part else ("没有人数", "nobody to take the mean over")
    if scale.of and reading.whole != scale.of:
        return f"应为 {scale.of} 份中的几份", f"it is so many of {scale.of}"
    if reading.part > reading.whole:
        return "部分不能大于整体", "the part is at most the whole"
    return None


def _single(reading: Reading, most: int, zh: str, en: str) -> tuple[str, str] | None:
    if reading.whole == 1 and reading.part <= most:
        return None
    return f"{zh}，0 至 {most}（最小分值单位），整体数为1", f"{en}, from 0 to {most} (smallest unit), of 1"
