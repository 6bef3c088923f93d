"""What is taken out: an id and the records that bear it go in, a test for bytes comes out. Pure.

A derived fact refers to a record by its ids and quotes its words. Words are told by windows of
24 bytes, but for those that records not meant hold as well: they are nobody's secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

import ahocorasick

from streams.connectors.delivery import names
from streams.facts.received import Article, DocketEntry

_WINDOW, _STEP = 24, 8
_TELLING = 10
_DERIVED = ("mention_id", "order_id", "event_id", "link_id")
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-%")


class Sought:
    """The ids and words of what is taken out."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        self.ids: set[str] = {wanted}
        self.windows: set[str] = set()
        self.docket = wanted if wanted.count("/") == 1 and "://" not in wanted else None
        self._automaton: Any = None

    @property
    def telling(self) -> set[str]:
        """The ids long enough to mean nothing else: a guid may be no more than ``1``."""
        return {one for one in self.ids if len(one) >= _TELLING}

    def meant(self, record: Any) -> bool:
        """Whether a feed's record is the one; its ids and words are then looked for too."""
        if not names(record) & ({self.wanted} | self.telling):
            return False
        self._automaton = None
        match record:
            case Article():
                self.ids |= names(record)
                texts = [record.title, record.text]
            case DocketEntry():
                own = (record.source_entry_id, record.pacer_doc_id)
                # A docket's guid may stand for all of its entries.
                self.ids |= {one for one in own if one and (self.docket or "/doc" in one)}
                if record.pacer_doc_id:
                    self.ids.add(record.pacer_doc_id)
                texts = [record.description, record.short_description]
                if self.docket:
                    texts.append(record.case_name or "")
            case _:
                return False
        for text in texts:
            self.windows |= set(_windows(text))
        return True

    def spare(self, record: Any) -> None:
        """Words of a record that is not meant tell nothing."""
        values = asdict(record) if is_dataclass(record) and not isinstance(record, type) else record
        for text in strings(values):
            held = text.encode("utf-8", "surrogatepass").decode("latin-1")
            self.windows -= {held[at : at + _WINDOW] for at in range(len(held) - _WINDOW + 1)}
        self._automaton = None

    def refers(self, values: Mapping[str, Any]) -> bool:
        """Whether a decoded fact bears, refers to or quotes it; its own id is then looked for."""
        docket = f"{values.get('court_id')}/{values.get('docket_number')}"
        ids = self.telling
        found = docket == self.docket or any(
            text in ids or self.quoted(text.encode("utf-8", "surrogatepass"))
            for text in strings(values)
        )
        new = {values[name] for name in _DERIVED if found and values.get(name)} - self.ids
        if new:
            self.ids |= new
            self._automaton = None
        return found

    def within(self, data: bytes) -> bool:
        """Whether bytes that nobody decodes hold one of the ids or some of the words."""
        text = data.decode("latin-1")
        return any(
            length == _WINDOW or text[end + 1 : end + 2] not in _WORD
            for end, length in self._search().iter(text)
        )

    def quoted(self, data: bytes) -> bool:
        """Whether bytes hold some of the words."""
        text = data.decode("latin-1")
        return len(text) >= _WINDOW and any(
            length == _WINDOW for _, length in self._search().iter(text)
        )

    def _search(self) -> Any:
        if self._automaton is None:
            self._automaton = ahocorasick.Automaton()
            for one in self.telling:
                text = one.encode("utf-8", "surrogatepass").decode("latin-1")
                # An id as long as a window is one that is followed by no further letter.
                self._automaton.add_word(text, -1)
            for window in self.windows:
                self._automaton.add_word(window, _WINDOW)
            self._automaton.make_automaton()
        return self._automaton


def strings(tree: Any) -> Iterator[str]:
    """Every text in a decoded record."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, Mapping):
        for value in tree.values():
            yield from strings(value)
    elif isinstance(tree, Iterable) and not isinstance(tree, bytes):
        for value in tree:
            yield from strings(value)


def _windows(text: str) -> Iterator[str]:
    held = text.encode("utf-8", "surrogatepass").decode("latin-1")
    last = len(held) - _WINDOW
    for at in (*range(0, last + 1, _STEP), *([last] if last >= 0 else ())):
        yield held[at : at + _WINDOW]
