"""What one entry is worth, and what a duty by amount costs when it falls short."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.calendar import Window
from app.rules import award
from app.rules.award import Outcome, points_of, shortfall
from app.rules.core import Duty, Item, Kind, Measure, MeasureForm, Rung, Settlement, Target, Tier, Unrecorded
from app.rules.name import Name

NAME = Name("项目", "Item")


def item(kind: Kind = Kind.INNOVATION, **values: object) -> Item:
    return Item(code="X", kind=kind, dimension="ORG", name=NAME, article="", citation="", **values)  # type: ignore[arg-type]


def routine(settlement: Settlement, share: int = 15, **values: object) -> Item:
    duty = Duty(Window.YEAR, share, settlement, Unrecorded.MISSED, **values)  # type: ignore[arg-type]
    return item(Kind.ROUTINE, duty=duty)


def worth(
    one: Item, *, tier: str | None = None, units: int | None = None, outcome: Outcome | None = None
) -> tuple[int, int]:
    return points_of(one, tier=tier, units=units, outcome=outcome)


HOURS = Duty(
    Window.YEAR,
    60,
    Settlement.AMOUNT,
    Unrecorded.MISSED,
    "hours",
    (Target(Window.HALF, 10), Target(Window.YEAR, 20)),
)


@pytest.mark.parametrize("settlement", [Settlement.SESSIONS, Settlement.CONFIRMATION, Settlement.DEFAULT])
def test_a_duty_missed_costs_its_share_and_kept_costs_nothing(settlement: Settlement) -> None:
    assert worth(routine(settlement), outcome=Outcome.KEPT) == (1, 0)
    assert worth(routine(settlement), outcome=Outcome.MISSED) == (0, -15)


def test_hours_are_counted_and_settled_later() -> None:
    assert worth(item(Kind.ROUTINE, duty=HOURS), units=7) == (7, 0)
    assert worth(item(Kind.ROUTINE, duty=HOURS), units=0) == (0, 0)


@pytest.mark.parametrize(("percent", "kept"), [(100, 50), (90, 45), (85, 42), (83, 41), (1, 0), (0, 0)])
def test_a_rate_keeps_its_part_of_the_share_rounded_down(percent: int, kept: int) -> None:
    assert worth(routine(Settlement.RATE, share=50), units=percent) == (percent, kept - 50)


def test_fixed_points_tiers_and_units() -> None:
    tiers = (Tier("district", NAME, 5), Tier("city", NAME, 20))
    assert worth(item(points=10)) == (1, 10)
    assert worth(item(Kind.FAULT, points=-30)) == (1, -30)
    assert worth(item(tiers=tiers), tier="city") == (1, 20)
    assert worth(item(points=3, unit="articles"), units=4) == (4, 12)


def test_under_a_ladder_the_measure_gives_the_points() -> None:
    ladder = Measure(MeasureForm.LADDER, rungs=(Rung(40, 10),))
    assert worth(item(measure=ladder, unit="hours"), units=55) == (55, 0)


def test_a_veto_has_no_points() -> None:
    assert worth(item(Kind.VETO)) == (1, 0)


@pytest.mark.parametrize(
    ("one", "sent", "refusal"),
    [
        (item(tiers=(Tier("city", NAME, 5),)), {}, award.TierMissing),
        (item(tiers=(Tier("city", NAME, 5),)), {"tier": "moon"}, award.TierUnknown),
        (item(points=5), {"tier": "city"}, award.TierNotAsked),
        (item(points=5), {"units": 2}, award.UnitsNotAsked),
        (item(points=5), {"outcome": Outcome.KEPT}, award.OutcomeNotAsked),
        (item(points=5, unit="times"), {}, award.UnitsMissing),
        (item(points=5, unit="times"), {"units": 0}, award.UnitsOutOfRange),
        (item(points=5, unit="times"), {"units": 10**9}, award.UnitsOutOfRange),
        (routine(Settlement.SESSIONS), {}, award.OutcomeMissing),
        (routine(Settlement.SESSIONS), {"outcome": Outcome.KEPT, "units": 1}, award.UnitsNotAsked),
        (routine(Settlement.SESSIONS), {"outcome": Outcome.KEPT, "tier": "city"}, award.TierNotAsked),
        (routine(Settlement.RATE), {}, award.UnitsMissing),
        (routine(Settlement.RATE), {"units": 101}, award.UnitsOutOfRange),
        (routine(Settlement.RATE), {"units": 50, "outcome": Outcome.KEPT}, award.OutcomeNotAsked),
        (routine(Settlement.AMOUNT, unit="hours"), {"units": -1}, award.UnitsOutOfRange),
        (item(Kind.ROUTINE), {"outcome": Outcome.KEPT}, award.OutcomeNotAsked),
        (item(Kind.ROUTINE), {}, award.NotOwed),
        (item(Kind.VETO), {"units": 1}, award.UnitsNotAsked),
    ],
)
def test_what_does_not_fit_the_item_is_refused(
    one: Item, sent: dict[str, object], refusal: type[award.AwardRefused]
) -> None:
    with pytest.raises(refusal) as caught:
        worth(one, **sent)  # type: ignore[arg-type]
    assert "X" in caught.value.text("zh")
    assert caught.value.field in {"tier", "units", "outcome", "item"}


@pytest.mark.parametrize(
    ("window", "done", "lost"),
    [
        (Window.HALF, 0, -30),
        (Window.HALF, 4, -18),
        (Window.HALF, 10, 0),
        (Window.HALF, 25, 0),
        (Window.YEAR, 0, -60),
        (Window.YEAR, 10, -30),
        (Window.YEAR, 19, -3),
        (Window.YEAR, 20, 0),
    ],
)
def test_a_shortfall_loses_what_is_missing_of_what_fell_due(window: Window, done: int, lost: int) -> None:
    assert shortfall(HOURS, done, window) == lost


def test_points_kept_of_an_amount_round_down() -> None:
    study = Duty(
        Window.YEAR,
        30,
        Settlement.AMOUNT,
        Unrecorded.MISSED,
        "hours",
        (Target(Window.HALF, 16), Target(Window.YEAR, 32)),
    )
    assert shortfall(study, 20, Window.YEAR) == 18 - 30
    assert shortfall(study, 15, Window.HALF) == 14 - 15


def test_a_window_without_a_target_is_refused() -> None:
    with pytest.raises(award.NoTarget):
        shortfall(HOURS, 5, Window.QUARTER)


shares = st.integers(1, 1000)
targets = st.tuples(st.integers(1, 200), st.integers(1, 200)).map(lambda two: (min(two), sum(two)))


@given(shares, targets, st.integers(0, 500), st.integers(0, 500), st.sampled_from([Window.HALF, Window.YEAR]))
def test_more_done_never_loses_more(share: int, both: tuple[int, int], done: int, more: int, window: Window) -> None:
    half, full = both
    due = (Target(Window.HALF, half), Target(Window.YEAR, full))
    duty = Duty(Window.YEAR, share, Settlement.AMOUNT, Unrecorded.MISSED, "hours", due)
    assert -share <= shortfall(duty, done, window) <= shortfall(duty, done + more, window) <= 0
    assert shortfall(duty, half, Window.HALF) == shortfall(duty, full, Window.YEAR) == 0
    assert shortfall(duty, 0, Window.YEAR) == -share


@given(shares, st.integers(0, 100), st.integers(0, 100))
def test_a_better_rating_never_loses_more(share: int, one: int, other: int) -> None:
    rated = routine(Settlement.RATE, share=share)
    low, high = sorted((one, other))
    assert -share <= worth(rated, units=low)[1] <= worth(rated, units=high)[1] <= 0
    assert worth(rated, units=100)[1] == 0
