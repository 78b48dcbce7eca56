"""What profiles and overlays may change, and what every class of members must still add up to."""

from __future__ import annotations

from decimal import Decimal

from app.roster.core import EXEMPT
from app.rules.checks import Draft
from app.rules.checks_measure import check_sign
from app.rules.checks_tree import above_item, check_bounds, check_no_months, check_side, node_names
from app.rules.cited import CitedUnrecorded
from app.rules.core import STANDARD, Kind, Settlement, Starts, Unrecorded
from app.rules.document import ItemOverride, ItemText, OverlayText, ProfileText
from app.rules.profiles import (
    RegimeKey,
    allotments_of,
    basic_points_of,
    cited_parts,
    duty_owed,
    regime_keys,
    shares_of,
    starts_of,
    weighted_allotments,
)

PROFILES_MAX = 40
OVERLAYS_MAX = 8
CLASSES_MAX = 120  # every profile alone and under every overlay
VERSIONS_MAX = 24_000  # of items, one for each class: all of them are compiled and stored


def check_size(draft: Draft) -> bool:
    """Whether the classes of members are few enough to be looked at one by one; else that is the fault."""
    edition = draft.edition
    profiles, overlays, items = len(edition.profiles), len(edition.overlays), len(edition.items)
    classes = profiles * (overlays + 1)
    if profiles > PROFILES_MAX or overlays > OVERLAYS_MAX or classes > CLASSES_MAX:
        limits = {"profiles_max": PROFILES_MAX, "overlays_max": OVERLAYS_MAX, "classes_max": CLASSES_MAX}
        place = "overlays" if overlays > OVERLAYS_MAX and profiles <= PROFILES_MAX else "profiles"
        draft.fault("too_many_classes", place, profiles=profiles, overlays=overlays, classes=classes, **limits)
        return False
    if classes * items > VERSIONS_MAX:
        draft.fault("too_many_versions", "items", items=items, classes=classes, limit=VERSIONS_MAX)
        return False
    return True


def check_allotments(draft: Draft) -> None:
    """Under every profile the allotments add up to the base, and the shares of the duties to the allotments."""
    edition = draft.edition
    for code, dimension in edition.dimensions.items():
        if dimension.opens is None:
            continue
        if edition.opening.value is Starts.BASE or dimension.opens.value is Starts.BASE:
            draft.fault("opens_with_base", "dimensions", code, "opens")
    for code, profile in edition.profiles.items():
        for name in profile.allotments:
            if name not in edition.dimensions:
                draft.fault("unknown_dimension", "profiles", code, "allotments", name, name=name)
        if edition.opening.value is not Starts.BASE and not draft.partial:
            _check_sum(draft, code, profile)
    if not draft.partial:
        _check_shares(draft)


def _check_sum(draft: Draft, code: str, profile: ProfileText) -> None:
    base = basic_points_of(draft.edition, profile)
    weighted = weighted_allotments(draft.edition, profile)
    own = profile.allotments or profile.base
    place: tuple[str, ...] = (
        ("profiles", code, "allotments" if profile.allotments else "base") if own else ("dimensions",)
    )
    for dimension, allotment in allotments_of(draft.edition, profile).items():
        if allotment is None:
            draft.fault("allotment_missing", "dimensions", dimension, name=dimension)
        elif weighted[dimension].scaleb(draft.book.decimals) % 1:
            draft.fault("weight_uneven", "nodes", f"routine/{dimension}", "weight", value=weighted[dimension])
    for dimension, value in weighted.items():
        earned = starts_of(draft.edition, dimension) is Starts.ZERO and code == STANDARD
        if earned and not value and any(_earns(item, dimension) for item in draft.edition.items.values()):
            draft.fault("allotment_zero", "dimensions", dimension, "allotment", name=dimension)
    high = draft.edition.total.high
    if high is not None and high < base:
        draft.fault("total_below_base", "total", "high", high=high, base=base)
    total = sum(weighted.values(), Decimal(0))
    if total != base:
        draft.fault("allotments_sum", *place, sum=total, base=base)


def _earns(item: ItemText, dimension: str) -> bool:
    return item.kind is Kind.ROUTINE and item.dimension == dimension


def _check_shares(draft: Draft) -> None:
    """A cycle's duties of a dimension are worth its allotment, for every class of members."""
    edition = draft.edition
    told: set[tuple[str, Decimal, Decimal]] = set()  # a fault of the items is told once, not once per profile
    for key in regime_keys(edition):
        profile = edition.profiles[key.profile]
        if profile.duties == "none":
            continue
        allotments = allotments_of(edition, profile)
        for dimension, share in shares_of(draft.book, edition, key).items():
            found = allotments[dimension]
            allotment = Decimal(0) if found is None else found.value
            if starts_of(edition, dimension) is not Starts.FULL or share == allotment:
                continue
            if (dimension, share, allotment) in told:
                continue
            told.add((dimension, share, allotment))
            draft.fault(
                "shares_sum",
                *_place(key, dimension),
                profile=key.code,
                dimension=dimension,
                sum=share,
                allotment=allotment,
            )


def _place(key: RegimeKey, dimension: str) -> tuple[str, str]:
    if key.code == STANDARD:
        return "dimensions", dimension
    return ("overlays", key.overlay) if key.overlay else ("profiles", key.profile)


def check_profiles(draft: Draft) -> None:
    """Profiles and overlays change items and nodes that exist, in ways that they allow."""
    edition = draft.edition
    if STANDARD not in edition.profiles and not draft.partial:
        draft.fault("profile_standard", "profiles")
    if EXEMPT not in edition.profiles and not draft.partial:
        draft.fault("profile_exempt", "profiles")
    for code in edition.overlays:
        if code in edition.profiles:
            draft.fault("profile_code_taken", "overlays", code, name=code)
    for place, part in cited_parts(edition):
        for number, name in enumerate(part.without):
            if name not in edition.items and not draft.partial:
                draft.fault("override_unknown", *place, "without", number, name=name)
        for name, change in part.items.items():
            item = edition.items.get(name)
            if item is not None:
                _check_override(draft, (*place, "items", name), name, item, change)
            elif not draft.partial:
                draft.fault("override_unknown", *place, "items", name, name=name)
        _check_nodes(draft, place, part)
    _check_unrecorded(draft)


def _check_override(draft: Draft, place: tuple[str, ...], name: str, item: ItemText, change: ItemOverride) -> None:
    if (change.share is not None or change.settled is not None) and item.duty is None:
        draft.fault("override_not_duty", *place, name=name)
    if change.share is not None and change.share.value <= 0:
        draft.fault("share_sign", *place, "share")
    if change.settled in (Settlement.AMOUNT, Settlement.RATE):
        draft.fault("settled_needs_more", *place, name=name, settled=change.settled.value)
    if change.points is not None:
        if item.points is None:
            draft.fault("override_no_points", *place, "points", name=name)
        check_sign(draft, item.kind, change.points.value, (*place, "points", "value"))
    known = {tier.code for tier in item.tiers or ()}
    for tier, points in change.tiers.items():
        if tier not in known:
            draft.fault("override_no_tier", *place, "tiers", tier, name=name, tier=tier)
        check_sign(draft, item.kind, points.value, (*place, "tiers", tier, "value"))
    check_bounds(draft, (*place, "bounds"), change.bounds or [])
    check_side(draft, (*place, "bounds"), change.bounds or [], above_item(item)[0])
    _check_windows(
        draft,
        (*place, "bounds"),
        [bound.window for bound in change.bounds or []],
        [bound.window for bound in item.bounds] if change.bounds is not None else [],
    )


def _check_nodes(draft: Draft, place: tuple[str, ...], part: OverlayText) -> None:
    known = set(node_names(draft.edition))
    for name, change in part.nodes.items():
        at = (*place, "nodes", name)
        if name not in known:
            draft.fault("node_unknown", *at, name=name)
            continue
        check_bounds(draft, (*at, "bounds"), change.bounds)
        check_side(draft, (*at, "bounds"), change.bounds, name)
        check_no_months(draft, (*at, "bounds"), change.bounds)
        own = draft.edition.nodes.get(name)
        _check_windows(
            draft,
            (*at, "bounds"),
            [one.window for one in change.bounds],
            [one.window for one in own.bounds] if own else [],
        )


def _check_windows(draft: Draft, place: tuple[str, ...], changed: list[object], own: list[object]) -> None:
    """A class has its bounds over the same windows as everybody: only their numbers differ."""
    if changed != own:
        draft.fault("override_windows", *place, windows=", ".join(str(one) for one in own) or "–")


def _check_unrecorded(draft: Draft) -> None:
    """It is said for every duty what becomes of it when nobody records anything (scoring, section 3).

    What is kept by default is lost by a finding only, so silence cannot cost it.
    """
    _check_default(draft, draft.edition.unrecorded.get(Settlement.DEFAULT), "unrecorded", Settlement.DEFAULT.value)
    for code, item in draft.edition.items.items():
        if item.duty is not None and item.duty.settled is Settlement.DEFAULT:
            _check_default(draft, item.duty.unrecorded, "items", code, "duty", "unrecorded")
    for code, item in draft.edition.items.items():
        for key in regime_keys(draft.edition):
            duty = duty_owed(draft.edition, code, key)
            if duty is not None and duty.unrecorded is None and draft.loses(item.dimension):
                draft.fault("unrecorded_missing", "items", code, "duty", settled=duty.settled.value)


def _check_default(draft: Draft, unrecorded: CitedUnrecorded | None, *place: str) -> None:
    if unrecorded is not None and unrecorded.value is Unrecorded.MISSED:
        draft.fault("default_missed", *place)
