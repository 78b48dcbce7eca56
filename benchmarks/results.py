"""What a benchmark found: rows of rounds, the ratios between them, a table for people and JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from app.cli.output import either

FOLDER = Path(__file__).resolve().parent / "results"


@dataclass
class Row:
    """One thing measured, a value a round: the subject, or a yardstick beside it."""

    name: str
    unit: str
    is_rate: bool  # more is better; else the value is a time
    is_subject: bool = False
    rounds: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list, repr=False)  # milliseconds, over all rounds
    costs: dict[str, list[float]] = field(default_factory=dict)  # milliseconds of processor time a request, by whom

    @property
    def value(self) -> float:
        return median(self.rounds)

    def add_cost(self, who: str, milliseconds: float) -> None:
        self.costs.setdefault(who, []).append(milliseconds)

    def percentile(self, share: float) -> float | None:
        if not self.latencies:
            return None
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def times_of(self, yardstick: Row) -> float:
        """How many times the yardstick's cost the subject's is: the median over the rounds, each with its own."""
        pairs = zip(self.rounds, yardstick.rounds, strict=True)
        return median(theirs / mine if self.is_rate else mine / theirs for mine, theirs in pairs)


@dataclass
class Finding:
    """A benchmark's rows; every yardstick is compared with the subject that stands before it."""

    code: str
    title: str
    sizes: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def times(self) -> list[float | None]:
        """For each row: how many times its cost the subject before it has; None for a subject and for context."""
        found: list[float | None] = []
        subject: Row | None = None
        for row in self.rows:
            if row.is_subject:
                subject = row
                found.append(None)
            else:
                comparable = subject is not None and subject.unit == row.unit
                found.append(subject.times_of(row) if comparable and subject is not None else None)
        return found

    def as_json(self) -> dict[str, Any]:
        rows = []
        for row, times in zip(self.rows, self.times(), strict=True):
            rows.append(
                {
                    **{key: value for key, value in asdict(row).items() if key != "latencies"},
                    "median": row.value,
                    "latency_ms": {str(share): row.percentile(share) for share in (0.5, 0.95, 0.99)},
                    "costs": {who: median(values) for who, values in row.costs.items()},
                    "subject_costs_times": times,
                }
            )
        return {"code": self.code, "title": self.title, "sizes": self.sizes, "rows": rows, "notes": self.notes}


def write_json(findings: Sequence[Finding], failures: Mapping[str, str], run: Mapping[str, Any]) -> Path:
    """Everything of a run, under its time and as the latest."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{run['at']}.json"
    found = {**run, "benchmarks": [one.as_json() for one in findings], "failures": failures}
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    path.write_text(text)
    (FOLDER / "latest.json").write_text(text)
    return path


def show(finding: Finding) -> None:
    """The table, with lines drawn only on a terminal."""
    headings = [
        either("测量项", "measured"), either("中位数", "median"), either("最小–最大", "min–max"),
        either("本服务为其几倍", "service costs"), "p50 ms", "p99 ms", either("每次 CPU ms", "CPU ms each"),
    ]  # fmt: skip
    lines = [_cells(row, times) for row, times in zip(finding.rows, finding.times(), strict=True)]
    sizes = ", ".join(f"{name} {value}" for name, value in finding.sizes.items())
    title = f"{finding.code} · {finding.title} ({sizes})"
    if sys.stdout.isatty():
        # Only where it is seen.
        from rich.console import Console  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415

        table = Table(*headings, title=title, title_justify="left", caption="\n".join(finding.notes) or None)
        for line in lines:
            table.add_row(*line)
        Console().print(table)
        return
    print(f"\n{title}")
    for line in (headings, *lines):
        print("\t".join(line))
    for note in finding.notes:
        print(f"# {note}")


def _cells(row: Row, times: float | None) -> list[str]:
    costs = " ".join(f"{who} {median(values):.2f}" for who, values in row.costs.items())
    half, most = row.percentile(0.5), row.percentile(0.99)
    return [
        ("▶ " if row.is_subject else "  ") + row.name,
        f"{_number(row.value)} {row.unit}",
        f"{_number(min(row.rounds))}–{_number(max(row.rounds))}",
        "" if times is None else f"{times:.2f} ×",
        "" if half is None else f"{half:.1f}",
        "" if most is None else f"{most:.1f}",
        costs,
    ]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
