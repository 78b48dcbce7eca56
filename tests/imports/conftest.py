"""The town, and the way of a workbook of entries into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from app.imports import service
from app.imports.template import write_template
from app.kit.ids import new_id
from app.kit.sheets import Cell
from app.rules.core import Item
from tests.town import Desk, Json, client, desk, town

__all__ = ["client", "desk", "town"]

PATH = "/api/v1/imports"
DAY = date(2026, 11, 5)
Row = Mapping[str, Cell | Decimal]


@dataclass
class Counter:
    """Where workbooks are handed in, under the log-in of whoever is named."""

    desk: Desk

    def row(self, name: str, item: str = "ORG-D02", **cells: Any) -> dict[str, Any]:
        """A row about a member of the town; a duty that was kept, unless told otherwise."""
        index = list(self.desk.town.members).index(name)
        made = {"number": f"N{index:04d}", "name": name, "item": item, "day": DAY}
        return {**made, **({} if cells else {"outcome": "已履行 kept"}), **cells}

    def workbook(self, *rows: Row) -> bytes:
        target = BytesIO()
        write_template(target, self.desk.town.run(service.items_offered), rows)
        return target.getvalue()

    def send(
        self,
        login: str,
        book: bytes,
        *,
        id: Any = None,  # noqa: A002 - as in the request
        language: str = "zh",
        verb: str = "",
        **query: str,
    ) -> Any:
        headers = {**self.desk.headers(login), "Accept-Language": language}
        files, data = {"file": ("十一月记录.xlsx", BytesIO(book))}, {"id": str(id or new_id())}
        return self.desk.client.post(PATH + verb, params=query, files=files, data=data, headers=headers)

    def sent(self, login: str, *rows: Row, **options: Any) -> Json:
        """The answer to rows that are expected to be taken."""
        answer = self.send(login, self.workbook(*rows), **options)
        assert answer.status_code in {200, 201}, answer.text
        found: Json = answer.json()
        return found

    def faults(self, login: str, *rows: Row, **options: Any) -> list[tuple[str, str]]:
        """Place and code of each fault of rows that are expected to be refused."""
        answer = self.send(login, self.workbook(*rows), **options)
        assert 400 <= answer.status_code < 500, answer.text
        return [(one["field"], one["code"]) for one in answer.json()["faults"]]

    def get(self, login: str, path: str = "", **query: Any) -> Any:
        return self.desk.client.get(PATH + path, params=query, headers=self.desk.headers(login))

    def reverse(self, login: str, batch: str, *, id: Any = None, reason: str = "导错文件", **query: str) -> Any:  # noqa: A002 - as in the request
        body = {"id": str(id or new_id()), "reason": reason}
        path = f"{PATH}/{batch}/reversal"
        return self.desk.client.post(path, json=body, params=query, headers=self.desk.headers(login))


def item_of(counter: Counter, code: str) -> Item:
    """An item as the template lists it."""
    found: Item = next(one.item for one in counter.desk.town.run(service.items_offered) if one.item.code == code)
    return found


@pytest.fixture
def counter(desk: Desk) -> Counter:
    return Counter(desk)
