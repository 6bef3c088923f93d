"""Who holds a data folder: a lock that ends with its process, and a page that says whose it is.

chDB locks its folder too, but says nothing of use when it is taken.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from deploy.errors import StackError

_LOOK_S = 0.5
"""Somebody who looks whether the lock is free holds it for a moment: wait that long."""


@dataclass(frozen=True)
class Holder:
    """The process that holds a folder, the one that started it, and its port (0: none yet).

    Creation times are seconds since the epoch; with the id they name a process for good.
    """

    pid: int
    created: float
    parent: int
    parent_created: float
    port: int = 0

    @classmethod
    def current(cls) -> Holder:
        """The process that asks."""
        parent = os.getppid()
        return cls(os.getpid(), _created(os.getpid()), parent, _created(parent))

    @property
    def orphaned(self) -> bool:
        """Whether the process that started it is gone."""
        gone = abs(_created(self.parent) - self.parent_created) > 1
        return gone or _parent_of(self.pid) != self.parent

    @property
    def process(self) -> psutil.Process | None:
        """The process, if it still runs."""
        try:
            process = psutil.Process(self.pid)
            if abs(process.create_time() - self.created) > 1:
                return None
            return None if process.status() == psutil.STATUS_ZOMBIE else process
        except psutil.NoSuchProcess:
            return None


def _created(pid: int) -> float:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return 0.0


def _parent_of(pid: int) -> int:
    try:
        return int(psutil.Process(pid).ppid())
    except psutil.NoSuchProcess:
        return 0


def _locked(handle: int) -> bool:
    """Take the lock of an open file, if it is free."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class FolderLock:
    """The lock of a data folder, held until the process ends or ``release``."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "holder.lock"
        self._handle = -1

    def acquire(self) -> None:
        """Hold the folder. Raises StackError that names who holds it."""
        handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        until = time.monotonic() + _LOOK_S
        while not _locked(handle):
            if time.monotonic() > until:
                os.close(handle)
                holder = self.holder()
                who = f"process {holder.pid}" if holder else "another process"
                raise StackError(f"data folder {self._file.parent} is held by {who}")
            time.sleep(0.05)
        self._handle = handle
        self.write(Holder.current())

    def write(self, holder: Holder) -> None:
        """Say who holds it; readers see the page before or after, never half of it."""
        page = json.dumps(asdict(holder)).encode().ljust(512)
        os.pwrite(self._handle, page, 0)

    def holder(self) -> Holder | None:
        """The live process that the page names; None if there is none or it is gone."""
        try:
            holder = Holder(**json.loads(self._file.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
        return holder if holder.process is not None else None

    def held(self) -> bool:
        """Whether some process holds it now."""
        try:
            handle = os.open(self._file, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            return not _locked(handle)
        finally:
            os.close(handle)

    def release(self) -> None:
        """Let go of the folder."""
        os.close(self._handle)
