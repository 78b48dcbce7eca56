"""Faults of a rule book: collected, never raised one by one, so that an author learns all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.kit.errors import LongwenError
from app.rules.fault_texts import TEXTS

KeyPath = tuple[str | int, ...]
FAULTS_MAX = 200  # told of one load; nobody reads more at once


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
    """The files of a rule book are at fault; ``faults`` lists them, of very many the first; ``more`` are unlisted."""

    code = "rules_faulty"
    zh = "评分细则有 {count} 处问题，没有载入。请按所列文件、行和键逐处改正。"
    en = "The rule book has {count} faults and was not loaded. Correct them at the files, lines and keys listed."

    def __init__(self, faults: Sequence[RuleFault], more: int = 0) -> None:
        self.faults = list(faults)
        self.more = more
        super().__init__(count=len(self.faults) + more)

    def text(self, language: str) -> str:
        told = super().text(language)
        if not self.more:
            return told
        if language.startswith("zh"):
            return f"{told}此处只列出 {len(self.faults)} 处，另有 {self.more} 处未列。"
        return f"{told} {len(self.faults)} of them are listed, and {self.more} more are not."

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
    """Collects the faults of one load: each once, the first ``FAULTS_MAX`` in words, of the others how many."""

    found: list[RuleFault] = field(default_factory=list)
    more: int = 0
    _known: set[RuleFault] = field(default_factory=set)

    def add(self, code: str, file: Path | str, line: int, path: KeyPath | str = (), **facts: Any) -> None:
        """Note the fault ``code`` (a row of ``fault_texts.TEXTS``), filling its sentences from ``facts``."""
        key = path if isinstance(path, str) else ".".join(str(part) for part in path)
        zh, en = TEXTS[code]
        fault = RuleFault(str(file), line, key, zh.format(**facts), en.format(**facts), code)
        self._note(fault)

    @property
    def count(self) -> int:
        """How many there are, told or not."""
        return len(self.found) + self.more

    def take(self, other: FaultList) -> None:
        """Note what another list found."""
        for fault in other.found:
            self._note(fault)
        self.more += other.more

    def _note(self, fault: RuleFault) -> None:
        if fault in self._known:
            return
        if len(self.found) == FAULTS_MAX:
            self.more += 1
            return
        self._known.add(fault)
        self.found.append(fault)

    def raise_any(self) -> None:
        """Raise ``RulesFaulty`` with everything found, in the order of files and lines."""
        if self.found:
            raise RulesFaulty(sorted(self.found), self.more)
