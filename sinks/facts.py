"""Rows of ClickHouse back into facts: column names and rows go in, dataclasses come out.

The columns of a fact's table have its fields' names (``sinks/tables.py``); times come as UTC
datetimes, nested records as tuples in the order of their fields.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from types import UnionType
from typing import Any, TypeVar

from streams.facts.instants import Instant, from_datetime, to_datetime

T = TypeVar("T")


def facts(kind: type[T], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[T]:
    """Facts of a kind from rows that have at least its fields. Raises ValueError if one lacks."""
    fields = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    missing = set(fields) - set(names)
    if missing:
        raise ValueError(f"rows of {kind.__name__} lack {', '.join(sorted(missing))}")
    hints = typing.get_type_hints(kind)
    places = [(name, names.index(name), hints[name]) for name in fields]
    for row in rows:
        yield kind(**{name: _value(hint, row[at]) for name, at, hint in places})


def text(instant: Instant) -> str:
    """An instant as ClickHouse reads a ``DateTime64(3, 'UTC')``."""
    return to_datetime(instant).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = typing.get_origin(hint)
    if origin is tuple:
        inner = typing.get_args(hint)[0]
        return tuple(_value(inner, one) for one in value)
    if origin in (typing.Union, UnionType):
        return _value(next(a for a in typing.get_args(hint) if a is not type(None)), value)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = typing.get_type_hints(hint)
        parts = zip(dataclasses.fields(hint), value, strict=True)
        return hint(**{field.name: _value(hints[field.name], one) for field, one in parts})
    if isinstance(value, datetime):
        return from_datetime(value)
    return bool(value) if hint is bool else value
