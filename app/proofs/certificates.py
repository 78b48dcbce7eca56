"""The certificate of a sealed quarter, and roots kept outside: their forms, and what is checked without a database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.kit.digests import canonical
from app.kit.errors import ErrorKind, LongwenError
from app.proofs.core import Checkpoint, Root, Tree, leaf_hash, root_of

FORMAT = "longwen-certificate-1"

Verifies = Callable[[bytes, bytes], bool]  # a signature, and what it is of


class CertificateUnreadable(LongwenError):
    """The file is no certificate of ours."""

    code = "certificate_unreadable"
    zh = "证书文件无法读取：{cause}。请核对文件，或用 longwen certificate make 重新生成。"
    en = "The certificate cannot be read: {cause}. Check the file, or make it again with longwen certificate make."


class CertificateAltered(LongwenError):
    """The parts of the certificate do not fit together."""

    kind = ErrorKind.CONFLICT
    code = "certificate_altered"
    zh = "证书内容自相矛盾（{what}），不是系统出具的原样。请向出具单位索取原件。"
    en = "The certificate contradicts itself ({what}): it is not as it was issued. Ask who issued it for the original."


class SignatureMissing(LongwenError):
    """Nobody has signed with this key."""

    kind = ErrorKind.CONFLICT
    code = "signature_missing"
    zh = "证书没有这把公钥的签名。请核对公钥，或请签发人用 longwen certificate sign 签名。"
    en = "No signature on the certificate is this key's. Check the key, or have it signed (longwen certificate sign)."


class SignatureWrong(LongwenError):
    """The signature is not of this content."""

    kind = ErrorKind.CONFLICT
    code = "signature_wrong"
    zh = "签名与证书内容不符：签名之后内容被改动。请索取原件。"
    en = "The signature is not of this content: it was changed after it was signed. Ask for the original."


class RowsDiffer(LongwenError):
    """The rows are not those that were sealed."""

    kind = ErrorKind.CONFLICT
    code = "rows_differ"
    zh = (
        "数据行与证书不符：文件 {count} 行，证书 {wanted} 行；根值 {root}，证书 {ought}。有行被改动、缺少、增加或调换。"
    )
    en = (
        "The rows are not those of the certificate: {count} lines, the certificate has {wanted}; root {root}, the"
        " certificate has {ought}. A row was changed, removed, added or moved."
    )


class CertificateRootDiffers(LongwenError):
    """The certificate is of another history than the root that was kept."""

    kind = ErrorKind.CONFLICT
    code = "certificate_root_differs"
    zh = "证书第 {number} 号校验点的根值是 {root}，外存的是 {ought}。证书出自另一段历史，或数据库在出具之前已被改写。"
    en = (
        "The certificate's checkpoint {number} has the root {root}, the one kept outside is {ought}: the certificate is"
        " of another history, or the database was rewritten before it was issued."
    )


class RootsUnreadable(LongwenError):
    """The file holds no roots."""

    code = "roots_unreadable"
    zh = "根值文件第 {line} 行无法读取。请用 longwen roots export 导出的文件。"
    en = "Line {line} of the file of roots cannot be read. Take one that longwen roots export has written."


class RootsDiffer(LongwenError):
    """A file that is to be written over holds other roots than the database: one of them is not the truth."""

    kind = ErrorKind.CONFLICT
    code = "roots_differ"
    zh = "{file} 中第 {number} 号校验点的根值与数据库不同，未写入。请先用 longwen verify --roots {file} 核对。"
    en = (
        "{file} has another root of checkpoint {number} than the database; nothing was written. First run"
        " longwen verify --roots {file}."
    )


# Certificates.


def body_of(code: str, sealed: Checkpoint, seals: Sequence[tuple[str, int, bytes]]) -> bytes:
    """What is signed, as canonical JSON; ``seals`` are those up to this one: quarter, number, root."""
    if sealed.seal is None:
        raise AssertionError("a certificate is of a seal's checkpoint")
    return canonical(
        {
            "format": FORMAT,
            "district": code,
            "quarter": sealed.seal.quarter,
            "checkpoint": sealed.header(),
            "root": sealed.root.hex(),
            "seals": [{"quarter": quarter, "number": number, "root": root.hex()} for quarter, number, root in seals],
        }
    )


@dataclass(frozen=True, slots=True)
class Signature:
    """An officer's, by their public key (32 bytes)."""

    public_key: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it is in its file, with as many signatures as it has."""

    body: Mapping[str, Any]
    signatures: tuple[Signature, ...] = ()

    @property
    def signed(self) -> bytes:
        """What is signed: ValueError where it has no canonical form."""
        return canonical(self.body)

    @property
    def rows(self) -> tuple[int, str]:
        found = self.body["checkpoint"]["seal"]["rows"]
        return found["count"], found["root"]

    def with_signature(self, made: Signature) -> Certificate:
        """In place of one by the same key."""
        others = (one for one in self.signatures if one.public_key != made.public_key)
        return Certificate(self.body, (*others, made))

    def text(self) -> str:
        """The file's."""
        signatures = [{"public_key": one.public_key.hex(), "signature": one.signature.hex()} for one in self.signatures]
        shown = {"certificate": self.body, "signatures": signatures}
        return json.dumps(shown, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def certificate_from(text: str) -> Certificate:
    """CertificateUnreadable if the text is none."""
    try:
        found = json.loads(text)
        body, signatures = found["certificate"], found["signatures"]
        known = {name: body[name] for name in ("district", "quarter", "root")}
        made = Certificate(
            body,
            tuple(Signature(bytes.fromhex(one["public_key"]), bytes.fromhex(one["signature"])) for one in signatures),
        )
        count, root = made.rows
    except (ValueError, KeyError, TypeError) as error:
        raise CertificateUnreadable(cause=f"{type(error).__name__} {error}") from error
    if body.get("format") != FORMAT or not all(isinstance(one, str) for one in (*known.values(), root)):
        raise CertificateUnreadable(cause=f"format {body.get('format')!r}")
    if not isinstance(count, int):
        raise CertificateUnreadable(cause="rows")
    return made


def check(certificate: Certificate, lines: Iterable[bytes], public_key: bytes, verifies: Verifies) -> None:
    """That the key's owner signed it, that it is of one piece, and that the rows are those that were sealed.

    ``lines`` are those of the rows' file without their ends. Raises SignatureMissing, SignatureWrong,
    CertificateAltered and RowsDiffer.
    """
    own = [one for one in certificate.signatures if one.public_key == public_key]
    if not own:
        raise SignatureMissing
    body = certificate.body
    try:
        signed = certificate.signed
        root = root_of(body["checkpoint"]).hex()
    except ValueError as error:
        raise CertificateAltered(what=str(error)) from error
    if not all(verifies(one.signature, signed) for one in own):
        raise SignatureWrong
    if root != body["root"]:
        raise CertificateAltered(what="root")
    if body["checkpoint"]["seal"].get("quarter") != body["quarter"]:
        raise CertificateAltered(what="quarter")
    tree = Tree(leaf_hash(line) for line in lines)
    wanted, ought = certificate.rows
    if (tree.count, tree.root.hex()) != (wanted, ought):
        raise RowsDiffer(count=tree.count, wanted=wanted, root=tree.root.hex(), ought=ought)


def check_root(certificate: Certificate, roots: Mapping[str, Sequence[Root]]) -> int:
    """Against the roots kept outside, by district: how many were compared. Raises CertificateRootDiffers."""
    kept = {one.number: one.root.hex() for one in roots.get(certificate.body["district"], ())}
    body = certificate.body
    own = [{"number": body["checkpoint"].get("number"), "root": body["root"]}, *body.get("seals", ())]
    compared = 0
    for one in own:
        ought = kept.get(one.get("number"))
        if ought is not None and ought != one.get("root"):
            raise CertificateRootDiffers(number=one["number"], root=one.get("root"), ought=ought)
        compared += ought is not None
    return compared


# Roots kept outside: a line each, so that a new one is added without touching the others.


def root_line(code: str, root: Root) -> str:
    shown = {
        "district": code,
        "number": root.number,
        "made_at": root.made_at,
        "quarter": root.quarter,
        "root": root.root.hex(),
    }
    return canonical(shown).decode()


def roots_from(text: str) -> dict[str, list[Root]]:
    """By the district's code. Raises RootsUnreadable."""
    found: dict[str, list[Root]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            one = json.loads(line)
            root = Root(int(one["number"]), str(one.get("made_at", "")), one.get("quarter"), bytes.fromhex(one["root"]))
            found.setdefault(str(one["district"]), []).append(root)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RootsUnreadable(line=number) from error
    return found


def check_continued(file: str, before: Sequence[Root], now: Sequence[Root]) -> None:
    """That every root kept in the file is still the database's. Raises RootsDiffer."""
    known = {one.number: one.root for one in now}
    for one in before:
        if known.get(one.number) != one.root:
            raise RootsDiffer(file=file, number=one.number)
