"""``longwen roots``: the roots of checkpoints, to be kept where the database's owner does not reach."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.context import opened
from app.cli.database import DistrictCode, Json
from app.cli.output import either, print_json, say
from app.proofs import service
from app.proofs.certificates import check_continued, root_line, roots_from

application = typer.Typer(help=either("校验点根值。", "The roots of checkpoints."), no_args_is_help=True)


@application.callback()
def _roots() -> None:
    """Keeps ``export`` a command of its own beside those to come."""


@application.command("export")
def export(
    file: Annotated[Path, typer.Argument(help=either("写入的文件；已有的接着写", "the file; one that exists goes on"))],
    district: DistrictCode = None,
    as_json: Json = False,
) -> None:
    """把全部校验点的根值写入文件，保存到本系统之外。已有文件中的根值与库中不同的，拒绝写入。

    Write every checkpoint's root to a file, to be kept outside. Refused where the file holds other roots.
    """
    with opened(district=district) as context:
        actor = context.actor()
        found = context.database.run(
            lambda connection: service.roots(connection, actor), context.district.id, snapshot=True
        )
        code = context.district.code
    before = roots_from(file.read_text(encoding="utf-8")) if file.exists() else {}
    check_continued(str(file), before.get(code, []), found)
    others = [root_line(other, one) for other, kept in before.items() if other != code for one in kept]
    text = "".join(f"{line}\n" for line in [*others, *(root_line(code, one) for one in found)])
    file.write_text(text, encoding="utf-8")
    if as_json:
        print_json({"file": str(file), "roots": len(found)})
    else:
        last = found[-1].root.hex() if found else "–"
        say(
            f"已写入 {file}：{len(found)} 个根值，最后一个是 {last}。请保存到本系统之外。",
            f"{file} written: {len(found)} roots, the last is {last}. Keep it outside this system.",
        )
