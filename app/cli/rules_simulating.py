"""``longwen rules simulate``: replay a past quarter under a draft; who changes band or line, and by which article."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from sqlalchemy import Connection

from app.cli import context
from app.cli.database import DistrictCode, Json
from app.cli.output import either, language, print_json, print_table, say
from app.kit.settings import Settings
from app.kit.workbook import plain
from app.rules import service as rules
from app.rules.core import Edition
from app.rules.faults import RulesFaulty
from app.rules.name import Name
from app.rules.points import decimals_of, printed, signed_text
from app.trials import simulating
from app.trials.schemas import SimulationAnswer
from app.trials.simulation import Changed, Simulation

_HEADINGS = (
    ("编号", "number"),
    ("姓名", "name"),
    ("支部", "branch"),
    ("原日常积分", "daily before"),
    ("新日常积分", "daily after"),
    ("原总分", "total before"),
    ("新总分", "total after"),
    ("原等次", "band before"),
    ("新等次", "band after"),
    ("新达到的线", "lines met now"),
    ("不再达到的线", "lines met no more"),
    ("依据", "by"),
)
Progress = Callable[[int, int], None]


def add_to(application: typer.Typer) -> None:
    """Let ``longwen rules`` have the command."""
    application.command("simulate")(simulate)


def simulate(
    quarter: Annotated[str, typer.Option(metavar="2026Q3", help=either("要重算的季度", "the quarter to replay"))],
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="DRAFT_FOLDER",
            exists=True,
            file_okay=False,
            help=either("草案所在细则目录，缺省为全部细则", "folder of the draft's rule book; default: all of them"),
        ),
    ] = None,
    edition: Annotated[
        str | None,
        typer.Option(metavar="CODE", help=either("版本代码，缺省为最新版本", "edition; default: the latest")),
    ] = None,
    district: DistrictCode = None,
    whole_cycle: Annotated[
        bool,
        typer.Option("--whole-cycle", help=either("按草案重算整个年度至该季度", "lay it over the cycle up to then")),
    ] = False,
    everyone: Annotated[
        bool, typer.Option("--everyone", help=either("也列出仅分数变化者", "list who only changes in points as well"))
    ] = False,
    limit: Annotated[int, typer.Option(min=0, help=either("最多列出人数", "members listed at most"))] = 50,
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", dir_okay=False, help=either("全部变化写入此文件", "write all of them to it")),
    ] = None,
    as_json: Json = False,
) -> None:
    """用草案重算已结束的季度：谁的等次或线会变、因哪一条；不保存任何内容。

    Replay a quarter that has ended under a draft: who changes band or line, by which article. Nothing is saved.
    """
    draft = _draft(folder, edition)
    decimals = decimals_of(draft)
    with context.opened(district=district) as opened, _progress_bar() as progress, _file(to) as file:
        kept: list[Changed] = []

        def work(connection: Connection) -> Simulation:
            kept.clear()
            write = None if file is None else _rows_to(file, decimals)

            def take(one: Changed) -> None:
                if len(kept) < limit:
                    kept.append(one)
                if write is not None:
                    write(one)

            replay = partial(simulating.simulate, whole_cycle=whole_cycle, everyone=everyone, progress=progress)
            return replay(connection, opened.actor(), draft, quarter, take)

        found = opened.database.run(work, opened.district.id, snapshot=True)
    if as_json:
        print_json(SimulationAnswer.of(found, tuple(kept), language()).model_dump(mode="json"))
        return
    _tell(found)
    _tell_changed(kept, decimals)
    if to is not None:
        say(f"已写入 {to}", f"Written to {to}")


def _tell_changed(kept: Sequence[Changed], decimals: int) -> None:
    headings = [either(*one) for one in _HEADINGS]
    if kept:
        print_table(headings, [dict(zip(headings, _row(one, decimals), strict=True)) for one in kept])


def _draft(folder: Path | None, code: str | None) -> Edition:
    """The edition of the code, or a book's latest."""
    try:
        books, _ = rules.read_folder(Settings().rules if folder is None else folder)
    except RulesFaulty as error:
        for fault in sorted(error.faults):
            typer.echo(f"{fault.file}:{fault.line}: {fault.key}: {fault.text(language())}")
        raise
    editions = [one.edition for book in books for one in (book.editions[-1:] if code is None else book.editions)]
    found = [one for one in editions if code in (None, one.code)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"{one.book} {one.code}" for one in found or editions)
    raise typer.BadParameter(
        either(f"请以目录和 --edition 指定一部草案：{known}", f"name one draft by its folder and --edition: {known}")
    )


@contextmanager
def _progress_bar() -> Iterator[Progress | None]:
    """A bar on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with typer.progressbar(length=1, label=either("测算", "replaying"), file=sys.stderr) as bar:

        def show(done: int, count: int) -> None:
            bar.length = max(1, count)
            bar.update(done - bar.pos)

        yield show


@contextmanager
def _file(path: Path | None) -> Iterator[TextIO | None]:
    """For the owner's eyes only: it holds full names. With the mark by which spreadsheet programs know UTF-8."""
    if path is None:
        yield None
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        yield file


def _rows_to(file: TextIO, decimals: int) -> Callable[[Changed], None]:
    """Begin the file; what gives a row for each member. Called again, after a lost connection, it begins anew."""
    file.seek(0)
    file.truncate()
    writer = csv.writer(file)
    writer.writerow([either(*one) for one in _HEADINGS])
    texts = [at for at, (_, heading) in enumerate(_HEADINGS) if not heading.startswith(("daily", "total"))]

    def write(one: Changed) -> None:
        row = _row(one, decimals)
        writer.writerow([plain(value) if at in texts else value for at, value in enumerate(row)])

    return write


def _row(one: Changed, decimals: int) -> list[str]:
    """In the order of the headings."""
    by = "; ".join(
        f"{article.where} {_either(article.name)}"
        + (f" {signed_text(article.points, decimals)}" if article.points else "")
        for article in one.articles
    )
    return [
        one.number,
        one.name,
        one.branch,
        *(str(printed(points, decimals)) for side in ("daily", "total") for points in _both(one, side)),
        *(_named(one.names, "band", str(band)) for band in _both(one, "band")),
        *(", ".join(_named(one.names, "line", code) for code in codes) for codes in (one.gained, one.lost)),
        by,
    ]


def _both(one: Changed, what: str) -> tuple[Any, Any]:
    return getattr(one.old, what), getattr(one.new, what)


def _either(name: Name) -> str:
    return either(name.zh, name.en)


def _named(names: Mapping[str, Name], what: str, code: str) -> str:
    """What a band or line is called; a class of members that takes no grade has none."""
    found = names.get(f"{what}.{code}")
    return code if found is None else _either(found)


def _tell(found: Simulation) -> None:
    """The totals, a sentence each."""
    draft, laid = f"{found.draft.book} {found.draft.code}", ", ".join(found.laid)
    _line(
        f"{draft} 覆盖 {laid}，重算 {found.quarter}：{found.members} 人；按其他细则未算 {found.elsewhere} 人",
        f"{draft} laid over {laid}, {found.quarter} replayed: {found.members} members; {found.elsewhere} go by others",
    )
    _line(
        f"日常积分变化 {found.changed_daily} 人；总分变化 {found.changed_total} 人，"
        f"升 {found.raised}，降 {found.lowered}；等次或线变化 {found.crossing} 人",
        f"daily score changes for {found.changed_daily}, total for {found.changed_total} ({found.raised} up,"
        f" {found.lowered} down), band or line for {found.crossing}",
    )
    for (old, new), members in sorted(found.bands.items()):
        before, after = (_named(found.names, "band", code) for code in (old, new))
        _line(f"等次 {before} → {after}：{members} 人", f"band {before} → {after}: {members}")
    for code in sorted({*found.gained, *found.lost}):
        name, more, fewer = _named(found.names, "line", code), found.gained.get(code, 0), found.lost.get(code, 0)
        _line(f"{name}：新达到 {more} 人，不再达到 {fewer} 人", f"{name}: {more} meet it now, {fewer} no more")
    if found.pace:
        pace = ", ".join(_named(found.names, "line", code) for code in sorted(found.pace))
        _line(f"按进度的线不重算：{pace}", f"lines by pace are not replayed: {pace}")
    _line("星级不在测算之列。", "Stars are not replayed.")
    for omission in found.listed_omissions():
        typer.echo(f"! {omission.text(language())}")


def _line(zh: str, en: str) -> None:
    typer.echo(either(zh, en))
