"""Keeps the parts of an embedded stack running: starts in order, restarts what fails, stops all.

Each part is a child process. A part that ends by itself is started again after a pause that
doubles up to half a minute; one that cannot even start the first time stops the whole stack and
says why. Only one supervisor holds a run folder at a time.
"""

from __future__ import annotations

import fcntl
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol

import psutil

from deploy.errors import StackError
from deploy.processes import Child, forget_record, last_lines, stop_recorded, write_record

NAME = "supervisor"
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0
_HEALTHY_AFTER_S = 60.0
_LOOK_EVERY_S = 0.3
_GRACE_S = 15.0


class Server(Protocol):
    """An embedded server: Kafka or ClickHouse."""

    def start(self) -> object:
        """Start it; return when it answers. Raises StackError if it can't."""

    def stop(self) -> None:
        """Stop it. Can be called twice."""

    @property
    def alive(self) -> bool:
        """Whether its process runs."""


@dataclass(frozen=True)
class Role:
    """A process of ours that works on the servers: a worker, a sink."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]


@dataclass
class _Part:
    name: str
    start: Callable[[], object]
    stop: Callable[[], None]
    alive: Callable[[], bool]
    pause_s: float = _FIRST_PAUSE_S
    started: float = 0.0
    restart_at: float | None = None
    restarts: int = 0


@dataclass
class Supervisor:
    """A run folder, its servers and its roles. Use as a context manager, then ``watch``."""

    run: Path
    servers: Mapping[str, Server]
    prepare: Callable[[], Sequence[Role]]
    """Called once the servers answer: makes topics and tables, returns the roles to start."""
    clear: Callable[[], None] = lambda: None
    """Called once the run folder is held, before anything starts."""
    tell: Callable[[], None] = lambda: None
    """Called once every part was started: not sooner, or others would take it for all there."""
    say: Callable[[str], None] = lambda sentence: print(sentence, file=sys.stderr)  # noqa: T201
    _parts: list[_Part] = field(default_factory=list)
    _lock: int | None = None

    def __enter__(self) -> Supervisor:
        self._hold()
        try:
            self.clear()
            for name, server in self.servers.items():
                self._begin(_Part(name, server.start, server.stop, lambda s=server: s.alive))  # type: ignore[misc]
            for role in self.prepare():
                self._begin(self._part(role))
            self.tell()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def watch(self, stop: threading.Event) -> None:
        """Look after the parts until told to stop."""
        while not stop.wait(_LOOK_EVERY_S):
            self.tend()

    def tend(self) -> None:
        """Look at each part once; start again what ended, when its pause is over."""
        for part in self._parts:
            self._look_after(part)

    def stop(self) -> None:
        """Stop the parts, last first, and let go of the run folder. Can be called twice."""
        while self._parts:
            self._parts.pop().stop()
        if self._lock is not None:
            forget_record(self.run, NAME, os.getpid())
            os.close(self._lock)
            self._lock = None

    def restarts(self) -> dict[str, int]:
        """How often each part was started again."""
        return {part.name: part.restarts for part in self._parts}

    def _hold(self) -> None:
        path = self.run / f"{NAME}.lock"
        try:
            self.run.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StackError(f"{self.run} can't be used: {error.strerror or error}") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = path.read_text().strip() or "another process"
            os.close(self._lock)
            self._lock = None
            raise StackError(
                f"{self.run.parent} is held by process {holder}: stop it with "
                "`policy-events down`, or choose another POLICY_EVENTS_HOME"
            ) from None
        os.truncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)
        # By the holder itself: whoever started it may be killed before it could write this.
        write_record(self.run, NAME, psutil.Process(), psutil.Process())

    def _part(self, role: Role) -> _Part:
        children: list[Child] = []

        def start() -> None:
            # An earlier supervisor may have been killed with -9 and left this role behind.
            stop_recorded(self.run, role.name, grace_s=_GRACE_S)
            children[:] = [Child.start(role.name, role.argv, folder=self.run, env=role.env)]

        def stop() -> None:
            for child in children:
                child.stop(grace_s=_GRACE_S)

        return _Part(role.name, start, stop, lambda: any(child.alive for child in children))

    def _begin(self, part: _Part) -> None:
        self._parts.append(part)
        part.started = time.monotonic()
        part.start()

    def _look_after(self, part: _Part) -> None:
        now = time.monotonic()
        if part.alive():
            if now - part.started > _HEALTHY_AFTER_S:
                part.pause_s = _FIRST_PAUSE_S
        elif part.restart_at is None:
            part.restart_at = now + part.pause_s
            part.pause_s = min(part.pause_s * 2, _LONGEST_PAUSE_S)
            tail = last_lines(self.run / f"{part.name}.log", 3)
            self.say(f"{part.name} ended; starting it again. Its last words:\n{tail}")
        elif now >= part.restart_at:
            part.restart_at = None
            part.restarts += 1
            part.started = now
            try:
                part.start()
            except StackError as error:
                self.say(f"{part.name} did not start: {error}")
