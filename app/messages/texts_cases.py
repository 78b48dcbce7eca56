"""What the service tells people of assistance cases, warnings and commendations."""

from __future__ import annotations

from app.messages.kinds import Kind, Told

CASE_TEXTS: dict[Kind, Told] = {
    Kind.CASE_OPENED: Told(
        "帮扶整改",
        "您{quarter}末的积分达到帮扶整改线。支部将在 {due_on} 前与您谈话，一起查找原因、制定帮扶措施。"
        "这是帮助，不是处分；对扣分有异议的，可以对该条记录提出申诉。",
        "Help is on its way",
        "At the end of {quarter} your points reached the line at which your branch helps. It will talk with you by"
        " {due_on} and make a plan together with you. It is help and no punishment; you may appeal against any entry.",
    ),
    Kind.CASE_ASKED: Told(
        "请办理帮扶整改",
        "{member}：请{task}，期限 {due_on}。",
        "An assistance case waits for you",
        "{member}. {task}, by {due_on}.",
    ),
    Kind.CASE_MOVED: Told(
        "帮扶整改进展",
        "您的帮扶整改（{quarter}）：{move}。说明：{note}。",
        "Your assistance case",
        "Your assistance case ({quarter}): {move}. Note: {note}.",
    ),
    Kind.CASE_ANNULLED: Told(
        "帮扶整改已撤销",
        "{member} 的帮扶整改（{quarter}）已撤销：积分更正后未达到帮扶整改线。经过仍予保留。",
        "The assistance case is annulled",
        "The assistance case of {member} ({quarter}) is annulled: as corrected, the points did not reach the line. What"
        " was done stays on record.",
    ),
    Kind.HELPER_PROPOSED: Told(
        "上级推荐帮扶人",
        "上级为 {member} 的帮扶整改推荐帮扶人 {helper}，请决定是否采用。说明：{note}。",
        "A helper is proposed",
        "{helper} is proposed as helper in the assistance case of {member}; please decide. Note: {note}.",
    ),
    Kind.WARNINGS_FOUND: Told(
        "季末预警",
        "{branch}{quarter}末有 {count} 名党员达到预警线，其中 {talks} 名建议作提醒谈话。"
        "名单仅书记可见，请在“分数线结果”中查看。",
        "Warnings at the quarter's end",
        "At the end of {quarter}, {count} members of {branch} reached a warning line; for {talks} of them a reminder"
        " talk is advised. Only you see who: look at what the lines found.",
    ),
    Kind.TALK_ASKED: Told(
        "请作提醒谈话",
        "{member}：{quarter}末达到提醒谈话线，请在 {due_on} 前与本人谈话，并在“帮扶整改”中登记。此事不公开。",
        "A reminder talk waits for you",
        "{member} reached the line of a reminder talk at the end of {quarter}. Please talk by {due_on} and write it"
        " down under assistance. It is not made public.",
    ),
    Kind.TALK_HELD: Told(
        "提醒谈话已登记",
        "{held_on}与您作了提醒谈话（{quarter}）：{note}。这是提醒，不是处分；对扣分有异议的，可以对该条记录提出申诉。",
        "A reminder talk is on record",
        "A reminder talk was held with you on {held_on} ({quarter}): {note}. It is a reminder and no punishment; you"
        " may appeal against any entry.",
    ),
    Kind.COMMENDATION_MOVED: Told(
        "表彰推荐进展",
        "您的表彰推荐（{quarter}）：{move}。说明：{note}。",
        "Your commendation",
        "Your commendation ({quarter}): {move}. Note: {note}.",
    ),
    Kind.COMMENDATION_ASKED: Told(
        "请召开支部大会讨论表彰推荐",
        "{branch}{quarter}的表彰推荐名单已生成，共 {count} 人在名额内。请提交支部大会讨论决定并登记。",
        "A commendation list waits for the branch meeting",
        "The commendation list of {branch} for {quarter} is there, {count} of it within the places. Please put it to"
        " the branch meeting and record what it decides.",
    ),
    Kind.OBJECTION_ASKED: Told(
        "公示期间收到异议，请答复",
        "{branch}{quarter}的表彰推荐公示期间收到对 {member} 的异议，请核实并答复；答复前不能确认。",
        "An objection during a notice waits for an answer",
        "While the commendations of {branch} for {quarter} are on notice, an objection against {member} has come in."
        " Please look into it and answer; until then nothing is confirmed.",
    ),
    Kind.WITHDRAWAL_ASKED: Told(
        "请决定是否撤回表彰推荐",
        "{member} 在表彰推荐（{quarter}）之后被一票否决，请决定是否撤回推荐或表彰。",
        "Please decide about a commendation",
        "{member} met with a veto after the commendation ({quarter}); please decide whether it is withdrawn.",
    ),
}

CASE_TERMS: dict[str, dict[str, tuple[str, str]]] = {
    "task": {
        "case_talk": ("与本人谈话", "To talk with the member"),
        "case_plan": ("制定帮扶计划", "To make the plan of help"),
        "case_helper": ("确定帮扶人", "To name a helper"),
        "case_verdict": ("验收帮扶整改", "To decide whether the case is accepted"),
        "reminder_talk": ("提醒谈话", "The reminder talk"),
        "case_closing": ("办结未通过的帮扶整改", "To close the case that failed"),
    },
    "move": {
        "talk_held": ("已谈话", "the talk was held"),
        "planned": ("帮扶计划已制定", "the plan is made"),
        "helper_named": ("帮扶人已确定", "a helper is named"),
        "extended": ("期限已延长", "there is more time"),
        "accepted": ("已通过验收", "accepted"),
        "failed": ("未通过验收", "not accepted"),
        "closed": ("已办结", "closed"),
        "left": ("因组织关系变动或免考核而终止", "ended, since you left or are exempt"),
        "recommended": ("支部大会同意推荐", "the branch meeting recommends you"),
        "struck": ("未列入推荐", "not on the list any more"),
        "noticed": ("公示中", "on notice"),
        "confirmed": ("已确认", "confirmed"),
        "handed_over": ("已上报", "handed over"),
        "withdrawn": ("已撤回", "withdrawn"),
        "kept": ("经研究予以保留", "kept after consideration"),
    },
}
