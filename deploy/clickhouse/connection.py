"""One session's connection to the engine: chDB behind the few verbs that a session needs.

Statements on one connection queue up, connections run in parallel; each session has its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import chdb

from deploy.clickhouse import blocks
from deploy.clickhouse.engine import Engine, rows
from deploy.clickhouse.failures import Code, DatabaseError
from deploy.clickhouse.packets import Setting
from deploy.clickhouse.statements import Insert, Statement, assignments, identifier, literal

_NEVER_SET = frozenset(("log_comment", "readonly", "dialect"))
"""Ours. The comment is how a session's statement is found to be killed; in another dialect a
statement would mean something else than its normal form."""
_FORMS = 1000
_LONGEST_FORM = 4096


@dataclass(frozen=True)
class Target:
    """Where an insert goes: its columns' names and types, and the statement but for the file."""

    columns: tuple[tuple[str, str], ...]
    head: str
    settings: str


class EngineSession:
    """One client's connection to the engine, with its database and settings."""

    def __init__(self, engine: Engine, *, tag: str, writer: bool, database: str) -> None:
        """Raises DatabaseError, for instance if the database does not exist."""
        self._engine = engine
        self._tag = tag
        self._writer = writer
        self._own: dict[str, str] = {}  # a read-only user's SETs, name to literal
        self._active: dict[str, str] = {}
        self._connection = engine.connect()
        self._prepare(database)

    def _prepare(self, database: str) -> None:
        """Limits first, then ``readonly=1``, after which nothing can be changed."""
        try:
            self._run(f"SET log_comment = {literal(self._tag)}")
            if database:
                self._run(f"USE {identifier(database)}")
            if not self._writer:
                policy = self._engine.readonly
                fixed = {name: literal(value) for name, value in policy.fixed.items()}
                limits = {name: str(value) for name, value in policy.limits.items()}
                self._set({**fixed, **limits, **self._active})
                self._run("SET readonly = 1")
        except DatabaseError:
            self._connection.close()
            raise

    def _run(self, sql: str) -> bytes:
        try:
            return bytes(self._connection.query(sql, "Native").bytes())
        except Exception as error:
            raise DatabaseError.of(error) from error

    def _set(self, settings: Mapping[str, str]) -> None:
        if settings:
            listed = ", ".join(f"{name} = {value}" for name, value in settings.items())
            self._run(f"SET {listed}")

    def normal_form(self, sql: str) -> str:
        """The statement as the engine prints it. Raises DatabaseError unless it is exactly one."""
        known = self._engine.normal_forms
        form = known.get(sql)
        if form is None:
            ((form,),) = rows(self._connection, f"SELECT formatQuerySingleLine({literal(sql)})")
            if len(known) >= _FORMS:
                known.clear()
            if len(sql) <= _LONGEST_FORM:
                known[sql] = str(form)
        return str(form)

    def blocks(self, statement: Statement) -> Iterator[tuple[int, bytes]]:
        """The result: rows and bytes of each Native block, first one without rows.

        Clients take the columns' names from that one. It is missing where a column's type cannot
        be followed, and where a statement has no result. Raises DatabaseError, also half-way.
        """
        if statement.kind == "SELECT":
            yield from self._stream(statement.sql)
        elif statement.kind == "SET":
            self._client_set(statement)
        else:
            some = False
            for block in blocks.split(self._run(statement.sql)):
                if not some:
                    yield from _header(block.body)
                some = True
                yield block.rows, block.body

    def _stream(self, sql: str) -> Iterator[tuple[int, bytes]]:
        some = False
        try:
            stream = self._connection.send_query(sql, "Native")
            try:
                for chunk in stream:
                    body = bytes(chunk.bytes())
                    if not some:
                        yield from _header(body)
                    some = True
                    yield blocks.counts(body)[1], body
            finally:
                stream.cancel()
        except (RuntimeError, chdb.ChdbError) as error:
            raise DatabaseError.of(error) from error
        if not some:
            yield 0, blocks.header(self._columns(f"DESCRIBE (\n{sql}\n)"))

    def _client_set(self, statement: Statement) -> None:
        wanted = assignments(statement.normal)
        if not self._writer:
            self._own |= {n: self._engine.readonly.admit(n, v) for n, v in wanted.items()}
            self._reopen(self._own)
            return
        if _NEVER_SET & wanted.keys():
            raise DatabaseError(
                Code.READONLY, f"{', '.join(_NEVER_SET & wanted.keys())} belongs to the endpoint"
            )
        self._run(statement.sql)

    def _reopen(self, settings: Mapping[str, str]) -> None:
        """A read-only connection takes no settings: make a new one in its place."""
        if settings == self._active:
            return
        ((database,),) = rows(self._connection, "SELECT currentDatabase()")
        previous, before = self._connection, self._active
        self._connection, self._active = self._engine.connect(), dict(settings)
        try:
            self._prepare(database)
        except DatabaseError:
            self._connection, self._active = previous, before
            raise
        previous.close()

    @contextmanager
    def settings(self, sent: Sequence[Setting]) -> Iterator[None]:
        """The settings that came with one statement, for the time of that statement."""
        wanted = self._known(sent)
        if not self._writer:
            admitted = {n: self._engine.readonly.admit(n, v) for n, v in wanted.items()}
            self._reopen(self._own | admitted)
            yield
            return
        if not wanted:
            yield
            return
        names = ", ".join(literal(name) for name in wanted)
        before = rows(
            self._connection,
            f"SELECT name, value, changed FROM system.settings WHERE name IN ({names})",  # noqa: S608 -- escaped
        )
        self._set(wanted)
        try:
            yield
        finally:
            self._set({n: literal(v) if changed else "DEFAULT" for n, v, changed in before})

    def _known(self, sent: Iterable[Setting]) -> dict[str, str]:
        """Names to literals. Raises DatabaseError for an unknown one that is marked important."""
        wanted: dict[str, str] = {}
        for setting in sent:
            if setting.name in _NEVER_SET:
                continue
            if setting.name in self._engine.settings:
                wanted[setting.name] = literal(setting.value)
            elif setting.important:
                raise DatabaseError(Code.UNKNOWN_SETTING, f"Unknown setting '{setting.name}'")
        return wanted

    def target(self, insert: Insert, sent: Sequence[Setting]) -> Target:
        """What a client must send for an insert. Raises DatabaseError if it cannot be done."""
        if not self._writer:
            raise DatabaseError(Code.READONLY, "INSERT is not for a read-only user")
        columns = self._insert_columns(insert)
        # In the clause, not by SET: the engine then scopes them to this insert by itself.
        clause = {"input_format_skip_unknown_fields": "0", **self._known(sent)}
        settings = [f"{name} = {value}" for name, value in clause.items()]
        settings += [insert.settings] if insert.settings else []
        listed = ", ".join(identifier(name) for name, _ in columns)
        return Target(tuple(columns), f"INSERT INTO {insert.into} ({listed})", ", ".join(settings))

    def insert(self, target: Target, file: str) -> int:
        """Commit the blocks in a file; rows written. Raises DatabaseError; then none are."""
        sql = (
            f"{target.head} FROM INFILE {literal(file)} COMPRESSION 'none' "
            f"SETTINGS {target.settings} FORMAT Native"
        )
        try:
            return int(self._connection.query(sql).rows_written())
        except Exception as error:
            raise DatabaseError.of(error) from error

    def _insert_columns(self, insert: Insert) -> list[tuple[str, str]]:
        described = rows(self._connection, f"DESCRIBE TABLE {insert.into}")
        types = {row[0]: row[1] for row in described}
        if insert.columns is None:
            computed = ("MATERIALIZED", "ALIAS", "EPHEMERAL")
            return [(row[0], row[1]) for row in described if row[2] not in computed]
        for name in insert.columns:
            if name not in types:
                raise DatabaseError(
                    Code.NO_SUCH_COLUMN_IN_TABLE, f"No such column {name} in table {insert.into}"
                )
        return [(name, types[name]) for name in insert.columns]

    def _columns(self, describe: str) -> list[tuple[str, str]]:
        return [(row[0], row[1]) for row in rows(self._connection, describe)]

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


def _header(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The block without rows that goes before this one, if its columns can be told."""
    columns = blocks.columns(body)
    if columns is not None:
        yield 0, blocks.header(columns)
