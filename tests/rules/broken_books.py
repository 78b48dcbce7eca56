"""Ways to break the small book by one edit each, and where the fault must be found."""

from __future__ import annotations

from typing import NamedTuple


class Broken(NamedTuple):
    """An edit to the small book; where the fault must be found: the key, and a passage that stands on its line."""

    code: str
    old: str
    new: str
    key: str
    at: str


def broken(code: str, old: str, new: str, key: str, at: str | None = None) -> Broken:
    return Broken(code, old, new, key, new if at is None else at)


FORM = [
    broken("unknown_key", "    article: 每次扣分。", "    artikel: 每次扣分。", "items.ORG-F01.artikel"),
    broken("missing_key", "    article: 一票否决。\n", "", "items.ORG-V01.article", "  ORG-V01:"),
    broken("wrong_type", "    article: 一票否决。", "    article: 12", "items.ORG-V01.article"),
    broken(
        "wrong_type",
        "    duties: none",
        "    duties: none\n    without: ORG-D01",
        "profiles.exempt.without",
        "without:",
    ),
    broken("uncited_bare", "share: {value: 15, assumption: true}", "share: 15", "items.ORG-D01.duty.share"),
    broken("uncited", "share: {value: 15, assumption: true}", "share: {value: 15}", "items.ORG-D01.duty.share"),
    broken(
        "uncited",
        "{units: 80, points: 9, source: M1}",
        "{units: 80, points: 9}",
        "items.SRV-A01.measure.ladder.rungs.1",
    ),
    broken(
        "uncited",
        "bounds: [{window: year, high: 20, assumption: true}]",
        "bounds: [{window: year, high: 20}]",
        "nodes.innovation.bounds.0",
    ),
    broken(
        "uncited",
        "test: {basis: total, relation: at_most, bound: 50, source: M1}",
        "test: {basis: total, relation: at_most, bound: 50}",
        "bands.0.test",
    ),
    broken(
        "source_and_assumption",
        "points: {value: -5, source: M1}",
        "points: {value: -5, source: M1, assumption: true}",
        "items.ORG-F01.points",
    ),
    broken(
        "points_form",
        "points: {value: -5, source: M1}",
        "points: {value: 五分, source: M1}",
        "items.ORG-F01.points.value",
    ),
    broken("points_form", "base: {value: 100, source: M1}", "base: {value: true, source: M1}", "base.value"),
    broken(
        "fraction_form",
        "quota: {value: 1/3, source: M1}",
        "quota: {value: third, source: M1}",
        "lines.commend.quota.value",
    ),
    broken("day_form", "from: 2026-01-01", "from: 2026-13-01", "from"),
    broken(
        "month_day_form",
        "every: {value: year, assumption: true}",
        "every: {value: year, assumption: true}\n      due: {value: 31-03, assumption: true}",
        "items.SRV-D01.duty.due.value",
        "due:",
    ),
    broken("not_one_of", "kind: veto", "kind: vetoed", "items.ORG-V01.kind"),
    broken("not_one_of", "consequence: recommend", "consequence: promote", "lines.commend.consequence"),
    broken(
        "out_of_range",
        "{units: 40, points: 5, source: M1}",
        "{units: 0, points: 5, source: M1}",
        "items.SRV-A01.measure.ladder.rungs.0.units",
    ),
    broken(
        "out_of_range",
        "points: {value: -5, source: M1}",
        "points: {value: -5000000, source: M1}",
        "items.ORG-F01.points.value",
    ),
    broken("code_form", "  ORG-V01:", "  ORG V01:", "items.ORG V01"),
    broken("empty", "article: 一票否决。", "article: ''", "items.ORG-V01.article"),
    broken("null_value", "from: 2026-01-01", "from: 2026-01-01\nuntil:", "until", "until:"),
    broken("null_value", "    group: talks\n", "    group: ~\n", "items.ORG-A01.group", "group: ~"),
    broken("day_far", "from: 2026-01-01", "from: 2026-01-01\nuntil: 9999-12-31", "until", "until:"),
    broken("day_far", "from: 2026-01-01", "from: 0001-01-01", "from"),
    broken("not_one_of", "total: {low: 0, assumption: true}", "total: {low: 0, assumption: 1}", "total.assumption"),
    broken(
        "empty",
        "record: [member]\n    review: [secretary]\n  SRV-A01:",
        "record: []\n    review: [secretary]\n  SRV-A01:",
        "items.ORG-A02.record",
        "record: []",
    ),
    broken("other_form", "article: 一票否决。", f"article: {'字' * 2001}", "items.ORG-V01.article"),
]

MEANING = [
    broken(
        "unknown_citation",
        "points: {value: -5, source: M1}",
        "points: {value: -5, source: M99}",
        "items.ORG-F01.points.source",
    ),
    broken(
        "decimals_exceeded",
        "points: {value: -5, source: M1}",
        "points: {value: -2.5, source: M1}",
        "items.ORG-F01.points.value",
    ),
    broken(
        "unknown_dimension",
        "kind: veto\n    dimension: ORG",
        "kind: veto\n    dimension: LAW",
        "items.ORG-V01.dimension",
        "dimension: LAW",
    ),
    broken("kind_reserved", "kind: veto", "kind: opening", "items.ORG-V01.kind"),
    broken(
        "unknown_role",
        "record: [system]\n    review: [secretary]\n  ORG-A01",
        "record: [clerk]\n    review: [secretary]\n  ORG-A01",
        "items.SRV-D01.record.0",
        "record: [clerk]",
    ),
    broken("unknown_pair", "costs: [ORG-D01]", "costs: [ORG-D09]", "items.ORG-F01.costs.0"),
    broken("pair_not_duty", "costs: [ORG-D01]", "costs: [ORG-A01]", "items.ORG-F01.costs.0"),
    broken(
        "pair_on_other_kind",
        "group: talks",
        "costs: [ORG-D01]",
        "items.ORG-A01.costs",
        "    costs: [ORG-D01]\n    record: [member]",
    ),
    broken(
        "finds_other",
        "group: talks",
        "finds: {after: no_make_up}",
        "items.ORG-A01.finds",
        "    finds: {after: no_make_up}\n    record: [member]",
    ),
    broken(
        "finds_in_a_row",
        "costs: [ORG-D01]",
        "costs: [ORG-D01]\n    finds: {after: absences}",
        "items.ORG-F01.finds",
        "finds: {after: absences}",
    ),
    broken(
        "finds_no_session",
        "costs: [ORG-D01]",
        "costs: [ORG-D01]\n    finds: {after: no_make_up, sessions: [ORG-A01]}",
        "items.ORG-F01.finds.sessions.0",
        "finds: {after: no_make_up, sessions: [ORG-A01]}",
    ),
    broken("points_missing", "    points: {value: 5, source: M1}\n", "", "items.ORG-A01", "  ORG-A01:"),
    broken(
        "points_and_tiers",
        "outside: [innovation/ORG]",
        "points: {value: 5, source: M1}\n    outside: [innovation/ORG]",
        "items.ORG-A02.tiers",
        "    tiers:",
    ),
    broken(
        "tiers_empty",
        """    tiers:
      - {code: district, name: {zh: 区, en: district}, points: 5, source: M1}
      - {code: city, name: {zh: 市, en: city}, points: 9, source: M1}
""",
        "    tiers: []\n",
        "items.ORG-A02.tiers",
        "tiers: []",
    ),
    broken(
        "missing_key",
        "{code: city, name: {zh: 市, en: city}, points: 9, source: M1}",
        "{code: city, name: {zh: 市, en: city}, source: M1}",
        "items.ORG-A02.tiers.1.points",
    ),
    broken("tier_repeated", "{code: city, name", "{code: district, name", "items.ORG-A02.tiers.1.code", "zh: 市"),
    broken(
        "sign_wrong", "points: {value: -5, source: M1}", "points: {value: 7, source: M1}", "items.ORG-F01.points.value"
    ),
    broken(
        "zero_points", "points: {value: -5, source: M1}", "points: {value: 0, source: M1}", "items.ORG-F01.points.value"
    ),
    broken(
        "veto_with_points",
        "article: 一票否决。",
        "article: 一票否决。\n    points: {value: -1, source: M1}",
        "items.ORG-V01.points",
        "points: {value: -1",
    ),
    broken("duty_missing", "kind: veto", "kind: routine", "items.ORG-V01", "  ORG-V01:"),
    broken(
        "duty_on_other_kind",
        "points: {value: -5, source: M1}",
        "duty: {every: {value: year, source: M1}, share: {value: 1, source: M1}, settled: sessions}",
        "items.ORG-F01.duty",
    ),
    broken(
        "amount_needs_targets",
        "      unit: hours\n      targets",
        "      targets",
        "items.SRV-D01.duty",
        "    duty:\n      every: {value: year",
    ),
    broken(
        "amount_only",
        "settled: sessions",
        "settled: sessions\n      unit: hours",
        "items.ORG-D01.duty.unit",
        "unit: hours\n    record",
    ),
    broken(
        "targets_order",
        "{window: year, units: 20, assumption: true}",
        "{window: year, units: 9, assumption: true}",
        "items.SRV-D01.duty.targets.1",
    ),
    broken(
        "due_only_yearly",
        "settled: sessions",
        "settled: sessions\n      due: {value: 03-31, source: M1}",
        "items.ORG-D01.duty.due",
        "due:",
    ),
    broken(
        "share_sign",
        "share: {value: 15, assumption: true}",
        "share: {value: -15, assumption: true}",
        "items.ORG-D01.duty.share.value",
    ),
    broken(
        "matter_on_duty",
        "article: 每季度参加一次。",
        "article: 每季度参加一次。\n    matter: required",
        "items.ORG-D01.matter",
        "matter: required\n    grounds",
    ),
    broken(
        "measure_forms",
        "measure:\n      ladder",
        "measure:\n      rate: {value: 1/2, source: M1}\n      ladder",
        "items.SRV-A01.measure",
        "    measure:",
    ),
    broken(
        "rungs_order",
        "{units: 80, points: 9, source: M1}",
        "{units: 80, points: 4, source: M1}",
        "items.SRV-A01.measure.ladder.rungs.1",
    ),
    broken(
        "measure_on_fault",
        "points: {value: -5, source: M1}",
        "points: {value: -5, source: M1}\n    measure: {best: {value: 1, source: M1}}",
        "items.ORG-F01.measure",
        "measure: {best",
    ),
    broken(
        "bound_empty",
        "{window: year, low: -20, assumption: true}",
        "{window: year, assumption: true}",
        "items.ORG-F01.bounds.0",
    ),
    broken(
        "bounds_reversed",
        "{window: year, low: -20, assumption: true}",
        "{window: year, low: 5, high: 1, assumption: true}",
        "items.ORG-F01.bounds.0",
    ),
    broken(
        "bound_no_zero",
        "{window: year, low: -20, assumption: true}",
        "{window: year, low: 20, assumption: true}",
        "items.ORG-F01.bounds.0",
    ),
    broken(
        "bounds_order",
        "{window: quarter, high: 5, assumption: true}",
        "{window: year, high: 5, assumption: true}",
        "items.ORG-A01.bounds.1.window",
        "{window: year, high: 8, assumption: true}\n    group",
    ),
    broken(
        "window_shorter",
        "bounds: [{window: year, high: 20, assumption: true}]",
        "bounds: [{window: quarter, high: 20, assumption: true}]",
        "nodes.innovation.bounds.0.window",
    ),
    broken("node_unknown", "  innovation/ORG/talks:", "  innovation/EXC/talks:", "nodes.innovation/EXC/talks"),
    broken(
        "group_unnamed",
        "    name: {zh: 宣讲, en: Talks}\n",
        "",
        "nodes.innovation/ORG/talks",
        "  innovation/ORG/talks:",
    ),
    broken("group_unknown", "group: talks", "group: walks", "items.ORG-A01.group"),
    broken("outside_unknown", "outside: [innovation/ORG]", "outside: [innovation/EXC]", "items.ORG-A02.outside.0"),
    broken("outside_not_above", "outside: [innovation/ORG]", "outside: [innovation]", "items.ORG-A02.outside.0"),
    broken(
        "across_twice",
        "across:\n",
        "across:\n  again: {kind: innovation, items: [ORG-A02], per_quarter: 3, source: M1}\n",
        "across.quarterly",
        "  quarterly:",
    ),
    broken("across_item", "items: [ORG-A01]", "items: [ORG-F01]", "across.quarterly.items.0"),
    broken("across_measure", "items: [ORG-A01]", "items: [SRV-A01]", "across.quarterly.items.0"),
    broken(
        "allotments_sum",
        "allotment: {value: 40, assumption: true}",
        "allotment: {value: 50, assumption: true}",
        "dimensions",
        "dimensions:",
    ),
    broken(
        "shares_sum",
        "share: {value: 15, assumption: true}",
        "share: {value: 14, assumption: true}",
        "dimensions.ORG",
        "  ORG:",
    ),
    broken(
        "shares_sum",
        "ORG-D01: {settled: confirmation",
        "ORG-D01: {share: {value: 9, source: M1}, settled: confirmation",
        "overlays.remote",
        "  remote:",
    ),
    broken(
        "profile_exempt",
        "  exempt:\n    name: {zh: 免考评",
        "  away:\n    name: {zh: 免考评",
        "profiles",
        "profiles:",
    ),
    broken("profile_standard", "  standard:\n", "  usual:\n", "profiles", "profiles:"),
    broken("profile_code_taken", "  remote:\n", "  exempt:\n", "overlays.exempt", "  exempt:\n    name: {zh: 分散"),
    broken(
        "override_unknown",
        "      ORG-D01: {settled: confirmation",
        "      ORG-D09: {settled: confirmation",
        "overlays.remote.items.ORG-D09",
    ),
    broken(
        "override_not_duty",
        "      ORG-D01: {settled: confirmation",
        "      ORG-A01: {settled: confirmation",
        "overlays.remote.items.ORG-A01",
    ),
    broken("settled_needs_more", "{settled: confirmation", "{settled: rate", "overlays.remote.items.ORG-D01"),
    broken(
        "unrecorded_missing",
        "  sessions: {value: undecided, assumption: true}\n",
        "",
        "items.ORG-D01.duty",
        "    duty:\n      every: {value: quarter",
    ),
    broken("line_pace", "    due_min: {value: 10, assumption: true}\n", "", "lines.pace", "  pace:"),
    broken(
        "quota_above_one", "quota: {value: 1/3, source: M1}", "quota: {value: 4/3, source: M1}", "lines.commend.quota"
    ),
    broken("band_last", "  - code: rest\n    name: {zh: 合格, en: Qualified}\n", "", "bands.0", "  - code: low"),
    broken("band_repeated", "- code: rest", "- code: low", "bands.1.code", "- code: low\n    name: {zh: 合格"),
    broken("quarter_start", "from: 2026-01-01", "from: 2026-02-01", "from"),
    broken("quarter_end", "from: 2026-01-01", "from: 2026-01-01\nuntil: 2026-12-30", "until", "until"),
    broken("until_before_from", "from: 2026-01-01", "from: 2026-01-01\nuntil: 2025-12-31", "until", "until"),
    broken("folder_name", 'edition: "2026"', 'edition: "2025"', "edition"),
]

READING = [
    broken("no_text", "article: 一票否决。", 'article: "a \\ud800 b"', "items.ORG-V01.article"),
    broken("no_text", "article: 一票否决。", 'article: "a \\0 b"', "items.ORG-V01.article"),
    broken(
        "duplicate_key",
        "    article: 一票否决。",
        "    kind: veto",
        "items.ORG-V01.kind",
        "    kind: veto\n    grounds",
    ),
    broken("alias", "points: {value: -5, source: M1}", "points: &five {value: -5, source: M1}", "items.ORG-F01.points"),
    broken("alias", "group: talks", "group: *talks", "items.ORG-A01.group"),
    broken("tag", "article: 一票否决。", "article: !!python/name:os.system x", "items.ORG-V01.article"),
    broken("many_documents", "profiles:", "---\nprofiles:", "", "---"),
    broken("key_not_text", "article: 一票否决。", "[a, b]: 一票否决。", "items.ORG-V01"),
    broken("number_form", "base: {value: 100, source: M1}", "base: {value: 1e2, source: M1}", "base.value"),
    broken(
        "yaml_syntax", "article: 一票否决。", "article: [一票否决。", "", "    grounds: {source: C1, clause: 第31条}"
    ),
]
