"""Laws of the byte formats: what is written is read back, however the bytes arrive."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.clickhouse.compression import frames, read_frame
from deploy.clickhouse.failures import Disconnected, ProtocolError
from deploy.clickhouse.wire import Reader, memory, string, varint


def arriving(data: bytes, sizes: list[int], *, cap: int = 1 << 30) -> Reader:
    """A reader over bytes that arrive in pieces of these sizes, then again from the first size."""
    left = memoryview(data)
    turn = 0

    def fill() -> bytes:
        nonlocal left, turn
        size = sizes[turn % len(sizes)]
        turn += 1
        piece, left = bytes(left[:size]), left[size:]
        return piece

    return Reader(fill, cap=cap)


PIECES = st.lists(st.integers(1, 50), min_size=1, max_size=5)


@given(st.integers(0, 2**64 - 1), PIECES)
def test_varints_come_back(value: int, pieces: list[int]) -> None:
    assert arriving(varint(value), pieces).varint() == value


@given(st.text(max_size=300), PIECES)
def test_strings_come_back(text: str, pieces: list[int]) -> None:
    assert arriving(string(text), pieces).string() == text


@given(st.binary(max_size=100), st.integers(0, 99))
def test_what_is_cut_off_is_missed(data: bytes, keep: int) -> None:
    whole = string(data)
    if keep < len(whole):
        with pytest.raises(Disconnected):
            memory_without_cap(whole[:keep]).string()


def memory_without_cap(data: bytes) -> Reader:
    return arriving(data, [1000])


@pytest.mark.parametrize(
    "read",
    [lambda r: r.take(11), lambda r: r.skip(11), lambda r: r.integer(16)],
    ids=["take", "skip", "integer"],
)
def test_nothing_past_the_cap_is_awaited(read: Callable[[Reader], object]) -> None:
    def never() -> bytes:
        pytest.fail("it waited for bytes that it would not take")

    with pytest.raises(ProtocolError):
        read(Reader(never, cap=10))


@given(st.binary(max_size=5000) | st.sampled_from([b"x" * (3 << 20)]), PIECES)
def test_frames_come_back(data: bytes, pieces: list[int]) -> None:
    reader = arriving(frames(data), [size * 1000 for size in pieces])
    back = b""
    while len(back) < len(data):
        back += read_frame(reader, most=1 << 20)
    assert back == data


@given(st.binary(min_size=1, max_size=200), st.integers(0, 10_000), st.integers(1, 255))
def test_a_damaged_frame_is_never_data(data: bytes, at: int, flip: int) -> None:
    frame = bytearray(frames(data))
    frame[at % len(frame)] ^= flip
    with pytest.raises((ProtocolError, Disconnected)):
        read_frame(arriving(bytes(frame), [100]), most=1 << 20)


def test_a_frame_that_claims_too_much_is_refused_unread() -> None:
    frame = frames(b"x" * 1000)
    with pytest.raises(ProtocolError, match="at most 500"):
        read_frame(memory(frame), most=500)
