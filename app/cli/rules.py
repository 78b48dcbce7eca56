"""``longwen rules``: check the rule books' files, run the examples beside them, publish."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeGuard

import typer

from app.cli import (
    context,
    rules_adopting,
    rules_appraisals,
    rules_coverage,
    rules_papers,
    rules_reading,
    rules_rounds,
    rules_simulating,
)
from app.cli.database import DistrictCode, Json
from app.cli.output import either, language, print_json, say
from app.kit.calendar import quarter_of
from app.kit.settings import Settings
from app.points import adopting, settling
from app.roster.core import root_path
from app.rules import service as rules
from app.rules.book import Book, book_folders
from app.rules.core import Edition
from app.rules.faults import RulesFaulty
from app.rules.points import decimals_of, printed_number, printed_text, signed_text
from app.trials.core import Difference, Row, Verdict
from app.trials.service import Trial, try_books

application = typer.Typer(help=either("评分细则。", "Rule books."), no_args_is_help=True)
rules_papers.add_to(application)
rules_adopting.add_to(application)
rules_simulating.add_to(application)
rules_reading.add_to(application)

Folder = Annotated[
    Path | None,
    typer.Argument(
        exists=True,
        file_okay=False,
        help=either("细则目录，缺省为全部", "folder of a rule book or of several; default: all of them"),
    ),
]

Published = Annotated[
    str | None,
    typer.Argument(metavar="BOOK", help=either("细则代码或目录；只有一部时可省略", "a rule book's code or folder")),
]

Full = Annotated[
    bool,
    typer.Option("--full", help=either("有部分没有例子涉及时也算不符", "parts that no example reaches fail as well")),
]

_REASONS = {
    "matter": ("同一事项只计一次", "one matter counts once"),
    "measure": ("按计分方式折算", "what the measure makes of it"),
    "ceiling_month": ("每月限额", "bound of a month"),
    "ceiling_quarter": ("每季度限额", "bound of a quarter"),
    "ceiling_half": ("半年限额", "bound of a half-year"),
    "ceiling_year": ("考评年度限额", "bound of the cycle"),
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
    counts = {one.edition.digest: len(one.examples) + len(one.rounds) + len(one.appraisals) for one in examples}
    if as_json:
        print_json({"faults": [], "editions": [_edition_facts(one, counts) for one in editions]})
        return
    for edition in editions:
        facts = _edition_facts(edition, counts)
        typer.echo(
            either(
                "✓ {book} {code}：自 {starts_on} 起，{items} 项，{profiles} 类，{examples} 个例子，摘要 {digest:.12}",
                f"✓ {{book}} {{code}}: from {{starts_on}}, {_counted(facts, 'items')}, {_counted(facts, 'profiles')},"
                f" {_counted(facts, 'examples')}, digest {{digest:.12}}",
            ).format(**facts)
        )
        if edition.stars is not None:
            en = f"    star sheet: {_counted(facts, 'indicators')}"
            typer.echo(either("    星级标准：{indicators} 项指标", en).format(**facts))


@application.command("test")
def run_examples(folder: Folder = None, as_json: Json = False, full: Full = False) -> None:
    """逐个运行细则旁的例子，说明差在哪里、哪些没有例子。 / Run the examples; say what differs, what none reaches."""
    trials: list[Trial] = []
    try:
        for trial in try_books(_folder(folder)):
            trials.append(trial)
            if not as_json:
                for verdict in trial.verdicts:
                    _tell_verdict(trial.edition, verdict)
                rules_rounds.tell(trial)
                rules_appraisals.tell(trial)
    except RulesFaulty as error:
        _tell_faults(error, as_json=as_json)
        raise typer.Exit(1) from error
    verdicts = [(trial.edition, verdict) for trial in trials for verdict in trial.verdicts]
    held = [verdict.holds for _, verdict in verdicts]
    held += [verdict.holds for trial in trials for verdict in trial.rounds]
    held += [verdict.holds for trial in trials for verdict in trial.appraisals]
    failed, count = held.count(False), len(held)
    if as_json:
        coverage = [rules_coverage.facts(trial) for trial in trials]
        found = {"failed": failed, "examples": [_verdict_facts(*one) for one in verdicts], "coverage": coverage}
        found["rounds"] = [fact for trial in trials for fact in rules_rounds.facts(trial)]
        found["appraisals"] = [fact for trial in trials for fact in rules_appraisals.facts(trial)]
        print_json(found | {"star_coverage": [rules_rounds.coverage_facts(trial) for trial in trials if trial.stars]})
    else:
        en = f"{_counted({'examples': count}, 'examples')}, {failed} failed."
        typer.echo(either(f"{count} 个例子，{failed} 个不符。", en))
        for trial in trials:
            rules_coverage.tell(trial)
            rules_rounds.tell_coverage(trial)
            rules_appraisals.tell_coverage(trial)
    is_full = all(part.is_full(trials) for part in (rules_coverage, rules_rounds, rules_appraisals))
    if failed or (full and not is_full):
        raise typer.Exit(1)


@application.command("publish")
def publish(
    book: Published = None,
    district: DistrictCode = None,
    as_json: Json = False,
) -> None:
    """发布细则；尚未采用任何细则的区县即采用之。 / Publish a rule book; a district without one adopts it."""
    folder = _only_book() if book is None else _published_folder(book)
    try:
        books, _ = rules.read_folder(folder)
    except RulesFaulty as error:
        _tell_faults(error, as_json=as_json)
        raise typer.Exit(1) from error
    with context.opened(district=district) as opened:
        work = partial(_publish, books=books, opened=opened)
        published, is_adopted = opened.database.run(work, opened.district.id)
    if not is_adopted:
        zh = "本区尚未采用任何细则，请选定一部：longwen rules adopt BOOK --at {code} --from 季度第一天"
        en = "The district goes by no rule book yet; choose one: longwen rules adopt BOOK --at {code} --from DAY"
        say(zh.format(code=opened.district.code), en.format(code=opened.district.code))
    if as_json:
        print_json(published)
        return
    for one in published:
        done = either("已发布", "published") if one["is_new"] else either("早已发布", "stood published already")
        typer.echo(f"✓ {one['book']} {one['code']} ({one['starts_on']}): {done}, {one['digest']:.12}")


def _only_book() -> Path:
    """The folder of the rules if it holds one book; a district must not come by one of several without choosing it."""
    folder = Settings().rules
    known = [one.name for one in book_folders(folder)]
    if len(known) > 1:
        zh = f"请指明发布哪一部细则，如 longwen rules publish BOOK。{folder} 中有：{'、'.join(known)}"
        en = f"name the book to publish, as in longwen rules publish BOOK; {folder} has: {', '.join(known)}"
        raise typer.BadParameter(either(zh, en), param_hint="BOOK")
    return folder


def _published_folder(book: str) -> Path:
    """The folder of the book, or a folder of several. Raises rules_reading's BookNotFound."""
    try:
        return rules_reading.folder_of(book)
    except rules_reading.BookNotFound:
        if Path(book).is_dir():
            return Path(book)
        raise


def _publish(connection: Any, *, books: tuple[Book, ...], opened: context.Context) -> tuple[list[dict[str, Any]], bool]:
    """What was published, and whether the district goes by any book now."""
    district, actor = opened.district.id, opened.actor()
    # What the whole district goes by is its own book, not one that a committee made of it; of several nobody chose one.
    own = [book for book in books if book.extends is None]
    facts = []
    for book in books:
        made = adopting.publish(connection, actor, book)
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
        if own == [book] and not rules.adopted(connection, district).adoptions:
            first: date = made[0].starts_on
            adopting.adopt(connection, actor, book=book.code, path=root_path(district), from_on=first)
    # Whoever was imported before there were rules opens now.
    settling.enter_members(connection, actor, quarter_of(actor.today))
    return facts, bool(rules.adopted(connection, district).adoptions)


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


def _counted(facts: Mapping[str, Any], what: str) -> str:
    """'1 item', '2 items'."""
    return f"{facts[what]} {what.removesuffix('s') if facts[what] == 1 else what}"


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
        "indicators": 0 if edition.stars is None else len(edition.stars.indicators),
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
        typer.echo(f"    {example.file}:{example.line}: {_told_difference(difference, decimals_of(edition))}")
    if verdict.differences:
        typer.echo(f"    {either('来自', 'It comes from')}:")
        for row in verdict.rows:
            typer.echo(f"      {_told_row(edition, row)}")


def _told_difference(difference: Difference, decimals: int) -> str:
    facts = {"what": difference.what, "expected": difference.expected, "actual": difference.actual, "by": ""}
    expected, actual = difference.expected, difference.actual
    if _is_points(expected) and _is_points(actual):
        facts["expected"], facts["actual"] = printed_text(expected, decimals), printed_text(actual, decimals)
        facts["by"] = f" ({signed_text(actual - expected, decimals)})"
    return either("{what}：预期 {expected}，实为 {actual}{by}", "{what}: expected {expected}, got {actual}{by}").format(
        **facts
    )


def _is_points(value: object) -> TypeGuard[int]:
    """Whether a member is graded is no number, whatever Python says of it."""
    return isinstance(value, int) and not isinstance(value, bool)


def _told_row(edition: Edition, row: Row) -> str:
    name = row.where
    for regime in edition.regimes.values():
        if row.where in regime.items:
            label = regime.items[row.where].name
            name = f"{row.where} {either(label.zh, label.en)}"
            break
    when = f" [{', '.join(row.windows)}]" if row.windows else ""
    reason = f" ({either(*_REASONS.get(row.reason, (row.reason, row.reason)))})" if row.reason else ""
    return f"{signed_text(row.points, decimals_of(edition))}  {name}{when}{reason}"


def _verdict_facts(edition: Edition, verdict: Verdict) -> dict[str, Any]:
    example, score, decimals = verdict.example, verdict.score, decimals_of(edition)

    def number(value: object) -> object:
        return printed_number(value, decimals) if _is_points(value) else value

    return {
        "book": edition.book,
        "edition": edition.code,
        "code": example.code,
        "zh": example.title.zh,
        "en": example.title.en,
        "file": example.file,
        "line": example.line,
        "holds": verdict.holds,
        "daily": None if score is None else number(score.daily),
        "total": None if score is None else number(score.total),
        "band": None if score is None else score.band,
        "refusals": [
            {"line": one.line, "code": one.error.code, "zh": one.error.text("zh"), "en": one.error.text("en")}
            for one in verdict.refusals
        ],
        "differences": [
            {"what": one.what, "expected": number(one.expected), "actual": number(one.actual)}
            for one in verdict.differences
        ],
        "rows": [
            {"where": one.where, "windows": one.windows, "points": number(one.points), "reason": one.reason}
            for one in verdict.rows
        ],
    }
