"""Logging in and out, and how pages are shown: language and size of type."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from sqlalchemy import Connection

from app.auth import cookies, sessions
from app.auth.api import (
    csrf_token_of,
    drop_cookie,
    forget_cookies,
    keep_cookie,
    open_door,
    set_cookies,
    site_of,
    terms_of,
)
from app.auth.api_entering import give_code, log_in
from app.auth.logins import SessionKind, Stage
from app.auth.schemas import Password
from app.auth.sessions import Login
from app.kit import problems
from app.kit.errors import LongwenError
from app.kit.http import Model, language_of, request_id_of, state_of
from app.web.frame import LOG_IN, Page, PageRoute, Refusal, early_page, posted_in, shown
from app.web.posted import Posted

router = APIRouter(include_in_schema=False, route_class=PageRoute)

OpenPage = Depends(open_door)
PostedForm = Annotated[Posted, Depends(posted_in)]
Back = Annotated[str, Query(alias="next", max_length=500)]
CODE = "/login/code"
_YEAR_SECONDS = 365 * 24 * 3600


class LogInForm(Model):
    """Who wants in."""

    login: str = Field(max_length=128)
    password: Password


class CodeForm(Model):
    """The second factor's code, or a recovery code."""

    code: str = Field(min_length=6, max_length=40)


@router.get(LOG_IN, dependencies=[OpenPage])
def show_log_in(request: Request, back: Back = "/") -> Response:
    """The form."""
    return shown(request, "login.html", back=own_path(back))


@router.post(LOG_IN, dependencies=[OpenPage])
def submit_log_in(request: Request, posted: PostedForm, back: Back = "/") -> Response:
    """In, or on to the code, or the form again."""
    try:
        form = posted.read(LogInForm)
        _, login = log_in(request, form.login.strip(), form.password, SessionKind.COOKIE)
    except LongwenError as error:
        return _again(request, "login.html", error, back=own_path(back), posted=posted)
    if login.stage is Stage.CODE:
        response: Response = RedirectResponse(f"{CODE}?{urlencode({'next': own_path(back)})}", status_code=303)
        seconds = int(terms_of(state_of(request)).challenge.total_seconds())
        keep_cookie(request, response, site_of(request).name_of(cookies.CHALLENGE), login.token, seconds)
        return response
    return _entered(request, login, own_path(back))


@router.get(CODE, dependencies=[OpenPage])
def show_code(request: Request, back: Back = "/") -> Response:
    """Where the code of the second factor is given."""
    return shown(request, "login_code.html", back=own_path(back))


@router.post(CODE, dependencies=[OpenPage])
def submit_code(request: Request, posted: PostedForm, back: Back = "/") -> Response:
    """In, or the form again."""
    waiting = site_of(request).name_of(cookies.CHALLENGE)
    cookies.check_origin(site_of(request), request.headers.get("origin"))
    try:
        form = posted.read(CodeForm)
        _, login = give_code(request, request.cookies.get(waiting, ""), form.code.strip())
    except LongwenError as error:
        return _again(request, "login_code.html", error, back=own_path(back))
    response = _entered(request, login, own_path(back))
    drop_cookie(request, response, waiting)
    return response


@router.post("/logout")
def submit_log_out(request: Request, page: Annotated[Page, Depends(early_page)]) -> Response:
    """The log-in ends at once."""

    def work(connection: Connection, caller: sessions.Caller) -> None:
        if caller.session is not None:
            sessions.end_own_session(connection, caller.actor, caller.session.id)

    page.run_as_caller(work)
    response = RedirectResponse(LOG_IN, status_code=303)
    forget_cookies(request, response)
    return response


@router.post("/display", dependencies=[OpenPage])
def set_display(request: Request, posted: PostedForm, back: Back = "/") -> Response:
    """Switch the language or the size of type; kept by the browser, for whoever sits there."""
    cookies.check_origin(site_of(request), request.headers.get("origin"))
    response = RedirectResponse(own_path(back), status_code=303)
    site = site_of(request)
    for name, allowed in (("language", ("zh", "en")), ("large", ("0", "1"))):
        if posted.get(name) in allowed:
            keep_cookie(request, response, site.name_of(name), posted.get(name), _YEAR_SECONDS)
    return response


def own_path(back: str) -> str:
    """The address to go on to, if it is one of ours: a link may not lead to another host."""
    is_ours = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return back if is_ours else "/"


def _entered(request: Request, login: Login, back: str) -> Response:
    response = RedirectResponse(back, status_code=303)
    set_cookies(request, response, login.token, csrf_token_of(state_of(request), login.token))
    return response


def _again(request: Request, template: str, error: LongwenError, **facts: Any) -> Response:
    found = problems.of_error(error, language_of(request), request_id_of(request))
    state_of(request).metrics.refused(found.code)
    return shown(request, template, status=found.status, refusal=Refusal.of(found), **facts)
