"""Bytes of the native protocol: varints, strings and little-endian integers, in and out.

Format: ClickHouse's ``src/IO/VarInt.h`` (LEB128, at most 10 bytes) and ``ReadHelpers.h`` (a string
is its length as varint, then its bytes).
"""

from __future__ import annotations

from collections.abc import Callable

from deploy.clickhouse.failures import Code, Disconnected, ProtocolError

_VARINT_BYTES = 10


class Reader:
    """A window on a byte stream that grows by ``fill`` and is cut by ``compact``.

    ``fill`` gives the next bytes, or none at the end of the stream. ``cap`` bounds the bytes held
    between two cuts, and is checked before anything is awaited, so that a length that a client
    merely claims costs nothing.
    """

    def __init__(self, fill: Callable[[], bytes], *, cap: int) -> None:
        self.buffer = bytearray()
        self.position = 0
        self._fill = fill
        self.cap = cap

    @property
    def pending(self) -> int:
        """Bytes received and not yet read."""
        return len(self.buffer) - self.position

    def compact(self) -> None:
        """Forget what has been read."""
        del self.buffer[: self.position]
        self.position = 0

    def need(self, count: int) -> None:
        """Wait until ``count`` more bytes are held. Raises ProtocolError past the cap."""
        if self.position + count > self.cap:
            raise ProtocolError(
                Code.TOO_LARGE_SIZE,
                f"A packet of more than {self.cap} bytes was announced; send smaller blocks",
            )
        while len(self.buffer) - self.position < count:
            received = self._fill()
            if not received:
                raise Disconnected
            self.buffer += received

    def skip(self, count: int) -> None:
        """Pass over bytes."""
        self.need(count)
        self.position += count

    def take(self, count: int) -> bytes:
        """The next bytes."""
        self.need(count)
        start = self.position
        self.position += count
        return bytes(self.buffer[start : self.position])

    def byte(self) -> int:
        """The next byte."""
        self.need(1)
        value = self.buffer[self.position]
        self.position += 1
        return value

    def integer(self, width: int) -> int:
        """An unsigned little-endian integer of ``width`` bytes."""
        return int.from_bytes(self.take(width), "little")

    def varint(self) -> int:
        """An unsigned varint, below 2**64."""
        value = 0
        for shift in range(0, 7 * _VARINT_BYTES, 7):
            part = self.byte()
            value |= (part & 0x7F) << shift
            if part < 0x80:
                if value >> 64:
                    break
                return value
        raise ProtocolError(Code.UNEXPECTED_PACKET_FROM_CLIENT, "A varint exceeds 64 bits")

    def varint_ahead(self) -> int:
        """How many bytes the string ahead takes, its length included, without passing over it."""
        start = self.position
        length = self.varint()
        taken = self.position - start
        self.position = start
        return taken + length

    def string(self, *, limit: int = 1 << 20) -> str:
        """A string of at most ``limit`` bytes, as UTF-8."""
        length = self.varint()
        if length > limit:
            raise ProtocolError(
                Code.TOO_LARGE_SIZE, f"A string of {length} bytes where {limit} are allowed"
            )
        try:
            return self.take(length).decode()
        except UnicodeDecodeError as error:
            raise ProtocolError(Code.BAD_ARGUMENTS, f"A string is not UTF-8: {error}") from error


def memory(data: bytes) -> Reader:
    """A reader over bytes that are all there."""
    reader = Reader(lambda: b"", cap=len(data))
    reader.buffer += data
    return reader


def varint(value: int) -> bytes:
    """An unsigned integer as varint."""
    if value < 0x80:
        return bytes((value,))
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def string(text: str | bytes) -> bytes:
    """A string with its length before it."""
    data = text.encode() if isinstance(text, str) else text
    return varint(len(data)) + data
