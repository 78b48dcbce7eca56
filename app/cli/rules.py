"""``longwen rules``: check the rule books' files, run the examples beside them, publish."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import context
from app.cli.database import DistrictCode, Json
from app.cli.output import either, language, print_json
from app.kit.calendar import quarter_of
from app.kit.settings import Settings
from app.points import settling
from app.roster.core import root_path
from app.rules import service as rules
from app.rules.book import Book
from app.rules.core import Edition
from app.rules.faults import RulesFaulty
from app.trials.core import Difference, Row, Verdict
from app.trials.service import try_examples

application = typer.Typer(help=either("评分细则。", "Rule books."), no_args_is_help=True)

Folder = Annotated[
    Path | None,
    typer.Argument(
        exists=True,
        file_okay=False,
        help=either("细则目录，缺省为全部", "folder of a rule book or of several; default: all of them"),
    ),
]

_REASONS = {
    "matter": ("同一事项只计一次", "one matter counts once"),
    "measure": ("按计分方式折算", "what the measure makes of it"),
    "ceiling_month": ("每月限额", "bound of a month"),
    "ceiling_quarter": ("每季度限额", "bound of a quarter"),
    "ceiling_half": ("半年限额", "bound of a half-year"),
    "ceiling_year": ("全年限额", "bound of the year"),
    "across": ("跨组限额", "ceiling across groups"),
    "weight": ("权重", "weight"),
    "floor": ("最低分", "floor"),
    "ceiling": ("最高分", "top"),
}


@application.command("check")
def check(folder: Folder = None, as_json: Json = False) -> None:
    """检查细则文件，一次列出全部问题。 / Check the files and list every fault at once."""
    try:
        books, examples = rules.read_folder(_folder(folder))
    except RulesFaulty as error:
        _tell_faults(error, as_json=as_json)
        raise typer.Exit(1) from error
    editions = [loaded.edition for book in books for loaded in book.editions]
    counts = {one.edition.digest: len(one.examples) for one in examples}
    if as_json:
        print_json({"faults": [], "editions": [_edition_facts(one, counts) for one in editions]})
        return
    for edition in editions:
        facts = _edition_facts(edition, counts)
        typer.echo(
            either(
                "✓ {book} {code}：自 {starts_on} 起，{items} 项，{profiles} 类，{examples} 个例子，摘要 {digest:.12}",
                "✓ {book} {code}: from {starts_on}, {items} items, {profiles} profiles, {examples} examples,"
                " digest {digest:.12}",
            ).format(**facts)
        )


@application.command("test")
def run_examples(folder: Folder = None, as_json: Json = False) -> None:
    """逐个运行细则旁的例子，不符的说明差在哪里。 / Run the examples beside the rules; a failure is explained."""
    verdicts: list[tuple[Edition, Verdict]] = []
    try:
        for edition, verdict in try_examples(_folder(folder)):
            verdicts.append((edition, verdict))
            if not as_json:
                _tell_verdict(edition, verdict)
    except RulesFaulty as error:
        _tell_faults(error, as_json=as_json)
        raise typer.Exit(1) from error
    failed = sum(not verdict.holds for _, verdict in verdicts)
    if as_json:
        print_json({"failed": failed, "examples": [_verdict_facts(*one) for one in verdicts]})
    else:
        zh, en = "{count} 个例子，{failed} 个不符。", "{count} examples, {failed} failed."
        typer.echo(either(zh, en).format(count=len(verdicts), failed=failed))
    if failed:
        raise typer.Exit(1)


@application.command("publish")
def publish(
    folder: Folder = None,
    district: DistrictCode = None,
    as_json: Json = False,
) -> None:
    """发布细则；尚未采用任何细则的区县即采用之。 / Publish rule books; a district without a book adopts the first."""
    path = _folder(folder)
    try:
        books, _ = rules.read_folder(path)
    except RulesFaulty as error:
        _tell_faults(error, as_json=as_json)
        raise typer.Exit(1) from error
    with context.opened(district=district) as opened:
        work = partial(_publish, books=books, opened=opened)
        published = opened.database.run(work, opened.district.id)
    if as_json:
        print_json(published)
        return
    for one in published:
        done = either("已发布", "published") if one["is_new"] else either("早已发布", "stood published already")
        typer.echo(f"✓ {one['book']} {one['code']} ({one['starts_on']}): {done}, {one['digest']:.12}")


def _publish(connection: Any, *, books: tuple[Book, ...], opened: context.Context) -> list[dict[str, Any]]:
    district = opened.district.id
    facts = []
    for book in books:
        made = rules.publish(connection, district, book, at=opened.clock.now(), by=None)
        facts += [
            {
                "book": book.code,
                "code": one.code,
                "starts_on": one.starts_on,
                "digest": one.digest,
                "is_new": one.is_new,
            }
            for one in made
        ]
        if not rules.adopted(connection, district).adoptions:
            first: date = made[0].starts_on
            rules.adopt(connection, district, book=book.code, path=root_path(district), from_on=first)
    # Whoever was imported before there were rules opens now.
    actor = opened.actor()
    settling.enter_members(connection, actor, quarter_of(actor.today))
    return facts


def _folder(folder: Path | None) -> Path:
    return Settings().rules if folder is None else folder


def _tell_faults(error: RulesFaulty, *, as_json: bool) -> None:
    """On standard output, one line for each: ``file:line: key: what is wrong and what to do``."""
    found = sorted(error.faults)
    if as_json:
        print_json(
            {
                "faults": [
                    {"file": one.file, "line": one.line, "key": one.key, "code": one.code, "zh": one.zh, "en": one.en}
                    for one in found
                ]
            }
        )
        return
    for one in found:
        typer.echo(f"{one.file}:{one.line}: {one.key + ': ' if one.key else ''}{one.text(language())}")
    typer.echo(error.text(language()), err=True)


def _edition_facts(edition: Edition, counts: dict[str, int]) -> dict[str, Any]:
    items = {code for regime in edition.regimes.values() for code in regime.items}
    return {
        "book": edition.book,
        "code": edition.code,
        "starts_on": edition.starts_on.isoformat(),
        "ends_on": None if edition.ends_on is None else edition.ends_on.isoformat(),
        "digest": edition.digest,
        "items": len(items),
        "profiles": len(edition.regimes),
        "examples": counts.get(edition.digest, 0),
    }


def _tell_verdict(edition: Edition, verdict: Verdict) -> None:
    example = verdict.example
    mark = "✓" if verdict.holds else "✗"
    typer.echo(f"{mark} [{example.code}] {either(example.title.zh, example.title.en)}")
    if verdict.holds:
        return
    for refusal in verdict.refusals:
        typer.echo(f"    {example.file}:{refusal.line}: {refusal.error.text(language())}")
    for difference in verdict.differences:
        typer.echo(f"    {example.file}:{example.line}: {_told_difference(difference)}")
    if verdict.differences:
        typer.echo(f"    {either('来自', 'It comes from')}:")
        for row in verdict.rows:
            typer.echo(f"      {_told_row(edition, row)}")


def _told_difference(difference: Difference) -> str:
    facts = {"what": difference.what, "expected": difference.expected, "actual": difference.actual, "by": ""}
    if isinstance(difference.expected, int) and isinstance(difference.actual, int):
        facts["by"] = f" ({difference.actual - difference.expected:+d})"
    return either("{what}：预期 {expected}，实为 {actual}{by}", "{what}: expected {expected}, got {actual}{by}").format(
        **facts
    )


def _told_row(edition: Edition, row: Row) -> str:
    name = row.where
    for regime in edition.regimes.values():
        if row.where in regime.items:
            label = regime.items[row.where].name
            name = f"{row.where} {either(label.zh, label.en)}"
            break
    when = f" [{', '.join(row.windows)}]" if row.windows else ""
    reason = f" ({either(*_REASONS.get(row.reason, (row.reason, row.reason)))})" if row.reason else ""
    return f"{row.points:+d}  {name}{when}{reason}"


def _verdict_facts(edition: Edition, verdict: Verdict) -> dict[str, Any]:
    example, score = verdict.example, verdict.score
    return {
        "book": edition.book,
        "edition": edition.code,
        "code": example.code,
        "zh": example.title.zh,
        "en": example.title.en,
        "file": example.file,
        "line": example.line,
        "holds": verdict.holds,
        "daily": None if score is None else score.daily,
        "total": None if score is None else score.total,
        "band": None if score is None else score.band,
        "refusals": [
            {"line": one.line, "code": one.error.code, "zh": one.error.text("zh"), "en": one.error.text("en")}
            for one in verdict.refusals
        ],
        "differences": [
            {"what": one.what, "expected": one.expected, "actual": one.actual} for one in verdict.differences
        ],
        "rows": [
            {"where": one.where, "windows": one.windows, "points": one.points, "reason": one.reason}
            for one in verdict.rows
        ],
    }
