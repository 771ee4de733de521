"""Small building blocks for the rewrites of SQL trees."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

Rule = Callable[[exp.Expr], exp.Expr]


def call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    """A call of an engine function that sqlglot has no node for."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def number(value: int) -> exp.Expr:
    """A whole number, negative ones with their sign."""
    literal = exp.Literal.number(abs(value))
    return exp.Neg(this=literal) if value < 0 else literal


def failure(message: str) -> exp.Expr:
    """An expression that stops the query."""
    return call("ERROR", exp.Literal.string(message))


def lambda_(parameter: str, body: exp.Expr) -> exp.Lambda:
    """A function of one parameter, for the engine's list functions."""
    return exp.Lambda(this=body, expressions=[exp.to_identifier(parameter)], colon=True)


def replace_by_rule(node: exp.Expr, rule: Rule) -> None:
    """Put a rule's answer in the node's place; the answer may hold the node itself."""
    if node.parent is None:
        return
    stand_in = exp.Null()
    node.replace(stand_in)
    stand_in.replace(rule(node))
