"""The OpenAPI description as it is served: names that a generated client can use, the one schema of all refusals, and
an example for each schema.

Works on the finished document, so that no room has to know of it. What a field declares as its example stands; the rest
is composed from the field's name and type, always the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.kit.examples import FORMATS, NUMBERS, TEXTS

Json = dict[str, Any]
_PREFIX = "#/components/schemas/"
_MANGLED = re.compile(r"app__(\w+?)__(?:\w+__)?(\w+)")

# Each answer's refusals, described once (RFC 9457).
PROBLEM_SCHEMA: Json = {
    "type": "object",
    "title": "Problem",
    "description": "拒绝及其原因 · A refusal and its reason (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:longwen:problem:not_found"]},
        "title": {"type": "string", "examples": ["没有找到"]},
        "status": {"type": "integer", "examples": [404]},
        "code": {
            "type": "string",
            "description": "稳定，供程序判断 · stable, for programs",
            "examples": ["not_found"],
        },
        "detail": {
            "type": "string",
            "description": "供人阅读 · for people, in their language",
            "examples": ["没有找到党员，或者您无权查看。请核对编号。"],
        },
        "request_id": {"type": "string", "examples": ["0192f5a0-0000-7000-8000-00000000000f"]},
        "field": {"type": "string", "examples": ["member_id"]},
        "faults": {
            "type": "array",
            "description": "每处错误一项 · one for each fault",
            "items": {"$ref": _PREFIX + "ProblemFault"},
        },
    },
}
FAULT_SCHEMA: Json = {
    "type": "object",
    "title": "ProblemFault",
    "description": "一处错误 · One fault.",
    "required": ["index", "field", "code", "detail"],
    "properties": {
        "index": {"type": ["integer", "null"], "description": "第几项，从 0 起 · element, from 0", "examples": [0]},
        "field": {"type": ["string", "null"], "examples": ["member_id"]},
        "code": {"type": "string", "examples": ["not_found"]},
        "file": {"type": "string", "description": "细则文件 · of a rule book", "examples": ["items.yaml"]},
        "line": {"type": "integer", "description": "行，从 1 起 · line, from 1", "examples": [12]},
        "detail": {"type": "string", "examples": ["没有找到党员，或者您无权查看。请核对编号。"]},
    },
}


def polish(description: Json) -> Json:
    """The same document with names for people, the schema of refusals, and examples."""
    components = description.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"], schemas["ProblemFault"] = PROBLEM_SCHEMA, FAULT_SCHEMA
    polished: Json = _renamed(description, _names_of(schemas))
    for path in polished["paths"].values():
        for operation in path.values():
            _tell_repeats(operation, polished["components"]["schemas"])
    schemas = dict(sorted(polished["components"]["schemas"].items()))
    polished["components"]["schemas"] = schemas
    for schema in schemas.values():
        if "examples" not in schema:
            schema["examples"] = [_Composer(schemas).compose(schema)]
    return polished


# Repeats and previews.


def _tell_repeats(operation: Json, schemas: Mapping[str, Json]) -> None:
    """What makes something under an id of the client's answers 200 to a repeat, and 200 to a preview."""
    made = operation["responses"].get("201")
    if made is None or "200" in operation["responses"]:
        return
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    required = schemas.get(sent.get("$ref", "").removeprefix(_PREFIX), {}).get("required", [])
    parameters = [one["name"] for one in operation.get("parameters", [])]
    # A batch has the ids in its elements.
    if "id" in required or "entries" in required or "preview" in parameters:
        told = {**made, "description": "重发或试算，没有新建 · A repeat or a preview: nothing was made now"}
        told["headers"] = {
            "Idempotent-Replay": {
                "description": "true：以前已收到同样的内容 · true: the same was received before",
                "schema": {"type": "string", "const": "true"},
            }
        }
        operation["responses"] = dict(sorted({**operation["responses"], "200": told}.items()))


# Names.


def _names_of(schemas: Mapping[str, Json]) -> dict[str, str]:
    """A new name for each whose name is a module's path or a programming language's affair.

    Where two rooms have a schema of one name, FastAPI writes the path of the module into both: here each takes its
    room's name before its own. ``Body_do_this`` is what a form sends.
    """
    names = {}
    for name in schemas:
        if found := _MANGLED.fullmatch(name):
            names[name] = found[1].title() + found[2]
        elif name.startswith("Body_"):
            names[name] = name.removeprefix("Body_").title().replace("_", "") + "Form"
    for name in schemas:
        # An enumeration of a shared name that is sent as well as answered is described twice, alike.
        stem = name.removesuffix("-Input").removesuffix("-Output")
        if stem != name:
            alike = [other for other in names if other.endswith(f"__{stem}") and schemas[other] == schemas[name]]
            names[name] = names[alike[0]] if alike else name.replace("-", "")
    taken = {names.get(name, name): schema for name, schema in schemas.items()}
    for name, schema in schemas.items():
        if taken[names.get(name, name)] != schema:
            raise ValueError(f"two schemas would be called {names.get(name, name)}; rename one of the classes")
    return names


def _renamed(part: Any, names: Mapping[str, str]) -> Any:
    """A copy in which every schema and every reference to it has its new name."""
    if isinstance(part, list):
        return [_renamed(one, names) for one in part]
    if not isinstance(part, dict):
        return part
    found = {key: _renamed(value, names) for key, value in part.items()}
    reference = found.get("$ref")
    if isinstance(reference, str):
        name = reference.removeprefix(_PREFIX)
        found["$ref"] = _PREFIX + names.get(name, name)
    components = found.get("components")
    if isinstance(components, dict):
        schemas = {names.get(name, name): schema for name, schema in components["schemas"].items()}
        for name, schema in schemas.items():
            schema["title"] = name
        components["schemas"] = schemas
    return found


# Examples.


class _Composer:
    """Composes an example of a schema from its parts; a schema inside itself is left out."""

    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self._schemas = schemas
        self._inside: list[str] = []

    def compose(self, schema: Json, name: str = "") -> Any:
        for said in ("examples", "enum"):
            if said in schema:
                return schema[said][0]
        if "const" in schema:
            return schema["const"]
        if "$ref" in schema:
            return self._referred(schema["$ref"].removeprefix(_PREFIX), name)
        if choice := schema.get("anyOf") or schema.get("oneOf"):
            kept = [one for one in choice if one.get("type") != "null"]
            return self.compose(kept[0], name)
        makers = {"object": self._object, "array": self._array, "string": _text}
        if schema.get("type") in makers:
            return makers[schema["type"]](schema, name)
        return _plain(schema, name)

    def _referred(self, referred: str, name: str) -> Any:
        if referred in self._inside:
            return None
        self._inside.append(referred)
        try:
            return self.compose(self._schemas[referred], name)
        finally:
            self._inside.pop()

    def _object(self, schema: Json, name: str) -> Json:
        properties = schema.get("properties", {})
        # A request is told by refusing what it does not know; there, what may be left out is left out.
        is_sent = schema.get("additionalProperties") is False
        told = [one for one in properties if not is_sent or one in schema.get("required", [])]
        if not told and is_sent:
            told = list(properties)[:1]
        found = {one: self.compose(properties[one], one) for one in told}
        more = schema.get("additionalProperties")
        if isinstance(more, dict):
            key = self.compose(schema.get("propertyNames", {"type": "string"}), f"{name}.key")
            found[key] = self.compose(more, name)
        return found

    def _array(self, schema: Json, name: str) -> list[Any]:
        one = self.compose(schema.get("items", {}), name.removesuffix("s"))
        return [] if one is None else [one] * max(1, schema.get("minItems", 1))


def _text(schema: Json, name: str) -> str:
    found = FORMATS.get(schema.get("format", "")) or TEXTS.get(name)
    if found is None and "pattern" in schema:
        found = next((one for one in TEXTS.values() if re.search(schema["pattern"], one)), None)
    found = found or "示例"
    return found.ljust(schema.get("minLength", 0), "例")[: schema.get("maxLength")]


def _plain(schema: Json, name: str) -> Any:
    if schema.get("type") == "boolean":
        return False
    if schema.get("type") not in ("integer", "number"):
        return None
    found = NUMBERS.get(name, 1)
    return min(max(found, schema.get("minimum", found)), schema.get("maximum", found))
