"""What goes wrong says so: one sentence, exit code 1, nothing left running. All of it is real."""

import fcntl
import os
import re
import socket
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.clickhouse.lock import FolderLock
from deploy.kafka.jars import ensure_jars, pinned
from streams.settings import Settings
from tests.deploy.kafka.test_broker import pretend_used
from tests.streams.cli.home import Home

pytestmark = pytest.mark.stack

JARS = Settings().cache / "jars"
ME = os.getpid()


def port_in_use(home: Home, holding: ExitStack, setting: str) -> dict[str, str]:
    taken = holding.enter_context(socket.socket())
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    return {setting: str(taken.getsockname()[1])}


def kafkas_port(home: Home, holding: ExitStack) -> dict[str, str]:
    return port_in_use(home, holding, "POLICY_EVENTS_KAFKA_PORT")


def clickhouses_port(home: Home, holding: ExitStack) -> dict[str, str]:
    return port_in_use(home, holding, "POLICY_EVENTS_CLICKHOUSE_PORT")


def another_jar(home: Home, holding: ExitStack) -> dict[str, str]:
    ensure_jars(JARS)
    cache = home.path.parent / "cache"
    (cache / "jars").mkdir(parents=True)
    for jar in pinned():
        (cache / "jars" / jar.name).symlink_to(JARS / jar.name)
    forged = next(cache.glob("jars/jspecify-*.jar"))
    forged.unlink()
    forged.write_bytes(b"not the jar")
    return {"POLICY_EVENTS_CACHE": str(cache)}


def no_network(home: Home, holding: ExitStack) -> dict[str, str]:
    nowhere = "http://127.0.0.1:1"  # where nobody listens
    return {
        "POLICY_EVENTS_CACHE": str(home.path.parent / "empty"),
        **dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), nowhere),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), ""),
    }


def held_home(home: Home, holding: ExitStack) -> dict[str, str]:
    (home.path / "run").mkdir(parents=True)
    lock = holding.enter_context((home.path / "run" / "supervisor.lock").open("w"))
    fcntl.flock(lock, fcntl.LOCK_EX)
    lock.write(str(ME))
    lock.flush()
    return {}


def held_database(home: Home, holding: ExitStack) -> dict[str, str]:
    (home.path / "clickhouse").mkdir(parents=True)
    lock = FolderLock(home.path / "clickhouse")
    lock.acquire()
    holding.callback(lock.release)
    return {}


def damaged_log(home: Home, holding: ExitStack) -> dict[str, str]:
    pretend_used(home.path / "kafka")
    (home.path / "kafka" / "meta.properties").write_bytes(b"\x00\x07garbage")
    return {}


def damaged_database(home: Home, holding: ExitStack) -> dict[str, str]:
    engine = home.path / "clickhouse" / "engine"
    (engine / "metadata").mkdir(parents=True)
    (engine / "metadata" / "policy_events.sql").write_bytes(b"\x00\xff nonsense")
    return {}


def broken_java(home: Home, holding: ExitStack) -> dict[str, str]:
    pretend_used(home.path / "kafka")
    return {"JDK_JAVA_OPTIONS": "-XX:NoSuchOption"}


def useless_home(home: Home, holding: ExitStack) -> dict[str, str]:
    home.path.write_text("a file")
    return {}


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (kafkas_port, rf"port \d+, wanted for Kafka, is in use by process {ME} \("),
        (clickhouses_port, rf"port \d+, wanted for ClickHouse, is in use by process {ME} \("),
        (another_jar, r"jspecify-\S+ is not the jar that was pinned: expected SHA-256 \w{64}, fou"),
        (no_network, r"\.jar could not be fetched \(.*refused\): the first start needs the netw"),
        (held_home, rf"home is held by process {ME}: stop it with `policy-events down`"),
        (held_database, rf"data folder \S+/clickhouse is held by process {ME}\b"),
        (damaged_log, r"kafka is damaged: its meta.properties names no cluster and node; restore"),
        (damaged_database, r"data folder \S+ is damaged or not ClickHouse's"),
        (broken_java, r"Kafka ended while starting.*\n(.*\n)*Unrecognized VM option 'NoSuchOption"),
        (useless_home, r"home/run can't be used: Not a directory"),
    ],
    ids=lambda one: one.__name__ if callable(one) else "",
)
def test_up_says_what_is_wrong_and_leaves_nothing_running(
    home: Home, cause: Callable[[Home, ExitStack], dict[str, str]], said: str
) -> None:
    with ExitStack() as holding:
        answered = home.run("up", **cause(home, holding))
    one_sentence(answered, said)
    assert home.processes() == []


def test_no_disk_space_is_said_with_what_is_needed(small_disk: Path) -> None:
    home = Home(small_disk / "home")
    answered = home.run("up")
    one_sentence(answered, r"no disk space for Kafka in \S+: \d+ MB are free, 512 MB are needed")
    answered = home.run("up", POLICY_EVENTS_CACHE=str(small_disk / "cache"))
    one_sentence(answered, r"no disk space for Kafka's jars in \S+: \d+ MB are free, 200 MB are n")
    assert home.processes() == []


def test_a_demo_touches_no_home_that_somebody_holds(home: Home) -> None:
    demo = Home(home.path / "demo")
    with ExitStack() as holding:
        held_home(demo, holding)
        kept = demo.path / "kafka" / "topic-0" / "0.log"
        kept.parent.mkdir(parents=True)
        kept.write_text("records")
        answered = home.run("demo")
        one_sentence(answered, rf"demo is held by process {ME}: ")
        assert kept.read_text() == "records"
    assert home.processes() == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("query", "orders"), "ClickHouse: .*Connection refused"),
        (("airborne", "--at", "2025-03-15T23:25:00Z"), "ClickHouse: .*Connection refused"),
        (("migrate",), "ClickHouse could not be asked .*Connection refused"),
    ],
)
def test_servers_of_yours_that_are_away_are_one_sentence(
    home: Home, command: tuple[str, ...], said: str
) -> None:
    away = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "CLICKHOUSE_URL": "clickhouse://127.0.0.1:1/"}
    one_sentence(home.run(*command, **away), said)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("home = [", "the settings .* are no TOML: Invalid value"),
        ("partitons = 3", "the setting partitons is wrong: "),
        ('namespace = "Live"', "the setting namespace is wrong: expected a lower-case letter"),
        (None, r"POLICY_EVENTS_CONFIG names \S+, where there is no file"),
    ],
)
def test_settings_that_are_wrong_are_one_sentence(
    home: Home, settings: str | None, said: str
) -> None:
    file = home.path.parent / "settings.toml"
    if settings is not None:
        file.write_text(settings)
    one_sentence(home.run("status", POLICY_EVENTS_CONFIG=str(file)), said)


@pytest.mark.parametrize("command", ["status", "down", "tail", "query", "dlq", "airborne"])
def test_what_is_down_is_said_in_one_sentence(home: Home, command: str) -> None:
    more = {
        "tail": ["court.orders"],
        "query": ["orders"],
        "dlq": ["list"],
        "airborne": ["--order", "x"],
    }
    answered = home.run(command, *more.get(command, []))
    if command == "down":
        assert (answered.returncode, answered.stdout.strip()) == (0, "Nothing was running.")
    else:
        one_sentence(answered, "start the embedded stack with `policy-events up`")


def one_sentence(answered: subprocess.CompletedProcess[str], said: str) -> None:
    assert answered.returncode == 1, answered.stdout + answered.stderr
    assert re.search(said, answered.stderr), answered.stderr
    assert answered.stderr.count("policy-events: ") == 1, answered.stderr
    assert answered.stderr.startswith("policy-events: "), answered.stderr
    assert "Traceback" not in answered.stderr
