"""One's own file holds everything about oneself and nothing of anybody else, and taking it away is written down."""

from __future__ import annotations

import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from app.files.core import Content
from app.kit.blobs import BlobMissing, FolderBlobs
from app.kit.digests import digest
from app.me.service_file import Gathered, zipped
from tests.activities.meetings import Clerk
from tests.me.conftest import MEMBER, Phone
from tests.submissions.flows import finding, praise, upload
from tests.town import Json

LISTS = {
    "profile.json", "standings.json", "duties.json", "entries.json", "attendance.json", "evidence.json",
    "submissions.json", "appeals.json", "complaints.json", "messages.json",
}  # fmt: skip


def archive_of(phone: Phone, language: str = "zh") -> zipfile.ZipFile:
    answer = phone.get("/file", language=language)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert "no-store" in answer.headers["cache-control"]
    found = zipfile.ZipFile(BytesIO(answer.content))
    assert found.testzip() is None
    return found


def listed(archive: zipfile.ZipFile, name: str) -> list[Any]:
    found: list[Any] = json.loads(archive.read(name))
    return found


@pytest.fixture
def lived(phone: Phone) -> dict[str, Json]:
    """A record with something of everything in it, beside a colleague with a record of their own."""
    desk = phone.desk
    proof = upload(desk, MEMBER, "采纳通知单.jpg")
    proposal, accusation = praise(desk, evidence=[proof]), finding(desk)
    missed = desk.town.missed(MEMBER, "ORG-D03", reason="未请假")
    desk.recorded(MEMBER, proposal)
    desk.recorded("organisation_commissioner", accusation, finding(desk, "陈建国", matter="任务8号", reason="他人之事"))
    desk.recorded("group_leader", missed, desk.town.missed("陈建国"))
    clerk = Clerk(desk)
    clerk.recorded("secretary", clerk.mark(MEMBER, "leave", note="出差"))
    sent = phone.sent(phone.appeal(missed["id"]), phone.hearing(accusation["id"]), phone.complaint("通知太晚"))
    assert [one["status"] for one in sent] == [201, 201, 201]
    return {"proposal": proposal, "finding": accusation, "missed": missed, "proof": {"hash": proof}}


def test_everything_about_oneself_is_in_it(phone: Phone, lived: dict[str, Json]) -> None:
    archive = archive_of(phone)
    assert set(archive.namelist()) >= LISTS | {"README.txt"}
    (profile,) = listed(archive, "profile.json")
    assert (profile["member_name"], profile["memberships"][0]["branch"]) == (MEMBER, "第一支部")
    (standing,) = listed(archive, "standings.json")
    assert standing["total"] == phone.read("/standing")["standing"]["total"]
    entries = listed(archive, "entries.json")
    assert entries == phone.read("/entries", limit=100)["entries"]
    assert "未请假" in [one["reason"] for one in entries]
    submissions = {one["submission"]["id"]: one for one in listed(archive, "submissions.json")}
    assert set(submissions) == {lived["proposal"]["id"], lived["finding"]["id"]}
    assert [one["answer"] for one in submissions[lived["finding"]["id"]]["hearings"]] == ["当日出差，已请假"]
    assert [one["action"] for one in submissions[lived["finding"]["id"]]["steps"]] == ["submitted", "answered"]
    assert [one["text"] for one in listed(archive, "appeals.json")] == ["当天在场"]
    assert [one["text"] for one in listed(archive, "complaints.json")] == ["通知太晚"]
    assert [one["note"] for one in listed(archive, "attendance.json")] == ["出差"]
    assert len(listed(archive, "messages.json")) == phone.read("/messages")["last"] > 0
    (duties,) = listed(archive, "duties.json")
    assert len(duties["duties"]) == len(phone.read("/duties")["duties"])
    (proof,) = listed(archive, "evidence.json")
    assert proof["owner_id"] == lived["proposal"]["id"]
    assert digest(archive.read(proof["path"])).hex() == lived["proof"]["hash"]


def test_nothing_of_anybody_else_is_in_it(phone: Phone, lived: dict[str, Json]) -> None:
    archive = archive_of(phone)
    whole = "\n".join(archive.read(name).decode() for name in LISTS)
    assert "陈建国" not in whole
    assert "他人之事" not in whole
    assert str(phone.desk.town.members["陈建国"]) not in whole


def test_an_account_without_a_member_gets_what_there_is(phone: Phone) -> None:
    archive = archive_of(phone.of("secretary"))
    (profile,) = listed(archive, "profile.json")
    assert (profile["login"], profile["member_id"]) == ("secretary", None)
    assert "entries.json" not in archive.namelist()


def test_the_note_and_the_messages_are_in_it_for_readers_of_either_language(
    phone: Phone, lived: dict[str, Json]
) -> None:
    archive = archive_of(phone, "en")
    assert "身份证号码" in archive.read("README.txt").decode()
    assert "Id number and phone are masked" in archive.read("README.txt").decode()
    assert listed(archive, "messages.json")[0]["title"].isascii()


def test_taking_it_away_is_written_in_the_access_log(phone: Phone) -> None:
    desk = phone.desk
    archive_of(phone)
    log = desk.client.get(
        "/api/v1/access-log", params={"action": "own_file:export"}, headers=desk.headers("auditor")
    ).json()
    (line,) = log["rows"]
    assert (line["object_id"], line["name"]) == (str(desk.town.members[MEMBER]), MEMBER)


def test_bytes_that_are_missing_are_named_and_the_rest_is_sent(
    phone: Phone, lived: dict[str, Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_self: FolderBlobs, key: str, _size: int) -> Iterator[bytes]:
        raise BlobMissing(key=key)

    with monkeypatch.context() as broken:
        broken.setattr(FolderBlobs, "read", gone)
        archive = archive_of(phone)
    assert set(archive.namelist()) >= LISTS
    assert listed(archive, "evidence.json")[0]["path"] in archive.read("missing.txt").decode()


class _Endless:
    """A store that makes up the bytes it is asked for."""

    def read(self, _key: str, size: int) -> Iterator[bytes]:
        part = bytes(256 * 1024)
        return (part for _ in range(size // len(part)))


class _Line(BaseModel):
    text: str


def test_memory_holds_one_part_at_a_time_however_long_the_record(tmp_path: Path) -> None:
    """Twenty files of 10 MB and 30 MB of text, and never more than a few megabytes of it at once."""
    size = 10 * 1024 * 1024
    gathered = Gathered(lambda value: _Line(text=str(value)), cipher=None)  # type: ignore[arg-type]
    gathered.afresh(datetime(2026, 11, 21, 2, tzinfo=UTC), lambda _: {})
    tracemalloc.start()
    try:
        with gathered.listing("entries.json") as add:
            for number in range(30_000):
                add(f"{number:01024d}")
        for number in range(20):
            content = Content(f"{number:064x}", "image/jpeg", size)
            gathered.evidence[content.hash] = (f"evidence/{number}.jpg", content, "key")
        sent = sum(map(len, zipped(gathered, _Endless())))  # type: ignore[arg-type]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sent > 20 * size
    assert peak < 8 * 1024 * 1024, peak
    assert gathered.file.closed
