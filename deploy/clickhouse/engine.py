"""The engine: a database folder goes in, connections to chDB come out."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import chdb

from deploy.clickhouse.failures import DatabaseError
from deploy.clickhouse.statements import literal
from deploy.clickhouse.users import CONFIG, ReadOnly

_CONNECT: Callable[[str], Any] = chdb.connect


class Engine:
    """One database folder, opened by this process alone."""

    def __init__(self, folder: Path) -> None:
        """Open the folder. Raises DatabaseError if the engine refuses it."""
        self.folder = folder
        self._address = f"{folder}?config-file={quote(str(CONFIG / 'engine.xml'))}"
        self._guard = threading.Lock()
        self._control = self.connect()
        ((version, self.timezone),) = self._ask("SELECT version(), timezone()")
        major, minor, patch = (int(part) for part in version.split(".")[:3])
        self.version = (major, minor, patch)
        self.settings = frozenset(name for (name,) in self._ask("SELECT name FROM system.settings"))
        self.readonly = ReadOnly.load()
        self.normal_forms: dict[str, str] = {}

    def connect(self) -> Any:
        """A connection to the engine. Raises DatabaseError."""
        try:
            return _CONNECT(self._address)
        except Exception as error:
            raise DatabaseError.of(error) from error

    def _ask(self, sql: str) -> list[list[str]]:
        with self._guard:
            return rows(self._control, sql)

    def kill(self, tag: str) -> None:
        """End the statement that a session runs, from another thread; nothing if none runs."""
        self._ask(f"KILL QUERY WHERE Settings['log_comment'] = {literal(tag)} ASYNC")

    def close(self) -> None:
        """Let go of the folder."""
        with self._guard:
            self._control.close()


def rows(connection: Any, sql: str) -> list[list[Any]]:
    """A small result. Raises DatabaseError."""
    try:
        text = bytes(connection.query(sql, "JSONCompactEachRow").bytes())
    except Exception as error:
        raise DatabaseError.of(error) from error
    return [json.loads(line) for line in text.splitlines() if line]
