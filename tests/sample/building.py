"""How the sample is built: by the services, in the name of whoever would do it, each thing on its own day."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import count, groupby
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID, uuid5

from PIL import Image
from sqlalchemy import Connection, text

from app import schedule
from app.auth import enrolling
from app.auth import service as auth
from app.auth.core import Actor, Appointment
from app.auth.core_districts import District
from app.cycles import service as cycles
from app.enrolment import service as enrolment
from app.files import service as files
from app.files.core import Uploaded
from app.job_runs import service as job_runs
from app.job_runs.service import Outcome
from app.kit.blobs import Blobs
from app.kit.ciphers import AesFieldCipher
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.points.ledger import Posting
from app.roster import service as roster
from app.roster.core import MemberOn, OrganisationKind, OrganisationView
from app.rules import service as rules
from app.rules.award import Outcome as DutyOutcome
from app.rules.book import Book
from app.seals import checking
from app.submissions import deciding, hearing
from app.submissions import service as submissions
from app.submissions.core import Verdict
from app.submissions.core_hearing import ToldAlready
from app.submissions.core_states import Decision
from tests.sample import district as sample
from tests.sample.entries import Recorded
from tests.sample.workbook import write_workbook

YEAR = 2026
LAST_DAY = date(YEAR, 11, 20)  # of what the sample tells; the days after it are whoever looks on
PASSWORD = "a-sample-of-2026"  # of every account of the sample, which holds nobody's data
BATCH = 1000  # facts, and a few more
TWO_STEPS = frozenset({"EXC-A04"})  # reviewed by the committee, then by the district
_NAMESPACE = UUID("0f6f2f0e-9d0c-5c55-8a51-4d9a3b8a3c11")

P = ParamSpec("P")
R = TypeVar("R")


def sample_id(*parts: object) -> UUID:
    """An id as a client would make it, and the same every time that the sample is built."""
    return uuid5(_NAMESPACE, "/".join(map(str, parts)))


class Diary:
    """What happens on which day; things of one day in the order in which they were written down."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._order = count()
        self._coming: list[tuple[date, int, Callable[[], object]]] = []

    def put(self, day: date, work: Callable[[], object]) -> None:
        heapq.heappush(self._coming, (day, next(self._order), work))

    def until(self, day: date) -> None:
        """Let everything happen that was to happen before the day; then it is the day."""
        while self._coming and self._coming[0][0] < day:
            when, _, work = heapq.heappop(self._coming)
            self._builder.on(when)
            work()
        self._builder.on(day)


@dataclass
class Builder:
    """Builds the district step by step, each at its own time."""

    database: Database
    cipher: AesFieldCipher
    district: District
    clock: FixedClock
    owner: Database | None = None
    _picture: Uploaded | None = None

    def actor(self) -> Actor:
        return Actor.service(self.district.id, self.clock.now(), self.district.time_zone)

    @cached_property
    def _cast(self) -> dict[str, tuple[UUID, tuple[tuple[Appointment, date], ...]]]:
        """By login, the account and the offices that it holds, each from its day on."""
        offices = self.database.run(lambda c: enrolling.offices(c, self.actor()), self.district.id)
        held: dict[UUID, list[tuple[Appointment, date]]] = {}
        for one in offices.held:
            if one.until_on is None:
                held.setdefault(one.account_id, []).append((Appointment(one.role, one.path), one.from_on))
        return {one.login: (one.id, tuple(held.get(one.id, ()))) for one in offices.accounts}

    @cached_property
    def organisations(self) -> dict[str, OrganisationView]:
        """By code; committees too."""
        found = self.database.run(lambda c: roster.organisations(c, self.district.id), self.district.id)
        return {one.code: one for one in found}

    def has(self, login: str) -> bool:
        return login in self._cast

    def person(self, login: str) -> Actor:
        """Somebody as they are when they have logged in: with their own offices, and no others."""
        account, held = self._cast[login]
        today = self.actor().today
        appointments = tuple(one for one, from_on in held if from_on <= today)
        return replace(self.actor(), account_id=account, appointments=appointments)

    def member_of(self, login: str) -> UUID | None:
        """The member whose account it is, if any."""
        account = self._cast[login][0]
        return next((one.id for one in self.present().values() if one.account_id == account), None)

    def act(
        self, login: str, verb: Callable[Concatenate[Connection, Actor, P], R], *args: P.args, **named: P.kwargs
    ) -> R:
        """Let somebody do it, in a transaction of its own. Raises what is refused."""
        who = self.person(login)
        return self.database.run(lambda connection: verb(connection, who, *args, **named), self.district.id)

    def ask(self, verb: Callable[Concatenate[Connection, Actor, P], R], *args: P.args, **named: P.kwargs) -> R:
        """What the service itself sees, to know who is to do what next."""
        who = self.actor()
        return self.database.run(lambda connection: verb(connection, who, *args, **named), self.district.id)

    def present(self) -> dict[UUID, MemberOn]:
        """The members of the day."""
        root, today = roster.root_of(self.district.id), self.actor().today
        found = self.database.run(lambda c: roster.members_under(c, self.district.id, root, today), self.district.id)
        return {one.id: one for one in found}

    def upload(self, login: str, blobs: Blobs) -> str:
        """The digest of a picture of papers, sent in by the login; its bytes are the same for all."""
        if self._picture is None:
            with tempfile.TemporaryDirectory() as folder:
                picture = Path(folder) / "picture"
                Image.new("RGB", (420, 297), "white").save(picture, "PNG")
                who = self.person(login)

                def run(work: Callable[[Connection, Actor], R]) -> R:
                    return self.database.run(lambda connection: work(connection, who), self.district.id)

                self._picture = files.upload(
                    run, blobs, self.district.id, picture, "证明材料（样例）.png", folder=Path(folder), pixels_max=10**6
                )
        self.act(login, files.record_upload, self._picture)
        return self._picture.content.hash

    def analyze(self) -> None:
        """What autovacuum would do in time: without it, plans are made for the empty tables of a minute ago."""
        if self.owner is not None:
            self.owner.run(lambda connection: connection.execute(text("ANALYZE")), None)

    def numbers(self) -> dict[str, UUID]:
        """Members by their number in the roster."""
        root = roster.root_of(self.district.id)
        found = self.database.run(
            lambda c: roster.members_under(c, self.district.id, root, self.actor().today), self.district.id
        )
        return {one.number: one.id for one in found}

    def set_passwords(self, logins: Sequence[str]) -> None:
        def work(connection: Connection) -> None:
            for login in logins:
                auth.set_password(connection, self.actor(), login, PASSWORD)

        self.database.run(work, self.district.id)

    def on(self, day: date) -> None:
        self.clock.moment = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)

    def open_year(self, book: Book) -> None:
        def work(connection: Connection) -> None:
            rules.publish(connection, self.district.id, book, at=self.clock.now(), by=None)
            root = roster.root_of(self.district.id)
            rules.adopt(connection, self.district.id, book="longwen", path=root, from_on=date(YEAR, 1, 1))
            cycles.open_cycle(connection, self.actor(), date(YEAR, 1, 1))

        self.database.run(work, self.district.id)

    def import_roster(self, made: sample.District, workbook: Path, *, since: date = date.min) -> None:
        """Whoever has come by the clock's day, or of them only those who came after another day."""
        there = self._come(made)
        write_workbook(workbook, replace(there, members=tuple(one for one in there.members if one.entered_on > since)))
        records = enrolment.read_roster(workbook)
        self.database.run(
            lambda connection: enrolment.import_roster(connection, self.actor(), self.cipher, records),
            self.district.id,
        )

    def write_roster(self, made: sample.District, workbook: Path) -> None:
        """Whoever is there by the clock's day, for trying the import by hand: it finds nothing new."""
        write_workbook(workbook, self._come(made))

    def _come(self, made: sample.District) -> sample.District:
        today = self.actor().today
        there = tuple(one for one in made.members if one.entered_on <= today)
        known = {one.number for one in there}
        held = tuple(one for one in made.appointments if one.number is None or one.number in known)
        return replace(made, members=there, appointments=held)

    def run_job(self, name: str, slot: str) -> None:
        job = schedule.find_job(name)
        result = job_runs.run_once(self.database, self.clock, name, slot, self.district, job.do)
        if result.outcome is Outcome.FAILED:
            raise SystemExit(f"{name} {slot}: {result.error}")

    def confirm(self, quarter: str, committee: str, *, but: str = "") -> None:
        """The check: the committee confirms for its branches what the district has recorded; for all but one."""
        above = self.organisations[committee].id
        checker = self.person(f"committee-{committee.lower()}")

        def work(connection: Connection) -> None:
            for one in self.organisations.values():
                if one.kind is OrganisationKind.BRANCH and one.parent_id == above and one.code != but:
                    checking.confirm(connection, checker, quarter, one.id)

        self.database.run(work, self.district.id)

    def send(
        self,
        facts: Sequence[Recorded],
        record: Callable[[Sequence[Recorded], dict[str, UUID], Actor], object],
        advance: Callable[[int], object] = lambda _: None,
    ) -> None:
        """Member by member, as branches send their lists to the district, on the clock's day."""
        numbers, recorder = self.numbers(), self.person("district-1")

        def work(part: Sequence[Recorded]) -> int:
            record(part, numbers, recorder)
            return len(part)

        with ThreadPoolExecutor(max_workers=2) as pool:  # the database works while the next batch is made up
            for done in pool.map(work, _batches(sorted(facts, key=lambda one: one.member_number))):
                advance(done)

    def record(self, facts: Sequence[Recorded], numbers: dict[str, UUID], recorder: Actor) -> None:
        """Send facts as the recorder, who tells members in person what is held against them. Raises what is refused."""
        postings = [_posting(fact, numbers[fact.member_number], recorder) for fact in facts]
        self.database.run(lambda connection: submissions.record(connection, recorder, postings), self.district.id)
        self.database.run(lambda connection: _tell(connection, recorder, facts), self.district.id)

    def decide(self, facts: Sequence[Recorded], reviewer: Actor) -> None:
        """Decide proposals, as far as they are decided at all. Raises what is refused."""
        verdicts = [_verdict(fact) for fact in facts]
        for one in self.database.run(lambda c: deciding.decide_each(c, reviewer, verdicts), self.district.id):
            if one.fault is not None:
                raise one.fault


def _batches(facts: Sequence[Recorded]) -> Iterator[list[Recorded]]:
    """About so many each, with whole members: two batches at once would wait for the one whom they share."""
    batch: list[Recorded] = []
    for _, own in groupby(facts, key=lambda one: one.member_number):
        batch += own
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _posting(fact: Recorded, member_id: UUID, recorder: Actor) -> Posting:
    return Posting(
        id=fact.id,
        member_id=member_id,
        item=fact.item,
        effective_on=fact.effective_on,
        outcome=None if fact.outcome is None else DutyOutcome(fact.outcome),
        tier=fact.tier,
        units=fact.units,
        matter=fact.matter,
        reason=fact.reason or None,
        recorded_by=recorder.account_id,
    )


def _tell(connection: Connection, recorder: Actor, facts: Sequence[Recorded]) -> None:
    """On the day; whoever has an account was told by message."""
    for fact in facts:
        if "-F" in fact.item:
            with suppress(ToldAlready):
                hearing.tell_in_person(
                    connection, recorder, fact.id, told_on=recorder.today, note="支部当面告知", said=None
                )


def _verdict(fact: Recorded) -> Verdict:
    decision = Decision(fact.decision or "")
    return Verdict(fact.id, decision, None if decision is Decision.APPROVE else "材料不足")
