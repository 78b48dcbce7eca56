"""What pages call states and acts, where no room has words for them."""

from __future__ import annotations

from app.auth.core import Permission
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

IMPORT_KINDS = {
    "committee": Words("基层党委", "committee"),
    "branch": Words("党支部", "branch"),
    "group": Words("党小组", "group"),
    "enterprise": Words("两新组织", "enterprise"),
    "member": Words("党员", "member"),
    "membership": Words("组织关系", "membership"),
    "exemption": Words("免考核", "exemption"),
    "account": Words("账号", "account"),
    "appointment": Words("任职", "appointment"),
}

IMPORT_ACTIONS = {
    "new": Words("新增", "new"),
    "changed": Words("变更", "changed"),
    "unchanged": Words("不变", "unchanged"),
    "closed": Words("终止", "closed"),
}

ROW_STATES = {
    "posted": Words("已入账", "booked"),
    "reversed": Words("已冲正", "reversed"),
    "submitted": Words("待审核", "waits for review"),
    "returned": Words("已退回", "returned"),
    "withdrawn": Words("已撤回", "withdrawn"),
    "refused": Words("不予采纳", "refused"),
    "lapsed": Words("已失效", "lapsed"),
}

ORGANISATION_KINDS = {
    "district": Words("区", "district"),
    "committee": Words("基层党委", "committee"),
    "branch": Words("党支部", "branch"),
    "group": Words("党小组", "group"),
}

ORGANISATION_FORMS = {
    "single": Words("单独组建", "of one enterprise"),
    "joint": Words("联合组建", "of several enterprises"),
    "trade": Words("行业组建", "of a trade"),
}

CHANGES = {
    "enrolled": Words("登记", "enrolled"),
    "reclassed": Words("调整类型或党小组", "another class or group"),
    "exempted": Words("免考核", "exempted"),
    "exemption_ended": Words("结束免考核", "exemption ended"),
    "left": Words("组织关系终止", "membership ended"),
    "merged": Words("支部合并", "branch merged"),
    "split": Words("支部分设", "branch divided"),
    "moved": Words("支部改变隶属", "branch moved"),
    "closed": Words("支部撤销", "branch closed"),
}

EXEMPTION_GROUNDS = {
    "age": Words("年老体弱", "old age"),
    "illness": Words("重病", "illness"),
    "disability": Words("残疾", "disability"),
    "floating": Words("流动外出", "away from home"),
}

LEAVING_GROUNDS = {
    "transferred_out": Words("转出本区", "moved out of the district"),
    "died": Words("去世", "died"),
    "expelled": Words("开除党籍", "expelled"),
    "removed": Words("除名", "removed"),
    "lost_contact": Words("失联停止党籍", "suspended, out of contact"),
}

TRANSFER_STATES = {
    "proposed": Words("等待答复", "waits for an answer"),
    "accepted": Words("已接收", "accepted"),
    "declined": Words("不予接收", "declined"),
    "withdrawn": Words("已撤回", "withdrawn"),
}

APPEAL_STATES = {
    "open": Words("待答复", "to be answered"),
    "decided": Words("已答复", "answered"),
    "withdrawn": Words("已撤回", "withdrawn"),
}

APPEAL_OUTCOMES = {
    "upheld": Words("成立，冲正原记录", "upheld: the entry is reversed"),
    "changed": Words("变更为较轻的记录", "changed for a milder one"),
    "refused": Words("不成立，维持原记录", "refused: it stays"),
}

COMPLAINT_KINDS = {"suggestion": Words("建议", "suggestion"), "complaint": Words("投诉", "complaint")}

COMPLAINT_STATES = {"open": Words("待答复", "to be answered"), "answered": Words("已答复", "answered")}

# What a key may list, see GRANTS[INTEGRATION].
KEY_PERMISSIONS = {
    Permission.ORGANISATION_READ: Words("读组织", "read organisations"),
    Permission.ROSTER_READ: Words("读名册", "read the roster"),
    Permission.ROSTER_IMPORT: Words("导入名册", "import the roster"),
    Permission.STANDING_READ: Words("读积分", "read points"),
    Permission.ENTRY_RECORD: Words("记录积分", "record points"),
    Permission.ENTRY_IMPORT: Words("导入积分", "import points"),
    Permission.IMPORT_READ: Words("读导入批次", "read imports"),
    Permission.SUBMISSION_READ: Words("读申报", "read proposals"),
    Permission.ACTIVITY_READ: Words("读会议活动", "read meetings"),
    Permission.RATING_READ: Words("读星级", "read ratings"),
    Permission.GRID_READ: Words("读网格", "read grids"),
    Permission.BOARD_READ: Words("读榜单", "read boards"),
    Permission.RULES_READ: Words("读评分细则", "read rule books"),
    Permission.QUARTER_EXPORT: Words("导出季度材料", "export a quarter"),
    Permission.LINE_READ: Words("读分数线名单", "read who meets a line"),
    Permission.JOB_READ: Words("读定时任务", "read jobs"),
}
