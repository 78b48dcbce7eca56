"""``longwen rules explain`` and ``longwen rules diff``: what a rule book says, and what changed, in plain sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import context
from app.cli.database import DistrictCode, Json
from app.cli.output import either, language, print_json
from app.handbook import reading
from app.handbook.sentences import TOPICS, Sentence
from app.handbook.telling import Change
from app.kit.clock import SystemClock, business_day
from app.kit.errors import ErrorKind, LongwenError
from app.kit.settings import Settings
from app.rules import service as rules
from app.rules.book import BOOK_FILE, ITEMS_FILE, Book, book_folders
from app.rules.core import Edition
from app.rules.faults import RulesFaulty
from app.rules.name import Name

PUBLISHED = "published:"
_TIME_ZONE = "Asia/Shanghai"  # without a district the day is that of the country

BookName = Annotated[str, typer.Argument(metavar="BOOK", help=either("细则代码或目录", "a rule book's code or folder"))]
ItemCode = Annotated[
    str | None,
    typer.Argument(metavar="[ITEM]", help=either("项目代码，缺省说明整个版本", "an item; default: the whole")),
]
EditionCode = Annotated[
    str | None, typer.Option("--edition", metavar="CODE", help=either("版本，缺省为现行版", "default: that in force"))
]
ProfileCode = Annotated[
    str | None,
    typer.Option("--profile", metavar="CODE", help=either("党员类型，缺省为一般党员", "a class of members")),
]
_SIDE = either(
    "细则/版本、目录，或 published:版本（已发布的，可用摘要前几位）",
    "BOOK/EDITION, a folder, or published:EDITION (or the start of its digest)",
)
Side = Annotated[str, typer.Argument(help=_SIDE)]


class BookNotFound(LongwenError):
    """There is no such rule book among the files."""

    kind = ErrorKind.MISSING
    code = "book_not_found"
    zh = "没有找到评分细则 {name}。目录 {folder} 中有：{known}。请核对名称，或写明目录。"
    en = "There is no rule book {name}. The folder {folder} has: {known}. Check the name, or give a folder."


class EditionNotFound(LongwenError):
    """The book has no such edition."""

    kind = ErrorKind.MISSING
    code = "edition_not_found"
    zh = "评分细则 {book} 没有版本 {edition}。现有：{known}。请核对版本代码。"
    en = "The rule book {book} has no edition {edition}. It has: {known}. Check the edition's code."


def add_to(application: typer.Typer) -> None:
    """Put the commands beside the others about rules."""
    application.command("explain")(explain)
    application.command("diff")(diff)


def explain(
    book: BookName,
    item: ItemCode = None,
    edition: EditionCode = None,
    profile: ProfileCode = None,
    as_json: Json = False,
) -> None:
    """用白话说明一个项目或整个版本，逐值注明依据。 / Say in plain words what the rules say, and on which grounds."""
    found = _edition_in(_book(book), edition)
    regime = reading.regime_of(found, profile)
    sentences = reading.explanation(found, profile, item)
    if as_json:
        facts = {"book": found.book, "edition": found.code, "digest": found.digest, "profile": regime.profile}
        print_json({**facts, "sentences": [_sentence_facts(one) for one in sentences]})
        return
    who = found.class_names.get(regime.profile, Name(regime.profile, regime.profile))
    typer.echo(either(f"{found.name.zh}，对{who.zh}：", f"{found.name.en}, for {who.en}:"))
    told = None
    for one in sentences:
        if one.topic is not told:
            told = one.topic
            typer.echo(either(f"【{TOPICS[told].zh}】", f"[{TOPICS[told].en}]"))
        typer.echo(f"  {_with_basis(one.text, one.basis)}")


def diff(old: Side, new: Side, district: DistrictCode = None, as_json: Json = False) -> None:
    """逐条说明两个版本有何不同，附两边依据。 / Say article by article what changed, with both citations."""
    before, after = _editions(old, new, district)
    changes = reading.changes(before, after)
    if as_json:
        ends = {"old": _edition_facts(before), "new": _edition_facts(after)}
        print_json({**ends, "changes": [_change_facts(one) for one in changes]})
        return
    typer.echo(f"- {_headline(before)}")
    typer.echo(f"+ {_headline(after)}")
    for number, change in enumerate(changes, start=1):
        typer.echo(f"{number}. {either(change.text.zh, change.text.en)}")
        basis = _told_bases(change)
        if basis:
            typer.echo(f"   {basis}")
    if not changes:
        typer.echo(either("两个版本内容相同。", "Both say the same."))


def _headline(edition: Edition) -> str:
    return either(
        f"{edition.name.zh}（{edition.book}/{edition.code}，自{edition.starts_on}起，摘要 {edition.digest:.12}）",
        f"{edition.name.en} ({edition.book}/{edition.code}, from {edition.starts_on}, digest {edition.digest:.12})",
    )


def _told_bases(change: Change) -> str:
    old, new = change.old_basis, change.new_basis
    if old is None and new is None:
        return ""
    if old == new and new is not None:
        return either(f"依据不变：{new.zh}", f"the same citation: {new.en}")
    shown = [(zh, en, one) for zh, en, one in (("原依据", "it was", old), ("现依据", "it is", new)) if one is not None]
    return either(
        "；".join(f"{zh}：{one.zh}" for zh, _, one in shown), "; ".join(f"{en}: {one.en}" for _, en, one in shown)
    )


def _with_basis(text: Name, basis: Name | None) -> str:
    if basis is None:
        return either(text.zh, text.en)
    return either(f"{text.zh}［{basis.zh}］", f"{text.en} [{basis.en}]")


def _editions(old: str, new: str, district: str | None) -> tuple[Edition, Edition]:
    """Both sides; the database is opened only where one of them is published."""
    if not any(side.startswith(PUBLISHED) for side in (old, new)):
        return _edition_at(old), _edition_at(new)
    with context.opened(district=district) as opened:
        actor = opened.actor()

        def read(side: str) -> Edition:
            if not side.startswith(PUBLISHED):
                return _edition_at(side)
            name = side.removeprefix(PUBLISHED)
            return opened.database.run(lambda one: reading.edition_named(one, actor, name), opened.district.id)

        return read(old), read(new)


def _edition_at(side: str) -> Edition:
    """The edition in a folder of its own, the last one of a book's folder, or BOOK/EDITION among the rules."""
    folder = Path(side)
    if (folder / ITEMS_FILE).is_file():
        return _edition_in(_book(str(folder.resolve().parent)), folder.resolve().name)
    if (folder / BOOK_FILE).is_file():
        return _book(side).editions[-1].edition
    name, _, code = side.partition("/")
    book = _book(name)
    return _edition_in(book, code) if code else book.editions[-1].edition


def folder_of(name: str) -> Path:
    """The folder of a rule book: the one named, or that of the name among the rules. Raises BookNotFound."""
    root = Settings().rules
    folder = next((one for one in (Path(name), root / name) if (one / BOOK_FILE).is_file()), None)
    if folder is None:
        known = ", ".join(one.name for one in book_folders(root))
        raise BookNotFound(name=name, folder=root, known=known or "-")
    return folder


def _book(name: str) -> Book:
    """The rule book of a folder, or of that name among the rules. Tells the faults of a faulty one and ends."""
    folder = folder_of(name)
    try:
        return rules.read_folder(folder)[0][0]
    except RulesFaulty as error:
        for one in sorted(error.faults):
            typer.echo(f"{one.file}:{one.line}: {one.key + ': ' if one.key else ''}{one.text(language())}", err=True)
        typer.echo(error.text(language()), err=True)
        raise typer.Exit(1) from error


def _edition_in(book: Book, code: str | None) -> Edition:
    """The edition of the code; without one that in force today, else the last. EditionNotFound."""
    if code is None:
        today = business_day(SystemClock().now(), _TIME_ZONE)
        return book.on(today) or book.editions[-1].edition
    found = book.edition(code)
    if found is None:
        known = ", ".join(one.edition.code for one in book.editions)
        raise EditionNotFound(book=book.code, edition=code, known=known)
    return found.edition


def _edition_facts(edition: Edition) -> dict[str, Any]:
    return {
        "book": edition.book,
        "code": edition.code,
        "starts_on": edition.starts_on.isoformat(),
        "digest": edition.digest,
        "zh": edition.name.zh,
        "en": edition.name.en,
    }


def _sentence_facts(one: Sentence) -> dict[str, Any]:
    return {"topic": one.topic.value, "key": one.key, **_named("", one.text), **_named("basis_", one.basis)}


def _change_facts(one: Change) -> dict[str, Any]:
    return {
        "place": one.place,
        "verb": one.verb.value,
        "profiles": list(one.profiles),
        **_named("", one.text),
        **_named("old_", one.old),
        **_named("new_", one.new),
        **_named("old_basis_", one.old_basis),
        **_named("new_basis_", one.new_basis),
    }


def _named(prefix: str, name: Name | None) -> dict[str, str | None]:
    return {f"{prefix}zh": None if name is None else name.zh, f"{prefix}en": None if name is None else name.en}
