"""What things are called, in the two languages of the service."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the two languages of the service."""

    zh: str
    en: str

    def said(self, language: str) -> str:
        """The one of the reader's language."""
        return self.zh if language.startswith("zh") else self.en
