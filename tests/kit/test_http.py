"""What every request passes through, on an application of a few odd routes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

import pytest
import structlog
from fastapi import Body, FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.kit import http
from app.kit.db import Database
from app.kit.errors import ErrorKind, Faults, LongwenError, NotFound, Unavailable
from app.kit.http import Model, state_of
from app.kit.sending import conditional
from app.kit.settings import Settings
from app.main import create_app


class _Parcel(Model):
    weight: int


class _TooMany(LongwenError):
    kind = ErrorKind.TOO_MANY
    code = "too_many"
    zh = "请求过多。"
    en = "Too many."


@pytest.fixture
def app(settings: Settings, database: Database) -> FastAPI:
    limited = settings.model_copy(update={"body_bytes_max": 2_000})
    app = create_app(limited, database=database)
    _add_refusing_routes(app)
    _add_reading_routes(app)
    return app


def _add_refusing_routes(app: FastAPI) -> None:
    @app.get("/missing")
    def missing() -> None:
        raise NotFound(what="member", field="member")

    @app.get("/busy")
    def busy() -> None:
        raise Unavailable

    @app.get("/too-many")
    def too_many() -> None:
        raise _TooMany

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("the secret inside")

    @app.get("/broken-halfway")
    def broken_halfway() -> Response:
        def parts() -> Iterator[bytes]:
            yield b"begun"
            raise RuntimeError("the secret inside")

        return StreamingResponse(parts())

    @app.post("/parcels")
    def parcels(body: Annotated[list[_Parcel], Body()]) -> int:
        faults = Faults()
        for index, parcel in enumerate(body):
            if parcel.weight > 10:
                faults.add(index, NotFound(what="item", field="weight"))
        faults.raise_any()
        return len(body)

    @app.post("/small", max_body_size=10)
    def small(body: Annotated[Any, Body()]) -> int:
        return len(body)


def _add_reading_routes(app: FastAPI) -> None:
    @app.get("/by-id/{member_id}")
    def by_id(member_id: UUID, units: int = 0) -> str:
        return f"{member_id} {units}"

    @app.get("/plain-bytes")
    def board(request: Request, size: int = 5) -> Response:
        return conditional(request, b"x" * size, media_type="text/plain")

    @app.get("/list")
    def listed(size: int = 5) -> list[str]:
        return ["x"] * size

    @app.get("/api/v1/screens")
    def secret() -> list[str]:
        return ["a token"]

    @app.get("/unkept")
    def unkept() -> Response:
        return JSONResponse(["x"], headers={"Cache-Control": "no-store"})

    @app.get("/stored")
    def stored(request: Request, value: int) -> None:
        statement = text("SELECT CAST(:value AS smallint)")
        state_of(request).database.run(lambda connection: connection.execute(statement, {"value": value}), None)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app)


@pytest.mark.parametrize(
    ("language", "title", "detail"),
    [
        ("", "没有找到", "没有找到党员，或者您无权查看。请核对编号。"),
        ("en-GB,en;q=0.9", "Not found", "There is no such member, or you may not see it. Check the id."),
    ],
)
def test_a_refusal_is_told_in_the_callers_language(client: TestClient, language: str, title: str, detail: str) -> None:
    answer = client.get("/missing", headers={"Accept-Language": language, "X-Request-Id": "request-0001"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == ("en" if language else "zh-CN")
    assert answer.json() == {
        "type": "urn:longwen:problem:not_found",
        "title": title,
        "status": 404,
        "code": "not_found",
        "detail": detail,
        "request_id": "request-0001",
        "field": "member",
    }


@pytest.mark.parametrize("sent", ["", "short", "a b c d e f g h", "x" * 65, "line\\nbreak"])
def test_a_request_id_that_could_disturb_a_log_is_replaced(client: TestClient, sent: str) -> None:
    answer = client.get("/missing", headers={"X-Request-Id": sent})
    assert UUID(answer.headers["x-request-id"]).version == 7
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/busy", "/too-many"])
def test_who_is_put_off_is_told_when_to_come_again(client: TestClient, path: str) -> None:
    assert int(client.get(path).headers["retry-after"]) > 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_failure_tells_nothing_of_the_inside(client: TestClient, language: str) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = client.get("/broken", headers={"Accept-Language": language})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "internal"
    assert answer.json()["request_id"] in answer.json()["detail"]
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert [line["event"] for line in lines] == ["request_failed", "request"]
    assert lines[0]["exc_info"]
    assert lines[1]["status"] == 500


def test_an_answer_that_fails_halfway_breaks_off(client: TestClient) -> None:
    with pytest.raises(RuntimeError):
        client.get("/broken-halfway")


def test_an_unknown_field_is_refused(client: TestClient) -> None:
    answer = client.post("/parcels", json=[{"weight": 1}, {"weight": 1, "wieght": 2}])
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"
    assert answer.json()["faults"] == [
        {"index": 1, "field": "wieght", "code": "extra_forbidden", "detail": "不认识此项，请删去或核对名称。"}
    ]


def test_a_batch_is_refused_with_each_fault(client: TestClient) -> None:
    answer = client.post("/parcels", json=[{"weight": 11}, {"weight": 1}, {"weight": 12}])
    assert answer.status_code == 404
    assert [(fault["index"], fault["field"]) for fault in answer.json()["faults"]] == [(0, "weight"), (2, "weight")]


@pytest.mark.parametrize(
    ("path", "field", "code"),
    [("/by-id/7", "member_id", "uuid_parsing"), (f"/by-id/{UUID(int=7)}?units=x", "units", "int_parsing")],
)
def test_a_bad_address_names_its_part(client: TestClient, path: str, field: str, code: str) -> None:
    [fault] = client.get(path, headers={"Accept-Language": "en"}).json()["faults"]
    assert (fault["index"], fault["field"], fault["code"]) == (None, field, code)


def test_broken_json_is_a_fault_of_no_element(client: TestClient) -> None:
    answer = client.post("/parcels", content=b'[{"weight": 1},]', headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    [fault] = answer.json()["faults"]
    assert (fault["index"], fault["field"], fault["code"]) == (None, None, "json_invalid")


def test_bytes_that_are_no_text_are_refused(client: TestClient) -> None:
    answer = client.post("/parcels", content=b"\xff\xfe[", headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_unknown_address_is_a_problem(client: TestClient, language: str) -> None:
    answer = client.get("/nowhere", headers={"Accept-Language": language})
    assert answer.status_code == 404
    assert answer.json()["code"] == "no_such_route"


def test_a_wrong_method_is_a_problem_that_names_the_right_one(client: TestClient) -> None:
    answer = client.delete("/missing")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert "GET" in answer.headers["allow"]


def _large(path: str) -> tuple[str, bytes]:
    return path, json.dumps([{"weight": 1}] * 1_000).encode()


@pytest.mark.parametrize(("path", "body"), [_large("/parcels"), _large("/nowhere"), ("/small", b"[1,2,3,4,5,6]")])
@pytest.mark.parametrize("is_declared", [True, False])
def test_a_body_that_is_too_large_is_a_problem(client: TestClient, path: str, body: bytes, is_declared: bool) -> None:
    content: Any = body if is_declared else iter([body[:5], body[5:]])
    answer = client.post(path, content=content, headers={"Content-Type": "application/json"})
    if path == "/nowhere" and not is_declared:
        assert answer.status_code == 404, "nobody read it"
        return
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "body_too_large"
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


def test_a_value_that_cannot_be_stored_is_the_callers_fault(client: TestClient) -> None:
    answer = client.get("/stored", params={"value": 40_000})
    assert answer.status_code == 422
    assert answer.json()["code"] == "unstorable_value"


def test_an_answer_known_already_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/plain-bytes")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = client.get("/plain-bytes", headers={"If-None-Match": known})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == tag
    assert client.get("/plain-bytes?size=6", headers={"If-None-Match": tag}).status_code == 200


def test_every_list_in_json_has_a_tag_without_the_routes_doing(client: TestClient) -> None:
    first, other = client.get("/list"), client.get("/list?size=6")
    tag = first.headers["etag"]
    assert tag != other.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    assert "Authorization" in first.headers["vary"]
    again = client.get("/list", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert "content-length" not in again.headers
    large = client.get("/list?size=5000")
    assert large.headers["content-encoding"] == "gzip"
    same = client.get("/list?size=5000", headers={"Accept-Encoding": "identity"})
    assert same.headers["etag"] == large.headers["etag"]


@pytest.mark.parametrize("path", ["/api/v1/screens", "/unkept", "/missing"])
def test_what_is_not_kept_has_no_tag(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"If-None-Match": "*"})
    assert answer.status_code != 304
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def test_only_large_answers_are_compressed(client: TestClient) -> None:
    small, large = client.get("/plain-bytes?size=900"), client.get("/plain-bytes?size=5000")
    assert "content-encoding" not in small.headers
    assert large.headers["content-encoding"] == "gzip"
    assert large.text == "x" * 5000
    assert "Accept-Encoding" in large.headers["vary"]
    assert "Accept-Language" in large.headers["vary"]


def test_answers_are_neither_kept_nor_guessed_at(client: TestClient) -> None:
    answer = client.get("/missing")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_request_leaves_one_line_without_its_query(client: TestClient) -> None:
    with structlog.testing.capture_logs() as lines:
        client.get(f"/by-id/{UUID(int=7)}?units=31415")
    [line] = lines
    assert (line["event"], line["method"], line["status"]) == ("request", "GET", 200)
    assert line["route"] == "/by-id/{member_id}"
    assert "31415" not in repr(line)


def test_requests_and_refusals_are_counted(client: TestClient) -> None:
    client.get("/missing")
    client.get("/nowhere")
    state: http.ServiceState = client.app.state.service  # type: ignore[attr-defined]
    state.metrics.replayed(3)
    page = client.get("/metrics").text
    assert 'longwen_http_request_seconds_count{method="GET",route="/missing",status="404"} 1.0' in page
    assert 'longwen_http_request_seconds_count{method="GET",route="unmatched",status="404"} 1.0' in page
    assert 'longwen_refusals_total{code="not_found"} 1.0' in page
    assert "longwen_replays_total 3.0" in page
    assert "longwen_pool_in_use 0.0" in page
    assert "longwen_pool_size 5.0" in page


def test_a_query_that_no_route_asks_for_is_refused_by_its_name(client: TestClient) -> None:
    answer = client.get(f"/by-id/{UUID(int=7)}?units=3&unit=4&unit=5")
    assert answer.status_code == 422
    [fault] = answer.json()["faults"]
    assert (fault["field"], fault["code"]) == ("unit", "extra_forbidden")
    assert fault["detail"] == "不认识此项，请删去或核对名称。"
    assert client.get(f"/by-id/{UUID(int=7)}?units=3").status_code == 200


def test_every_route_refuses_a_query_that_it_does_not_ask_for_but_the_one_that_others_fill_in(app: FastAPI) -> None:
    asked = TestClient(app)
    refused = {}
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.path is not None:
            method, path = min(route.methods or ()), re.sub(r"\{[^}]+\}", str(UUID(int=7)), route.path)
            answer = asked.request(method, path, params={"bogus": "1"}, follow_redirects=False)
            is_page = answer.headers.get("content-type", "").startswith("text/html")
            if is_page and "不认识此项" in answer.text:
                refused[f"{method} {route.path}"] = True
                continue
            faults = [] if answer.status_code != 422 or is_page else answer.json().get("faults", [])
            refused[f"{method} {route.path}"] = ("bogus", "extra_forbidden") in {
                (fault["field"], fault["code"]) for fault in faults
            }
    assert [name for name, is_refused in refused.items() if not is_refused] == ["GET /api/v1/sign-on/callback"]
