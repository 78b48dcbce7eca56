"""What the values of one item must mean together."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from decimal import Decimal

from app.kit.calendar import WINDOW_LENGTH, Window
from app.rules.checks import Draft
from app.rules.core import Kind, Matter, Settlement
from app.rules.document import ROLES, DutyText, ItemText, MeasureText

_POSITIVE = ("应为正数", "positive")
_NEGATIVE = ("应为负数", "negative")
_SIGNS = {Kind.ROUTINE: _POSITIVE, Kind.INNOVATION: _POSITIVE, Kind.FAULT: _NEGATIVE}


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
        _check_pairs(draft, code, item)


def _check_roles(draft: Draft, code: str, key: str, roles: Sequence[str]) -> None:
    for number, role in enumerate(roles):
        if role not in ROLES:
            draft.fault("unknown_role", "items", code, key, number, name=role, choices=", ".join(ROLES))


def _check_veto(draft: Draft, code: str, item: ItemText) -> None:
    """A veto is an overlay: it has grounds, and no points."""
    for name in ("points", "tiers", "duty", "measure", "group"):
        if getattr(item, name) is not None:
            draft.fault("veto_with_points", "items", code, name, name=name)
    for name in ("bounds", "outside"):
        if getattr(item, name):
            draft.fault("veto_with_points", "items", code, name, name=name)


def _check_scored(draft: Draft, code: str, item: ItemText) -> None:
    place = ("items", code)
    if item.duty is not None:
        if item.kind is not Kind.ROUTINE:
            draft.fault("duty_on_other_kind", *place, "duty")
        elif not draft.loses:
            draft.fault("duty_in_earning_book", *place, "duty")
        else:
            _check_duty(draft, code, item, item.duty)
        return
    if item.kind is Kind.ROUTINE and draft.loses:
        draft.fault("duty_missing", *place)
        return
    _check_points(draft, code, item)
    if item.measure is not None:
        _check_measure(draft, code, item, item.measure)


def _check_points(draft: Draft, code: str, item: ItemText) -> None:
    """Exactly one way in which an entry gets its points."""
    place = ("items", code)
    measured = item.measure is not None and item.measure.best is None
    ways = [
        name
        for name, given in (
            ("points", item.points is not None),
            ("tiers", item.tiers is not None),
            ("measure", measured),
        )
        if given
    ]
    if not ways:
        draft.fault("points_missing", *place)
    if len(ways) > 1:
        draft.fault("points_and_tiers", *place, ways[1], names=", ".join(ways))
    if item.points is not None:
        _check_sign(draft, item.kind, item.points.value, (*place, "points", "value"))
    if item.tiers is not None and not item.tiers:
        draft.fault("tiers_empty", *place, "tiers")
    seen: set[str] = set()
    for number, tier in enumerate(item.tiers or ()):
        if tier.code in seen:
            draft.fault("tier_repeated", *place, "tiers", number, "code", name=tier.code)
        seen.add(tier.code)
        _check_sign(draft, item.kind, tier.points, (*place, "tiers", number, "points"))


def _check_sign(draft: Draft, kind: Kind, value: Decimal, place: tuple[str | int, ...]) -> None:
    zh_sign, en_sign = _SIGNS[kind]
    if value == 0:
        draft.fault("zero_points", *place)
    elif (value < 0) != (kind is Kind.FAULT):
        draft.fault("sign_wrong", *place, kind=kind.value, zh_sign=zh_sign, en_sign=en_sign, value=value)


def _check_measure(draft: Draft, code: str, item: ItemText, measure: MeasureText) -> None:
    place = ("items", code, "measure")
    if item.kind is Kind.FAULT:
        draft.fault("measure_on_fault", *place)
        return
    forms = [name for name in ("best", "ladder", "rate", "worth") if getattr(measure, name) is not None]
    if len(forms) != 1:
        draft.fault("measure_forms", *place)
    if measure.ladder is not None:
        rungs = measure.ladder.rungs
        for number, (below, above) in enumerate(itertools.pairwise(rungs), start=1):
            if above.units <= below.units or abs(above.points) <= abs(below.points):
                draft.fault("rungs_order", *place, "ladder", "rungs", number)
        for number, rung in enumerate(rungs):
            _check_sign(draft, item.kind, rung.points, (*place, "ladder", "rungs", number, "points"))
    if measure.worth is not None:
        _check_sign(draft, item.kind, measure.worth.points, (*place, "worth", "points"))


def _check_duty(draft: Draft, code: str, item: ItemText, duty: DutyText) -> None:
    place = ("items", code, "duty")
    for name in ("points", "tiers", "measure"):
        if getattr(item, name) is not None:
            draft.fault("points_and_tiers", "items", code, name, names=f"duty, {name}")
    if item.matter not in (None, Matter.NONE):
        draft.fault("matter_on_duty", "items", code, "matter")
    if duty.share.value <= 0:
        draft.fault("share_sign", *place, "share", "value")
    if duty.due is not None and duty.every.value is not Window.YEAR:
        draft.fault("due_only_yearly", *place, "due")
    if duty.settled is not Settlement.AMOUNT:
        for name, given in (("unit", duty.unit is not None), ("targets", bool(duty.targets))):
            if given:
                draft.fault("amount_only", *place, name, name=name)
        return
    yearly = any(target.window is Window.YEAR for target in duty.targets)
    if duty.unit is None or not yearly or duty.every.value is not Window.YEAR:
        draft.fault("amount_needs_targets", *place)
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
