"""One stage on one partition, without a broker: poison, bisection, columns and records alike."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import codec
from streams import recording
from streams.facts.received import Position
from streams.host.running import Running, Work
from streams.stages import Arrived, Columns, Emit, Outcome

POSITIONS: list[Position] = [
    record
    for document in recording.documents()
    if document.kind == "flights.trace"
    for record in document.records()
]
MESSAGES = [codec.encode(position) for position in POSITIONS]
POISON = b"\x00\x00\x00\x00\x01no datum"
RAISES = codec.encode(dataclasses.replace(POSITIONS[0], latitude=66.0))


@dataclass(frozen=True)
class Raw:
    offset: int
    key: bytes | None
    value: bytes | None
    topic: str = "flights.positions"
    partition: int = 1


class Northernmost:
    """Keeps the northernmost latitude of each aircraft; cannot bear 66 degrees."""

    def __init__(self) -> None:
        self.best: dict[str, float] = {}

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        self.best = {key: float(value) for key, value in entries}

    def _outcome(self, found: Iterable[tuple[str, float, int]]) -> Outcome:
        changes: dict[str, bytes | None] = {}
        emits: dict[str, Emit] = {}
        for icao24, latitude, revision in found:
            if latitude == 66.0:
                raise ArithmeticError("too far north")
            if latitude > self.best.get(icao24, -90.0):
                self.best[icao24] = latitude
                changes[icao24] = repr(latitude).encode()
                emits[icao24] = Emit("north", icao24, (latitude, revision))
        return Outcome(list(emits.values()), changes)

    def apply(self, batch: Sequence[Arrived]) -> Outcome:
        return self._outcome(
            (one.record.icao24, one.record.latitude, one.revision) for one in batch
        )

    def apply_columns(self, batch: Columns) -> Outcome:
        return self._outcome(batch.frame.select("icao24", "latitude", "_revision").iter_rows())


def running(*, columns: bool) -> Running:
    return Running(
        "north",
        "flights.positions",
        Northernmost,
        [],
        {}.get,
        decode=codec.decode,
        epoch=2,
        columns=columns,
    )


def raw(messages: Sequence[bytes]) -> list[Raw]:
    """Messages at every third offset, as after compaction, with their aircraft as key."""
    made = []
    for index, message in enumerate(messages):
        try:
            key = codec.decode(message).icao24.encode()
        except codec.CodecError:
            key = b"a2c4e0"
        made.append(Raw(3 * index, key, message))
    return made


def applied(one: Running, records: Sequence[Raw]) -> Work | None:
    """What a batch of just these records causes, with a gap of one offset behind it."""
    return one.work(records, records[-1].offset + 1)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from([*MESSAGES[:30], *MESSAGES[-30:], POISON, RAISES]), min_size=1, max_size=40
    ),
    st.integers(0, 40),
)
def test_columns_and_records_give_the_same_and_bad_ones_are_cut_out(
    messages: list[bytes], cut: int
) -> None:
    records = raw(messages)
    results = []
    for columns in (False, True):
        one = running(columns=columns)
        state: dict[str, bytes | None] = {}
        last: dict[str, object] = {}
        dead: list[int] = []
        for batch in (records[:cut], records[cut:]):
            work = applied(one, batch) if batch else None
            if work is not None:
                one.done(work)
                state |= work.changes
                last |= {emit.key: emit.record for emit in work.emits}
                dead += [letter.offset for letter in work.dead]
        results.append((state, last, sorted(dead)))
    assert results[0] == results[1]
    bad = [one.offset for one in records if one.value in (POISON, RAISES)]
    assert results[0][2] == bad


@pytest.mark.parametrize("columns", [False, True])
def test_what_was_applied_before_is_skipped(*, columns: bool) -> None:
    one = running(columns=columns)
    records = raw(MESSAGES[:20])
    first = applied(one, records[:10])
    assert first is not None
    one.done(first)
    assert applied(one, records[:10]) is None
    second = applied(one, records)
    assert second is not None
    fresh = applied(running(columns=columns), records)
    assert fresh is not None
    assert second.batch_end == fresh.batch_end
    assert {**first.changes, **second.changes} == fresh.changes


@pytest.mark.parametrize("columns", [False, True])
def test_dead_letters_keep_the_bytes_and_say_where_and_why(*, columns: bool) -> None:
    work = applied(running(columns=columns), raw([MESSAGES[0], POISON, RAISES]))
    assert work is not None
    poison, raises = sorted(work.dead, key=lambda letter: letter.offset)
    assert (poison.value, poison.offset, poison.kind) == (POISON, 3, "CodecError")
    assert (raises.value, raises.offset) == (RAISES, 6)
    assert (raises.kind, raises.reason) == ("ArithmeticError", "too far north")
    assert dict(raises.headers)["__connect.errors.stage"] == b"TRANSFORMATION"


def test_an_error_of_the_world_is_not_blamed_on_a_record() -> None:
    class Exhausted(Northernmost):
        def apply(self, batch: Sequence[Arrived]) -> Outcome:
            raise MemoryError(len(batch))

    one = Running("n", "flights.positions", Exhausted, [], {}.get, decode=codec.decode, epoch=0)
    with pytest.raises(MemoryError):
        applied(one, raw(MESSAGES[:2]))
