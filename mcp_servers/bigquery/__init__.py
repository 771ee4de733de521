"""The MCP server of a workspace's analytics."""
