"""Ways to break what the small book says of vetoes, ranges, measures, classes and lines, by one edit each."""

from __future__ import annotations

from tests.rules.broken_books import broken

_A01 = "    points: {value: 5, source: M1}\n"
_STANDARD = "    grounds: {source: M1}\n  exempt:"
_COMMEND = "    consequence: recommend\n"

LANGUAGE = [
    # vetoes
    broken(
        "veto_missing",
        "    veto:\n      effect: {value: zero, source: M1}\n      ground: {value: fixed, assumption: true}\n",
        "",
        "items.ORG-V01",
        "  ORG-V01:",
    ),
    broken(
        "veto_on_other_kind",
        _A01,
        _A01 + "    veto: {effect: {value: zero, source: M1}, ground: {value: fixed, source: M1}}\n",
        "items.ORG-A01.veto",
        "    veto: {effect",
    ),
    broken(
        "veto_band",
        "effect: {value: zero, source: M1}",
        "effect: {value: band, source: M1}",
        "items.ORG-V01.veto",
        "    veto:",
    ),
    broken(
        "veto_band_unknown",
        "effect: {value: zero, source: M1}",
        "effect: {value: band, source: M1}\n      band: lowest",
        "items.ORG-V01.veto.band",
        "band: lowest",
    ),
    broken(
        "unknown_role",
        "effect: {value: zero, source: M1}",
        "effect: {value: zero, source: M1}\n      hears: [mayor]",
        "items.ORG-V01.veto.hears.0",
        "hears: [mayor]",
    ),
    # units, ranges, tiers
    broken(
        "unknown_unit",
        _A01,
        "    points: {value: 5, per: lessons, source: M1}\n",
        "items.ORG-A01.points.per",
        "per: lessons",
    ),
    broken(
        "units_max_uncounted",
        _A01,
        _A01 + "    units_max: {value: 2, assumption: true}\n",
        "items.ORG-A01.units_max",
        "    units_max:",
    ),
    broken(
        "units_max_hours",
        "    measure:\n      ladder:\n        unit: hours",
        "    units_max: {value: 25, assumption: true}\n    measure:\n      ladder:\n        unit: hours",
        "items.SRV-A01.units_max.value",
        "    units_max:",
    ),
    broken(
        "unknown_unit",
        "        unit: hours\n        rungs",
        "        unit: days\n        rungs",
        "items.SRV-A01.measure.ladder.unit",
        "unit: days",
    ),
    broken(
        "range_step", _A01, "    range: {low: 1, high: 4, step: 2, source: M1}\n", "items.ORG-A01.range.step", "step: 2"
    ),
    broken(
        "bounds_reversed", _A01, "    range: {low: 4, high: 1, source: M1}\n", "items.ORG-A01.range", "range: {low: 4"
    ),
    broken(
        "sign_wrong", _A01, "    range: {low: -4, high: 1, source: M1}\n", "items.ORG-A01.range.low", "range: {low: -4"
    ),
    broken(
        "points_and_tiers",
        _A01,
        _A01 + "    range: {low: 1, high: 4, source: M1}\n",
        "items.ORG-A01.range",
        "range: {low: 1",
    ),
    # measures
    broken(
        "matter_on_amount",
        "    measure:\n      ladder",
        "    matter: required\n    measure:\n      ladder",
        "items.SRV-A01.matter",
        "    matter: required\n    measure",
    ),
    broken(
        "measure_fraction_only",
        "    measure:\n      ladder",
        "    measure:\n      rounding: {value: up, source: M1}\n      ladder",
        "items.SRV-A01.measure.rounding",
        "rounding: {value: up",
    ),
    broken(
        "measure_unit_missing",
        "    points: {value: 5, source: M1}\n    bounds:\n      - {window: quarter, high: 5, assumption: true}\n",
        "    measure: {rate: {value: 1/2, source: M1}}\n    bounds:\n",
        "items.ORG-A01.measure",
        "    measure: {rate",
    ),
    broken(
        "best_per_unit",
        _A01,
        "    points: {value: 5, per: articles, source: M1}\n"
        "    measure: {window: quarter, best: {value: 2, source: M1}}\n",
        "items.ORG-A01.measure.best",
        "measure: {window: quarter",
    ),
    broken(
        "best_of_range",
        _A01,
        "    range: {low: 1, high: 5, source: M1}\n    measure: {window: quarter, best: {value: 2, source: M1}}\n",
        "items.ORG-A01.measure.best",
        "measure: {window: quarter",
    ),
    broken(
        "window_shorter",
        _A01,
        _A01 + "    measure: {best: {value: 2, source: M1}}\n",
        "items.ORG-A01.bounds.0.window",
        "{window: quarter, high: 5",
    ),
    # openings, allotments, weights
    broken(
        "opens_with_base",
        "    allotment: {value: 60, assumption: true}",
        "    allotment: {value: 60, assumption: true}\n    opens: {value: base, source: M1}",
        "dimensions.ORG.opens",
        "opens: {value: base",
    ),
    broken(
        "allotment_missing",
        "    allotment: {value: 60, assumption: true}\n",
        "",
        "dimensions.ORG",
        "  ORG:\n    name",
    ),
    broken(
        "weight_uneven",
        "nodes:\n",
        "nodes:\n  routine/ORG:\n    weight: {value: 1/7, source: M1}\n",
        "nodes.routine/ORG.weight",
        "weight: {value: 1/7",
    ),
    # classes of members
    broken(
        "override_unknown",
        _STANDARD,
        "    grounds: {source: M1}\n    without: [ORG-D09]\n  exempt:",
        "profiles.standard.without.0",
        "without: [ORG-D09]",
    ),
    broken(
        "override_not_duty",
        _STANDARD,
        "    grounds: {source: M1}\n    items:\n      ORG-A01: {settled: default}\n  exempt:",
        "profiles.standard.items.ORG-A01",
        "ORG-A01: {settled",
    ),
    broken(
        "override_no_points",
        _STANDARD,
        "    grounds: {source: M1}\n    items:\n      SRV-A01: {points: {value: 3, source: M1}}\n  exempt:",
        "profiles.standard.items.SRV-A01.points",
        "SRV-A01: {points",
    ),
    broken(
        "override_no_tier",
        _STANDARD,
        "    grounds: {source: M1}\n    items:\n      ORG-A02: {tiers: {moon: {value: 3, source: M1}}}\n  exempt:",
        "profiles.standard.items.ORG-A02.tiers.moon",
        "ORG-A02: {tiers",
    ),
    broken(
        "override_windows",
        _STANDARD,
        "    grounds: {source: M1}\n    items:\n"
        "      ORG-A01: {bounds: [{window: year, high: 6, assumption: true}]}\n  exempt:",
        "profiles.standard.items.ORG-A01.bounds",
        "ORG-A01: {bounds",
    ),
    broken(
        "override_windows",
        _STANDARD,
        "    grounds: {source: M1}\n    nodes:\n"
        "      innovation/SRV: {bounds: [{window: year, high: 6, assumption: true}]}\n  exempt:",
        "profiles.standard.nodes.innovation/SRV.bounds",
        "innovation/SRV: {bounds",
    ),
    broken(
        "node_unknown",
        _STANDARD,
        "    grounds: {source: M1}\n    nodes:\n"
        "      innovation/FUN: {bounds: [{window: year, high: 6, assumption: true}]}\n  exempt:",
        "profiles.standard.nodes.innovation/FUN",
        "innovation/FUN: {bounds",
    ),
    # lines, bands, ceilings across groups
    broken(
        "dimension_for_basis", "    basis: daily\n", "    basis: dimension\n", "lines.commend.basis", "basis: dimension"
    ),
    broken(
        "dimension_for_basis",
        "    basis: daily\n",
        "    basis: daily\n    dimension: ORG\n",
        "lines.commend.dimension",
        "    dimension: ORG\n    relation",
    ),
    broken(
        "unknown_dimension",
        "    basis: daily\n",
        "    basis: dimension\n    dimension: FUN\n",
        "lines.commend.dimension",
        "dimension: FUN",
    ),
    broken(
        "pool_without_quota",
        "    quota: {value: 1/3, source: M1}\n",
        "    pool_below: {value: 3, source: M1}\n",
        "lines.commend.pool_below",
        "pool_below",
    ),
    broken(
        "exclusion_needs",
        _COMMEND,
        _COMMEND + "    excludes: [{ground: heavy_fault, source: M1}]\n",
        "lines.commend.excludes.0",
        "excludes: [",
    ),
    broken(
        "exclusion_extra",
        _COMMEND,
        _COMMEND + "    excludes: [{ground: veto, months: 3, source: M1}]\n",
        "lines.commend.excludes.0.months",
        "excludes: [",
    ),
    broken(
        "share_sign",
        _COMMEND,
        _COMMEND + "    excludes: [{ground: heavy_fault, points: -5, source: M1}]\n",
        "lines.commend.excludes.0.points",
        "excludes: [",
    ),
    broken(
        "band_pace",
        "test: {basis: total, relation: at_most",
        "test: {basis: pace, relation: at_most",
        "bands.0.test.basis",
        "basis: pace, relation: at_most",
    ),
    broken(
        "bound_idle",
        "    bounds: [{window: year, low: -20, assumption: true}]",
        "    bounds: [{window: year, high: 21, assumption: true}]",
        "items.ORG-F01.bounds.0.high",
    ),
    broken(
        "month_at_node",
        "    bounds: [{window: year, high: 10, assumption: true}]",
        "    bounds: [{window: month, high: 3, assumption: true}, {window: year, high: 10, assumption: true}]",
        "nodes.innovation/ORG.bounds.0.window",
    ),
    broken("group_empty", "    group: talks\n", "", "nodes.innovation/ORG/talks", "  innovation/ORG/talks:"),
    broken(
        "band_unreachable",
        "  - code: rest\n",
        "  - code: lower\n    name: {zh: 更低, en: Lower}\n"
        "    test: {basis: total, relation: below, bound: 50, source: M1}\n  - code: rest\n",
        "bands.1",
        "  - code: lower",
    ),
    broken(
        "bound_out_of_reach",
        "bound: {value: 90, source: M1}",
        "bound: {value: 101, source: M1}",
        "lines.commend.bound",
    ),
    broken(
        "total_below_base",
        "total: {low: 0, assumption: true}",
        "total: {low: 0, high: 99, assumption: true}",
        "total.high",
    ),
    broken(
        "target_window",
        "{window: half, units: 10",
        "{window: quarter, units: 10",
        "items.SRV-D01.duty.targets.0.window",
    ),
    broken(
        "default_missed",
        "  sessions: {value: undecided, assumption: true}",
        "  sessions: {value: undecided, assumption: true}\n  default: {value: missed, assumption: true}",
        "unrecorded.default",
        "  default: {",
    ),
    broken(
        "default_missed",
        "      settled: sessions\n",
        "      settled: default\n      unrecorded: {value: missed, assumption: true}\n",
        "items.ORG-D01.duty.unrecorded",
        "unrecorded: {value: missed, assumption: true}\n",
    ),
    broken("across_name", "across:\n  quarterly:", "across:\n  SRV:", "across.SRV", "  SRV: {kind: innovation, items"),
    broken(
        "across_weight",
        "nodes:\n",
        "nodes:\n  innovation/SRV:\n    weight: {value: 1/2, source: M1}\n",
        "nodes.innovation/SRV.weight",
        "weight: {value: 1/2",
    ),
]
