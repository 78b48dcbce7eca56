"""Commands on what must not be lost: backup, restore, and the proof that a backup can be restored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.auth.core_access import Action
from app.cli.context import application_address, note_everywhere, owner_address, require_migrations, served
from app.cli.output import either, say
from app.cli.verify import summary, verify_all
from app.kit import backup as tools
from app.kit.blobs import open_blobs
from app.kit.clock import SystemClock
from app.kit.db import opened as opened_database
from app.kit.settings import Settings


def backup(
    file: Annotated[Path, typer.Argument(help=either("备份文件", "the file to write"))],
    force: Annotated[bool, typer.Option("--force", help=either("覆盖已有文件", "overwrite the file"))] = False,
) -> None:
    """把整个数据库备份到一个文件；密钥和凭证文件不在其中。 / Back the database up, without secret key and files."""
    with served(as_owner=True) as settings:
        size = tools.dump(owner_address(settings), file, force=force)
        _note(settings, Action.BACKUP_MAKE, file)
    place = open_blobs(settings).place
    say(
        f"已备份到 {file}（{size:,} 字节）。密钥不在备份中，请另行保管。",
        f"Backed up to {file} ({size:,} bytes). The secret key is not in it: keep it safe elsewhere.",
    )
    # In this order nothing is missing: files are only added, and removed days after the last row let go of them.
    say(
        f"凭证文件也不在备份中：请现在（在本次备份之后）另行复制 {place}。",
        f"Nor are the files of evidence: copy {place} now, after this backup.",
    )


def restore(
    file: Annotated[Path, typer.Argument(help=either("备份文件", "the file to read"))],
    verify: Annotated[
        bool, typer.Option("--verify", help=either("只在临时库中试恢复并核对", "try it in a scratch database only"))
    ] = False,
) -> None:
    """从备份恢复到空库；--verify 只在临时库试恢复、核对。 / Restore into an empty database, or try a restore."""
    with served(as_owner=True) as settings:
        if verify:
            if not _try(settings, file):
                raise typer.Exit(1)
            return
        tools.restore(owner_address(settings), file)
        _note(settings, Action.BACKUP_RESTORE, file)
    place = open_blobs(settings).place
    say(
        "已恢复数据库。请运行 longwen migrate 和 longwen verify。",
        "The database is restored. Run longwen migrate and longwen verify next.",
    )
    say(
        f"凭证文件不在备份中：请把其副本放回 {place}，再运行 longwen jobs run files --force 查看是否有缺（missing）。",
        f"Files of evidence are not in it: put their copy back to {place}, then run longwen jobs run files --force and"
        " see whether any are missing.",
    )


def _note(settings: Settings, action: Action, file: Path) -> None:
    if not note_everywhere(settings, action, file.name):
        say(
            "数据库不是本版本的结构，这一操作未能记入访问日志，请另行登记。",
            "The database is not at this version's schema: this is not in its access log; keep a record of it.",
        )


def _try(settings: Settings, file: Path) -> bool:
    with tools.scratch(owner_address(settings)) as name:
        say(f"正在恢复到临时库 {name} …", f"Restoring into the scratch database {name} …")
        there = settings.model_copy(
            update={
                "database_url": tools.address_of(application_address(settings), name),
                "owner_database_url": tools.address_of(owner_address(settings), name),
            }
        )
        tools.restore(owner_address(there), file)
        require_migrations(application_address(there))
        with opened_database(application_address(there), there) as database:
            verified = verify_all(database, SystemClock())
    for code, found in verified.items():
        summary(code, found)
    is_sound = all(found.is_sound for found in verified.values())
    if is_sound:
        say(
            "备份可用：已完整恢复并核对一致，临时库已删除。",
            "The backup is good: restored whole, verified, and dropped.",
        )
    else:
        say("备份能恢复，但核对不一致。", "The backup can be restored, but its standings differ from its ledger.")
    return is_sound
