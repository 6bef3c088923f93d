"""An exception goes in, the one sentence that a person is told comes out; None: a fault of ours."""

from __future__ import annotations

from tomllib import TOMLDecodeError

from pydantic import ValidationError

from deploy.errors import StackError
from streams.feeds.documents import BadDocument

SERVERS = {"kafka": "Kafka", "aiokafka": "Kafka", "clickhouse_driver": "ClickHouse"}
"""Packages whose exceptions are a server's word, not a fault of ours."""


def sentence(error: BaseException) -> str | None:
    """What went wrong, in one sentence."""
    if isinstance(error, (StackError, BadDocument)):
        return str(error)
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        return f"the setting {name} is wrong: {first['msg'].removeprefix('Value error, ')}"
    if isinstance(error, TOMLDecodeError):
        return f"the settings (POLICY_EVENTS_CONFIG or ./policy-events.toml) are no TOML: {error}"
    # Told apart by where they come from: importing both clients would slow every `--help`.
    server = SERVERS.get(type(error).__module__.partition(".")[0])
    if server is None:
        return None
    said = str(error).strip()
    if server == "ClickHouse":
        from sinks.warehouse import reason_of

        said = reason_of(error)
    said = said.removeprefix(f"{type(error).__name__}: ") or type(error).__name__
    return f"{server}: {said}"
