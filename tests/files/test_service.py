"""Who may make a file evidence, who gets it to see, and what becomes of files that nobody needs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from fastapi import Request, Response
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from app.auth.core import Actor
from app.files import jobs, service, store
from app.files.core import Evidence, Owner, OwnerKind, Swept, attachment, display_name, key_of
from app.kit import http
from app.kit.blobs import BlobMissing, Blobs, FolderBlobs
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.kit.settings import Settings
from app.main import create_app
from tests.files import samples
from tests.files.conftest import Sender
from tests.statements import count_statements
from tests.town import Town

MEMBER, SECRETARY = "林晓明", "secretary"
DAYS_LATER = timedelta(days=8)

Kept = Callable[[], set[str]]


def owner(kind: OwnerKind = OwnerKind.SUBMISSION) -> Owner:
    return Owner(kind, new_id())


def as_account(town: Town, login: str, *, later: timedelta = timedelta(0)) -> Actor:
    actor = town.actor(town.clock.now() + later)
    return Actor(actor.district_id, town.accounts[login], actor.at, actor.today)


def attach(town: Town, actor: Actor, hashes: Iterable[str], whose: Owner, **options: Any) -> None:
    town.database.run(lambda c: service.attach(c, actor, list(hashes), whose, **options), town.district.id)


def evidence(town: Town, whose: Owner) -> tuple[Evidence, ...]:
    found = town.run(lambda c, actor: service.files_of(c, actor, whose.kind, [whose.id]))
    result: tuple[Evidence, ...] = found.get(whose.id, ())
    return result


# Attaching.


def test_who_sent_a_file_may_attach_it_and_again_changes_nothing(sender: Sender) -> None:
    town, whose = sender.town, owner()
    found = sender.sent(MEMBER, name="会议签到.heic")
    for _ in range(2):
        attach(town, as_account(town, MEMBER), [found["hash"]], whose)
    (one,) = evidence(town, whose)
    assert (one.content.hash, one.content.size, one.name) == (found["hash"], found["size"], "会议签到.jpg")
    assert one.key == key_of(town.district.id, found["hash"])


def test_a_digest_alone_is_no_right(sender: Sender) -> None:
    """Whoever knows or guesses what is on a file, or saw its digest, gets nothing by naming it."""
    town, found = sender.town, sender.sent(MEMBER)
    for content_hash in (found["hash"], "0" * 64):
        with pytest.raises(NotFound):
            attach(town, as_account(town, SECRETARY), [content_hash], owner())


def test_one_file_that_may_not_be_attached_keeps_back_all(sender: Sender) -> None:
    town, whose = sender.town, owner()
    own, foreign = sender.sent(SECRETARY, samples.photograph("PNG")), sender.sent(MEMBER)
    with pytest.raises(NotFound):
        attach(town, as_account(town, SECRETARY), [own["hash"], foreign["hash"]], whose)
    assert evidence(town, whose) == ()


def test_who_may_see_an_owner_may_attach_its_evidence_elsewhere(sender: Sender) -> None:
    town, seen, unseen = sender.town, owner(OwnerKind.APPEAL), owner(OwnerKind.ACTIVITY)
    found = sender.sent(MEMBER)
    attach(town, as_account(town, MEMBER), [found["hash"]], seen)
    secretary = as_account(town, SECRETARY)
    with pytest.raises(NotFound):
        attach(town, secretary, [found["hash"]], unseen, may_see=lambda one: one == unseen)
    attach(town, secretary, [found["hash"]], unseen, may_see=lambda one: one == seen)
    assert [one.content.hash for one in evidence(town, unseen)] == [found["hash"]]


def test_an_upload_waits_seven_days_for_its_sender(sender: Sender, blobs: Blobs) -> None:
    town, found = sender.town, sender.sent(MEMBER)
    sweep(town, blobs, timedelta(days=7))
    attach(town, as_account(town, MEMBER, later=timedelta(days=7)), [found["hash"]], owner())
    sweep(town, blobs, DAYS_LATER)
    with pytest.raises(NotFound):
        attach(town, as_account(town, MEMBER, later=DAYS_LATER), [found["hash"]], owner())


def test_many_owners_cost_one_statement(sender: Sender, database: Database) -> None:
    town, owners = sender.town, [owner() for _ in range(5)]
    for whose in owners:
        attach(town, as_account(town, MEMBER), [sender.sent(MEMBER)["hash"]], whose)
    with count_statements(database) as statements:
        found = town.run(lambda c, a: service.files_of(c, a, OwnerKind.SUBMISSION, [one.id for one in owners]))
    assert set(found) == {one.id for one in owners}
    assert len(statements) == 1


def test_another_district_attaches_and_sees_nothing(sender: Sender, new_district: Callable[[], UUID]) -> None:
    town, whose, found = sender.town, owner(), sender.sent(MEMBER)
    attach(town, as_account(town, MEMBER), [found["hash"]], whose)
    elsewhere = Actor.service(new_district(), town.clock.now(), town.district.time_zone)

    def look(connection: Connection) -> None:
        with pytest.raises(NotFound):
            service.evidence_of(connection, elsewhere, whose, found["hash"], request_id="test-0001")
        with pytest.raises(NotFound):
            service.attach(connection, elsewhere, [found["hash"]], whose)

    town.database.run(look, elsewhere.district_id)


# Handing out.


@pytest.fixture
def serve(sender: Sender, filing: Settings, database: Database, clock: FixedClock) -> Callable[..., Any]:
    """A route such as an owning room has, for a file of the owner's."""
    app = create_app(filing, database=database, clock=clock)
    town = sender.town

    @app.get("/evidence/{owner_id}/{content_hash}", response_model=None)
    def read(owner_id: UUID, content_hash: str, request: Request) -> Response:
        whose = Owner(OwnerKind.SUBMISSION, owner_id)
        found = town.run(lambda c, actor: service.evidence_of(c, actor, whose, content_hash, request_id="test-0001"))
        return http.blob(request, found.key, found.content.size, found.headers)

    def get(whose: Owner, content_hash: str, **headers: str) -> Any:
        return TestClient(app).get(f"/evidence/{whose.id}/{content_hash}", headers=headers)

    return get


def test_a_file_is_sent_as_what_it_is_and_to_be_saved(sender: Sender, serve: Callable[..., Any]) -> None:
    town, whose = sender.town, owner()
    found = sender.sent(MEMBER, samples.saved(samples.paper()), "决定（第9号）.pdf")
    attach(town, as_account(town, MEMBER), [found["hash"]], whose)
    answer = serve(whose, found["hash"], request_id="test-0001")
    assert answer.status_code == 200
    assert answer.content[:5] == b"%PDF-"
    headers = answer.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["content-disposition"] == (
        "attachment; filename=\"____9__.pdf\"; filename*=UTF-8''" + quote("决定（第9号）.pdf")
    )
    assert headers["cache-control"] == "private, no-cache"
    again = serve(whose, found["hash"], **{"If-None-Match": headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_file_of_another_owner_is_not_found(sender: Sender, serve: Callable[..., Any]) -> None:
    town, whose, found = sender.town, owner(), sender.sent(MEMBER)
    attach(town, as_account(town, MEMBER), [found["hash"]], whose)
    assert serve(owner(), found["hash"]).status_code == 404
    assert serve(whose, "0" * 64).status_code == 404


def test_missing_bytes_are_told_before_an_answer_begins(
    sender: Sender, serve: Callable[..., Any], blobs: Blobs, tmp_path: Path
) -> None:
    town, whose, found = sender.town, owner(), sender.sent(MEMBER)
    attach(town, as_account(town, MEMBER), [found["hash"]], whose)
    key = key_of(town.district.id, found["hash"])
    (tmp_path / "half").write_bytes(b"half of it")
    blobs.put(key, tmp_path / "half")
    halved = serve(whose, found["hash"], request_id="test-0001")
    blobs.remove(key)
    removed = serve(whose, found["hash"], request_id="test-0001")
    for answer in (halved, removed):
        assert (answer.status_code, answer.json()["code"]) == (503, BlobMissing.code)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("C:\\照片\\签到.JPG", "签到.png"),
        ("../../etc/passwd", "passwd.png"),
        ("签到表2026.11.21", "签到表2026.11.21.png"),
        ("年度.v2.docx", "年度.v2.png"),
        ('a"b<c>|d?.jpg', "a_b_c__d_.png"),
        ("x\u202egnp.exe", "xgnp.png"),  # what turns text around would show another ending
        ("a\r\nSet-Cookie: b.png", "aSet-Cookie_ b.png"),
        (".png", "file.png"),
        ("", "file.png"),
        (None, "file.png"),
        ("长" * 500, "长" * 116 + ".png"),
    ],
)
def test_a_name_is_only_shown(sent: str | None, shown: str) -> None:
    assert display_name(sent, "image/png") == shown


def test_a_name_cannot_end_its_header() -> None:
    value = attachment('a"; x=\r\n签.png')
    assert value == "attachment; filename=\"a_; x=___.png\"; filename*=UTF-8''a%22%3B%20x%3D%0D%0A%E7%AD%BE.png"


# Sweeping.


def sweep(town: Town, blobs: Blobs, later: timedelta) -> Swept:
    at = town.clock.now() + later
    found: Swept = town.database.run(lambda c: service.sweep(c, town.actor(at), blobs), town.district.id)
    return found


def age(blobs: Blobs, town: Town) -> None:
    """Let all bytes have been there since the town's day."""
    assert isinstance(blobs, FolderBlobs)
    moment = town.clock.now().timestamp()
    for one in blobs.list_under(town.district.id.hex):
        os.utime(blobs.folder / one.key, (moment, moment))


def test_what_nobody_attached_goes_in_steps_and_what_was_attached_stays(
    sender: Sender, blobs: Blobs, kept: Kept
) -> None:
    town, whose = sender.town, owner()
    used, unused = sender.sent(MEMBER), sender.sent(MEMBER, samples.photograph("PNG"))
    attach(town, as_account(town, MEMBER), [used["hash"]], whose)
    age(blobs, town)
    assert sweep(town, blobs, timedelta(days=6)) == Swept(0, 0, 0, 0)
    # The bytes outlast the row by a day, so that a transaction undone has lost nothing.
    assert sweep(town, blobs, DAYS_LATER) == Swept(uploads=2, files=1, blobs=0, missing=0)
    assert kept() == {used["hash"], unused["hash"]}
    assert sweep(town, blobs, DAYS_LATER + timedelta(days=1)) == Swept(uploads=0, files=0, blobs=1, missing=0)
    assert kept() == {used["hash"]}
    assert len(evidence(town, whose)) == 1


def test_bytes_without_a_row_go_when_they_are_old(sender: Sender, blobs: Blobs, kept: Kept, tmp_path: Path) -> None:
    town = sender.town
    (tmp_path / "left").write_bytes(b"by a crash")
    blobs.put(key_of(town.district.id, "ab" * 32), tmp_path / "left")
    blobs.put(f"{town.district.id.hex}/ab/.0123.part", tmp_path / "left")
    age(blobs, town)
    assert sweep(town, blobs, timedelta(days=6)).blobs == 0
    assert sweep(town, blobs, DAYS_LATER).blobs == 2
    assert kept() == set()


def test_a_file_without_its_bytes_is_counted(sender: Sender, blobs: Blobs) -> None:
    town, found = sender.town, sender.sent(MEMBER)
    blobs.remove(key_of(town.district.id, found["hash"]))
    assert sweep(town, blobs, timedelta(0)).missing == 1


def test_a_sweep_and_an_attachment_at_once_lose_nothing(sender: Sender, blobs: Blobs) -> None:
    """The attachment is under way when the sweep comes: it passes the file by."""
    town, whose, found = sender.town, owner(), sender.sent(MEMBER)
    sweep(town, blobs, timedelta(days=7))
    member = as_account(town, MEMBER)

    def work(connection: Connection) -> Swept:
        service.attach(connection, member, [found["hash"]], whose)
        return sweep(town, blobs, DAYS_LATER)  # on a connection of its own

    assert town.database.run(work, town.district.id).files == 0
    assert len(evidence(town, whose)) == 1
    assert sweep(town, blobs, DAYS_LATER).missing == 0


def test_an_upload_of_what_is_being_swept_waits_and_is_whole(sender: Sender, blobs: Blobs, kept: Kept) -> None:
    """Old bytes of an orphan are removed while the same file is sent again: its sender brings them back."""
    town = sender.town
    found = sender.sent(MEMBER)["hash"]
    age(blobs, town)
    sweep(town, blobs, DAYS_LATER)  # the row goes, the bytes stay
    removed, may_go_on = threading.Event(), threading.Event()

    class Slow(FolderBlobs):
        def remove(self, key: str) -> None:
            super().remove(key)
            removed.set()
            assert may_go_on.wait(10)

    assert isinstance(blobs, FolderBlobs)
    sweeping = threading.Thread(target=sweep, args=(town, Slow(blobs.folder), DAYS_LATER))
    sweeping.start()
    assert removed.wait(10)
    sending = threading.Thread(target=sender.sent, args=(MEMBER,))
    sending.start()
    may_go_on.set()
    for thread in (sweeping, sending):
        thread.join()
    assert kept() == {found}
    assert sweep(town, blobs, timedelta(0)).missing == 0


def test_a_row_that_is_removed_while_it_is_sent_again_is_made_anew(sender: Sender, blobs: Blobs) -> None:
    """The sweep holds the row when the upload looks for it; afterwards the row is gone, and the upload adds it."""
    town, found = sender.town, sender.sent(MEMBER)
    late = town.actor(town.clock.now() + DAYS_LATER)
    sending = threading.Thread(target=sender.sent, args=(MEMBER,))

    def work(connection: Connection) -> None:
        service.sweep(connection, late, blobs)
        sending.start()

    town.database.run(work, town.district.id)
    sending.join()
    attach(town, as_account(town, MEMBER), [found["hash"]], owner())


def test_the_job_sweeps_the_store_of_the_settings(
    sender: Sender, blobs: Blobs, filing: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGWEN_FILES", str(filing.files))
    town = sender.town
    sender.sent(MEMBER)
    late = town.actor(town.clock.now() + DAYS_LATER)
    counts = town.database.run(lambda c: jobs.sweep(c, late, "2026-11-29"), town.district.id)
    assert counts == {"uploads": 1, "files": 1, "blobs": 0, "missing": 0}


def test_a_file_cannot_be_removed_under_its_use(sender: Sender) -> None:
    """The database says so too."""
    town, found = sender.town, sender.sent(MEMBER)
    attach(town, as_account(town, MEMBER), [found["hash"]], owner())
    late = town.clock.now() + DAYS_LATER

    def remove(connection: Connection) -> None:
        store.delete_uploads_before(connection, town.district.id, late)
        store.delete_files(connection, town.district.id, [found["hash"]])

    with pytest.raises(IntegrityError, match="fk_file_use"):
        town.database.run(remove, town.district.id)
