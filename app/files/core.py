"""What a file of evidence is, who may attach it, and what is said of one that is not kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import quote
from uuid import UUID

from app.kit.errors import ErrorKind, LongwenError

# How long an upload waits to be attached, and an orphan to be removed.
KEPT_UNATTACHED = timedelta(days=7)
NAME_CHARACTERS_MAX = 120
_EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf"}
_EXTENSION_SENT = re.compile(r"\.(?=[0-9]{0,3}[A-Za-z])[A-Za-z0-9]{1,5}$")  # not the day in 签到表2026.11.21


class OwnerKind(StrEnum):
    """What files are evidence of."""

    ENTRY = "entry"
    SUBMISSION = "submission"
    ACTIVITY = "activity"
    APPEAL = "appeal"
    INDICATOR = "indicator"  # of a branch's rating
    APPRAISAL = "appraisal"  # of one part of a secretary's appraisal
    RESPONSIBILITY = "responsibility"  # of an item of a duty list


@dataclass(frozen=True, slots=True)
class Owner:
    """The one thing that a file is evidence of; whoever may see it may see the file."""

    kind: OwnerKind
    id: UUID


@dataclass(frozen=True, slots=True)
class Content:
    """What is kept: named by the digest (SHA-256, 64 hex digits) of its bytes, ``size`` of them."""

    hash: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file as it was taken in, under the name that it is shown by."""

    content: Content
    name: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file of one owner, and the key under which the store has its bytes."""

    owner: Owner
    content: Content
    name: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        """What it is sent with: to be saved under its name, and never to be taken for a page or a program."""
        return {
            "Content-Type": self.content.media_type,
            "Content-Length": str(self.content.size),
            "Content-Disposition": attachment(self.name),
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-cache",
            "ETag": f'"{self.content.hash}"',
        }


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep removed: uploads nobody attached, files nobody needs, bytes nobody knows; and what it misses."""

    uploads: int
    files: int
    blobs: int
    missing: int  # files on record without their bytes

    @property
    def counts(self) -> dict[str, int]:
        return {"uploads": self.uploads, "files": self.files, "blobs": self.blobs, "missing": self.missing}


class FileTooLarge(LongwenError):
    """More bytes than the setting allows; noticed before the rest of them is read."""

    kind = ErrorKind.TOO_LARGE
    code = "file_too_large"
    zh = "文件超过 {megabytes:g} MB。请压缩图片或降低扫描分辨率后重新上传。"
    en = "The file is larger than {megabytes:g} MB. Make the picture smaller or scan at a lower resolution."


class NoFile(LongwenError):
    """The form holds no file."""

    code = "no_file"
    zh = "没有收到文件。请以 multipart/form-data 的 file 项上传一个文件。"
    en = "No file was sent. Send one as the field file of multipart/form-data."


class UnusableFile(LongwenError):
    """The file is not kept as evidence; says why, and what to send instead."""

    code = "unusable_file"
    zh = "文件未保存：{zh}"
    en = "The file was not kept: {en}"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        zh, en = REFUSALS[reason]
        super().__init__(field="file", zh=zh, en=en)


class CheckingBusy(LongwenError):
    """Too many files are being looked through at this moment."""

    kind = ErrorKind.UNAVAILABLE
    code = "file_check_busy"
    zh = "同时上传的文件较多，本文件未保存。请稍后重试。"
    en = "Many files are being sent at this moment; this one was not kept. Try again shortly."


# By the reason that ``cleaning`` gives.
REFUSALS: Mapping[str, tuple[str, str]] = {
    "unknown_kind": (
        "内容不是图片（JPEG、PNG、WebP、HEIC）或 PDF，改扩展名无效。请另存为 PDF 后上传。",
        "its content is neither a picture (JPEG, PNG, WebP, HEIC) nor a PDF, whatever its name. Save it as a PDF.",
    ),
    "damaged": (
        "文件已损坏或不完整，无法打开。请重新拍照、扫描或导出。",
        "it is damaged or cut off and cannot be opened. Photograph, scan or export it again.",
    ),
    "too_many_pixels": (
        "图片尺寸过大。请缩小后上传。",
        "the picture has too many pixels. Make it smaller.",
    ),
    "animated": ("动态图片不能作为凭证。请上传静态图片。", "a moving picture is no evidence. Send a still one."),
    "encrypted": ("PDF 有打开密码。请去除密码后上传。", "the PDF asks for a password. Remove it first."),
    "active_content": (
        "PDF 含有脚本、附件、可执行动作或动态表单。请“打印为 PDF”后上传。",
        "the PDF holds scripts, attached files, actions or a dynamic form. Print it to a PDF and send that.",
    ),
    "too_heavy": (
        "打开此文件所需的内存或时间过多。请缩小、拆分或“打印为 PDF”后上传。",
        "opening it takes too much memory or time. Make it smaller, split it, or print it to a PDF.",
    ),
}


def display_name(sent: str | None, media_type: str) -> str:
    """The name as people see it: without folders, control characters and what turns text around, and with the
    extension of what the content is.
    """
    name = unicodedata.normalize("NFC", sent or "").replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(one for one in name if unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    name = "".join("_" if one in '<>:"|?*' else one for one in name)
    extension = _EXTENSIONS[media_type]
    stem = _EXTENSION_SENT.sub("", name).strip(" .")
    return (stem[: NAME_CHARACTERS_MAX - len(extension)].rstrip(" .") or "file") + extension


def attachment(name: str) -> str:
    """The value of Content-Disposition (RFC 6266, names by RFC 5987): to be saved, never shown in place."""
    plain = "".join(one if one.isascii() and one.isprintable() and one not in '"\\%' else "_" for one in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def key_of(district_id: UUID, content_hash: str) -> str:
    """Where the store has a district's file; no district ever shares bytes with another."""
    return f"{prefix_of(district_id)}/{content_hash[:2]}/{content_hash}"


def prefix_of(district_id: UUID) -> str:
    return district_id.hex


def hash_in(key: str) -> str:
    """The last part of a key of ``key_of``."""
    return key.rpartition("/")[2]
