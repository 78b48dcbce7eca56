"""What HTTP sees of single sign-on."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.auth.schemas import Password, Token
from app.kit.http import Answer, Model

Sealed = Annotated[str, Field(min_length=1, max_length=4096)]
# What a provider hands over; their lengths are its own affair, within reason.
Handed = Annotated[str, Field(min_length=1, max_length=2048)]


class SignOnRequest(Model):
    """Who wants in, by the provider of which district."""

    district: str = Field(max_length=32, description="区代码 · district code", examples=["longwen"])
    device: str | None = Field(None, max_length=80, description="设备名称 · shown in the list of log-ins")
    return_to: str = Field(
        "/", max_length=501, description="登录后去往的本系统路径 · a path of this service, for pages", examples=["/me"]
    )
    invitation_token: Token | None = Field(None, description="首次登录的邀请码 · for an account without password")


class LinkRequest(Model):
    """The password proves who asks."""

    password: Password
    return_to: str = Field(
        "/", max_length=501, description="关联后去往的本系统路径 · a path of this service, for pages"
    )


class CompletionRequest(Model):
    """What the provider handed to the app at the callback's address, with what the app kept."""

    flow_token: Sealed
    code: Handed
    state: Handed
    iss: Handed | None = Field(None, description="回调地址中如有则须带上 · sent along where the callback has it")


class SignOnAnswer(Answer):
    """Where to send the browser."""

    authorization_url: str = Field(examples=["https://id.example/authorize?…"])
    flow_token: str | None = Field(
        description="由应用保管，完成登录时提交；网页为空，令牌在 Cookie 中 · kept by an app; null with a cookie"
    )
    expires_at: datetime


class ProviderAnswer(Answer):
    """A district's provider, for the button of a log-in page."""

    name: str = Field(examples=["统一身份认证"])
    issuer: str


class IdentityAnswer(Answer):
    """A link of an account to a provider; by whom the account is known there is told to nobody."""

    id: UUID
    issuer: str
    linked_at: datetime


class IdentitiesAnswer(Answer):
    """An account's links, the oldest first."""

    identities: list[IdentityAnswer]


class InvitationAnswer(Answer):
    """A token for the account's person, told only here."""

    invitation_token: str
    expires_at: datetime
