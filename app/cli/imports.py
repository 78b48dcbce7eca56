"""Commands that bring data in from Excel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from app.cli.context import MigrationsMissing, NoDistrict, opened
from app.cli.database import DistrictCode, Json
from app.cli.output import either, language, print_json, print_table, say
from app.enrolment import service
from app.enrolment.classes import SERVICE_CLASSES
from app.enrolment.core import Action, ImportReport, Kind
from app.enrolment.template import write_template
from app.kit.ids import new_id

application = typer.Typer(help=either("从 Excel 导入。", "Import from Excel."), no_args_is_help=True)

_KINDS = {
    Kind.COMMITTEE: "基层党委",
    Kind.BRANCH: "党支部",
    Kind.GROUP: "党小组",
    Kind.ENTERPRISE: "两新组织",
    Kind.MEMBER: "党员",
    Kind.MEMBERSHIP: "组织关系",
    Kind.EXEMPTION: "免考核",
    Kind.ACCOUNT: "账号",
    Kind.APPOINTMENT: "任职",
}
_ACTIONS = {Action.NEW: "新增", Action.CHANGED: "变更", Action.UNCHANGED: "不变", Action.CLOSED: "截止"}


@application.callback()
def _imports() -> None:
    """Keeps ``roster`` a command of its own while it is the only one."""


@application.command("roster")
def import_roster(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE.xlsx", exists=True, dir_okay=False, help=either("名册工作簿", "the workbook")),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help=either("只说明会做什么，不保存", "say what would be done, save nothing"))
    ] = False,
    template: Annotated[
        Path | None,
        typer.Option(metavar="OUT.xlsx", dir_okay=False, help=either("写出空白模板", "write the empty workbook")),
    ] = None,
    district: DistrictCode = None,
    as_json: Json = False,
) -> None:
    """导入名册：整本导入或整本不导入；重复导入不产生变化。 / Import a roster, all or nothing."""
    if (file is None) == (template is None):
        raise typer.BadParameter(either("请给出要导入的文件，或 --template", "give a file to import, or --template"))
    if template is not None:
        write_template(template, _classes(district))
        say(f"模板已写到 {template}", f"The template is in {template}")
        return
    if file is not None:
        records = service.read_roster(file)
        with opened(district=district) as context:
            actor, cipher = context.actor(), context.cipher

            def work(connection: Connection) -> ImportReport:
                service.note_import(connection, actor, file.name, request_id=f"cli-{new_id()}")
                return service.import_roster(connection, actor, cipher, records)

            report = context.database.run(work, context.district.id, commit=not preview)
        _print(report, preview=preview, as_json=as_json)


def _classes(district: str | None) -> Sequence[str]:
    """The classes of members that the template offers; before there is a district, the service's own."""
    try:
        with opened(district=district) as context:
            actor = context.actor()
            return context.database.run(
                lambda connection: service.classes_offered(connection, actor), context.district.id
            )
    except (NoDistrict, MigrationsMissing):
        return SERVICE_CLASSES.choices


def _print(report: ImportReport, *, preview: bool, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "preview": preview,
                "counts": {kind: dict(counted) for kind, counted in report.counts.items()},
                "untouched": report.untouched,
                "changes": [
                    {
                        "kind": change.kind, "action": change.action, "key": change.key, "name": change.name,
                        "detail": change.zh if language() == "zh" else change.en,
                    }
                    for change in report.changes
                ],
            }
        )  # fmt: skip
        return
    if preview:
        print_table(
            ["kind", "action", "key", "name", "detail"],
            [
                {
                    "kind": either(_KINDS[change.kind], change.kind.value),
                    "action": either(_ACTIONS[change.action], change.action.value),
                    "key": change.key,
                    "name": change.name,
                    "detail": either(change.zh, change.en),
                }
                for change in report.changes
            ],
        )
    for kind, counted in report.counts.items():
        numbers_zh = "，".join(f"{_ACTIONS[action]} {number}" for action, number in counted.items())
        numbers_en = ", ".join(f"{number} {action.value}" for action, number in counted.items())
        say(f"{_KINDS[kind]}：{numbers_zh}", f"{kind.value}: {numbers_en}")
    if report.untouched:
        say(
            f"名册中另有 {report.untouched} 名党员未列出，均不受影响。",
            f"{report.untouched} members are not listed and stay as they are.",
        )
    if preview:
        say("以上为预览，没有保存任何内容。", "This was a preview; nothing was saved.")
    else:
        say(
            "名册没有变化。" if report.does_nothing else "导入完成。",
            "Nothing to do." if report.does_nothing else "Imported.",
        )
