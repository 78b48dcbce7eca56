"""What the command line says: Chinese or English by the environment, plain lines, or JSON for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import typer


def language() -> str:
    """``zh`` unless the environment asks for another language (LC_ALL, LC_MESSAGES, LANG): then ``en``."""
    asked = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    neutral = asked.split(".")[0] in {"", "C", "POSIX"}
    return "zh" if neutral or asked.startswith("zh") else "en"


def either(zh: str, en: str) -> str:
    return zh if language() == "zh" else en


def say(zh: str, en: str) -> None:
    """A line for the person at the terminal, apart from the data on standard output."""
    typer.echo(either(zh, en), err=True)


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_table(headings: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """A table on a terminal; lines of tab-separated values elsewhere, the headings first."""
    if sys.stdout.isatty():
        # Only where it is seen: it takes longer to load than most commands to run.
        from rich.console import Console  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415

        table = Table(*headings)
        for row in rows:
            table.add_row(*(_shown(row[heading]) for heading in headings))
        Console().print(table)
        return
    typer.echo("\t".join(headings))
    for row in rows:
        typer.echo("\t".join(_shown(row[heading]) for heading in headings))


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return " ".join(f"{key}={inner}" for key, inner in value.items())
    return str(value)
