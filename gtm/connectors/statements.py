"""Putting the statements together with which the engine reads a file."""

from __future__ import annotations

from sqlglot import exp


def join(*parts: str) -> str:
    """Join parts of a statement."""
    return " ".join(parts)


def text(value: object) -> str:
    """Return a text literal."""
    return exp.Literal.string(str(value)).sql("duckdb")


def quoted(identifier: str) -> str:
    """Return a quoted name."""
    return exp.to_identifier(identifier, quoted=True).sql("duckdb")
