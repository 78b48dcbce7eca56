"""What the service tells people of branch stars, grids and mentoring. None of it is another's personal matter."""

from __future__ import annotations

from app.messages.kinds import Kind, Told

RATING_TEXTS: dict[Kind, Told] = {
    Kind.RATING_ASKED: Told(
        "请办理星级评定",
        "{branch}（{year}年度）：请{task}。",
        "A rating of stars waits for you",
        "{branch} ({year}). {task}.",
    ),
    Kind.RATING_RETURNED: Told(
        "星级自评已退回",
        "{branch} {year}年度的星级自评已退回，请补正后重新提交。说明：{note}。",
        "The self-rating is returned",
        "The self-rating of {branch} for {year} is returned. Complete it and submit again. Note: {note}.",
    ),
    Kind.RATING_CORRECTED: Told(
        "星级指标已核正",
        "党委核正了{branch} {year}年度的 {count} 项星级指标。理由和材料见评定详情；星级由得分重新计算。",
        "Indicators were corrected",
        "{count} indicators of {branch} for {year} were corrected. Reasons and evidence are with the rating; the star"
        " follows from the score.",
    ),
    Kind.RATING_NOTICED: Told(
        "星级公示",
        "{branch} {year}年度拟定为 {star} 星，公示至 {due_on}。期间可以提出异议。",
        "The star is on notice",
        "{branch} is to have {star} stars for {year}. The notice runs until {due_on}; objections are open until then.",
    ),
    Kind.RATING_ANSWERED: Told(
        "星级异议已答复",
        "您对{branch} {year}年度星级的异议已答复：{answer}。",
        "Your objection is answered",
        "Your objection to the star of {branch} for {year} is answered: {answer}.",
    ),
    Kind.RATING_NAMED: Told(
        "星级已命名",
        "{branch} {year}年度定为 {star} 星，有效期至 {until_on}。理由逐条见评定详情。",
        "The star is named",
        "{branch} has {star} stars for {year}, valid until {until_on}. Each reason stands with the rating.",
    ),
    Kind.STAR_LOWERED: Told(
        "星级已下调",
        "{branch}的星级由 {before} 调为 {after}（{basis}）。决定和依据见评定详情。",
        "The star was lowered",
        "The star of {branch} went from {before} to {after} ({basis}). Decision and basis stand with the rating.",
    ),
    Kind.RATING_PLAN_AGREED: Told(
        "已立计划",
        "{branch}的{plan}已立，共 {count} 个问题，期限 {due_on}。",
        "A plan is agreed",
        "{branch}: {plan}, {count} problems, due by {due_on}.",
    ),
    Kind.RATING_PLAN_CLOSED: Told(
        "计划已办结",
        "{branch}的{plan}：{verdict}。",
        "A plan is closed",
        "{branch}, {plan}: {verdict}.",
    ),
    Kind.LEAD_NAMED: Told(
        "网格龙头",
        "{branch}为网格“{grid}”的龙头，最多帮带 {count} 个对象。",
        "A lead of a grid",
        "{branch} leads the grid “{grid}” and helps at most {count}.",
    ),
    Kind.LEAD_LOST: Told(
        "网格龙头将更替",
        "{branch}不再担任网格“{grid}”的龙头，保留到 {due_on}，期满由副龙头接任。副龙头：{deputy}；没有的请尽快确定。",
        "A lead is to be followed",
        "{branch} leads the grid “{grid}” until {due_on} and no longer; then its deputy follows. Deputy: {deputy}. Name"
        " one if there is none.",
    ),
    Kind.MENTORING_ASKED: Told(
        "结对帮带提议",
        "提议{lead}帮带{helped}（{who}）。请双方确认是否同意。",
        "A mentoring is proposed",
        "{lead} is proposed to help {helped} ({who}). Both sides are asked to agree.",
    ),
    Kind.MENTORING_AGREED: Told(
        "结对帮带生效",
        "{lead}帮带{helped}（{who}），双方均已同意。",
        "A mentoring is agreed",
        "{lead} helps {helped} ({who}); both sides have agreed.",
    ),
    Kind.MENTORING_ENDED: Told(
        "结对帮带结束",
        "{lead}帮带{helped}（{who}）：{result}。",
        "A mentoring has ended",
        "{lead} helping {helped} ({who}): {result}.",
    ),
    Kind.VISIT_DUE: Told(
        "请开季度联席会议",
        "{lead}帮带{helped}（{who}）：{quarter}尚未召开联席会议，请在 {due_on} 前召开并登记。",
        "A joint meeting is due",
        "{lead} helping {helped} ({who}): no joint meeting in {quarter} yet. Please hold and record one by {due_on}.",
    ),
}

RATING_TASKS: dict[str, tuple[str, str]] = {
    "rating_self": ("填报并提交自评", "Enter the self-rating and submit it"),
    "rating_sign": ("审核自评并签字", "Look at the self-rating and sign it"),
    "rating_decide": ("决定星级", "Decide on the star"),
    "rating_objection": ("答复公示期间的异议", "Answer an objection made during the notice"),
    "rating_plan_agree": ("立整改或培育计划", "To agree on the plan of"),
    "rating_plan": ("办结整改或培育计划", "To finish the plan of"),
}
RATING_TERMS: dict[str, dict[str, tuple[str, str]]] = {
    "plan": {
        "rectification": ("整改计划", "plan of rectification"),
        "cultivation": ("培育计划", "plan of cultivation"),
    },
    "verdict": {
        "accepted": ("已验收销号", "accepted"),
        "failed": ("逾期未完成", "not done in time"),
    },
    "who": {
        "branch": ("党支部", "the branch"),
        "enterprise": ("两新组织", "the enterprise"),
        "member": ("其中一名党员", "one of its members"),
    },
    "result": {
        "withdrawn": ("提议已撤回", "the proposal is withdrawn"),
        "refused": ("未同意", "one side did not agree"),
        "risen": ("已达标，帮带结束", "help is no longer needed"),
        "stopped": ("已中止", "stopped"),
        "handed_over": ("由接任的龙头继续帮带", "the lead that follows goes on"),
        "released": ("分配调整，帮带结束", "ended by a change of the assignment"),
        "chosen_otherwise": ("已另行指定龙头", "another lead was chosen"),
    },
}
