"""What ``longwen rules test`` says of examples of rounds: which branch has another star than expected, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import typer

from app.cli.output import either
from app.cli.rules_differences import difference_facts, example_facts, headline, tell_unreached, told_difference
from app.ratings.wording import told
from app.rules.name import Name
from app.rules.stars import Stars
from app.trials.rounds import RoundVerdict
from app.trials.service import Trial

_SUMMARY = (
    ("stars", Name("星级", "stars")),
    ("gates", Name("门槛", "gates")),
    ("quotas", Name("名额", "quotas")),
)


def is_full(trials: Iterable[Trial]) -> bool:
    """Whether the examples of rounds reach every level, gate and quota of the sheets that have such examples."""
    return all(part.reached for trial in trials for part in trial.stars)


def tell(trial: Trial) -> None:
    """Each example, with what differs."""
    sheet = trial.edition.stars
    if sheet is None:
        return
    for verdict in trial.rounds:
        example = verdict.example
        typer.echo(headline(example, holds=verdict.holds))
        for one in verdict.differences:
            typer.echo(f"    {example.file}:{one.line}: {told_difference(one, sheet.decimals)}")
            for reason in one.reasons if one.what == "star" else ():
                typer.echo(f"      {either(*told(sheet, reason))}")


def tell_coverage(trial: Trial) -> None:
    """The summary, then a line for each part of the sheet that no example reaches."""
    if not trial.stars:
        return
    book = f"{trial.edition.book} {trial.edition.code}"
    counts = []
    for section, name in _SUMMARY:
        parts = [part for part in trial.stars if part.path[0] == section]
        if parts:
            counts.append(f"{either(name.zh, name.en)} {sum(part.reached for part in parts)}/{len(parts)}")
    mark = "✓" if all(part.reached for part in trial.stars) else "✗"
    summary = either("，", ", ").join(counts)
    typer.echo(either(f"{mark} 星级例子覆盖 {book}：{summary}", f"{mark} star examples reach of {book}: {summary}"))
    tell_unreached(trial, trial.stars, lambda part: part.name)


def facts(trial: Trial) -> list[dict[str, Any]]:
    """The same for programs."""
    sheet = trial.edition.stars
    return [] if sheet is None else [_verdict_facts(trial, sheet, verdict) for verdict in trial.rounds]


def coverage_facts(trial: Trial) -> dict[str, Any]:
    unreached = [".".join(part.path) for part in trial.stars if not part.reached]
    return {"book": trial.edition.book, "edition": trial.edition.code, "unreached": unreached}


def _verdict_facts(trial: Trial, sheet: Stars, verdict: RoundVerdict) -> dict[str, Any]:
    differences = [
        {
            **difference_facts(one, sheet.decimals),
            "branch": one.name,
            "reasons": [dict(zip(("zh", "en"), told(sheet, reason), strict=True)) for reason in one.reasons],
        }
        for one in verdict.differences
    ]
    return {**example_facts(trial, verdict.example, holds=verdict.holds), "differences": differences}
