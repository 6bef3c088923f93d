"""The command line: ``policy-events``."""

from streams.cli.main import main

__all__ = ["main"]
