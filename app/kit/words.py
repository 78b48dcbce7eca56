"""What refusals call things, in both languages: kinds of objects, states, and lists of choices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Words(NamedTuple):
    """The same said in Chinese and in English; as a fact of a refusal it is told in the reader's language."""

    zh: str
    en: str

    def said(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


def any_of(choices: Iterable[Words | str]) -> Words:
    """One of these: 甲、乙或丙; A, B or C."""
    both = [one if isinstance(one, Words) else Words(one, one) for one in dict.fromkeys(choices)]
    return Words(_joined([one.zh for one in both], "、", "或"), _joined([one.en for one in both], ", ", " or "))


def all_of(things: Iterable[Words | str]) -> Words:
    """All of these: 甲、乙、丙; A, B, C."""
    both = [one if isinstance(one, Words) else Words(one, one) for one in things]
    return Words("、".join(one.zh for one in both), ", ".join(one.en for one in both))


def _joined(parts: list[str], comma: str, last: str) -> str:
    return parts[0] if len(parts) == 1 else last.join(filter(None, (comma.join(parts[:-1]), *parts[-1:])))


# What can be missing, by the words of the design.
NOUNS: dict[str, Words] = {
    "district": Words("区（县）", "district (county)"),
    "organisation": Words("组织", "organisation"),
    "committee": Words("基层党委", "committee"),
    "branch": Words("党支部", "branch"),
    "group": Words("党小组", "group"),
    "enterprise": Words("两新组织", "enterprise"),
    "member": Words("党员", "member"),
    "account": Words("账号", "account"),
    "appointment": Words("任职", "appointment"),
    "session": Words("登录", "session"),
    "second factor": Words("动态码", "second factor"),
    "identity": Words("统一身份", "identity"),
    "entry": Words("积分记录", "entry"),
    "submission": Words("申报", "submission"),
    "veto": Words("一票否决", "veto"),
    "activity": Words("活动", "activity"),
    "grid": Words("网格", "grid"),
    "dimension": Words("指标", "dimension"),
    "playlist": Words("播放单", "playlist"),
    "lead": Words("龙头", "lead"),
    "mentoring": Words("结对帮带", "mentoring"),
    "appeal": Words("申诉", "appeal"),
    "complaint": Words("意见建议", "complaint"),
    "appraisal round": Words("书记考核批次", "round of appraisals"),
    "appraisal": Words("书记考核", "appraisal of a secretary"),
    "appraisal part": Words("考核部分的证明材料", "evidence of that part"),
    "responsibility": Words("责任清单事项", "item of a duty list"),
    "round": Words("星级评定批次", "round of star rating"),
    "rating": Words("星级评定", "star rating"),
    "indicator": Words("星级指标", "star indicator"),
    "objection": Words("公示异议", "objection"),
    "plan": Words("整改或培育计划", "plan"),
    "transfer": Words("组织关系转接", "transfer of a member"),
    "exemption": Words("免考核", "exemption"),
    "standing": Words("积分状态", "standing"),
    "item": Words("积分项", "item"),
    "edition": Words("评分细则版本", "edition of the rule book"),
    "cycle": Words("考评年度", "cycle"),
    "quarter": Words("季度", "quarter"),
    "board": Words("榜单", "board"),
    "api_key": Words("接口密钥", "API key"),
    "screen": Words("大屏", "screen"),
    "job": Words("定时任务", "job"),
    "file": Words("文件", "file"),
    "webhook": Words("推送地址", "webhook"),
    "import": Words("导入批次", "import"),
    "case": Words("帮扶整改", "assistance case"),
    "commendation": Words("表彰推荐", "commendation"),
    "reminder talk": Words("提醒谈话", "reminder talk"),
    "key work list": Words("重点工作清单", "key work list"),
    "digest": Words("调度分析材料", "digest"),
    "survey": Words("匿名测评", "survey"),
    "pack": Words("考评材料", "pack"),
    "copy": Words("副本", "copy"),
}

# Where a thing stands, as refusals name it.
STATES: dict[str, Words] = {
    "expected": Words("待履行", "expected"),
    "kept": Words("已履行", "kept"),
    "missed": Words("未履行", "missed"),
    "waived": Words("已免除", "waived"),
    "open": Words("待答复", "open"),
    "decided": Words("已答复", "decided"),
    "withdrawn": Words("已撤回", "withdrawn"),
    "proposed": Words("待答复", "proposed"),
    "accepted": Words("已接收", "accepted"),
    "declined": Words("未接收", "declined"),
    "held": Words("已谈话", "held"),
    "dropped": Words("不再需要", "not needed any more"),
}
