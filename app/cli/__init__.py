"""The command line: ``longwen COMMAND``. A command's module is imported only when that command is called."""

from __future__ import annotations

import importlib
import sys
from importlib.metadata import version
from typing import Annotated, Any, NamedTuple, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from app.cli.output import either, language
from app.kit.errors import BatchRefused, LongwenError
from app.kit.postgres_binaries import EmbeddedPostgresError


class _Command(NamedTuple):
    where: str  # "module:name" of a Typer application or of one function
    zh: str
    en: str


# The one table of commands, in the order in which an operator meets them.
COMMANDS = {
    "doctor": _Command(
        "app.cli.doctor:doctor", "检查运行环境，逐项说明缺什么、怎么办", "tell what is missing or wrong"
    ),
    "migrate": _Command("app.cli.database:migrate", "把数据库升级到本版本的结构", "bring the database to this version"),
    "district": _Command("app.cli.database:districts", "区县：新建、列出", "districts: create, list"),
    "account": _Command("app.cli.database:accounts", "账号：开户", "accounts: open"),
    "rules": _Command("app.cli.rules:application", "评分细则：检查、测试、发布", "rule books: check, test, publish"),
    "import": _Command("app.cli.imports:application", "从 Excel 导入", "import from Excel"),
    "serve": _Command("app.cli.serving:serve", "启动服务", "serve"),
    "scheduler": _Command("app.cli.serving:scheduler", "运行定时任务进程", "run the scheduled jobs"),
    "jobs": _Command(
        "app.cli.jobs:application", "定时任务：列出、运行、查看记录", "jobs: list, run, look at the record"
    ),
    "calendar": _Command("app.cli.calendar:application", "工作日历：查看、设定", "working days: show, set"),
    "messages": _Command(
        "app.cli.messages:application", "消息推送：立即推送、查看记录", "messages: deliver, look at the outbox"
    ),
    "export": _Command("app.cli.exports:application", "导出 Excel", "export to Excel"),
    "pack": _Command("app.cli.packs:make_pack", "季度考评材料：生成、导出", "the pack of a quarter: make, take copies"),
    "verify": _Command("app.cli.verify:verify", "从积分记录重算并核对", "recompute from the ledger and compare"),
    "roots": _Command("app.cli.roots:application", "校验点根值：导出，外存", "roots: export, to be kept outside"),
    "certificate": _Command(
        "app.cli.certificates:application", "封账证书：出具、签名、导出数据行", "certificates: make, sign, rows, keys"
    ),
    "backup": _Command("app.cli.backup:backup", "备份数据库到文件", "back the database up to a file"),
    "restore": _Command("app.cli.backup:restore", "从备份文件恢复，或试恢复", "restore from a file, or try it"),
}


class _Commands(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - named by the class above
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - named by the class above
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].where.split(":")
        found = getattr(importlib.import_module(module), name)
        # As part of a larger one, an application of a single command keeps that command's name.
        around = typer.Typer(add_completion=False, rich_markup_mode=None)
        if isinstance(found, typer.Typer):
            around.add_typer(found, name=cmd_name)
        else:
            around.command(cmd_name)(found)
        return get_group(around).commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - named by the class above
        # From the table: help is asked for often, and must not import every module.
        with formatter.section(either("命令", "Commands")):
            formatter.write_dl([(name, either(command.zh, command.en)) for name, command in COMMANDS.items()])


_root = typer.Typer(
    cls=_Commands,
    name="longwen",
    help=either("龙文区“两新”组织党员积分、支部星级管理服务。", "Member points and branch stars of Party branches."),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"longwen {version('longwen')}")
        raise typer.Exit


@_root.callback()
def _longwen(
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help=either("显示版本号", "print the version")
        ),
    ] = False,
) -> None:
    """Nothing of its own: the commands do the work."""


def main() -> NoReturn:
    """Exit status 0: done; 1: refused or failed, in one text; 2: the command was not understood."""
    try:
        get_command(_root).main(prog_name="longwen")
    except LongwenError as error:
        _refuse(explained(error))
    except EmbeddedPostgresError as error:
        _refuse(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)


def explained(error: LongwenError) -> str:
    """The error's text, and for a batch one line for each fault."""
    lines = [error.text(language())]
    if isinstance(error, BatchRefused):
        lines += [
            f"  [{fault.index}]{f' {fault.field}' if fault.field else ''} {fault.error.text(language())}"
            for fault in error.faults
        ]
    return "\n".join(lines)


def _refuse(text: str) -> NoReturn:
    typer.echo(text, err=True)
    sys.exit(1)
