"""The published surface is a contract: a change shows up here first.

`GTM_UPDATE_SNAPSHOTS=1 pytest tests/mcp_servers` writes the files anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from fastmcp import Client

from gtm.context import TenantContext
from mcp_servers.bigquery.server import build_local_server

SNAPSHOT = Path(__file__).parents[1] / "snapshots" / "bigquery.json"


async def test_the_published_surface_is_the_committed_one(
    analytics: Any, acme: TenantContext
) -> None:
    server = build_local_server(analytics, acme)
    async with Client(server) as client:
        tools = await client.list_tools()
        surface = {
            "name": server.name,
            "instructions": server.instructions,
            "tools": [
                tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools
            ],
            "resources": [str(resource.uri) for resource in await client.list_resources()],
            "prompts": [prompt.name for prompt in await client.list_prompts()],
        }
    text = json.dumps(surface, indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("GTM_UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert text == SNAPSHOT.read_text(encoding="utf-8")
