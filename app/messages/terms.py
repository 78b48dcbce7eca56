"""Words of messages that stand for a code, by fact: each in Chinese and in English."""

from __future__ import annotations

from app.messages.texts_appraisals import APPRAISAL_TERMS
from app.messages.texts_cases import CASE_TERMS
from app.messages.texts_digests import DIGEST_TERMS
from app.messages.texts_ratings import RATING_TASKS, RATING_TERMS

TERMS: dict[str, dict[str, tuple[str, str]]] = {
    "outcome": {
        "upheld": ("申诉成立", "upheld"),
        "changed": ("部分成立，予以变更", "changed"),
        "refused": ("不予支持", "refused"),
    },
    "side": {"old": ("原支部", "the old branch"), "new": ("转入支部", "the new branch")},
    "transfer": {
        "accepted": ("已接收", "accepted"),
        "declined": ("未接收", "declined"),
        "withdrawn": ("已撤回", "withdrawn"),
    },
    "change": {
        "enrolled": ("登记为本支部党员", "entered in the branch"),
        "reclassed": ("类型或党小组调整", "another class or group"),
        "exempted": ("免考核", "exempt from grading"),
        "exemption_ended": ("免考核结束", "the exemption ends"),
        "transferred_out": ("组织关系转出本区", "transferred out of the district"),
        "died": ("去世", "died"),
        "expelled": ("开除党籍", "expelled"),
        "removed": ("除名", "removed from the roll"),
        "lost_contact": ("失去联系，停止党籍", "without contact: the membership is suspended"),
        "merged": ("支部合并，转入本支部", "moved here: branches were merged"),
        "split": ("支部分设，转入本支部", "moved here: the branch was split"),
        "moved": ("支部隶属关系调整", "the branch moved under another committee"),
    },
    "ground": {
        "short": ("未达到应完成的数量", "fell short of its target"),
        "unrecorded": ("到期没有履行记录", "has no record of having been done"),
    },
    "absence": {"leave": ("请假", "leave"), "absent": ("缺席", "an absence")},
    "counting": {
        "whole": ("计入总积分", "all of it counts in the total"),
        "part": (
            "因已到上限或下限，只有一部分计入总积分",
            "as a ceiling or floor is reached, only a part counts in the total",
        ),
        "none": ("因已到上限或下限，总积分未变", "as a ceiling or floor is reached, the total stays as it was"),
    },
    "office": {
        "secretary": ("党支部", "the branch"),
        "committee_officer": ("基层党委", "the committee"),
        "district_officer": ("区两新工委", "the district office"),
    },
    "task": {
        "hearing": ("陈述意见", "To be heard about"),
        "review": ("审核", "To review"),
        "check": ("季度复核", "The quarter's check of"),
        "appeal": ("答复申诉", "To answer the appeal against"),
        "complaint": ("答复意见建议", "To answer"),
        "make_up": ("补课", "To make up"),
        **CASE_TERMS["task"],
        **RATING_TASKS,
    },
    "move": CASE_TERMS["move"],
    **DIGEST_TERMS,
    **RATING_TERMS,
    **APPRAISAL_TERMS,
}
