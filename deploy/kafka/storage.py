"""The broker's data folder: who holds it, whether it is whole, and how it gets its identity.

A whole folder has a ``meta.properties`` with cluster and node, and a log of cluster metadata. One
without segments was never used: a format that was cut short is simply done again.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from deploy.errors import StackError
from deploy.processes import Child, last_lines

FORMATTER = "kafka-format"
_CLUSTER_ID = "cG9saWN5LWV2ZW50cy0tLQ"
_FORMAT_WITHIN_S = 60.0
_IDENTITY = (re.compile(r"^cluster\.id=\S+$", re.M), re.compile(r"^node\.id=1$", re.M))
_METADATA = "__cluster_metadata-0"
_REMEDY = "restore it from a backup, or remove the folder to begin anew"


def make(data: Path, needs_bytes: int) -> None:
    """Make the folder. Raises StackError if it can't be, or if its disk has too little room."""
    if "," in str(data) or not str(data).isprintable():
        raise StackError(
            f"Kafka's data folder can't be {str(data)!r}: Kafka takes ',' as a separator, and "
            "Java can't name what is not text"
        )
    try:
        data.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(data).free
    except OSError as error:
        raise StackError(
            f"Kafka's data folder {data} can't be made: {error.strerror or error}"
        ) from error
    if free < needs_bytes:
        raise StackError(
            f"no disk space for Kafka in {data}: {free // 2**20} MB are free, "
            f"{needs_bytes // 2**20} MB are needed"
        )


def holder(data: Path) -> psutil.Process | None:
    """The live Java process that has Kafka's lock in this folder open."""
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


def whole(data: Path) -> bool:
    """Whether the folder has its identity; False if it is new. Raises StackError if damaged."""
    identity = data / "meta.properties"
    if not identity.exists():
        if any(data.glob("*-*/*.log")):
            raise StackError(
                f"{data} is damaged: it holds topics but no meta.properties; {_REMEDY}"
            )
        return False
    text = identity.read_text(errors="replace")
    if not all(line.search(text) for line in _IDENTITY):
        raise StackError(
            f"{data} is damaged: its meta.properties names no cluster and node; {_REMEDY}"
        )
    if not any((data / _METADATA).glob("*")):
        raise StackError(
            f"{data} is damaged: its {_METADATA}, which lists the topics, is gone; {_REMEDY}"
        )
    return True


def format_new(
    data: Path, run: Path, java: Sequence[str], settings: Path, env: Mapping[str, str]
) -> None:
    """Give a new folder its identity. Raises StackError with Kafka's last words if it can't."""
    (run / f"{FORMATTER}.log").unlink(missing_ok=True)
    command = [*java, "kafka.tools.StorageTool", "format", "--standalone"]
    command += ["--cluster-id", _CLUSTER_ID, "--config", str(settings)]
    child = Child.start(FORMATTER, command, folder=run, env=env)
    try:
        failed = child.process.wait(_FORMAT_WITHIN_S) != 0
    except subprocess.TimeoutExpired:
        failed = True
    finally:
        child.stop(grace_s=2)
    if failed:
        raise StackError(f"Kafka could not format {data}:\n{last_lines(child.log)}")
