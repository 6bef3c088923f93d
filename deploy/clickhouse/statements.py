"""What a statement is and who may run it.

The engine itself parses a statement and prints it in a normal form, without comments and as a
single statement or not at all; the verdict is read off that form. ``readonly=1`` and the grants
in ``config/users.xml`` stand behind it: here is what they let through (files by the scalar
function ``file``, INTO OUTFILE, programs as dictionary sources, SYSTEM, KILL).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from deploy.clickhouse.failures import Code, DatabaseError
from deploy.clickhouse.lexer import Token, tokens

_READING = frozenset(("SELECT", "SHOW", "DESCRIBE", "EXPLAIN", "EXISTS", "USE", "SET"))
_WRITING = frozenset(
    {
        "INSERT",
        "CREATE",
        "ALTER",
        "DROP",
        "RENAME",
        "EXCHANGE",
        "TRUNCATE",
        "OPTIMIZE",
        "DELETE",
        "UPDATE",
        "DETACH",
        "ATTACH",
        "CHECK",
        "KILL",
        "UNDROP",
        "REPLACE",
    }
)
_REFUSED_WORDS = frozenset(("OUTFILE", "INFILE"))
_REFUSED_CALLS = frozenset(("file", "executable", "executablepool", "python"))
_DICTIONARY_SOURCES = frozenset(("clickhouse", "null"))


@dataclass(frozen=True)
class Statement:
    """A statement that may run.

    ``kind`` is its first word in the engine's normal form, SELECT for all that streams rows;
    ``sql`` is what to run, without the FORMAT clause, which over this protocol is the client's.
    """

    kind: str
    sql: str
    normal: str


@dataclass(frozen=True)
class Insert:
    """An INSERT whose rows follow as blocks: ``into`` is ``[database.]table``, as written."""

    into: str
    columns: tuple[str, ...] | None
    settings: str


def admitted(sql: str, *, writer: bool, normal_form: Callable[[str], str]) -> Statement:
    """The statement, if this user may run it.

    ``normal_form`` asks the engine and raises DatabaseError for what is no single statement.
    Raises DatabaseError (READONLY, ACCESS_DENIED) for what the user may not run.
    """
    normal = normal_form(sql)
    kind = _verdict(normal)
    if kind not in _READING and not writer:
        raise DatabaseError(Code.READONLY, f"{kind} is not for a read-only user")
    return Statement(kind, without_format(sql), normal)


@lru_cache(maxsize=1024)
def _verdict(normal: str) -> str:
    """The kind of a statement in normal form. Raises DatabaseError if nobody may run it."""
    parts = [token for token in tokens(normal) if not token.blank]
    words = [token for token in parts if token.text != "("]
    kind = words[0].keyword if words else ""
    if kind == "WITH":
        kind = "INSERT" if _top_level(parts, "INSERT") is not None else "SELECT"
    if kind not in _READING | _WRITING:
        raise DatabaseError(Code.ACCESS_DENIED, f"{kind or 'This'} is not allowed on this endpoint")
    for before, token, after in zip([None, *parts], parts, [*parts[1:], None], strict=False):
        _guard(before, token, after, parts)
    return kind


def _guard(before: Token | None, token: Token, after: Token | None, parts: Sequence[Token]) -> None:
    called = after is not None and after.text == "("
    engine = before is not None and before.text == "="
    refused = ""
    if token.keyword in _REFUSED_WORDS:
        refused = token.keyword
    elif token.name.lower() in _REFUSED_CALLS and (called or engine):
        refused = f"{token.name}()"
    elif token.keyword == "PARALLEL" and after is not None and after.keyword == "WITH":
        refused = "PARALLEL WITH"
    elif token.keyword == "SOURCE" and called:
        source = parts[parts.index(token) + 2].name.lower()
        if source not in _DICTIONARY_SOURCES:
            refused = f"A dictionary's source {source}"
    if refused:
        raise DatabaseError(Code.ACCESS_DENIED, f"{refused} is not allowed on this endpoint")


def _top_level(parts: Sequence[Token], keyword: str) -> int | None:
    """The index of the last such word outside all parentheses."""
    depth, found = 0, None
    for index, token in enumerate(parts):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.keyword == keyword:
            found = index
    return found


def without_format(sql: str) -> str:
    """The statement without its end: semicolons, comments, and the FORMAT clause."""
    parts = [token for token in tokens(sql) if not token.blank]
    while parts and parts[-1].text == ";":
        parts.pop()
    if not parts:
        return sql
    end = parts[-1].end
    at = _top_level(parts, "FORMAT")
    if at is not None and 0 < at < len(parts) - 1 and parts[at + 1].kind == "word":
        rest = parts[at + 2 :]
        if not rest or rest[0].keyword == "SETTINGS":
            return sql[: parts[at].start] + sql[parts[at + 1].end : end]
    return sql[:end]


def insert_of(sql: str) -> Insert | None:
    """The INSERT that expects blocks; None for every other statement, inline data included.

    ``INSERT INTO [TABLE] [db.]t [(columns)] [SETTINGS …] VALUES | FORMAT name``
    """
    parts = [token for token in tokens(sql) if not token.blank]
    while parts and parts[-1].text == ";":
        parts.pop()
    words = [token.keyword for token in parts[:3]] + [""] * 3
    if words[0] != "INSERT":
        return None
    at = 1 + (words[1] == "INTO")
    at += words[at] == "TABLE"
    if parts[at : at + 1] and parts[at].keyword == "FUNCTION":
        return None
    tail = _tail(parts)
    if tail is None or tail <= at:
        return None
    start = parts[at].start
    at += 3 if at + 1 < tail and parts[at + 1].text == "." else 1
    into = sql[start : parts[at - 1].end]
    columns: tuple[str, ...] | None = None
    if at < tail and parts[at].text == "(":
        close = next((i for i in range(at, tail) if parts[i].text == ")"), None)
        if close is None:
            return None
        listed = parts[at + 1 : close]
        columns = tuple(token.name for token in listed[::2])
        if not all(columns) or any(token.text != "," for token in listed[1::2]):
            return None
        at = close + 1
    if at == tail:
        return Insert(into, columns, "")
    if parts[at].keyword != "SETTINGS" or at + 1 == tail:
        return None
    return Insert(into, columns, sql[parts[at + 1].start : parts[tail - 1].end])


def _tail(parts: Sequence[Token]) -> int | None:
    """Where VALUES or FORMAT name begins, if the statement ends with it."""
    if parts and parts[-1].keyword == "VALUES":
        return len(parts) - 1
    if len(parts) > 1 and parts[-2].keyword == "FORMAT" and parts[-1].kind == "word":
        return len(parts) - 2
    return None


def assignments(normal: str) -> dict[str, str]:
    """The settings of a SET in normal form, names to literals as written."""
    parts = [token for token in tokens(normal) if not token.blank][1:]
    found: dict[str, str] = {}
    while len(parts) >= 3 and parts[1].text == "=":
        comma = next((i for i, token in enumerate(parts) if token.text == ","), len(parts))
        found[parts[0].name] = normal[parts[2].start : parts[comma - 1].end]
        parts = parts[comma + 1 :]
    return found


def literal(text: str) -> str:
    """Text as an SQL string."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\x00", "\\0") + "'"


def identifier(name: str) -> str:
    """A name as an SQL identifier."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"
