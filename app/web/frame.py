"""The frame of all pages: the gate that they stand behind, what surrounds them, and how refusals are shown.

A page is a ``Door`` that can be shown. Its POST is a plain form: it carries the anti-forgery token, and a refused one
comes back as it was typed. Who is not logged in is led to the log-in, and back again.
"""
# No postponed annotations here: FastAPI reads those of a callable object without the names of its module.

import json
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, unquote, urlencode

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials
from sqlalchemy import Connection
from starlette.datastructures import URL, UploadFile

from app.auth.api import BEARER, COOKIE, Door, Gate, csrf_token_of, site_of
from app.auth.core import Actor, Permission
from app.auth.core_tokens import token_role
from app.auth.logins import ALL_BUT_CODE, PasswordChangeRequired, SecondFactorRequired, Stage, Unauthenticated
from app.auth.sessions import Caller
from app.kit import problems
from app.kit.errors import ErrorKind, LongwenError
from app.kit.http import language_of, request_id_of, state_of
from app.kit.problems import Language, Problem
from app.kit.words import Words
from app.messages import service as messages
from app.web.menu import menu_of
from app.web.posted import CSRF_FIELD, Posted, masked, unmasked
from app.web.rendering import render

Result = TypeVar("Result")

LOG_IN = "/login"
NEW_PASSWORD = "/account/password"  # noqa: S105 - an address
SECOND_FACTOR = "/account/second-factor"
TOLD_SECONDS = 60
_LANGUAGES: tuple[Language, ...] = ("zh", "en")


class PeopleOnly(LongwenError):
    """A key or a screen asks for a page."""

    kind = ErrorKind.FORBIDDEN
    code = "people_only"
    zh = "页面供人员登录后使用；接口程序请使用 /api/v1 下的接口（见 /docs）。"
    en = "Pages are for people who log in; programs use what is under /api/v1 (see /docs)."


@dataclass(frozen=True, slots=True)
class Around:
    """What the frame shows of the caller."""

    caller: Caller
    unread: int


@dataclass(frozen=True)
class Page(Door):
    """One page on its way: who asks for it, what its form sent, and what it is answered with."""

    posted: Posted = field(default_factory=Posted)

    def run(self, work: Callable[[Connection, Actor], Result], *, commit: bool = True) -> Result:
        """As a door's; and learns in the same transaction what the frame shows."""
        return self.run_as_caller(lambda connection, caller: work(connection, caller.actor), commit=commit)

    def run_as_caller(self, work: Callable[[Connection, Caller], Result], *, commit: bool = True) -> Result:
        """The same for who needs the caller's name or log-in as well."""

        def enter(connection: Connection, caller: Caller) -> Result:
            found = work(connection, caller)
            self.request.state.around = Around(caller, messages.count_unread(connection, caller.actor))
            return found

        return super().run_as_caller(enter, commit=commit)

    def show(self, template: str, *, status: int = 200, **facts: Any) -> Response:
        """The page of a template; ``run`` has been called before."""
        around: Around | None = getattr(self.request.state, "around", None)
        if around is None:
            self.run(lambda _connection, _actor: None)
            around = self.request.state.around
        csrf = None if self.token is None else masked(csrf_token_of(self.state, self.token))
        framed = {
            "account": around.caller,
            "district": self.district,
            "menu": menu_of(around.caller.actor) if around.caller.stage is Stage.OPEN else (),
            "unread": around.unread,
            "today": around.caller.actor.today,
        }
        return shown(
            self.request, template, status=status, zone=self.district.time_zone, csrf=csrf,
            posted=self.posted, **framed, **facts,
        )  # fmt: skip

    def refused(self, template: str, error: LongwenError, **facts: Any) -> Response:
        """The form again, with what was typed and why it was not taken."""
        found = problems.of_error(error, self.language, self.request_id)
        state_of(self.request).metrics.refused(found.code)
        return self.show(template, status=found.status, refusal=Refusal.of(found), **facts)

    def goto(self, path: str, told: Words | None = None, undo: str | None = None) -> Response:
        """On to another page, which says once what was done; ``undo`` is where a form can take it back."""
        response: Response = RedirectResponse(path, status_code=303)
        if self.request.headers.get("hx-request"):
            response = Response(status_code=204, headers={"HX-Redirect": path})
        if told is not None:
            tell(self.request, response, told, undo)
        return response


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a form was not taken: in one text, and beside fields."""

    title: str
    text: str
    faults: tuple[dict[str, Any], ...] = ()

    @classmethod
    def of(cls, found: Problem) -> "Refusal":
        document = found.document
        faults = document.get("faults", [])
        if not faults and document.get("field"):
            faults = [{"index": None, "field": document["field"], "detail": document["detail"]}]
        return cls(document["title"], document["detail"], tuple(faults))

    def at(self, name: str, index: int | None = None) -> str | None:
        """What is said beside a field."""
        found = [one["detail"] for one in self.faults if one["field"] == name and one["index"] == index]
        return " ".join(found) or None


@dataclass(frozen=True)
class PageGate(Gate):
    """A gate whose door is a page: what a form sent is read before."""

    async def __call__(
        self,
        request: Request,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
        cookie: Annotated[str | None, Depends(COOKIE)],
    ) -> Page:
        door = await super().__call__(request, bearer, cookie)
        if token_role(door.token or "") is not None:
            raise PeopleOnly
        posted = await posted_in(request)
        return Page(
            request, door.token, door.permission, door.kind, door.stages, unmasked(posted.get(CSRF_FIELD)), posted
        )


async def posted_in(request: Request) -> Posted:
    """The form of a request; empty where it has none."""
    if request.method != "POST":
        return Posted()
    form = await request.form()
    texts = tuple((key, value) for key, value in form.multi_items() if isinstance(value, str))
    files = tuple((key, value) for key, value in form.multi_items() if isinstance(value, UploadFile))
    return Posted(texts, files)


def page_for(permission: Permission) -> PageGate:
    """The gate of pages that need the permission: ``page: Annotated[Page, Depends(page_for(Permission.X))]``."""
    return PageGate(permission)


any_page = PageGate(None)
# Pages that complete a log-in.
early_page = PageGate(None, ALL_BUT_CODE)


def shown(request: Request, template: str, *, status: int = 200, zone: str = "Asia/Shanghai", **facts: Any) -> Response:
    """A page with its policy: scripts and styles are ours, nothing is from another host."""
    language, nonce = language_of(request), secrets.token_urlsafe(16)
    told = told_in(request)
    site = site_of(request)
    given = {
        "csrf": None, "account": None, "district": None, "menu": (), "unread": 0, "refusal": None, "posted": Posted(),
        "path": request.url.path, "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        "nonce": nonce, "told": told, "large": request.cookies.get(site.name_of("large")) == "1",
    }  # fmt: skip
    html = render(template, language, zone, given | facts)
    response = HTMLResponse(html, status, {"Content-Security-Policy": _policy(nonce), "Vary": "Accept-Language, Cookie",
                                           "Referrer-Policy": "same-origin"})  # fmt: skip
    if told is not None:
        response.delete_cookie(site.name_of("told"), path="/", secure=not site.is_local, httponly=True, samesite="lax")
    return response


def _policy(nonce: str) -> str:
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data: blob:;"
        " connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


# What the next page says once.


def tell(request: Request, response: Response, told: Words, undo: str | None) -> None:
    site = site_of(request)
    value = quote(json.dumps([told.zh, told.en, undo], ensure_ascii=False))
    response.set_cookie(
        site.name_of("told"), value, max_age=TOLD_SECONDS, path="/",
        secure=not site.is_local, httponly=True, samesite="lax",
    )  # fmt: skip


def told_in(request: Request) -> tuple[Words, str | None] | None:
    """What the page before wants to be said here. It is the browser's word, and shown as text only."""
    try:
        zh, en, undo = json.loads(unquote(request.cookies.get(site_of(request).name_of("told"), "")))
    except ValueError:
        return None
    is_ours = isinstance(undo, str) and undo.startswith("/") and not undo.startswith("//")
    return Words(str(zh), str(en)), undo if is_ours else None


class PageRoute(APIRoute):
    """A route whose refusals are pages, in the language that the pages have been switched to."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            choose_language(request)
            try:
                return await handle(request)
            except (LongwenError, RequestValidationError) as error:
                return refusal_page(request, error)
            finally:
                await request.close()  # files that a form has brought

        return handled


def choose_language(request: Request) -> None:
    """The language of the switch, where it was used."""
    chosen = request.cookies.get(site_of(request).name_of("language"))
    request.state.language = next((one for one in _LANGUAGES if one == chosen), None)


def refusal_page(request: Request, error: Exception) -> Response:
    """A page that says what was refused; to whoever is not logged in, the log-in."""
    if isinstance(error, Unauthenticated):
        return _to(request, log_in_path(request))
    if isinstance(error, PasswordChangeRequired):
        return _to(request, NEW_PASSWORD)
    if isinstance(error, SecondFactorRequired):
        return _to(request, SECOND_FACTOR)
    language, request_id = language_of(request), request_id_of(request)
    if isinstance(error, RequestValidationError):
        found = problems.of_validation(error.errors(), language, request_id)
    else:
        assert isinstance(error, LongwenError)  # noqa: S101 - the two kinds that the route catches
        found = problems.of_error(error, language, request_id)
    state_of(request).metrics.refused(found.code)
    template = "parts/refusal.html" if request.headers.get("hx-request") else "refusal.html"
    return shown(request, template, status=found.status, refusal=Refusal.of(found), request_id=request_id)


# What the framework says of addresses is for programs; to people it is said otherwise.
_PAGE_TEXTS: dict[str, Words] = {
    "no_such_route": Words(
        "没有这个页面。地址可能抄错了，或者页面已经改了地方；请从首页的菜单进入。",
        "There is no such page. The address may be mistyped, or it has moved: start from the menu on the first page.",
    ),
    "method_not_allowed": Words(
        "这个地址是表单提交用的，不能直接打开。请回到原来的页面再操作一次。",
        "This address takes a form and shows nothing by itself. Go back to the page and do it once more.",
    ),
}


def problem_page(request: Request, found: Problem) -> Response:
    """The page of what was refused before a page was reached, or went wrong inside."""
    refusal = Refusal.of(found)
    if text := _PAGE_TEXTS.get(found.code):
        refusal = Refusal(refusal.title, text.said(language_of(request)))
    template = "parts/refusal.html" if request.headers.get("hx-request") else "refusal.html"
    return shown(request, template, status=found.status, refusal=refusal, request_id=request_id_of(request))


def log_in_path(request: Request) -> str:
    """The log-in that leads back to where somebody wanted to go; what was to be written is not sent again.

    A form leads back to the page that it stands on, where the browser has kept what was typed.
    """
    found = request.url if request.method == "GET" else URL(request.headers.get("referer", ""))
    if found.netloc != request.url.netloc:
        return LOG_IN
    back = found.path + (f"?{found.query}" if found.query else "")
    if back == "/" or found.path.startswith(LOG_IN):
        return LOG_IN
    return f"{LOG_IN}?{urlencode({'next': back})}"


def _to(request: Request, path: str) -> Response:
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": path})
    return RedirectResponse(path, status_code=303)
