"""The process that writes papers: ``python -m benchmarks.packed alone|workbook|report BRANCHES FOLDER``; its costs as
JSON. The district is invented, with thirty members a branch and twenty branches a committee."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from app.kit.workbook import open_workbook
from app.reviews import papers, workbooks
from app.reviews.core_packs import Json
from app.reviews.image_files import write_image
from benchmarks.verified import peak_mib

MEMBERS, BRANCHES = 30, 20  # a branch, a committee
_DIMENSIONS = (("ORG", "组织生活", 350), ("EXC", "创先争优", 150), ("SRV", "服务职工", 200), ("LAW", "遵纪守法", 150),
               ("PUB", "群众反映", 150))  # fmt: skip
_NUMBERS = {2, 4, 6, 8, 10}


def main() -> None:
    what, branches, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    image, target = folder / f"image-{branches}", folder / "paper"
    if what != "alone" and not image.exists():
        write_image(facts(branches), image)
    cells = 0
    began, cpu = time.perf_counter(), time.process_time()
    if what == "alone":
        cells = _alone(branches, target)
    elif what == "workbook":
        workbooks.write_workbook(image, target)
    else:
        papers.write_report(image, target)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "cells": cells, "peak_mib": peak_mib()}))


def facts(branches: int) -> Iterator[Json]:
    """An image's facts, the head last."""
    for at in range(branches):
        path, name = f"d.c{at // BRANCHES}.b{at}", f"第{at + 1}联合党支部"
        committee = f"第{at // BRANCHES + 1}街道党工委"
        yield {"is": "branch", "path": path, "name": name, "committee": committee, "members": MEMBERS, "star": 4}
        for number in range(MEMBERS):
            yield {
                "is": "member",
                "path": path,
                "number": f"LW{at * MEMBERS + number:08d}",
                "values": [
                    name, f"党员{number:02d}", "10", "示范岗、责任区履职 -10", str(990 - number),
                    "应尽12项，已定12项，履行11项，缺失1项", "20", "合理化建议被采纳 +20", "0", "", str(1010 - number),
                    "2026-10-24", "2026年第3季度",
                ],
                "dimensions": {code: str(points - number % 3) for code, _, points in _DIMENSIONS},
                "band": "良好",
                "ranked": True,
                "vetoed": False,
            }  # fmt: skip
    yield {
        "is": "head", "format": 1, "kind": "quarter", "period": "2026Q3", "cycle": "2026",
        "starts_on": "2026-07-01", "ends_on": "2026-09-30", "district": "样例区",
        "scope": {"id": "d", "kind": "district", "name": "样例区两新工委", "path": "d"},
        "as_of": "2026-10-24T18:05:00+00:00", "day": "2026-10-25", "made_at": "2026-10-24T18:45:00+00:00",
        "checkpoint": {"number": 1, "root": "0" * 64}, "editions": [f"longwen 2026 {'0' * 64}"],
        "dimensions": [{"code": code, "name": name, "allotment": str(points)} for code, name, points in _DIMENSIONS],
        "source": None,
    }  # fmt: skip


def _alone(branches: int, target: Path) -> int:
    """The same cells with the same formats, straight into the library; how many they are."""
    book = open_workbook(target)
    text = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    number = book.add_format({"border": 1, "align": "right", "valign": "top", "num_format": "0"})
    day = book.add_format({"border": 1, "valign": "top", "num_format": 'yyyy"年"m"月"d"日"'})
    formats = (text, number, day)
    pages = {name: [book.add_worksheet(name), 0] for name in ("members", "dimensions", "branches")}
    cells, committee = 0, ""
    for fact in facts(branches):
        if fact["is"] == "branch":
            committee = fact["committee"]
            cells += _row(pages["branches"], (fact["name"], committee, "30", "四星 ★★★★☆"), {2}, formats)
            if committee not in pages:
                pages[committee] = [book.add_worksheet(committee), 0]
        elif fact["is"] == "member":
            values = fact["values"]
            cells += _row(pages["members"], values, _NUMBERS, formats)
            shown = (*values[:2], fact["number"], *fact["dimensions"].values(), values[10], fact["band"])
            cells += _row(pages["dimensions"], shown, {3, 4, 5, 6, 7, 8}, formats)
            cells += _row(pages[committee], values, _NUMBERS, formats)
    book.close()
    return cells


def _row(page: list[Any], values: Any, numbers: set[int], formats: tuple[Any, Any, Any]) -> int:
    page[1] += 1
    sheet, line = page
    sheet.set_row(line, 36)
    for at, value in enumerate(values):
        if at in numbers:
            sheet.write_number(line, at, float(value), formats[1])
        elif at == 11:
            sheet.write_datetime(line, at, date.fromisoformat(value), formats[2])
        else:
            sheet.write_string(line, at, value, formats[0])
    return len(values)


if __name__ == "__main__":
    main()
