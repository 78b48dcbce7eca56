"""What the loader says of a star sheet whose values do not fit together, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

_SHEET: Mapping[str, tuple[str, str]] = {
    "star_no_items": (
        "目录中有 stars.yaml 而没有 items.yaml，星级标准不会载入。请补上 items.yaml，或移走 stars.yaml。",
        "There is a stars.yaml but no items.yaml, so the sheet is not loaded. Add items.yaml or move stars.yaml away.",
    ),
    "star_items_missing": (
        "指标 {name} 由 {measure} 量得，请在 items 中写明计哪些积分项。",
        "{name} is measured by {measure}. Name in items which items it counts.",
    ),
    "star_items_extra": (
        "指标 {name} 由 {measure} 量得，不按积分项计算。请删去 items。",
        "{name} is measured by {measure}, which counts no items. Remove items.",
    ),
    "star_item_unknown": (
        "items.yaml 没有积分项 {name}，或者重复列出。请核对。",
        "items.yaml has no item {name}, or it is named twice. Check it.",
    ),
    "indicator_form": (
        "“{value}”不能作指标代码。请只用字母、数字、“.”“-”和“_”，最多 40 个字符。",
        "“{value}” cannot be an indicator's code. Use letters, digits, dots, - and _ only, at most 40 of them.",
    ),
    "star_decimals": (
        "数值 {value} 的小数位数超过星级标准的 {decimals} 位。请改正数值，或调整 round 中的 decimals。",
        "{value} has more decimal places than the sheet's {decimals}. Correct it, or change decimals under round.",
    ),
    "star_points": (
        "分值 {value} 应大于 0。请改正。",
        "The points should be more than 0, not {value}. Correct them.",
    ),
    "star_code_taken": (
        "代码 {name} 不能同时指两样（score 指总得分，板块与指标不得同名）。请改用其他代码。",
        (
            "The code {name} would mean two things (score is the whole score; a module and an indicator cannot share a "
            "code). Choose another."
        ),
    ),
    "star_module_sum": (
        "板块 {name} 为 {points} 分，其下各指标合计 {sum} 分。请使两者相等。",
        "The module {name} has {points} points but its indicators add up to {sum}. Make them equal.",
    ),
    "star_full_sum": (
        "各板块合计 {sum} 分，应等于满分 {full} 分。请调整板块分值或 full。",
        "The modules add up to {sum}, not to the full score of {full}. Correct the modules or full.",
    ),
    "star_module_unknown": (
        "没有板块 {name}。请改用 modules 中已有的代码，或先在其中增加。",
        "There is no module {name}. Use one listed under modules, or add it there.",
    ),
    "star_indicator_unknown": (
        "没有指标 {name}。请改用 indicators 中已有的代码。",
        "There is no indicator {name}. Use one listed under indicators.",
    ),
}

_SCALES: Mapping[str, tuple[str, str]] = {
    "star_measure_unknown": (
        "系统不能测算 {name}。请从中选用：{choices}；其他情况写 by_hand 并列出证明材料。",
        "The service cannot measure {name}. Take one of: {choices}. For anything else write by_hand, with evidence.",
    ),
    "star_evidence": (
        "指标 {name} 由人工填报，必须列出证明材料。请补上 evidence。",
        "The indicator {name} is entered by hand and needs evidence. List it under evidence.",
    ),
    "star_form": (
        "测算方式 {measure} 不能这样折算得分。请把 form 改为：{choices}。",
        "The measure {measure} cannot become points in this way. Take for form one of: {choices}.",
    ),
    "star_scale_missing": (
        "form 为 {form} 时应写 {name}。请补上。",
        "The form {form} needs {name}. Add it.",
    ),
    "star_scale_extra": (
        "form 为 {form} 时不写 {name}。请删去。",
        "The form {form} has no {name}. Remove it.",
    ),
    "star_line": (
        "起点 {low} 应小于终点 {high}：起点得 0 分，终点得满分。请改正。",
        "The line should rise from low to high: {low} is not below {high}. Correct them.",
    ),
    "star_limit_missing": (
        "测算 {measure} 需要标准值 {name}。请在 limits 中补上并注明依据。",
        "The measure {measure} needs the number {name}. Add it under limits, with its citation.",
    ),
    "star_limit_extra": (
        "测算 {measure} 不使用标准值 {name}。请删去，或检查拼写。",
        "The measure {measure} takes no number {name}. Remove it or check its spelling.",
    ),
}

_LEVELS: Mapping[str, tuple[str, str]] = {
    "star_gap": (
        "缺少 {star} 星。星级应从 5 星起逐级写出，中间不得缺。请在 stars 中补上。",
        "There is no level of {star} stars. Levels go from 5 down without a gap; add it under stars.",
    ),
    "star_low": (
        "起始分 {value} 应在 0 与满分 {full} 之间。请改正。",
        "The level should begin between 0 and the full score of {full}, not at {value}. Correct it.",
    ),
    "star_order": (
        "{star} 星从 {low} 分起，不低于 {above} 星的 {high} 分。星级越低起始分应越低，请改正。",
        "The level of {star} stars begins at {low}, which is not below the {high} of {above} stars. Correct it.",
    ),
    "star_unknown": (
        "本标准没有 {star} 星。请改用 stars 中已有的星级，或先在其中增加。",
        "The sheet has no level of {star} stars. Use one listed under stars, or add it there.",
    ),
    "star_gate_form": (
        "每道门槛必须且只能写 fact、survey 之一。请改正。",
        "A gate has exactly one of fact and survey. Correct it.",
    ),
    "star_gate_idle": (
        "“最多 5 星”等于没有限制。请改为更低的星级，或删去这道门槛。",
        "At most five stars is no limit. Take a lower star or remove the gate.",
    ),
    "star_gate_survey": (
        "指标 {name} 不是问卷测评，不能作满意率门槛。请改用以问卷测评的指标。",
        "The indicator {name} is not measured by a survey and cannot stand here. Name one that is.",
    ),
    "star_order_unknown": (
        "排序依据 {name} 不存在。请写 score（总得分）、板块代码或指标代码。",
        "There is no tie-breaker {name}. Write score, the code of a module or that of an indicator.",
    ),
    "star_order_twice": (
        "排序依据 {name} 重复。请删去一处。",
        "The tie-breaker {name} stands twice. Remove one of them.",
    ),
}

_APPRAISAL: Mapping[str, tuple[str, str]] = {
    "appraisal_sum": (
        "书记考核各部分合计 {sum} 分，应等于满分 {full} 分。请调整各部分分值。",
        "The parts of the appraisal add up to {sum}, not to the full score of {full}. Correct them.",
    ),
    "appraisal_twice": (
        "测算方式 {measure} 用了不止一次。请合并为一个部分。",
        "The measure {measure} stands in more than one part. Keep one of them.",
    ),
    "appraisal_key_missing": (
        "测算方式为 {measure} 时应写 {name}。请补上。",
        "The measure {measure} needs {name}. Add it.",
    ),
    "appraisal_key_extra": (
        "测算方式为 {measure} 时不写 {name}。请删去。",
        "The measure {measure} has no {name}. Remove it.",
    ),
    "appraisal_stars_missing": (
        "没有写明这些星级的得分：{stars}（none 为未定星级）。请补上。",
        "The points of these stars are missing: {stars} (none: without a star). Add them.",
    ),
    "appraisal_stars": (
        "五星应得本项全部 {points} 分，星级越低得分不得越高，最少 0 分。请改正。",
        "Five stars give all {points} points, fewer stars never more, and none less than 0. Correct them.",
    ),
    "appraisal_grades": (
        "等次 {name} 的起始分应低于上一等次，系数不得高于上一等次。请改正，或调整等次的次序。",
        "The grade {name} begins below the one above it and has no higher coefficient. Correct it, or the order.",
    ),
    "appraisal_last": (
        "最后一个等次 {name} 应从 0 分起，系数不得小于 0。请改正。",
        "The last grade, {name}, begins at 0 and has a coefficient of at least 0. Correct it.",
    ),
    "appraisal_grade_unknown": (
        "没有等次 {name}。请改用 grades 中已有的代码。",
        "There is no grade {name}. Use one listed under grades.",
    ),
    "appraisal_unfit": (
        "比例应小于 1，否则无人能够超过。请改正。",
        "The share should be below 1, or nobody can exceed it. Correct it.",
    ),
    "appraisal_order_unknown": (
        "排序依据 {name} 不存在。请写 score（总得分）或 parts 中的代码。",
        "There is no tie-breaker {name}. Write score or the code of a part.",
    ),
}

_SURVEYS: Mapping[str, tuple[str, str]] = {
    "survey_scale": (
        "量表 {name} 至少要有一项 counts 为 satisfied，且恰有一项为 unfit。请改正。",
        "The scale {name} needs a choice that counts as satisfied and exactly one that counts as unfit. Correct it.",
    ),
    "survey_scale_idle": (
        "没有问卷使用量表 {name}。请删去，或在 sheets 中使用。",
        "No sheet uses the scale {name}. Remove it, or use it under sheets.",
    ),
    "survey_scale_unknown": (
        "没有量表 {name}。请改用 scales 中已有的代码，或先在其中增加。",
        "There is no scale {name}. Use one listed under scales, or add it there.",
    ),
    "survey_overall": (
        "问卷的第一题是总体评价，计入星级和考核，代码应为 {name}。请补上或移到最前。",
        "A sheet is measured by its first question, whose code is {name}. Add it, or move it to the front.",
    ),
    "survey_own": (
        "代码 {name} 留给发起人自拟的题目。请改用其他代码。",
        "The code {name} is kept for questions of whoever calls a survey. Choose another.",
    ),
    "survey_grades": (
        "测评书记的选项（{choices}）应与考核等次（{grades}）一致，代码和次序相同。请改正 scales 或 grades。",
        "The choices about secretaries ({choices}) should be the appraisal's grades ({grades}), in order. Correct one.",
    ),
    "survey_grades_counted": (
        "测评书记的选项中，仅 {name} 以上应为 satisfied，{last} 应为 unfit，与 votes 一致。请改正。",
        "About secretaries, {name} and better count as satisfied and {last} as unfit, as under votes. Correct one.",
    ),
}

STARS: Mapping[str, tuple[str, str]] = {**_SHEET, **_SCALES, **_LEVELS, **_APPRAISAL, **_SURVEYS}
