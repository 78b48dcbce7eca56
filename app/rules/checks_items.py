"""What the values of one item must mean together."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.kit.calendar import WINDOW_LENGTH, Window
from app.rules.checks import Draft
from app.rules.checks_measure import check_measure, check_sign, check_unit, check_units_max
from app.rules.core import Effect, Kind, Matter, Settlement
from app.rules.document import ROLES, DutyText, ItemText, RangeText
from app.rules.finds import Attended
from app.rules.profiles import allotments_of, cycle_window


def check_items(draft: Draft) -> None:
    for code, item in draft.edition.items.items():
        if item.dimension not in draft.edition.dimensions and not draft.partial:
            draft.fault("unknown_dimension", "items", code, "dimension", name=item.dimension)
        _check_roles(draft, code, "record", item.record)
        _check_roles(draft, code, "review", item.review)
        if item.kind is Kind.OPENING:
            draft.fault("kind_reserved", "items", code, "kind")
        elif item.kind is Kind.VETO:
            _check_veto(draft, code, item)
        else:
            _check_scored(draft, code, item)
            if item.veto is not None:
                draft.fault("veto_on_other_kind", "items", code, "veto")
        _check_pairs(draft, code, item)
        _check_finds(draft, code, item)


def _check_roles(draft: Draft, code: str, key: str, roles: Sequence[str], *below: str) -> None:
    for number, role in enumerate(roles):
        if role not in ROLES:
            draft.fault("unknown_role", "items", code, key, *below, number, name=role, choices=", ".join(ROLES))


def _check_veto(draft: Draft, code: str, item: ItemText) -> None:
    """A veto is an overlay: it has grounds, and no points."""
    for name in ("points", "tiers", "chosen", "duty", "measure", "group"):
        if getattr(item, name) is not None:
            draft.fault("veto_with_points", "items", code, name, name=name)
    veto = item.veto
    if veto is None:
        draft.fault("veto_missing", "items", code)
        return
    _check_roles(draft, code, "veto", veto.hears, "hears")
    bands = [band.code for band in draft.edition.bands]
    if (veto.effect.value is Effect.BAND) != (veto.band is not None):
        draft.fault("veto_band", "items", code, "veto")
    elif veto.band is not None and veto.band not in bands:
        draft.fault("veto_band_unknown", "items", code, "veto", "band", name=veto.band, choices=", ".join(bands))
    for name in ("bounds", "outside"):
        if getattr(item, name):
            draft.fault("veto_with_points", "items", code, name, name=name)


def _check_scored(draft: Draft, code: str, item: ItemText) -> None:
    place = ("items", code)
    check_units_max(draft, code, item)
    if item.duty is not None:
        if item.kind is not Kind.ROUTINE:
            draft.fault("duty_on_other_kind", *place, "duty")
        elif not draft.loses(item.dimension):
            draft.fault("duty_in_earning_book", *place, "duty")
        else:
            _check_duty(draft, code, item, item.duty)
        return
    if item.kind is Kind.ROUTINE and draft.loses(item.dimension):
        draft.fault("duty_missing", *place)
        return
    _check_points(draft, code, item)
    if item.measure is not None:
        check_measure(draft, code, item, item.measure)


def _check_points(draft: Draft, code: str, item: ItemText) -> None:
    """Exactly one way in which an entry gets its points."""
    place = ("items", code)
    measured = item.measure is not None and item.measure.best is None
    ways = [
        name
        for name, given in (
            ("points", item.points is not None),
            ("tiers", item.tiers is not None),
            ("range", item.chosen is not None),
            ("measure", measured),
        )
        if given
    ]
    if not ways:
        draft.fault("points_missing", *place)
    if len(ways) > 1:
        draft.fault("points_and_tiers", *place, ways[1], names=", ".join(ways))
    if item.points is not None:
        check_sign(draft, item.kind, item.points.value, (*place, "points", "value"))
        check_unit(draft, item.points.per, *place, "points", "per")
    if item.chosen is not None:
        _check_range(draft, item.kind, item.chosen, (*place, "range"))
    if item.tiers is not None and not item.tiers:
        draft.fault("tiers_empty", *place, "tiers")
    seen: set[str] = set()
    for number, tier in enumerate(item.tiers or ()):
        if tier.code in seen:
            draft.fault("tier_repeated", *place, "tiers", number, "code", name=tier.code)
        seen.add(tier.code)
        if isinstance(tier.points, Decimal):
            check_sign(draft, item.kind, tier.points, (*place, "tiers", number, "points"))
        elif not _has_allotment(draft, item.dimension):
            draft.fault("tier_of_nothing", *place, "tiers", number, "points", name=item.dimension)


def _has_allotment(draft: Draft, dimension: str) -> bool:
    """Whether every class of members has points allotted to the dimension, which a tier may be worth all of."""
    profiles = draft.edition.profiles.values()
    allotted = [allotments_of(draft.edition, one).get(dimension) for one in profiles]
    return all(one is not None and one.value > 0 for one in allotted)


def _check_range(draft: Draft, kind: Kind, chosen: RangeText, place: tuple[str | int, ...]) -> None:
    for name in ("low", "high"):
        check_sign(draft, kind, getattr(chosen, name), (*place, name))
    step = chosen.step
    if chosen.low >= chosen.high:
        draft.fault("bounds_reversed", *place, low=chosen.low, high=chosen.high)
    elif step is not None and (step <= 0 or (chosen.high - chosen.low) % step):
        draft.fault("range_step", *place, "step", low=chosen.low, high=chosen.high, step=step)


def _check_duty(draft: Draft, code: str, item: ItemText, duty: DutyText) -> None:
    place = ("items", code, "duty")
    for name in ("points", "tiers", "chosen", "measure"):
        if getattr(item, name) is not None:
            draft.fault("points_and_tiers", "items", code, name, names=f"duty, {name}")
    if item.matter not in (None, Matter.NONE):
        draft.fault("matter_on_duty", "items", code, "matter")
    if duty.share.value <= 0:
        draft.fault("share_sign", *place, "share", "value")
    if duty.due is not None and duty.every.value is not Window.YEAR:
        draft.fault("due_only_yearly", *place, "due")
    if duty.rounding is not None and duty.settled not in (Settlement.AMOUNT, Settlement.RATE):
        draft.fault("amount_only", *place, "rounding", name="rounding")
    if duty.settled is Settlement.AMOUNT:
        _check_amount(draft, place, duty)
        return
    for name, given in (("unit", duty.unit is not None), ("targets", bool(duty.targets))):
        if given:
            draft.fault("amount_only", *place, name, name=name)


def _check_amount(draft: Draft, place: tuple[str, ...], duty: DutyText) -> None:
    """Amounts are due by the half-year and by the cycle's end (scoring, section 3)."""
    cycle = WINDOW_LENGTH[cycle_window(draft.book)]  # a longer window is told as such
    whole = any(WINDOW_LENGTH[target.window] >= cycle for target in duty.targets)
    if duty.unit is None or not whole or WINDOW_LENGTH[duty.every.value] < cycle:
        draft.fault("amount_needs_targets", *place)
    for number, target in enumerate(duty.targets):
        if target.window is not Window.HALF and WINDOW_LENGTH[target.window] < cycle:
            draft.fault("target_window", *place, "targets", number, "window", window=target.window.value)
    for number, (one, after) in enumerate(zip(duty.targets, duty.targets[1:], strict=False), start=1):
        if WINDOW_LENGTH[after.window] <= WINDOW_LENGTH[one.window] or after.units <= one.units:
            draft.fault("targets_order", *place, "targets", number)


def _check_pairs(draft: Draft, code: str, item: ItemText) -> None:
    """A finding names duties whose share it costs too (scoring, section 5)."""
    for key in ("costs", "costs_one_of"):
        names: list[str] = getattr(item, key)
        if names and item.kind is not Kind.FAULT:
            draft.fault("pair_on_other_kind", "items", code, key)
        for number, name in enumerate(names):
            pair = draft.edition.items.get(name)
            if pair is None:
                if not draft.partial:
                    draft.fault("unknown_pair", "items", code, key, number, name=name)
            elif pair.duty is None:
                draft.fault("pair_not_duty", "items", code, key, number, name=name)


def _check_finds(draft: Draft, code: str, item: ItemText) -> None:
    """What the service proposes by itself is a fault whose points nobody has to choose."""
    finds, place = item.finds, ("items", code, "finds")
    if finds is None:
        return
    if item.kind is not Kind.FAULT or item.points is None or item.points.per is not None:
        draft.fault("finds_other", *place)
    if (finds.after is Attended.ABSENCES) != (finds.in_a_row is not None):
        draft.fault("finds_in_a_row", *place)
    for number, name in enumerate(finds.sessions):
        session = draft.edition.items.get(name)
        settled = None if session is None or session.duty is None else session.duty.settled
        if settled is not Settlement.SESSIONS and not (session is None and draft.partial):
            draft.fault("finds_no_session", *place, "sessions", number, name=name)
