"""``longwen certificate``: a sealed quarter certified, the rows it is about, and an officer's signature."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Any

import typer
from sqlalchemy import Connection

from app.cli.context import opened
from app.cli.database import DistrictCode
from app.cli.output import either, say
from app.kit.errors import ErrorKind, LongwenError
from app.kit.ids import new_id
from app.proofs import certifying, signing
from app.proofs.certificates import Certificate, certificate_from

application = typer.Typer(help=either("封账证书。", "Certificates of sealed quarters."), no_args_is_help=True)

Quarter = Annotated[str, typer.Argument(help=either("季度，如 2026Q3", "such as 2026Q3"))]


class Format(StrEnum):
    """In which form rows are written."""

    JSONL = "jsonl"  # what a certificate is checked with
    CSV = "csv"  # to be read


class FileThere(LongwenError):
    """A key or certificate is never written over."""

    kind = ErrorKind.CONFLICT
    code = "file_there"
    zh = "{file} 已存在，未写入。请换一个文件名。"
    en = "{file} is there already; nothing was written. Take another name."


@application.command("make")
def make(
    quarter: Quarter,
    output: Annotated[Path, typer.Option("--output", "-o", help=either("写入的文件", "the file to write"))],
    district: DistrictCode = None,
) -> None:
    """出具已封账季度的证书，待签名。 / Make the certificate of a sealed quarter, to be signed."""
    with opened(district=district) as context:
        actor = context.actor()
        body = context.database.run(lambda connection: certifying.make(connection, actor, quarter), context.district.id)
    found = Certificate(json.loads(body))
    with _new_file(output) as file:
        file.write(found.text())
    say(
        f"已写入 {output}：{quarter}，{found.rows[0]} 行，根值 {found.body['root']}。"
        f"请由签发人签名：longwen certificate sign {output} --key 私钥.pem",
        f"{output} written: {quarter}, {found.rows[0]} rows, root {found.body['root']}. Let an officer sign it:"
        f" longwen certificate sign {output} --key KEY.pem",
    )


@application.command("rows")
def rows(
    quarter: Quarter,
    output: Annotated[Path, typer.Option("--output", "-o", help=either("写入的文件", "the file to write"))],
    form: Annotated[Format, typer.Option("--format", help=either("jsonl 核对用，csv 阅读用", "jsonl or csv"))] = (
        Format.JSONL
    ),
    reason: Annotated[
        str | None,
        typer.Option("--reason", help=either("用途，记入访问日志", "what it is for, for the access log")),
    ] = None,
    district: DistrictCode = None,
) -> None:
    """导出封账结果的数据行（不含姓名）。 / Export the sealed rows, without names."""
    count = 0
    with opened(district=district) as context, _new_file(output) as file:
        actor = context.actor()
        context.database.run(
            lambda connection: certifying.note_export(
                connection, actor, quarter, reason=reason, request_id=f"cli-{new_id()}"
            ),
            context.district.id,
        )

        def write(connection: Connection) -> int:
            file.seek(0)
            file.truncate()
            return _write(file, certifying.rows(connection, actor, quarter), form)

        count = context.database.run(write, context.district.id, snapshot=True)
    say(f"已写入 {output}：{count} 行。", f"{output} written: {count} rows.")


def _write(file: IO[str], found: Iterable[tuple[dict[str, Any], bytes]], form: Format) -> int:
    count = 0
    table = csv.writer(file)
    for count, (row, line) in enumerate(found, start=1):
        if form is Format.JSONL:
            file.write(line.decode() + "\n")
            continue
        if count == 1:
            table.writerow(row)
        plain = json.loads(line)
        values = (plain[name] for name in row)
        table.writerow(json.dumps(one) if isinstance(one, dict) else one for one in values)
    return count


@application.command("key")
def key(
    file: Annotated[
        Path, typer.Argument(help=either("私钥文件，公钥写在 .pub", "the private key; the public one: .pub"))
    ],
    protect: Annotated[
        bool, typer.Option("--protect", help=either("用密码保护私钥", "guard the private key by a password"))
    ] = False,
) -> None:
    """生成签发人的密钥。请在签发人自己的电脑上运行。 / Make an officer's key, on the officer's own machine."""
    password = None
    if protect:
        password = typer.prompt(either("私钥密码", "Password"), hide_input=True, confirmation_prompt=True)
    private, public = signing.new_key(password)
    with _new_file(file) as output:
        output.write(private.decode())
    with _new_file(file.with_name(f"{file.name}.pub"), mode=0o644) as output:
        output.write(public.decode())
    known, _ = signing.verifier(public)
    say(
        f"私钥 {file} 只由本人保管；公钥 {file}.pub 公布。公钥指纹 {known.hex()}，请另行书面公布。",
        f"Keep the private key {file} to yourself; publish {file}.pub. Its fingerprint is {known.hex()}: publish that"
        " on paper too.",
    )


@application.command("sign")
def sign(
    file: Annotated[Path, typer.Argument(help=either("证书文件", "the certificate"))],
    key_file: Annotated[Path, typer.Option("--key", help=either("私钥文件", "the private key"))],
) -> None:
    """用私钥给证书签名，不需要数据库。签名前请先核对证书内容。 / Sign a certificate, without a database."""
    found = certificate_from(_read(file).decode("utf-8", "replace"))
    private = _read(key_file)
    password = None
    if signing.is_guarded(private):
        password = typer.prompt(either("私钥密码", "Password"), hide_input=True)
    made = signing.sign(private, password, found.signed)
    new = file.with_name(f"{file.name}.{os.getpid()}")
    new.write_text(found.with_signature(made).text(), encoding="utf-8")
    new.replace(file)
    body = found.body
    say(
        f"已签名：{body['district']} {body['quarter']}，{found.rows[0]} 行，根值 {body['root']}；公钥指纹"
        f" {made.public_key.hex()}。",
        f"Signed: {body['district']} {body['quarter']}, {found.rows[0]} rows, root {body['root']}; by the key"
        f" {made.public_key.hex()}.",
    )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(either(f"读不了 {file}：{error}", f"cannot read {file}: {error}")) from error


@contextmanager
def _new_file(path: Path, mode: int = 0o600) -> Iterator[IO[str]]:
    """FileThere if it is there; taken away again where what is to be written cannot be had."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise FileThere(file=path) from error
    except OSError as error:
        raise typer.BadParameter(either(f"写不了 {path}：{error}", f"cannot write {path}: {error}")) from error
    try:
        with os.fdopen(descriptor, "w+", encoding="utf-8", newline="") as file:
            yield file
    except BaseException:
        path.unlink()
        raise
