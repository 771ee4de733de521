"""Examples of the API's description, put together from the names of fields."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import yaml

_FILE: Final = Path(__file__).with_suffix(".yaml")
_REFERENCE: Final = "#/components/schemas/"
_REQUEST_ID: Final = "5f0c1d2e3a4b5c6d7e8f901a2b3c4d5e"
_BY_TYPE: Final[Mapping[str, Any]] = {"boolean": False, "integer": 1, "number": 1.0, "null": None}


class Examples:
    """Makes an example of each schema of a description; `missing` names what it had to guess."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas
        self._known = _load()
        self.missing: list[str] = []

    def of(self, schema: Mapping[str, Any], *, owner: str = "", field: str = "") -> Any:
        """Return an example of a schema: known for its model or field, or else made of parts."""
        if (reference := schema.get("$ref")) is not None:
            return self._of_model(str(reference).removeprefix(_REFERENCE), owner, field)
        if (words := _words(schema)) is not None:
            found, word = self._named(owner, field)
            return word if found and word in words else words[0]
        found, example = self._named(owner, field)
        if found:
            return example
        if schema.get("examples"):
            return schema["examples"][0]
        if (choices := schema.get("anyOf") or schema.get("oneOf")) is not None:
            return self.of(choices[0], owner=owner, field=field)
        return self._of_parts(schema, owner, field)

    def text(self, media_type: str) -> str | None:
        """Return an example of a body that is no JSON, if there is one."""
        found = self._known["texts"].get(media_type)
        return None if found is None else str(found)

    def problems(self) -> dict[int, dict[str, Any]]:
        """Return an example of each refusal by its status."""
        return {
            status: {
                "type": "about:blank",
                "title": HTTPStatus(status).phrase,
                "status": status,
                "nearest": [],
                "errors": [],
                "suggestion": None,
                "request_id": _REQUEST_ID,
                **known,
            }
            for status, known in self._known["problems"].items()
        }

    def _named(self, owner: str, field: str) -> tuple[bool, Any]:
        values = self._known["values"]
        for name in (f"{owner}.{field}", field):
            if name in values:
                return True, values[name]
        return False, None

    def _of_model(self, model: str, owner: str, field: str) -> Any:
        if model in self._known["models"]:
            return self._known["models"][model]
        schema = self._schemas[model]
        if "properties" not in schema:
            # A set of words: which of them fits is said of the field it is in.
            return self.of(schema, owner=owner, field=field)
        return {
            name: self.of(part, owner=model, field=name)
            for name, part in schema["properties"].items()
        }

    def _of_parts(self, schema: Mapping[str, Any], owner: str, field: str) -> Any:
        kind = schema.get("type")
        if kind == "array":
            items = schema.get("items")
            return [self.of(items, owner=owner, field=field)] if items else []
        if kind == "object":
            return {
                name: self.of(part, owner=owner, field=name)
                for name, part in schema.get("properties", {}).items()
            }
        # A yes or no needs no thought.
        if kind not in {"boolean", "null"}:
            self.missing.append(f"{owner}.{field}")
        return _BY_TYPE.get(str(kind), "text")


def _words(schema: Mapping[str, Any]) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


@cache
def _load() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return loaded
