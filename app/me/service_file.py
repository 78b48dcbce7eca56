"""One's own file: all that the service holds about a person, gathered in one transaction and sent after it.

What is gathered lies in a temporary file and the evidence in its store, so that memory holds one part at a time,
whatever the length of the record; and no transaction waits for a slow reader.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Connection

from app.activities import service as activities
from app.appeals import complaints
from app.appeals import service as appeals
from app.auth import service_access
from app.auth.core import Actor
from app.auth.core_access import Access, Action, ObjectKind
from app.auth.sessions import Caller
from app.cycles import service as cycles
from app.files.core import Content, key_of
from app.kit import naming
from app.kit.blobs import CHUNK_BYTES, BlobMissing, Blobs, BlobsUnavailable
from app.kit.ciphers import FieldCipher
from app.me import service
from app.me.core import EVIDENCE_PAGE_MAX, EntryLine, EvidenceLine, Profile, file_name
from app.messages import service as messages
from app.points import reading
from app.points.reading import NoStanding
from app.roster import service as roster
from app.roster.core import MemberView, field_context, masked_id_number, masked_phone
from app.roster.naming import names
from app.submissions import reading as submissions

_SPOOLED_BYTES_MAX = 1024 * 1024
_PAGE = 100
_EVIDENCE_FOLDER = "evidence"

NOTE = """本文件由本人下载，内容为系统所存有关本人的全部资料：
profile.json 名册和任职，standings.json 各考评年度的积分状态，entries.json 积分记录，duties.json 应尽职责，
submissions.json 申报、审核经过和陈述，appeals.json 申诉，complaints.json 意见建议，messages.json 消息，
attendance.json 考勤，evidence.json 凭证清单，evidence/ 凭证原件。
身份证号码和手机号只显示掩码。他人尚未提交的草稿和只供支部书记参考的预警不在其中。

Downloaded by the person whom it is about: all that the service holds about them. Roster and offices (profile),
standings of each cycle, ledger entries, duties, submissions with what was done to them and said, appeals, complaints,
messages, attendance, and the evidence with its list. Id number and phone are masked. Drafts of others that were not
handed in, and warnings meant for the branch secretary only, are not in it.
"""
MISSING = """下列凭证的原件暂时无法读取，请稍后重新下载，或告知管理员。
The bytes of these files could not be read. Download the file again later, or tell the administrator.

"""


NamesOf = Callable[[naming.Wanted], naming.Names]


@dataclass(slots=True)
class Gathered:
    """What was gathered: named texts in a temporary file, and which files of evidence go with them."""

    shown: Callable[[object], Any]  # as it is written down: an answer of the routes
    cipher: FieldCipher
    at: datetime | None = None
    names_of: NamesOf | None = None
    texts: list[tuple[str, int, int]] = field(default_factory=list)  # name, first byte, length
    evidence: dict[str, tuple[str, Content, str]] = field(default_factory=dict)  # by hash: name, content, key
    # Closed by ``zipped``, when the last part is sent or the reader has gone.
    file: IO[bytes] = field(default_factory=lambda: SpooledTemporaryFile(max_size=_SPOOLED_BYTES_MAX))  # noqa: SIM115

    def afresh(self, at: datetime, names_of: NamesOf) -> None:
        """Empty again: a transaction that failed may be tried anew."""
        self.at, self.names_of = at, names_of
        self.texts.clear()
        self.evidence.clear()
        self.file.seek(0)
        self.file.truncate()

    @contextmanager
    def listing(self, name: str) -> Iterator[Callable[[object], None]]:
        """A JSON list under the name; what is called with a value adds it."""
        start, count = self.file.tell(), 0
        waiting: list[Any] = []

        def write() -> None:
            nonlocal count
            if self.names_of is not None:
                naming.fill(waiting, self.names_of(naming.wanted(waiting)))
            for one in waiting:
                self.file.write((b",\n" if count else b"[\n") + one.model_dump_json().encode())
                count += 1
            waiting.clear()

        def add(value: object) -> None:
            waiting.append(self.shown(value))
            if len(waiting) == _PAGE:
                write()

        yield add
        write()
        self.file.write(b"\n]\n" if count else b"[]\n")
        self.texts.append((name, start, self.file.tell() - start))


def gather(connection: Connection, caller: Caller, gathered: Gathered, request_id: str) -> None:
    """Everything about the caller, and a line in the access log that they took it away."""
    actor = caller.actor
    gathered.afresh(actor.at, partial(names, connection, actor))
    member = roster.own_member(connection, actor)
    with gathered.listing("profile.json") as add:
        add(_profile(connection, caller, member, gathered.cipher))
    if member is not None:
        _gather_record(connection, actor, member.id, gathered)
    _gather_submissions(connection, actor, gathered)
    _gather_messages(connection, actor, gathered)
    kind, held = (ObjectKind.ACCOUNT, actor.account_id) if member is None else (ObjectKind.MEMBER, member.id)
    path = roster.root_of(actor.district_id) if member is None else member.path
    service_access.write_down(
        connection, actor, Access(Action.OWN_FILE_EXPORT, kind, str(held), path, request_id)
    )  # fmt: skip


def _profile(connection: Connection, caller: Caller, member: MemberView | None, cipher: FieldCipher) -> Profile:
    actor = caller.actor
    if actor.account_id is None:
        raise AssertionError("a caller has an account")
    every = roster.organisations(connection, actor.district_id)
    names = {one.id: one.name for one in every}
    history = None if member is None else roster.histories(connection, actor.district_id, [member.id])[member.id]

    def masked(column: str, data: bytes | None, mask: Callable[[str], str]) -> str | None:
        return None if data is None else mask(cipher.decrypt(data, field_context(actor.district_id, column)))

    return Profile(
        account_id=actor.account_id,
        login=caller.login,
        name=caller.name,
        offices=service.offices(actor, every),
        member=member,
        id_number=None if member is None else masked("id_number", member.id_number, masked_id_number),
        phone=None if member is None else masked("phone", member.phone, masked_phone),
        spells=()
        if history is None
        else tuple((names[one.branch_id], one.from_on, one.until_on, one.profile) for one in history.spells),
        exemptions=() if history is None else history.exemptions,
    )


def _gather_record(connection: Connection, actor: Actor, member_id: UUID, gathered: Gathered) -> None:
    every = dict.fromkeys(one.cycle for one in cycles.quarters(connection, actor))
    with gathered.listing("standings.json") as add:
        for cycle in every:
            with suppress(NoStanding):
                add(reading.standing(connection, actor, member_id, cycle))
    with gathered.listing("duties.json") as add:
        for cycle in every:
            with suppress(NoStanding):
                add(reading.duties(connection, actor, member_id, cycle))
    with gathered.listing("entries.json") as add:
        for cycle in every:
            after: int | None = 0
            while after is not None:
                page = reading.entries(connection, actor, member_id, cycle, after, _PAGE)
                for entry, reason in page.entries:
                    add(EntryLine(entry, reason, page.decimals))
                after = page.following
    with gathered.listing("attendance.json") as add:
        before = None
        while True:
            records = activities.attendance_of(connection, actor, member_id, before=before, count_max=_PAGE)
            for record in records.records:
                add(record)
            before = records.following
            if before is None:
                break
    _gather_evidence(connection, actor, gathered)


def _gather_evidence(connection: Connection, actor: Actor, gathered: Gathered) -> None:
    with gathered.listing("evidence.json") as add:
        before = None
        while True:
            page = service.evidence(connection, actor, before=before, count_max=EVIDENCE_PAGE_MAX)
            for one in page.evidence:
                add(EvidenceLine(one.content, one.name, _kept(gathered, one.content, one.name, one.key), one.owner))
            for sent in page.waiting:
                key = key_of(actor.district_id, sent.content.hash)
                add(EvidenceLine(sent.content, sent.name, _kept(gathered, sent.content, sent.name, key)))
            before = page.following
            if before is None:
                break


def _kept(gathered: Gathered, content: Content, name: str, key: str) -> str:
    """Under which name it stands in the archive; the same bytes stand there once."""
    found = gathered.evidence.setdefault(content.hash, (f"{_EVIDENCE_FOLDER}/{file_name(content, name)}", content, key))
    return found[0]


def _gather_submissions(connection: Connection, actor: Actor, gathered: Gathered) -> None:
    with gathered.listing("submissions.json") as add:
        after = None
        while True:
            views, after = submissions.own_views(connection, actor, after=after, count_max=_PAGE)
            for view in views:
                add(view)
            if after is None:
                break
    with gathered.listing("appeals.json") as add:
        later = None
        while True:
            page = appeals.own_appeals(connection, actor, after=later, count_max=_PAGE)
            for one in page.appeals:
                add(one)
            later = page.following
            if later is None:
                break


def _gather_messages(connection: Connection, actor: Actor, gathered: Gathered) -> None:
    with gathered.listing("complaints.json") as add:
        last: tuple[int, int] | None = None
        while True:
            page = complaints.own(connection, actor, last, _PAGE)
            for complaint in page.complaints:
                add(complaint)
            if page.following is None:
                break
            last = (page.complaints[-1].year, page.complaints[-1].number)
    with gathered.listing("messages.json") as add:
        after: int | None = 0
        while after is not None:
            inbox = messages.inbox(connection, actor, after=after, limit=_PAGE)
            for message in inbox.messages:
                add(message)
            after = inbox.following


class _Sink:
    """What an archive is written to, part by part; it cannot be gone back in."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None: ...

    def drained(self) -> bytes:
        found = b"".join(self._parts)
        self._parts.clear()
        return found


def zipped(gathered: Gathered, blobs: Blobs) -> Iterator[bytes]:
    """The archive in parts, each made when it is asked for. A file whose bytes are not there is named in it."""
    sink, missing = _Sink(), []
    with gathered.file, zipfile.ZipFile(sink, "w") as archive:  # type: ignore[call-overload]  # it only writes
        yield from _written(archive, sink, _entry(gathered, "README.txt"), iter([NOTE.encode()]))
        for name, start, length in gathered.texts:
            gathered.file.seek(start)
            yield from _written(archive, sink, _entry(gathered, name), _parts(gathered.file, length))
        for name, content, key in gathered.evidence.values():
            try:
                parts = blobs.read(key, content.size)
            except (BlobMissing, BlobsUnavailable):
                missing.append(name)
                continue
            yield from _written(archive, sink, _entry(gathered, name, zipfile.ZIP_STORED), parts)
        if missing:
            text = MISSING + "\n".join(missing) + "\n"
            yield from _written(archive, sink, _entry(gathered, "missing.txt"), iter([text.encode()]))
    yield sink.drained()


def _written(archive: zipfile.ZipFile, sink: _Sink, entry: zipfile.ZipInfo, parts: Iterator[bytes]) -> Iterator[bytes]:
    with archive.open(entry, "w") as target:
        for part in parts:
            target.write(part)
            yield sink.drained()
    yield sink.drained()


def _entry(gathered: Gathered, name: str, compression: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    at = gathered.at
    if at is None:
        raise AssertionError("what was not gathered is not sent")
    found = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    found.compress_type = compression
    return found


def _parts(file: IO[bytes], length: int) -> Iterator[bytes]:
    while length > 0:
        part = file.read(min(CHUNK_BYTES, length))
        length -= len(part)
        yield part
