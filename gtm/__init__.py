"""The product library: knows no web, agent or MCP framework."""
