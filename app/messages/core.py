"""What is told to whom, and how it is delivered: plain values and decisions."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.kit.digests import keyed_digest
from app.kit.errors import ErrorKind, LongwenError
from app.messages.texts import FactValue, Kind, check_facts, text_of, title_of

PAGE_MAX = 200


@dataclass(frozen=True, slots=True, order=True)
class Recipient:
    """A member, with or without an account, or an account. An account that is a member's is that member."""

    member_id: UUID | None = None
    account_id: UUID | None = None

    def __post_init__(self) -> None:
        if (self.member_id is None) == (self.account_id is None):
            raise ValueError("a recipient is a member or an account")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a message is about: ``entry``, ``submission``, ``appeal`` …, and its id."""

    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell. FactsAmiss where the facts are not those that the kind's text names.

    The same kind is told to the same recipient about the same subject once; ``occasion`` sets apart what may happen
    again (the second return of one submission).
    """

    to: Recipient
    kind: Kind
    subject: Subject
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    due_on: date | None = None
    occasion: str = ""

    def __post_init__(self) -> None:
        check_facts(self.kind, self.facts, self.due_on)


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as it lies in an inbox; ``number`` counts from 1 without gaps."""

    id: UUID
    number: int
    kind: Kind
    subject: Subject
    facts: Mapping[str, FactValue]
    due_on: date | None
    created_at: datetime
    read_at: datetime | None = None

    def title(self, language: str) -> str:
        return title_of(self.kind, language)

    def text(self, language: str) -> str:
        return text_of(self.kind, self.facts, self.due_on, language)


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Messages by number; ``last`` is the highest in the inbox, ``following`` the next ``after`` (None: no more)."""

    messages: tuple[Kept, ...]
    last: int
    unread: int
    following: int | None


# Webhooks.


class DeliveryState(StrEnum):
    """What has become of a delivery."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"  # given up after the last attempt
    DROPPED = "dropped"  # its webhook was taken away


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where messages are delivered; without ``kinds`` all of them."""

    id: UUID
    url: str
    kinds: tuple[Kind, ...] | None
    active: bool
    created_at: datetime

    def wants(self, kind: Kind) -> bool:
        return self.kinds is None or kind in self.kinds


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One line of the outbox."""

    id: UUID
    message_id: UUID | None
    kind: Kind | None
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime | None
    last_error: str | None
    created_at: datetime
    ended_at: datetime | None


# How long after each failed attempt the next one comes; after the last of them it is given up.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12))
ATTEMPTS_MAX = len(WAITS) + 1
# Whoever claimed a delivery and has not said how it went within this time has died: it is sent again.
LEASE = timedelta(minutes=2)
ERROR_CHARACTERS_MAX = 200
BODY_BYTES_MAX = 8 * 1024
# Of a fact, in a body that would be too long otherwise; the inbox has the whole.
_SHORTENED = (1000, 300, 100, 30)
_URL = re.compile(r"(https?)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([1-9][0-9]{0,4}))?(/[!-~]*)?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}


class BadWebhookUrl(LongwenError):
    """The address of a webhook is kept plain, so that everything that reads it reads the same host."""

    code = "bad_webhook_url"
    zh = "推送地址无效。写作 https://主机[:端口]/路径，主机用小写，不含用户名、密码和 #。"
    en = (
        "The webhook's address is not valid. Write https://host[:port]/path, the host in lower case, without user,"
        " password or #."
    )


class OriginNotAllowed(LongwenError):
    """Deliveries go only where the operator said they may."""

    code = "origin_not_allowed"
    zh = "{origin} 不在允许的推送目标中。请运维人员把它加入设置 LONGWEN_WEBHOOK_ORIGINS（逗号分隔）后重试。"
    en = (
        "{origin} is not among the allowed targets. Ask the operator to add it to LONGWEN_WEBHOOK_ORIGINS"
        " (comma-separated), then try again."
    )


class WebhookDiffers(LongwenError):
    """The id is that of another webhook."""

    kind = ErrorKind.CONFLICT
    code = "webhook_differs"
    zh = "编号 {id} 已用于另一个推送地址。请更换编号。"
    en = "The id {id} belongs to a webhook with other content. Take another id."


class WebhookClosed(LongwenError):
    """Nothing is sent to a webhook that was taken away."""

    kind = ErrorKind.CONFLICT
    code = "webhook_closed"
    zh = "该推送地址已停用。请新建一个。"
    en = "The webhook was taken away. Create a new one."


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, the port left out where it is the scheme's own. Raises BadWebhookUrl."""
    match = _URL.fullmatch(url)
    if match is None or int(match[3] or 1) > 65535:
        raise BadWebhookUrl(field="url")
    scheme, host, port = match[1], match[2], match[3]
    return f"{scheme}://{host}" + ("" if port in {None, _DEFAULT_PORTS[scheme]} else f":{port}")


def check_origin(url: str, allowed: Collection[str]) -> None:
    """BadWebhookUrl, OriginNotAllowed."""
    origin = origin_of(url)
    if origin not in allowed:
        raise OriginNotAllowed(origin=origin, field="url")


def after_failure(attempts: int, at: datetime) -> tuple[DeliveryState, datetime]:
    """What becomes of a delivery whose ``attempts``-th attempt (from 1) failed: when it is tried again, if ever."""
    if attempts >= ATTEMPTS_MAX:
        return DeliveryState.DEAD, at
    return DeliveryState.WAITING, at + WAITS[attempts - 1]


def signature(secret: str, at: datetime, body: bytes) -> str:
    """``t=`` seconds since 1970, ``v1=`` HMAC-SHA256 in hexadecimal over those digits, a dot, and the body."""
    stamp = str(int(at.timestamp()))
    return f"t={stamp},v1={keyed_digest(secret.encode(), stamp.encode() + b'.' + body).hex()}"


@dataclass(frozen=True, slots=True)
class Address:
    """Who is told, by what a bridge may know them by; neither name nor phone leaves with it."""

    member_id: UUID | None
    member_number: str | None
    account_id: UUID | None
    login: str | None


def body_of(key: UUID, district: str, at: datetime, message: Kept | None, to: Address | None) -> bytes:
    """What a webhook is sent, in both languages, below ``BODY_BYTES_MAX``; without a message it is a test."""
    if message is None or to is None:
        text = {"zh": "这是一条测试推送，无需处理。", "en": "This is a test; nothing needs to be done."}
        test = {"id": str(key), "district": district, "kind": "test", "text": text, "created_at": at.isoformat()}
        return _bytes(test)
    body = b""
    for characters in _SHORTENED:
        body = _bytes(_shown(key, district, message, to, characters))
        if len(body) < BODY_BYTES_MAX:
            return body
    return body


def _shown(key: UUID, district: str, message: Kept, to: Address, characters: int) -> dict[str, Any]:
    facts = {name: _short(value, characters) for name, value in message.facts.items()}
    languages = ("zh", "en")
    return {
        "id": str(key),
        "district": district,
        "kind": message.kind.value,
        "to": {
            "member_id": None if to.member_id is None else str(to.member_id),
            "member_number": to.member_number,
            "account_id": None if to.account_id is None else str(to.account_id),
            "login": to.login,
        },
        "message": str(message.id),
        "number": message.number,
        "subject": {"kind": message.subject.kind, "id": str(message.subject.id)},
        "due_on": None if message.due_on is None else message.due_on.isoformat(),
        "facts": facts,
        "title": {language: message.title(language) for language in languages},
        "text": {language: text_of(message.kind, facts, message.due_on, language) for language in languages},
        "created_at": message.created_at.isoformat(),
    }


def _short(value: FactValue, characters: int) -> FactValue:
    if isinstance(value, str) and len(value) > characters:
        return value[: characters - 1] + "…"
    return value


def _bytes(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
