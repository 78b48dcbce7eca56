"""Cookies of a log-in for pages, and the proof that a request with one was sent by a page of ours.

Two proofs, either of which stops a foreign page: the browser's Origin, and a token in a header that only a page of ours
can read (a cookie beside the log-in's, made from it by HMAC, so that one planted by a neighbouring host is worth
nothing).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.kit.errors import ErrorKind, LongwenError

# The browser takes a cookie of this prefix only over TLS, for this very host and the whole of it.
SECURE_NAME = "__Host-longwen"
SECURE_CSRF_NAME = "__Host-longwen-csrf"
# On plain http to the own machine browsers differ in whether they take such a cookie.
LOCAL_NAME = "longwen"
LOCAL_CSRF_NAME = "longwen-csrf"
# While a browser is away at a provider, and while a code is asked: minutes, and gone with the log-in.
SIGN_ON = "sign-on"
CHALLENGE = "challenge"
CSRF_HEADER = "X-CSRF-Token"
CSRF_CONTEXT = b"csrf"
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class OriginRefused(LongwenError):
    """The request does not come from a page of this service."""

    kind = ErrorKind.FORBIDDEN
    code = "origin_refused"
    zh = "请求不是从本系统的页面发出的（Origin 缺失或不符）。请从本系统页面操作；接口程序请使用 Bearer 令牌。"
    en = (
        "The request was not sent by a page of this service (no Origin, or another). Use its pages; programs send a"
        " bearer token."
    )


class CsrfRefused(LongwenError):
    """The header that proves the page is missing or belongs to another log-in."""

    kind = ErrorKind.FORBIDDEN
    code = "csrf_refused"
    zh = "缺少防伪令牌，或它不属于本次登录。请刷新页面后重试（请求头 X-CSRF-Token）。"
    en = "The anti-forgery token is missing or is not this log-in's. Reload the page and try again (X-CSRF-Token)."


@dataclass(frozen=True, slots=True)
class Site:
    """Where the service was reached; ``public`` is its address as the operator tells it, if a proxy hides it."""

    scheme: str
    host: str
    public: str | None = None

    @property
    def is_local(self) -> bool:
        """Plain http to the own machine: without TLS no cookie could be kept otherwise."""
        return self.scheme == "http" and urlsplit(f"//{self.host}").hostname in _LOCAL_HOSTS

    @property
    def name(self) -> str:
        return LOCAL_NAME if self.is_local else SECURE_NAME

    @property
    def csrf_name(self) -> str:
        return LOCAL_CSRF_NAME if self.is_local else SECURE_CSRF_NAME

    def name_of(self, what: str) -> str:
        """The name of a cookie beside the log-in's."""
        return f"{self.name}-{what}"

    def is_own(self, origin: str) -> bool:
        """Whether a page at the origin is ours. Behind a proxy that ends TLS we see http: https is ours too."""
        if self.public is not None:
            return origin == self.public.rstrip("/")
        if not self.host:
            return False
        return origin in {f"https://{self.host}", *({f"http://{self.host}"} if self.scheme == "http" else ())}


def check_origin(site: Site, origin: str | None) -> None:
    """OriginRefused."""
    if origin is None or not site.is_own(origin):
        raise OriginRefused


def check_page(method: str, site: Site, origin: str | None, sent: str | None, expected: str) -> None:
    """Whether a request that came with a cookie may do what it asks. Raises OriginRefused, CsrfRefused."""
    if method in _SAFE_METHODS:
        return
    check_origin(site, origin)
    if sent is None or not hmac.compare_digest(sent.encode(), expected.encode()):
        raise CsrfRefused
