"""Where Kafka and ClickHouse are: settings go in, addresses come out.

Configured addresses win. Otherwise they are those of the embedded stack of this home folder, which
its supervisor writes to ``run/stack.json`` (readable by its owner only: they hold passwords).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy import supervisor
from deploy.errors import StackError
from deploy.processes import recorded
from streams.settings import Settings

SUPERVISOR = supervisor.NAME
PARTS = ("kafka", "clickhouse", "worker", "sink", "feeds")
"""Parts that a supervisor starts, in this order."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Everything a role needs to find the others."""

    kafka: str
    """Bootstrap servers."""
    clickhouse: str
    """URL of a user who may write."""
    clickhouse_readonly: str
    """URL of a user who may only read; the same as the writer's where only one is configured."""

    def write(self, file: Path) -> None:
        """Keep them for other commands."""
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(asdict(self)))
        partial.replace(file)


def stack_file(settings: Settings) -> Path:
    """Where the running embedded stack writes its addresses."""
    return settings.run / "stack.json"


def written(settings: Settings) -> Addresses:
    """Addresses that this home's supervisor has written. Raises OSError if it has not."""
    return Addresses(**json.loads(stack_file(settings).read_text()))


def running(settings: Settings) -> Addresses | None:
    """Addresses of the embedded stack of this home, if its supervisor is alive."""
    if recorded(settings.run, SUPERVISOR) is None:
        return None
    try:
        return written(settings)
    except (OSError, ValueError, TypeError):
        return None


def configured(settings: Settings) -> tuple[str | None, str | None]:
    """Addresses of servers of yours: Kafka's and ClickHouse's; None where the embedded is meant."""
    url = settings.clickhouse_url
    return settings.kafka_bootstrap_servers, url.get_secret_value() if url else None


def find(settings: Settings, *, clickhouse: bool = True) -> Addresses:
    """Addresses to talk to. Raises StackError, saying what to do, if some are not known.

    ``clickhouse`` False: Kafka's will do; the others are empty if they are not known.
    """
    kafka, url = configured(settings)
    if kafka and (url or not clickhouse):
        return Addresses(kafka, url or "", url or "")
    embedded = running(settings)
    if embedded is None:
        missing = " and ".join(
            name
            for name, value in (("KAFKA_BOOTSTRAP_SERVERS", kafka), ("CLICKHOUSE_URL", url))
            if not value
        )
        raise StackError(
            f"nothing runs in {settings.home}: start the embedded stack with `policy-events up`, "
            f"or set {missing}"
        )
    return Addresses(
        kafka or embedded.kafka,
        url or embedded.clickhouse,
        url or embedded.clickhouse_readonly,
    )
