"""What a language model is told of its tools: short schemas, and the names it may choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from google.adk.flows.llm_flows.context._fencing import (
    TOOL_DESCRIPTION_PREAMBLE,
    UNTRUSTED_TOOL_DESCRIPTION_BEGIN,
    UNTRUSTED_TOOL_DESCRIPTION_END,
)
from google.adk.models.llm_request import LlmRequest
from google.genai import types

from gtm.semantics.catalog import load_catalog

_Schema = dict[str, Any]
# Filled in by the system; a model that may leave a field out is best not told of it.
_FILLED_IN: Final = frozenset({"previous_query"})
# The orchestrator draws the last result, unless an earlier one is named.
_OPTIONAL: Final = frozenset({"result_id"})
_NOISE: Final = frozenset({"title", "default", "additionalProperties", "$defs"})
_NAMED: Final = frozenset({"query_metrics"})


def with_declarations(request: LlmRequest) -> LlmRequest:
    """Return the request with its tools declared in few tokens.

    ADK quotes what MCP servers say of their tools as somebody else's words. Ours is the product's
    own server: what it says of its tools is meant to be followed.
    """
    config = request.config.model_copy()
    config.tools = [_tool(tool) for tool in config.tools or []]
    if isinstance(config.system_instruction, str):
        text = config.system_instruction.replace(TOOL_DESCRIPTION_PREAMBLE, "")
        config.system_instruction = text.strip()
    return request.model_copy(update={"config": config})


def _tool(tool: Any) -> Any:
    if not isinstance(tool, types.Tool) or not tool.function_declarations:
        return tool
    declared = [_declaration(declaration) for declaration in tool.function_declarations]
    return tool.model_copy(update={"function_declarations": declared})


def _declaration(declaration: types.FunctionDeclaration) -> types.FunctionDeclaration:
    schema = declaration.parameters_json_schema
    if not isinstance(schema, dict):
        return declaration
    slim = slim_schema(schema, with_names=declaration.name in _NAMED)
    properties = slim.get("properties", {})
    for name in _FILLED_IN:
        properties.pop(name, None)
    if declaration.name == "chart_builder":
        slim["required"] = [name for name in slim.get("required", ()) if name not in _OPTIONAL]
    return declaration.model_copy(
        update={
            "description": _plain(declaration.description or ""),
            "parameters_json_schema": slim,
            # What comes back is seen when it comes.
            "response_json_schema": None,
        }
    )


def slim_schema(schema: Mapping[str, Any], *, with_names: bool = False) -> _Schema:
    """Return a schema without titles, references and nulls; names are those of the catalogue."""
    slim = _slim(schema, schema.get("$defs", {}))
    return _with_names(slim) if with_names else slim


def _slim(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> _Schema:
    if "$ref" in schema:
        target = _slim(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
        return {**target, **_description(schema)}
    if "anyOf" in schema:
        choices = [_slim(item, definitions) for item in schema["anyOf"] if not _is_null(item)]
        one = choices[0] if len(choices) == 1 else {"anyOf": choices}
        return {**one, **_description(schema)}
    slim = {key: value for key, value in schema.items() if key not in _NOISE}
    slim.pop("description", None)
    if "properties" in schema:
        slim["properties"] = {
            name: _slim(value, definitions) for name, value in schema["properties"].items()
        }
    else:
        # What an object is called is said by its field; a docstring speaks to programmers.
        slim |= _description(schema)
    if "items" in schema:
        slim["items"] = _slim(schema["items"], definitions)
    return slim


def _with_names(schema: _Schema) -> _Schema:
    """Say which names there are, wherever a metric, a dimension or a funnel is asked for."""
    for name, value in schema.get("properties", {}).items():
        target = value["items"] if value.get("type") == "array" else value
        if target.get("type") == "string" and (names := _names().get(name)):
            target["enum"] = list(names)
        _with_names(target)
    return schema


@cache
def _names() -> Mapping[str, tuple[str, ...]]:
    catalog = load_catalog()
    metrics, dimensions = tuple(catalog.metrics), tuple(catalog.dimensions)
    return {
        "metrics": metrics,
        "dimensions": dimensions,
        "dimension": dimensions,
        "funnel": tuple(catalog.funnels),
    }


def _description(schema: Mapping[str, Any]) -> _Schema:
    text = schema.get("description")
    return {"description": _plain(text)} if isinstance(text, str) else {}


def _is_null(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "null"


def _plain(text: str) -> str:
    for mark in (UNTRUSTED_TOOL_DESCRIPTION_BEGIN, UNTRUSTED_TOOL_DESCRIPTION_END):
        text = text.replace(mark, "")
    return _joined(text.splitlines())


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line.strip())
