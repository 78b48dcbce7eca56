"""Why something about a survey is refused: each says what, where and what to do."""

from __future__ import annotations

from app.kit.errors import ErrorKind, LongwenError


class WrongSubjects(LongwenError):
    """Members and staff are asked about their one branch, peers about several."""

    code = "survey_subjects"
    zh = "{kind} 测评的对象应为 {least} 至 {most} 个党支部，且不重复。请核对 about。"
    en = "A survey of {kind} is about {least} to {most} branches, each named once. Check about."


class NoSurveySheet(LongwenError):
    """What is asked is said by the district's rule book."""

    kind = ErrorKind.CONFLICT
    code = "survey_sheet_missing"
    zh = "评分细则 {edition} 的 stars.yaml 没有问卷 {sheet}，不能发起。请在 surveys 补上并发布新版，或改用其他测评。"
    en = (
        "The stars.yaml of the edition {edition} has no sheet {sheet}. Add it under surveys and publish a new edition,"
        " or call another survey."
    )


class SurveyNeedsBranch(LongwenError):
    """What is rated are branches, and their secretaries."""

    code = "survey_needs_branch"
    zh = "{name}不是现有的党支部，不能作为测评对象。请选择党支部。"
    en = "{name} is not a present branch, and so not a subject of a survey. Choose a branch."


class SurveyDays(LongwenError):
    """A survey is open from today at the earliest, and for two months at most."""

    code = "survey_days"
    zh = "测评应从今天（{today}）或以后开始，截止日不早于开始日，最长 {days} 天。请改正日期。"
    en = "A survey opens today ({today}) or later, does not close before it opens, and is open for {days} days at most."


class NoMoreCodes(LongwenError):
    """Codes are drawn again only while nobody can have answered."""

    kind = ErrorKind.CONFLICT
    code = "survey_codes_drawn"
    zh = (
        "答题码在开放首日之前可以重新印制；测评开始以后只能印制一次，结束或撤回后不能印制。如有遗失，请撤回后另行发起。"
    )
    en = (
        "Codes are drawn anew before the first day only; from then on they are drawn once, and not after the close or a"
        " withdrawal. Where they were lost, withdraw the survey and call another."
    )


class SurveyNotOpen(LongwenError):
    """Answers are taken on the days of the survey only."""

    kind = ErrorKind.CONFLICT
    code = "survey_not_open"
    zh = "测评现在不接受答卷（开放时间：{first} 至 {last}）。如已撤回或结束，请向发起单位了解。"
    en = "The survey takes no answers now (it is open from {first} to {last}). Ask whoever called it if it was ended."


class SurveyCodeRefused(LongwenError):
    """Unknown and spent are one answer: nobody finds out with a code in hand whether its holder has answered."""

    code = "survey_code_refused"
    zh = "答题码不正确，或者已经使用。请核对纸条上的答题码；如果您刚才提交过，那份答卷已经计入，不必再交。"
    en = (
        "The code is wrong, or was used before. Check it against your slip; if you have just answered, that answer was"
        " counted, and nothing is left to do."
    )


class ChoiceUnknown(LongwenError):
    """An answer takes choices of the sheet, one to a question."""

    code = "survey_choice"
    zh = "第 {number} 项与问卷不符：对象、题目或选项不存在，或者同一题答了两次。请按问卷填写。"
    en = "Answer {number} does not fit the sheet: no such subject, question or choice, or a question answered twice."


class SurveyOver(LongwenError):
    """What is closed or withdrawn stays so."""

    kind = ErrorKind.CONFLICT
    code = "survey_over"
    zh = "测评已经结束或撤回，不能再更改。"
    en = "The survey is closed or withdrawn, and changes no more."


class NotYetClosed(LongwenError):
    """Results exist from the day after the last one, for nobody earlier."""

    kind = ErrorKind.CONFLICT
    code = "survey_running"
    zh = "测评到 {last} 为止，此前任何人都不能提前汇总。请在次日以后办理。"
    en = "The survey runs until {last}, and nobody opens its box before. Come back on the day after."
