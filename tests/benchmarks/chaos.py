"""`policy-events bench chaos --kills N`: a sink killed with -9 again and again, and its table."""

from __future__ import annotations

from typing import Any

from sinks.chaos import chaos
from tests.benchmarks.servers import servers


def run(*, quick: bool, kills: int | None = None) -> dict[str, Any]:
    """``produced, rows, distinct, hash_equal``: nothing lost or doubled if the first three agree.

    ``hash_equal``: the table has the content of one that a sink left alone filled.
    """
    count = kills if kills is not None else 5 if quick else 20
    with servers() as (kafka, clickhouse):
        return chaos(kafka, clickhouse, kills=count)
