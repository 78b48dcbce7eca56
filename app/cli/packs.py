"""``longwen pack``: the papers of a sealed quarter, made here and now, with a bar on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from app import schedule
from app.auth.core import Actor
from app.cli.context import connected, find_district, operating
from app.cli.database import DistrictCode, Json
from app.cli.output import either, print_json, print_table, say
from app.kit.clock import SystemClock
from app.kit.db import opened as opened_database
from app.kit.ids import new_id
from app.reviews import copying, making, packing
from app.reviews.core_packs import SUFFIXES, Pack, PackKind, PackState
from app.reviews.schemas import PackAnswer

_PLAIN_STEP = 10  # percent between two lines where there is no terminal


def make_pack(
    quarter: Annotated[str, typer.Argument(help=either("已封账的季度，如 2026Q3", "a sealed one, such as 2026Q3"))],
    kind: Annotated[PackKind, typer.Option(help=either("季度、半年或年度", "the period"))] = PackKind.QUARTER,
    scope: Annotated[
        UUID | None, typer.Option(help=either("党委或支部的编号，默认全区", "a committee or branch; default: all"))
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help=either("把带标记的副本写入此文件夹", "write marked copies to this folder")),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", help=either("用途，记入访问日志", "what it is for, for the access log"))
    ] = "命令行导出",
    district: DistrictCode = None,
    as_json: Json = False,
) -> None:
    """生成（或查看）季度考评材料。 / Make, or look at, the pack of a quarter."""
    with connected() as (settings, plain):
        found = find_district(plain, district)
        with opened_database(str(settings.database_url), schedule.for_jobs(settings)) as database:
            shop = making.Workshop(database, SystemClock(), found)
            actor = operating(found, shop.clock)
            pack = database.run(lambda c: packing.ask(c, actor, quarter, kind=kind, scope_id=scope), found.id)
            if pack.state is not PackState.DONE:
                with _watched() as watch:
                    making.make(shop, pack.id, watch)
            pack = database.run(lambda c: packing.pack(c, actor, pack.id), found.id)
            files = [] if output is None or pack.digest is None else _copies(shop, actor, pack, output, reason)
    _tell(pack, files, as_json=as_json)
    if pack.state is not PackState.DONE:
        raise typer.Exit(1)


@contextmanager
def _watched() -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, a line every tenth elsewhere; on standard error, apart from the data."""
    if not sys.stderr.isatty():
        told = [-_PLAIN_STEP]

        def line(percent: int) -> None:
            if percent - told[0] >= _PLAIN_STEP or percent == 100:
                told[0] = percent
                typer.echo(f"{percent}%", err=True)

        yield line
        return
    # Only where it is seen: it takes longer to load than most commands to run.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(either("生成考评材料", "Making the pack"), total=100)
        yield lambda percent: progress.update(task, completed=percent)


def _copies(shop: making.Workshop, actor: Actor, pack: Pack, folder: Path, reason: str) -> list[Path]:
    """A marked copy of each part, each written down in the access log."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for one in pack.parts:
        wanted = partial(copying.wanted, actor=actor, pack_id=pack.id, part=one.part)
        target = folder / f"longwen-{pack.period}.{SUFFIXES[one.part]}"
        with copying.marked(shop, shop.database.run(wanted, shop.district.id), reason) as (copy, source):
            kept = partial(copying.keep, actor=actor, copy=copy, source=source, request_id=f"cli-{new_id()}")
            shop.database.run(kept, shop.district.id)
            target.touch(mode=0o600)  # it holds full names
            target.write_bytes(source.read_bytes())
        written.append(target)
    return written


def _tell(pack: Pack, files: list[Path], *, as_json: bool) -> None:
    if as_json:
        print_json(PackAnswer.of(pack).model_dump(mode="json") | {"files": [str(one) for one in files]})
        return
    rows = [{"part": one.part.value, "bytes": one.size, "sha256": one.digest} for one in pack.parts]
    if rows:
        print_table(list(rows[0]), rows)
    for part, cause in pack.lacking.items():
        say(f"缺 {part}：{cause}", f"{part} is lacking: {cause}")
    for file in files:
        say(f"已写入 {file}", f"{file} written")
    if pack.state is PackState.FAILED:
        say(f"生成失败：{pack.error}", f"It failed: {pack.error}")
    elif pack.state is not PackState.DONE:
        say(f"另一进程正在生成（{pack.progress}%）。", f"Another process is making it ({pack.progress}%).")
