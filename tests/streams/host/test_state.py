"""State advances whole batches: a crash between any two writes restores the marker's state."""

from hypothesis import given
from hypothesis import strategies as st

from streams.host.state import State

keys = st.sampled_from(["a", "b", "c", "~a", "~b"])  # two of them at rest
changes = st.dictionaries(keys, st.none() | st.binary(min_size=1, max_size=2), max_size=4)
# A batch, and after how many of its writes the process dies (None: it lives).
batches = st.lists(st.tuples(changes, st.none() | st.integers(0, 12)), max_size=12)


@given(batches)
def test_after_a_crash_anywhere_the_state_is_that_of_the_last_complete_batch(
    history: list[tuple[dict[str, bytes | None], int | None]],
) -> None:
    table: dict[str, bytes] = {}
    expected: dict[str, bytes] = {}
    state, offset, completed = State(table.get), -1, -1
    for changed, dies_after in history:
        offset = completed + 3  # a restart may cut the batch elsewhere; offsets only grow
        writes = list(state.writes(offset, changed))
        for key, value in writes[:dies_after]:
            if value is None:
                table.pop(key, None)
            else:
                table[key] = value
        if dies_after is None or dies_after >= len(writes):
            state.advance(offset, changed)
            completed = offset
            for key, value in changed.items():
                if value is None:
                    expected.pop(key, None)
                else:
                    expected[key] = value
        else:
            state = State.restored(table.items(), table.get)
        for one in (state, State.restored(table.items(), table.get)):
            assert one.applied_through == completed
            held = {key: value for key, value in expected.items() if not key.startswith("~")}
            assert dict(one.entries()) == held
            assert len(one) == len(held)
            assert {key: one.value(key) for key in expected} == expected


def test_a_longer_batch_after_a_crash_does_not_bring_back_what_the_crash_left() -> None:
    table: dict[str, bytes | None] = {}
    state = State(table.get)
    table |= dict(state.writes(4, {"a": b"old"}))
    state.advance(4, {"a": b"old"})
    first_write = next(iter(state.writes(20, {"a": b"ahead"})))
    table[first_write[0]] = first_write[1]  # and dies
    state = State.restored(table.items(), table.get)
    table |= dict(state.writes(30, {"b": b"new"}))  # never touches "a"
    assert dict(State.restored(table.items(), table.get).entries()) == {"a": b"old", "b": b"new"}


def test_deleted_keys_leave_the_table_in_the_end() -> None:
    table: dict[str, bytes] = {}
    state = State(table.get)
    for offset, changed in ((1, {"a": b"x"}), (2, {"a": None}), (3, {})):
        for key, value in state.writes(offset, changed):
            table.pop(key, None) if value is None else table.__setitem__(key, value)
        state.advance(offset, changed)
    assert set(table) == {""}
