"""Whether this worker may still write: batches at work and the group's word go in, leave comes out.

A batch's state is many records of a changelog. Had its partition gone to another worker in the
meantime, the old owner's late records would mix with the new owner's, and the next restore would
read a state that never was. Three things keep them apart:

- a partition is only given up when the batch at work on it is done (``AtWork``);
- before state is written, the group must have confirmed this worker lately (``Lease``), so that
  one which was frozen or cut off, and replaced, notices;
- what the producer could not deliver within the rest of the session is not delivered later.

A process that freezes between the check and its socket, for longer than a session, still slips
through. ``exactly_once`` closes that too: the broker itself then fences the old owner.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager


class SupersededError(Exception):
    """The batch's partition was taken away: whoever has it now does the batch anew."""


class AtWork:
    """The batches that agents have begun and not finished."""

    def __init__(self) -> None:
        self._count = 0
        self._none = asyncio.Event()
        self._none.set()

    @contextmanager
    def begun(self) -> Iterator[None]:
        """While a batch is worked on."""
        self._count += 1
        self._none.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._none.set()

    async def finished(self) -> None:
        """Wait until no batch is worked on."""
        await self._none.wait()


class Lease:
    """The group's word that this worker is still its member.

    ``ask`` takes a generation and gives True where the group confirms it, False where it is
    over, None where the group could not be asked. ``fresh_s``: how long a word counts;
    ``session_s``: how long to go on asking.
    """

    def __init__(
        self,
        ask: Callable[[int], Awaitable[bool | None]],
        *,
        fresh_s: float,
        session_s: float,
        now: Callable[[], float] = time.monotonic,
        pause_s: float = 0.2,
    ) -> None:
        self._ask, self._now = ask, now
        self._fresh_s, self._session_s, self._pause_s = fresh_s, session_s, pause_s
        self._confirmed: tuple[int, float] | None = None

    async def confirm(self, generation: int) -> None:
        """Return if a worker of this generation may write now.

        Raises SupersededError if its generation is over, TimeoutError if the group does not say
        so within a session: an error of the world.
        """
        began = self._now()
        if self._confirmed is not None:
            confirmed, at = self._confirmed
            if confirmed == generation and began - at < self._fresh_s:
                return
        while True:
            asked = self._now()
            answer = await self._ask(generation)
            if answer is False:
                raise SupersededError(f"generation {generation} is over")
            if answer:
                self._confirmed = (generation, asked)  # true when asked, not when answered
                return
            if self._now() - began > self._session_s:
                raise TimeoutError(f"the group did not answer for {self._session_s:g} s")
            await asyncio.sleep(self._pause_s)
