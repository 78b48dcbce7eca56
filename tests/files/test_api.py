"""Sending a file in: who may, what is answered, what is refused and when."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Connection, select

from app.auth.core import Actor
from app.files import service
from app.files.core import Uploaded
from app.files.tables import file, file_upload
from app.kit.blobs import Blobs, open_blobs
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.errors import Unavailable
from app.kit.settings import Settings
from tests.files import samples
from tests.files.conftest import Sender
from tests.s3 import BUCKET, serving
from tests.town import Desk, Town, client_of, found_town

Kept = Callable[[], set[str]]
MEMBER, SECRETARY = "林晓明", "secretary"
MEGABYTE = 1024 * 1024


def rows(town: Town) -> tuple[int, int]:
    """How many files are on record, and how many uploads of them."""

    def work(connection: Connection) -> tuple[int, int]:
        district = town.district.id
        files = connection.execute(select(file.c.hash).where(file.c.district_id == district)).all()
        uploads = connection.execute(select(file_upload.c.hash).where(file_upload.c.district_id == district)).all()
        return len(files), len(uploads)

    return town.database.run(work, town.district.id)


def test_what_is_answered_is_what_is_kept(sender: Sender, blobs: Blobs, kept: Kept) -> None:
    answer = sender.sent(MEMBER, samples.photograph(), "会议\\签到.JPEG")
    assert answer["media_type"] == "image/jpeg"
    assert answer["name"] == "签到.jpg"
    assert kept() == {answer["hash"]}
    key = f"{sender.town.district.id.hex}/{answer['hash'][:2]}/{answer['hash']}"
    content = b"".join(blobs.read(key, answer["size"]))
    assert hashlib.sha256(content).hexdigest() == answer["hash"]
    assert samples.AUTHOR.encode() not in content


def test_the_type_is_found_and_not_believed(sender: Sender, kept: Kept) -> None:
    assert sender.sent(MEMBER, samples.photograph("PNG"), "照片.pdf") | {"hash": "", "size": 0} == {
        "hash": "",
        "media_type": "image/png",
        "size": 0,
        "name": "照片.png",
    }
    before = kept()
    for content, name in ((samples.PROGRAM, "照片.jpg"), (samples.HTML, "照片.png"), (samples.DRAWING, "图.png")):
        assert sender.refused(MEMBER, content, name) == (422, "unusable_file")
    assert sender.refused(MEMBER, samples.scripted_at_start(), "通知.pdf") == (422, "unusable_file")
    assert kept() == before
    assert rows(sender.town) == (1, 1)


def test_a_refusal_says_what_to_send_instead(sender: Sender) -> None:
    answer = sender.send(MEMBER, samples.with_a_file_inside(), "通知.pdf").json()
    assert "打印为 PDF" in answer["detail"]
    assert answer["field"] == "file"


def test_the_same_content_sent_twice_is_one_file(sender: Sender, kept: Kept) -> None:
    first, again = sender.sent(MEMBER), sender.sent(MEMBER, name="同一张.jpg")
    assert first["hash"] == again["hash"]
    assert (kept(), rows(sender.town)) == ({first["hash"]}, (1, 1))
    # Somebody else learns nothing of it: neither that it was there, nor under what name.
    other = sender.sent(SECRETARY, name="我的.jpg")
    assert (other["hash"], other["name"]) == (first["hash"], "我的.jpg")
    assert rows(sender.town) == (1, 2)


def test_a_form_without_a_file_is_told(desk: Desk) -> None:
    bodies: list[dict[str, Any]] = [{"data": {"file": "text"}}, {"json": {}}, {"content": b"\xff\xd8\xff"}]
    for body in bodies:
        answer = desk.client.post("/api/v1/files", headers=desk.headers(MEMBER), **body)
        assert (answer.status_code, answer.json()["code"]) == (422, "no_file")


def test_two_files_in_one_form_are_refused(desk: Desk) -> None:
    files = [("file", (f"{number}.jpg", samples.photograph(), "image/jpeg")) for number in range(2)]
    answer = desk.client.post("/api/v1/files", headers=desk.headers(MEMBER), files=files)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


class Body:
    """A form with one large file, handed to the application a megabyte at a time, as far as it asks for it."""

    def __init__(self, megabytes: int, more: int = 0) -> None:
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        sizes = [MEGABYTE] * megabytes + [more]
        self.parts = iter([head, *(b"\0" * size for size in sizes), b"\r\n--b--\r\n"])
        self.given = 0

    def send(self, desk: Desk, headers: dict[str, str]) -> tuple[int, Any]:
        """Status and document of the answer; past the test client, which asks for all of a body at once."""
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            part = next(self.parts, None)
            self.given += len(part or b"")
            return {"type": "http.request", "body": part or b"", "more_body": part is not None}

        async def send(message: Any) -> None:
            sent.append(message)

        all_headers = {"content-type": "multipart/form-data; boundary=b", **headers}
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/v1/files",
            "query_string": b"",
            "headers": [(name.lower().encode(), value.encode()) for name, value in all_headers.items()],
        }
        asyncio.run(desk.client.app(scope, receive, send))  # type: ignore[arg-type]  # an application of either form
        return sent[0]["status"], json.loads(b"".join(message.get("body", b"") for message in sent[1:]))


def test_one_byte_too_many_is_refused(desk: Desk) -> None:
    status, document = Body(10, 1).send(desk, desk.headers(MEMBER))
    assert (status, document["code"]) == (413, "file_too_large")
    assert "10 MB" in document["detail"]
    # And exactly as many as are allowed are looked at: these are no picture.
    status, document = Body(10).send(desk, desk.headers(MEMBER))
    assert (status, document["code"]) == (422, "unusable_file")


def test_what_is_too_large_is_refused_before_it_is_read(desk: Desk) -> None:
    body = Body(19)
    status, document = body.send(desk, desk.headers(MEMBER))
    assert (status, document["code"]) == (413, "file_too_large")
    assert body.given < 12 * MEGABYTE
    for megabytes in (15, 50):  # the second is over what any request may be
        declared = Body(megabytes)
        status, _ = declared.send(desk, {**desk.headers(MEMBER), "content-length": str(megabytes * MEGABYTE)})
        assert (status, declared.given) == (413, 0)


def test_nothing_is_read_of_who_may_not_send(desk: Desk) -> None:
    for headers, expected in (({}, 401), (desk.headers("auditor"), 403)):
        body = Body(5)
        status, _ = body.send(desk, headers)
        assert (status, body.given) == (expected, 0)


# Failures in between.


def test_a_database_that_fails_after_the_bytes_leaves_only_bytes_and_says_so(
    sender: Sender, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_connection: Connection, _actor: Actor, _uploaded: Uploaded) -> None:
        raise Unavailable

    with monkeypatch.context() as broken:
        broken.setattr(service, "record_upload", down)
        assert sender.refused(MEMBER, samples.photograph()) == (503, "unavailable")
    assert rows(sender.town) == (0, 0)
    (orphan,) = kept()
    # The next attempt makes it whole.
    assert sender.sent(MEMBER)["hash"] == orphan
    assert rows(sender.town) == (1, 1)


def test_a_store_that_fails_leaves_nothing_at_all(sender: Sender, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("app.kit.blobs.os.fsync", full)
        assert sender.refused(MEMBER, samples.photograph()) == (503, "file_store_unavailable")
    assert (kept(), rows(sender.town)) == (set(), (0, 0))


def test_sending_again_brings_lost_bytes_back(sender: Sender, blobs: Blobs, kept: Kept) -> None:
    found = sender.sent(MEMBER)["hash"]
    blobs.remove(f"{sender.town.district.id.hex}/{found[:2]}/{found}")
    assert kept() == set()
    sender.sent(MEMBER)
    assert kept() == {found}


def test_many_senders_of_one_file_at_once_make_one_file(sender: Sender, kept: Kept) -> None:
    logins = [MEMBER, SECRETARY, "group_leader", "organisation_commissioner"]
    for login in logins:
        sender.desk.headers(login)
    begin, found = threading.Barrier(len(logins)), []

    def send(login: str) -> None:
        begin.wait()
        found.append(sender.send(login, samples.photograph()))

    threads = [threading.Thread(target=send, args=(login,)) for login in logins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in found] == [201] * len(logins)
    assert len({answer.json()["hash"] for answer in found}) == 1
    assert len(kept()) == 1
    assert rows(sender.town) == (1, len(logins))


def test_when_everybody_sends_at_once_some_are_asked_to_come_again(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_TURNS", threading.BoundedSemaphore(1))
    monkeypatch.setattr(service, "_TURN_SECONDS_MAX", 0)
    with service._TURNS:
        assert sender.refused(MEMBER, samples.photograph()) == (503, "file_check_busy")
    sender.sent(MEMBER)


# Apart from each other, and elsewhere.


def test_districts_never_share_a_file(
    sender: Sender, blobs: Blobs, database: Database, owner_database: Database, clock: FixedClock, client: TestClient
) -> None:
    other = found_town(database, owner_database, clock)
    other.add_member("吴德胜", account=True)
    neighbour = Sender(Desk(other, client))
    ours, theirs = sender.sent(MEMBER), neighbour.sent("吴德胜")
    assert ours["hash"] == theirs["hash"]
    for town in (sender.town, other):
        assert rows(town) == (1, 1)
        assert len(list(blobs.list_under(town.district.id.hex))) == 1
    # What one of them loses the other keeps.
    late = Actor.service(other.district.id, clock.now() + timedelta(days=8), other.district.time_zone)
    other.database.run(lambda connection: service.sweep(connection, late, blobs), other.district.id)
    assert (rows(other), rows(sender.town)) == ((0, 0), (1, 1))


def test_the_same_over_an_s3_server(
    town: Town, desk: Desk, settings: Settings, database: Database, clock: FixedClock
) -> None:
    with serving() as server:
        in_a_bucket = settings.model_copy(
            update={
                "files": f"s3://{BUCKET}?endpoint={quote(server.endpoint)}",
                "files_access_key": SecretStr(server.access_key),
                "files_secret_key": SecretStr(server.secret_key),
            }
        )
        sender = Sender(Desk(town, client_of(in_a_bucket, database, clock)))
        found = sender.sent(MEMBER)
        (blob,) = open_blobs(in_a_bucket).list_under(town.district.id.hex)
        assert (blob.key.rpartition("/")[2], blob.size) == (found["hash"], found["size"])
    # And when it is gone:
    assert sender.refused(MEMBER, samples.photograph("PNG")) == (503, "file_store_unavailable")
    assert rows(town) == (1, 1)


def test_an_upload_says_who_and_when(sender: Sender) -> None:
    found = sender.sent(MEMBER)["hash"]

    def work(connection: Connection) -> list[tuple[str, UUID]]:
        statement = select(file_upload.c.hash, file_upload.c.uploaded_by).where(
            file_upload.c.district_id == sender.town.district.id
        )
        return [(row.hash, row.uploaded_by) for row in connection.execute(statement)]

    assert sender.town.database.run(work, sender.town.district.id) == [(found, sender.town.accounts[MEMBER])]
