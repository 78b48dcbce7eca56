"""What lines, bands and ceilings across groups must mean."""

from __future__ import annotations

from decimal import Decimal

from app.kit.calendar import WINDOW_LENGTH, Window
from app.rules.checks import Draft
from app.rules.core import Kind, Starts
from app.rules.document import BandTest, ExclusionText, LineText
from app.rules.lines import Basis, Ground, Relation, When
from app.rules.profiles import basic_points_of, cycle_window, measured_over

# What a ground of exclusion needs beside itself.
_NEEDS = {Ground.DIMENSION_FAULT: "dimension", Ground.HEAVY_FAULT: "points", Ground.SHORT_TIME: "months"}


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
        _check_dimension(draft, place, line.basis, line.dimension)
        _check_reach(draft, (*place, "bound"), line.basis, line.relation, line.bound.value)
        low = line.relation in (Relation.AT_MOST, Relation.BELOW) and line.basis is not Basis.PACE
        early = line.when.value is not When.YEAR_END and cycle_window(draft.book) is not Window.QUARTER
        if low and draft.earns and early:
            draft.fault("line_early_low", *place, "when")
        if line.quota is not None and line.quota.value[0] > line.quota.value[1]:
            draft.fault("quota_above_one", *place, "quota")
        if line.pool_below is not None and line.quota is None:
            draft.fault("pool_without_quota", *place, "pool_below")
        _check_exclusions(draft, place, line)


def _check_dimension(draft: Draft, place: tuple[str | int, ...], basis: Basis, dimension: str | None) -> None:
    if (basis is Basis.DIMENSION) != (dimension is not None):
        draft.fault("dimension_for_basis", *place, "dimension" if dimension else "basis")
    elif dimension is not None and dimension not in draft.edition.dimensions and not draft.partial:
        draft.fault("unknown_dimension", *place, "dimension", name=dimension)


def _check_exclusions(draft: Draft, place: tuple[str, ...], line: LineText) -> None:
    for number, one in enumerate(line.excludes):
        at: tuple[str | int, ...] = (*place, "excludes", number)
        needed = _NEEDS.get(one.ground)
        for name in ("dimension", "points", "months"):
            given = getattr(one, name) is not None
            if given and name != needed:
                draft.fault("exclusion_extra", *at, name, name=name, ground=one.ground.value)
            if not given and name == needed:
                draft.fault("exclusion_needs", *at, name=name, ground=one.ground.value)
        _check_exclusion(draft, at, one)


def _check_exclusion(draft: Draft, at: tuple[str | int, ...], one: ExclusionText) -> None:
    if one.dimension is not None and one.dimension not in draft.edition.dimensions and not draft.partial:
        draft.fault("unknown_dimension", *at, "dimension", name=one.dimension)
    if one.points is not None and one.points <= 0:
        draft.fault("share_sign", *at, "points")


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
        if band.test is None:
            continue
        if band.test.basis is Basis.PACE:
            draft.fault("band_pace", "bands", number, "test", "basis")
        _check_dimension(draft, ("bands", number, "test"), band.test.basis, band.test.dimension)
        _check_reach(draft, ("bands", number, "test"), band.test.basis, band.test.relation, band.test.bound)
        before = next((one for one in bands[:number] if one.test is not None and _implies(band.test, one.test)), None)
        if before is not None:
            draft.fault("band_unreachable", "bands", number, name=band.code, before=before.code)


def _implies(one: BandTest, other: BandTest) -> bool:
    """Whether the other test holds whenever the one does, as far as bounds on the same number tell."""
    if (one.basis, one.dimension) != (other.basis, other.dimension):
        return False
    upward = (Relation.AT_LEAST, Relation.ABOVE)
    if (one.relation in upward) != (other.relation in upward):
        return False
    stricter = other.relation in (Relation.ABOVE, Relation.BELOW) and one.relation is not other.relation
    if one.bound == other.bound:
        return not stricter
    return one.bound > other.bound if one.relation in upward else one.bound < other.bound


def _check_reach(draft: Draft, place: tuple[str | int, ...], basis: Basis, relation: Relation, bound: Decimal) -> None:
    """Where allotments add up to the base, no daily score lies above it."""
    if basis is not Basis.DAILY or draft.edition.opening.value is Starts.BASE or draft.edition.carried is not None:
        return
    top = max((basic_points_of(draft.edition, one) for one in draft.edition.profiles.values()), default=bound)
    if (relation is Relation.AT_LEAST and bound > top) or (relation is Relation.ABOVE and bound >= top):
        draft.fault("bound_out_of_reach", *place, top=top, bound=bound)


def check_across(draft: Draft) -> None:
    """At most one ceiling per kind across groups, over items of that kind (scoring, section 2, rule 7)."""
    edition = draft.edition
    kinds: set[Kind] = set()
    taken = {"daily", "total", *edition.items, *edition.nodes, *edition.dimensions}
    for code, across in edition.across.items():
        if across.kind in kinds:
            draft.fault("across_twice", "across", code, kind=across.kind.value)
        if code in taken:
            draft.fault("across_name", "across", code, name=code)
        kinds.add(across.kind)
        if across.per_quarter == 0:
            draft.fault("zero_points", "across", code, "per_quarter")
        for number, name in enumerate(across.items):
            item = edition.items.get(name)
            if item is None or item.kind is not across.kind:
                if item is not None or not draft.partial:
                    draft.fault("across_item", "across", code, "items", number, name=name, kind=across.kind.value)
            elif item.measure is not None and _is_longer(measured_over(draft.book, item.measure)):
                draft.fault("across_measure", "across", code, "items", number, name=name)
        _check_weights(draft, code, across.kind)


def _is_longer(window: Window) -> bool:
    """Whether no single quarter holds what is measured over the window."""
    return WINDOW_LENGTH[window] > WINDOW_LENGTH[Window.QUARTER]


def _check_weights(draft: Draft, code: str, kind: Kind) -> None:
    """Under a weight the points that a ceiling across groups holds would not be those that count."""
    for name, node in draft.edition.nodes.items():
        if node.weight is not None and name.split("/")[0] == kind.value:
            draft.fault("across_weight", "nodes", name, "weight", name=code)
