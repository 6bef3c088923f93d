"""Column types: a type's name to its shape, which says how many bytes its values take.

Names as in ClickHouse's ``DataTypeFactory``; shapes as its ``Serialization*`` classes write them
in the Native format.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from deploy.clickhouse.failures import Code, ProtocolError
from deploy.clickhouse.lexer import Token, tokens

_DEEPEST = 32
_WIDTHS = {
    **dict.fromkeys(("UInt8", "Int8", "Bool", "Enum8", "Nothing"), 1),
    **dict.fromkeys(("UInt16", "Int16", "Enum16", "Date", "BFloat16"), 2),
    **dict.fromkeys(
        ("UInt32", "Int32", "Float32", "DateTime", "DateTime32", "Date32", "IPv4", "Time"), 4
    ),
    **dict.fromkeys(("UInt64", "Int64", "Float64", "DateTime64", "Time64"), 8),
    **dict.fromkeys(("UInt128", "Int128", "UUID", "IPv6"), 16),
    **dict.fromkeys(("UInt256", "Int256"), 32),
    **dict.fromkeys(("Decimal32",), 4),
    **dict.fromkeys(("Decimal64",), 8),
    **dict.fromkeys(("Decimal128",), 16),
    **dict.fromkeys(("Decimal256",), 32),
}
_GEOMETRY = {
    "Point": "Tuple(Float64, Float64)",
    "Ring": "Array(Point)",
    "LineString": "Array(Point)",
    "MultiLineString": "Array(LineString)",
    "Polygon": "Array(Ring)",
    "MultiPolygon": "Array(Polygon)",
}


@dataclass(frozen=True)
class Fixed:
    """Values of ``width`` bytes."""

    width: int


@dataclass(frozen=True)
class Text:
    """Strings: length as varint, then bytes."""


@dataclass(frozen=True)
class Nullable:
    """A byte per row (1: null), then the values."""

    inner: Shape


@dataclass(frozen=True)
class LowCardinality:
    """A dictionary of ``inner`` values, then one index per row."""

    inner: Shape


@dataclass(frozen=True)
class Array:
    """An end offset of 8 bytes per row, then the elements. A Map is an Array of pairs."""

    inner: Shape


@dataclass(frozen=True)
class Tuple:
    """One column after the other."""

    parts: tuple[Shape, ...]


Shape = Fixed | Text | Nullable | LowCardinality | Array | Tuple


@lru_cache(maxsize=4096)
def shape(name: str) -> Shape:
    """The shape of a type. Raises ProtocolError for one whose length we cannot follow."""
    try:
        shaped = _shape([token for token in tokens(name) if not token.blank], _DEEPEST)
    except (ValueError, IndexError):
        shaped = None
    if shaped is None:
        raise ProtocolError(
            Code.NOT_IMPLEMENTED,
            f"Inserts of type {name[:200]} in the Native format are not supported by the embedded "
            "endpoint; insert text and cast it, or use a ClickHouse server",
        )
    return shaped


def _arguments(inside: list[Token]) -> list[list[Token]]:
    """Token lists between top-level commas."""
    out: list[list[Token]] = [[]]
    depth = 0
    for token in inside:
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "," and depth == 0:
            out.append([])
        else:
            out[-1].append(token)
    return out


def _named(argument: list[Token]) -> list[Token]:
    """A tuple's element without its name: ``a UInt8``, ``UInt8``, `` `b c` Array(String)``."""
    named = len(argument) > 1 and argument[1].text != "("
    return argument[1:] if named else argument


def _decimal_width(precision: int) -> int:
    return next(width for most, width in ((9, 4), (18, 8), (38, 16), (76, 32)) if precision <= most)


def _shape(parts: list[Token], depth: int) -> Shape | None:
    """The shape; None if unknown. Raises ValueError or IndexError on a malformed name."""
    if depth == 0 or not parts:
        return None
    name = parts[0].text
    if len(parts) > 1 and (parts[1].text != "(" or parts[-1].text != ")"):
        return None
    inside = _arguments(parts[2:-1]) if len(parts) > 1 else []
    if name in _GEOMETRY:
        return shape(_GEOMETRY[name])
    if name in _WIDTHS:
        return Fixed(_WIDTHS[name])
    if name.startswith("Interval"):
        return Fixed(8)
    if name == "String":
        return Text()
    if name == "FixedString":
        return Fixed(int(inside[0][0].text))
    if name == "Decimal":
        return Fixed(_decimal_width(int(inside[0][0].text)))
    if name == "SimpleAggregateFunction":
        return _shape(inside[-1], depth - 1)
    if name == "Tuple":
        return _tuple(inside, depth)
    if name in ("Map", "Nested"):
        pairs = _tuple(inside, depth)
        return None if pairs is None else Array(pairs)
    if name not in ("Nullable", "LowCardinality", "Array"):
        return None
    inner = _shape(inside[0], depth - 1)
    if inner is None:
        return None
    if name == "Nullable":
        return Nullable(inner)
    if name == "Array":
        return Array(inner)
    # The dictionary holds plain values: null is its entry 0.
    return LowCardinality(inner.inner if isinstance(inner, Nullable) else inner)


def _tuple(inside: list[list[Token]], depth: int) -> Tuple | None:
    shapes = [_shape(_named(argument), depth - 1) for argument in inside if argument]
    if any(each is None for each in shapes):
        return None
    return Tuple(tuple(each for each in shapes if each is not None))
