"""What the pages of stars call states and steps."""

from __future__ import annotations

from app.kit.words import Words
from app.ratings.core import Action, PlanKind, PlanState, RatingState, RoundState

ROUND_STATES = {
    RoundState.OPEN: Words("自评和核正", "branches rate themselves, committees sign"),
    RoundState.DECIDING: Words("定星", "stars are decided"),
    RoundState.NOTICE: Words("公示中", "on notice"),
    RoundState.NAMED: Words("已命名", "named"),
    RoundState.WITHDRAWN: Words("已撤回", "withdrawn"),
}
RATING_STATES = {
    RatingState.SELF: Words("待支部自评", "the branch rates itself"),
    RatingState.RETURNED: Words("已退回，待支部补充", "returned to the branch"),
    RatingState.COMMITTEE: Words("待党委核正签字", "the committee's turn"),
    RatingState.SIGNED: Words("党委已签字", "signed"),
    RatingState.DECIDING: Words("待定星", "waits for its star"),
    RatingState.DECIDED: Words("已定星，待公示", "decided, before its notice"),
    RatingState.NOTICE: Words("公示中", "on notice"),
    RatingState.DISPUTED: Words("有异议待答复", "an objection waits"),
    RatingState.NAMED: Words("已命名", "named"),
    RatingState.UNRATED: Words("本轮不定星", "no star in this round"),
    RatingState.WITHDRAWN: Words("已撤回", "withdrawn"),
}
RATING_ACTIONS = {
    Action.FILLED: Words("填报", "filled in"),
    Action.SUBMITTED: Words("提交自评", "handed in"),
    Action.TAKEN_BACK: Words("撤回自评", "taken back"),
    Action.RETURNED: Words("退回", "returned"),
    Action.CORRECTED: Words("核正", "corrected"),
    Action.SIGNED: Words("签字", "signed"),
    Action.EXCEPTED: Words("不受逐级限制", "freed from the step"),
    Action.RECKONED: Words("测算", "reckoned"),
    Action.ACCEPTED: Words("同意", "accepted"),
    Action.REFUSED: Words("不予", "refused"),
    Action.FILED: Words("党委决定并备案", "decided and filed"),
    Action.NOTICED: Words("公示", "put on notice"),
    Action.OBJECTED: Words("提出异议", "objected to"),
    Action.ANSWERED: Words("答复异议", "objection answered"),
    Action.NAMED: Words("命名", "named"),
    Action.DOWNGRADED: Words("降星", "lowered"),
    Action.VETOED: Words("一票否决", "vetoed"),
    Action.WITHDRAWN: Words("撤回批次", "withdrawn with its round"),
}
PLAN_KINDS = {
    PlanKind.RECTIFICATION: Words("整改计划", "plan of rectification"),
    PlanKind.CULTIVATION: Words("培育计划", "plan of cultivation"),
}
PLAN_STATES = {
    PlanState.OPEN: Words("进行中", "open"),
    PlanState.ACCEPTED: Words("已验收", "accepted"),
    PlanState.FAILED: Words("逾期未整改", "missed"),
}
