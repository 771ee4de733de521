"""Errors over HTTP: every refusal as problem+json (RFC 9457) with its code and next step."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gtm.errors import GtmError, UnauthenticatedError

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_CHALLENGE = 'Bearer realm="gtm"'


class FieldError(BaseModel):
    """What is wrong with one field; its value is not repeated."""

    field: str
    message: str


class SizeOfView(BaseModel):
    """What reading a view costs."""

    view: str
    bytes_read: int
    rows: int | None
    time_column: str | None = Field(description="Filter by it to read less.")


class NarrowerQuestion(BaseModel):
    """A way on that was checked before it was offered."""

    sentence: str
    query: dict[str, Any] | None = Field(
        description="A MetricQuery that stays within the caps; null for free SQL."
    )
    views: list[SizeOfView] = Field(description="For free SQL: the views it reads.")


class Problem(BaseModel):
    """The body of every error."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str = Field(description="Stable name of the error.")
    hint: str | None = Field(None, description="What to do next.")
    nearest: list[str] = Field(default=[], description="Names close to one that was not found.")
    errors: list[FieldError] = []
    suggestion: NarrowerQuestion | None = Field(
        None, description="What to ask instead of a query that is too expensive."
    )
    request_id: str | None = None


class PayloadTooLargeError(GtmError):
    """The body is larger than this route takes."""

    code, status_code = "payload_too_large", 413


class UnsupportedMediaTypeError(GtmError):
    """The body is of a type this route does not read."""

    code, status_code = "unsupported_media_type", 415


class NotAcceptableError(GtmError):
    """The client accepts none of the types this route answers with."""

    code, status_code = "not_acceptable", 406


_CODES = {404: "not_found", 405: "method_not_allowed"}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI entries of a route's error statuses."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def install(app: FastAPI) -> None:
    """Answer every error of the app with a problem."""
    app.add_exception_handler(GtmError, _on_gtm_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, on_http_exception)


def problem_of(error: GtmError, request_id: str | None) -> Problem:
    """Return the problem of a product error."""
    return Problem(
        title=HTTPStatus(error.status_code).phrase,
        status=error.status_code,
        detail=error.message,
        code=error.code,
        hint=error.hint,
        nearest=list(error.nearest),
        suggestion=_suggestion_of(error),
        request_id=request_id,
    )


def _suggestion_of(error: GtmError) -> NarrowerQuestion | None:
    found = error.suggestion
    if found is None:
        return None
    return NarrowerQuestion(
        sentence=found.sentence,
        query=None if found.query is None else dict(found.query),
        views=[SizeOfView(**asdict(size)) for size in found.views],
    )


def respond(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the response that carries a problem."""
    return JSONResponse(
        problem.model_dump(mode="json"),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={"cache-control": "no-store", **(headers or {})},
    )


def respond_to(error: GtmError, request_id: str | None) -> Response:
    """Return the response to a product error, with the headers its status asks for."""
    headers = {}
    if isinstance(error, UnauthenticatedError):
        headers["www-authenticate"] = _CHALLENGE
    if error.can_retry:
        headers["retry-after"] = str(error.retry_after_seconds)
    if error.status_code >= 500:
        logger.error("request_failed", exc_info=error, extra={"code": error.code})
    return respond(problem_of(error, request_id), headers)


def unexpected(request_id: str | None) -> Response:
    """Return the answer to a fault of ours, which tells nothing of its inside."""
    problem = Problem(
        title="Internal Server Error",
        status=500,
        detail="Something went wrong on our side.",
        code="internal_error",
        hint="Try again; if it stays, give the request id to whoever runs this server.",
        request_id=request_id,
    )
    return respond(problem)


def request_id_of(request: Request) -> str | None:
    """Return the id the middleware gave the request."""
    request_id = request.scope.get("state", {}).get("request_id")
    return request_id if isinstance(request_id, str) else None


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Answer the framework's own refusals (unknown path, wrong method)."""
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    if status == HTTPStatus.BAD_REQUEST:
        # The framework could not decode the body at all; one that is no JSON is unfit too.
        return respond(_unfit([FieldError(field="body", message="can't be read")], request))
    problem = Problem(
        title=status.phrase,
        status=status,
        detail=error.detail,
        code=_CODES.get(status, "http_error"),
        request_id=request_id_of(request),
    )
    return respond(problem, error.headers)


async def _on_gtm_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, GtmError):
        raise error
    return respond_to(error, request_id_of(request))


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    fields = [
        FieldError(
            field=".".join(str(part) for part in item["loc"][1:]) or str(item["loc"][0]),
            message=str(item["msg"]),
        )
        for item in error.errors()
    ]
    return respond(_unfit(fields, request))


def _unfit(fields: list[FieldError], request: Request) -> Problem:
    return Problem(
        title="Unprocessable Content",
        status=422,
        detail="The request does not fit: "
        + "; ".join(f"{item.field}: {item.message}" for item in fields[:3]),
        code="invalid_request",
        hint="The shapes of requests are in /v1/openapi.json.",
        errors=fields,
        request_id=request_id_of(request),
    )
