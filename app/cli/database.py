"""Commands on the database's frame: its schema, its districts, their first accounts."""

from __future__ import annotations

import secrets
import sys
from typing import Annotated

import typer
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from app.auth import service as auth
from app.auth.core import DISTRICT_ROLES, Actor, Role
from app.auth.core_access import Action, ObjectKind
from app.cli.context import application_address, connected, note, opened, owner_address, served
from app.cli.output import either, print_json, print_table, say
from app.kit import migrate as migrations
from app.kit.db import opened as opened_database
from app.kit.errors import NotFound
from app.roster import service as roster

districts = typer.Typer(help=either("区县：新建、列出。", "Districts."), no_args_is_help=True)
accounts = typer.Typer(help=either("账号：开户。", "Accounts."), no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help=either("以 JSON 输出", "print JSON"))]
Own = Annotated[
    bool,
    typer.Option(
        "--own", help=either("口令由本人输入，首次登录不必修改", "its person chose it and need not change it")
    ),
]
DistrictCode = Annotated[
    str | None,
    typer.Option(
        "--district",
        metavar="CODE",
        envvar="LONGWEN_DISTRICT",
        help=either("区县代码（只有一个时可省略）", "district code"),
    ),
]


def migrate() -> None:
    """把数据库升级到本版本的结构；需要属主角色。 / Bring the database to this version's schema, as its owner."""
    with served(as_owner=True) as settings:
        application = make_url(application_address(settings))
        role = application.username or migrations.APPLICATION_ROLE
        migrations.upgrade(owner_address(settings), role, application.password)
    head = migrations.head()
    say(f"数据库已是本版本的结构（{head}）。", f"The database is at this version's schema ({head}).")


@districts.command("create")
def create_district(
    code: Annotated[str, typer.Argument(help=either("代码，如 longwen", "code, such as longwen"))],
    name: Annotated[str, typer.Argument(help=either("名称", "name"))],
    time_zone: Annotated[str, typer.Option(help=either("时区", "time zone"))] = "Asia/Shanghai",
) -> None:
    """新建区县（以属主角色）。 / Create a district, as the database's owner."""
    with (
        connected() as (settings, _),
        opened_database(owner_address(settings), settings) as database,
    ):
        district = database.run(lambda connection: auth.create_district(connection, code, name, time_zone), None)
    typer.echo(district)


@districts.command("list")
def list_districts(as_json: Json = False) -> None:
    """列出区县。 / List the districts."""
    with connected() as (_, database):
        found = database.run(auth.list_districts, None)
    rows = [{"code": row.code, "name": row.name, "time_zone": row.time_zone, "id": str(row.id)} for row in found]
    if as_json:
        print_json(rows)
    else:
        print_table(["code", "name", "time_zone", "id"], rows)


@accounts.command("open")
def open_account(
    login: Annotated[str, typer.Argument(help=either("登录名", "login"))],
    name: Annotated[str, typer.Argument(help=either("姓名", "the person's name"))],
    role: Annotated[Role | None, typer.Option(help=either("职务", "role"))] = None,
    at: Annotated[
        str | None, typer.Option(metavar="CODE", help=either("任职组织的代码", "organisation's code"))
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help=either("从标准输入读取口令", "read the password from stdin"))
    ] = False,
    generate: Annotated[
        bool, typer.Option("--generate", help=either("生成口令并显示一次", "make a password and show it once"))
    ] = False,
    own: Own = False,
    district: DistrictCode = None,
) -> None:
    """开户；口令来自标准输入、提示输入，或自动生成并只显示一次。 / Open an account."""
    if at is not None and role is None:
        raise typer.BadParameter(either("--at 须与 --role 同时给出", "--at goes with --role"))
    if role is not None and at is None and role not in DISTRICT_ROLES:
        raise typer.BadParameter(
            either(f"{role.value} 须用 --at 指明任职的组织", f"name the organisation of the {role.value} with --at")
        )
    password = _password(password_stdin=password_stdin, generate=generate)
    with opened(district=district) as context:
        actor = context.actor()

        def work(connection: Connection) -> None:
            account = auth.open_account(connection, actor, login, name, password, temporary=not own)
            note(connection, actor, Action.ACCOUNT_OPEN, ObjectKind.ACCOUNT, str(account))
            if role is not None:
                held = auth.appoint(connection, actor, account, role, _path_of(connection, actor, at), actor.today)
                note(connection, actor, Action.APPOINTMENT_SET, ObjectKind.APPOINTMENT, str(held))

        context.database.run(work, context.district.id)
        say(f"已开户：{context.district.code}/{login}", f"Opened: {context.district.code}/{login}")
    if generate:
        typer.echo(password)


@accounts.command("password")
def set_password(
    login: Annotated[str, typer.Argument(help=either("登录名", "login"))],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help=either("从标准输入读取口令", "read the password from stdin"))
    ] = False,
    generate: Annotated[
        bool, typer.Option("--generate", help=either("生成口令并显示一次", "make a password and show it once"))
    ] = False,
    own: Own = False,
    district: DistrictCode = None,
) -> None:
    """设置口令（名册导入的账号起初没有口令）；原有登录随即失效，本人首次登录须修改。

    Set an account's password, which its person changes at the next log-in; its present log-ins end.
    """
    password = _password(password_stdin=password_stdin, generate=generate)
    with opened(district=district) as context:
        actor = context.actor()

        def work(connection: Connection) -> None:
            account_id = auth.set_password(connection, actor, login, password, temporary=not own)
            note(connection, actor, Action.PASSWORD_SET, ObjectKind.ACCOUNT, str(account_id))

        context.database.run(work, context.district.id)
        account = f"{context.district.code}/{login}"
        say(f"已为 {account} 设置新口令，原有登录均已失效。", f"{account} has a new password; its log-ins have ended.")
    if generate:
        typer.echo(password)


def _path_of(connection: Connection, actor: Actor, code: str | None) -> str:
    if code is None:
        return roster.root_of(actor.district_id)
    for organisation in roster.organisations(connection, actor.district_id):
        if organisation.code == code:
            return organisation.path
    raise NotFound(what=either(f"组织 {code}", f"organisation {code}"))


def _password(*, password_stdin: bool, generate: bool) -> str:
    if generate:
        return secrets.token_urlsafe(15)
    if password_stdin or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = typer.prompt(either("口令", "Password"), hide_input=True, confirmation_prompt=True)
    return answer
