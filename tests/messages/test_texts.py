"""What people are told reads well in both languages, and a fact that a text does not know is found out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from string import Formatter
from uuid import UUID

import pytest

from app.kit.ids import new_id
from app.messages.core import Kept, Message, Recipient, Subject
from app.messages.terms import TERMS
from app.messages.texts import REMARKS, TEXTS, FactsAmiss, FactValue, Kind, text_of, title_of, window_words

DAY = date(2026, 11, 27)
SAMPLE: dict[str, FactValue] = {
    "year": "2026",
    "grade": "优秀",
    "grade_en": "Excellent",
    "score": "98.5",
    "secretary": "林书记",
    "objection": "upheld",
    "committee": "城东街道党工委",
    "title": "合理化建议被采纳",
    "item": "EXC-A01",
    "effective_on": "2026-11-05",
    "lifted_on": "2026-12-31",
    "points": "-20",
    "reason": "会议记录不符。",
    "note": None,
    "member": "林晓明",
    "branch": "第一支部",
    "quarter": "2026Q3",
    "window": "2026-09",
    "held_on": "2026-11-05",
    "absence": "leave",
    "ground": "short",
    "count": 3,
    "outcome": "upheld",
    "task": "hearing",
    "old_branch": "第一支部",
    "new_branch": "第二支部",
    "side": "old",
    "transfer": "accepted",
    "answered_on": "2026-11-21",
    "change": "exempted",
    "changed_on": "2026-11-01",
    "reference": "2026-0007",
    "parts": None,
    "proposed": None,
    "counting": "whole",
    "office": "committee_officer",
    "rows": 1300,
    "number": 412,
    "root": "5f" * 32,
    "answer": "已改正",
    "move": "accepted",
    "helper": "陈建国",
    "talks": 1,
    "scope": "城东街道党工委",
    "digest": "month",
    "due": 3,
    "late": 1,
    "star": 4,
    "before": "4",
    "after": "3",
    "basis": "整改两次不到位",
    "until_on": "2027-11-27",
    "plan": "rectification",
    "verdict": "accepted",
    "grid": "食品网格",
    "deputy": None,
    "lead": "第二支部",
    "helped": "第一支部",
    "who": "member",
    "result": "risen",
}


def facts_of(kind: Kind) -> dict[str, FactValue]:
    return {name: SAMPLE[name] for name in TEXTS[kind].facts - {"due_on"}}


def named(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_told_in_both_languages_with_the_same_facts(kind: Kind) -> None:
    told = TEXTS[kind]
    assert named(told.zh) == named(told.en)
    for language in ("zh", "en"):
        text = text_of(kind, facts_of(kind), DAY, language)
        assert title_of(kind, language)
        assert "{" not in text
        assert "None" not in text
        assert text.endswith("。" if language == "zh" else ".")
        assert "。。" not in text


def test_a_text_reads_as_a_sentence() -> None:
    facts = {name: SAMPLE[name] for name in ("title", "item", "effective_on", "points", "reason")}
    assert text_of(Kind.DEDUCTION_TOLD, facts, None, "zh") == (
        "您因“合理化建议被采纳”（EXC-A01，2026年11月5日）记 -20 分。"
        "理由：会议记录不符。如有异议，可以对这一条提出申诉。"
    )
    facts = {name: SAMPLE[name] for name in ("title", "item", "effective_on", "outcome", "reason")}
    assert text_of(Kind.APPEAL_ANSWERED, {**facts, "reason": None}, None, "en") == (
        "Your appeal against “合理化建议被采纳” (EXC-A01, 2026-11-05): upheld. Answer: not given."
    )


@pytest.mark.parametrize(
    ("code", "zh"),
    [
        ("2026", "2026年"),
        ("2026-2027", "2026-2027年"),
        ("2026H1", "2026年上半年"),
        ("2026H2", "2026年下半年"),
        ("2026Q4", "2026年第四季度"),
        ("2026-09", "2026年9月"),
    ],
)
def test_windows_have_words(code: str, zh: str) -> None:
    assert (window_words(code, "zh"), window_words(code, "en")) == (zh, code)


def message(kind: Kind, facts: dict[str, FactValue], due_on: date | None = DAY) -> Message:
    return Message(Recipient(member_id=new_id()), kind, Subject("entry", new_id()), facts, due_on)


@pytest.mark.parametrize("kind", Kind)
def test_a_fact_too_many_or_too_few_is_found_out(kind: Kind) -> None:
    message(kind, facts_of(kind))
    with pytest.raises(FactsAmiss, match="the text names"):
        message(kind, {**facts_of(kind), "colour": "red"})
    if facts := {name: value for name, value in facts_of(kind).items() if name not in REMARKS}:
        with pytest.raises(FactsAmiss, match="the text names"):
            message(kind, dict(list(facts.items())[1:]))


@pytest.mark.parametrize(
    ("kind", "amiss", "due_on"),
    [
        (Kind.HEARING_ASKED, {}, None),
        (Kind.HEARING_ASKED, {"effective_on": "5 November"}, DAY),
        (Kind.HEARING_ASKED, {"effective_on": None}, DAY),
        (Kind.HEARING_ASKED, {"reason": "长" * 1001}, DAY),
        (Kind.APPEAL_ANSWERED, {"outcome": "perhaps"}, None),
        (Kind.DEADLINE_NEAR, {"task": "sleep"}, DAY),
    ],
)
def test_a_fact_of_another_form_is_found_out(kind: Kind, amiss: dict[str, FactValue], due_on: date | None) -> None:
    with pytest.raises(FactsAmiss):
        message(kind, {**facts_of(kind), **amiss}, due_on)


def test_a_recipient_is_one_person() -> None:
    both: dict[str, UUID] = {"member_id": new_id(), "account_id": new_id()}
    for given in ({}, both):
        with pytest.raises(ValueError, match="a member or an account"):
            Recipient(**given)


def test_braces_in_a_fact_mean_nothing() -> None:
    kept = Kept(
        new_id(), 1, Kind.COMPLAINT_ANSWERED, Subject("complaint", new_id()),
        {"reference": "{answer}", "answer": "{0.__class__}"}, None, datetime(2026, 11, 21, tzinfo=UTC),
    )  # fmt: skip
    assert "{0.__class__}" in kept.text("zh")


def test_every_word_that_stands_for_a_code_is_used() -> None:
    assert set(TERMS) <= {name for told in TEXTS.values() for name in told.facts}
