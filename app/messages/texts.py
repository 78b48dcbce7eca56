"""What the service can tell people: one table of kinds, each in Chinese and in English.

A text names its facts in braces. A fact that ends in ``_on`` is a day (ISO), ``window`` and ``quarter`` are codes of
the calendar, the facts that ``TERMS`` names are its words; every other one is shown as it is, none as "not given". A
fact may have an English form beside it, under its name and ``_en``. What is in ``REMARKS`` may be left out: the text
reads without it. ``due_on`` is the message's own. A room that has something new to tell adds a row here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeAlias

from app.messages.kinds import Kind, Told
from app.messages.terms import TERMS
from app.messages.texts_appraisals import APPRAISAL_TEXTS
from app.messages.texts_cases import CASE_TEXTS
from app.messages.texts_digests import DIGEST_TEXTS, PACK_TEXTS
from app.messages.texts_ratings import RATING_TEXTS

__all__ = ["Kind", "Told"]

FactValue: TypeAlias = str | int | None
Facts: TypeAlias = Mapping[str, FactValue]
FACT_CHARACTERS_MAX = 1000


TEXTS: dict[Kind, Told] = {
    Kind.DEDUCTION_TOLD: Told(
        "扣分告知",
        "您因“{title}”（{item}，{effective_on}）记 {points} 分{parts}。理由：{reason}。"
        "如有异议，可以对这一条提出申诉。",
        "Points deducted",
        "{points} points were entered under “{title}” ({item}, {effective_on}){parts}. Reason: {reason}. If you"
        " disagree, you may appeal against this entry.",
    ),
    Kind.HEARING_ASKED: Told(
        "请您陈述意见",
        "拟就“{title}”（{item}，{effective_on}）对您作出处理{proposed}。理由：{reason}。"
        "请在 {due_on} 前陈述意见；逾期未答复的，视为已听取。",
        "You are asked to be heard",
        "A decision about you is proposed under “{title}” ({item}, {effective_on}){proposed}. Reason: {reason}. Please"
        " answer by {due_on}; after that day you are deemed to have been heard.",
    ),
    Kind.HEARING_ANSWERED: Told(
        "本人已陈述意见",
        "{member} 已就“{title}”（{item}，{effective_on}）陈述意见，请审阅后决定。",
        "The member has answered",
        "{member} has answered about “{title}” ({item}, {effective_on}). Please read it and decide.",
    ),
    Kind.HEARING_ENDED: Told(
        "拟作处理已终止",
        "就“{title}”（{item}，{effective_on}）拟对您作出的处理已终止，不扣分、不作否决。",
        "What was proposed is dropped",
        "What was proposed about you under “{title}” ({item}, {effective_on}) is dropped: nothing is deducted.",
    ),
    Kind.TELLING_ASKED: Told(
        "请当面告知",
        "{member} 没有账号。请将“{title}”（{item}，{effective_on}）{proposed}及其理由当面告知本人，"
        "并登记告知的时间和方式。理由：{reason}。",
        "Please tell the member in person",
        "{member} has no account. Please tell them about “{title}” ({item}, {effective_on}){proposed} and its reason in"
        " person, and record when and how. Reason: {reason}.",
    ),
    Kind.REVIEW_ASKED: Told(
        "请您审核",
        "{member} 的“{title}”（{item}，{effective_on}）已提交，请您审核。",
        "You are asked to review",
        "“{title}” ({item}, {effective_on}) of {member} was submitted and waits for your review.",
    ),
    Kind.CHECK_ASKED: Told(
        "请完成季度复核",
        "{branch}{quarter}的日常记录待复核，请在 {due_on} 前完成。",
        "The quarter's check is due",
        "The routine entries of {branch} for {quarter} wait for the check; please finish it by {due_on}.",
    ),
    Kind.SUBMISSION_RETURNED: Told(
        "申报已退回",
        "您的申报“{title}”（{item}，{effective_on}）已退回，请补充后重新提交。说明：{note}。",
        "Submission returned",
        "Your submission “{title}” ({item}, {effective_on}) was returned; please complete it and submit it again."
        " Note: {note}.",
    ),
    Kind.SUBMISSION_REFUSED: Told(
        "申报未予采纳",
        "您的申报“{title}”（{item}，{effective_on}）未予采纳。说明：{note}。",
        "Submission refused",
        "Your submission “{title}” ({item}, {effective_on}) was refused. Note: {note}.",
    ),
    Kind.SUBMISSION_POSTED: Told(
        "申报已入账",
        "您的申报“{title}”（{item}，{effective_on}）已审核入账，记 {points} 分，{counting}。",
        "Submission posted",
        "Your submission “{title}” ({item}, {effective_on}) was reviewed and posted with {points} points; {counting}.",
    ),
    Kind.SUBMISSION_LAPSED: Told(
        "申报已失效",
        "您的申报“{title}”（{item}，{effective_on}）在考评年度封账前未提交或未补充，已失效。",
        "Submission lapsed",
        "Your submission “{title}” ({item}, {effective_on}) was not submitted before the cycle was sealed, and"
        " has lapsed.",
    ),
    Kind.ENTRY_REVERSED: Told(
        "记录已冲正",
        "“{title}”（{item}，{effective_on}，{points} 分）已冲正，不再计分。理由：{reason}。",
        "Entry reversed",
        "“{title}” ({item}, {effective_on}, {points} points) was reversed and counts no longer. Reason: {reason}.",
    ),
    Kind.ABSENCE_NOTED: Told(
        "缺席请补课",
        "您{held_on}的“{title}”（{item}）记为{absence}。请在 {due_on} 前参加补课场次或其他支部的同类活动；逾期未补的，"
        "扣减该次份额。记录有误的，请告知支部更正。",
        "An absence to be made up",
        "“{title}” ({item}) on {held_on} was recorded as {absence} for you. Please attend another session, of another"
        " branch if you like, by {due_on}; after that its share is lost. If the record is wrong, tell your branch.",
    ),
    Kind.DUTY_MISSED: Told(
        "应尽职责未履行",
        "您{held_on}的“{title}”（{item}）记为{absence}，期限内没有补课记录，{window}该项职责记为未履行，"
        "记 {points} 分。已补课而未登记的，请告知支部；如有异议，可以对这一条提出申诉。",
        "A duty was missed",
        "“{title}” ({item}) on {held_on} was recorded as {absence} and not made up in time, so that the duty of"
        " {window} is missed: {points} points. If you did make it up, tell your branch; if you disagree, you may appeal"
        " against this entry.",
    ),
    Kind.DUTY_SHORT: Told(
        "应尽职责未完成",
        "您{window}的“{title}”（{item}）{ground}，记 {points} 分。有遗漏的，请告知支部补记；"
        "如有异议，可以对这一条提出申诉。",
        "A duty was not done",
        "Your duty “{title}” ({item}) for {window} {ground}: {points} points. If something is missing, tell your"
        " branch; if you disagree, you may appeal against this entry.",
    ),
    Kind.TELLINGS_ASKED: Told(
        "请当面告知扣分",
        "有 {count} 名没有账号的党员被扣分。请将扣分事项及理由当面告知本人，并登记告知的时间和方式。",
        "Please tell members of deductions in person",
        "Points were deducted from members without an account: {count}. Please tell them what for in person, and record"
        " when and how.",
    ),
    Kind.DUTY_MADE_UP: Told(
        "应尽职责已补",
        "您{window}的“{title}”（{item}）已补，不因缺席扣分；已经扣的，已冲正。",
        "A duty was made up",
        "Your duty “{title}” ({item}) for {window} was made up: the absence costs nothing, and what it had cost is"
        " reversed.",
    ),
    Kind.APPEAL_ASKED: Told(
        "请处理申诉",
        "{member} 对“{title}”（{item}，{effective_on}）提出申诉，请在 {due_on} 前答复。",
        "An appeal waits for you",
        "{member} appealed against “{title}” ({item}, {effective_on}). Please answer by {due_on}.",
    ),
    Kind.APPEAL_EXTENDED: Told(
        "申诉答复延期",
        "您对“{title}”（{item}，{effective_on}）的申诉延期至 {due_on} 前答复。",
        "More time for your appeal",
        "Your appeal against “{title}” ({item}, {effective_on}) will be answered by {due_on}.",
    ),
    Kind.APPEAL_ANSWERED: Told(
        "申诉已答复",
        "您对“{title}”（{item}，{effective_on}）的申诉：{outcome}。答复：{reason}。",
        "Your appeal was answered",
        "Your appeal against “{title}” ({item}, {effective_on}): {outcome}. Answer: {reason}.",
    ),
    Kind.VETO_DECIDED: Told(
        "一票否决决定",
        "经{office}决定，就“{title}”（{item}，{effective_on}）对您一票否决。理由：{reason}。如有异议，可以申诉。",
        "A veto was decided",
        "A veto on you was decided by {office} under “{title}” ({item}, {effective_on}). Reason: {reason}. If you"
        " disagree, you may appeal.",
    ),
    Kind.VETO_FILING_ASKED: Told(
        "请备案一票否决",
        "对 {member} 的一票否决“{title}”（{item}，{effective_on}）已作出决定，请备案。",
        "Please file a veto",
        "The veto on {member} under “{title}” ({item}, {effective_on}) was decided; please file it.",
    ),
    Kind.VETO_LIFTED: Told(
        "一票否决解除",
        "“{title}”（{item}）的一票否决自 {lifted_on} 起解除。理由：{reason}。",
        "The veto was lifted",
        "The veto under “{title}” ({item}) is lifted from {lifted_on} on. Reason: {reason}.",
    ),
    Kind.TRANSFER_ASKED: Told(
        "组织关系转接待办",
        "{member}拟由{old_branch}转入{new_branch}，由{side}提出。说明：{reason}。对方答复接收之前，仍由原支部负责。",
        "A transfer was proposed",
        "{member} is to move from {old_branch} to {new_branch}; {side} asked. Reason: {reason}. Until the other side"
        " has accepted, the old branch answers for the member.",
    ),
    Kind.TRANSFER_ANSWERED: Told(
        "组织关系转接结果",
        "{member}由{old_branch}转入{new_branch}：{transfer}（{answered_on}）。说明：{note}。",
        "A transfer was answered",
        "{member} from {old_branch} to {new_branch}: {transfer} ({answered_on}). Note: {note}.",
    ),
    Kind.MEMBERSHIP_CHANGED: Told(
        "党籍和组织关系变动",
        "{member}（{branch}）：{change}，自 {changed_on} 起。",
        "A membership has changed",
        "{member} ({branch}): {change}, as of {changed_on}.",
    ),
    Kind.COMPLAINT_ASKED: Told(
        "请答复意见建议",
        "收到意见建议 {reference}，请在 {due_on} 前答复。",
        "A complaint or suggestion waits for you",
        "The complaint or suggestion {reference} has come in; please answer by {due_on}.",
    ),
    Kind.COMPLAINT_RECEIVED: Told(
        "已收到您的意见建议",
        "您的意见建议已收到，编号 {reference}，将在 {due_on} 前答复。",
        "Your complaint or suggestion has come in",
        "Your complaint or suggestion has the number {reference} and will be answered by {due_on}.",
    ),
    Kind.COMPLAINT_ANSWERED: Told(
        "意见建议已答复",
        "您的意见建议 {reference} 已答复：{answer}。",
        "Your complaint or suggestion was answered",
        "Your complaint or suggestion {reference} was answered: {answer}.",
    ),
    Kind.DEADLINE_NEAR: Told(
        "期限将到",
        "{task}“{title}”的期限是 {due_on}，请及时办理。",
        "A deadline is near",
        "{task} “{title}”: it is due by {due_on}.",
    ),
    Kind.DEADLINE_PASSED: Told(
        "期限已过",
        "{task}“{title}”的期限 {due_on} 已过，尚未办理，请即办理。",
        "A deadline has passed",
        "{task} “{title}”: it was due by {due_on} and is still not done. Please see to it now.",
    ),
    Kind.SEAL_PROVEN: Told(
        "封账校验根值",
        "{quarter}已封账，共 {rows} 人。第 {number} 号校验点的根值是 {root}，请抄存在本系统之外，日后凭它核对。",
        "The root of a seal",
        "{quarter} is sealed, {rows} members. Keep the root of checkpoint {number} outside this system: {root}.",
    ),
    **CASE_TEXTS,
    **DIGEST_TEXTS,
    **PACK_TEXTS,
    **RATING_TEXTS,
    **APPRAISAL_TEXTS,
}

_NOT_GIVEN = ("未填写", "not given")
_WINDOWS = frozenset({"window", "quarter"})
_SENTENCES = frozenset({"reason", "note", "answer"})  # the text has a full stop of its own after them
REMARKS = frozenset({"parts", "proposed"})  # a text reads without them
_ENGLISH = "_en"


class FactsAmiss(ValueError):
    """What is told does not have the facts that its text names: a fault of the program, found by its tests."""


def check_facts(kind: Kind, facts: Facts, due_on: date | None) -> None:
    """FactsAmiss unless the facts are exactly those of the kind's text, each of its form."""
    wanted = TEXTS[kind].facts
    english = {name for name in facts if name.endswith(_ENGLISH) and name.removesuffix(_ENGLISH) in facts}
    if (frozenset(facts) - english) | (wanted & REMARKS) != wanted - {"due_on"}:
        raise FactsAmiss(f"{kind}: facts {sorted(facts)}, the text names {sorted(wanted - {'due_on'})}")
    if "due_on" in wanted and due_on is None:
        raise FactsAmiss(f"{kind}: the text names the day by which it is due")
    for name, value in facts.items():
        if isinstance(value, str) and len(value) > FACT_CHARACTERS_MAX:
            raise FactsAmiss(f"{kind}: {name} has {len(value)} characters, at most {FACT_CHARACTERS_MAX}")
        if name in TERMS and value not in TERMS[name]:
            raise FactsAmiss(f"{kind}: {name} is {value!r}, not one of {sorted(TERMS[name])}")
        if name.endswith("_on") and not _is_day(value):
            raise FactsAmiss(f"{kind}: {name} is {value!r}, not a day")


def title_of(kind: Kind, language: str) -> str:
    return TEXTS[kind].zh_title if language == "zh" else TEXTS[kind].en_title


def text_of(kind: Kind, facts: Facts, due_on: date | None, language: str) -> str:
    """The text in ``zh`` or ``en``. Facts are put in as they are: braces in them mean nothing."""
    given: dict[str, FactValue] = {**facts, "due_on": None if due_on is None else due_on.isoformat()}
    given = dict.fromkeys(TEXTS[kind].facts & REMARKS) | given
    if language == "en":
        given |= {name: given[f"{name}{_ENGLISH}"] for name in list(given) if f"{name}{_ENGLISH}" in given}
    words = {name: _words(name, value, language) for name, value in given.items()}
    return (TEXTS[kind].zh if language == "zh" else TEXTS[kind].en).format_map(words)


def _words(name: str, value: FactValue, language: str) -> str:
    at = 0 if language == "zh" else 1
    if value is None:
        return "" if name in REMARKS else _NOT_GIVEN[at]
    if name in TERMS:
        return TERMS[name][str(value)][at]
    if name.endswith("_on"):
        day = date.fromisoformat(str(value))
        return f"{day.year}年{day.month}月{day.day}日" if at == 0 else day.isoformat()
    if name in _WINDOWS:
        return window_words(str(value), language)
    return str(value).rstrip("。. ") if name in _SENTENCES else str(value)


def window_words(code: str, language: str) -> str:
    """``2026Q3`` as 2026年第三季度; in English the code, which reads as it is."""
    if language != "zh":
        return code
    year, rest = code[:4], code[4:]
    if rest.startswith("Q"):
        return f"{year}年第{'一二三四'[int(rest[1]) - 1]}季度"
    if rest.startswith("H"):
        return f"{year}年{'上' if rest[1] == '1' else '下'}半年"
    if len(rest) == 3:  # a month: -09
        return f"{year}年{int(rest[1:])}月"
    return f"{code}年"  # 2026, or 2026-2027


def _is_day(value: FactValue) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True
