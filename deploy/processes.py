"""Child processes that leave nothing behind: started here, recorded on disk, found again, stopped.

A child's record (process id and creation time, which together name one process for good, of
itself and of its starter) is written beside its log, so that a later run can find and end what
an earlier one left behind, even one killed with -9. The kernel ends a child whose parent dies,
where it can (Linux).
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.errors import StackError

_COLLECTED_WITHIN_S = 3
_FORCE_S = 10
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
# The child asks for it itself, then becomes the program. A function run between fork and exec would
# not do: Python then holds its locks over the fork, and a Ctrl-C that comes at that moment is
# swallowed and leaves the lock of `logging` held for ever.
_TIE = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 15)  # PR_SET_PDEATHSIG, SIGTERM
if os.getppid() != int(sys.argv[1]):  # it died before the kernel was told
    os._exit(1)
os.execvp(sys.argv[2], sys.argv[2:])
"""


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
            if connection.pid is None:  # the kernel tells only root whose it is
                return "another user's process"
            try:
                return f"process {connection.pid} ({psutil.Process(connection.pid).name()})"
            except psutil.NoSuchProcess:
                continue
    return "another process"


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


def write_record(folder: Path, name: str, process: psutil.Process, starts: psutil.Process) -> None:
    """Record a process and the one that looks after it; readers see all of it or nothing."""
    record = {"pid": process.pid, "created": process.create_time()}
    record |= {"starter": starts.pid, "starter_created": starts.create_time()}
    partial = folder / f"{name}.json.partial"
    partial.write_text(json.dumps(record))
    partial.replace(folder / f"{name}.json")


def forget_record(folder: Path, name: str, pid: int) -> None:
    """Remove the record of this name, unless it speaks of another process by now."""
    record = folder / f"{name}.json"
    try:
        other = int(json.loads(record.read_text())["pid"]) != pid
    except (OSError, ValueError, KeyError, TypeError):
        other = False
    if not other:
        record.unlink(missing_ok=True)


def untie() -> None:
    """Let this process outlive the one that started it ``tied``."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, 0)


def recorded(folder: Path, name: str) -> psutil.Process | None:
    """The live process that the record of this name speaks of; None if it is gone."""
    return _alive(folder / f"{name}.json", "pid", "created")


def starter(folder: Path, name: str) -> psutil.Process | None:
    """The live process that started the recorded one; None if nobody looks after that any more.

    Who the kernel says is the parent is no answer: an orphan goes to process 1, or to any
    reaper above it, such as a desktop session's.
    """
    return _alive(folder / f"{name}.json", "starter", "starter_created")


def _alive(record: Path, pid: str, created: str) -> psutil.Process | None:
    try:
        read = json.loads(record.read_text())
        process = psutil.Process(int(read[pid]))
        same = abs(process.create_time() - float(read[created])) < 1
        alive = same and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, KeyError, TypeError, psutil.NoSuchProcess):
        return None
    return process if alive else None


def stop(process: psutil.Process, *, grace_s: float = 15) -> None:
    """End a process: politely, then after the grace period by force.

    Raises StackError if even that does not end it.
    """
    try:
        process.terminate()
        if not _ends(process, grace_s):
            process.kill()
            if not _ends(process, _FORCE_S):
                raise StackError(f"process {process.pid} can't be ended, not even by force")
    except psutil.NoSuchProcess:
        return


def _ends(process: psutil.Process, within_s: float) -> bool:
    """Whether it ends in time. Dead is enough: in a container nobody may collect the dead."""
    deadline = time.monotonic() + within_s
    while True:
        dead = process.status() == psutil.STATUS_ZOMBIE
        try:
            process.wait(_COLLECTED_WITHIN_S if dead else 0.1)
        except psutil.TimeoutExpired:
            if dead or time.monotonic() > deadline:
                return dead
        else:
            return True


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
        record: bool = True,
    ) -> Child:
        """Start ``argv``, its output in ``folder/name.log``, its record in ``folder/name.json``.

        ``tied``: the kernel sends it SIGTERM when the thread that started it ends, so start it
        from a thread that lives as long as the child should. ``record`` False: the child writes
        its own. Raises StackError if it can't start.
        """
        log = folder / f"{name}.log"
        starts = psutil.Process()
        if shutil.which(argv[0]) is None:
            raise StackError(f"{name} could not be started: there is no program {argv[0]}")
        tie = [sys.executable, "-I", "-S", "-c", _TIE, str(starts.pid)] if tied else []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with log.open("ab") as output:
                process = subprocess.Popen(
                    [*tie, *argv],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=dict(env) if env is not None else None,
                    start_new_session=True,
                )
        except OSError as error:
            raise StackError(f"{name} could not be started: {error}") from error
        if record:
            write_record(folder, name, psutil.Process(process.pid), starts)
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
                self.process.wait(_FORCE_S)
        forget_record(self.folder, self.name, self.process.pid)
