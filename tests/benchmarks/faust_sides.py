"""One side of the Faust benchmark in a process of its own: reads a topic, counts, prints a line.

    python -m tests.benchmarks.faust_sides SIDE BOOTSTRAP TOPIC SECONDS

Each counts from its first record until so many seconds have passed or the topic ends, with
committing on where the library commits to Kafka.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from typing import Any, NoReturn

import fastavro

from schemas import frames, registry

_PREFIX = 5


class Counter:
    """Counts records from the first on; ends the process when the time is over."""

    def __init__(self, seconds: float, expected: int) -> None:
        self.seconds, self.expected = seconds, expected
        self.began = 0.0
        self.count = self.before = 0

    def add(self, records: int) -> None:
        """Count some more."""
        now = time.perf_counter()
        if not self.began:
            # The first delivery starts the clock and is not counted: start-up is not speed.
            self.began, self.before = now, records
        else:
            self.count += records
        if self.count + self.before >= self.expected or now - self.began >= self.seconds:
            self.finish(now)

    def finish(self, now: float) -> NoReturn:
        """Print the result and end, without a long good-bye."""
        elapsed = now - self.began
        print(json.dumps({"records": self.count, "seconds": elapsed}), flush=True)  # noqa: T201
        os._exit(0)


def decode_one(message: bytes) -> Any:
    """Decode one record with fastavro, as the users of the other libraries do."""
    return fastavro.schemaless_reader(io.BytesIO(message[_PREFIX:]), _SCHEMA, None)


_SCHEMA = registry.parsed(registry.latest("position").id)


def plain_faust(bootstrap: str, topic: str, counter: Counter) -> None:
    """Faust as its documentation shows: one record at a time."""
    import faust

    app = faust.App(
        f"bench-{uuid.uuid4().hex[:8]}",
        broker=f"kafka://{bootstrap}",
        datadir=tempfile.mkdtemp(),
        web_enabled=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
    )

    @app.agent(app.topic(topic, value_type=bytes, value_serializer="raw"))
    async def count(stream: Any) -> None:
        async for _ in stream:
            counter.add(1)

    faust.Worker(app, loglevel="ERROR", redirect_stdouts=False).execute_from_commandline()


def _ours(bootstrap: str, topic: str, work: Callable[[list[Any]], None]) -> None:
    import faust

    from streams.host.transport import BatchApp, BatchSchema

    app = BatchApp(
        f"bench-{uuid.uuid4().hex[:8]}",
        broker=f"kafka://{bootstrap}",
        datadir=tempfile.mkdtemp(),
        web_enabled=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=1024 * 1024,
        stream_buffer_maxsize=4,
        broker_commit_interval=0.5,
    )
    app.batch_topics = frozenset({topic})

    @app.agent(app.topic(topic, schema=BatchSchema()))
    async def count(stream: Any) -> None:
        stream.enable_acks = False
        async for event in stream.events():
            work(event.value.records)
            event.ack()

    faust.Worker(app, loglevel="ERROR", redirect_stdouts=False).execute_from_commandline()


def ours(bootstrap: str, topic: str, counter: Counter) -> None:
    """Our transport, doing nothing with the batches."""
    _ours(bootstrap, topic, lambda records: counter.add(len(records)))


def ours_decoding(bootstrap: str, topic: str, counter: Counter) -> None:
    """Our transport, every record decoded into columns and checked."""

    def work(records: list[Any]) -> None:
        frame, _, refused = frames.decode(records)
        assert not refused
        counter.add(frame.height)

    _ours(bootstrap, topic, work)


def _quix(bootstrap: str, topic: str, work: Callable[[bytes], Any]) -> None:
    from quixstreams import Application

    app = Application(
        broker_address=bootstrap,
        consumer_group=f"bench-{uuid.uuid4().hex[:8]}",
        auto_offset_reset="earliest",
        loglevel="ERROR",
    )
    messages = app.topic(topic, value_deserializer="bytes", key_deserializer="bytes")
    app.dataframe(messages).apply(work)
    app.run()


def quix(bootstrap: str, topic: str, counter: Counter) -> None:
    """Quix Streams, doing nothing with each record."""
    _quix(bootstrap, topic, lambda _value: counter.add(1))


def quix_decoding(bootstrap: str, topic: str, counter: Counter) -> None:
    """Quix Streams, each record decoded with fastavro."""

    def work(value: bytes) -> None:
        decode_one(value)
        counter.add(1)

    _quix(bootstrap, topic, work)


def _bytewax(bootstrap: str, topic: str, work: Callable[[list[Any]], None]) -> None:
    from bytewax import operators as op
    from bytewax.connectors.kafka import KafkaSource
    from bytewax.dataflow import Dataflow
    from bytewax.outputs import DynamicSink, StatelessSinkPartition
    from bytewax.testing import run_main

    class Partition(StatelessSinkPartition[Any]):
        def write_batch(self, items: list[Any]) -> None:
            work(items)

    class Sink(DynamicSink[Any]):
        def build(self, step_id: str, worker_index: int, worker_count: int) -> Partition:  # noqa: ARG002
            return Partition()

    flow = Dataflow("bench")
    source = KafkaSource([bootstrap], [topic], batch_size=1000)
    op.output("out", op.input("in", flow, source), Sink())
    run_main(flow)


def bytewax(bootstrap: str, topic: str, counter: Counter) -> None:
    """Bytewax, batches of 1,000, doing nothing. It keeps offsets in its own recovery store."""
    _bytewax(bootstrap, topic, lambda items: counter.add(len(items)))


def bytewax_decoding(bootstrap: str, topic: str, counter: Counter) -> None:
    """Bytewax, batches of 1,000, each record decoded with fastavro."""

    def work(items: list[Any]) -> None:
        for item in items:
            decode_one(item.value)
        counter.add(len(items))

    _bytewax(bootstrap, topic, work)


def aiokafka(bootstrap: str, topic: str, counter: Counter) -> None:
    """Bare aiokafka, ``getmany`` with a commit every half second."""
    from aiokafka import AIOKafkaConsumer

    async def run() -> None:
        consumer = AIOKafkaConsumer(
            topic,
            bootstrap_servers=bootstrap,
            group_id=f"bench-{uuid.uuid4().hex[:8]}",
            auto_offset_reset="earliest",
            enable_auto_commit=True,
            auto_commit_interval_ms=500,
        )
        await consumer.start()
        while True:
            fetched = await consumer.getmany(timeout_ms=500)
            for records in fetched.values():
                counter.add(len(records))

    asyncio.run(run())


def latency(bootstrap: str, topic: str, per_s: int, seconds: float) -> None:
    """Our transport: milliseconds from send to agent, of records sent at a rate; p50, p99, most."""
    import threading

    from confluent_kafka import Producer

    waited: list[float] = []

    def work(records: list[Any]) -> None:
        now = time.perf_counter_ns()
        waited.extend((now - int(record.value)) / 1e6 for record in records)

    def produce() -> None:
        producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 0})
        time.sleep(4)  # until the agent has its partitions
        began, sent = time.perf_counter(), 0
        while (passed := time.perf_counter() - began) < seconds:
            while sent < passed * per_s:
                producer.produce(topic, value=str(time.perf_counter_ns()).encode(), partition=0)
                sent += 1
            producer.poll(0)
            time.sleep(0.001)
        producer.flush()
        time.sleep(1)
        ordered = sorted(waited[10:])
        found = {
            "records": len(ordered),
            "p50_ms": round(ordered[len(ordered) // 2], 2),
            "p99_ms": round(ordered[int(len(ordered) * 0.99)], 2),
            "most_ms": round(ordered[-1], 2),
        }
        print(json.dumps(found), flush=True)  # noqa: T201
        os._exit(0)

    threading.Thread(target=produce, daemon=True).start()
    _ours(bootstrap, topic, work)


SIDES: dict[str, Callable[[str, str, Counter], None]] = {
    side.__name__: side
    for side in (
        plain_faust,
        ours,
        quix,
        bytewax,
        aiokafka,
        ours_decoding,
        quix_decoding,
        bytewax_decoding,
    )
}


if __name__ == "__main__":
    _, side, bootstrap_servers, topic_name, seconds_each, records_in_all = sys.argv
    if side == "latency":
        latency(bootstrap_servers, topic_name, int(records_in_all), float(seconds_each))
    SIDES[side](bootstrap_servers, topic_name, Counter(float(seconds_each), int(records_in_all)))
