"""The ASGI factory: mounts the API, the MCP servers and the built web UI."""
