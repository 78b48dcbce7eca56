"""What HTTP sees of inboxes and webhooks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from app.kit.http import Answer, Model
from app.kit.naming import SubjectName
from app.kit.problems import Language
from app.messages.core import PAGE_MAX, DeliveryState, DeliveryView, InboxPage, Kept, Webhook
from app.messages.texts import Kind

NUMBER_MAX = 2**53 - 1  # as far as every client counts exactly


class SubjectAnswer(Answer):
    """What a message is about."""

    kind: str = Field(examples=["submission"])
    id: UUID
    name: SubjectName = None


class MessageAnswer(Answer):
    """One message, in the reader's language."""

    number: int = Field(description="收件箱内的序号，从 1 起，不缺号 · from 1 on, without gaps")
    id: UUID
    kind: Kind
    subject: SubjectAnswer
    title: str = Field(examples=["申报已入账"])
    text: str
    due_on: date | None
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, message: Kept, language: Language) -> MessageAnswer:
        return cls(
            number=message.number,
            id=message.id,
            kind=message.kind,
            subject=SubjectAnswer.model_validate(message.subject),
            title=message.title(language),
            text=message.text(language),
            due_on=message.due_on,
            created_at=message.created_at,
            read_at=message.read_at,
        )


class InboxAnswer(Answer):
    """Part of the caller's inbox, by number."""

    messages: list[MessageAnswer]
    last: int = Field(description="最大序号 · the highest number in the inbox")
    unread: int
    following: int | None = Field(description="下一页的 after；没有更多时为空 · the next page's after")

    @classmethod
    def of(cls, page: InboxPage, language: Language) -> InboxAnswer:
        return cls(
            messages=[MessageAnswer.of(one, language) for one in page.messages],
            last=page.last,
            unread=page.unread,
            following=page.following,
        )


class ReadRequest(Model):
    """Which messages were read: by number, or all up to one, or both."""

    numbers: list[Annotated[int, Strict()]] = Field(default_factory=list, max_length=PAGE_MAX, examples=[[3, 4]])
    up_to: int | None = Field(
        None, strict=True, ge=0, le=NUMBER_MAX, description="到此序号为止的全部 · all up to this number"
    )

    @model_validator(mode="after")
    def _names_any(self) -> Self:
        if not self.numbers and self.up_to is None:
            raise PydanticCustomError("missing", "numbers or up_to")
        if any(not 0 < number <= NUMBER_MAX for number in self.numbers):
            raise PydanticCustomError("greater_than", "numbers count from 1", {"gt": 0})
        return self


class ReadAnswer(Answer):
    """How many were marked now, and how many stay unread."""

    marked: int
    unread: int


class WebhookRequest(Model):
    """Where messages are to be delivered."""

    id: UUID = Field(description="由客户端生成 · made by the client")
    url: str = Field(
        min_length=1,
        max_length=500,
        description="须在运维设置允许的目标之内 · within what the operator allows",
        examples=["https://bridge.example/longwen"],
    )
    kinds: list[Kind] | None = Field(
        None, min_length=1, max_length=100, description="只推送这些种类；空为全部 · only these; none: all"
    )

    def webhook(self) -> Webhook:
        kinds = None if self.kinds is None else tuple(sorted(set(self.kinds)))
        return Webhook(self.id, self.url, kinds, active=True, created_at=datetime.min.replace(tzinfo=UTC))


class WebhookAnswer(Answer):
    """A webhook, without its secret."""

    id: UUID
    url: str
    kinds: list[Kind] | None
    active: bool
    created_at: datetime


class NewWebhookAnswer(WebhookAnswer):
    """With its secret, which is told when the webhook is made and never again."""

    secret: str | None = Field(description="签名密钥，只显示这一次 · signs deliveries; shown this once")


class WebhookListAnswer(Answer):
    """The district's webhooks, those taken away too."""

    webhooks: list[WebhookAnswer]


class TestAnswer(Answer):
    """The test waits in the outbox."""

    delivery: UUID


class DeliveryAnswer(Answer):
    """One line of the outbox; the id is what ``Longwen-Delivery`` says."""

    id: UUID
    message_id: UUID | None = Field(description="空为测试 · none: a test")
    kind: Kind | None
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime | None
    last_error: str | None = Field(examples=["HTTP 503"])
    created_at: datetime
    ended_at: datetime | None


class DeliveryPageAnswer(Answer):
    """The latest first."""

    deliveries: list[DeliveryAnswer]
    following: UUID | None = Field(description="下一页的 before · the next page's before")

    @classmethod
    def of(cls, page: list[DeliveryView], following: UUID | None) -> DeliveryPageAnswer:
        return cls(deliveries=[DeliveryAnswer.model_validate(one) for one in page], following=following)
