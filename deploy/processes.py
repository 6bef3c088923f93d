"""Child processes that leave nothing behind: started here, recorded on disk, found again, stopped.

A child's record (process id and creation time, which together name one process for good) is
written beside its log, so that a later run can find and end what an earlier one left behind,
even one killed with -9. The kernel ends a child whose parent dies, where it can (Linux).
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.errors import StackError

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def free_port() -> int:
    """A TCP port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_taken(port: int) -> bool:
    """Whether somebody listens on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def port_holder(port: int) -> str:
    """Who listens on a loopback port, in words."""
    for connection in psutil.net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,):
            try:
                name = psutil.Process(connection.pid).name() if connection.pid else "unknown"
            except psutil.NoSuchProcess:
                continue
            return f"process {connection.pid} ({name})"
    return "another process"


def orphaned(process: psutil.Process) -> bool:
    """Whether the process that started this one is gone, so that nobody looks after it.

    Children are started in a session of their own; one whose parent died belongs to process 1,
    or to a reaper outside its starter's session.
    """
    try:
        parent = process.parent()
    except psutil.NoSuchProcess:
        return True
    return parent is None or parent.pid == 1 or parent.create_time() > process.create_time()


def last_lines(log: Path, count: int = 15) -> str:
    """The last lines of a log, or a note that there is none."""
    try:
        with log.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 64 * 1024))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return "(no log)"
    return "\n".join(lines[-count:]) or "(empty log)"


def recorded(folder: Path, name: str) -> psutil.Process | None:
    """The live process that the record of this name speaks of; None if it is gone."""
    try:
        record = json.loads((folder / f"{name}.json").read_text())
        process = psutil.Process(int(record["pid"]))
        same = abs(process.create_time() - float(record["created"])) < 1
        alive = same and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, KeyError, psutil.NoSuchProcess):
        return None
    return process if alive else None


def stop(process: psutil.Process, *, grace_s: float = 15) -> None:
    """End a process: politely, then after the grace period by force."""
    try:
        process.terminate()
        process.wait(grace_s)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(10)
    except psutil.NoSuchProcess:
        return


def stop_recorded(folder: Path, name: str, *, grace_s: float = 15) -> bool:
    """End what an earlier run recorded under this name. True if something was still running."""
    process = recorded(folder, name)
    if process is not None:
        stop(process, grace_s=grace_s)
    (folder / f"{name}.json").unlink(missing_ok=True)
    return process is not None


@dataclass(frozen=True)
class Child:
    """A process that we started."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    folder: Path

    @classmethod
    def start(
        cls,
        name: str,
        argv: Sequence[str],
        *,
        folder: Path,
        env: Mapping[str, str] | None = None,
        tied: bool = True,
    ) -> Child:
        """Start ``argv``, its output in ``folder/name.log``, its record in ``folder/name.json``.

        ``tied``: the kernel sends it SIGTERM when the thread that started it ends, so start it
        from a thread that lives as long as the child should. Raises StackError if it can't start.
        """
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / f"{name}.log"

        def tie() -> None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

        try:
            with log.open("ab") as output:
                process = subprocess.Popen(
                    list(argv),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=dict(env) if env is not None else None,
                    start_new_session=True,
                    preexec_fn=tie if tied else None,
                )
        except OSError as error:
            raise StackError(f"{name} could not be started: {error}") from error
        created = psutil.Process(process.pid).create_time()
        record = json.dumps({"pid": process.pid, "created": created})
        (folder / f"{name}.json").write_text(record)
        return cls(name, process, log, folder)

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def stop(self, *, grace_s: float = 15) -> None:
        """End it, by force after the grace period, and forget its record."""
        if self.alive:
            self.process.terminate()
            try:
                self.process.wait(grace_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        (self.folder / f"{self.name}.json").unlink(missing_ok=True)
