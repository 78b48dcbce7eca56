"""Faults of a rule book: collected, never raised one by one, so that an author learns all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.kit.errors import LongwenError
from app.rules.fault_texts import TEXTS

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class RuleFault:
    """One fault: the file, its line (1-based), the key (``items.ORG-D02.duty.share``) and what to do about it."""

    file: str
    line: int
    key: str
    zh: str
    en: str
    code: str = ""

    def text(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


class RulesFaulty(LongwenError):
    """The files of a rule book are at fault; ``faults`` lists every one of them."""

    code = "rules_faulty"
    zh = "评分细则有 {count} 处问题，没有载入。请按所列文件、行和键逐处改正。"
    en = "The rule book has {count} faults and was not loaded. Correct them at the files, lines and keys listed."

    def __init__(self, faults: Sequence[RuleFault]) -> None:
        self.faults = list(faults)
        super().__init__(count=len(self.faults))

    def listed(self, language: str) -> list[dict[str, Any]]:
        return [
            {
                "index": None,
                "field": one.key or None,
                "code": one.code,
                "detail": one.text(language),
                "file": one.file,
                "line": one.line,
            }
            for one in self.faults
        ]

    def __str__(self) -> str:
        listed = (f"{fault.file}:{fault.line}: {fault.key}: {fault.en}" for fault in self.faults)
        return "\n".join([self.text("en"), *listed])


@dataclass
class FaultList:
    """Collects the faults of one load."""

    found: list[RuleFault] = field(default_factory=list)

    def add(self, code: str, file: Path | str, line: int, path: KeyPath | str = (), **facts: Any) -> None:
        """Note the fault ``code`` (a row of ``fault_texts.TEXTS``), filling its sentences from ``facts``."""
        key = path if isinstance(path, str) else ".".join(str(part) for part in path)
        zh, en = TEXTS[code]
        fault = RuleFault(str(file), line, key, zh.format(**facts), en.format(**facts), code)
        if fault not in self.found:
            self.found.append(fault)

    def take(self, other: FaultList) -> None:
        """Note what another list found."""
        self.found += [fault for fault in other.found if fault not in self.found]

    def raise_any(self) -> None:
        """Raise ``RulesFaulty`` with everything found, in the order of files and lines."""
        if self.found:
            raise RulesFaulty(sorted(self.found))
