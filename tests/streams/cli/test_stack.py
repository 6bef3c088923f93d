"""``up``, ``status``, ``down``: one command each, and nothing left running, whatever is killed."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from streams.recording import FOLDER

pytestmark = pytest.mark.stack

DOCUMENTS = FOLDER / "documents"

COMMAND = [sys.executable, "-m", "streams.cli"]
PARTS = {"supervisor", "kafka", "clickhouse", "worker", "sink"}


@dataclass
class Home:
    """A home folder of its own, and the command line on it."""

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
            timeout=120,
            check=False,
        )

    def processes(self) -> list[psutil.Process]:
        """Every process that works on this home."""
        found = []
        for process in psutil.process_iter():
            try:
                ours = process.environ().get("POLICY_EVENTS_HOME") == str(self.path)
                if ours and process.pid != os.getpid():
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return [one for one in found if one.is_running() and one.status() != "zombie"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path / "home")
    yield made
    made.run("down")
    for process in made.processes():
        process.kill()


def status(home: Home) -> dict[str, object]:
    answered = home.run("status", "--format", "json")
    assert answered.returncode == 0, answered.stderr
    return json.loads(answered.stdout)


def test_up_starts_every_part_and_down_leaves_nothing_running(home: Home) -> None:
    answered = home.run("up")
    assert answered.returncode == 0, answered.stderr
    assert {name for name, pid in status(home)["processes"].items() if pid} == PARTS
    again = home.run("up")
    assert (again.returncode, again.stdout.split(":")[0]) == (0, "Already up")
    assert home.run("down").returncode == 0
    assert home.processes() == []
    assert home.run("down").stdout.strip() == "Nothing was running."


def test_what_is_down_is_said_in_one_sentence(home: Home) -> None:
    answered = home.run("status")
    assert answered.returncode == 1
    assert "start the embedded stack with `policy-events up`" in answered.stderr
    assert "Traceback" not in answered.stderr


def test_a_taken_port_is_said_and_nothing_is_left_running(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answered = home.run("up", POLICY_EVENTS_CLICKHOUSE_PORT=str(port))
    assert answered.returncode == 1
    assert str(port) in answered.stderr
    assert str(os.getpid()) in answered.stderr
    assert "Traceback" not in answered.stderr
    assert home.processes() == []


def test_after_kill_9_of_any_part_the_next_up_cleans_up(home: Home) -> None:
    """Of the supervisor, with all its children alive; then of everything, at once."""
    assert home.run("up").returncode == 0
    first = status(home)["processes"]
    os.kill(first["supervisor"], signal.SIGKILL)
    answered = home.run("up")
    assert answered.returncode == 0, answered.stderr
    second = status(home)["processes"]
    assert {name for name, pid in second.items() if pid} == PARTS
    assert not set(first.values()) & {process.pid for process in home.processes()}
    for pid in second.values():
        with contextlib.suppress(ProcessLookupError):  # the kernel ends some with the supervisor
            os.kill(pid, signal.SIGKILL)
    assert home.run("up").returncode == 0
    assert {name for name, pid in status(home)["processes"].items() if pid} == PARTS


def test_up_killed_at_any_moment_leaves_nothing_that_the_next_up_and_down_do_not_clean(
    home: Home,
) -> None:
    chance = random.Random(11)
    for _ in range(3):
        starting = subprocess.Popen(
            [*COMMAND, "up"],
            env=home.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.2, 5))
        supervisors = [one for one in home.processes() if "supervise" in one.cmdline()]
        for process in (psutil.Process(starting.pid), *supervisors):
            if chance.random() < 0.7 or not supervisors:
                process.kill()
        starting.wait(60)
    answered = home.run("up")
    assert answered.returncode == 0, answered.stderr
    assert home.run("down").returncode == 0
    assert home.processes() == []


def test_ctrl_c_while_starting_stops_everything(home: Home) -> None:
    starting = subprocess.Popen(
        [*COMMAND, "up"], env=home.environment(), stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 30
    while not any("kafka.Kafka" in one.cmdline() for one in home.processes()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    starting.send_signal(signal.SIGINT)
    _, said = starting.communicate(timeout=60)
    assert starting.returncode == 130
    assert "Traceback" not in said
    assert home.processes() == []


def test_the_running_stack_answers_what_was_replayed_into_it(home: Home) -> None:
    mine = {"POLICY_EVENTS_NAMESPACE": "rehearsal"}
    assert home.run("up", **mine).returncode == 0
    traces = [str(path) for path in sorted((DOCUMENTS / "flights").glob("*.json"))]
    court = [str(path) for path in sorted((DOCUMENTS / "court").glob("*.json"))]
    assert home.run("replay", "flights.trace", *traces, **mine).returncode == 0
    assert home.run("replay", "court.courtlistener-entries", *court, **mine).returncode == 0
    asked = ("airborne", "--at", "2025-03-15T23:25:00Z", "--format", "json")
    deadline = time.monotonic() + 60
    while True:
        answered = home.run(*asked, **mine)
        found = json.loads(answered.stdout) if answered.returncode == 0 else []
        if {(one["flight"], one["certainty"]) for one in found} == {
            ("6143", "definite"), ("6145", "definite"),
        }:  # fmt: skip
            break
        assert time.monotonic() < deadline, answered.stderr
        time.sleep(0.3)

    orders = home.run("query", "orders", "--format", "json", **mine)
    assert orders.returncode == 0, orders.stderr
    (oral,) = [one for one in json.loads(orders.stdout) if one["kind"] == "oral_order"]
    known = home.run("airborne", "--order", oral["order_id"], "--format", "json", **mine)
    assert known.returncode == 0, known.stderr
    assert {one["clock"] for one in json.loads(known.stdout)} == {"pronounced"}

    tail = home.run("tail", "court.orders", "--from-start", "--no-follow", **mine)
    kinds = {json.loads(line)["kind"] for line in tail.stdout.splitlines()}
    assert {"oral_order", "minute_order", "tro"} <= kinds
    refused = home.run("query", "DROP TABLE court_orders", **mine)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert home.run("tail", "no.such.topic", **mine).returncode == 1
