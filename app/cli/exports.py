"""Commands that write papers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.context import opened
from app.cli.database import DistrictCode, Json
from app.cli.output import either, language, print_json, say
from app.kit.ids import new_id
from app.reviews import service

application = typer.Typer(help=either("导出 Excel。", "Export to Excel."), no_args_is_help=True)


@application.callback()
def _exports() -> None:
    """Keeps ``quarter`` a command of its own beside those to come."""


@application.command("quarter")
def export_quarter(
    quarter: Annotated[str, typer.Argument(help=either("季度，如 2026Q3", "such as 2026Q3"))],
    output: Annotated[Path, typer.Option("--output", "-o", help=either("写入的文件", "the file to write"))],
    reason: Annotated[
        str | None,
        typer.Option("--reason", help=either("用途，记入访问日志", "what it is for, for the access log")),
    ] = None,
    district: DistrictCode = None,
    as_json: Json = False,
) -> None:
    """季度考评表：每名党员一行，十三栏。 / The quarter's sheet: a line for each member, thirteen columns."""
    with opened(district=district) as context:
        actor = context.actor()
        sheet = context.database.run(
            lambda connection: service.quarter_sheet(connection, actor, quarter, language()),
            context.district.id,
            snapshot=True,
        )
        # A snapshot only reads, so this comes after it; the file comes after both.
        context.database.run(
            lambda connection: service.note_export(
                connection, actor, quarter, reason=reason, request_id=f"cli-{new_id()}"
            ),
            context.district.id,
        )
    output.touch(mode=0o600)  # it holds full names
    service.write_sheet(sheet, output, language())
    if as_json:
        print_json({"file": str(output), "rows": len(sheet.rows), "snapshot": sheet.snapshot})
    else:
        say(
            f"已写入 {output}：{len(sheet.rows)} 人，快照 {sheet.snapshot[:16]}",
            f"{output} written: {len(sheet.rows)} members, snapshot {sheet.snapshot[:16]}",
        )
