"""The endpoint's process: takes connections, gives each a thread, ends them all in order."""

from __future__ import annotations

import logging
import socket
import threading
import time
import uuid
from collections.abc import Callable

from deploy.clickhouse.engine import Engine
from deploy.clickhouse.session import Limits, Session
from deploy.clickhouse.users import Users
from deploy.clickhouse.watch import Watch
from deploy.errors import StackError

_LOG = logging.getLogger(__name__)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 is any free one. Raises StackError if the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise StackError(f"port {port} on {host} cannot be used: {error.strerror}") from error
    listener.listen(128)
    return listener


class Endpoint:
    """The native protocol in front of one engine."""

    def __init__(
        self, listener: socket.socket, engine: Engine, users: Users, limits: Limits
    ) -> None:
        self._listener = listener
        self._engine = engine
        self._users = users
        self._limits = limits
        self._watch = Watch()
        self._guard = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._stopping = threading.Event()

    def serve(self) -> None:
        """Take connections until ``stop``."""
        self._listener.settimeout(0.2)
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                _LOG.exception("a connection could not be taken")
                time.sleep(0.1)
                continue
            self._admit(connection)

    def _admit(self, connection: socket.socket) -> None:
        with self._guard:
            most = self._limits.connections
            if len(self._sessions) >= 2 * most:
                connection.close()
                return
            full = len(self._sessions) >= most
            tag = f"session-{uuid.uuid4()}"
            session = Session(connection, tag, self._engine, self._users, self._watch, self._limits)
            self._sessions[tag] = session

        def run() -> None:
            try:
                session.run(full=full)
            finally:
                with self._guard:
                    self._sessions.pop(tag, None)

        self._start(run, tag)

    def _start(self, run: Callable[[], None], tag: str) -> None:
        thread = threading.Thread(target=run, name=tag, daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no more threads to be had
            _LOG.exception("a connection could not be served")
            with self._guard:
                self._sessions.pop(tag).close()

    def stop(self) -> None:
        """Take no more connections; ``serve`` returns. May be called by a signal handler."""
        self._stopping.set()

    def drain(self, grace_s: float) -> None:
        """Let statements finish within the grace period, then end them, then all sessions."""
        self._listener.close()
        until = time.monotonic() + grace_s
        while time.monotonic() < until:
            with self._guard:
                idle = [each for each in self._sessions.values() if not each.busy]
                busy = len(self._sessions) - len(idle)
            for session in idle:
                session.close()
            if not busy:
                break
            time.sleep(0.05)
        self._watch.end_all()
        with self._guard:
            left = list(self._sessions.values())
        for session in left:
            session.close()
        until = time.monotonic() + 3
        while self._sessions and time.monotonic() < until:
            time.sleep(0.02)
        self._watch.close()
