"""Compressed frames of the native protocol: LZ4 or plain, each with its checksum.

A frame is CityHash128 of what follows (high word first), method (1 byte), size of method + sizes
+ data (4), size once decompressed (4), data. Format: ``CompressedReadBufferBase.cpp``. Some
clients write a block as one frame, others split it at 1 MiB.
"""

from __future__ import annotations

import struct

import lz4.block
from clickhouse_cityhash.cityhash import CityHash128

from deploy.clickhouse.failures import Code, ProtocolError
from deploy.clickhouse.wire import Reader

_LZ4, _NONE = 0x82, 0x02
_HEAD = struct.Struct("<BII")
_CHECKSUM = struct.Struct("<QQ")
_WORD = (1 << 64) - 1
_FRAME = 1 << 20


def read_frame(reader: Reader, *, most: int) -> bytes:
    """The next frame, decompressed. Raises ProtocolError if damaged or over ``most`` bytes."""
    reader.compact()
    high, low = _CHECKSUM.unpack(reader.take(_CHECKSUM.size))
    head = reader.take(_HEAD.size)
    method, size, plain = _HEAD.unpack(head)
    if size < _HEAD.size or max(size, plain) > most:
        raise ProtocolError(
            Code.TOO_LARGE_SIZE,
            f"A compressed frame of {size} bytes ({plain} once decompressed); at most {most}",
        )
    data = reader.take(size - _HEAD.size)
    if CityHash128(head + data) != high << 64 | low:
        raise ProtocolError(Code.CHECKSUM_DOESNT_MATCH, "A compressed frame's checksum differs")
    if method == _NONE:
        return data
    if method != _LZ4:
        raise ProtocolError(
            Code.UNKNOWN_COMPRESSION_METHOD,
            f"Compression method 0x{method:02x} is not supported: use LZ4 or none",
        )
    try:
        return bytes(lz4.block.decompress(data, uncompressed_size=plain))
    except lz4.block.LZ4BlockError as error:
        raise ProtocolError(Code.CHECKSUM_DOESNT_MATCH, f"A damaged LZ4 frame: {error}") from error


def frames(data: bytes) -> bytes:
    """The data as LZ4 frames of at most 1 MiB each."""
    out = []
    view = memoryview(data)
    for start in range(0, len(data), _FRAME):
        plain = view[start : start + _FRAME]
        packed = lz4.block.compress(plain, store_size=False)
        frame = _HEAD.pack(_LZ4, len(packed) + _HEAD.size, len(plain)) + packed
        checksum = CityHash128(frame)
        out += [_CHECKSUM.pack(checksum >> 64, checksum & _WORD), frame]
    return b"".join(out)
