"""JSON Schema of a rule book's files, for editors that complete and check while one types.

Made from the documents themselves, never written by hand, in the part of draft-07 that editors of YAML understand. A
schema knows the form of one file: what values mean together, across keys and files, is found by the checks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import BaseModel, BeforeValidator
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from app.kit.calendar import Window
from app.rules.appraisal_example_document import AppraisalExamplesText
from app.rules.checks_frame import FIRST_MONTHS
from app.rules.cited import POINTS_MAX, Assumed, Cited, Day, Fraction, MonthDay, Points
from app.rules.core import Kind
from app.rules.document import ALL, ROLES, UNITS, BookText, EditionText, TierPoints
from app.rules.example_document import EVERY, ExamplesText, Windows
from app.rules.extension_document import EXTENDS, BookExtensionText, ExtensionText
from app.rules.schema_texts import TITLES, titled
from app.rules.star_example_document import StarExamplesText
from app.rules.stars import BY_HAND, MEASURES
from app.rules.stars_document import SECTIONS, IndicatorCode, StarsText
from app.rules.terms import TERMS

DIALECT = "http://json-schema.org/draft-07/schema#"
DOCUMENTS: Mapping[str, type[BaseModel]] = {
    "book": BookText,
    "items": EditionText,
    "stars": StarsText,
    "examples": ExamplesText,
    "star_examples": StarExamplesText,
    "appraisal_examples": AppraisalExamplesText,
}
# What the file is where it extends another book's.
EXTENSIONS: Mapping[str, type[BaseModel]] = {"book": BookExtensionText, "items": ExtensionText}

_SAID = ("title", "description")  # for people; a property of that name is a table, not a text
_DAYS = "(0[1-9]|[12][0-9]|3[01])"
_MONTHS = "(0[1-9]|1[0-2])"
_POINTS = {"type": "number", "minimum": -POINTS_MAX, "maximum": POINTS_MAX}
_WINDOW = {
    "anyOf": [
        {"type": "string", "pattern": rf"^[0-9]{{4}}(-{_MONTHS}|-[0-9]{{4}}|Q[1-4]|H[12])?$"},
        {"type": "integer", "minimum": 1000, "maximum": 9999},
    ]
}


def _validator(scalar: Any) -> Any:
    """The function that reads the scalar type."""
    return next(one.func for one in get_args(scalar) if isinstance(one, BeforeValidator))


# What the scalar types read, which only their functions know.
_SCALARS: Mapping[Any, JsonSchemaValue] = {
    _validator(Points): _POINTS,
    _validator(TierPoints): {"anyOf": [_POINTS, {"type": "string", "enum": [ALL]}]},
    _validator(Day): {"type": "string", "pattern": f"^(19|2[0-9])[0-9]{{2}}-{_MONTHS}-{_DAYS}$"},
    _validator(Assumed): {"type": "boolean", "const": True},
    _validator(Fraction): {"type": "string", "pattern": "^[1-9][0-9]{0,5}/[1-9][0-9]{0,5}$"},
    _validator(MonthDay): {"type": "string", "pattern": f"^{_MONTHS}-{_DAYS}$"},
    _validator(Windows): {
        "anyOf": [{"type": "string", "enum": [EVERY]}, *_WINDOW["anyOf"], {"type": "array", "items": _WINDOW}]
    },
    _validator(IndicatorCode): {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$"},
}


def _choice(words: str, values: Iterable[str] | None = None) -> JsonSchemaValue:
    """A choice among words, all of a list of terms or some, with what an editor says beside each."""
    known = TERMS[words]
    chosen = list(known if values is None else values)
    told = [f"{known[value].zh} · {known[value].en}" for value in chosen]
    return {"type": "string", "enum": chosen, "enumDescriptions": told}


_ROLES = {"items": _choice("Role", ROLES)}
_UNITS = {"examples": list(UNITS)}
_MEASURED = {BY_HAND: TERMS["Measure"][BY_HAND], **{code: measure.name for code, measure in MEASURES.items()}}

# What a key takes where the document leaves it to the checks, because they can say more of what is wrong. Where there
# is an ``enum`` or ``anyOf`` it replaces what the document says; else it is added.
_CLOSED: Mapping[str, JsonSchemaValue] = {
    "Cited.source": {
        "anyOf": [
            {"type": "string", "minLength": 1},
            {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
        ]
    },
    "ItemText.kind": _choice("Kind", (kind.value for kind in Kind if kind is not Kind.OPENING)),
    "AcrossText.kind": _choice("Kind", (Kind.INNOVATION.value, Kind.FAULT.value)),
    "CitedMonth.value": {"type": "integer", "enum": list(FIRST_MONTHS)},
    "CitedPeriod.value": _choice("Window", (Window.YEAR.value, Window.HALF.value, Window.QUARTER.value)),
    "LineText.consequence": _choice("Consequence"),
    "SourceText.grade": _choice("Grade"),
    "ProfileText.duties": _choice("Duties"),
    "SurveyText.unanswered": _choice("Unanswered"),
    "IndicatorText.measure": {
        "type": "string",
        "enum": list(_MEASURED),
        "enumDescriptions": [f"{name.zh} · {name.en}" for name in _MEASURED.values()],
    },
    "ItemText.record": _ROLES,
    "ItemText.review": _ROLES,
    "VetoText.hears": _ROLES,
    "ExampleText.then": {
        "patternProperties": {"^[0-9]{4}Q[1-4]$": {"type": "string", "minLength": 1}},
        "additionalProperties": False,
    },
    "CitedItemPoints.per": _UNITS,
    "DutyText.unit": _UNITS,
    "MeasureText.unit": _UNITS,
    "LadderText.unit": _UNITS,
}
_SECTIONS_OF = {StarsText: SECTIONS}


def schema_of(kind: str) -> JsonSchemaValue:
    """The schema of a kind of file, a key of ``DOCUMENTS``."""
    own, extension = DOCUMENTS[kind], EXTENSIONS.get(kind)
    models = [model for model in (own, extension) if model is not None]
    references, found = models_json_schema(
        [(model, "validation") for model in models],
        ref_template="#/definitions/{model}",
        schema_generator=_Generator,
    )
    # What is said stands with the keys: a definition serves many of them.
    definitions = {
        name: {key: one for key, one in definition.items() if key not in _SAID}
        for name, definition in found["$defs"].items()
    }
    branches: JsonSchemaValue = {"allOf": [references[own, "validation"]]}
    if extension is not None:
        branches = {
            "if": {"required": [EXTENDS]},
            "then": references[extension, "validation"],
            "else": references[own, "validation"],
        }
    title = TITLES[kind]
    head = {"$schema": DIALECT, "title": f"{title.zh} · {title.en}", "type": "object"}
    plain: JsonSchemaValue = _plain({**head, **branches, "definitions": definitions})
    return plain


def schema_text(kind: str) -> str:
    """The schema as it stands in its file."""
    return json.dumps(schema_of(kind), ensure_ascii=False, indent=1) + "\n"


class _Generator(GenerateJsonSchema):
    """Pydantic's own, with the texts of each key, the scalar types' patterns and closed tables."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        return dict(_SCALARS[schema["function"]["function"]])

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        return _choice(schema["cls"].__name__, (member.value for member in schema["members"]))

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """A table whose keys are codes, or come from a short list."""
        keys = self.resolve_ref_schema(self.generate_inner(schema["keys_schema"]))
        values = self.generate_inner(schema["values_schema"])
        table: JsonSchemaValue = {"type": "object", "additionalProperties": False}
        if "enum" in keys and any(key.isdigit() for key in keys["enum"]):
            # Editors read a bare 5 as a number, which is no property's name to them but matches a pattern.
            table["patternProperties"] = {f"^({'|'.join(keys['enum'])})$": values}
        elif "enum" in keys:
            titles = keys.get("enumDescriptions") or keys["enum"]
            table["properties"] = {
                key: {**values, "title": title} for key, title in zip(keys["enum"], titles, strict=True)
            }
        elif "pattern" in keys:
            table["patternProperties"] = {keys["pattern"]: values}
        else:
            table["additionalProperties"] = values
        if schema.get("min_length"):
            table["minProperties"] = schema["min_length"]
        return table

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        model: type[BaseModel] = schema["cls"]
        found = super().model_schema(schema)
        for name, field in model.model_fields.items():
            key = field.alias or name
            found["properties"][key] = self._with_texts(model, name, found["properties"][key])
        if issubclass(model, Cited):
            found["oneOf"] = [{"required": ["source"]}, {"required": ["assumption"]}]
        if model in _SECTIONS_OF:
            found["required"] = [*found.get("required", ()), *_SECTIONS_OF[model]]
        return {key: value for key, value in found.items() if key not in _SAID}

    @staticmethod
    def _with_texts(model: type[BaseModel], name: str, found: JsonSchemaValue) -> JsonSchemaValue:
        text = titled(model, name)
        closed = next((_CLOSED[key] for one in model.__mro__ if (key := f"{one.__name__}.{name}") in _CLOSED), {})
        if "enum" in closed or "anyOf" in closed:
            found = {key: one for key, one in found.items() if key == "default"}
        told = {"title": f"{text.title.zh} · {text.title.en}", "description": f"{text.told.zh}\n\n{text.told.en}"}
        return found | closed | told


def _plain(value: Any) -> Any:
    """As editors understand it: no key is written as null, and nothing stands beside a reference."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: _plain(one) for key, one in value.items() if key != "default" or one not in (None, [], {})}
    if isinstance(found.get("anyOf"), list):
        kept = [one for one in found["anyOf"] if one != {"type": "null"}]
        rest = {key: one for key, one in found.items() if key != "anyOf"}
        found = {**kept[0], **rest} if len(kept) == 1 else {**rest, "anyOf": kept}
    reference = found.get("$ref")
    if isinstance(reference, str) and len(found) > 1:
        rest = {key: one for key, one in found.items() if key != "$ref"}
        found = {**rest, "allOf": [{"$ref": reference}]}
    said = {key: found[key] for key in _SAID if isinstance(found.get(key), str)}
    return {**said, **found}
