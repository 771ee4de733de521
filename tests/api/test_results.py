"""A kept result over HTTP: in pages, or whole as CSV and Parquet."""

from __future__ import annotations

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.semantics.result import (
    ColumnRole,
    Format,
    Receipt,
    ResultColumn,
    ResultTable,
    StoredResult,
)
from tests.api.conftest import Stage

ACME = TenantContext(TenantId("acme"), DatasetId("tenant_acme"), UserId("ana"), Role.OWNER)
GLOBEX = TenantContext(TenantId("globex"), DatasetId("tenant_globex"), UserId("gus"), Role.OWNER)
ROWS = tuple((f"source {at}", at, at / 7) for at in range(1_234))


def keep(stage: Stage, tenant: TenantContext = ACME, result_id: str = "res_whole") -> str:
    """Keep a result of many rows and return its address."""
    columns = (
        ResultColumn(name="source", label="Source", role=ColumnRole.DIMENSION, format=Format.TEXT),
        ResultColumn(
            name="sessions", label="Sessions", role=ColumnRole.METRIC, format=Format.INTEGER
        ),
        ResultColumn(name="rate", label="Rate", role=ColumnRole.METRIC, format=Format.PERCENT),
    )
    receipt = Receipt(
        is_governed=True,
        sql="SELECT 1",
        row_count=len(ROWS),
        bytes_processed=0,
        is_bytes_estimated=True,
        duration_ms=1,
    )
    stored = StoredResult(
        result_id=result_id,
        title="Sessions by source",
        table=ResultTable(columns=columns, rows=ROWS),
        receipt=receipt,
    )
    stage.turns.services.analytics._results.put(tenant, stored)
    return f"/v1/results/{result_id}"


async def test_pages_lead_to_every_row_once(stage: Stage, client: httpx.AsyncClient) -> None:
    url, rows, cursor, pages = keep(stage), [], None, 0
    while True:
        parameters = {"limit": "500", **({"cursor": cursor} if cursor else {})}
        reply = await client.get(url, params=parameters)
        assert reply.status_code == 200, reply.text
        page = reply.json()
        rows += [tuple(row) for row in page["items"]]
        pages, cursor = pages + 1, page["next_cursor"]
        if cursor is None:
            break
    assert (pages, tuple(rows)) == (3, ROWS)
    assert (page["row_count"], page["title"]) == (1_234, "Sessions by source")
    assert [column["name"] for column in page["columns"]] == ["source", "sessions", "rate"]
    assert reply.headers["cache-control"] == "private, no-store"


async def test_a_page_has_200_rows_unless_asked(stage: Stage, client: httpx.AsyncClient) -> None:
    assert len((await client.get(keep(stage))).json()["items"]) == 200


async def test_csv_is_the_whole_result(stage: Stage, client: httpx.AsyncClient) -> None:
    reply = await client.get(keep(stage), params={"format": "csv"})
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.headers["content-disposition"] == ('attachment; filename="sessions-by-source.csv"')
    lines = reply.text.split("\r\n")
    assert lines[0] == "source,sessions,rate"
    assert lines[4] == f"source 3,3,{3 / 7!r}"
    assert len(lines) == 1 + 1_234 + 1


async def test_parquet_is_the_whole_result(stage: Stage, client: httpx.AsyncClient) -> None:
    reply = await client.get(keep(stage), params={"format": "parquet"})
    assert reply.headers["content-type"] == "application/vnd.apache.parquet"
    assert reply.headers["content-disposition"].endswith('filename="sessions-by-source.parquet"')
    table = pq.read_table(pa.BufferReader(reply.content))
    assert table.schema.types == [pa.string(), pa.int64(), pa.float64()]
    assert [tuple(row.values()) for row in table.to_pylist()] == list(ROWS)


async def test_a_picture_shows_the_chart_of_the_result(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    seen = set()
    for parameters in ({"format": "png"}, {"format": "png", "type": "pie"}):
        reply = await client.get(keep(stage), params=parameters)
        assert reply.headers["content-type"] == "image/png"
        assert reply.headers["cache-control"] == "private, no-store"
        assert reply.headers["content-disposition"].endswith('filename="sessions-by-source.png"')
        assert reply.content.startswith(b"\x89PNG")
        seen.add(reply.content)
    # A rate rides along, so a pie would mislead: both are bars, and only one says why.
    assert len(seen) == 2


@pytest.mark.parametrize("format_", ["json", "csv", "parquet", "png"])
async def test_unknown_foreign_and_expired_read_the_same(
    stage: Stage, client: httpx.AsyncClient, format_: str
) -> None:
    own, foreign = keep(stage), keep(stage, GLOBEX, "res_theirs")
    parameters = {"format": format_}
    assert (await client.get(own, params=parameters)).status_code == 200
    addresses = ("/v1/results/res_never", foreign)
    said = [await client.get(url, params=parameters) for url in addresses]
    stage.clock.time = stage.clock.time.replace(hour=stage.clock.time.hour + 1)
    async with await stage.signed_in() as later:
        said.append(await later.get(own, params=parameters))
    bodies = [reply.json() | {"request_id": ""} for reply in said]
    assert [reply.status_code for reply in said] == [404, 404, 404]
    assert {reply.headers["content-type"] for reply in said} == {"application/problem+json"}
    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[0]["code"] == "not_found"


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": "0"},
        {"limit": "1001"},
        {"limit": "ten"},
        {"format": "xlsx"},
        {"format": "png", "type": "radar"},
        {"cursor": "not a cursor"},
        {"cursor": "x" * 25},
        {"cursor": "eHh4"},
        {"cursor": "LTU"},
        {"cursor": "_w"},
    ],
)
async def test_an_unfit_parameter_is_a_problem(
    stage: Stage, client: httpx.AsyncClient, parameters: dict[str, str]
) -> None:
    reply = await client.get(keep(stage), params=parameters)
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"


async def test_a_cursor_beyond_the_end_is_an_empty_page(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    page = (await client.get(keep(stage), params={"cursor": "OTk5OTk"})).json()
    assert (page["items"], page["next_cursor"]) == ([], None)


async def test_nobody_reads_without_signing_in(stage: Stage, stranger: httpx.AsyncClient) -> None:
    reply = await stranger.get(keep(stage))
    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, 'Bearer realm="gtm"')


async def test_the_road_is_described(stranger: httpx.AsyncClient) -> None:
    described = (await stranger.get("/v1/openapi.json")).json()
    read = described["paths"]["/v1/results/{result_id}"]["get"]
    assert set(read["responses"]) == {"200", "401", "403", "404", "422", "429", "503"}
    assert set(read["responses"]["200"]["content"]) == {
        "application/json",
        "text/csv",
        "application/vnd.apache.parquet",
        "image/png",
    }
    assert {item["name"] for item in read["parameters"]} == {
        "result_id",
        "format",
        "type",
        "limit",
        "cursor",
    }
