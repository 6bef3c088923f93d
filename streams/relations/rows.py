"""A compact form of facts for the state: a dataclass goes in, a codec of rows comes out.

A row has a fact's fields by position and not by name, its own records' too; what is decoded has
the fact's attributes and is read in its place. A leg's track shrinks to half by it.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T")


def codec(kind: type[T]) -> tuple[Callable[[T], bytes], Callable[[bytes], T]]:
    """Encoder and decoder of a kind of fact."""
    row = _row(kind)
    encode = msgspec.msgpack.Encoder().encode
    decode = msgspec.msgpack.Decoder(row).decode

    def packed(fact: T) -> bytes:
        return encode(msgspec.convert(fact, row, from_attributes=True))

    return packed, cast("Callable[[bytes], T]", decode)


def _row(kind: Any) -> type[msgspec.Struct]:
    hints = typing.get_type_hints(kind)
    fields = [(field.name, _type(hints[field.name])) for field in dataclasses.fields(kind)]
    return msgspec.defstruct(f"{kind.__name__}Row", fields, array_like=True, frozen=True, gc=False)


def _type(hint: Any) -> Any:
    """The type with rows in the place of records."""
    if typing.get_origin(hint) is tuple:
        inner, *_ = typing.get_args(hint)
        if dataclasses.is_dataclass(inner):
            return tuple[_row(inner), ...]  # type: ignore[misc]
    return hint
