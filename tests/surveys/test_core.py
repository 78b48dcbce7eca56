"""The box and what may be told of it: whatever the order, and never below five."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.ids import new_id
from app.rules.surveys import OVERALL, Choice, Question, Sheet, SurveyKind, SurveySubject
from app.surveys.core import (
    ANSWERS_MIN,
    CODE_LENGTH,
    Asked,
    Box,
    Survey,
    SurveyState,
    bare_code,
    cell_of,
    number_of,
    printed_code,
    tell,
)

VOTERS = 30
SHEET = Sheet(
    "T3",
    (
        Choice("satisfied", "满意", "Satisfied", satisfied=True),
        Choice("fairly", "基本满意", "Fairly satisfied", satisfied=True),
        Choice("dissatisfied", "不满意", "Not satisfied", unfit=True),
        Choice("unknown", "不了解", "Cannot say", valid=False),
    ),
    (Question(OVERALL, "总体评价", "As a whole", "T3"), Question("life", "组织生活", "Organisation life", "C1")),
).with_own([("场地", "Rooms")])
ASKED = tuple(Asked(new_id(), place, f"第{place + 1}支部") for place in range(3))
QUESTIONS = [one.code for one in SHEET.questions]
CHOICES = [one.code for one in SHEET.choices]

# An answer takes at most one choice for each subject and question.
ANSWERS = st.lists(
    st.dictionaries(
        st.tuples(st.integers(0, len(ASKED) - 1), st.integers(0, len(QUESTIONS) - 1)),
        st.integers(0, len(CHOICES) - 1),
        min_size=1,
    ),
    max_size=VOTERS,
)


def boxed(answers: list[tuple[int, dict[tuple[int, int], int]]]) -> Box:
    box = Box.empty(VOTERS, SHEET.cells * len(ASKED))
    for place, chosen in answers:
        box = box.with_answer(place, {cell_of(SHEET, *where, choice) for where, choice in chosen.items()})
    return box


@given(ANSWERS, st.randoms(use_true_random=False))
def test_a_box_keeps_no_order_and_has_one_length(answers: list[Any], random: Any) -> None:
    numbered = list(enumerate(answers))
    shuffled = random.sample(numbered, len(numbered))
    box = boxed(numbered)
    assert boxed(shuffled) == box
    assert len(box.text()) == len(Box.empty(VOTERS, SHEET.cells * len(ASKED)).text())
    assert Box.read(box.text(), VOTERS) == box
    assert box.sheets == len(answers)


@given(ANSWERS)
def test_what_is_told_is_what_was_chosen_and_nothing_below_five(answers: list[Any]) -> None:
    told = tell(SHEET, ASKED, boxed(list(enumerate(answers))))
    assert told.sheets == (len(answers) if len(answers) >= ANSWERS_MIN else None)
    for one in told.asked:
        chosen = {
            question: [CHOICES[sheet[one.place, at]] for sheet in answers if (one.place, at) in sheet]
            for at, question in enumerate(QUESTIONS)
        }
        valid = {question: [choice for choice in of if choice != "unknown"] for question, of in chosen.items()}
        if len(valid[OVERALL]) < ANSWERS_MIN:
            assert (one.answers, one.satisfied, one.unfit) == (None, None, None)
            assert one.organisation_id not in told.tallies
            continue
        satisfied = [choice for choice in valid[OVERALL] if choice in {"satisfied", "fairly"}]
        assert (one.answers, one.satisfied) == (len(valid[OVERALL]), len(satisfied))
        assert one.unfit == valid[OVERALL].count("dissatisfied")
        assert told.tallies[one.organisation_id] == {
            question: {choice: of.count(choice) for choice in CHOICES}
            for question, of in chosen.items()
            if len(valid[question]) >= ANSWERS_MIN
        }


def test_a_place_is_spent_once() -> None:
    box = Box.empty(VOTERS, 4).with_answer(VOTERS - 1, {0})
    assert [place for place in range(VOTERS) if box.is_spent(place)] == [VOTERS - 1]
    with pytest.raises(ValueError, match="once"):
        box.with_answer(VOTERS - 1, {1})


def test_a_code_is_read_however_it_is_typed() -> None:
    code = "7K2M9XQ4T0AB"
    assert len(code) == CODE_LENGTH
    assert printed_code(code) == "7K2M-9XQ4-T0AB"
    for typed in ("7K2M-9XQ4-T0AB", " 7k2m 9xq4 toab ", "７Ｋ２Ｍ９ＸＱ４Ｔ０ＡＢ"):
        assert bare_code(typed) == code
    assert len(number_of(new_id())) == 8


@pytest.mark.parametrize(
    ("day", "draws", "may"),
    [(20, 0, True), (20, 3, True), (21, 0, True), (21, 1, False), (25, 0, True), (26, 0, False)],
)
def test_codes_are_drawn_again_only_before_anybody_can_have_answered(day: int, draws: int, may: bool) -> None:
    survey = Survey(
        id=new_id(), number="A", title="x", kind=SurveyKind.STAFF, subject=SurveySubject.BRANCH, path="x", year=2026,
        sheet=SHEET, voters=8, opens_on=date(2026, 11, 21), closes_on=date(2026, 11, 25), state=SurveyState.CALLED,
        called_by=None, called_at=datetime(2026, 11, 1, tzinfo=UTC), input_digest=b"", draws=draws,
    )  # fmt: skip
    assert survey.may_be_drawn(date(2026, 11, day)) is may
