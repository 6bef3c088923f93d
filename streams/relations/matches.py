"""The matches that are held: which report speaks of which order, both ways."""

from __future__ import annotations

from streams.relations.key_index import KeyIndex
from streams.relations.matching import Match


class Matches:
    """The order that each report speaks of, and the reports that speak of each order."""

    def __init__(self) -> None:
        self._matches: dict[str, Match] = {}
        self._reports = KeyIndex()

    def __contains__(self, mention_id: str) -> bool:
        """Whether a report speaks of an order."""
        return mention_id in self._matches

    def get(self, mention_id: str) -> Match | None:
        """The order that a report speaks of, and by what; None where it speaks of none."""
        return self._matches.get(mention_id)

    def reports(self, order_id: str) -> list[tuple[str, Match]]:
        """Ids of the reports that speak of an order, in their order, with the matches."""
        return [(one, self._matches[one]) for one in sorted(self._reports.at(order_id))]

    def put(self, mention_id: str, match: Match | None) -> Match | None:
        """Match a report anew, None where it speaks of no order; the match that it had."""
        old = self._matches.pop(mention_id, None)
        if old is not None:
            self._reports.drop(old.order_id, mention_id)
        if match is not None:
            self._matches[mention_id] = match
            self._reports.put(match.order_id, mention_id)
        return old
