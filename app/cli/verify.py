"""The command that proves the standings from the ledger."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from app.auth import service as auth
from app.auth.core import Actor
from app.cli.context import connected
from app.cli.database import Json
from app.cli.output import either, print_json, say
from app.kit.clock import Clock, SystemClock
from app.kit.db import Database
from app.points import verifying
from app.points.verifying import Verified


def verify_all(database: Database, clock: Clock, code: str | None = None) -> dict[str, Verified]:
    """Every district's standings (or one's) rebuilt from the ledger, by the district's code."""
    found = {}
    for district in database.run(auth.list_districts, None):
        if code in (None, district.code):
            actor = Actor.service(district.id, clock.now(), district.time_zone)
            found[district.code] = database.run(partial(verifying.verify, actor=actor), district.id, snapshot=True)
    return found


def verify(
    district: Annotated[str | None, typer.Option(help=either("只核对此区县", "of this district only"))] = None,
    as_json: Json = False,
) -> None:
    """逐人从积分记录重算积分状态，与保存的逐项比对；有不同则退出码为 1。

    Rebuild every standing from its entries and compare; exit status 1 if any differs.
    """
    with connected() as (_, database):
        found = verify_all(database, SystemClock(), district)
    if as_json:
        print_json(
            {
                code: {
                    "members": one.members,
                    "entries": one.entries,
                    "differing": one.differing,
                    "findings": [
                        {
                            "cycle": f.cycle,
                            "member": str(f.member_id),
                            "what": f.what,
                            "is": f.stored,
                            "ought": f.rebuilt,
                        }
                        for f in one.findings
                    ],
                }
                for code, one in found.items()
            }
        )
    for code, one in found.items():
        say(
            f"{code}：{one.members} 人、{one.entries} 条记录，{one.differing} 人不符",
            f"{code}: {one.members} members, {one.entries} entries, {one.differing} differ",
        )
        for finding in one.findings:
            say(
                f"  {finding.cycle} {finding.member_id} {finding.what}：存 {finding.stored}，应为 {finding.rebuilt}",
                f"  {finding.cycle} {finding.member_id} {finding.what}: is {finding.stored}, ought {finding.rebuilt}",
            )
    if any(not one.is_sound for one in found.values()):
        raise typer.Exit(1)
