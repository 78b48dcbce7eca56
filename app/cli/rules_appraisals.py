"""What ``longwen rules test`` says of examples of appraisals: who has another grade than expected, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import typer

from app.appraisals.wording import told
from app.cli.output import either
from app.cli.rules_differences import difference_facts, example_facts, headline, tell_unreached, told_difference
from app.rules.name import Name
from app.rules.stars import Stars
from app.trials.grades import AppraisalVerdict
from app.trials.service import Trial


def is_full(trials: Iterable[Trial]) -> bool:
    """Whether the examples of appraisals reach every grade, the quota, the votes and the grounds."""
    return all(part.reached for trial in trials for part in trial.grades)


def tell(trial: Trial) -> None:
    """Each example, with what differs."""
    sheet = trial.edition.stars
    if sheet is None or sheet.appraisal is None:
        return
    for verdict in trial.appraisals:
        example = verdict.example
        typer.echo(headline(example, holds=verdict.holds))
        for one in verdict.differences:
            typer.echo(f"    {example.file}:{one.line}: {told_difference(one, sheet.decimals)}")
            for reason in one.reasons if one.what == "grade" else ():
                typer.echo(f"      {either(*told(sheet.appraisal, reason, sheet.decimals))}")


def tell_coverage(trial: Trial) -> None:
    """The summary, then a line for each part of the section that no example reaches."""
    if not trial.grades:
        return
    book = f"{trial.edition.book} {trial.edition.code}"
    count = f"{sum(part.reached for part in trial.grades)}/{len(trial.grades)}"
    mark = "✓" if is_full([trial]) else "✗"
    typer.echo(either(f"{mark} 考核例子覆盖 {book}：{count}", f"{mark} appraisal examples reach of {book}: {count}"))
    tell_unreached(trial, trial.grades, lambda part: Name(*[".".join(part.path)] * 2))


def facts(trial: Trial) -> list[dict[str, Any]]:
    """The same for programs."""
    sheet = trial.edition.stars
    return [] if sheet is None else [_verdict_facts(trial, sheet, verdict) for verdict in trial.appraisals]


def _verdict_facts(trial: Trial, sheet: Stars, verdict: AppraisalVerdict) -> dict[str, Any]:
    differences = [{**difference_facts(one, sheet.decimals), "secretary": one.name} for one in verdict.differences]
    return {**example_facts(trial, verdict.example, holds=verdict.holds), "differences": differences}
