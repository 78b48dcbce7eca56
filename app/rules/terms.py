"""What the words of a rule book's files mean to people: the one list that schemas and papers take them from.

Sorted by what they are values of, since one word may stand in several lists (a ``rate`` is a settlement and a scale).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.auth.wording import ROLE_WORDS
from app.rules.name import Name

_OF_ITEMS: Mapping[str, Mapping[str, Name]] = {
    "Kind": {
        "opening": Name("期初分", "opening"),
        "routine": Name("日常工作积分", "routine duty"),
        "innovation": Name("创新工作加分", "addition"),
        "fault": Name("工作失误扣分", "deduction"),
        "veto": Name("一票否决", "veto"),
    },
    "Window": {
        "month": Name("每月", "each month"),
        "quarter": Name("每季度", "each quarter"),
        "half": Name("每半年", "each half-year"),
        "year": Name("全年", "the year"),
    },
    "Settlement": {
        "sessions": Name("按场次考勤", "by attendance at sessions"),
        "amount": Name("按数量累计", "by a cumulative amount"),
        "confirmation": Name("支部名单确认", "by the branch's confirmed list"),
        "default": Name("无查实问题即为履行", "kept unless a finding says otherwise"),
        "rate": Name("按比率计算", "by a rate"),
    },
    "Unrecorded": {
        "kept": Name("视为履行", "counts as kept"),
        "missed": Name("视为未履行", "counts as missed"),
        "waived": Name("免除", "is waived"),
        "undecided": Name("待定", "stays undecided"),
    },
    "Attended": {
        "no_make_up": Name("请假后未在期限内补课", "leave was given and not made up in time"),
        "absences": Name("连续无故缺席", "unexcused absences, one after another"),
    },
    "Outcome": {"kept": Name("已履行", "kept"), "missed": Name("未履行", "missed")},
    "Matter": {
        "required": Name("必须写明事项", "an entry must name its matter"),
        "optional": Name("可以写明事项", "an entry may name its matter"),
        "none": Name("不区分事项", "entries name no matter"),
    },
    "Rounding": {
        "down": Name("舍去尾数", "down"),
        "half_up": Name("四舍五入", "half up"),
        "up": Name("进一", "up"),
    },
    "Starts": {
        "full": Name("期初给满分，未尽职责扣减", "opens at the full base and loses"),
        "zero": Name("从零起算，逐项得分", "opens at zero and earns"),
        "base": Name("期初给基础分，另行加减", "opens at the base and adds"),
    },
    "Newcomers": {
        "standard": Name("与其他党员相同", "as for everybody"),
        "branch_mean": Name("取所在支部期初分的平均值", "the mean of the branch's openings"),
    },
    "YearForm": {
        "sum": Name("各期之和", "the sum of the cycles"),
        "mean": Name("各期平均", "the mean of the cycles"),
        "last": Name("以末期为准", "the last cycle"),
    },
    "Effect": {
        "zero": Name("当期积分计为零", "the effective total is zero"),
        "band": Name("只限定等次", "only the band is fixed"),
    },
    "VetoGround": {
        "fixed": Name("本细则条款", "its own article"),
        "key_work": Name("区里年度重点工作清单", "the district's yearly list of key work"),
    },
    "Duties": {
        "all": Name("各项职责照常", "all duties are due"),
        "none": Name("不要求履行职责，分值保留", "no duties; the allotments stand"),
    },
    "Role": {code: Name(words.zh, words.en) for code, words in ROLE_WORDS.items()},
    "Unit": {
        "hours": Name("小时", "hours"),
        "times": Name("次", "times"),
        "articles": Name("篇", "articles"),
        "months": Name("个月", "months"),
        "percent": Name("%", "%"),
    },
}
_OF_LINES: Mapping[str, Mapping[str, Name]] = {
    "Basis": {
        "daily": Name("日常积分", "daily score"),
        "total": Name("总积分", "total"),
        "dimension": Name("某一指标的得分", "what is left or earned of a dimension"),
        "pace": Name("已失分占已到期应得分的百分比", "percent lost of what fell due"),
    },
    "Relation": {
        "at_least": Name("以上（含本数）", "at least"),
        "at_most": Name("以下（含本数）", "at most"),
        "above": Name("高于（不含本数）", "above"),
        "below": Name("低于（不含本数）", "below"),
    },
    "When": {"every_quarter": Name("每季度末", "every quarter's end"), "year_end": Name("年末", "the year's end")},
    "Ground": {
        "veto": Name("有一票否决", "a veto stands"),
        "appeal": Name("申诉未决", "an appeal is undecided"),
        "in_assistance": Name("处于帮扶整改期", "an assistance case is open"),
        "dimension_fault": Name("某一指标有失误扣分", "a deduction in a dimension"),
        "heavy_fault": Name("单次失误扣分达到限额", "a single heavy deduction"),
        "short_time": Name("当期考评时间不足", "too short a time in the cycle"),
        "insufficient": Name("依据不足", "too few duties decided"),
    },
    "Consequence": {
        "recommend": Name("推荐表彰", "recommended for commendation"),
        "grade": Name("评定等次", "graded"),
        "assistance": Name("帮扶整改", "assistance and correction"),
        "warning": Name("预警", "early warning"),
        "reminder_talk": Name("提醒谈话", "reminder talk"),
    },
    "Grade": {
        "g1": Name("中央文件", "central text"),
        "g2": Name("党政机关网站或报刊", "Party or government site or newspaper"),
        "g3": Name("文档分享网站", "document-sharing site"),
        "g4": Name("程序或数据资料", "programme data"),
    },
}
_OF_STARS: Mapping[str, Mapping[str, Name]] = {
    "Star": {
        "5": Name("五星", "five stars"),
        "4": Name("四星", "four stars"),
        "3": Name("三星", "three stars"),
        "2": Name("二星", "two stars"),
        "1": Name("一星", "one star"),
    },
    "ScaleForm": {
        "met": Name("达到得满分，未达到不得分", "all or nothing"),
        "rate": Name("比率乘以分值", "the rate times the points"),
        "each": Name("按次计分", "so many points a time"),
        "linear": Name("在上下限之间按比例", "in proportion between two bounds"),
        "given": Name("由评定人在分值内给分", "given by a person"),
    },
    "Measure": {"by_hand": Name("人工填报并附材料", "entered by hand, with evidence")},
    "PartMeasure": {
        "branch_star": Name("支部当年星级", "the branch's star of the year"),
        "responsibilities": Name("责任清单完成率", "the share of the duty list that was done"),
        "member_average": Name("党员日常积分均值", "members' mean daily points"),
        "grid_work": Name("网格联建：应开的结对例会实开的比例", "joint meetings of mentorings held, of those due"),
        "votes": Name("群众评议票", "the votes of the masses"),
        "by_hand": Name("由评定人在分值内给分", "given by a person"),
    },
    "Decider": {"committee": Name("党委", "the Party committee"), "district": Name("区里", "the district")},
    "Treatment": {
        "rectification": Name("整改提升", "rectification"),
        "cultivation": Name("培育提高", "cultivation"),
        "model": Name("示范引领", "model"),
    },
    "Fact": {
        "innovation_project": Name("有创新项目", "an innovation project"),
        "no_open_rectification": Name("没有未完成的整改", "no open rectification"),
    },
    "Cause": {
        "new": Name("成立未满规定月数", "founded too short a time ago"),
        "veto": Name("追溯期内有否决情形", "a ground of veto within the look-back"),
        "level": Name("按得分达到的星级", "the star that the score reaches"),
        "survey_invalid": Name("测评有效答卷不足", "a survey with too few answers"),
        "not_supplied": Name("未取得数据", "not supplied by the service"),
        "gate": Name("不符合门槛", "does not meet a gate"),
        "step": Name("逐级晋升限制", "one step up from last year"),
        "first": Name("首次参评限制", "rated for the first time"),
        "exception": Name("区里决定不受逐级限制", "freed from the step by decision"),
        "refused": Name("不予更高星级", "the higher star was refused"),
        "taken": Name("在名额之内", "has a place of the quota"),
        "quota": Name("名额已满", "found no place of the quota"),
    },
    "Pool": {"district": Name("全区", "the district"), "committee": Name("党委", "the committee")},
    "DayCount": {"working_days": Name("个工作日", "working days"), "calendar_days": Name("天", "calendar days")},
    "ScoreRounding": {"half_up": Name("四舍五入", "half up"), "down": Name("舍去尾数", "down")},
    "DowngradeGround": {
        "veto": Name("发生否决事项", "a ground of veto"),
        "missed_corrections": Name("整改未到位", "missed corrections"),
        "failed_look_back": Name("“回头看”不合格", "a failed look-back"),
    },
    "DowngradeEffect": {
        "no_star": Name("不定星级", "no star"),
        "one_less": Name("降一星，下轮不得晋升", "one star less, no rise in the next round"),
    },
    "GradeCause": {
        "left": Name("截止日已不在任", "no longer in post"),
        "short": Name("任职时间不足", "in post for too short a time"),
        "level": Name("得分达到", "the grade of the score"),
        "nothing_due": Name("没有应办事项", "nothing was due"),
        "not_supplied": Name("没有取得数据", "not supplied"),
        "no_valid_vote": Name("有效票不足", "too few valid votes"),
        "votes": Name("末等票超过规定比例", "too many votes for the last grade"),
        "ground": Name("有否决情形", "a ground of veto"),
        "refused": Name("不予最高等次", "refused the best grade"),
        "taken": Name("在名额之内", "within the quota"),
        "quota": Name("受名额限制", "no place in the quota"),
    },
    "Counts": {
        "satisfied": Name("满意", "satisfied"),
        "unfit": Name("不称职（不满意）", "unfit, the worst"),
        "invalid": Name("无效（不了解）", "not valid: cannot say"),
    },
    "Unanswered": {
        "passes": Name("有效答卷不足视为达到", "too few answers meet it"),
        "fails": Name("有效答卷不足视为未达到", "too few answers do not meet it"),
    },
}
TERMS: Mapping[str, Mapping[str, Name]] = {**_OF_ITEMS, **_OF_LINES, **_OF_STARS}


def term(value: StrEnum) -> Name:
    """What a value of one of the rules' lists is called."""
    return TERMS[type(value).__name__][value.value]
