"""Kept results: read whole by their handle, in pages or as a file."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from starlette.responses import JSONResponse, StreamingResponse

from api.errors import problems
from api.media import CSV, PARQUET, PNG
from api.paging import refused_cursor
from api.recording import record_in
from api.security import Tenant
from api.shapes.results import ResultPage
from api.state import ApiState, State
from gtm.analytics.exports import csv_chunks, file_name, parquet_chunks
from gtm.charts.spec import ChartDraft, ChartType
from gtm.context import TenantContext
from gtm.semantics.result import StoredResult

router = APIRouter(prefix="/v1/results", tags=["results"])

MAX_LIMIT = 1_000
_CURSOR = r"^[A-Za-z0-9_-]{2,24}$"
_OK: dict[int | str, dict[str, Any]] = {
    200: {
        "model": ResultPage,
        "content": {
            CSV: {"schema": {"type": "string"}},
            PARQUET: {"schema": {"type": "string", "format": "binary"}},
            PNG: {"schema": {"type": "string", "format": "binary"}},
        },
        "description": "One page of rows as JSON, the whole result as a file, or its chart.",
    }
}
ResultId = Annotated[str, Path(max_length=64, description="The handle an answer came with.")]


@router.get(
    "/{result_id}", response_model=None, responses={**_OK, **problems(401, 403, 404, 422, 503)}
)
async def read_result(
    result_id: ResultId,
    tenant: Tenant,
    state: State,
    format: Annotated[  # noqa: A002 - the name of the parameter in the URL
        Literal["json", "csv", "parquet", "png"],
        Query(description="A page, the whole as a file, or its chart as a picture."),
    ] = "json",
    type: Annotated[  # noqa: A002 - what ChartSpec calls it
        ChartType | None, Query(description="Of the picture; null means what fits the result.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows of a page.")] = 200,
    cursor: Annotated[
        str | None, Query(pattern=_CURSOR, description="`next_cursor` of the page before.")
    ] = None,
) -> Response:
    """Return a result of the caller's workspace while it is kept; numbers are not rounded."""
    stored = await state.services.analytics.get_result(tenant, result_id)
    if format == "json":
        page = _page(stored, 0 if cursor is None else _offset(cursor), limit)
        return JSONResponse(page.model_dump(mode="json"), headers=_PRIVATE)
    exported = {"format": format, "rows": len(stored.table.rows)}
    await record_in(state, tenant, "export", target=result_id, detail=exported)
    if format == "png":
        return await _picture(state, tenant, stored, type)
    if format == "csv":
        return _download(stored, csv_chunks(stored.table), CSV, "csv")
    return _download(stored, parquet_chunks(stored), PARQUET, "parquet")


_PRIVATE = {"cache-control": "private, no-store"}


def _page(stored: StoredResult, offset: int, limit: int) -> ResultPage:
    table = stored.table
    end = offset + limit
    return ResultPage(
        result_id=stored.result_id,
        title=stored.title,
        columns=list(table.columns),
        items=list(table.rows[offset:end]),
        row_count=len(table.rows),
        next_cursor=_cursor(end) if end < len(table.rows) else None,
    )


def _download(
    stored: StoredResult, chunks: Iterator[bytes], media_type: str, extension: str
) -> Response:
    disposition = f'attachment; filename="{file_name(stored, extension)}"'
    headers = {**_PRIVATE, "content-disposition": disposition}
    return StreamingResponse(chunks, media_type=media_type, headers=headers)


async def _picture(
    state: ApiState, tenant: TenantContext, stored: StoredResult, chart_type: ChartType | None
) -> Response:
    services = state.services
    draft = None if chart_type is None else ChartDraft(type=chart_type, title="")
    spec = await services.analytics.build_chart(tenant, stored.result_id, draft)
    picture = await services.painter.png(spec, at=stored.receipt.computed_at)
    disposition = f'attachment; filename="{file_name(stored, "png")}"'
    headers = {**_PRIVATE, "content-disposition": disposition}
    return Response(picture, media_type=PNG, headers=headers)


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).rstrip(b"=").decode()


def _offset(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    if not (text.isascii() and text.isdigit()):
        raise refused_cursor()
    return int(text)
