"""The application: ``create_app`` puts rooms, frame and state together. Nothing is built at import."""

from __future__ import annotations

import gc
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException

from app import schedule
from app.activities import api as activities
from app.appeals import api as appeals
from app.appraisals import api as appraisals
from app.appraisals import api_responsibilities as responsibilities
from app.auth import api_access, api_accounts, api_own, api_sessions, api_sign_on, api_tokens
from app.auth.api import known_queries, open_door
from app.auth.providers import Providers
from app.auth.remembering import Callers
from app.auth.service import Districts
from app.boards import api as boards
from app.boards import api_own as boards_own
from app.boards import api_screens as boards_screens
from app.boards.following import Following
from app.boards.ranking import Boards
from app.cases import api as cases
from app.cases import api_cases, api_commendations, api_talks
from app.cycles import api as cycles
from app.cycles import api_key_work
from app.digests import api as digests
from app.enrolment import api as enrolment
from app.enrolment import api_changes as changes
from app.enrolment import api_transfers as transfers
from app.files import api as files
from app.grids import api as grids
from app.handbook import api as rules
from app.imports import api as imports
from app.job_runs import api as jobs
from app.kit import http, sending
from app.kit.blobs import open_blobs
from app.kit.channels import Channels
from app.kit.ciphers import AesFieldCipher, FieldCipher
from app.kit.clock import Clock, SystemClock
from app.kit.db import Database
from app.kit.description import polish
from app.kit.errors import LongwenError
from app.kit.exits import told_of_exit
from app.kit.http import ServiceState, state_of
from app.kit.log import configure_logging
from app.kit.metrics import Metrics
from app.kit.passwords import Passwords
from app.kit.rates import Rates
from app.kit.readiness import NotReady, ready
from app.kit.settings import Settings
from app.me import api as me
from app.messages import api as messages
from app.points import api as points
from app.points import api_telling as points_telling
from app.proofs import api as proofs
from app.proofs.readiness import Checkpoints
from app.ratings import api as ratings
from app.ratings import api_plans as rating_plans
from app.reviews import api as reviews
from app.reviews import api_packs as packs
from app.roster import api as roster
from app.roster.naming import names
from app.seals import api as seals
from app.submissions import api as submissions
from app.submissions import api_flow as submissions_flow
from app.submissions import api_vetoes as vetoes
from app.submissions.group import Group
from app.surveys import api as surveys
from app.trials import api as trials
from app.web import frame, pages

_STATIC = Path(http.__file__).parent / "static"
_DOCS_FILES = {
    "swagger-ui.css": _STATIC / "swagger-ui" / "swagger-ui.css",
    "swagger-ui-bundle.js": _STATIC / "swagger-ui" / "swagger-ui-bundle.js",
    "docs.js": _STATIC / "docs.js",
}
_DOCS_PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>龙文积分与星级 · 接口文档</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>本页需要 JavaScript；接口描述见 <a href="openapi.json">openapi.json</a>。</noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/docs.js"></script>
</body>
</html>
"""
# Styles inside the page are swagger-ui's own; nothing else, and nothing from another host.
_DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_TAGS = [
    {"name": "sessions", "description": "登录与令牌 · logging in and out"},
    {"name": "accounts", "description": "账号、任职、密钥与访问日志 · accounts, offices, keys and the access log"},
    {"name": "roster", "description": "名册 · who exists and who belongs where"},
    {"name": "files", "description": "凭证 · evidence"},
    {"name": "points", "description": "积分记录与状态 · entries, standings and their explanation"},
    {"name": "submissions", "description": "申报与审核 · proposals and their review"},
    {"name": "imports", "description": "从工作簿导入积分记录 · entries from a workbook"},
    {"name": "activities", "description": "活动与考勤 · meetings and attendance"},
    {"name": "surveys", "description": "匿名测评 · anonymous surveys"},
    {"name": "grids", "description": "网格与结对帮带 · grids, leads and mentoring"},
    {"name": "appeals", "description": "申诉与意见建议 · appeals, complaints and suggestions"},
    {"name": "quarters", "description": "季度复核、公示与封账 · the check, the notice and the seal"},
    {"name": "boards", "description": "榜单 · rankings"},
    {"name": "cases", "description": "线与名单 · what follows from 900 and 500"},
    {"name": "appraisals", "description": "书记考核与责任清单 · appraisal of secretaries, and their duty lists"},
    {"name": "ratings", "description": "星级评定 · branch stars"},
    {"name": "enrolment", "description": "名册导入、组织关系变动 · importing the roster, changes of membership"},
    {"name": "reviews", "description": "季度材料 · the papers of a quarter"},
    {"name": "digests", "description": "月调度、季检查、半年分析、年底总评 · digests of the year"},
    {"name": "jobs", "description": "定时任务 · scheduled work"},
    {"name": "me", "description": "本人 · one's own record, for the phone"},
    {"name": "messages", "description": "消息与推送 · inboxes and webhooks"},
    {"name": "calendar", "description": "工作日历 · working days"},
    {"name": "rules", "description": "评分细则 · rule books"},
    {"name": "operations", "description": "运行状态 · how the service is doing"},
]
_DESCRIPTION = (
    "两新组织党员积分与党支部星级管理。错误以 application/problem+json 返回，语言随 Accept-Language。\n\n"
    "Member points and branch stars for Party building in private firms and social organisations. Refusals come as"
    " application/problem+json in the language that Accept-Language asks for."
)


# Each answer's refusals; their schema is in kit.description.
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": description,
        "content": {http.PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, description in {"4XX": "拒绝及原因 · refused, and why", "5XX": "未完成 · not done"}.items()
}


class _Application(FastAPI):
    """With a description that clients can be generated from."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = polish(super().openapi())
        return self.openapi_schema


class SettingMissing(LongwenError):
    """The service cannot be put together without this setting."""

    code = "setting_missing"
    zh = "缺少设置 {name}：{purpose_zh}"
    en = "The setting {name} is missing: {purpose_en}"


def routers() -> list[APIRouter]:
    """The rooms' routes. Each router carries its whole prefix, so that a route's path is what logs and metrics show."""
    return [
        api_sessions.router,
        api_own.router,
        api_sign_on.router,
        api_sign_on.own,
        api_sessions.of_accounts,
        api_sign_on.of_accounts,
        api_own.of_accounts,
        api_accounts.router,
        api_tokens.router,
        api_access.router,
        roster.router,
        enrolment.router,
        transfers.router,
        changes.router,
        files.router,
        submissions.router,
        submissions_flow.router,
        vetoes.router,
        appeals.router,
        imports.router,
        activities.router,
        surveys.router,
        grids.router,
        seals.router,
        proofs.router,
        points.router,
        points_telling.router,
        cases.router,
        appraisals.router,
        responsibilities.router,
        ratings.router,
        rating_plans.router,
        api_cases.router,
        api_talks.router,
        api_commendations.router,
        boards.router,
        boards_own.router,
        boards_screens.router,
        reviews.router,
        packs.of_quarters,
        packs.router,
        digests.router,
        jobs.router,
        me.router,
        me.of_queue,
        messages.router,
        cycles.router,
        api_key_work.router,
        rules.router,
        trials.router,
        *pages.routers(),
        _operations(),
    ]


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    clock: Clock | None = None,
    passwords: Passwords | None = None,
) -> FastAPI:
    """One application over one database; a pool that it makes itself it also closes.

    Raises SettingMissing if the database or the secret key is not named, SignOnSettingsWrong.
    """
    pool = _open_database(settings) if database is None else database

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        gc.freeze()  # what is there now stays to the end: the collector need not look at it again and again
        with told_of_exit(app.state.channels.close):
            yield
        app.state.channels.close()
        app.state.group.close()
        if database is None:
            pool.dispose()

    app = _Application(
        title="龙文积分与星级 · Longwen",
        description=_DESCRIPTION,
        version=version("longwen"),
        license_info={"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        openapi_tags=_TAGS,
        openapi_url=None,  # served below, as a route that says it is open
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses=_REFUSALS,
        dependencies=[Depends(known_queries)],
        generate_unique_id_function=lambda route: route.name,
    )
    furnish(app, settings, pool, clock or SystemClock(), passwords or Passwords())
    app.state.choose_language, app.state.page_of = frame.choose_language, frame.problem_page
    http.install(app, settings)
    for router in routers():
        app.include_router(router)
    return app


def furnish(app: FastAPI, settings: Settings, database: Database, clock: Clock, passwords: Passwords) -> None:
    """Give an application all that it keeps between requests, new: nothing of what it kept before remains.

    Raises SettingMissing, SignOnSettingsWrong.
    """
    app.state.service = ServiceState(
        settings=settings,
        database=database,
        clock=clock,
        cipher=cipher_of(settings),
        passwords=passwords,
        metrics=Metrics(database),
        blobs=open_blobs(settings),
        rates=Rates(settings),
    )
    app.state.districts = Districts(database)
    app.state.callers = Callers()
    app.state.jobs = schedule.views
    app.state.names_of = names
    app.state.checkpoints = Checkpoints(database, clock)
    app.state.group = Group(database, clock)
    app.state.providers = Providers.of(settings)
    app.state.boards = Boards(database, clock, settings.board_seconds)
    app.state.following = Following(database, clock, app.state.callers, app.state.boards)
    app.state.channels = Channels(settings.board_seconds, clock.now, app.state.following.over)


def application() -> FastAPI:
    """What each worker of uvicorn calls (``--factory app.main:application``): settings from the environment."""
    settings = Settings()
    configure_logging(as_json=settings.log_json)
    return create_app(settings)


def cipher_of(settings: Settings) -> FieldCipher:
    """The cipher of personal data under the operator's key; SettingMissing."""
    if settings.secret_key is not None:
        return AesFieldCipher.from_secret(settings.secret_key.get_secret_value())
    if settings.secret_key_file is not None:
        return AesFieldCipher.from_secret(settings.secret_key_file.read_text().strip())
    raise SettingMissing(
        name="LONGWEN_SECRET_KEY",
        purpose_zh="用于加密个人信息，至少 32 个字符；可用 openssl rand -base64 48 生成。",
        purpose_en="personal data is encrypted with it; at least 32 characters, as from: openssl rand -base64 48.",
    )


def _open_database(settings: Settings) -> Database:
    if settings.database_url is None:
        raise SettingMissing(
            name="LONGWEN_DATABASE_URL",
            purpose_zh="数据库地址；longwen serve 在未设置时启动内置数据库。",
            purpose_en="the database's address; longwen serve starts the embedded one where it is not set.",
        )
    return Database(settings.database_url, settings)


def _operations() -> APIRouter:
    """What watches the service, and what describes it. Open to anyone, and without anyone's data."""
    router = APIRouter(tags=["operations"], dependencies=[Depends(open_door)])

    @router.get("/healthz", summary="进程存活 · The process lives")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="可以服务 · Requests can be served")
    def readyz(request: Request) -> dict[str, str]:
        """数据库可用、结构为本版本且最近的校验点完好；否则 503 并说明原因。

        The database answers, is at this version, and its newest checkpoints are whole; else 503.
        """
        checkpoints: Checkpoints = request.app.state.checkpoints
        reasons = ready(state_of(request).database) or checkpoints.broken()
        if reasons:
            raise NotReady(reasons)
        return {"status": "ready"}

    @router.get("/metrics", summary="Prometheus", response_class=Response)
    async def metrics(request: Request) -> Response:
        """请求、拒绝、重放、连接池。· Requests, refusals, replays and the pool, of this process."""
        return Response(state_of(request).metrics.page(), media_type=CONTENT_TYPE_LATEST)

    @router.get("/openapi.json", include_in_schema=False)
    def openapi_description(request: Request) -> Response:
        return sending.conditional(
            request, json.dumps(request.app.openapi(), ensure_ascii=False).encode(), media_type=sending.JSON
        )

    @router.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return HTMLResponse(_DOCS_PAGE, headers={"Content-Security-Policy": _DOCS_POLICY})

    @router.get("/docs/{name}", include_in_schema=False)
    def docs_file(name: str, request: Request) -> Response:
        path = _DOCS_FILES.get(name)
        if path is None:
            raise HTTPException(404)
        media_type = "text/css" if path.suffix == ".css" else "text/javascript"
        return sending.conditional(request, path.read_bytes(), media_type=media_type)

    return router
