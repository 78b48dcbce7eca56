"""Verbs of a thing on its page: done and led on, or shown again with what was typed and why it was not taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Response
from sqlalchemy import Connection

from app.auth.core import Actor
from app.kit.errors import LongwenError, NotFound
from app.kit.words import Words
from app.web.frame import Page

Work = Callable[[Connection, Actor], Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page that has verbs: its address, its template, and what it reads."""

    path: str
    template: str
    read: Callable[[Connection, Actor], dict[str, Any]]

    def shown(self, page: Page) -> Response:
        return page.show(self.template, **page.run(self.read))

    def done(self, page: Page, work: Work, told: Words) -> Response:
        """The work, and back to the page; refused, the page with its form as it was typed."""
        try:
            page.run(work)
        except NotFound:
            raise  # a page of its own: this one may list what is another's
        except LongwenError as error:
            return page.refused(self.template, error, **page.run(self.read))
        return page.goto(self.path, told)
