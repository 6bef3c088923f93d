"""A home folder of its own, and the command line on it, as a person at a terminal has them."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

COMMAND = [sys.executable, "-m", "streams.cli"]
PATIENCE_S = 300
"""For what must come about, on however busy a machine."""


@dataclass
class Home:
    """One home; its ports are free ones."""

    path: Path

    def environment(self, **more: str) -> dict[str, str]:
        own = {
            "POLICY_EVENTS_HOME": str(self.path),
            "POLICY_EVENTS_KAFKA_PORT": "0",
            "POLICY_EVENTS_CLICKHOUSE_PORT": "0",
        }
        return {**os.environ, **own, **more}

    def run(self, *argv: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *argv],
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def begin(self, *argv: str, **more: str) -> subprocess.Popen[str]:
        """Run a command beside the test."""
        return subprocess.Popen(
            [*COMMAND, *argv],
            env=self.environment(**more),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def processes(self, *words: str) -> list[psutil.Process]:
        """Every live process that works on this home, with these words in its command."""
        return list(self._processes(words))

    def _processes(self, words: tuple[str, ...]) -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            # One that ends while it is looked at is none.
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                home = process.environ().get("POLICY_EVENTS_HOME", "")
                ours = Path(home).is_relative_to(self.path) and process.pid != os.getpid()
                if (
                    ours
                    and process.status() != psutil.STATUS_ZOMBIE
                    and set(words) <= set(process.cmdline())
                ):
                    yield process

    def status(self) -> dict[str, Any]:
        answered = self.run("status", "--format", "json")
        assert answered.returncode == 0, answered.stderr
        return json.loads(answered.stdout)

    def parts(self) -> dict[str, int]:
        """Process ids of the parts that run, by name."""
        return {name: pid for name, pid in self.status()["processes"].items() if pid}


def until(true: Callable[[], object]) -> None:
    """Wait until something holds; what is waited for gets as much of the machine as the asking."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        asked = time.monotonic()
        if true():
            return
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(max(0.05, time.monotonic() - asked))
