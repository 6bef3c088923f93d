"""How clients reach a broker, beside its address, and how they behave while it is away."""

from __future__ import annotations

import asyncio
from typing import Any

PATIENCE = {"bootstrap_timeout_ms": 15_000, "reconnect_backoff_max_ms": 1_000}
"""kafka-python: look again every second, so that a broker that comes back is found at once (by
default the pauses grow to half a minute), and say after fifteen that there is none."""

_PAUSE_S = 0.25


def paced(client: Any) -> None:
    """Let an aiokafka client (a consumer's, producer's or admin's) pause after a vain look.

    With no leader known, which is what a broker that goes away says last, aiokafka's fetcher and
    sender ask for metadata again the moment they were not answered: a core is busy with it, and
    writes megabytes of log, for as long as the broker is away.
    """
    look = client._metadata_update

    async def update(*args: Any, **kwargs: Any) -> bool:
        found = bool(await look(*args, **kwargs))
        if not found:
            await asyncio.sleep(_PAUSE_S)
        return found

    client._metadata_update = update
