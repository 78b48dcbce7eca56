"""What is asked, by kind and subject: one table, each value with its source (``scoring_rules/longwen`` names them).

The sheet is kept with each survey as it was asked, so that a change here never changes what was answered before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.surveys.core import OVERALL, Choice, Question, Sheet, SurveyKind, SurveySubject

# Said with every form and printed on every slip.
PROMISE_ZH = "不登录、不记名；答卷只计数，不保存单份答卷，不记时间。结束之日以前任何人看不到结果；不足五份不公布。"
PROMISE_EN = (
    "No log-in and no name. Answers are only counted; no single answer and no time is kept. Nobody sees a result before"
    " the close, and fewer than five answers are never told."
)

ASSUMPTION = "assumption"
CALLER = "caller"

# Satisfied is who says so, fully or fairly; who cannot say has given no valid answer (T3, T4 give the rate, not the
# scale).
_SATISFACTION = (
    Choice("satisfied", "满意", "Satisfied", satisfied=True),
    Choice("fairly", "基本满意", "Fairly satisfied", satisfied=True),
    Choice("dissatisfied", "不满意", "Not satisfied", unfit=True),
    Choice("unknown", "不了解", "Cannot say", valid=False),
)
# Scoring, section 5: the rate is excellent and qualified of valid votes. P3: unfit votes over one third.
_GRADES = (
    Choice("excellent", "优秀", "Excellent", satisfied=True),
    Choice("qualified", "称职", "Qualified", satisfied=True),
    Choice("basic", "基本称职", "Basically qualified"),
    Choice("unfit", "不称职", "Unfit", unfit=True),
    Choice("unknown", "不了解", "Cannot say", valid=False),
)

_BRANCH = (
    Question("life", "组织生活正常、有实效", "Organisation life is regular and useful", "C1"),
    Question("example", "党员发挥先锋模范作用", "Members set an example", "SEED4"),
    Question("service", "服务职工、回应诉求及时", "Staff are served and answered in time", ASSUMPTION),
)
_SECRETARY = (
    Question("duty", "履行党建职责", "Keeps the duties of the office", "P1"),
    Question("people", "联系和服务党员职工", "Is close to members and staff, and serves them", "P1"),
    Question("honest", "公道正派、廉洁自律", "Is fair and honest", ASSUMPTION),
)


def _overall(zh: str, en: str, source: str) -> Question:
    return Question(OVERALL, zh, en, source)


_OF_BRANCH = "对本支部工作的总体评价", "The branch's work as a whole"
_OF_SECRETARY = "对支部书记履职的总体评价", "The secretary's work as a whole"

FORMS: Mapping[tuple[SurveySubject, SurveyKind], Sheet] = {
    (SurveySubject.BRANCH, SurveyKind.MEMBERS): Sheet("T4", _SATISFACTION, (_overall(*_OF_BRANCH, "T4"), *_BRANCH)),
    (SurveySubject.BRANCH, SurveyKind.STAFF): Sheet("T3", _SATISFACTION, (_overall(*_OF_BRANCH, "T3"), *_BRANCH)),
    # Many are rated on one sheet: one question about each.
    (SurveySubject.BRANCH, SurveyKind.PEERS): Sheet(
        "M1", _GRADES, (_overall("支部工作评价", "The branch's work", "M1"),)
    ),
    (SurveySubject.SECRETARY, SurveyKind.MEMBERS): Sheet("P3", _GRADES, (_overall(*_OF_SECRETARY, "P1"), *_SECRETARY)),
    (SurveySubject.SECRETARY, SurveyKind.STAFF): Sheet("P3", _GRADES, (_overall(*_OF_SECRETARY, "P1"), *_SECRETARY)),
    (SurveySubject.SECRETARY, SurveyKind.PEERS): Sheet(
        "M1", _GRADES, (_overall("书记履职评价", "The secretary's work", "M1"),)
    ),
}


def sheet_for(subject: SurveySubject, kind: SurveyKind, own: Sequence[tuple[str, str]]) -> Sheet:
    """The form, with the caller's own questions behind it on the same scale; the first question stays the measure."""
    form = FORMS[subject, kind]
    added = tuple(Question(f"own{number}", zh, en, CALLER) for number, (zh, en) in enumerate(own, start=1))
    return replace(form, questions=(*form.questions, *added))
