"""JSON Schemas as tools publish them: small enough that listing the tools stays cheap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

_Schema = dict[str, Any]
# Bounds are still enforced when a call comes in; a model gains nothing from reading them.
_NOISE = {
    "title",
    "default",
    "maxLength",
    "minLength",
    "maxItems",
    "minItems",
    "minimum",
    "maximum",
    "pattern",
}


# Fields a caller may send but has no reason to: the server fills them in.
_UNPUBLISHED = {
    "TimeRange": {"label", "is_assumed"},
    # Whoever wants a certain chart says so to `build_chart`.
    "MetricQuery": {"chart"},
    "ChartDraft": {"config"},
}
# Fields of an answer that repeat what the caller sent, or what another one says.
_UNANNOUNCED = {"QueryOutput": {"resolved", "offset", "title", "is_truncated", "group_count"}}


def slim_schema(model: type[BaseModel]) -> _Schema:
    """Return a model's input schema without titles, references, nulls and docstrings."""
    schema = model.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})
    for name, fields in _UNPUBLISHED.items():
        for field in fields:
            definitions.get(name, {}).get("properties", {}).pop(field, None)
    return _slim(schema, definitions, is_root=True)


def shallow_schema(model: type[BaseModel]) -> _Schema:
    """Return a model's output schema down to the kind of each field."""
    schema = model.model_json_schema(by_alias=True, mode="serialization")
    definitions = schema.get("$defs", {})
    properties = {
        name: _kind(value, definitions)
        for name, value in schema.get("properties", {}).items()
        if name not in _UNANNOUNCED.get(model.__name__, ())
    }
    return {"type": "object", "properties": properties}


def _slim(schema: _Schema, definitions: Mapping[str, _Schema], *, is_root: bool = False) -> _Schema:
    if "$ref" in schema:
        target = _slim(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
        return {**target, **_described(schema)}
    if "anyOf" in schema:
        return {**_union(schema["anyOf"], definitions), **_described(schema)}
    slim = {name: value for name, value in schema.items() if name not in _NOISE | {"$defs"}}
    if "properties" in schema:
        # A docstring of the class speaks to programmers.
        slim.pop("description", None)
        slim["properties"] = {
            name: _slim(value, definitions) for name, value in schema["properties"].items()
        }
        if not is_root:
            slim.pop("additionalProperties", None)
    elif "enum" in schema:
        slim.pop("description", None)
    if "items" in schema:
        slim["items"] = _slim(schema["items"], definitions)
    return slim


def _union(choices: list[_Schema], definitions: Mapping[str, _Schema]) -> _Schema:
    real = [_slim(choice, definitions) for choice in choices if choice.get("type") != "null"]
    return real[0] if len(real) == 1 else {"anyOf": real}


def _described(schema: _Schema) -> _Schema:
    return {"description": schema["description"]} if "description" in schema else {}


def _kind(schema: _Schema, definitions: Mapping[str, _Schema]) -> _Schema:
    if "$ref" in schema:
        return _kind(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
    if "anyOf" in schema:
        kinds = sorted({_kind(choice, definitions)["type"] for choice in schema["anyOf"]})
        return {"type": kinds}
    return {"type": schema.get("type", "string")}
