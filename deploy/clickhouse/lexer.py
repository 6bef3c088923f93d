"""SQL text to tokens, the way ClickHouse's own lexer cuts it (``src/Parsers/Lexer.cpp``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PATTERN = re.compile(
    r"""
      (?P<blank>\s+|--[^\n]*|\#[!\ ][^\n]*|//[^\n]*|/\*.*?\*/)
    | (?P<text>'(?:[^'\\]|\\.|'')*'|(?P<tag>\$\w*\$).*?(?P=tag))
    | (?P<quoted>"(?:[^"\\]|\\.|"")*"|`(?:[^`\\]|\\.|``)*`)
    | (?P<word>[A-Za-z_][\w$]*)
    | (?P<number>\d[\w.]*)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """One token: its kind (blank, text, quoted, word, number, sign), its text and where it is."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def blank(self) -> bool:
        """Whether it is space or a comment."""
        return self.kind == "blank"

    @property
    def keyword(self) -> str:
        """The word in capitals; empty if it is anything else."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def name(self) -> str:
        """The identifier, without its quotes; empty if it is none."""
        if self.kind == "word":
            return self.text
        if self.kind == "quoted":
            return re.sub(r"\\(.)|``|\"\"", lambda m: m[1] or m[0][0], self.text[1:-1])
        return ""


def tokens(sql: str) -> Iterator[Token]:
    """All tokens of the text, blanks included; an unclosed quote comes out as a single sign."""
    for found in _PATTERN.finditer(sql):
        kind = found.lastgroup or "sign"
        yield Token("text" if kind == "tag" else kind, found.group(), found.start(), found.end())
