"""Making in the background, taking back, and taking copies: nothing half done, nobody else's, and all of it logged."""

from __future__ import annotations

import json
import re
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import update

from app.auth.core import Role
from app.boards import service as boards
from app.boards.core import Audience, BoardPolicy, NameForm, Reach
from app.handbook.rendering import PapersMissing
from app.reviews import making, papers
from app.reviews.core_packs import LOST_AFTER, PackState, Part
from app.roster.tables import member
from tests.reviews.conftest import COLLEAGUE, MEMBER, NEIGHBOUR, Archive
from tests.reviews.test_packs import text_of
from tests.seals.conftest import Q3


def waiting(archive: Archive) -> Any:
    """A pack that is asked for, and that nobody makes yet."""
    archive.office.run("pack")
    return archive.pack().id


def test_a_pack_taken_back_in_the_middle_leaves_nothing(archive: Archive) -> None:
    pack_id = waiting(archive)
    seen: list[int] = []

    def watch(percent: int) -> None:
        seen.append(percent)
        if percent >= 50:
            assert archive.office.call("DELETE", "district_officer", f"packs/{pack_id}").status_code == 204

    assert making.make(archive.shop, pack_id, watch) is False
    assert seen == sorted(set(seen))
    assert (seen[0], seen[-1]) == (1, 50)
    assert archive.rows_left() == (0, 0)
    assert archive.office.call("GET", "district_officer", f"packs/{pack_id}").status_code == 404
    assert archive.ask().status_code == 202
    assert archive.pack().state is PackState.DONE
    kept = archive.office.call("DELETE", "district_officer", f"packs/{archive.pack().id}")
    assert (kept.status_code, kept.json()["code"]) == (409, "pack_kept")


def test_two_makers_at_once_make_one(archive: Archive) -> None:
    pack_id = waiting(archive)
    start, results = threading.Barrier(2), list[bool]()

    def make() -> None:
        start.wait()
        results.append(making.make(archive.shop, pack_id))

    threads = [threading.Thread(target=make) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(results) == [False, True]
    assert archive.pack().attempts == 1
    packs, pieces = archive.rows_left()
    assert (packs, pieces) == (1, len(archive.pack().parts) + 1)


def test_two_who_ask_at_once_get_one_pack(archive: Archive) -> None:
    first, second = archive.ask().json(), archive.ask("district_officer").json()
    assert first["id"] == second["id"]
    assert archive.rows_left()[0] == 1


def test_a_maker_given_up_for_lost_keeps_nothing(archive: Archive) -> None:
    pack_id, clock = waiting(archive), archive.office.desk.town.clock
    others: list[bool] = []

    def watch(percent: int) -> None:
        if percent == 1 and not others:
            assert archive.round()["made"] == 0  # it is alive
            clock.moment += LOST_AFTER + timedelta(seconds=1)
            others.append(making.make(archive.shop, pack_id))

    assert making.make(archive.shop, pack_id, watch) is False
    assert others == [True]
    assert (archive.pack().state, archive.pack().attempts) == (PackState.DONE, 2)
    assert archive.rows_left() == (1, 1 + len(Part))


def test_what_fails_says_so_and_is_tried_again_when_asked(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("secret: 13805961234")

    with monkeypatch.context() as patched:
        patched.setattr(papers, "contents", broken)
        assert archive.ask().status_code == 202
    failed = archive.office.call("GET", "district_officer", f"packs/{archive.pack().id}").json()
    assert (failed["state"], failed["error"]) == ("failed", "RuntimeError")
    assert archive.rows_left() == (1, 0)
    assert archive.round()["made"] == 0
    assert archive.ask().status_code == 202
    assert archive.pack().state is PackState.DONE


def test_a_machine_without_typesetter_makes_the_rest_and_says_what_lacks(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise PapersMissing

    with monkeypatch.context() as patched:
        patched.setattr(papers, "_typst", missing)
        archive.ask()
    half = archive.pack()
    assert ({one.part for one in half.parts}, set(half.lacking)) == (set(Part) - {Part.REPORT}, {"report"})
    refused = take(archive, Part.REPORT)
    assert (refused.status_code, refused.json()["code"]) == (404, "pack_part_lacking")
    assert archive.ask().status_code == 202  # now there is one: what lacked is made of the same image
    whole = archive.pack()
    assert (whole.digest, whole.made_at, whole.lacking) == (half.digest, half.made_at, {})
    assert set(half.parts) < set(whole.parts)


def test_progress_is_streamed_until_the_end(archive: Archive) -> None:
    archive.ask()
    pack_id = archive.pack().id
    answer = archive.office.call("GET", "district_officer", f"packs/{pack_id}/progress")
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = dict(line.split(": ", 1) for line in answer.text.splitlines() if ": " in line)
    assert lines["event"] == "done"
    assert json.loads(lines["data"])["progress"] == 100


def test_a_stream_ends_when_its_pack_is_taken_back(archive: Archive) -> None:
    pack_id, office = waiting(archive), archive.office
    headers = office.desk.headers("district_officer")
    events: list[str] = []
    streaming = TestClient(office.desk.client.app)  # which reads while the answer is still being written
    with streaming.stream("GET", f"/api/v1/packs/{pack_id}/progress", headers=headers) as answer:
        for line in answer.iter_lines():
            if line.startswith("event: "):
                events.append(line[7:])
                if len(events) == 1:
                    assert office.call("DELETE", "district_officer", f"packs/{pack_id}").status_code == 204
    assert events[-1] == "gone"


# Copies.


def take(archive: Archive, part: Part, login: str = "district_officer", reason: str = "季度例会") -> Any:
    body = {"part": part.value, "reason": reason}
    return archive.office.call("POST", login, f"packs/{archive.pack().id}/copies", body)


def fetched(archive: Archive, copy_id: str, login: str = "district_officer", **headers: str) -> Any:
    desk = archive.office.desk
    return desk.client.get(f"/api/v1/packs/copies/{copy_id}", headers={**desk.headers(login), **headers})


def test_a_copy_is_marked_logged_and_leaves_the_record_alone(archive: Archive, tmp_path: Path) -> None:
    archive.ask()
    pack, office = archive.pack(), archive.office
    stored = {one.part: one.digest for one in pack.parts}
    for part in Part:
        copy = take(archive, part).json()
        assert copy["digest"] != stored[part]
        answer = fetched(archive, copy["id"])
        assert (answer.status_code, len(answer.content)) == (200, copy["size"])
        assert answer.headers["etag"] == f'"{copy["digest"]}"'
        found = tmp_path / f"copy.{part.value}"
        found.write_bytes(answer.content)
        told = text_of(found).replace("\n", "")
        assert "季度例会" in told, part
        assert copy["id"].replace("-", "")[-12:] in told, part
    book = load_workbook(_named(tmp_path / "copy.workbook", "xlsx"))
    assert all("季度例会" in str(page.oddHeader) for page in book)
    for page in pypdfium2.PdfDocument(tmp_path / "copy.report"):
        assert "2026年10月26日" in page.get_textpage().get_text_bounded()
    assert {one.part: one.digest for one in archive.pack().parts} == stored
    log = office.call("GET", "auditor", "access-log", limit=50).json()["rows"]
    mine = [one for one in log if one["object_kind"] == "pack"]
    assert [(one["action"], one["reason"]) for one in mine] == [("quarter:export", "季度例会")] * len(Part)


def _named(path: Path, suffix: str) -> Path:
    return path.rename(path.with_suffix(f".{suffix}"))


def test_a_broken_download_goes_on_where_it_stopped(archive: Archive) -> None:
    archive.ask()
    copy = take(archive, Part.REPORT).json()
    whole = fetched(archive, copy["id"]).content
    half = len(whole) // 2
    first = fetched(archive, copy["id"], Range=f"bytes=0-{half - 1}")
    rest = fetched(archive, copy["id"], Range=f"bytes={half}-", **{"If-Range": first.headers["etag"]})
    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.content + rest.content == whole
    assert rest.headers["content-range"] == f"bytes {half}-{len(whole) - 1}/{len(whole)}"
    other = fetched(archive, copy["id"], Range=f"bytes={half}-", **{"If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, whole)
    past = fetched(archive, copy["id"], Range=f"bytes={len(whole)}-")
    assert (past.status_code, past.headers["content-range"]) == (416, f"bytes */{len(whole)}")
    table = take(archive, Part.TABLE).json()
    plain = fetched(archive, table["id"], **{"Accept-Encoding": "gzip"})
    assert int(plain.headers["content-length"]) == table["size"] == len(plain.content)


def test_a_copy_is_its_takers_alone_and_for_a_day(archive: Archive) -> None:
    town, office = archive.office.desk.town, archive.office
    archive.ask()
    copy = take(archive, Part.TABLE).json()
    town.appoint("second-officer", Role.DISTRICT_OFFICER, town.root)
    assert fetched(archive, copy["id"], "second-officer").status_code == 404
    office.on(date(2026, 10, 27))
    expired = fetched(archive, copy["id"])
    assert (expired.status_code, expired.json()["code"]) == (404, "copy_expired")
    assert archive.round() == {"made": 0, "expired": 1}
    assert archive.round() == {"made": 0, "expired": 0}
    for reason in ("", "x", "两\n行"):
        assert take(archive, Part.TABLE, reason=reason).status_code == 422


# The wall.


def test_the_wall_shows_names_as_the_policy_has_them_and_no_deductions(archive: Archive, tmp_path: Path) -> None:
    town, office = archive.office.desk.town, archive.office

    def sheet(login: str, branch: Any) -> Any:
        return office.call("GET", login, f"quarters/{Q3}/branches/{branch}/wall")

    def told(names: NameForm) -> str:
        policy = BoardPolicy(Reach.DISTRICT, 10, names)
        town.run(lambda c, a: boards.set_policy(c, a, Audience.MEMBERS, policy, request_id="test"))
        answer = sheet("secretary", town.branch)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.content == sheet("secretary", town.branch).content
        target = tmp_path / "wall.pdf"
        target.write_bytes(answer.content)
        return text_of(target)

    masked, full = told(NameForm.MASKED), told(NameForm.FULL)
    assert "林**" in masked
    assert MEMBER not in masked
    assert MEMBER in full
    for text in (masked, full):
        assert NEIGHBOUR not in text
        assert "扣" not in text
        assert "异议截止" in text
    assert sheet("secretary", town.neighbour).status_code == 404
    rows = office.call("GET", "auditor", "access-log").json()["rows"]
    assert {(one["action"], one["reason"], one["path"]) for one in rows if one["reason"]} >= {
        ("quarter:export", "公示张贴件", town.branch_path)
    }
    # Two of one masked name are told apart: each may object to the own line only.
    mine = (member.c.district_id == town.district.id, member.c.name == COLLEAGUE)
    town.run(lambda c, _: c.execute(update(member).where(*mine).values(name="林建国")))
    assert len(re.findall(r"林\*\* \d{3}", told(NameForm.MASKED))) == 2
