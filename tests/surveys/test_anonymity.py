"""Nothing leads from an answer to its code, its time or its person: database, logs and answers are searched for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog
from sqlalchemy import Connection, text

from app.kit.log import configure_logging
from app.surveys.core import Box, bare_code, box_context, code_context
from tests.statements import DISTRICT_TABLES, count_statements
from tests.surveys.conftest import AFTER, Booth
from tests.town import Json

Rows = dict[str, set[tuple[str, str, str]]]
OFFICES = ("committee_officer", "district_officer", "secretary", "auditor")
# What a refusal says of its own request.
_ITS_OWN = {"request_id"}


def dumped(booth: Booth) -> Rows:
    """Each row of the district with where it lies and which transaction wrote it, past all security."""
    town = booth.town

    def rows(connection: Connection, name: str) -> set[tuple[str, str, str]]:
        query = f"SELECT ctid::text, xmin::text, one::text FROM {name} AS one WHERE district_id = :district"  # noqa: S608
        found = connection.execute(text(query), {"district": town.district.id})
        return {(row[0], row[1], row[2]) for row in found}

    return town.owner_database.run(lambda c: {name: rows(c, name) for name in sorted(DISTRICT_TABLES)}, None)


def box_of(booth: Booth, survey: Json) -> Box:
    """What only the operator's key opens."""
    state, survey_id = booth.desk.client.app.state.service, UUID(survey["id"])  # type: ignore[attr-defined]
    query = text("SELECT sealed FROM answer_box WHERE district_id = :district AND survey_id = :survey")
    named = {"district": booth.town.district.id, "survey": survey_id}
    sealed = booth.town.run(lambda connection, _: connection.execute(query, named).scalar_one())
    return Box.read(state.cipher.decrypt(bytes(sealed), box_context(survey_id)), survey["voters"])


@pytest.fixture
def _restored() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_an_answer_changes_one_sealed_row_and_not_its_length(booth: Booth) -> None:
    """Sent with somebody's token: that is not looked at, so that even the log-in's last use stays where it was."""
    survey, codes = booth.open()
    headers = booth.desk.headers("林晓明")
    booth.town.clock.moment = booth.town.clock.moment.replace(hour=3)
    before = dumped(booth)
    sheet = {"code": codes[0], "answers": [{"about": 1, "question": "overall", "choice": "dissatisfied"}]}
    answer = booth.desk.client.post(booth.address(survey), json=sheet, headers=headers)
    assert answer.json() == {"counted": True}
    after = dumped(booth)
    assert [name for name in before if before[name] != after[name]] == ["answer_box"]
    ((*_, old),), ((*_, new),) = before["answer_box"], after["answer_box"]
    assert len(old) == len(new)


def test_codes_and_choices_stand_nowhere_in_the_database(booth: Booth) -> None:
    def kept() -> str:
        return "\n".join(row for rows in dumped(booth).values() for *_, row in rows).lower()

    survey, codes = booth.open()
    words = kept().count("fairly")
    assert words  # those of the sheet
    booth.answered(survey, codes, *["fairly"] * 6)
    found = kept()
    assert found.count("fairly") == words
    for code in codes:
        plain = bare_code(code)
        assert not any(form.lower() in found for form in (code, plain, plain.encode().hex()))


def test_even_an_opened_box_pairs_no_code_with_an_answer(booth: Booth) -> None:
    """Two surveys with the same answers from the same places, one forwards and one backwards, have the same box."""
    boxes = []
    for is_reversed in (False, True):
        survey, codes = booth.open()
        state = booth.desk.client.app.state.service  # type: ignore[attr-defined]
        context = code_context(UUID(survey["id"]))
        hashes = {state.cipher.lookup(bare_code(code), context): code for code in codes}
        places = [code for _, code in sorted(hashes.items())][:6]
        sent = list(zip(places, ("satisfied", "unknown") * 3, strict=True))
        for code, choice in reversed(sent) if is_reversed else sent:
            assert booth.answer(survey, code, choice).status_code == 200
        boxes.append(box_of(booth, survey))
    assert boxes[0] == boxes[1]
    assert boxes[0].sheets == 6


@pytest.mark.usefixtures("_restored")
def test_logs_and_measurements_know_neither_codes_nor_when_somebody_answered(
    booth: Booth, capfd: pytest.CaptureFixture[str]
) -> None:
    configure_logging(as_json=True)
    survey, codes = booth.open()
    client = booth.desk.client

    def measured() -> list[str]:
        return [line for line in client.get("/metrics").text.splitlines() if "survey-forms" in line]

    def logged() -> list[Json]:
        lines = (json.loads(line) for line in capfd.readouterr().err.splitlines())
        return [line for line in lines if not line.get("logger", "").startswith("http")]  # the phone's own

    untouched, _ = measured(), logged()
    assert client.get(booth.address(survey, "")).status_code == 200
    assert booth.answer(survey, codes[0]).status_code == 200
    lines = [line for line in logged() if line["route"] != "/metrics"]
    assert (lines, measured()) == ([], untouched)
    refused = [booth.answer(survey, codes[0]), booth.answer(survey, codes[1], "无此选项")]
    refused += [booth.answer(survey, codes[2], surplus=codes[2]), booth.answer(survey, codes[3] * 4)]
    refused += [client.post(booth.address(survey), content=f'{{"code": "{codes[4]}", '.encode())]
    assert [one.status_code for one in refused] == [422] * 5
    lines = logged()
    assert [line["status"] for line in lines] == [422] * 5
    told = json.dumps(lines) + "".join(one.text for one in refused)
    assert not any(form in told for code in codes for form in (code, bare_code(code)))


def test_a_spent_code_is_answered_as_an_unknown_one_after_the_same_work(booth: Booth) -> None:
    survey, codes = booth.open()
    assert booth.answer(survey, codes[0]).status_code == 200
    told = []
    for code in (codes[0], "0000-0000-0000"):
        with count_statements(booth.town.database) as statements:
            answer = booth.answer(survey, code)
        document = {key: value for key, value in answer.json().items() if key not in _ITS_OWN}
        told.append((answer.status_code, document, statements))
    assert told[0] == told[1]


def test_nobody_sees_anything_of_answers_before_the_close(booth: Booth) -> None:
    survey, codes = booth.open()

    def seen() -> list[Any]:
        paths = (f"surveys/{survey['id']}", "surveys")
        own = [booth.send("GET", path, login=login).text for path in paths for login in OFFICES]
        return [*own, booth.desk.client.get(booth.address(survey, "")).text]

    before = seen()
    booth.answered(survey, codes, *["dissatisfied"] * 8)
    assert seen() == before
    assert all(booth.send("GET", f"surveys/{survey['id']}", login=login).status_code == 200 for login in OFFICES)


def test_after_the_close_nothing_of_a_box_and_its_codes_remains(booth: Booth) -> None:
    many, codes = booth.open()
    booth.answered(many, codes, *["satisfied"] * 8)
    few, others = booth.open()
    booth.answered(few, others, *["dissatisfied"] * 4)
    booth.live_until(AFTER)
    assert booth.keep() == 2
    left = dumped(booth)
    assert (left["survey_code"], left["answer_box"]) == (set(), set())
    assert all(survey["id"] not in row for survey in (few,) for *_, row in left["tally"])
    first, second = (next(row for *_, row in left["survey_subject"] if survey["id"] in row) for survey in (many, few))
    assert first.endswith(",8,8,0)")
    assert second.endswith(",,,)")  # neither share nor how many


def test_the_sealed_box_opens_under_the_operators_key_alone(booth: Booth) -> None:
    """Of one survey, besides: a box put in the place of another does not open."""
    survey, codes = booth.open()
    booth.answered(survey, codes, "satisfied")
    other, _ = booth.open()
    query = text(
        "UPDATE answer_box SET sealed = taken.sealed FROM answer_box AS taken WHERE answer_box.district_id = :district"
        " AND taken.district_id = :district AND taken.survey_id = :taken AND answer_box.survey_id = :other"
    )
    named = {"district": booth.town.district.id, "taken": UUID(survey["id"]), "other": UUID(other["id"])}
    booth.town.run(lambda connection, _: connection.execute(query, named))
    answer = booth.answer(other, codes[1])
    assert (answer.status_code, answer.json()["code"]) == (503, "wrong_key")
    booth.live_until(AFTER)
    assert (booth.keep(), booth.read(other)["state"]) == (1, "called")


pytestmark = pytest.mark.usefixtures("unjudged")  # the searching statements are a test's, not the service's
