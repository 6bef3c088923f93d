"""The command ``policy-events``: assembles the subcommands, turns errors into sentences.

Exit codes: 0 done, 1 failed, 2 wrong use.
"""

from __future__ import annotations

import logging
import sys

import typer

from streams.cli import (
    airborne,
    bench,
    demo,
    dlq,
    documents,
    examples,
    failures,
    in_force,
    questions,
    rebuild,
    reconcile,
    redact,
    roles,
    schemas,
    stack,
)
from streams.cli.output import errors

app = typer.Typer(
    name="policy-events",
    help=(
        "For each court order: which removal flights were in the air at the moment it was "
        "entered, how sure are we, and who reported it?"
    ),
    epilog=(
        "Unset addresses mean the embedded stack. KAFKA_BOOTSTRAP_SERVERS and CLICKHOUSE_URL "
        "point at your own; POLICY_EVENTS_HOME and POLICY_EVENTS_NAMESPACE choose the data. "
        "Exit codes: 0 done, 1 failed, 2 wrong use."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
demo.register(app)
stack.register(app)
roles.register(app)
documents.register(app)
airborne.register(app)
in_force.register(app)
questions.register(app)
schemas.register(app)
dlq.register(app)
reconcile.register(app)
redact.register(app)
rebuild.register(app)
bench.register(app)
examples.attach(app)


def main() -> None:
    """Run the command line."""
    # What clients would log is told in one sentence; roles, which run on, set up a log.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        app(prog_name="policy-events")
    except KeyboardInterrupt:
        _fail("interrupted", code=130)
    except Exception as error:
        said = failures.sentence(error)
        if said is None:
            raise
        _fail(said)


def _fail(sentence: str, *, code: int = 1) -> None:
    errors.print(f"policy-events: {sentence}", markup=False, highlight=False, soft_wrap=True)
    sys.exit(code)
