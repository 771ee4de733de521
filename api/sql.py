"""Raw SQL for admins: over the views of their workspace, through the guard like any other query."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import JSONResponse

from api.counting import count_question
from api.errors import problems
from api.leaving import while_connected
from api.media import require_json
from api.security import LiveAdmin
from api.shapes.sql import SqlReply, SqlRequest
from api.state import State
from gtm.semantics.preview import ResultPreview
from gtm.semantics.result import StoredResult

router = APIRouter(prefix="/v1/analytics", tags=["analytics"])


@router.post(
    "/sql",
    response_model=SqlReply,
    responses=problems(401, 403, 404, 415, 422, 503, 504),
    dependencies=[Depends(require_json), Depends(count_question)],
)
async def run_sql(body: SqlRequest, tenant: LiveAdmin, state: State, request: Request) -> Response:
    """Run a query; not governed, so nothing vouches for what its numbers mean."""
    run = state.services.analytics.run_sql(tenant, body.sql, caller=tenant.door)
    stored = await while_connected(request, run)
    answer = None if stored is None else _reply(stored).model_dump(mode="json", by_alias=True)
    return JSONResponse(answer, headers={"cache-control": "no-store"})


def _reply(stored: StoredResult) -> SqlReply:
    preview = ResultPreview.of(stored)
    return SqlReply(
        result_id=preview.result_id,
        title=preview.title,
        columns=list(preview.columns),
        rows=list(preview.rows),
        row_count=preview.row_count,
        is_truncated=preview.is_truncated,
        sql=stored.receipt.sql,
        receipt=stored.receipt,
    )
