"""A worker and a sink of the rebuild's own: they end with it, and it ends if one of them does."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from deploy.errors import StackError
from deploy.processes import Child, last_lines, stop_recorded
from streams.addresses import Addresses
from streams.settings import Settings

_GRACE_S = 60
NAMES = ("worker", "sink")


class Roles:
    """The two processes, working on one generation. Use as a context manager."""

    def __init__(self, settings: Settings, where: Addresses) -> None:
        """``settings`` name the generation."""
        self._folder = settings.run
        self._environment = settings.environment(
            KAFKA_BOOTSTRAP_SERVERS=where.kafka,
            CLICKHOUSE_URL=where.clickhouse,
        )
        # No static members: these leave for good, and their groups must be free at once.
        self._environment.pop("POLICY_EVENTS_INSTANCE", None)
        self._children: dict[str, Child] = {}

    @staticmethod
    @contextmanager
    def alone(settings: Settings) -> Iterator[None]:
        """Hold the right to rebuild from this home; what an earlier try left running is ended.

        Raises StackError if another rebuild holds it.
        """
        settings.run.mkdir(parents=True, exist_ok=True)
        with (settings.run / "rebuild.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StackError(f"another rebuild runs in {settings.home}") from None
            for name in NAMES:
                stop_recorded(settings.run, _recorded(name), grace_s=_GRACE_S)
            yield

    def __enter__(self) -> Self:
        for name in NAMES:
            argv = [sys.executable, "-m", "streams.cli", name]
            self._children[name] = Child.start(
                _recorded(name), argv, folder=self._folder, env=self._environment
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name in list(self._children):
            self.stop(name)

    def tend(self) -> None:
        """Raise StackError if one has ended."""
        for name, child in self._children.items():
            if not child.alive:
                raise StackError(
                    f"the rebuild's {name} ended; {child.log} says:\n{last_lines(child.log, 5)}"
                )

    def stop(self, name: str) -> None:
        """End one; what it has begun it finishes first."""
        child = self._children.pop(name, None)
        if child is not None:
            child.stop(grace_s=_GRACE_S)


def _recorded(name: str) -> str:
    return f"rebuild-{name}"
