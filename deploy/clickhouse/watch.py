"""Noticing, while the engine computes, that the client has cancelled or gone.

A session's thread sits inside the engine then, so one thread watches the sockets of all sessions
that do. A client has nothing to say while its statement runs, except Cancel or goodbye.
"""

from __future__ import annotations

import logging
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from deploy.clickhouse.failures import DatabaseError
from deploy.clickhouse.packets import CANCEL

_AGAIN_S = 0.1
_LOG = logging.getLogger(__name__)


@dataclass
class Running:
    """A statement in the engine. ``stop`` ends it; ``stopped`` says that it was asked to."""

    connection: socket.socket
    stop: Callable[[], None]
    stopped: bool = False
    guard: threading.Lock = field(default_factory=threading.Lock)
    over: bool = False

    def end(self) -> bool:
        """Ask the engine to stop it, unless it is over; whether it was still running.

        To be repeated: a statement that has not reached the engine yet is not found there.
        """
        with self.guard:
            if self.over:
                return False
            self.stopped = True
            try:
                self.stop()
            except DatabaseError as error:
                _LOG.warning("a statement could not be stopped: %s", error)
            return True


class Watch:
    """The thread that watches, and what it watches."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._running: dict[int, Running] = {}
        self._ending: list[Running] = []
        self._closed = False
        self._thread = threading.Thread(target=self._loop, name="watch", daemon=True)
        self._thread.start()

    @contextmanager
    def statement(
        self, connection: socket.socket, stop: Callable[[], None], *, heard: bool
    ) -> Iterator[Running]:
        """Watch the client while the body runs. ``heard``: it has spoken already: end at once."""
        running = Running(connection, stop)
        descriptor = connection.fileno()
        self._running[descriptor] = running
        with suppress(OSError):
            self._poll.register(
                descriptor, select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLONESHOT
            )
        if heard:
            self._ending.append(running)
        try:
            yield running
        finally:
            with running.guard:
                running.over = True
            with suppress(OSError, ValueError):
                self._poll.unregister(descriptor)
            self._running.pop(descriptor, None)

    def end_all(self) -> None:
        """End every statement that runs now."""
        self._ending.extend(list(self._running.values()))

    def close(self) -> None:
        """Stop watching."""
        self._closed = True
        self._thread.join(2)

    def _loop(self) -> None:
        while not self._closed:
            try:
                for descriptor, _ in self._poll.poll(_AGAIN_S):
                    running = self._running.get(descriptor)
                    if running is not None and _gone(running.connection):
                        self._ending.append(running)
                ending, self._ending = self._ending, []
                self._ending.extend(running for running in ending if running.end())
                if self._ending:
                    time.sleep(_AGAIN_S / 10)
            except Exception:  # the watch outlives whatever one session does
                _LOG.exception("the watch stumbled")
                time.sleep(_AGAIN_S)


def _gone(connection: socket.socket) -> bool:
    """Whether the client hung up, or its next packet is a Cancel."""
    try:
        ahead = connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return ahead == b"" or ahead[0] == CANCEL
