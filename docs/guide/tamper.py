"""Change one sealed row as the owner of the database, let ``longwen verify --roots`` name it, and put it back.

With ``make demo`` running in another terminal: ``.venv/bin/python docs/guide/tamper.py``. Any other database is the
one that LONGWEN_OWNER_DATABASE_URL names. 以数据库属主身份改动一行封账结果，由 longwen verify --roots 指出，再改回。
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg

from app.cli.context import owner_address, served

LONGWEN = (sys.executable, "-c", "from app.cli import main; main()")
# The latest quarter under a root, and in it the first member.
CHOSEN = """
SELECT frozen.district_id, frozen.quarter, frozen.member_id, frozen.total
FROM quarter_standing AS frozen
JOIN checkpoint ON checkpoint.district_id = frozen.district_id AND checkpoint.quarter = frozen.quarter
JOIN district ON district.id = frozen.district_id
WHERE district.code = %s ORDER BY frozen.quarter DESC, frozen.member_id LIMIT 1
"""


@dataclass(frozen=True)
class Sealed:
    """The row that is changed."""

    district_id: object
    quarter: str
    member_id: object
    total: int

    @property
    def name(self) -> str:
        return f"quarter_standing {self.quarter} {self.member_id}"


def say(zh: str, en: str) -> None:
    print(f"· {zh}\n  {en}", flush=True)


def longwen(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*LONGWEN, *arguments], capture_output=True, encoding="utf-8", check=False)  # noqa: S603


def write(address: str, row: Sealed, total: int) -> None:
    """As the owner: the trigger that keeps sealed rows is theirs to switch off, and on again."""
    with psycopg.connect(address) as connection:
        connection.execute("ALTER TABLE quarter_standing DISABLE TRIGGER quarter_standing_keeps_rows")
        connection.execute(
            "UPDATE quarter_standing SET total = %s WHERE district_id = %s AND quarter = %s AND member_id = %s",
            (total, row.district_id, row.quarter, row.member_id),
        )
        connection.execute("ALTER TABLE quarter_standing ENABLE TRIGGER quarter_standing_keeps_rows")


def tell(address: str, district: str, roots: Path) -> str | None:
    """What came out otherwise than it should, if anything did."""
    verify = ("verify", "--district", district, "--roots", str(roots))
    taken = longwen("roots", "export", str(roots), "--district", district)
    before = longwen(*verify)
    if taken.returncode or before.returncode:
        return taken.stderr + before.stderr
    say("根值已抄存到外部，核对一致。", "The roots are kept outside, and everything agrees with them.")
    with psycopg.connect(address) as connection:
        found = connection.execute(CHOSEN, (district,)).fetchone()
    if found is None:
        return "没有已封账并有校验点的季度 · no sealed quarter is under a root yet: longwen jobs run prove --slot …"
    row = Sealed(*found)
    write(address, row, row.total + 100)
    try:
        say(
            f"数据库属主把 {row.quarter} 一名党员的总分由 {row.total} 改为 {row.total + 100}。",
            f"The database's owner gives one member of {row.quarter} 100 points more.",
        )
        changed = longwen(*verify)
        named = [line.strip() for line in changed.stderr.splitlines() if line.strip().startswith(row.name)]
        if changed.returncode != 1 or not named:
            return f"改动没有被指出 · the change was not named:\n{changed.stderr}"
        say("longwen verify --roots 指出了这一行：", "longwen verify --roots names the row:")
        print(f"    {named[0]}")
    finally:
        write(address, row, row.total)
    after = longwen(*verify)
    if after.returncode:
        return after.stderr
    say("已改回，核对一致。", "It is put back, and everything agrees again.")
    return None


def main() -> int:
    """0 where all came out as told, else 1 with what did not."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--district", default="longwen")
    names = asked.parse_args()
    with served(as_owner=True) as settings, tempfile.TemporaryDirectory() as folder:
        fault = tell(owner_address(settings), names.district, Path(folder) / "roots.jsonl")
    if fault is not None:
        print(f"✗ {fault}", file=sys.stderr)
        return 1
    print("✓ 与所述一致 · all as told")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
