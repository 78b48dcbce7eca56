"""The command that proves what is kept: the whole database, or a certificate without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from app.auth import service as auth
from app.auth.core import Actor
from app.cli.context import connected
from app.cli.database import Json
from app.cli.output import either, print_json, say
from app.kit.clock import Clock, SystemClock
from app.kit.db import Database
from app.proofs import certificates, signing, verifying
from app.proofs.core import Root
from app.proofs.verifying import Proven


def verify_all(
    database: Database, clock: Clock, code: str | None = None, roots: Mapping[str, Sequence[Root]] | None = None
) -> dict[str, Proven]:
    """Everything of every district (or of one), by the district's code; against the roots kept outside, if given."""
    found = {}
    for district in database.run(auth.list_districts, None):
        if code in (None, district.code):
            actor = Actor.service(district.id, clock.now(), district.time_zone)
            outside = (roots or {}).get(district.code, ())
            work = partial(verifying.verify, actor=actor, roots=outside)
            found[district.code] = database.run(work, district.id, snapshot=True)
    return found


def verify(
    district: Annotated[str | None, typer.Option(help=either("只核对此区县", "of this district only"))] = None,
    roots: Annotated[
        Path | None, typer.Option(help=either("外存的根值文件", "roots kept outside (longwen roots export)"))
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(help=either("只核对此证书，不用数据库", "this certificate alone, without a database"))
    ] = None,
    rows: Annotated[Path | None, typer.Option(help=either("证书的数据行（JSONL）", "the certificate's rows"))] = None,
    key: Annotated[Path | None, typer.Option(help=either("签发人的公钥", "the signer's public key"))] = None,
    as_json: Json = False,
) -> None:
    """从积分记录起逐项重算并比对：状态、校验点、封账结果、评分细则、证书；有不同则退出码为 1。

    Recompute everything from the entries on and compare: standings, checkpoints, what was sealed, rule books,
    certificates; exit status 1 if anything differs. With --certificate: that, its --rows and --key, offline.
    """
    outside = None if roots is None else certificates.roots_from(_text(roots))
    if certificate is not None:
        if rows is None or key is None:
            raise typer.BadParameter(
                either("--certificate 需要同时给出 --rows 和 --key", "--certificate needs --rows and --key as well")
            )
        _verify_certificate(certificate, rows, key, outside)
        return
    with connected() as (_, database):
        found = verify_all(database, SystemClock(), district, outside)
    unknown = [] if outside is None or district is not None else sorted(set(outside) - set(found))
    if as_json:
        print_json({code: _plain(one) for code, one in found.items()})
    for code, one in found.items():
        _tell(code, one, is_compared=outside is not None)
    for code in unknown:
        say(
            f"{code}：外存有其根值，库中没有这个区县",
            f"{code}: there are roots of it outside, and no such district here",
        )
    if unknown or any(not one.is_sound for one in found.values()):
        raise typer.Exit(1)


def _verify_certificate(file: Path, rows: Path, key: Path, outside: Mapping[str, Sequence[Root]] | None) -> None:
    """Raises what is wrong with it."""
    found = certificates.certificate_from(_text(file))
    public_key, verifies = signing.verifier(_bytes(key))
    if not rows.is_file():
        raise typer.BadParameter(either(f"没有文件 {rows}", f"there is no file {rows}"))
    with rows.open("rb") as lines:
        certificates.check(found, (line.removesuffix(b"\n") for line in lines), public_key, verifies)
    compared = 0 if outside is None else certificates.check_root(found, outside)
    quarter, count = found.body["quarter"], found.rows[0]
    say(
        f"证书有效：{found.body['district']} {quarter}，{count} 行与封账时一致，签名属实。公钥指纹"
        f" {public_key.hex()}，校验点根值 {found.body['root']}。",
        f"The certificate holds: {found.body['district']} {quarter}, {count} rows as they were sealed, signed by the"
        f" key {public_key.hex()}; the checkpoint's root is {found.body['root']}.",
    )
    if outside is not None:
        say(f"与外存的 {compared} 个根值一致。", f"It agrees with {compared} roots kept outside.")


def _text(file: Path) -> str:
    return _bytes(file).decode("utf-8", "replace")


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(either(f"读不了 {file}：{error}", f"cannot read {file}: {error}")) from error


def _plain(one: Proven) -> dict[str, Any]:
    return {
        "members": one.members,
        "entries": one.entries,
        "checkpoints": one.checkpoints,
        "leaves": one.leaves,
        "frozen": one.frozen,
        "rebuilt": one.rebuilt,
        "put_right": one.put_right,
        "roots": one.roots,
        "unproven": one.unproven,
        "differing": one.differing,
        "findings": [
            {"cycle": f.cycle, "member": str(f.member_id), "what": f.what, "is": f.stored, "ought": f.rebuilt}
            for f in one.ledger.findings
        ],
        "differences": [
            {"row": d.row, "what": d.what, "is": d.stored, "ought": d.ought} for d in one.differences.first
        ],
    }


def _tell(code: str, one: Proven, *, is_compared: bool) -> None:
    summary(code, one)
    for row in one.differences.first:
        say(
            f"  {row.row} {row.what}：存 {row.stored}，应为 {row.ought}",
            f"  {row.row} {row.what}: is {row.stored}, ought {row.ought}",
        )
    for finding in one.ledger.findings:
        say(
            f"  standing {finding.cycle} {finding.member_id} {finding.what}：存 {finding.stored}，"
            f"应为 {finding.rebuilt}",
            f"  standing {finding.cycle} {finding.member_id} {finding.what}: is {finding.stored}, ought"
            f" {finding.rebuilt}",
        )
    if one.put_right:
        say(
            f"  {one.put_right} 行封账结果所依据的身份类别或细则版本此后作过更正，只核对了哈希，没有由记录重算",
            f"  {one.put_right} frozen rows were not rebuilt from entries, only their hashes compared: the class or"
            " edition that they rest on was put right after the seal",
        )
    for quarter in one.unproven:
        say(
            f"  {quarter} 已留存封账结果，尚无校验点（longwen jobs run prove --slot {quarter}）",
            f"  {quarter} is frozen and under no checkpoint yet (longwen jobs run prove --slot {quarter})",
        )
    if not is_compared:
        say(
            "  未与外存的根值比对（--roots）：整库被改写是看不出来的。",
            "  Not compared with roots kept outside (--roots): a database rewritten whole would not show.",
        )


def summary(code: str, one: Proven) -> None:
    """One line on a district."""
    say(
        f"{code}：{one.members} 人、{one.entries} 条记录、{one.checkpoints} 个校验点、{one.frozen} 行封账结果、"
        f"比对外存根值 {one.roots} 个，{one.differing} 处不符",
        f"{code}: {one.members} members, {one.entries} entries, {one.checkpoints} checkpoints, {one.frozen} frozen"
        f" rows, {one.roots} roots from outside, {one.differing} differ",
    )
