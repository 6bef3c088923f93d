"""Why one item of a court document could not be read, on its way to becoming a BadItem."""

from __future__ import annotations

from streams.feeds.documents import BadItem


class Refusal(Exception):  # noqa: N818 - it ends one item, not the program
    """An item's field is not what was expected."""

    def __init__(self, field: str, expected: str, found: str) -> None:
        super().__init__(f"{field}: expected {expected}, found {found}")
        self.field = field
        self.expected = expected
        self.found = found

    def at(self, name: str, item: str) -> BadItem:
        """The refused item, with its document and its place in it."""
        return BadItem(name, item, self.field, self.expected, self.found)
