"""Why a secretary has the grade, in sentences: each reason in both languages."""

from __future__ import annotations

from app.appraisals.grading import Reason
from app.rules.appraisal import Appraisal
from app.rules.appraisal import GradeCause as Cause
from app.rules.points import printed_text

_TEXTS: dict[Cause, tuple[str, str]] = {
    Cause.LEFT: (
        "截止日已不在任（年内任职至离任满 {number} 个月），不定等次",
        "no longer in post at the cut-off (in post for {number} months by then): not graded",
    ),
    Cause.SHORT: (
        "截止日连续任职满 {number} 个月，不足 {of} 个月，不定等次",
        "in post for {number} months at the cut-off, less than {of}: not graded",
    ),
    Cause.LEVEL: ("得分 {score}，达到“{grade}”", "a score of {score} reaches “{grade}”"),
    Cause.NOTHING_DUE: ("“{name}”没有应办事项，计满分并注明", "“{name}”: nothing was due, full points, and said so"),
    Cause.NOT_SUPPLIED: ("“{name}”未取得数据，计满分并注明", "“{name}” was not supplied: full points, and said so"),
    Cause.NO_VALID_VOTE: (
        "“{name}”有效票不足，计满分，注明无有效评议",
        "“{name}”: too few valid votes, full points and no valid vote",
    ),
    Cause.VOTES: (
        "有效票 {of} 张中评为“{grade}”的 {number} 张，超过规定比例，定为“{grade}”",
        "{number} of {of} valid votes were for “{grade}”, more than the share allowed: “{grade}”",
    ),
    Cause.GROUND: ("有“{name}”情形（{words}），定为“{grade}”", "ground “{name}” ({words}): “{grade}”"),
    Cause.REFUSED: ("不予更高等次：{words}，定为“{grade}”", "the better grade was refused: {words}; “{grade}”"),
    Cause.TAKEN: (
        "在“{grade}”名额之内（第 {number} 位，共 {of} 个）",
        "within the places for “{grade}” (number {number} of {of})",
    ),
    Cause.QUOTA: (
        "达到“{name}”，受名额限制（第 {number} 位，共 {of} 个），定为“{grade}”",
        "scored as “{name}”, quota: number {number} of {of} places; “{grade}”",
    ),
}


def told(section: Appraisal, reason: Reason, decimals: int) -> tuple[str, str]:
    """The reason in Chinese and English."""
    names = {one.code: one.name for one in section.parts}
    names |= {one.code: one.name for one in section.grounds}
    names |= {one.code: one.name for one in section.grades}
    name, grade = names.get(reason.about or ""), names.get(reason.grade or "")
    texts = []
    for number, text in enumerate(_TEXTS[reason.cause]):
        facts = {
            "number": reason.number,
            "of": reason.of,
            "words": reason.words,
            "name": reason.about if name is None else (name.zh, name.en)[number],
            "grade": reason.grade if grade is None else (grade.zh, grade.en)[number],
            "score": printed_text(reason.number or 0, decimals),
        }
        texts.append(text.format(**facts))
    return texts[0], texts[1]
