"""What pages call states and acts, where no room has words for them."""

from __future__ import annotations

from app.kit.words import Words
from app.submissions.core_states import Action, SubmissionState

SUBMISSION_STATES = {
    SubmissionState.DRAFT: Words("草稿", "draft"),
    SubmissionState.SUBMITTED: Words("待审核", "waits for review"),
    SubmissionState.RETURNED: Words("已退回", "returned"),
    SubmissionState.WITHDRAWN: Words("已撤回", "withdrawn"),
    SubmissionState.REFUSED: Words("不予采纳", "refused"),
    SubmissionState.POSTED: Words("已入账", "booked"),
    SubmissionState.LAPSED: Words("已失效", "lapsed"),
}

SUBMISSION_ACTIONS = {
    Action.SAVED: Words("保存草稿", "saved as a draft"),
    Action.EDITED: Words("修改", "edited"),
    Action.SUBMITTED: Words("提交", "handed in"),
    Action.TOLD: Words("当面告知本人", "the member was told in person"),
    Action.ANSWERED: Words("本人陈述", "the member answered"),
    Action.APPROVED: Words("通过", "approved"),
    Action.RETURNED: Words("退回", "returned"),
    Action.REFUSED: Words("不予采纳", "refused"),
    Action.WITHDRAWN: Words("撤回", "withdrawn"),
    Action.LAPSED: Words("逾期失效", "lapsed"),
    Action.FILED: Words("报区备案", "filed with the district"),
    Action.LIFTED: Words("解除", "lifted"),
}

QUARTER_STATES = {
    "open": Words("开放", "open"),
    "check": Words("复核中", "being checked"),
    "notice": Words("公示中", "on notice"),
    "sealed": Words("已封账", "sealed"),
}

STAGES = {
    "recording": Words("记录中", "recording"),
    "checking": Words("复核中", "being checked"),
    "late": Words("逾期，由基层党委复核", "late: the committee confirms"),
    "ready": Words("已复核，待公示", "confirmed, before its notice"),
    "on_notice": Words("公示中", "on notice"),
    "noticed": Words("公示期满，等待其他支部", "noticed; others are waited for"),
    "sealed": Words("已封账", "sealed"),
}
