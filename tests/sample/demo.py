"""The sample district, served: ``make demo``. The first time it is built, afterwards it starts from what is there."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import structlog
import uvicorn
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from sqlalchemy import Connection, make_url

from app import schedule
from app.auth import enrolling
from app.auth import service as auth
from app.auth.core import Actor, Appointment, Role
from app.auth.core_districts import District
from app.cli import explained
from app.cli.context import application_address, owner_address, secret_of, served, with_secret
from app.cycles import service as cycles
from app.enrolment import service as enrolment
from app.job_runs import service as job_runs
from app.job_runs.service import Outcome
from app.kit import migrate
from app.kit.calendar import quarter_of
from app.kit.ciphers import AesFieldCipher
from app.kit.clock import FixedClock, SystemClock
from app.kit.db import Database, opened
from app.kit.errors import LongwenError
from app.kit.log import configure_logging
from app.kit.settings import Settings
from app.main import create_app
from app.points.ledger import Posting
from app.roster import service as roster
from app.roster.core import OrganisationKind
from app.rules import service as rules
from app.rules.award import Outcome as DutyOutcome
from app.rules.book import load_book
from app.seals import checking
from app.submissions import deciding, hearing
from app.submissions import service as submissions
from app.submissions.core import Decided, Verdict
from app.submissions.core_hearing import ToldAlready
from app.submissions.core_states import Decision
from tests.sample import district as sample
from tests.sample.entries import Recorded, make_entries
from tests.sample.workbook import write_workbook

SEED = 1
CODE = "longwen"
PASSWORD = "a-sample-of-2026"  # of every account of the sample district, which holds nobody's data
YEAR = 2026
# Each quarter with the first day after it: recording ends on the 10th from then, the check begins on the 11th.
QUARTERS = (("2026Q1", date(YEAR, 4, 1)), ("2026Q2", date(YEAR, 7, 1)), ("2026Q3", date(YEAR, 10, 1)))
LOGINS = {
    "区两新工委 district office": "district-1",
    "基层党委 committee": "committee-c1",
    "支部书记 branch secretary": "secretary-b001",
    "组织委员 organisation commissioner": "organisation-b001",
    "纪检委员 discipline commissioner": "discipline-b001",
    "系统管理员 system administrator": "system-admin",
    "安全管理员 security administrator": "security-admin",
    "审计员 auditor": "auditor",
}
# Of the month after a quarter: the first day of the notices, and a day on which the last of them is over.
NOTICE_DAYS = (16, 28)
TWO_STEPS = frozenset({"EXC-A04"})  # reviewed by the committee, then by the district
FINISHED = "sample.done"
BATCH = 1000


class SampleClock:
    """The machine's clock while it shows the sample's last quarter; later, its time of day on a day of that quarter."""

    def now(self) -> datetime:
        now = SystemClock().now()
        if (now.year, (now.month + 2) // 3) == (YEAR, 4):
            return now
        return now.replace(year=YEAR, month=11, day=20)


@dataclass
class Builder:
    """Builds the district step by step, each at its own time."""

    database: Database
    cipher: AesFieldCipher
    district: District
    clock: FixedClock

    def actor(self) -> Actor:
        return Actor.service(self.district.id, self.clock.now(), self.district.time_zone)

    def officer(self, login: str, role: Role = Role.DISTRICT_OFFICER) -> Actor:
        """An officer for the whole district, acting on the clock's day."""
        offices = self.database.run(lambda c: enrolling.offices(c, self.actor()), self.district.id)
        held = (Appointment(role, roster.root_of(self.district.id)),)
        account = next(one.id for one in offices.accounts if one.login == login)
        return replace(self.actor(), account_id=account, appointments=held)

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

    def open_year(self, rules_folder: Path) -> None:
        book = load_book(rules_folder / "longwen")

        def work(connection: Connection) -> None:
            rules.publish(connection, self.district.id, book, at=self.clock.now(), by=None)
            root = roster.root_of(self.district.id)
            rules.adopt(connection, self.district.id, book="longwen", path=root, from_on=date(YEAR, 1, 1))
            cycles.open_cycle(connection, self.actor(), date(YEAR, 1, 1))

        self.database.run(work, self.district.id)

    def import_roster(self, made: sample.District, folder: Path) -> None:
        """Whoever has come by the clock's day; the workbook stays in the folder, for trying the import by hand."""
        today = self.actor().today
        members = tuple(one for one in made.members if one.entered_on <= today)
        known = {one.number for one in members}
        held = tuple(one for one in made.appointments if one.number is None or one.number in known)
        workbook = folder / "sample-roster.xlsx"
        write_workbook(workbook, replace(made, members=members, appointments=held))
        records = enrolment.read_roster(workbook)
        self.database.run(
            lambda connection: enrolment.import_roster(connection, self.actor(), self.cipher, records),
            self.district.id,
        )

    def run_job(self, name: str, slot: str) -> None:
        job = schedule.find_job(name)
        result = job_runs.run_once(self.database, self.clock, name, slot, self.district, job.do)
        if result.outcome is Outcome.FAILED:
            raise SystemExit(f"{name} {slot}: {result.error}")

    def confirm(self, quarter: str) -> None:
        """The check of every branch: the committee confirms what the district has recorded."""
        checker = self.officer("committee-c1", Role.COMMITTEE_OFFICER)

        def work(connection: Connection) -> None:
            for one in roster.organisations(connection, self.district.id):
                if one.kind is OrganisationKind.BRANCH:
                    checking.confirm(connection, checker, quarter, one.id)

        self.database.run(work, self.district.id)

    def record(self, facts: Sequence[Recorded], numbers: dict[str, UUID], recorder: Actor) -> None:
        """Send facts as the recorder, who tells members in person what is held against them. Raises what is refused."""
        postings = [_posting(fact, numbers[fact.member_number], recorder) for fact in facts]
        self.database.run(lambda connection: submissions.record(connection, recorder, postings), self.district.id)
        self.database.run(lambda connection: _tell(connection, recorder, facts), self.district.id)

    def decide(self, facts: Sequence[Recorded], first: Actor, last: Actor) -> None:
        """Decide proposals: those of two steps first by the committee, then by the district. Raises what is refused."""
        decided = [fact for fact in facts if fact.decision is not None]
        above = [fact for fact in decided if fact.item in TWO_STEPS]
        rest = [fact for fact in decided if fact not in above or fact.decision == "approve"]
        for reviewer, own in ((first, above), (last, rest)):
            verdicts = [_verdict(fact) for fact in own]

            def work(
                connection: Connection, reviewer: Actor = reviewer, verdicts: list[Verdict] = verdicts
            ) -> list[Decided]:
                return deciding.decide_each(connection, reviewer, verdicts)

            for one in self.database.run(work, self.district.id):
                if one.fault is not None:
                    raise one.fault


def _of_member(fact: Recorded) -> str:
    return fact.member_number


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


def build(settings: Settings, progress: Progress) -> None:
    """Three quarters of a year in the life of the district, each step on its own day."""
    made = sample.make_district(SEED)
    facts = make_entries(made)
    task = progress.add_task("名册 · roster", total=len(facts))
    with opened(application_address(settings), settings) as database:
        builder = Builder(
            database,
            AesFieldCipher.from_secret(secret_of(settings)),
            _district(settings),
            FixedClock(datetime(YEAR, 1, 5, 2, tzinfo=UTC)),
        )
        builder.open_year(settings.rules)
        builder.import_roster(made, settings.data)
        for quarter, first_after in QUARTERS:
            builder.on(first_after)
            builder.run_job("duties", quarter_of(first_after))
            builder.import_roster(made, settings.data)
            progress.update(task, description=f"{quarter} 记录 · entries")
            own = [one for one in facts if quarter_of(one.effective_on) == quarter]
            proposals = [one for one in own if one.is_proposal]
            # Proposals first: whoever is to lose points has five working days to answer. They are decided last, so that
            # findings find the duties decided.
            _send(builder, proposals, progress, task)
            builder.on(first_after.replace(day=9))
            _send(builder, [one for one in own if not one.is_proposal], progress, task)
            progress.update(task, description=f"{quarter} 审核 · decisions")
            builder.on(first_after.replace(day=11))
            builder.run_job("quarters", builder.actor().today.isoformat())
            builder.on(first_after.replace(day=14))
            builder.decide(
                proposals, builder.officer("committee-c1", Role.COMMITTEE_OFFICER), builder.officer("district-2")
            )
            progress.update(task, description=f"{quarter} 结算、复核 · settling and check")
            builder.on(first_after.replace(day=15))
            builder.run_job("settle", quarter)
            builder.confirm(quarter)
            progress.update(task, description=f"{quarter} 公示、封账 · notice and seal")
            for day in NOTICE_DAYS:
                builder.on(first_after.replace(day=day))
                builder.run_job("quarters", builder.actor().today.isoformat())
                builder.run_job("check", builder.actor().today.isoformat())
            for name in ("seal", "freeze", "prove", "lines"):
                builder.run_job(name, quarter)
        progress.update(task, description="账号 · accounts")
        builder.clock.moment = SampleClock().now()
        builder.set_passwords(list(logins(made).values()))
    (settings.data / FINISHED).touch()


def _send(builder: Builder, facts: Sequence[Recorded], progress: Progress, task: TaskID) -> None:
    """Member by member, as branches send their lists, on the clock's day."""
    numbers, recorder = builder.numbers(), builder.officer("district-1")
    chosen = sorted(facts, key=_of_member)

    def send(part: Sequence[Recorded]) -> int:
        builder.record(part, numbers, recorder)
        return len(part)

    with ThreadPoolExecutor(max_workers=2) as pool:  # the database works while the next batch is made up
        for count in pool.map(send, [chosen[start : start + BATCH] for start in range(0, len(chosen), BATCH)]):
            progress.update(task, advance=count)


def _district(settings: Settings) -> District:
    with opened(owner_address(settings), settings) as owner:
        found = owner.run(lambda connection: auth.find_district(connection, CODE), None)
        if found is None:
            owner.run(lambda connection: auth.create_district(connection, CODE, "龙文区（样例）"), None)
            found = owner.run(lambda connection: auth.find_district(connection, CODE), None)
    assert found is not None
    return found


def logins(made: sample.District) -> dict[str, str]:
    """One login for each role; of the first branch with groups, all whom the guide's story needs."""
    branch = next(one for one in made.branches if one.groups)
    code = branch.code.lower()
    own = {one.number for one in made.members_of[branch.code]}
    known = [one.login for one in made.appointments if one.number in own]
    members = [login for login in known if login.startswith("member-")]
    outsider = next(one.login for one in made.appointments if one.login.startswith("member-") and one.number not in own)
    return {
        **LOGINS,
        "党小组长 group leader": next(login for login in known if login.startswith("leader-")),
        "其支部书记 the secretary of that branch": f"secretary-{code}",
        "组内党员 a member of that group": members[0],
        "组内另一党员 another member of it": members[1],
        "其他支部的党员 a member elsewhere": outsider,
    }


def welcome(port: int, made: sample.District, database: Database, district: District) -> str:
    """What to open, who can log in, and how to record a point."""
    address = f"http://127.0.0.1:{port}"
    root = roster.root_of(district.id)
    today = Actor.service(district.id, SampleClock().now(), district.time_zone).today
    branch = made.branches[0]
    present = database.run(lambda c: roster.members_under(c, district.id, root, today), district.id)
    secretary = {one.number for one in made.appointments if one.login.endswith(f"-{branch.code.lower()}")}
    own = {one.number for one in made.members_of[branch.code] if one.ground is None} - secretary
    member = next(one for one in present if one.number in own)
    people = "\n".join(f"  {CODE}/{login:<18} {role}" for role, login in logins(made).items())
    return f"""
样例区县已就绪 · the sample district is ready: {address}

  接口文档 · API docs   {address}/docs
  运行状态 · health     {address}/readyz

登录名（口令均为 {PASSWORD}）· logins (all with that password)
{people}

在另一个终端 · in another terminal:

  login() {{ curl -s {address}/api/v1/sessions -H 'Content-Type: application/json' \\
    -d '{{"login": "'$1'", "password": "{PASSWORD}"}}' \\
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])'; }}
  API={address}/api/v1 TOKEN=$(login {CODE}/secretary-b001) COMMITTEE=$(login {CODE}/committee-c1)
  MEMBER={member.id} BRANCH={member.branch_id} DAY={today}
  new_id() {{ python3 -c 'import uuid; print(uuid.uuid4())'; }}

记录一次积分 · record a point (as the secretary of the first branch):

  ID=$(new_id)
  curl -s $API/entries -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    -d '{{"entries": [{{"id": "'$ID'", "member_id": "'$MEMBER'", "item": "ORG-D02",
         "effective_on": "'$DAY'", "outcome": "missed"}}]}}'

积分、说明、榜单 · the standing, its explanation, a board:

  curl -s $API/members/$MEMBER/standing -H "Authorization: Bearer $TOKEN"
  curl -s $API/members/$MEMBER/explanation -H "Authorization: Bearer $TOKEN"
  curl -s $API/boards/branches/$BRANCH -H "Authorization: Bearer $TOKEN"

名册样例 · the roster as a workbook: {{data}}/sample-roster.xlsx
Ctrl-C 停止，数据保留；make demo-clean 清除 · Ctrl-C stops and keeps the data; make demo-clean forgets it
"""


def asked_port() -> int:
    """The port of PORT; ends the program with a word where it is none, or is taken."""
    asked = os.environ.get("PORT") or "8000"
    if not asked.isdecimal() or not 1 <= int(asked) <= 65535:
        raise SystemExit(f"PORT={asked}: 端口应为 1 至 65535 的整数 · a port is a whole number from 1 to 65535")
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", int(asked)))
        except OSError:
            raise SystemExit(
                f"端口 {asked} 已被占用，请换一个：PORT=8080 make demo · port {asked} is taken; take another one"
            ) from None
    return int(asked)


def main() -> None:
    """Build what is not there, say what there is, serve until Ctrl-C."""
    port = asked_port()
    logging.basicConfig(level=logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    console = Console(stderr=True)
    console.print("启动 PostgreSQL · starting PostgreSQL")
    with served(Settings(), as_owner=True) as found:
        settings = with_secret(found).model_copy(update={"port": port})
        console.print("升级数据库 · migrating")
        application = make_url(application_address(settings))
        migrate.upgrade(owner_address(settings), application.username or "", application.password)
        if not (settings.data / FINISHED).exists():
            columns = (TextColumn("{task.description:<20}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
            with Progress(*columns, console=console) as progress:
                try:
                    build(settings, progress)
                except LongwenError as error:
                    raise SystemExit(explained(error)) from error
        with opened(application_address(settings), settings) as database:
            text = welcome(port, sample.make_district(SEED), database, _district(settings))
        configure_logging(as_json=False)
        app = create_app(settings, clock=SampleClock())
        console.print(text.replace("{data}", str(settings.data)), highlight=False, markup=False, soft_wrap=True)
        uvicorn.run(app, host=settings.host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=10)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("已停止；再次运行 make demo 会接着进行。· Stopped; make demo goes on from here.") from None
