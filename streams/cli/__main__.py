"""``python -m streams.cli``: how the supervisor starts our own roles."""

from streams.cli.main import main

main()
