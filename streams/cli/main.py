"""The command ``policy-events``: assembles the subcommands, turns errors into sentences.

Exit codes: 0 done, 1 failed, 2 wrong use.
"""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError

from deploy.errors import StackError
from streams.cli import (
    airborne,
    bench,
    demo,
    dlq,
    documents,
    questions,
    redact,
    roles,
    schemas,
    stack,
)
from streams.cli.output import errors
from streams.feeds.documents import BadDocument

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
questions.register(app)
schemas.register(app)
dlq.register(app)
redact.register(app)
bench.register(app)

_SERVERS = {"kafka": "Kafka", "aiokafka": "Kafka", "clickhouse_driver": "ClickHouse"}


def main() -> None:
    """Run the command line."""
    try:
        app()
    except (StackError, BadDocument) as error:
        _fail(str(error))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        _fail(f"the setting {name} is wrong: {first['msg']}")
    except Exception as error:
        # Told apart by where they come from: importing both clients would slow every `--help`.
        server = _SERVERS.get(type(error).__module__.partition(".")[0])
        if server is None:
            raise
        said = str(error).split("Stack trace")[0].strip()
        _fail(f"{server}: {said or type(error).__name__}")
    except KeyboardInterrupt:
        _fail("interrupted", code=130)


def _fail(sentence: str, *, code: int = 1) -> None:
    errors.print(f"policy-events: {sentence}", markup=False, highlight=False, soft_wrap=True)
    sys.exit(code)
