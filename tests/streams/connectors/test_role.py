"""The role as a container runs it: killed at any moment, and asked for its secrets."""

import contextlib
import gzip
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.clickhouse.embedded import EmbeddedClickHouse
from deploy.processes import free_port
from streams.bootstrap import embedded_stack
from streams.connectors.archive import Archive
from streams.connectors.outlet import newest_by_key
from streams.settings import Settings
from tests.streams.connectors.conftest import Desk
from tests.streams.connectors.station import Answer, Station, ok, status
from tests.streams.connectors.test_lane import court
from tests.streams.connectors.test_receiver import delivery
from tests.streams.feeds.court.documents import dumped
from tests.streams.feeds.flights.documents import AIRCRAFT, readsb
from tests.streams.feeds.news.articles import rss

pytestmark = pytest.mark.stack

COMMAND = [sys.executable, "-m", "streams.cli"]
SECRETS = {
    "TOKEN_OF_TEST": "token-8c2f19aa",
    "CLIENT_OF_TEST": "client-3b7d55e0",
    "CLIENT_SECRET_OF_TEST": "clientsecret-f00dfeed",
    "PATH_OF_TEST": "path-0123456789abcdef0123456789abcdef",
}
HEAD = 'contact = "desk@example.org"\n'
QUICK = "every_s = 0.05\nrequests_per_minute = 60000\nrequest_timeout_s = 2\n"


@dataclass
class Role:
    """A home, a namespace and the command on them."""

    kafka: str
    home: Path
    namespace: str

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **SECRETS,
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka,
            "POLICY_EVENTS_HOME": str(self.home),
            "POLICY_EVENTS_NAMESPACE": self.namespace,
            "POLICY_EVENTS_PARTITIONS": "2",
            "POLICY_EVENTS_FEEDS_FILE": str(self.home / "feeds.toml"),
        }

    def start(self) -> subprocess.Popen[bytes]:
        with (self.home / "log").open("ab") as log:
            return subprocess.Popen(
                [*COMMAND, "feeds"], env=self.environment(), stdout=log, stderr=log
            )

    @property
    def desk(self) -> Desk:
        return Desk(self.kafka, f"{self.namespace}.", self.home / f"archive-{self.namespace}")

    def account(self) -> dict[str, dict[str, object]]:
        file = self.home / "run" / f"feeds-{self.namespace}.json"
        found = json.loads(file.read_text()) if file.exists() else {"feeds": []}
        return {one["feed"]: one for one in found["feeds"]}


@pytest.fixture
def role(kafka: str, tmp_path: Path) -> Role:
    return Role(kafka, tmp_path, f"r{uuid.uuid4().hex[:8]}")


@contextlib.contextmanager
def running(role: Role) -> Iterator[subprocess.Popen[bytes]]:
    process = role.start()
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0, (role.home / "log").read_text()


def until(condition: Callable[[], bool], role: Role, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, (role.home / "log").read_text()[-3000:]
        time.sleep(0.1)


def counting(begin: int) -> Answer:
    """Each answer a second later than the one before."""
    count = itertools.count()

    def answer(handler: object) -> None:
        ok(dumped(readsb(AIRCRAFT, now=begin + next(count))))(handler)  # type: ignore[arg-type]

    return answer


def test_killed_at_any_moment_it_loses_nothing(role: Role, station: Station) -> None:
    begin = int(time.time()) - 50_000
    pages = [ok(court(*range(1, n + 1))) for n in range(1, 41)]
    (role.home / "feeds.toml").write_text(
        HEAD
        + f'[[feeds]]\nname = "sky"\ntype = "readsb"\nurl = "{station.url}/sky"\n{QUICK}'
        + f'[[feeds]]\nname = "courts"\ntype = "cmecf-rss"\ncourts = ["dcd"]\n'
        f'url = "{station.url}/court"\n{QUICK}'
        + f'[[feeds]]\nname = "paper"\ntype = "news-rss"\nurl = "{station.url}/paper"\n{QUICK}'
    )
    station.on("/sky", counting(begin))
    station.on("/court", *pages)
    station.on("/paper", *(ok(rss(*map(str, range(n)))) for n in range(1, 41)))
    chance = random.Random(11)
    for _ in range(4):
        process = role.start()
        before = len(station.hits("/court"))
        until(lambda before=before: len(station.hits("/court")) > before + 1, role)
        time.sleep(chance.uniform(0, 0.3))
        process.kill()
        process.wait(30)
    with running(role):
        station.answers["/court"], station.answers["/paper"] = (
            [pages[-1]],
            station.answers["/paper"][-1:],
        )
        asked = {path: len(station.hits(path)) for path in ("/court", "/paper")}
        until(lambda: all(len(station.hits(one)) > asked[one] + 2 for one in asked), role)
        until(lambda: not any(one["waiting"] for one in role.account().values()), role)
    desk = role.desk
    assert {one.short_description for one in desk.records("court.docket-entries")} == {
        f"Order {n}" for n in range(1, 41)
    }
    assert {one.title for one in desk.records("news.articles")} == {str(n) for n in range(40)}
    # What was kept at the last moment, and not published yet, the next life publishes.
    station.answers["/sky"] = [status(503)]
    archive = Archive(desk.folder)
    kept = {json.loads(archive.read(one))["now"] for one in archive.entries("sky")}

    def seen() -> set[int]:
        return {(one.observed_at + 1500) // 1000 for one in desk.records("flights.positions")}

    before = len(station.hits("/sky"))
    with running(role):
        until(lambda: len(station.hits("/sky")) > before, role)
        until(lambda: kept <= seen(), role)
    assert seen() == kept
    # What a kill has repeated has the same identity and says the same: the tables keep one.
    facts = desk.facts("court.docket-entries")
    assert len(set(facts)) == 40


def test_no_secret_is_logged_kept_or_published(role: Role, station: Station) -> None:
    """Against a server that refuses everything, and repeats what it heard."""

    def echo(handler: object) -> None:
        heard = handler.headers.get("Authorization", "")  # type: ignore[attr-defined]
        status(401, X_Heard=heard, WWW_Authenticate=heard)(handler)  # type: ignore[arg-type]

    port = free_port()
    (role.home / "feeds.toml").write_text(
        HEAD + f'[[feeds]]\nname = "listener"\ntype = "courtlistener"\ndockets = [1]\n'
        f'token = {{ env = "TOKEN_OF_TEST" }}\nurl = "{station.url}/api/"\n{QUICK}'
        + f'[[feeds]]\nname = "sky"\ntype = "opensky"\nurl = "{station.url}/states"\n'
        f'token_url = "{station.url}/token"\nclient_id = {{ env = "CLIENT_OF_TEST" }}\n'
        f'client_secret = {{ env = "CLIENT_SECRET_OF_TEST" }}\n{QUICK}'
        + f'[[feeds]]\nname = "alerts"\ntype = "courtlistener-webhook"\n'
        f'listen = "127.0.0.1:{port}"\npath_secret = {{ env = "PATH_OF_TEST" }}\n'
    )
    token = "bearer-77aa11ee"
    station.on("/token", ok(json.dumps({"access_token": token, "expires_in": 1800})))
    station.on("/api/dockets/1/", echo)
    station.on("/states", echo)
    url = f"http://127.0.0.1:{port}/alerts/{SECRETS['PATH_OF_TEST']}"
    with running(role):
        until(lambda: sum(bool(one["errors"]) for one in role.account().values()) == 2, role)
        until(lambda: _answers(url), role)
        shown = subprocess.run(
            [*COMMAND, "feeds", "--check"], env=role.environment(), capture_output=True, check=True
        )
    heard = b"".join(one.body + str(one.headers).encode() for one in station.asked)
    hidden = [*(value.encode() for value in SECRETS.values()), token.encode()]
    assert [one for one in hidden if one not in heard] == [SECRETS["PATH_OF_TEST"].encode()]
    kept = [shown.stdout, shown.stderr]
    for file in role.home.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            kept.append(gzip.decompress(data) if file.suffix == ".gz" else data)
    for topic in ("feed.cursors", "feed.deliveries", "feed.progress", "court.docket-entries",
                  "court.docket-entries.dlq", "flights.positions.dlq"):  # fmt: skip
        kept += [repr(one).encode() for one in role.desk.messages(topic)]
    everything = b"\n".join(kept)
    assert b"401" in everything
    assert [one for one in hidden if one in everything] == []


def _answers(url: str) -> bool:
    try:
        return httpx.post(url, content=delivery(1), trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def test_status_and_metrics_say_how_each_feed_is(role: Role, station: Station) -> None:
    port = free_port()
    (role.home / "feeds.toml").write_text(
        HEAD
        + f'metrics = "127.0.0.1:{port}"\n'
        + f'[[feeds]]\nname = "courts"\ntype = "cmecf-rss"\ncourts = ["dcd"]\n'
        f'url = "{station.url}/court"\n{QUICK}'
        + f'[[feeds]]\nname = "gone"\ntype = "readsb"\nurl = "{station.url}/gone"\n'
        f"silent_after_s = 0.1\n{QUICK}"
    )
    station.on("/court", ok(court(1, 2)))
    with running(role):
        until(lambda: "silent" in str(role.account().get("gone")), role)
        until(lambda: role.account()["courts/dcd"]["published"] == 2, role)
        environment = role.environment() | {"CLICKHOUSE_URL": "clickhouse://127.0.0.1:1/"}
        status = [*COMMAND, "status", "--format", "json"]
        said = json.loads(subprocess.run(status, env=environment, capture_output=True).stdout)
        assert said["feeds_run"]
        assert [one["feed"] for one in said["feeds"]["feeds"]] == ["courts/dcd", "gone"]
        metrics = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    well, gone = role.account()["courts/dcd"], role.account()["gone"]
    assert well["health"] == []
    assert well["last_new"] is not None
    assert well["complete_through"] == "2025-03-16T00:00:00.000Z"
    assert gone["last_success"] is None
    assert gone["errors"].keys() == {"status-404"}  # type: ignore[attr-defined]
    assert 'policy_events_feed_records_total{feed="courts/dcd"} 2.0' in metrics
    assert 'policy_events_feed_errors_total{feed="gone",kind="status-404"}' in metrics
    assert 'policy_events_feed_last_success_timestamp_seconds{feed="courts/dcd"}' in metrics
    assert 'complete_through_timestamp_seconds{feed="courts/dcd"} 1.7420832e+09' in metrics
    cursors = newest_by_key(role.kafka, f"{role.namespace}.feed.cursors")
    assert cursors["courts/dcd"]["published"] == 2


def test_two_of_them_do_not_share_an_archive(role: Role, station: Station) -> None:
    (role.home / "feeds.toml").write_text(
        HEAD + f'[[feeds]]\nname = "sky"\ntype = "readsb"\nurl = "{station.url}/sky"\n{QUICK}'
    )
    with running(role):
        until(lambda: bool(role.account()), role)
        second = subprocess.run(
            [*COMMAND, "feeds"], env=role.environment(), capture_output=True, text=True, check=False
        )
    assert second.returncode == 1
    assert "is held by another process" in second.stderr
    assert "Traceback" not in second.stderr


def test_up_runs_the_feeds_where_there_is_a_file_of_them(
    role: Role, clickhouse: EmbeddedClickHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (role.environment() | {"CLICKHOUSE_URL": clickhouse.url}).items():
        monkeypatch.setenv(name, value)
    names = [[one.name for one in embedded_stack(Settings()).prepare()]]
    (role.home / "feeds.toml").write_text(HEAD)
    roles = embedded_stack(Settings()).prepare()
    assert [*names, [one.name for one in roles]] == [
        ["worker", "sink"], ["worker", "sink", "feeds"],
    ]  # fmt: skip
    assert roles[-1].env["POLICY_EVENTS_FEEDS_FILE"] == str(role.home / "feeds.toml")


def test_the_archive_is_replayed_through_todays_parsers(
    role: Role, station: Station, clickhouse: EmbeddedClickHouse
) -> None:
    (role.home / "feeds.toml").write_text(
        HEAD + f'[[feeds]]\nname = "courts"\ntype = "cmecf-rss"\ncourts = ["dcd"]\n'
        f'url = "{station.url}/court"\n{QUICK}'
        f'[[feeds]]\nname = "paper"\ntype = "news-rss"\nurl = "{station.url}/paper"\n{QUICK}'
    )
    station.on("/court", ok(court(1)), ok(court(1, 2)), ok(b"<html>"), ok(court(1, 2, 3)))
    station.on("/paper", ok(rss("A visit")))
    with running(role):
        until(lambda: role.account().get("courts/dcd", {}).get("published") == 3, role)
        until(lambda: role.account().get("paper", {}).get("published") == 1, role)
    desk = role.desk
    live = desk.facts("court.docket-entries")
    environment = role.environment() | {"CLICKHOUSE_URL": clickhouse.url}
    command = [*COMMAND, "replay", "court.cmecf-rss", "--from-archive", "--lane", "courts"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr  # one document cannot be read, and is named
    assert "courts/dcd" in done.stderr
    assert "expected" in done.stderr
    assert f"{role.namespace}.court.docket-entries: 3 records" in done.stdout
    again = desk.facts("court.docket-entries")
    assert again == live * 2 or sorted(map(repr, again)) == sorted(map(repr, live * 2))
    assert len(desk.records("news.articles")) == 1
