"""The floor of a tool call: one FastMCP tool that runs fixed SQL on a copy of the same file."""

from __future__ import annotations

import sys
from typing import Any

import anyio.to_thread
import duckdb
from fastmcp import FastMCP
from starlette.requests import Request
from starlette.responses import PlainTextResponse

SQL = """
SELECT source, SUM(sessions) AS sessions FROM tenant_acme.vw_sessions_daily
GROUP BY source ORDER BY sessions DESC LIMIT 10
"""


def main(file: str, port: int) -> None:
    """Serve the tool until terminated."""
    connection = duckdb.connect(file, read_only=True, config={"threads": 2})
    server = FastMCP("bare")

    @server.tool
    async def run() -> dict[str, Any]:
        """Run the query."""
        rows = await anyio.to_thread.run_sync(lambda: connection.cursor().execute(SQL).fetchall())
        return {"columns": ["source", "sessions"], "rows": rows}

    @server.custom_route("/readyz", methods=["GET"])
    async def ready(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    server.run(
        transport="http", port=port, show_banner=False, log_level="ERROR", json_response=True
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
