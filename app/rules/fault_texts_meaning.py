"""What the loader says about values that do not fit together, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from app.rules.fault_texts_language import LANGUAGE

_ITEMS: Mapping[str, tuple[str, str]] = {
    "unknown_citation": (
        "来源 {name} 没有登记。请在 book.yaml 的 sources 中登记，或改正代号。",
        "The source {name} is not listed. List it under sources in book.yaml or correct the key.",
    ),
    "decimals_exceeded": (
        "分值 {value} 的小数位数超过本细则的 {decimals} 位。请改正分值，或在 book.yaml 中调整 decimals。",
        "{value} has more decimal places than the book's {decimals}. Correct it, or change decimals in book.yaml.",
    ),
    "unknown_dimension": (
        "没有指标 {name}。请改用 dimensions 中已有的代码，或先在其中增加。",
        "There is no dimension {name}. Use one listed under dimensions, or add it there.",
    ),
    "kind_reserved": (
        "类别 opening 只供系统建立期初分使用。请改为 routine、innovation、fault 或 veto。",
        "The kind opening is reserved for the opening entry. Use routine, innovation, fault or veto.",
    ),
    "unknown_role": (
        "没有角色 {name}。请从中选用：{choices}。",
        "There is no role {name}. Take one of: {choices}.",
    ),
    "unknown_pair": (
        "没有项目 {name}，无法一并扣除其份额。请改正代码。",
        "There is no item {name} whose share could be lost with this finding. Correct the code.",
    ),
    "pair_not_duty": (
        "{name} 不是有职责份额的日常项目，不能一并扣除。请改正代码。",
        "{name} is not a routine item with a duty, so it has no share to lose. Correct the code.",
    ),
    "pair_on_other_kind": (
        "只有扣分项目（fault）才能一并扣除职责份额。请删去这个键。",
        "Only a fault can cost the share of a duty too. Remove the key.",
    ),
    "finds_other": (
        "只有分值固定（points，不按数量计）的扣分项目才能由系统提出。请删去 finds，或改正项目。",
        "Only a fault with fixed points, not by the unit, can be proposed by the service. Remove finds or correct it.",
    ),
    "finds_in_a_row": (
        "after: absences 须写 in_a_row（连续几次），no_make_up 不写。请改正。",
        "after: absences needs in_a_row, how many make a finding; no_make_up has none. Correct it.",
    ),
    "finds_no_session": (
        "{name} 不是按场次考勤（settled: sessions）的日常项目。请改正代码。",
        "{name} is not a routine item settled by sessions. Correct the code.",
    ),
    "points_missing": (
        "项目没有分值。请写 points、tiers 或 measure 之一；日常项目写 duty。",
        "The item has no points. Give it points, tiers or a measure; a routine item has a duty instead.",
    ),
    "points_and_tiers": (
        "分值有两种写法（{names}）。请只保留一种。",
        "The points are given in more than one way ({names}). Keep one of them.",
    ),
    "tiers_empty": (
        "tiers 没有任何档次。请至少写一档，每档有 code、name、points 和依据。",
        "tiers lists no tier. Give at least one, each with code, name, points and its citation.",
    ),
    "tier_repeated": ("档次 {name} 重复。请改正代码。", "The tier {name} stands twice. Correct the code."),
    "sign_wrong": (
        "{kind} 的分值应{zh_sign}，现在是 {value}。请改正正负号。",
        "Points of {kind} are {en_sign}, not {value}. Correct the sign.",
    ),
    "zero_points": ("分值不能为 0。请改正。", "Points cannot be 0. Correct them."),
    "veto_with_points": (
        "一票否决不计分。请删去 {name}。",
        "A veto has no points. Remove {name}.",
    ),
    "duty_missing": (
        "从满分扣减的细则中，日常项目必须写 duty（应尽职责）。请补上。",
        "In a book that loses from the full base a routine item needs a duty. Add it.",
    ),
    "duty_on_other_kind": (
        "只有日常项目（routine）才有 duty。请删去，或改正类别。",
        "Only a routine item has a duty. Remove it or correct the kind.",
    ),
    "duty_in_earning_book": (
        "从零起算的细则没有可扣减的职责份额。请改写为 points。",
        "A book that earns from zero has no share to lose. Give points instead of a duty.",
    ),
    "amount_needs_targets": (
        (
            "按数量结算的职责必须写 unit 和 targets（其中一个为整个计分周期的目标），"
            "并每周期一次（every，通常为 year）。请补上。"
        ),
        (
            "A duty settled by amount needs a unit, targets (one of them for the whole cycle) and an every as long as "
            "the cycle (usually year). Add them."
        ),
    ),
    "amount_only": (
        "只有按数量结算（settled: amount）的职责才写 {name}；rounding 也用于按比率结算（rate）的职责。请删去。",
        "Only a duty settled by amount has {name}, and rounding one settled by rate too. Remove it.",
    ),
    "targets_order": (
        "目标应从短时段到长时段逐个增大，且时段不重复。请改正。",
        "Targets go from the shorter window to the longer and grow; no window stands twice. Correct them.",
    ),
    "due_only_yearly": (
        "只有全年职责才能写到期日。请删去 due。",
        "Only a yearly duty has a due day. Remove due.",
    ),
    "share_sign": ("职责份额应是正数。请改正。", "The share of a duty is a positive number. Correct it."),
    "matter_on_duty": (
        "职责不按事项合并。请删去 matter，或写 none。",
        "Duties are never merged by matter. Remove matter or write none.",
    ),
    "measure_forms": (
        "measure 必须且只能写 best、ladder、rate、worth 之一。请改正。",
        "A measure has exactly one of best, ladder, rate and worth. Correct it.",
    ),
    "measure_on_fault": (
        "扣分项目只能逐条累加，不能使用 measure。请改写为 points 或 tiers。",
        "Faults are added up one by one and take no measure. Give points or tiers.",
    ),
    "rungs_order": (
        "阶梯的数量和分值都应逐级增大。请改正。",
        "The rungs of a ladder grow in units and in points. Correct them.",
    ),
}

_TREE: Mapping[str, tuple[str, str]] = {
    "bound_empty": (
        "上下限都没有写。请写 low、high 或两者。",
        "Neither a floor nor a ceiling is given. Write low, high or both.",
    ),
    "bounds_reversed": (
        "下限 {low} 大于上限 {high}。请对调或改正。",
        "The floor {low} is above the ceiling {high}. Exchange or correct them.",
    ),
    "bounds_order": (
        "同一处的限额应从短时段写到长时段，且时段不重复。请调整顺序。",
        "Bounds go from the shorter window to the longer; no window stands twice. Put them in order.",
    ),
    "bound_no_zero": (
        "限额必须容得下 0 分：low 不大于 0，high 不小于 0。请改正正负号。",
        "A bound must leave room for no points: low at most 0, high at least 0. Correct the sign.",
    ),
    "window_shorter": (
        "此处限额的时段（{window}）短于其下 {below} 的限额时段（{longer}）。请延长时段，或改用 across。",
        (
            "The window of this bound ({window}) is shorter than that of {below} below it ({longer}). "
            "Lengthen it, or write the ceiling under across."
        ),
    ),
    "node_unknown": (
        "没有节点 {name}。节点写作“类别”“类别/指标”或“类别/指标/分组”，如 innovation/ORG。请改正。",
        (
            "There is no node {name}. A node is a kind, a kind/dimension or a kind/dimension/group, such as "
            "innovation/ORG. Correct it."
        ),
    ),
    "group_unnamed": (
        "分组必须有 name。请补上中英文名称。",
        "A group needs a name in Chinese and English. Add it.",
    ),
    "group_unknown": (
        "没有分组 {name}。请在 nodes 中登记 {node}，或改正代码。",
        "There is no group {name}. List {node} under nodes or correct the code.",
    ),
    "outside_unknown": (
        "outside 指向的节点 {name} 不存在。请改为此项目之上的节点：{above}。",
        "outside names the node {name}, which does not exist. Name one above the item: {above}.",
    ),
    "outside_not_above": (
        (
            "项目跳过节点时应从最低一级（{lower}）起逐级列出；{name} 不在此项目之上，"
            "或其下一级未列出。可选：{above}。请改正。"
        ),
        (
            "An item passes by the nodes above it from the lowest ({lower}) up, one by one; {name} is not above it, "
            "or a lower one is not named. There are: {above}. Correct the list."
        ),
    ),
    "across_twice": (
        "类别 {kind} 已有一个跨组限额。每个类别最多一个，请合并。",
        "The kind {kind} has a ceiling across groups already. There is at most one per kind; merge them.",
    ),
    "across_item": (
        "{name} 不是类别 {kind} 的项目，不能列入这个限额。请改正代码。",
        "{name} is not an item of the kind {kind} and cannot stand under this ceiling. Correct the code.",
    ),
    "across_measure": (
        "{name} 按超过一个季度的时段计量，不能列入按季度的限额。请从中移出。",
        "{name} is measured over more than a quarter and cannot stand under a ceiling per quarter. Take it out.",
    ),
}

_EDITION: Mapping[str, tuple[str, str]] = {
    "allotments_sum": (
        "各指标分配之和为 {sum}，应等于基本分 {base}。请调整分配或基本分。",
        "The allotments add up to {sum}, not to the base of {base}. Correct the allotments or the base.",
    ),
    "shares_sum": (
        (
            "类型 {profile} 在指标 {dimension} 的职责份额在一个考评期内合计 {sum}，"
            "应等于分配 {allotment}。请调整份额或分配。"
        ),
        (
            "Under the profile {profile} the shares of {dimension} add up to {sum} in a cycle, not to its allotment of "
            "{allotment}. Correct the shares or the allotment."
        ),
    ),
    "profile_exempt": (
        "缺少类型 exempt（免考评党员）：名册中免考评的时段按它计分。请在 profiles 中补上。",
        "The profile exempt is missing; it judges the days of an exemption in the roster. Add it under profiles.",
    ),
    "profile_standard": (
        "缺少类型 standard（一般党员）。请在 profiles 中补上。",
        "The profile standard is missing. Add it under profiles.",
    ),
    "profile_code_taken": (
        "代码 {name} 既是类型又是支部情形。请改其中一个。",
        "The code {name} is both a profile and an overlay. Rename one of them.",
    ),
    "override_unknown": ("没有项目 {name}。请改正代码。", "There is no item {name}. Correct the code."),
    "override_not_duty": (
        "{name} 没有职责份额，这里无可调整。请改正代码。",
        "{name} has no duty, so there is nothing to change here. Correct the code.",
    ),
    "settled_needs_more": (
        "{name} 不能改为按 {settled} 结算：按数量或按比率的结算要在项目中写明。请改用其他方式。",
        (
            "{name} cannot be changed to settlement by {settled}: amounts and rates are written in the item itself. "
            "Choose another."
        ),
    ),
    "unrecorded_missing": (
        "没有写明“{settled}”类职责无人记录时怎么算。请在 unrecorded 中补上，或写在职责中。",
        (
            "It is not said what becomes of a duty settled by {settled} that nobody recorded. Add it under unrecorded "
            "or in the duty."
        ),
    ),
    "line_early_low": (
        "从零起算的细则，年中分数低是正常的；“不高于”线只能在年末使用。请把 when 改为 year_end。",
        "In a book that earns from zero low scores are normal before the year's end. Set when to year_end.",
    ),
    "line_pace": (
        "进度线的 bound 是百分比（1–100），关系应为 at_least，并应写 due_min；其他线不写 due_min。请改正。",
        "A line on pace has a percentage (1 to 100) at_least, and due_min; other lines have no due_min. Correct it.",
    ),
    "quota_above_one": ("名额比例不能超过 1。请改正。", "A quota cannot be more than 1. Correct it."),
    "band_last": (
        "档次按顺序试用：最后一档不写 test，其余都写。请改正。",
        "Bands are tried in order: the last one has no test, all others have one. Correct it.",
    ),
    "band_repeated": ("档次 {name} 重复。请改正代码。", "The band {name} stands twice. Correct the code."),
    "quarter_start": (
        "版本必须从季度第一天起施行，{day} 不是。请改为 1、4、7 或 10 月 1 日。",
        "An edition starts on the first day of a quarter; {day} is not one. Use 1 January, April, July or October.",
    ),
    "quarter_end": (
        "版本必须在季度最后一天结束，{day} 不是。请改正 until。",
        "An edition ends on the last day of a quarter; {day} is not one. Correct until.",
    ),
    "until_before_from": (
        "结束日 {until} 早于起始日 {start}。请改正。",
        "The last day {until} is before the first day {start}. Correct it.",
    ),
    "folder_name": (
        "目录名 {folder} 与代码 {name} 不一致。请改成一致。",
        "The folder is called {folder} but the code is {name}. Make them the same.",
    ),
    "edition_gap": (
        "版本 {before} 到 {until} 结束，本版本从 {start} 开始，中间有空档。请使两者相接。",
        "The edition {before} ends on {until} and this one starts on {start}: there is a gap. Make them meet.",
    ),
    "edition_overlap": (
        "版本 {before} 到 {until} 才结束，与本版本（从 {start} 开始）重叠。请使两者相接。",
        "The edition {before} runs to {until} and overlaps this one, which starts on {start}. Make them meet.",
    ),
    "code_meaning": (
        ("代码 {name} 在版本 {before} 中是“{old}”（{was}），现在是“{new}”（{now}）。代码不能改变含义，请另用新代码。"),
        (
            "The code {name} meant “{old}” ({was}) in the edition {before} and means “{new}” ({now}) here. A code "
            "keeps its meaning; use a new one."
        ),
    ),
    "changed_in_cycle": (
        "{name} 只能从考评年度第一天起改变；本版本从 {start} 起施行，与版本 {before} 不同。请保持不变，或改起始日。",
        (
            "{name} may only change on a cycle's first day; this edition starts on {start} and differs from {before}. "
            "Keep it as it was or move the first day."
        ),
    ),
}

MEANING: Mapping[str, tuple[str, str]] = {**_ITEMS, **_TREE, **_EDITION, **LANGUAGE}
