"""``up``, ``status``, ``down``: one command each, and nothing left running, whatever is killed."""

import contextlib
import json
import os
import random
import signal
import time

import pytest

from streams.recording import FOLDER
from tests.streams.cli.home import Home, until

pytestmark = pytest.mark.stack

DOCUMENTS = FOLDER / "documents"
PARTS = {"supervisor", "kafka", "clickhouse", "worker", "sink"}


def kill(*processes: int) -> None:
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):  # the kernel ends some with the others
            os.kill(pid, signal.SIGKILL)


def test_up_starts_every_part_and_down_leaves_nothing_running(home: Home) -> None:
    first, second = home.begin("up"), home.begin("up")  # two at once: one starts, one waits
    assert [one.communicate()[1] + str(one.returncode) for one in (first, second)] == ["0", "0"]
    assert home.parts().keys() == PARTS
    assert len(home.processes("supervise")) == 1
    again = home.run("up")
    assert (again.returncode, again.stdout.split(":")[0]) == (0, "Already up")
    assert home.run("down").returncode == 0
    assert home.processes() == []
    assert home.run("down").stdout.strip() == "Nothing was running."


def test_after_kill_9_of_any_part_the_next_up_cleans_up(home: Home) -> None:
    """Of the supervisor, with all its children alive; then of everything, at once."""
    assert home.run("up").returncode == 0
    first = home.parts()
    kill(first["supervisor"])
    answered = home.run("up")
    assert answered.returncode == 0, answered.stderr
    second = home.parts()
    assert second.keys() == PARTS
    assert not set(first.values()) & {process.pid for process in home.processes()}
    kill(*second.values())
    assert home.run("up").returncode == 0
    assert home.parts().keys() == PARTS


def test_up_killed_at_any_moment_leaves_nothing_that_the_next_up_and_down_do_not_clean(
    home: Home,
) -> None:
    chance = random.Random(11)
    for victims in (["up"], ["supervise"], ["up", "supervise"]):
        starting = home.begin("up")
        time.sleep(chance.uniform(0.2, 4))
        kill(*(process.pid for victim in victims for process in home.processes(victim)))
        starting.communicate()
    answered = home.run("up")
    assert answered.returncode == 0, answered.stderr
    assert home.parts().keys() == PARTS
    assert home.run("down").returncode == 0
    assert home.processes() == []


@pytest.mark.parametrize("command", ["up", "demo"])
def test_ctrl_c_while_starting_stops_everything(home: Home, command: str) -> None:
    starting = home.begin(command)
    until(lambda: home.processes("kafka.Kafka"))
    starting.send_signal(signal.SIGINT)
    _, said = starting.communicate()
    assert starting.returncode == 130
    assert "Traceback" not in said
    assert home.processes() == []


def test_the_running_stack_answers_what_was_replayed_into_it(home: Home) -> None:
    """Though each of its parts is killed with -9 half way: they come back where they were."""
    mine = {"POLICY_EVENTS_NAMESPACE": "rehearsal"}
    assert home.run("up", **mine).returncode == 0
    traces = [str(path) for path in sorted((DOCUMENTS / "flights").glob("*.json"))]
    court = [str(path) for path in sorted((DOCUMENTS / "court").glob("*.json"))]
    assert home.run("replay", "flights.trace", *traces, **mine).returncode == 0
    before = home.parts()
    kill(*(pid for name, pid in before.items() if name != "supervisor"))
    until(lambda: home.run("status", **mine).returncode == 0)
    assert home.run("replay", "court.courtlistener-entries", *court, **mine).returncode == 0
    asked = ("airborne", "--at", "2025-03-15T23:25:00Z", "--format", "json")

    def answer() -> set[tuple[str, str]]:
        answered = home.run(*asked, **mine)
        found = json.loads(answered.stdout) if answered.returncode == 0 else []
        return {(one["flight"], one["certainty"]) for one in found}

    until(lambda: answer() == {("6143", "definite"), ("6145", "definite")})
    wanted = {"oral_order", "minute_order", "tro"}

    def orders() -> dict[str, str]:
        answered = home.run("query", "orders", "--format", "json", **mine)
        return {one["kind"]: one["order_id"] for one in json.loads(answered.stdout or "[]")}

    until(lambda: wanted <= orders().keys())
    until(lambda: home.parts().keys() == PARTS)  # one that came too early has to try again
    after = home.parts()
    assert [name for name in PARTS if after.get(name) == before[name]] == ["supervisor"]
    oral = orders()["oral_order"]

    def clocks() -> set[str]:
        known = home.run("airborne", "--order", oral, "--format", "json", **mine)
        assert known.returncode == 0, known.stderr
        return {one["clock"] for one in json.loads(known.stdout)}

    until(lambda: clocks() == {"pronounced"})
    tail = home.run("tail", "court.orders", "--from-start", "--no-follow", **mine)
    told = {json.loads(line)["kind"] for line in tail.stdout.splitlines()}
    assert wanted <= told
    refused = home.run("query", "DROP TABLE court_orders", **mine)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert home.run("tail", "no.such.topic", **mine).returncode == 1
