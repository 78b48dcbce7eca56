"""Runs an example against the rules: from its lines to cells, through the fold, to what differs from what it expects.

The lines take the way of real entries: the same worth of an entry, the same windows, the same fold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from app.kit.calendar import Window, half_days, half_of, month_days, month_of, period_code, quarter_of, quarters_between
from app.kit.errors import LongwenError
from app.kit.words import all_of
from app.points.core import Cell, CellKey, Score, add_to, fold
from app.points.duties import due_day
from app.points.judging import check_units
from app.points.ledger import cell_window, duty_window
from app.points.plan import Plan, compile_plan
from app.points.refusals import MatterCounted, MatterMissing, MatterNotAsked
from app.rules.award import Outcome, points_of, shortfall
from app.rules.core import Duty, Edition, Item, Kind, Matter, Regime, Settlement, Unrecorded
from app.rules.example import Example, Given


class UnknownHere(LongwenError):
    """The item takes no entries from members of this profile."""

    code = "unknown_here"
    zh = "项目 {item} 在类型 {profile} 中不适用。请核对项目代码和类型。"
    en = "The item {item} takes no entries under the profile {profile}. Check the code and the profile."


class WindowsOnlyForDuties(LongwenError):
    """Only a duty is due in windows."""

    code = "windows_only_for_duties"
    zh = "项目 {item} 不是应尽职责，请写日期（day 或 days）。"
    en = "The item {item} is no duty. Name its day or days."


class NoSuchWindow(LongwenError):
    """The duty has no such window before the example's day."""

    code = "no_such_window"
    zh = "项目 {item} 在本例期间内没有已结束的时段 {window}。现有：{known}。请改正。"
    en = "The duty {item} has no window {window} that ends within the example. It has {known}. Correct it."


class DutyDecidedTwice(LongwenError):
    """A duty has one outcome in each of its windows."""

    code = "duty_decided_twice"
    zh = "项目 {item} 在 {window} 已有结果。请只保留一行。"
    en = "The duty {item} has an outcome for {window} already. Keep one line."


class CostUnclear(LongwenError):
    """A finding that may cost one of several duties names which."""

    code = "cost_unclear"
    zh = "项目 {item} 应在 costs 中写明所扣份额的职责：{choices}。"
    en = "The item {item} names in costs the duty whose share it costs: {choices}."


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that cannot be recorded, and why."""

    line: int
    error: LongwenError


@dataclass(frozen=True, slots=True)
class Difference:
    """One number that is not what the example expects; points are whole numbers in the book's smallest unit."""

    what: str
    expected: object
    actual: object


@dataclass(frozen=True, slots=True)
class Row:
    """Where points come from: an item with the sum of its entries, or what a ceiling, floor or measure changed."""

    where: str
    windows: tuple[str, ...]
    points: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an example; it holds if nothing is refused and nothing differs. ``rows`` add up to the total.

    ``regimes`` are those of each quarter; under their ``plan`` the ``cells`` came to the score. ``settled`` are the
    duties that silence decided, each with the quarter in which it did. Where a line is refused there is none of this.
    """

    example: Example
    score: Score | None
    refusals: tuple[Refusal, ...] = ()
    differences: tuple[Difference, ...] = ()
    rows: tuple[Row, ...] = ()
    regimes: Mapping[str, Regime] = field(default_factory=dict)
    plan: Plan | None = None
    cells: Mapping[CellKey, Cell] = field(default_factory=dict)
    settled: frozenset[tuple[str, str]] = frozenset()

    @property
    def holds(self) -> bool:
        return not self.refusals and not self.differences


def judge_example(edition: Edition, example: Example) -> Verdict:
    """Run the example under the edition and compare."""
    regimes = _regimes(edition, example)
    year = _Year(example, regimes, edition.frame.period)
    refusals = year.take_all()
    if refusals:
        return Verdict(example, None, tuple(refusals))
    plan = compile_plan(regimes)
    score = fold(plan, plan.opening, year.cells)
    last = regimes[quarter_of(example.as_of)]
    return Verdict(
        example=example,
        score=score,
        differences=tuple(_differences(example, score, last)),
        rows=tuple(_rows(score, year.cells)),
        regimes=regimes,
        plan=plan,
        cells=year.cells,
        settled=frozenset(year.settled),
    )


def _regimes(edition: Edition, example: Example) -> dict[str, Regime]:
    """The regime of every quarter of the cycle: what was named last."""
    found: dict[str, Regime] = {}
    profile = ""
    for quarter in quarters_between(example.first, example.last):
        profile = example.profiles.get(quarter, profile)
        found[quarter] = edition.regimes[profile]
    return found


class Decided(NamedTuple):
    """What became of a duty, and the entry that says so: its cell, units and points."""

    outcome: Outcome
    key: CellKey
    units: int
    points: int


@dataclass(slots=True)
class _Year:
    """A member's cycle while the lines are taken in."""

    example: Example
    regimes: Mapping[str, Regime]
    period: Window
    cells: dict[CellKey, Cell] = field(default_factory=dict)
    decided: dict[tuple[str, str], Decided] = field(default_factory=dict)
    amounts: dict[str, list[tuple[date, int]]] = field(default_factory=dict)
    settled: set[tuple[str, str]] = field(default_factory=set)
    day_units: Counter[tuple[str, date]] = field(default_factory=Counter)

    def take_all(self) -> list[Refusal]:
        """Every line in order, findings after what they may find decided; then the duties by amount, then silence."""
        refusals: list[Refusal] = []
        ordered = sorted(self.example.given, key=lambda given: self._kind_of(given) is Kind.FAULT)
        for given in ordered:
            try:
                self._take(given)
            except LongwenError as error:
                refusals.append(Refusal(given.line, error))
        if not refusals:
            self._settle_amounts()
            if self.example.silence:
                self._settle_silence()
        return refusals

    def _kind_of(self, given: Given) -> Kind | None:
        found = (regime.items.get(given.item) for regime in self.regimes.values())
        return next((item.kind for item in found if item is not None), None)

    def _regime(self, day: date) -> Regime:
        return self.regimes[quarter_of(day)]

    def _item(self, code: str, day: date) -> Item:
        regime = self._regime(day)
        item = regime.items.get(code)
        if item is None or item.retired:
            raise UnknownHere(item=code, profile=regime.profile)
        return item

    def _take(self, given: Given) -> None:
        for day, item in list(self._places(given)):
            self._record(given, item, day)

    def _places(self, given: Given) -> Iterator[tuple[date, Item]]:
        """The days of the entries: those given, or the last days of the windows given."""
        for day in given.days:
            yield day, self._item(given.item, day)
        if given.days:
            return
        duty = self._duty_anywhere(given.item)
        if duty is None:
            raise WindowsOnlyForDuties(item=given.item)
        ended = self._windows_ended(duty)
        for window in ended if given.every else given.windows:
            if window not in ended:
                raise NoSuchWindow(item=given.item, window=window, known=all_of(ended))
            yield ended[window], self._item(given.item, ended[window])

    def _duty_anywhere(self, code: str) -> Duty | None:
        """The duty as owed in the first quarter in which it is."""
        found = (regime.items[code].duty for regime in self.regimes.values() if code in regime.items)
        return next((duty for duty in found if duty is not None), None)

    def _windows(self, duty: Duty) -> dict[str, date]:
        """The duty's windows in the cycle, each with its last day."""
        found: dict[str, date] = {}
        day = self.example.first
        while day <= self.example.last:
            last = month_days(month_of(day))[1]
            found[self._window(duty, last)] = last
            day = last + timedelta(days=1)
        return found

    def _windows_ended(self, duty: Duty) -> dict[str, date]:
        """Those of them that have ended by the example's day."""
        return {window: last for window, last in self._windows(duty).items() if last <= self.example.as_of}

    def _window(self, duty: Duty, day: date) -> str:
        return duty_window(duty, day, period_code(self.example.first, self.period))

    def _record(self, given: Given, item: Item, day: date) -> None:
        units, points = points_of(
            item,
            tier=given.tier,
            units=given.units,
            outcome=given.outcome,
            chosen=given.chosen,
            decimals=self._regime(day).decimals,
        )
        key = CellKey.of(item.code, cell_window(item, day), given.tier, given.matter)
        self._check_matter(item, key, given.matter)
        check_units(item, units, day, self.day_units[item.code, day])
        self.day_units[item.code, day] += units
        if item.duty is not None and item.duty.settlement is Settlement.AMOUNT:
            self.amounts.setdefault(item.code, []).append((day, units))
        elif item.duty is not None:
            window = self._window(item.duty, day)
            if (item.code, window) in self.decided:
                raise DutyDecidedTwice(item=item.code, window=window)
            self.decided[item.code, window] = Decided(given.outcome or Outcome.KEPT, key, units, points)
        add_to(self.cells, key, 1, units, points)
        for pair in self._pairs(given, item):
            self._lose_share(pair, day)

    def _check_matter(self, item: Item, key: CellKey, matter: str | None) -> None:
        if matter is None:
            if item.matter is Matter.REQUIRED:
                raise MatterMissing(item=item.code)
        elif item.matter is Matter.NONE:
            raise MatterNotAsked(item=item.code)
        elif key in self.cells:
            raise MatterCounted(item=item.code, matter=matter, window=key.window)

    @staticmethod
    def _pairs(given: Given, item: Item) -> tuple[str, ...]:
        if not item.pairs_one_of:
            return item.pairs
        if given.costs not in item.pairs_one_of:
            raise CostUnclear(item=item.code, choices=all_of(item.pairs_one_of))
        return (*item.pairs, given.costs)

    def _lose_share(self, code: str, day: date) -> None:
        """A finding also costs the current share of a duty, unless that is lost already (scoring, section 5).

        It takes the place of what was recorded of the duty before, a rate's part of the share included.
        """
        item = self._regime(day).items.get(code)
        if item is None or item.duty is None or item.retired:
            return
        window = self._window(item.duty, day)
        before = self.decided.get((code, window))
        if before is not None and before.outcome is Outcome.MISSED:
            return
        if before is not None:
            add_to(self.cells, before.key, -1, -before.units, -before.points)
        lost = Decided(Outcome.MISSED, CellKey(code, cell_window(item, day), None, None), 0, -item.duty.share)
        self.decided[code, window] = lost
        add_to(self.cells, lost.key, 1, lost.units, lost.points)

    def _settle_amounts(self) -> None:
        for code, done in self.amounts.items():
            self._settle_amount(code, done)

    def _settle_amount(self, code: str, done: list[tuple[date, int]]) -> None:
        """The shortfall at the cycle's end, or before it at the half-year's: the later replaces the earlier.

        Nothing where a finding cost the share, where the member does not owe the duty any more, or where nothing was
        recorded and the rules do not take silence as missed.
        """
        as_of = self.example.as_of
        now = self._regime(as_of).items.get(code)
        if now is None or now.duty is None or now.retired:
            return
        if (code, self._window(now.duty, as_of)) in self.decided:
            return
        half_ends = half_days(half_of(self.example.first))[1]
        for window, ends in ((self.period, self.example.last), (Window.HALF, half_ends)):
            item = self._regime(min(ends, self.example.as_of)).items.get(code)
            duty = None if item is None else item.duty
            if item is None or duty is None or ends > self.example.as_of:
                continue
            if any(target.window is window for target in duty.targets):
                units = sum(units for day, units in done if day <= ends)
                if not units and duty.unrecorded is not Unrecorded.MISSED:
                    return
                lost = shortfall(duty, units, window)
                if lost:
                    add_to(self.cells, CellKey(code, cell_window(item, ends), None, None), 1, 0, lost)
                return

    def _settle_silence(self) -> None:
        """Duties that nobody recorded, as the rules say of them (scoring, section 3)."""
        codes = dict.fromkeys(code for regime in self.regimes.values() for code in regime.items)
        for code in codes:
            owed = self._duty_anywhere(code)
            if owed is None:
                continue
            if owed.settlement is Settlement.AMOUNT:
                if code not in self.amounts:
                    self._settle_amount(code, [])
                continue
            for window, last in self._windows(owed).items():
                day = due_day(owed, self.example.first, last)
                duty = self._regime(day).items[code].duty
                if duty is None or day > self.example.as_of or (code, window) in self.decided:
                    continue
                if duty.unrecorded in (Unrecorded.KEPT, Unrecorded.MISSED):
                    self.settled.add((code, quarter_of(day)))
                if duty.unrecorded is Unrecorded.MISSED:
                    self._lose_share(code, day)


def _differences(example: Example, score: Score, regime: Regime) -> Iterator[Difference]:
    expected = example.expected
    for what in ("daily", "innovation", "fault", "total", "effective"):
        value = getattr(expected, what)
        if value is not None and value != getattr(score, what):
            yield Difference(what, value, getattr(score, what))
    band = score.band if regime.graded else "–"
    for what, wanted, actual in (
        ("band", expected.band, band),
        ("graded", expected.graded, regime.graded),
        ("ranked", expected.ranked, regime.ranked),
    ):
        if wanted is not None and wanted != actual:
            yield Difference(what, wanted, actual)
    for dimension in regime.dimensions:
        left = score.dimensions[dimension.code]
        if expected.dimensions.get(dimension.code, left) != left:
            yield Difference(dimension.code, expected.dimensions[dimension.code], left)
    cuts = _cuts(score)
    for where, points in expected.cuts.items():
        if cuts.get(where, 0) != points:
            yield Difference(f"cut {where}", points, cuts.get(where, 0))


def _cuts(score: Score) -> dict[str, int]:
    found: dict[str, int] = {}
    for cut in score.cuts:
        found[cut.where] = found.get(cut.where, 0) + cut.points
    return found


def _rows(score: Score, cells: Mapping[CellKey, Cell]) -> Iterator[Row]:
    """What the total is made of, items first."""
    sums: dict[str, int] = {}
    windows: dict[str, list[str]] = {}
    for key, cell in cells.items():
        if cell.points:
            sums[key.item] = sums.get(key.item, 0) + cell.points
            windows.setdefault(key.item, []).append(key.window)
    for code in sorted(sums):
        yield Row(code, tuple(sorted(set(windows[code]))), sums[code])
    for cut in score.cuts:
        yield Row(cut.where, (cut.quarter,) if cut.quarter else (), cut.points, cut.reason)
