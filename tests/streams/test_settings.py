"""Settings come from the environment, then one TOML file; a namespace keeps its data apart."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from deploy.errors import StackError
from streams import addresses
from streams.addresses import Addresses, stack_file
from streams.settings import Settings


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KAFKA_BOOTSTRAP_SERVERS", "CLICKHOUSE_URL", "POLICY_EVENTS_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("POLICY_EVENTS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def test_live_has_no_prefix_and_other_namespaces_do() -> None:
    assert (Settings().topic_prefix, Settings().database) == ("", "policy_events")
    recording = Settings(namespace="recording")
    assert (recording.topic_prefix, recording.database) == ("recording.", "policy_events_recording")
    assert recording.worker_group != Settings().worker_group


@pytest.mark.parametrize("name", ["", "A", "a b", "a;drop table x", "ä", "a" * 40])
def test_a_namespace_that_is_no_plain_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="lower-case letter"):
        Settings(namespace=name)


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "policy-events.toml").write_text('partitions = 3\nnamespace = "filed"\n')
    assert Settings().partitions == 3
    monkeypatch.setenv("POLICY_EVENTS_PARTITIONS", "7")
    assert (Settings().partitions, Settings().namespace) == (7, "filed")


def test_replicated_engines_are_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Settings().clickhouse_replicated
    monkeypatch.setenv("POLICY_EVENTS_CLICKHOUSE_REPLICATED", "true")
    assert Settings().clickhouse_replicated


def test_an_unknown_setting_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "policy-events.toml").write_text("partitons = 3\n")
    with pytest.raises(ValidationError, match="partitons"):
        Settings()


def test_the_password_in_an_address_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICKHOUSE_URL", "clickhouse://writer:hunter2@db/")
    assert "hunter2" not in repr(Settings()) + str(Settings().model_dump())


def test_configured_addresses_need_no_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
    monkeypatch.setenv("CLICKHOUSE_URL", "clickhouse://db/")
    expected = Addresses("kafka:9092", "clickhouse://db/", "clickhouse://db/")
    assert addresses.find(Settings()) == expected


def test_with_nothing_running_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
    with pytest.raises(StackError, match=r"`policy-events up`, or set CLICKHOUSE_URL$"):
        addresses.find(Settings())


def test_addresses_left_by_a_dead_stack_are_not_used() -> None:
    settings = Settings()
    Addresses("old:1", "clickhouse://old/", "clickhouse://old/").write(stack_file(settings))
    assert stack_file(settings).stat().st_mode & 0o077 == 0
    assert addresses.running(settings) is None


def test_a_generation_has_names_of_its_own_that_no_namespace_can_have() -> None:
    first, third = Settings(), Settings(generation=3)
    assert (first.topic_prefix, third.topic_prefix) == ("", "live.g3.")
    assert third.worker_group == f"{first.worker_group}-g3"
    assert third.sink_group == f"{third.worker_group}-sink"
    assert (third.database, third.staging_database) == (first.database, "g3_policy_events")
    assert third.environment()["POLICY_EVENTS_GENERATION"] == "3"
    # Neither a dot nor a hyphen can stand in a namespace, and none begins with its database.
    for taken in ("live.g3", "live-g3"):
        with pytest.raises(ValidationError):
            Settings(namespace=taken)
