"""How a refusal is told: problem details (RFC 9457) in the caller's language. Plain data; ``kit.http`` sends it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from app.kit.errors import BatchRefused, ErrorKind, LongwenError
from app.kit.words import any_of

Language = Literal["zh", "en"]


class Text(NamedTuple):
    """One message in both languages; ``{…}`` in it is filled from facts."""

    zh: str
    en: str

    def fill(self, language: Language, facts: Mapping[str, Any] | None = None) -> str:
        return (self.zh if language == "zh" else self.en).format_map(facts or {})


class Meaning(NamedTuple):
    """The HTTP status of a kind of refusal, and its title."""

    status: int
    title: Text


# The one table that turns kinds into HTTP.
MEANINGS: dict[ErrorKind, Meaning] = {
    ErrorKind.INVALID: Meaning(422, Text("请求内容有误", "The request is not valid")),
    ErrorKind.UNAUTHENTICATED: Meaning(401, Text("请先登录", "Log in first")),
    ErrorKind.FORBIDDEN: Meaning(403, Text("没有权限", "Not permitted")),
    ErrorKind.MISSING: Meaning(404, Text("没有找到", "Not found")),
    ErrorKind.CONFLICT: Meaning(409, Text("与现有数据冲突", "Conflict with what is there")),
    ErrorKind.TOO_LARGE: Meaning(413, Text("内容过大", "Too large")),
    ErrorKind.TOO_MANY: Meaning(429, Text("请求过多", "Too many requests")),
    ErrorKind.UNAVAILABLE: Meaning(503, Text("暂时无法服务", "Not available now")),
}


class RouteProblem(NamedTuple):
    """What the framework refuses before a route is reached."""

    code: str
    title: Text
    detail: Text


ROUTE_PROBLEMS: dict[int, RouteProblem] = {
    400: RouteProblem(
        "unreadable_body",
        Text("无法读取请求", "The request cannot be read"),
        Text("请求内容无法读取，请检查编码和格式。", "The body cannot be read. Check its encoding and form."),
    ),
    404: RouteProblem(
        "no_such_route",
        Text("没有这个地址", "No such address"),
        Text("没有这个地址。可用的接口见 /docs。", "There is no such address. /docs lists those that exist."),
    ),
    405: RouteProblem(
        "method_not_allowed",
        Text("不支持该方法", "Method not allowed"),
        Text("该地址不支持此请求方法，可用的方法见 Allow。", "This address does not take this method; see Allow."),
    ),
    413: RouteProblem(
        "body_too_large",
        Text("内容过大", "Too large"),
        Text("请求内容超过上限，请分批提交。", "The body is larger than allowed. Send it in parts."),
    ),
}
_OTHER_ROUTE_PROBLEM = RouteProblem(
    "not_acceptable",
    Text("请求未被接受", "The request is not accepted"),
    Text("请求未被接受。", "The request is not accepted."),
)
_INTERNAL = RouteProblem(
    "internal",
    Text("系统内部错误", "Internal error"),
    Text(
        "系统内部错误，本次操作没有完成。请把请求编号 {request_id} 告知管理员。",
        "An internal error; the request was not completed. Give the request id {request_id} to the administrator.",
    ),
)
_INVALID_REQUEST = Text(
    "请求有 {count} 处错误，请按清单改正。", "The request is at fault in {count} places. Correct them as listed."
)

# Pydantic's error types that callers meet; the facts are those of the error's context.
_FIELD_TEXTS: dict[str, Text] = {
    "missing": Text("缺少此项。", "This field is missing."),
    "extra_forbidden": Text("不认识此项，请删去或核对名称。", "This field is not known. Remove it or check its name."),
    "json_invalid": Text("不是合法的 JSON（{error}）。", "This is not valid JSON ({error})."),
    "string_type": Text("应为文字。", "This must be text."),
    "string_too_short": Text("至少 {min_length} 个字符。", "At least {min_length} characters."),
    "string_too_long": Text("最多 {max_length} 个字符。", "At most {max_length} characters."),
    "string_pattern_mismatch": Text("格式不符（{pattern}）。", "This does not match {pattern}."),
    "string_unicode": Text("含有无效字符。", "This holds characters that are not valid."),
    "int_type": Text("应为整数。", "This must be a whole number."),
    "int_parsing": Text("应为整数。", "This must be a whole number."),
    "int_from_float": Text("应为整数，不能带小数。", "This must be a whole number, without a fraction."),
    "int_parsing_size": Text("数字过大。", "The number is too large."),
    "float_type": Text("应为数字。", "This must be a number."),
    "float_parsing": Text("应为数字。", "This must be a number."),
    "decimal_type": Text("应为数字。", "This must be a number."),
    "decimal_parsing": Text("应为数字。", "This must be a number."),
    "finite_number": Text("应为有限的数字。", "This must be a finite number."),
    "bool_type": Text("应为 true 或 false。", "This must be true or false."),
    "bool_parsing": Text("应为 true 或 false。", "This must be true or false."),
    "greater_than": Text("应大于 {gt}。", "This must be greater than {gt}."),
    "greater_than_equal": Text("不能小于 {ge}。", "This must be {ge} or more."),
    "less_than": Text("应小于 {lt}。", "This must be less than {lt}."),
    "less_than_equal": Text("不能大于 {le}。", "This must be {le} or less."),
    "multiple_of": Text("应为 {multiple_of} 的倍数。", "This must be a multiple of {multiple_of}."),
    "enum": Text("只能是：{expected}。", "This must be one of {expected}."),
    "literal_error": Text("只能是：{expected}。", "This must be one of {expected}."),
    "list_type": Text("应为列表。", "This must be a list."),
    "too_short": Text("至少 {min_length} 项。", "At least {min_length} elements."),
    "too_long": Text("最多 {max_length} 项。", "At most {max_length} elements."),
    "dict_type": Text("应为对象。", "This must be an object."),
    "model_type": Text("应为对象。", "This must be an object."),
    "model_attributes_type": Text("应为 JSON 对象。", "This must be a JSON object, sent as application/json."),
    "uuid_type": Text("应为 UUID。", "This must be a UUID."),
    "uuid_parsing": Text("应为 UUID。", "This must be a UUID."),
    "uuid_version": Text("应为第 {expected_version} 版 UUID。", "This must be a UUID of version {expected_version}."),
    "date_type": Text("应为日期，如 2026-11-21。", "This must be a day such as 2026-11-21."),
    "date_parsing": Text("应为日期，如 2026-11-21。", "This must be a day such as 2026-11-21."),
    "date_from_datetime_parsing": Text("应为日期，如 2026-11-21。", "This must be a day such as 2026-11-21."),
    "date_from_datetime_inexact": Text("应为日期，不带时刻。", "This must be a day without a time."),
    "datetime_type": Text("应为时间（RFC 3339）。", "This must be a time (RFC 3339)."),
    "datetime_parsing": Text("应为时间（RFC 3339）。", "This must be a time (RFC 3339)."),
    "datetime_from_date_parsing": Text("应为时间（RFC 3339）。", "This must be a time (RFC 3339)."),
    "timezone_aware": Text("时间应带时区。", "The time must carry its zone."),
    "none_required": Text("应为空。", "This must be null."),
    "union_tag_invalid": Text("只能是：{expected_tags}。", "This must be one of {expected_tags}."),
    "union_tag_not_found": Text("缺少 {discriminator}。", "{discriminator} is missing."),
    "value_error": Text("取值无效（{error}）。", "The value is not valid: {error}."),
}
_ENUMERATIONS = frozenset({"expected", "expected_tags"})  # quoted, with commas and an "or", by Pydantic
# A pattern as people know it; of others it is said only that the form is wrong.
_WRITTEN: dict[str, Text] = {
    r"^\d{4}Q[1-4]$": Text("应为季度，如 2026Q3。", "This must be a quarter such as 2026Q3."),
    r"^[0-9a-f]{64}$": Text(
        "应为文件摘要：上传时返回的 hash，64 位小写十六进制。",
        "This must be a digest as an upload answers it: 64 lower-case hexadecimal digits.",
    ),
    r"^[0-9A-Za-z-]{4,16}$": Text("应为考评年度，如 2026。", "This must be a cycle such as 2026."),
    r"^[0-9]{4}-[0-9]{4,9}$": Text("应为受理编号，如 2026-0001。", "This must be a number such as 2026-0001."),
}
_CURSORS = (r"\.[0-9a-f]{32}$",)
_CURSOR_TEXT = Text(
    "应为上一页返回的 following，照原样使用。", "This must be what the page before told as following, unchanged."
)
_OTHER_FIELD_TEXT = Text("取值无效（{message}）。", "The value is not valid: {message}.")


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal ready to be sent."""

    status: int
    code: str
    document: dict[str, Any]


def language_from(accept_language: str) -> Language:
    """The language of ours that an Accept-Language header asks for most; Chinese where it asks for neither."""
    best = {"zh": 0.0, "en": 0.0}
    for part in accept_language.split(","):
        name, _, weight = part.partition(";")
        quality = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", weight)
        language = name.strip().lower().split("-")[0]
        if language in best:
            best[language] = max(best[language], float(quality[1]) if quality else 1.0)
    return "en" if best["en"] > best["zh"] else "zh"


def _problem(status: int, code: str, title: str, detail: str, request_id: str, **more: Any) -> Problem:
    document = {
        "type": f"urn:longwen:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request_id,
        **more,
    }
    return Problem(status, code, document)


def of_error(error: LongwenError, language: Language, request_id: str) -> Problem:
    """A refusal of ours with each fault that it lists; of a batch under the status that the faults share."""
    more: dict[str, Any] = {}
    kind = error.kind
    if isinstance(error, BatchRefused):
        kind = error.sole_kind
    if faults := error.listed(language):
        more["faults"] = faults
    elif error.field is not None:
        more["field"] = error.field
    meaning = MEANINGS[kind]
    title = meaning.title.fill(language)
    return _problem(meaning.status, error.code, title, error.text(language), request_id, **more)


def of_status(status: int, language: Language, request_id: str) -> Problem:
    """What the framework refuses: an unknown address, a method, an unreadable or too large body."""
    found = ROUTE_PROBLEMS.get(status, _OTHER_ROUTE_PROBLEM)
    return _problem(status, found.code, found.title.fill(language), found.detail.fill(language), request_id)


def of_failure(language: Language, request_id: str) -> Problem:
    """The last resort: nothing of the inside is told."""
    detail = _INTERNAL.detail.fill(language, {"request_id": request_id})
    return _problem(500, _INTERNAL.code, _INTERNAL.title.fill(language), detail, request_id)


def of_validation(errors: Sequence[Mapping[str, Any]], language: Language, request_id: str) -> Problem:
    """What a schema refused. The values sent are never repeated: they may be secrets."""
    meaning = MEANINGS[ErrorKind.INVALID]
    detail = _INVALID_REQUEST.fill(language, {"count": len(errors)})
    faults = [_field_fault(error, language) for error in errors]
    return _problem(meaning.status, "invalid_request", meaning.title.fill(language), detail, request_id, faults=faults)


def _field_fault(error: Mapping[str, Any], language: Language) -> dict[str, Any]:
    kind = str(error["type"])
    # Of JSON that cannot be parsed the location is a position in the text.
    index, field = (None, None) if kind == "json_invalid" else _place(_located(error))
    facts = {**error.get("ctx", {}), "message": error.get("msg", kind)}
    for name in _ENUMERATIONS & facts.keys():
        facts[name] = any_of(re.findall(r"'([^']*)'", str(facts[name])) or [str(facts[name])]).said(language)
    detail = _FIELD_TEXTS.get(kind, _OTHER_FIELD_TEXT).fill(language, facts)
    if kind == "string_pattern_mismatch":
        detail = _written(str(facts["pattern"])).fill(language, facts)
    return {"index": index, "field": field, "code": kind, "detail": detail}


def _located(error: Mapping[str, Any]) -> Sequence[int | str]:
    """Where the fault is; of an element of no known kind, the field that should say which it is."""
    location: Sequence[int | str] = error["loc"]
    if str(error["type"]) in ("union_tag_invalid", "union_tag_not_found"):
        return (*location, str(error["ctx"]["discriminator"]).strip("'"))
    return location


def _written(pattern: str) -> Text:
    """How a text of this pattern is written, by an example where there is one."""
    if pattern.endswith(_CURSORS):
        return _CURSOR_TEXT
    return _WRITTEN.get(pattern, _FIELD_TEXTS["string_pattern_mismatch"])


def _place(location: Sequence[int | str]) -> tuple[int | None, str | None]:
    """Which element of a list, and which field of it: as faults of a batch are told."""
    parts = (
        list(location[1:])
        if location and location[0] in ("body", "query", "path", "header", "cookie")
        else list(location)
    )
    index = next((part for part in parts if isinstance(part, int)), None)
    if index is not None:
        parts = parts[parts.index(index) + 1 :]
    return index, ".".join(str(part) for part in parts) or None
