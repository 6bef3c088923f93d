"""The parent's handle on the embedded ClickHouse: started, found healthy, addressed, stopped."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import time
from pathlib import Path
from types import TracebackType

from clickhouse_driver import Client
from clickhouse_driver.errors import Error as DriverError

from deploy.clickhouse.failures import REFUSAL
from deploy.clickhouse.lock import FolderLock
from deploy.clickhouse.users import credentials
from deploy.errors import StackError
from deploy.processes import Child, last_lines, port_holder, port_taken, stop

NAME = "clickhouse"
_READY_S = 60
_RELEASE_S = 10


class EmbeddedClickHouse:
    """ClickHouse in a process of its own, over a data folder of its own.

    A context manager: up on entry, down on exit. Every failure is a StackError.
    """

    def __init__(
        self,
        data: Path,
        run: Path,
        *,
        port: int | None = None,
        least_free_bytes: int = 512 << 20,
        connections: int = 100,
        tied: bool = True,
    ) -> None:
        """``data`` keeps the database and its passwords, ``run`` the log; ``port`` None is any.

        ``tied``: the process ends with the thread that started it (`deploy.processes`).
        """
        self._data = data.resolve()
        self._run = run
        self._wanted = port
        self._least_free = least_free_bytes
        self._connections = connections
        self._tied = tied
        self._child: Child | None = None
        self._port = 0
        self._passwords: dict[str, str] = {}

    def __enter__(self) -> EmbeddedClickHouse:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self._child is not None and self._child.alive

    @property
    def port(self) -> int:
        """The port it listens on, on loopback."""
        return self._port

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self._data

    @property
    def pid(self) -> int:
        """Its process id. Raises StackError if it was not started."""
        if self._child is None:
            raise StackError("the embedded ClickHouse has not been started")
        return self._child.process.pid

    @property
    def log(self) -> Path:
        """Its log."""
        return self._run / f"{NAME}.log"

    @property
    def url(self) -> str:
        """Where the writer connects."""
        return self._url("writer")

    @property
    def readonly_url(self) -> str:
        """Where the read-only user connects."""
        return self._url("readonly")

    def _url(self, user: str) -> str:
        return f"clickhouse://{user}:{self._passwords[user]}@127.0.0.1:{self._port}/"

    def start(self) -> None:
        """Start it and wait until it answers. Raises StackError; then nothing is left running."""
        if self.alive:
            return
        self._check_machine()
        lock = FolderLock(self._data)
        _clear(lock, self._data)
        if self._wanted and port_taken(self._wanted):
            raise StackError(
                f"port {self._wanted}, wanted for ClickHouse, is in use by "
                f"{port_holder(self._wanted)}: stop it, or set POLICY_EVENTS_CLICKHOUSE_PORT to "
                "another (0 takes a free one)"
            )
        self._passwords = credentials(self._data / "credentials.json")
        begins = self.log.stat().st_size if self.log.exists() else 0
        argv = [sys.executable, "-m", "deploy.clickhouse", "--data", str(self._data)]
        argv += ["--port", str(self._wanted or 0), "--connections", str(self._connections)]
        argv += ["--credentials", str(self._data / "credentials.json")]
        self._child = Child.start(NAME, argv, folder=self._run, env=_environment(), tied=self._tied)
        try:
            # Where it was found it is found again: others have its address.
            self._port = self._wanted = self._await(lock, begins)
        except BaseException:
            self.stop()
            raise

    def stop(self, *, grace_s: float = 15) -> None:
        """End it: statements in flight get a few seconds to finish."""
        if self._child is not None:
            self._child.stop(grace_s=grace_s)

    def _check_machine(self) -> None:
        if importlib.util.find_spec("chdb") is None:
            raise StackError(
                "ClickHouse's engine is not installed: install the extra "
                "'policy-events[embedded]', or set CLICKHOUSE_URL to a server of yours"
            )
        if set(str(self._data)) & set("?&"):
            raise StackError(f"data folder {self._data}: '?' and '&' cannot be in its path")
        try:
            self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
            free = shutil.disk_usage(self._data).free
        except OSError as error:
            raise StackError(
                f"data folder {self._data} cannot be made: {error.strerror}"
            ) from error
        if free < self._least_free:
            raise StackError(
                f"no disk space for ClickHouse: {free >> 20} MiB free in {self._data}, "
                f"{self._least_free >> 20} MiB needed"
            )

    def _await(self, lock: FolderLock, begins: int) -> int:
        """The port, once a ping is answered there."""
        assert self._child is not None  # noqa: S101 -- start() has just set it
        until = time.monotonic() + _READY_S
        while time.monotonic() < until and self._child.alive:
            holder = lock.holder()
            if holder and holder.pid == self.pid and holder.port and self._pings(holder.port):
                return holder.port
            time.sleep(0.02)
        said = _since(self.log, begins)
        *before, last = said.splitlines()
        if not self._child.alive and last.startswith(REFUSAL):
            cause = f"; the engine said: {before[-1]}" if before else ""
            raise StackError(last.removeprefix(REFUSAL) + cause)
        if self._child.alive:
            raise StackError(f"ClickHouse did not answer within {_READY_S} s; it said:\n{said}")
        raise StackError(f"ClickHouse did not start; it said:\n{said}")

    def _pings(self, port: int) -> bool:
        client = Client(
            "127.0.0.1", port, user="writer", password=self._passwords["writer"], connect_timeout=2
        )
        try:
            client.execute("SELECT 1")
        except (DriverError, OSError, EOFError):
            return False
        finally:
            client.disconnect()
        return True


def _environment() -> dict[str, str]:
    """Ours, so that ``deploy`` is found there too, without passwords for other servers."""
    code = str(Path(__file__).resolve().parents[2])
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CLICKHOUSE_")}
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, (code, kept.get("PYTHONPATH"))))
    kept["PYTHONUNBUFFERED"] = "1"
    return kept


def _clear(lock: FolderLock, data: Path) -> None:
    """End what a killed run left behind. Raises StackError if the folder is rightfully held."""
    until = time.monotonic() + _RELEASE_S
    while lock.held():
        holder = lock.holder()
        process = holder.process if holder else None
        if holder is not None and process is not None:
            if not holder.orphaned:
                raise StackError(
                    f"data folder {data} is held by process {holder.pid}, "
                    f"started by {holder.parent}"
                )
            stop(process)
        elif time.monotonic() > until:
            raise StackError(f"data folder {data} is held by another process")
        else:
            # A killed process is gone a moment before its locks are; one that starts has the
            # lock a moment before it says so.
            time.sleep(0.05)


def _since(log: Path, begins: int) -> str:
    """What the log has said since then, its last lines."""
    said = last_lines(log)
    try:
        fresh = log.read_bytes()[begins:].decode("utf-8", "replace").splitlines()
    except OSError:
        return said
    return "\n".join(fresh[-15:]) or "(nothing)"
