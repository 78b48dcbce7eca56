"""What the loader says about vetoes, ranges, measures, classes of members and lines that do not fit together."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGE: Mapping[str, tuple[str, str]] = {
    "veto_missing": (
        "一票否决项目应写 veto：effect（zero 或 band）、ground（fixed 或 key_work），各附依据。请补上。",
        "A veto item needs a veto table: effect (zero or band) and ground (fixed or key_work), each cited. Add it.",
    ),
    "veto_on_other_kind": (
        "只有一票否决项目（veto）才写 veto。请删去，或改正类别。",
        "Only an item of kind veto has a veto table. Remove it or correct the kind.",
    ),
    "veto_band": (
        "effect 为 band 时要写 band（固定的等次），为 zero 时不写。请改正。",
        "With effect band, name the band; with effect zero, leave band out. Correct it.",
    ),
    "veto_band_unknown": (
        "没有等次 {name}。请从中选用：{choices}。",
        "There is no band {name}. Take one of: {choices}.",
    ),
    "unknown_unit": (
        "没有单位 {name}。请从中选用：{choices}，或在 book.yaml 的 units 中增加。",
        "There is no unit {name}. Take one of {choices}, or add it under units in book.yaml.",
    ),
    "units_max_uncounted": (
        "units_max 限定一人一日的数量，只用于按小时、次数等累计的项目（不含百分比）。请删去。",
        "units_max bounds what one day can have of hours, times and the like, and no percentage. Remove it.",
    ),
    "units_max_hours": (
        "一日没有 {value} 小时。请写不大于 24 的数。",
        "No day has {value} hours. Write a number up to 24.",
    ),
    "range_step": (
        "步长 {step} 不能把 {low} 至 {high} 等分。请改为能够等分的正数。",
        "Steps of {step} do not lead from {low} to {high} evenly. Take a positive step that does.",
    ),
    "tier_of_nothing": (
        "指标 {name} 没有分配分值，档次不能写 all。请写出分值，或给指标分配分值。",
        "Nothing is allotted to {name}, so a tier cannot be worth all of it. Give points, or allot some.",
    ),
    "matter_on_amount": (
        "按数量折算的项目不按事项合并。请删去 matter，或写 none。",
        "An item that counts amounts is never merged by matter. Remove matter or write none.",
    ),
    "measure_fraction_only": (
        "只有 rate 和 worth 才写 {name}。请删去。",
        "Only rate and worth have {name}. Remove it.",
    ),
    "measure_unit_missing": (
        "rate 和 worth 应写明计量单位 unit（如 percent）。请补上。",
        "A rate or worth says in unit what it counts (such as percent). Add it.",
    ),
    "best_per_unit": (
        "best 在各条记录之间取最高，不能与按单位计分（per）合用。请改为固定分值或分档。",
        "best picks among entries and cannot go with points per unit. Give fixed points or tiers.",
    ),
    "best_of_range": (
        "best 与 range 合用时，每条记录须有事项。请写 matter: required。",
        "With best, entries of a range need a matter each. Write matter: required.",
    ),
    "opens_with_base": (
        "opening 为 base 时各指标不另写 opens，opens 也不能是 base。请删去，或改写 opening。",
        "With opening base no dimension has opens, and opens is never base. Remove it or change opening.",
    ),
    "allotment_missing": (
        "指标 {name} 没有分配分值（allotment）。请补上；只有 opening 为 base 的细则可以不写。",
        "The dimension {name} has no allotment. Add it; only a book whose opening is base may leave it out.",
    ),
    "weight_uneven": (
        "分配分值乘以权重得 {value}，不是最小计分单位的整数倍。请调整分值或权重。",
        "The allotment times its weight is {value}, which is no whole number of smallest units. Change one of them.",
    ),
    "override_no_points": (
        "项目 {name} 没有固定分值，不能在类型中改写 points。请改写其他值。",
        "The item {name} has no fixed points that a profile could change. Change another value.",
    ),
    "override_no_tier": (
        "项目 {name} 没有档次 {tier}。请改正代码。",
        "The item {name} has no tier {tier}. Correct the code.",
    ),
    "override_windows": (
        "类型只能改写限额的数值，时段须与原有限额一致（{windows}）。请改正。",
        "A profile changes the numbers of bounds, over the same windows as everybody ({windows}). Correct them.",
    ),
    "dimension_for_basis": (
        "basis 为 dimension 时要写 dimension，其他时候不写。请改正。",
        "With basis dimension, name the dimension; otherwise leave it out. Correct it.",
    ),
    "pool_without_quota": (
        "没有名额（quota）就不需要合并小支部。请删去 pool_below，或补上 quota。",
        "Without a quota there is nothing to pool. Remove pool_below or add a quota.",
    ),
    "exclusion_needs": (
        "排除情形 {ground} 要写 {name}。请补上。",
        "The exclusion {ground} needs {name}. Add it.",
    ),
    "exclusion_extra": (
        "排除情形 {ground} 不写 {name}。请删去。",
        "The exclusion {ground} has no {name}. Remove it.",
    ),
    "band_pace": (
        "等次按分数评定，不按进度。请改为 daily、total 或 dimension。",
        "A band is tested on a score, not on pace. Use daily, total or dimension.",
    ),
    "bound_idle": (
        "此处的分值只会落在另一侧，{side} 永远不起作用。请改写 {other}。",
        "What is counted here lies on the other side of 0, so this {side} never holds anything. Write {other}.",
    ),
    "group_empty": (
        "分组 {name} 之下没有项目。请把项目归入该组（group），或删去该组。",
        "No item is in the group {name}. Put items into it (group), or remove it.",
    ),
    "allotment_zero": (
        "指标 {name} 分配 0 分，其下的日常项目永远不得分。请分配分值，或移走这些项目。",
        "The dimension {name} is allotted nothing, so its routine items could never earn. Allot points, or move them.",
    ),
    "band_unreachable": (
        "等次 {name} 不可能出现：前面的等次 {before} 已包含它。请调整顺序或界限。",
        "The band {name} is never given: {before} before it holds whenever it does. Change their order or bounds.",
    ),
    "bound_out_of_reach": (
        "日常工作积分最高为 {top}，达不到 {bound}。请改正界限。",
        "The daily score is at most {top} and never reaches {bound}. Correct the bound.",
    ),
    "total_below_base": (
        "总分上限 {high} 低于基本分 {base}。请改正其中之一。",
        "The top of the total, {high}, lies below the base of {base}. Correct one of the two.",
    ),
    "month_at_node": (
        "按月的限额只能写在项目上。请移到各项目的 bounds，或改为 quarter。",
        "A bound of a month stands at an item only. Move it to the bounds of the items, or take the quarter.",
    ),
    "touched_undated": (
        (
            "{name} 与版本 {before} 不同，但其依据 {source} 没有日期。"
            "请在 book.yaml 的 sources 中写明文件日期 date，或在 note 中说明。"
        ),
        (
            "{name} differs from edition {before}, and its source {source} has no date. "
            "Give the document's date under sources in book.yaml, or say since when in a note."
        ),
    ),
    "touched_unexplained": (
        "{name} 与版本 {before} 不同而没有来源。请引用决定修改的文件，或在 note 中说明理由。",
        (
            "{name} differs from edition {before} and has no source. Cite the document that changed it, or give the "
            "reason in a note."
        ),
    ),
    "target_window": (
        "按数量的目标只在半年末和年度末结算，不能按 {window} 设定。请改为 half 或 year。",
        "Amounts are settled at the half-year and at the cycle's end, not by the {window}. Write half or year.",
    ),
    "across_name": (
        "跨组限额的代码 {name} 已用于项目、节点或指标。请另取代码。",
        "The code {name} of a ceiling across groups is taken by an item, node or dimension. Choose another.",
    ),
    "across_weight": (
        "同一类别有跨组限额 {name} 时，其下不能有权重。请去掉其中之一。",
        "Under the ceiling across groups {name} its kind can have no weight. Remove one of the two.",
    ),
    "too_many_classes": (
        (
            "党员类型 {profiles} 个、叠加 {overlays} 个，共 {classes} 种组合，过多。"
            "类型至多 {profiles_max} 个，叠加至多 {overlays_max} 个，组合至多 {classes_max} 种。请合并。"
        ),
        (
            "{profiles} profiles and {overlays} overlays make {classes} classes of members, which is too many. There "
            "are at most {profiles_max} profiles, {overlays_max} overlays and {classes_max} classes. Merge some."
        ),
    ),
    "too_many_versions": (
        "项目 {items} 个，党员类型组合 {classes} 种，相乘超过 {limit}。请减少其中之一。",
        "{items} items times {classes} classes of members are more than {limit}. Take fewer of one of them.",
    ),
    "default_missed": (
        "按默认履行（default）结算的职责，只有查实的问题才扣份额，无人记录时不能视为未履行。请改为 kept。",
        "A duty that is kept by default is lost by a finding only, so silence cannot count as missed. Write kept.",
    ),
    "item_dropped": (
        (
            "版本 {before} 的项目 {name} 在本版本（自 {start} 起）中不见了。"
            "年度中途只能停用：请保留项目并写 retired: true。"
        ),
        (
            "The item {name} of edition {before} is missing from this one (from {start}). In mid-cycle it can only be "
            "retired: keep it with retired: true."
        ),
    ),
    "profile_dropped": (
        "版本 {before} 的党员类型 {name} 在本版本（自 {start} 起）中不见了。请保留到年度结束。",
        "The profile {name} of edition {before} is missing from this one (from {start}). Keep it until the cycle ends.",
    ),
}
