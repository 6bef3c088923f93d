"""The swap of a rebuild's tables: whole for who reads, right however often it is cut short."""

import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import Error as DriverError

from deploy.clickhouse.embedded import EmbeddedClickHouse
from deploy.errors import StackError
from schemas.topics import catalogue
from sinks.columns import block
from sinks.generations import Swap, derived, histories, replaced
from sinks.migrate import migrate
from sinks.tables import tables
from sinks.warehouse import Warehouse
from streams.facts.identity import Revision
from streams.rebuilding.building import much_fewer
from tests.fixtures.steps import KilledError, killed_at
from tests.sinks.records import consumed, event, leg, link

LATER = "2100-01-01 00:00:00"


class World:
    """A live database with rows of a generation, and the next one's beside it.

    Tests share one, since a database takes seconds to make: each goes a generation on.
    """

    def __init__(self, clickhouse: EmbeddedClickHouse) -> None:
        self.live = f"s{uuid.uuid4().hex[:8]}"
        self.url = clickhouse.url
        migrate(self.url, self.live)
        self.client = Client.from_url(self.url)
        self.generation = 0
        self.fill(self.live, 0)

    @property
    def swap(self) -> Swap:
        number = self.generation + 1
        return Swap(self.url, self.live, f"g{number}_{self.live}", number, prefix(number))

    def fill(self, database: str, generation: int, count: int = 3) -> None:
        """Rows whose links, events and legs say which generation they come from."""
        warehouse, said = Warehouse(self.url, database), f"of {generation}"
        facts = {
            "flights.legs": [leg(f"leg-{n}", callsign=said) for n in range(count)],
            "policy.events": [event(f"event-{n}", title=said) for n in range(count)],
            "policy.links": [link(f"link-{n}", policy=said) for n in range(count)],
        }
        for topic, records in list(facts.items()):
            if f"{topic}.changes" in tables():
                facts[f"{topic}.changes"] = records
        for topic, records in facts.items():
            messages = [
                replace(
                    consumed(replace(one, revision=Revision(n)), n),
                    topic=prefix(generation) + topic,
                )
                for n, one in enumerate(records)
            ]
            made = block(tables()[topic], messages, generation=generation)
            # What another generation says under a number is no contradiction.
            assert not warehouse.conflicts(made)
            warehouse.insert(made, uuid.uuid4().hex)
        warehouse.close()

    def build(self) -> Swap:
        swap = self.swap
        swap.prepare()
        self.fill(swap.staging, swap.generation)
        return swap

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self.client.execute(sql.replace("LIVE", self.live))
        return rows

    def standing(self) -> set[tuple[str, str, int]]:
        return set(self.ask(STANDING))

    def history(self) -> list[tuple[int, str, int]]:
        return self.ask(
            "SELECT generation, policy, count() FROM LIVE.policy_links_history "
            "GROUP BY ALL ORDER BY ALL"
        )

    def as_of(self, moment: str) -> list[tuple[Any, ...]]:
        view = f"LIVE.policy_links_as_of(as_of = '{moment}')"
        return self.ask(f"SELECT * FROM {view} ORDER BY link_id")


def prefix(generation: int) -> str:
    return f"test.g{generation}." if generation else ""


def rows_of(generation: int, count: int = 3) -> set[tuple[str, str, int]]:
    return {(name, f"of {generation}", count) for name in ("legs", "ends", "events", "links")}


STANDING = """
SELECT 'legs', any(callsign), count() FROM LIVE.flights_legs_current UNION ALL
SELECT 'ends', any(callsign), count() FROM LIVE.flights_leg_ends FINAL UNION ALL
SELECT 'events', any(title), count() FROM LIVE.policy_events_current UNION ALL
SELECT 'links', any(policy), count() FROM LIVE.policy_links_current
"""
STEPS = [
    "fenced",
    f"history {histories()[-1].name}",
    f"exchanged {replaced()[0]}",
    f"exchanged {replaced()[-1]}",
    "opened",
]
NOW = "SELECT toString(now64(3, 'UTC'))"


@pytest.fixture(scope="module")
def world(clickhouse: EmbeddedClickHouse) -> Iterator[World]:
    made = World(clickhouse)
    yield made
    databases = "SELECT name FROM system.databases WHERE endsWith(name, 'LIVE')"
    for (name,) in made.ask(databases):
        made.client.execute(f"DROP DATABASE {name} SYNC")
    made.client.disconnect()


def test_all_that_is_worked_out_is_swapped_and_nothing_that_was_received() -> None:
    for table in derived():
        assert "feeds" not in catalogue()[table.topic].producers
    named = {table.name for table in derived()}
    received = {"flights_positions", "court_docket_entries", "news_articles", "feed_progress"}
    assert named == {table.name for table in tables().values() if table.subject} - received
    assert set(replaced()) | {table.name for table in histories()} == named


@pytest.mark.stack
def test_a_swap_replaces_what_stands_adds_to_history_and_leaves_what_was_said_before(
    world: World,
) -> None:
    old, history, before = world.generation, world.history(), world.as_of(LATER)
    swap = world.build()
    assert world.standing() == rows_of(old)
    ((moment,),) = world.ask(NOW)
    swap.run("new rules")
    world.generation += 1
    assert world.standing() == rows_of(world.generation)
    assert world.history() == [*history, (world.generation, f"of {world.generation}", 3)]
    assert world.as_of(moment) == before
    assert world.as_of(LATER) != before
    opened = world.ask("SELECT generation, reason FROM LIVE.generations ORDER BY generation")
    assert opened[0] == (0, "the first one")
    assert opened[-1] == (world.generation, "new rules")


@pytest.mark.stack
@pytest.mark.parametrize("step", STEPS)
def test_cut_short_anywhere_it_ends_right_when_done_again(world: World, step: str) -> None:
    old, history = world.generation, world.history()
    swap = world.build()
    with pytest.raises(KilledError):
        swap.run("new rules", probe=killed_at(step))
    if swap.begun():
        with pytest.raises(StackError, match="being swapped in"):
            swap.prepare()
    else:
        assert world.standing() == rows_of(old)
        world.build()
        assert world.history() == history
    swap.run("new rules")
    swap.run("new rules")
    world.generation += 1
    assert world.standing() == rows_of(world.generation)
    assert world.history() == [*history, (world.generation, f"of {world.generation}", 3)]
    assert world.ask("SELECT count() FROM LIVE.generations") == [(world.generation + 1,)]


@pytest.mark.stack
def test_who_asks_meanwhile_gets_the_old_or_the_new_each_whole(world: World) -> None:
    old, swap = world.generation, world.build()
    done = threading.Event()
    seen: list[tuple[str, str, int]] = []
    failed: list[DriverError] = []

    def asking() -> None:
        client = Client.from_url(world.url)
        try:
            while not done.is_set():
                seen.extend(client.execute(STANDING.replace("LIVE", world.live)))
        except DriverError as error:
            failed.append(error)
        finally:
            client.disconnect()

    def wait_for(count: int) -> None:
        for _ in range(3_000):
            if len(seen) >= count or failed:
                return
            done.wait(0.01)
        raise AssertionError(f"{len(seen)} rows were read, and not {count}")

    readers = [threading.Thread(target=asking, daemon=True) for _ in range(3)]
    for one in readers:
        one.start()
    wait_for(30)
    swap.run("new rules")
    world.generation += 1
    wait_for(len(seen) + 30)
    done.set()
    for one in readers:
        one.join(30)
        assert not one.is_alive()
    assert not failed
    assert set(seen) == rows_of(old) | rows_of(world.generation)


@pytest.mark.stack
def test_a_sink_that_has_not_heard_of_the_swap_can_spoil_nothing(world: World) -> None:
    old, swap = world.generation, world.build()
    swap.run("new rules")
    world.generation += 1
    with pytest.raises(DriverError, match=f"of_generation_{world.generation}"):
        world.fill(world.live, old, count=9)
    assert world.standing() == rows_of(world.generation)
    # The new one's goes on.
    world.fill(world.live, world.generation, count=4)
    assert world.ask("SELECT count() FROM LIVE.sink_conflicts") == [(0,)]
    assert world.standing() == rows_of(world.generation, 4)


@pytest.mark.stack
def test_it_says_what_stands_and_what_would(world: World) -> None:
    swap = world.swap
    swap.prepare()
    legs, *_ = swap.counts()
    assert (legs[0], legs[2]) == ("flights_legs", 0)
    assert legs[1] >= 3
    swap.drop()
    assert swap.newest() == world.generation


def test_tables_that_would_lose_much_are_named() -> None:
    counts = [("a", 0, 0), ("b", 10, 9), ("c", 10, 8), ("d", 10, 20)]
    assert much_fewer(counts) == ["c has 8 rows instead of 10"]
