"""What ``longwen rules test`` says of the parts of a rule book that its examples do not reach."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import typer

from app.cli.output import either
from app.handbook.glossary import Glossary
from app.rules.name import Name
from app.trials.coverage import Coverage, told
from app.trials.parts import Part, PartKind
from app.trials.service import Trial

# In the order of the summary; a veto is an item.
_SUMMARY = (
    ((PartKind.ITEM, PartKind.VETO), Name("项目", "items")),
    ((PartKind.TIER,), Name("档次", "tiers")),
    ((PartKind.RUNG,), Name("阶梯", "rungs")),
    ((PartKind.RANGE,), Name("幅度两端", "ends of ranges")),
    ((PartKind.CLAMP,), Name("限额", "clamps")),
    ((PartKind.LINE,), Name("界线", "lines")),
    ((PartKind.BAND,), Name("等次", "bands")),
    ((PartKind.CLASS,), Name("党员类型", "classes")),
)


def is_full(trials: Iterable[Trial]) -> bool:
    """Whether the examples reach every part that examples can reach."""
    return not any(trial.coverage.missed for trial in trials)


def tell(trial: Trial) -> None:
    """The summary, then a line for each part that is not reached: ``file:line: what, and why``."""
    book = f"{trial.edition.book} {trial.edition.code}"
    mark = "✗" if trial.coverage.missed else "✓"
    typer.echo(
        either("{mark} 例子覆盖 {book}：{parts}", "{mark} examples reach of {book}: {parts}").format(
            mark=mark, book=book, parts=either("，", ", ").join(_summary(trial.coverage))
        )
    )
    for part in (*trial.coverage.missed, *trial.coverage.idle, *trial.coverage.apart):
        name = _told(trial, part)
        typer.echo(f"    {trial.file}:{trial.line(part)}: {either(name.zh, name.en)}")


def facts(trial: Trial) -> dict[str, Any]:
    """The same for programs."""
    coverage = trial.coverage
    return {
        "book": trial.edition.book,
        "edition": trial.edition.code,
        "counts": {kind.value: {"reached": done, "all": whole} for kind, (done, whole) in coverage.counts().items()},
        "unreached": [_part_facts(trial, part) for part in coverage.missed],
        "idle": [_part_facts(trial, part) for part in coverage.idle],
        "apart": [_part_facts(trial, part) for part in coverage.apart],
    }


def _summary(coverage: Coverage) -> Iterable[str]:
    counts = coverage.counts()
    for kinds, name in _SUMMARY:
        found = [counts[kind] for kind in kinds if kind in counts]
        if found:
            done, whole = sum(one[0] for one in found), sum(one[1] for one in found)
            yield f"{either(name.zh, name.en)} {done}/{whole}"


def _told(trial: Trial, part: Part) -> Name:
    return told(part, Glossary(trial.edition).points(part.comes_to or 0))


def _part_facts(trial: Trial, part: Part) -> dict[str, Any]:
    name = _told(trial, part)
    return {
        "kind": part.kind.value,
        "file": trial.file,
        "line": trial.line(part),
        "key": ".".join(str(one) for one in part.path),
        "zh": name.zh,
        "en": name.en,
    }
