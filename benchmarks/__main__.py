"""``python -m benchmarks [NAME …] [--scale S]``: measure, show, and keep the numbers in ``benchmarks/results``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

from app.cli.output import either
from app.kit.clock import SystemClock
from benchmarks import (
    assignment,
    board,
    closing,
    machine,
    one_entry,
    pack,
    pages,
    screens,
    simulation,
    thousand_entries,
    verification,
)
from benchmarks.ground import grounds
from benchmarks.load import Unexpected, load_generator
from benchmarks.results import Finding, show, write_json
from benchmarks.stage import Stage

# The ledger's bulk comes last, so that the others meet tables of an ordinary size.
BENCHMARKS: dict[str, Callable[[Stage], Finding]] = {
    "assignment": assignment.run,
    "one_entry": one_entry.run,
    "thousand_entries": thousand_entries.run,
    "board": board.run,
    "screens": screens.run,
    "pages": pages.run,
    "verify": verification.run,
    "simulate": simulation.run,
    "closing": closing.run,
    "pack": pack.run,
}


def main() -> None:
    asked = _arguments()
    signal.signal(signal.SIGTERM, _end)
    at = SystemClock().now().strftime("%Y%m%dT%H%M%SZ")
    progress = _Progress()
    findings: list[Finding] = []
    failures: dict[str, str] = {}
    with load_generator() as load, grounds() as ground:
        found = machine.facts(ground)
        stage = Stage(ground, load, asked.scale, progress.tell)
        for line in machine.lines(found):
            print(line)
        print(f"scale {asked.scale:g}")
        for name in asked.names or BENCHMARKS:
            try:
                findings.append(BENCHMARKS[name](stage))
            except Unexpected as unexpected:
                failures[name] = str(unexpected)
                progress.clear()
                print(f"\n{name}: {unexpected}")
            else:
                progress.clear()
                show(findings[-1])
        found["load_average_after"] = round(os.getloadavg()[0], 2)
    path = write_json(findings, failures, {"at": at, "scale": asked.scale, "machine": found})
    print(f"\n{path}")
    if failures:
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=either("测量本服务，同时测量对照项。", "Measure the service, each time against a yardstick."),
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument(
        "--scale",
        type=float,
        default=0.2,
        help=either("规模，1 为完整规模，默认 0.2", "how much to do: 1 is all of it, by default 0.2"),
    )
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in BENCHMARKS]:
        parser.error(f"{', '.join(unknown)}: {', '.join(BENCHMARKS)}")
    if not 0.001 <= asked.scale <= 1:
        parser.error("--scale: 0.001 … 1")
    return asked


def _end(number: int, frame: FrameType | None) -> None:
    """Let SIGTERM unwind like Ctrl-C, so that servers are stopped and the folder is removed."""
    del number, frame
    raise KeyboardInterrupt


class _Progress:
    """One line that changes on a terminal; elsewhere a line a step, on standard error as well."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._in_place = sys.stderr.isatty()

    def tell(self, doing: str) -> None:
        line = f"[{time.monotonic() - self._began:5.0f} s] {doing}"
        print(f"\r\x1b[K{line}" if self._in_place else line, end="" if self._in_place else "\n", file=sys.stderr)
        sys.stderr.flush()

    def clear(self) -> None:
        if self._in_place:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
