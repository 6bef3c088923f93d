"""What the endpoint tells a client when something fails: ClickHouse's own error codes and words."""

from __future__ import annotations

import re
from enum import IntEnum

_CODE = re.compile(r"Code: (\d+)\. ")
_PREFIX = re.compile(
    r"^(?:Streaming query failed: |Streaming insert \w+ failed: |Failed to [^:]+: )+"
)
_VERSION = re.compile(r" \(version [\d.]+\)\s*$")


REFUSAL = "cannot start: "
"""What the endpoint's process says before the one sentence why it does not start."""


class Code(IntEnum):
    """ClickHouse's error codes, as in its ``ErrorCodes.cpp``: the ones that we raise ourselves."""

    NO_SUCH_COLUMN_IN_TABLE = 16
    BAD_ARGUMENTS = 36
    NOT_IMPLEMENTED = 48
    UNKNOWN_TYPE = 50
    UNKNOWN_TABLE = 60
    SYNTAX_ERROR = 62
    UNEXPECTED_PACKET_FROM_CLIENT = 101
    UNKNOWN_SETTING = 115
    TOO_LARGE_SIZE = 131
    READONLY = 164
    TOO_MANY_SIMULTANEOUS_QUERIES = 202
    NOT_ENOUGH_SPACE = 243
    CHECKSUM_DOESNT_MATCH = 40
    UNKNOWN_COMPRESSION_METHOD = 89
    QUERY_WAS_CANCELLED = 394
    ACCESS_DENIED = 497
    AUTHENTICATION_FAILED = 516
    UNKNOWN_EXCEPTION = 1002


class DatabaseError(Exception):
    """A statement failed; the connection goes on.

    ``code`` is ClickHouse's number, the message is its sentence without the code.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @classmethod
    def of(cls, error: BaseException) -> DatabaseError:
        """The engine's exception, which carries its code only in its text."""
        if isinstance(error, DatabaseError):
            return error
        text = _PREFIX.sub("", str(error))
        found = _CODE.search(text)
        code = int(found.group(1)) if found else int(Code.UNKNOWN_EXCEPTION)
        if code == Code.ACCESS_DENIED and "READ ON FILE" in text:
            # chDB's database `default` looks for a file when it has no such table.
            return cls(
                Code.UNKNOWN_TABLE, "There is no such table in this database (UNKNOWN_TABLE)"
            )
        if found and found.start() == 0:
            text = text[found.end() :]
        return cls(code, _VERSION.sub("", text).strip() or type(error).__name__)


class ProtocolError(DatabaseError):
    """The byte stream cannot be followed any more: tell the client, then close the connection."""


class Disconnected(Exception):  # noqa: N818 -- an event, not a fault
    """The client is gone, or stayed silent for longer than it may."""
