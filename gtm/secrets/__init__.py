"""Secrets of workspaces: sealed, bound to what they are for, opened only where they are used."""
