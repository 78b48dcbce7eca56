"""``longwen rules adopt`` and ``rules adoptions``: which organisations go by which rule book, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from app.cli import context
from app.cli.database import DistrictCode, Json
from app.cli.output import either, print_json, print_table, say
from app.kit.errors import NotFound
from app.points import adopting
from app.roster import service as roster
from app.roster.core import BranchForm, root_path
from app.rules import service as rules
from app.rules.adoption import Adoption

_HEADINGS = ["organisation", "name", "form", "book", "from_on", "until_on"]


def add_to(application: typer.Typer) -> None:
    """Let ``longwen rules`` have these commands."""
    application.command("adopt")(adopt)
    application.command("adoptions")(list_adoptions)


def adopt(
    book: Annotated[str, typer.Argument(help=either("细则代码，如 longwen", "code of a published rule book"))],
    at: Annotated[
        str,
        typer.Option(
            metavar="CODE", help=either("采用的组织或区县的代码，其下全部随之", "code of the organisation or district")
        ),
    ],
    from_on: Annotated[
        datetime,
        typer.Option("--from", formats=["%Y-%m-%d"], help=either("自哪天起（季度第一天）", "a quarter's first day")),
    ],
    until_on: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], help=either("到哪天止（季度最后一天）", "a quarter's last day")),
    ] = None,
    form: Annotated[
        BranchForm | None,
        typer.Option(help=either("只用于这类支部：单独、联合或行业", "for branches of this form only")),
    ] = None,
    district: DistrictCode = None,
) -> None:
    """让一个组织及其下全部支部自某季度起按某细则计分。 / Let an organisation and all below it go by a rule book."""
    first, last = from_on.date(), None if until_on is None else until_on.date()
    with context.opened(district=district) as opened:
        actor = opened.actor()

        def work(connection: Connection) -> None:
            path = _path_of(connection, opened, at)
            adopting.adopt(connection, actor, book=book, path=path, from_on=first, until_on=last, form=form)

        opened.database.run(work, opened.district.id)
    say(f"{at} 自 {first} 起按细则 {book} 计分。", f"From {first} on, {at} goes by {book}.")


def list_adoptions(district: DistrictCode = None, as_json: Json = False) -> None:
    """列出哪些组织自何时起按哪部细则计分；就近者优先，同一组织以支部类别者优先。 / List who goes by which book."""
    with context.opened(district=district) as opened:
        district_id = opened.district.id

        def work(connection: Connection) -> list[dict[str, Any]]:
            names = {root_path(district_id): (opened.district.code, opened.district.name)}
            names |= {one.path: (one.code, one.name) for one in roster.organisations(connection, district_id)}
            return [_facts(one, names) for one in rules.adopted(connection, district_id).adoptions]

        rows = opened.database.run(work, opened.district.id)
    if as_json:
        print_json(rows)
    else:
        print_table(_HEADINGS, rows)


def _facts(found: Adoption, names: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    code, name = names[found.path]
    return {
        "organisation": code,
        "name": name,
        "form": None if found.form is None else found.form.value,
        "book": found.book,
        "from_on": found.from_on.isoformat(),
        "until_on": None if found.until_on is None else found.until_on.isoformat(),
    }


def _path_of(connection: Connection, opened: context.Context, code: str) -> str:
    """The path of an organisation; the district's own code stands for all of it, also before there is a roster."""
    for organisation in roster.organisations(connection, opened.district.id):
        if organisation.code == code:
            return organisation.path
    if code == opened.district.code:
        return root_path(opened.district.id)
    raise NotFound(what=either(f"组织 {code}", f"organisation {code}"), field="at")
