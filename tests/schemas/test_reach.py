"""How clients behave while their broker is away."""

import asyncio
import contextlib
from typing import Any

import pytest

from schemas.topics.reach import paced


class Looking:
    """A client whose looks for metadata end as told: found, in vain, or with an error."""

    def __init__(self, *ends: bool | Exception) -> None:
        self.ends = list(ends)

    async def _metadata_update(self, *_: Any) -> bool:
        end = self.ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end


def test_only_a_vain_look_is_followed_by_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    client = Looking(True, False, False, OSError("gone"), True)
    paced(client)

    async def look() -> list[int]:
        counts = []
        while client.ends:
            with contextlib.suppress(OSError):
                await client._metadata_update("cluster", ["topics"])
            counts.append(len(pauses))
        return counts

    assert asyncio.run(look()) == [0, 1, 2, 2, 2]
    assert min(pauses) > 0.1
