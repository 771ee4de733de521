"""Integrations: what a workspace has set up of each source, and whether it works."""
