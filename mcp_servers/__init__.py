"""What may be done with tenant data, as MCP servers."""
