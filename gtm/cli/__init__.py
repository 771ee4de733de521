"""The command line: demo, serve, ask, load, doctor."""

from gtm.cli.commands import main

__all__ = ["main"]
