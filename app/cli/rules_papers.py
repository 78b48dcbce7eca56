"""``longwen rules schema`` and ``longwen rules render``: what is made of rule books for people and their editors."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import either, language, say
from app.handbook import rendering
from app.kit.settings import Settings
from app.rules import schema
from app.rules.faults import RulesFaulty


class SchemaKind(StrEnum):
    """The kinds of files of a rule book."""

    BOOK = "book"
    ITEMS = "items"
    STARS = "stars"
    EXAMPLES = "examples"
    STAR_EXAMPLES = "star_examples"
    APPRAISAL_EXAMPLES = "appraisal_examples"


Kinds = Annotated[
    SchemaKind | None,
    typer.Argument(help=either("哪一种文件；与 --folder 合用时缺省为全部", "kind of file; all of them with --folder")),
]
SchemaFolder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        file_okay=False,
        help=either(
            "写入此目录（KIND.schema.json），缺省输出到屏幕", "write KIND.schema.json there, not to the screen"
        ),
    ),
]


def add_to(application: typer.Typer) -> None:
    """Put the commands beside the others about rules."""
    application.command("schema")(write_schema)
    application.command("render")(render)


def write_schema(kind: Kinds = None, folder: SchemaFolder = None) -> None:
    """输出 JSON Schema，编辑器据此提示和检查。 / JSON Schema, by which editors complete and check."""
    if folder is None:
        if kind is None:
            names = ", ".join(one.value for one in SchemaKind)
            say(f"请写明哪一种文件（{names}），或者用 --folder。", f"Name a kind of file ({names}), or give --folder.")
            raise typer.Exit(2)
        typer.echo(schema.schema_text(kind.value), nl=False)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for one in SchemaKind if kind is None else (kind,):
        path = folder / f"{one.value}.schema.json"
        path.write_text(schema.schema_text(one.value), encoding="utf-8")
        typer.echo(path)


BookName = Annotated[
    str,
    typer.Argument(metavar="BOOK", help=either("细则代号或者目录", "code of a rule book, or its folder")),
]
EditionCode = Annotated[
    str | None, typer.Option("--edition", help=either("版次，缺省为最新一版", "an edition; default: the latest"))
]
ProfileCode = Annotated[
    str | None,
    typer.Option("--profile", help=either("只印某一类党员适用的内容", "only what applies to one class of members")),
]
PaperFile = Annotated[
    Path,
    typer.Option("--to", dir_okay=False, help=either("写入的文件，.html 或 .pdf", "the file to write, .html or .pdf")),
]


def render(book: BookName, to: PaperFile, edition: EditionCode = None, profile: ProfileCode = None) -> None:
    """把细则印成册子：HTML 或 PDF。 / A printable booklet of a rule book: HTML or PDF."""
    form = to.suffix.lower()
    if form not in {".html", ".pdf"}:
        say(f"{to}：文件名须以 .html 或 .pdf 结尾。", f"{to}: the name must end in .html or .pdf.")
        raise typer.Exit(2)
    folder = Path(book) if Path(book).is_dir() else Settings().rules / book
    try:
        booklet = rendering.read_booklet(folder, edition, profile)
    except RulesFaulty as error:
        for one in sorted(error.faults):
            typer.echo(f"{one.file}:{one.line}: {one.key + ': ' if one.key else ''}{one.text(language())}", err=True)
        typer.echo(error.text(language()), err=True)
        raise typer.Exit(1) from error
    content = rendering.pdf(booklet) if form == ".pdf" else rendering.html(booklet).encode("utf-8")
    to.write_bytes(content)
    typer.echo(f"{to}: {booklet.cover.edition}")
