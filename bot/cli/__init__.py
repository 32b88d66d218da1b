"""The command line of `wenzhen`. Sub-commands load on first use, so that a start stays quick."""

from bot.cli.root import main

__all__ = ["main"]
