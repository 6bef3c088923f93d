"""Where an insert waits until its last block is there: in memory, past a threshold on disk.

The engine then reads it as one file. chDB's own streaming insert is of no use: it reports success
when a write fails (a violated constraint, a failing view, a full disk: measured with chdb 4.4.0).
Neither kind of file has a name, so that a kill leaves nothing behind.
"""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from deploy.clickhouse.failures import Code, DatabaseError

_IN_MEMORY = 128 << 20


class Spool:
    """An unnamed file that grows block by block."""

    def __init__(self, folder: Path, *, most: int, in_memory: int = _IN_MEMORY) -> None:
        """``folder`` holds it once it exceeds ``in_memory`` bytes; ``most`` is its largest size."""
        self._folder = folder
        self._most = most
        self._in_memory = in_memory
        self._handle = os.memfd_create("insert", os.MFD_CLOEXEC)
        self._on_disk = False
        self.size = 0

    @property
    def path(self) -> str:
        """Where this process finds it."""
        return f"/proc/self/fd/{self._handle}"

    def append(self, block: bytes) -> None:
        """One more block. Raises DatabaseError when it is too much, or the disk is full."""
        if self.size + len(block) > self._most:
            raise DatabaseError(
                Code.TOO_LARGE_SIZE,
                f"An insert of more than {self._most} bytes; send it as several",
            )
        try:
            if not self._on_disk and self.size + len(block) > self._in_memory:
                self._move_to_disk()
            view = memoryview(block)
            while view:
                view = view[os.write(self._handle, view) :]
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            code = Code.NOT_ENOUGH_SPACE if full else Code.UNKNOWN_EXCEPTION
            raise DatabaseError(code, f"The insert cannot be held: {error.strerror}") from error
        self.size += len(block)

    def _move_to_disk(self) -> None:
        with tempfile.TemporaryFile(dir=self._folder) as file:
            done = 0
            while done < self.size:
                done += os.sendfile(file.fileno(), self._handle, done, self.size - done)
            handle = os.dup(file.fileno())
        os.close(self._handle)
        self._handle = handle
        self._on_disk = True

    def close(self) -> None:
        """Forget it."""
        os.close(self._handle)
