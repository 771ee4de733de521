"""The command line: demo, serve, ask, load, provision, doctor."""

from gtm.cli.commands import main

__all__ = ["main"]
