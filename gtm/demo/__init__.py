"""Seeded sample workspaces in the sources' native schemas."""
