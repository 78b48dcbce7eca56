"""The sample district, served: ``make demo``. The first time it is built, afterwards it starts from what is there."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Event, Thread

import structlog
import uvicorn
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from sqlalchemy import make_url

from app import schedule
from app.auth import service as auth
from app.auth.core import Actor
from app.auth.core_districts import District
from app.cli import explained
from app.cli.context import application_address, owner_address, secret_of, served, with_secret
from app.kit import migrate
from app.kit.blobs import open_blobs
from app.kit.calendar import quarter_of
from app.kit.ciphers import AesFieldCipher
from app.kit.clock import FixedClock
from app.kit.db import Database, opened
from app.kit.errors import LongwenError
from app.kit.log import configure_logging
from app.kit.settings import Settings
from app.main import create_app
from app.reviews import making, packing
from app.roster import service as roster
from app.rules.book import load_book
from tests.sample import beginners, screen
from tests.sample import district as sample
from tests.sample.appraisals import Appraisals
from tests.sample.building import LAST_DAY, PASSWORD, TWO_STEPS, YEAR, Builder, Diary
from tests.sample.cases import Cases
from tests.sample.clock import BEGINS, NoSuchDay, SampleClock, sample_router
from tests.sample.days import Days, WorkFailed
from tests.sample.entries import Recorded, make_entries
from tests.sample.grids import Grids
from tests.sample.hearings import Hearings
from tests.sample.lists import Lists
from tests.sample.opinions import Opinions
from tests.sample.stars import Ratings
from tests.sample.winter import Winter

SEED = 47  # by which the branches that the guide names have something of everything
CODE, NAME = "longwen", "龙文区（样例）"
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
FOLLOWING = ("seal", "freeze", "prove", "lines", "cases", "pack", "digest_quarter", "digest_half")
ROUND_SECONDS = 20  # between two looks for packs that wait for a maker, as the scheduler has it
FINISHED, CLOCK = "sample.done", "sample.clock"


def build(settings: Settings, made: sample.District, facts: Sequence[Recorded], progress: Progress) -> None:
    """Three quarters and a half of a year in the life of the district, each step on its own day."""
    task = progress.add_task("名册 · roster", total=len(facts))
    with (
        opened(application_address(settings), settings) as database,
        opened(owner_address(settings), settings) as owner,
    ):
        cipher = AesFieldCipher.from_secret(secret_of(settings))
        clock = FixedClock(datetime(YEAR, 1, 5, 2, tzinfo=UTC))
        builder = Builder(database, cipher, _district(settings, CODE, NAME), clock, owner)
        book = load_book(settings.rules / "longwen")
        builder.open_year(book)
        workbook = settings.data / "sample-roster.xlsx"
        builder.import_roster(made, workbook)
        builder.analyze()
        diary = Diary(builder)
        Lists(builder, diary, made).plan()
        Ratings(builder, diary, made, open_blobs(settings)).plan()
        Opinions(builder, diary, made).plan()
        Appraisals(builder, diary, made, open_blobs(settings)).plan()
        Grids(builder, diary, made).plan()
        Cases(builder, diary, made).plan()
        Hearings(builder, diary, made).plan()
        for month in range(2, LAST_DAY.month + 1):
            slot = f"{YEAR}-{month - 1:02d}"
            diary.put(date(YEAR, month, 1), partial(builder.run_job, "digest_month", slot))
        since = builder.actor().today
        for quarter, first_after in QUARTERS:
            progress.update(task, description=f"{quarter} 日常 · what happens")
            diary.until(first_after)
            builder.run_job("duties", quarter_of(first_after))
            builder.import_roster(made, workbook, since=since)
            since = first_after
            progress.update(task, description=f"{quarter} 记录 · entries")
            own = [one for one in facts if quarter_of(one.effective_on) == quarter]
            _live(builder, diary, made, own, quarter, first_after, progress, task)
        progress.update(task, description="第四季度 · the fourth quarter")
        diary.until(LAST_DAY + timedelta(days=1))
        progress.update(task, description="账号 · accounts")
        builder.clock.moment = BEGINS
        builder.set_passwords(list(logins(made).values()))
        builder.write_roster(made, workbook)
    (settings.data / FINISHED).touch()


def _live(
    builder: Builder,
    diary: Diary,
    made: sample.District,
    own: Sequence[Recorded],
    quarter: str,
    first_after: date,
    progress: Progress,
    task: TaskID,
) -> None:
    """From the records of a quarter to what follows from its seal."""
    proposals = [one for one in own if one.is_proposal]
    # Proposals first: whoever is to lose points has five working days to answer. They are decided last, so that
    # findings find the duties decided.
    advance = partial(progress.advance, task)
    builder.send(proposals, builder.record, advance)
    diary.until(first_after.replace(day=9))
    builder.send([one for one in own if not one.is_proposal], builder.record, advance)
    builder.analyze()
    progress.update(task, description=f"{quarter} 审核 · decisions")
    diary.until(first_after.replace(day=11))
    builder.run_job("quarters", builder.actor().today.isoformat())
    diary.until(first_after.replace(day=14))
    _decide(builder, made, [one for one in proposals if one.decision is not None])
    progress.update(task, description=f"{quarter} 结算、复核 · settling and check")
    diary.until(first_after.replace(day=15))
    builder.run_job("settle", quarter)
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(lambda one: builder.confirm(quarter, one.code), made.committees))
    progress.update(task, description=f"{quarter} 公示、封账 · notice and seal")
    for day in NOTICE_DAYS:
        diary.until(first_after.replace(day=day))
        builder.run_job("quarters", builder.actor().today.isoformat())
        builder.run_job("check", builder.actor().today.isoformat())
    for name in FOLLOWING:
        builder.run_job(name, quarter)


def _decide(builder: Builder, made: sample.District, facts: Sequence[Recorded]) -> None:
    """Those of two steps are first decided by the own committee; the last word is the district's."""
    committees = {branch.code: branch.committee for branch in made.branches}
    homes = {one.number: committees[one.branch] for one in made.members}
    for committee in made.committees:
        own = [fact for fact in facts if fact.item in TWO_STEPS and homes[fact.member_number] == committee.code]
        builder.decide(own, builder.person(f"committee-{committee.code.lower()}"))
    rest = [fact for fact in facts if fact.item not in TWO_STEPS or fact.decision == "approve"]
    builder.decide(rest, builder.person("district-2"))


def _begin(settings: Settings, clock: SampleClock) -> None:
    """The second district, made when the guide's story of stars asks for it: with one alone, commands need no code."""
    with opened(application_address(settings), settings) as database:
        known = {one.code for one in database.run(auth.list_districts, None)}
        if beginners.CODE not in known:
            cipher = AesFieldCipher.from_secret(secret_of(settings))
            district = _district(settings, beginners.CODE, beginners.NAME)
            builder = Builder(database, cipher, district, FixedClock(clock.now()))
            beginners.begin(builder, load_book(settings.rules / "longwen"), settings.data / "beginners-roster.xlsx")


def _district(settings: Settings, code: str, name: str) -> District:
    with opened(owner_address(settings), settings) as owner:
        found = owner.run(lambda connection: auth.find_district(connection, code), None)
        if found is None:
            owner.run(lambda connection: auth.create_district(connection, code, name), None)
            found = owner.run(lambda connection: auth.find_district(connection, code), None)
    assert found is not None
    return found


@contextmanager
def days_of(settings: Settings, district: District, made: sample.District) -> Iterator[Days]:
    """The sample's days, over a database with the patience of jobs."""
    with opened(application_address(settings), schedule.for_jobs(settings)) as database:
        cipher, clock = AesFieldCipher.from_secret(secret_of(settings)), SampleClock(settings.data / CLOCK)
        winter = Winter(Builder(database, cipher, district, FixedClock(clock.now())), made)
        yield Days(database, clock, settings, cipher, winter.scenes())


@contextmanager
def kept_up(days: Days) -> Iterator[None]:
    """What the scheduler would do meanwhile, beside the serving: live the days that begin, make the packs that wait."""
    over = Event()

    def work() -> None:
        while not over.is_set():
            days.keep_up()
            for one in days.database.run(auth.list_districts, None):
                making.make_all(making.Workshop(days.database, days.clock, one), over.is_set)
            over.wait(ROUND_SECONDS)

    keeper = Thread(target=work, name="days")
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()
        days.clock.keep()


def logins(made: sample.District) -> dict[str, str]:
    """One login for each role; of the first branch with groups, all whom the guide's story needs."""
    branch = next(one for one in made.branches if one.groups)
    code = branch.code.lower()
    own = {one.number for one in made.members_of[branch.code]}
    known = [one.login for one in made.appointments if one.number in own]
    members = [login for login in known if login.startswith("member-")]
    hardly_there = {one.number for one in made.members if sample.is_hardly_there(one)}
    others = [one for one in made.appointments if one.login.startswith("member-") and one.number not in own]
    outsider = next(one.login for one in others if one.number not in hardly_there)
    helped = next(one.login for one in others if one.number in hardly_there)
    return {
        **LOGINS,
        "党小组长 group leader": next(login for login in known if login.startswith("leader-")),
        "其支部书记 the secretary of that branch": f"secretary-{code}",
        "其组织委员 its organisation commissioner": f"organisation-{code}",
        "组内党员 a member of that group": members[0],
        "组内另一党员 another member of it": members[1],
        "其他支部的党员 a member elsewhere": outsider,
        "帮扶整改中的党员 a member who is helped": helped,
    }


def welcome(port: int, made: sample.District, database: Database, district: District, now: datetime) -> str:
    """What to open, who can log in, and how to record a point."""
    address = f"http://127.0.0.1:{port}"
    root = roster.root_of(district.id)
    service = Actor.service(district.id, now, district.time_zone)
    today = service.today
    branch = made.branches[0]
    present = database.run(lambda c: roster.members_under(c, district.id, root, today), district.id)
    secretary = {one.number for one in made.appointments if one.login.endswith(f"-{branch.code.lower()}")}
    home = made.members_of[branch.code]
    own = {one.number for one in home if one.ground is None and not sample.is_hardly_there(one)} - secretary
    member = next(one for one in present if one.number in own)
    last_sealed, _ = QUARTERS[-1]
    pack = database.run(lambda c: packing.packs(c, service, last_sealed)[0], district.id)
    people = "\n".join(f"  {CODE}/{login:<18} {role}" for role, login in logins(made).items())
    return f"""
样例区县已就绪，今天是 {today} · the sample district is ready, its day is {today}: {address}

  接口文档 · API docs   {address}/docs
  运行状态 · health     {address}/readyz
  大屏     · screen     {address}/screen#{{screen}}
  考评材料 · papers     {address}/packs/{pack.id}（{pack.period}，首次启动后约半分钟内生成 · made within
                        half a minute of the first start; over the API {address}/api/v1/packs/{pack.id}）

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

季度考评材料的各份文件（副本带标记）· the papers of the last sealed quarter, as marked copies:

  longwen pack {pack.period} --output papers

名册样例 · the roster as a workbook: {{data}}/sample-roster.xlsx
过到以后某天，其间的定时任务逐日办理 · live to a later day, with the jobs of each day: TODAY=2027-01-12 make demo
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


def asked_day() -> date | None:
    """The day of TODAY, to which the sample is to live; ends the program with a word where it is none."""
    asked = os.environ.get("TODAY") or ""
    try:
        return date.fromisoformat(asked) if asked else None
    except ValueError:
        raise SystemExit(f"TODAY={asked}: 日期写作 2027-01-12 · a day is written 2027-01-12") from None


def live(days: Days, until: date, progress: Progress) -> None:
    """Let the sample's days pass up to the morning of the day; ends the program with a word where that cannot be."""
    task = progress.add_task(f"到 {until} · to {until}", total=max(0, (until - days.clock.today).days))
    try:
        days.until(until, partial(progress.advance, task))
    except (NoSuchDay, WorkFailed) as error:
        raise SystemExit(f"TODAY={until}: {error}") from error


def main() -> None:
    """Build what is not there, live up to the day asked for, say what there is, serve until Ctrl-C."""
    port, until = asked_port(), asked_day()
    logging.basicConfig(level=logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    console = Console(stderr=True)
    console.print("启动 PostgreSQL · starting PostgreSQL")
    with served(Settings(), as_owner=True) as found:
        settings = with_secret(found).model_copy(update={"port": port})
        console.print("升级数据库 · migrating")
        application = make_url(application_address(settings))
        migrate.upgrade(owner_address(settings), application.username or "", application.password)
        columns = (TextColumn("{task.description:<20}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        made = sample.make_district(SEED)
        if not (settings.data / FINISHED).exists():
            with Progress(*columns, console=console) as progress:
                try:
                    build(settings, made, make_entries(made), progress)
                except LongwenError as error:
                    raise SystemExit(explained(error)) from error
        district = _district(settings, CODE, NAME)
        with days_of(settings, district, made) as days:
            clock = days.clock
            if until is not None:
                with Progress(*columns, console=console) as progress:
                    live(days, until, progress)
            text = welcome(port, made, days.database, district, clock.now())
            token = screen.hung(days.database, district, clock.now(), settings.data)
            configure_logging(as_json=False)
            app = create_app(settings, clock=clock)
            app.include_router(sample_router(clock.now, days.put_forward, partial(_begin, settings, clock)))
            text = text.replace("{data}", str(settings.data)).replace("{screen}", token)
            console.print(text, highlight=False, markup=False, soft_wrap=True)
            with kept_up(days):
                uvicorn.run(
                    app, host=settings.host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=10
                )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("已停止；再次运行 make demo 会接着进行。· Stopped; make demo goes on from here.") from None
