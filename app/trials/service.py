"""Trying rule books: the examples beside them, run against the fold that scores real members."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.rules import service as rules
from app.rules.core import Edition
from app.trials.core import Verdict, judge_example


def try_examples(folder: Path) -> Iterator[tuple[Edition, Verdict]]:
    """Run every example of every rule book in the folder; raises ``RulesFaulty`` if the files are at fault."""
    _, found = rules.read_folder(folder)
    for one in found:
        for example in one.examples:
            yield one.edition, judge_example(one.edition, example)
