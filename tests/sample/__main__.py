"""Write the sample district: ``python -m tests.sample workbook OUT.xlsx --seed 1``."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from tests.sample.district import make_district
from tests.sample.entries import make_entries
from tests.sample.workbook import write_workbook


def main() -> None:
    """``workbook`` writes the roster; ``entries`` writes three quarters of records, one JSON object a line."""
    parser = argparse.ArgumentParser(prog="python -m tests.sample", description="A sample district of nobody.")
    parser.add_argument("what", choices=("workbook", "entries"))
    parser.add_argument("target", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    district = make_district(asked.seed)
    if asked.what == "workbook":
        write_workbook(asked.target, district)
    else:
        with asked.target.open("w", encoding="utf-8") as output:
            for one in make_entries(district):
                output.write(json.dumps(asdict(one), ensure_ascii=False, default=str) + "\n")
    sys.stdout.write(f"{asked.target}\n")


main()
