"""The command line: demo, serve, ask, load, backup, restore, provision, doctor."""

import sys


def main() -> None:
    """Run a command; one that serves gets a supervisor, before anything slow is imported."""
    from gtm.cli import supervised

    if supervised.COMMANDS.intersection(sys.argv[1:2]):
        supervised.hand_over(sys.argv[1:])
    from gtm.cli.commands import main as run

    run()
